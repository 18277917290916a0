"""Facts about columns: what is counted, numbered and remembered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behaviors.statistics import columns
from behaviors.statistics.columns import codes, distinct, frozen

TEXTS = st.lists(st.text("abé☃", max_size=4), max_size=30)


@given(TEXTS)
def test_different_texts_are_counted(texts):
    assert distinct(np.array(texts, dtype=np.str_)) == len(set(texts))


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["a"], ["a", "a", "b"]])
def test_few_texts(texts):
    assert distinct(np.array(texts, dtype=np.str_)) == len(set(texts))


def test_texts_that_make_the_same_number_are_told_apart(monkeypatch):
    class Weightless:
        def integers(self, low, high, size, dtype):
            return np.zeros(size, dtype)

    monkeypatch.setattr(np.random, "default_rng", lambda seed: Weightless())
    assert distinct(np.array(["a", "b", "b"])) == 2


def test_of_many_file_names_one_that_stands_twice_is_noticed():
    names = np.array([f"val_{index:08d}.JPEG" for index in range(50_000)])
    assert distinct(names) == 50_000
    names[41_234] = names[7]
    assert distinct(names) == 49_999


def test_numbers_are_counted():
    assert distinct(np.array([3, 1, 3])) == 2


def test_a_frozen_column_is_looked_at_once(monkeypatch):
    looked = []
    monkeypatch.setattr(columns, "_distinct", lambda texts: looked.append(len(texts)) or 2)
    column = frozen(np.array(["a", "b"]))
    assert (distinct(column), distinct(column), looked) == (2, 2, [2])
    open_one = np.array(["a", "b"])
    assert (distinct(open_one), distinct(open_one), looked) == (2, 2, [2, 2, 2])


def test_codes_number_values_in_ascending_order():
    assert codes(np.array(["b", "a", "b"])).tolist() == [1, 0, 1]

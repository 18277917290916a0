"""Equal pictures: in several classes, several times in one, and in parts that should have none in common."""

import os
import shutil

import numpy as np
import pytest

from fixtures.datasets.formats.class_folders import open_class_folders
from fixtures.datasets.images.repeated import codes_of, copied, groups
from tests.datasets.pictures import declaration, folders


@pytest.fixture
def root(tmp_path):
    return folders(tmp_path / "data", "cat", "dog", "gear")


def remarks(root):
    return open_class_folders(declaration(), root, root.parent / "cache").manifest().remarks


def test_a_picture_in_two_classes_is_remarked_loudly(root):
    shutil.copy2(root / "cat" / "0.png", root / "dog" / "7.png")
    [said] = remarks(root)
    assert said == (
        "ATTENTION: the same picture is in several classes, of which at most one is right: cat/0.png = dog/7.png"
    )
    shutil.copytree(root / "cat", root / "gear" / "more")
    assert remarks(root)[0].startswith("ATTENTION: 2 pictures are each in several classes")


@pytest.mark.parametrize("how", [os.link, os.symlink, shutil.copy2])
def test_a_picture_several_times_in_one_class_is_remarked(root, how):
    for number in (7, 8):
        how(root / "cat" / "0.png", root / "cat" / f"{number}.png")
    assert remarks(root) == ("2 images more than once in one class, and counted as often: cat/0.png = cat/7.png",)


def test_groups_are_those_of_an_independent_count():
    values = np.random.default_rng(0).integers(1, 40, 60).astype(np.uint64)
    found = {tuple(sorted(rows.tolist())) for rows in groups(values)}
    brute = {tuple(np.flatnonzero(values == value).tolist()) for value in np.unique(values)}
    assert found == {rows for rows in brute if len(rows) > 1}
    assert groups(values[:0]) == []


def test_unread_images_are_not_equal():
    codes = codes_of(["", "", "ab" * 32, "ab" * 32])
    assert [rows.tolist() for rows in groups(codes)] == [[2, 3]]


def test_a_copy_has_half_of_the_smaller_part():
    parts = ["a"] * 4 + ["b"] * 4
    shared = [np.array([0, 4]), np.array([1, 5])]
    assert copied(parts, shared) == ("a", "b", 2)
    assert copied(parts, shared[:1]) is None
    assert copied(parts, [np.array([0, 1])]) is None

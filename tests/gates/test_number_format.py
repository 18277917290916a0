"""What is not equal does not look equal."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.gates.number_format import fixed, like, side_by_side

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "limits", "texts"),
    [
        (0.131, (0.1,), ("0.131", "0.100")),
        (0.1312345, (0.1,), ("0.131", "0.100")),
        (0.10004, (0.1,), ("0.10004", "0.10000")),
        (0.1, (0.1,), ("0.100", "0.100")),
        (0.0312, (), ("0.031",)),
        (0.00012, (), ("0.00012",)),
        (0.02, (0.0125,), ("0.0200", "0.0125")),
        (-0.0600, (-0.05, 0.05), ("-0.060", "-0.050", "0.050")),
        (-0.0, (), ("0.000",)),
        (-1e-12, (), ("0.00000000",)),
        (1e-30, (0.0,), ("1e-30", "0.0")),
        (2.5e12, (1.0,), ("2500000000000.0", "1.0")),
        (1 / 3, (0.3333333333333333,), ("0.33333333", "0.33333333")),
        (math.nan, (0.1,), ("nan", "0.1")),
        (math.inf, (), ("inf",)),
    ],
)
def test_numbers_stand_side_by_side(value, limits, texts):
    assert side_by_side(value, *limits) == texts


@given(FINITE, FINITE)
def test_texts_are_equal_only_if_the_numbers_are(value, limit):
    shown, bound = side_by_side(value, limit)
    assert (shown == bound) == (value == limit)


@given(st.floats(-10, 10), st.floats(-10, 10))
def test_texts_keep_the_order_of_the_numbers(value, limit):
    shown, bound = side_by_side(value, limit)
    assert (float(shown) > float(bound)) == (value > limit)


def test_other_numbers_follow_the_digits_of_the_value():
    assert like("0.1312", 0.2) == "0.2000"
    assert like("nan", 0.2) == "0.2"
    assert like("1e-30", 0.2) == "0.2"
    assert like("0.131", math.inf) == "inf"
    assert fixed(-0.0001, 3) == "0.000"

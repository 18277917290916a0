"""Transformations on their grid: texts that the views understand, sizes, and the ranges that allow them."""

import math
from itertools import pairwise, product

import pytest

from behaviors.invariance.ranges import Ranges
from behaviors.invariance.transformation import Transformation, read
from fixtures.views import parse

SOME = [Transformation(*steps) for steps in product((-3, 0, 2), (0, 5), (-5, 0, 4), (-4, 0, 2), (0, 1), (0, -4, 2))]


def test_all_at_once_as_text():
    both = Transformation(x=2, zoom=4, resolution=-2, flip=1, brightness=2)
    assert both.view == "resolution(size=192)+zoom(scale=1.08)+move(x=0.03125,y=0)+flip+brighten(factor=1.1)"
    assert Transformation().view == "identity"
    assert Transformation(y=-3).view == "move(x=0,y=-0.046875)"


@pytest.mark.parametrize("one", SOME, ids=lambda one: one.view)
def test_its_text_is_the_canonical_text_of_a_view_and_is_read_back(one):
    assert parse(one.view).text == one.view
    assert read(one.view) == one


@pytest.mark.parametrize(
    "view",
    [
        *("zoom(scale=1.07)", "zoom(scale=1)", "zoom(scale=x)", "zoom(scale=..)", "fog(severity=3)", "", "flip+"),
        *("flip+zoom(scale=1.08)", "resolution(size=200)", "move(x=0.01,y=0)", "brighten(factor=0.81)"),
    ],
)
def test_what_is_not_on_the_grid_or_not_canonical_is_none(view):
    assert read(view) is None


def test_fewer_kinds_then_less_change_is_smaller():
    ordered = [
        Transformation(),
        Transformation(x=1),
        Transformation(x=-1),
        Transformation(zoom=1),
        Transformation(x=8),
        Transformation(zoom=12),
        Transformation(x=1, zoom=1),
        Transformation(x=1, zoom=1, flip=1),
    ]
    sizes = [one.size for one in ordered]
    assert sizes[1] < sizes[2] < sizes[4]
    assert Transformation(flip=1).size < Transformation(x=1).size  # a mirror moves nothing
    assert all(small < large for small, large in pairwise([sizes[0], *sizes[4:]]))
    assert len({one.size for one in SOME}) == len(SOME)  # never a tie, so that the smallest is one


def test_nearer_is_one_step_towards_nothing():
    assert set(Transformation(x=-2, zoom=3, flip=1).nearer()) == {
        Transformation(x=-1, zoom=3, flip=1),
        Transformation(x=-2, zoom=2, flip=1),
        Transformation(x=-2, zoom=3),
    }
    assert list(Transformation().nearer()) == []


def test_ranges_on_the_grid_are_rounded_in():
    ranges = Ranges(move=0.125, zoom=[0.9, 1.25], resolution=[150, 288], flip=True, brightness=0.2)
    assert ranges.steps == {
        "x": (-8, 8),
        "y": (-8, 8),
        "zoom": (-5, 12),
        "resolution": (-4, 4),
        "flip": (0, 1),
        "brightness": (-4, 4),
    }
    assert Transformation(8, -8, 12, 4, 1, -4).inside(ranges)
    for outside in ({"x": 9}, {"y": -9}, {"zoom": 13}, {"zoom": -6}, {"resolution": -5}, {"brightness": 5}):
        assert not Transformation(**outside).inside(ranges)
    assert not Transformation(flip=1).inside(Ranges())


@pytest.mark.parametrize("share", [0.01, 0.29, 0.3, 0.35, 0.45, 0.5])
def test_a_bound_on_the_grid_is_allowed_whatever_the_rounding(share):
    ranges = Ranges(move=share, zoom=[1 - share, 1 + share], brightness=share)
    assert ranges.steps["zoom"] == (-math.floor(round(share * 50, 6)), math.floor(round(share * 50, 6)))
    assert ranges.steps["brightness"][1] == math.floor(round(share * 20, 6))


@pytest.mark.parametrize(
    ("within", "sentence"),
    [
        ({"move": -0.1}, r"move must be a number in \[0, 0.5\] \(found -0.1\)"),
        ({"move": "far"}, "move must be a number"),
        ({"move": True}, "move must be a number"),
        ({"move": math.nan}, "move must be a number"),
        ({"brightness": 0.6}, "brightness must be"),
        ({"zoom": 1.2}, r"zoom must be two numbers around 1, at most \[0.5, 2\] \(found 1.2\)"),
        ({"zoom": [1.1, 1.2]}, "zoom must be two numbers around 1"),
        ({"zoom": [0.9, 1.2, 1.3]}, "zoom must be two numbers"),
        ({"zoom": [0.4, 1.2]}, "zoom must be two numbers"),
        ({"resolution": [112, 2048]}, "resolution must be two numbers around 224"),
        ({"resolution": ["112", 224]}, "resolution must be two numbers"),
        ({"flip": 1}, "flip must be true or false"),
        ({"move": 0, "zoom": [1, 1.01], "resolution": [224, 224], "brightness": 0}, "nothing to search"),
    ],
)
def test_ranges_refuse_what_they_cannot_use(within, sentence):
    with pytest.raises(ValueError, match=sentence):
        Ranges(**within)

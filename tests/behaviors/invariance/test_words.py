"""What was found, in words: a person knows what to look at without reading a table."""

import re

import numpy as np
import pytest

from behaviors.contract.predictions import Predictions
from behaviors.invariance.consistency import search_consistency, unchanged
from behaviors.invariance.ranges import Ranges
from behaviors.invariance.replay import fixed, recalled, to_keep
from behaviors.invariance.search import Course, SearchResult
from behaviors.invariance.transformation import Transformation
from behaviors.invariance.words import NO_GUARANTEE, NO_INTERVAL, in_words

SHIFT, BOTH, LARGE = Transformation(x=1), Transformation(x=3, zoom=4), Transformation(x=8, zoom=12)


def result(evaluated, threshold=0.9, replayed=0, forwards=None, budget=60):
    count = len(evaluated) - replayed if forwards is None else forwards
    course = Course(((SHIFT, 1.0),) * count, spent=False)
    return SearchResult(evaluated, threshold, replayed, budget, course)


def said(predicted, ids=None, view="identity"):
    predicted = np.array(predicted, dtype=np.int64)
    return Predictions(
        model="vit",
        dataset="wide",
        view=view,
        classes=("ant", "bee", "cat"),
        ids=np.arange(len(predicted)).astype(str) if ids is None else np.array(ids),
        labels=np.zeros(len(predicted), dtype=np.int64),
        top_classes=predicted[:, None],
        top_probabilities=None,
    )


@pytest.mark.parametrize(
    ("transformation", "side", "words"),
    [
        (Transformation(), 224, "no change"),
        (Transformation(x=1), 224, "a shift of 3.5 px right"),
        (Transformation(x=3, zoom=4), 64, "a shift of 3 px right and a scale of 1.08"),
        (Transformation(x=-2, y=4), 224, "a shift of 7 px left and 14 px down"),
        (Transformation(y=-1, flip=1), 64, "a shift of 1 px up and a flip"),
        (Transformation(x=1, y=-1, flip=1), 64, "a shift of 1 px right and 1 px up, and a flip"),
        (Transformation(resolution=-2), 224, "a resolution of 192 instead of 224 px"),
        (Transformation(resolution=-2), 64, "a resolution of 0.86 times the usual 64 px"),
        (Transformation(zoom=-5, flip=1, brightness=2), 224, "a scale of 0.9, a flip, and a brightness of 1.1"),
    ],
)
def test_a_transformation_in_words(transformation, side, words):
    assert in_words(transformation, side) == words


def test_a_failure_says_what_breaks_it_and_what_is_allowed():
    found = search_consistency(result({SHIFT: 0.95, LARGE: 0.5, BOTH: 0.86}), images=200, side=64)
    assert (found.value, found.images, found.interval) == (0.5, 200, None)
    assert found.notes == (
        "a shift of 3 px right and a scale of 1.08 change 14 % of predictions (28 of 200); at most 10 % allowed",
        "the worst of all that was tried: a shift of 8 px right and a scale of 1.24 change 50 % of predictions "
        "(100 of 200)",
        f"evaluated 3 of at most 60 transformations; {NO_GUARANTEE}",
        "a smaller transformation may break it too: the search ended before all nearer ones were tried",
        NO_INTERVAL,
    )
    assert found.details == {"evaluated": 3, "forwards": 3, "budget": 60, "consistency_at_smallest": 0.86}


def test_what_survives_tells_the_worst():
    found = search_consistency(result({SHIFT: 0.95, LARGE: 0.92}), images=200, side=64)
    assert found.value == 0.92
    assert found.notes[0].startswith("the worst of all that was tried: a shift of 8 px right")
    assert not any("allowed" in note or "smaller" in note for note in found.notes)


def test_a_settled_finding_that_is_also_the_worst_is_told_once():
    found = search_consistency(result({SHIFT: 0.5}), images=200, side=64)
    assert found.notes[0] == "a shift of 1 px right changes 50 % of predictions (100 of 200); at most 10 % allowed"
    assert len(found.notes) == 3


def test_every_evaluation_is_a_row():
    found = search_consistency(result({LARGE: 0.5, BOTH: 0.86}, replayed=1), images=200, side=64)
    assert [dict(row) for row in found.parts] == [
        {
            "order": 1,
            "found": "before",
            "view": "zoom(scale=1.24)+move(x=0.125,y=0)",
            "words": "a shift of 8 px right and a scale of 1.24",
            "consistency": 0.5,
            "breaks": 1,
            "smallest": 0,
        },
        {
            "order": 2,
            "found": "now",
            "view": "zoom(scale=1.08)+move(x=0.046875,y=0)",
            "words": "a shift of 3 px right and a scale of 1.08",
            "consistency": 0.86,
            "breaks": 1,
            "smallest": 1,
        },
    ]
    assert any("1 of at most 60 transformations, and 1 that earlier runs had found" in note for note in found.notes)


@pytest.mark.parametrize(
    ("consistency", "threshold", "shares"),
    [
        (0.859375, 0.9, ("14.1 %", "10 %")),
        (0.89996, 0.9, ("10.004 %", "10 %")),
        (0.996, 1.0, ("0.4 %", "0 %")),
        (0.004, 0.875, ("99.6 %", "12.5 %")),
        (0.0, 0.05, ("100 %", "95 %")),
    ],
)
def test_shares_never_look_like_the_limit_they_break(consistency, threshold, shares):
    found = search_consistency(result({SHIFT: consistency}, threshold), images=100_000, side=64)
    assert re.findall(r"[\d.]+ %", found.notes[0]) == list(shares)


def test_consistency_is_the_share_of_equal_predictions():
    assert unchanged(said([0, 1, 2, 2]), said([0, 1, 1, 2])) == 0.75
    assert unchanged(said([0, 1]), said([0, 1])) == 1
    assert unchanged(said([0, 1]), said([1, 0])) == 0


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (said([]), said([]), "at least one"),
        (said([0, 1]), said([0, 1], ids=["1", "0"]), "the same images"),
        (said([0, 1]), said([0]), "the same images"),
        (said([0, -1]), said([0, 1], view="flip"), "vit on wide under flip: no answer is known for 1 of 2 images"),
    ],
)
def test_what_cannot_be_compared_is_refused(before, after, sentence):
    with pytest.raises(ValueError, match=sentence):
        unchanged(before, after)


def test_what_was_found_before_is_tried_where_it_is_allowed():
    views = {BOTH.view: True, "fog(severity=3)": True, SHIFT.view: False, Transformation(x=9).view: True}
    assert dict(recalled(views, Ranges(move=0.125))) == {BOTH: True, SHIFT: False}


def test_what_no_longer_breaks_is_told_once_and_kept():
    known = {BOTH: True, SHIFT: False, LARGE: True}
    now = result({BOTH: 0.95, SHIFT: 0.99, LARGE: 0.5}, replayed=3)
    assert fixed(known, now) == [BOTH]
    note = "fixed: what broke it before no longer does: a shift of 3 px right and a scale of 1.08"
    assert note in search_consistency(now, images=200, side=64, fixed=fixed(known, now)).notes
    kept = to_keep(known, now)
    assert list(kept.items()) == [(BOTH.view, False), (SHIFT.view, False), (LARGE.view, True)]
    assert fixed(recalled(kept, Ranges(move=0.125, zoom=[0.9, 1.25])), now) == []


def test_without_a_rule_nothing_is_fixed_or_forgotten():
    now = result({BOTH: 0.95}, threshold=None, replayed=1)
    assert (fixed({BOTH: True}, now), to_keep({BOTH: True}, now)) == ([], {})

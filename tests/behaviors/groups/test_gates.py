"""The room's tests hand every metric of METRICS to the gate; a model that fails one kind of image is seen."""

import inspect

import numpy as np
import pytest

from behaviors.contract.comparing import compare
from behaviors.contract.gate import Demand
from behaviors.contract.predictions import Predictions
from behaviors.groups import METRICS, test_groups
from tests.behaviors.recorder import Recorder, Skipped

TESTS = {name: test for name, test in inspect.getmembers(test_groups, inspect.isfunction) if name.startswith("test_")}
PLACES = np.array(["land", "sea", "sky"])


class Judge(Recorder):
    def __init__(self, **within):
        super().__init__()
        self.within = within

    def demand(self, metric):
        return Demand(within=METRICS[metric].within(**self.within.get(metric, {})))


CROSSED = {
    "worst_classes": {"classes": 2},
    "worst_group": {"by": ["class", "place"]},
    "gap": {"by": "place"},
    "average_accuracy": {"by": "place", "shares": {"land": 8, "sea": 1, "sky": 1}},
}


def says(rate, images=1200, **changes):
    """``rate``: how often answers are right, by image."""
    random = np.random.default_rng(0)
    labels = np.arange(images) % 4
    place = PLACES[random.integers(0, 3, images)]
    right = random.random(images) < rate(labels, place)
    known = {
        "model": "one",
        "dataset": "val",
        "view": "identity",
        "classes": ("ant", "bee", "cat", "dog"),
        "ids": np.arange(images).astype(str),
        "labels": labels,
        "top_classes": np.where(right, labels, (labels + 1) % 4)[:, None],
        "top_probabilities": None,
        "annotations": {"place": place},
    }
    return Predictions(**known | changes)


def sound(labels, place):
    return np.full(labels.size, 0.9)


def half(labels, place):
    """Half as good on bees above the sea."""
    return np.where((labels == 1) & (place == "sea"), 0.45, 0.9)


def judged(predictions, **within):
    gate = Judge(**within)
    for test in TESTS.values():
        test(predictions, gate)
    return gate


def test_every_metric_is_measured_once():
    gate = judged(says(sound), **CROSSED)
    assert set(gate.measured) == set(METRICS) == {name.removeprefix("test_") for name in TESTS}
    for name, found in gate.measured.items():
        assert METRICS[name].lowest <= found.value <= METRICS[name].highest
        assert found.per_image.number == pytest.approx(found.value)
        assert found.interval.low <= found.value <= found.interval.high
    for name in ("worst_class", "worst_group", "gap"):
        assert gate.figures[name]().axes


def test_a_group_with_half_the_accuracy_is_found_and_named():
    before, after = (judged(says(rate), **CROSSED).measured for rate in (sound, half))
    found = after["worst_group"]
    assert found.parts[0]["group"] == "bee, sea"
    assert "worst: bee, sea," in found.notes[0]
    assert found.interval.low <= 0.45 <= found.interval.high < 0.8 < before["worst_group"].value
    assert after["worst_class"].parts[0]["group"] == "bee"
    for name in ("worst_group", "worst_class"):
        assert compare(before[name], after[name], better="higher", margin=0, alpha=0.05).p_worse < 0.01
    average = after["average_accuracy"].value  # the average hardly tells
    assert average > 0.85


def test_what_cannot_be_measured_is_said():
    gate = Judge()
    with pytest.raises(Skipped, match="no annotation tells groups of images apart"):
        test_groups.test_worst_group(says(sound, annotations={}), gate)
    with pytest.raises(Skipped, match="10 classes are averaged, and there are no more"):
        test_groups.test_worst_classes(says(sound), gate)
    test_groups.test_average_accuracy(says(half), gate)  # without declared shares, by images: the accuracy
    assert gate.measured["average_accuracy"].value == pytest.approx(says(half).correct.mean())
    test_groups.test_worst_class(says(sound, images=40), gate)
    assert gate.undecided["worst_class"] == (
        "0 of 4 groups have at least 20 images, and it takes 2 (the largest has 10)", 40,
    )  # fmt: skip
    with pytest.raises(ValueError, match="no annotation is called 'weather'; there are 'class', 'place'"):
        test_groups.test_gap(says(sound), Judge(gap={"by": "weather"}))

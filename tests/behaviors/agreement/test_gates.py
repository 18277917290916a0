"""The room's tests hand every metric of METRICS to the gate; a model that errs otherwise than people is seen."""

import inspect

import numpy as np
import pytest

from behaviors.agreement import METRICS, test_agreement
from behaviors.contract.predictions import Predictions
from benchmarks.agreement import observers
from tests.behaviors.recorder import Recorder

TESTS = {
    name: test for name, test in inspect.getmembers(test_agreement, inspect.isfunction) if name.startswith("test_")
}
IMAGES = 600


def says(model, right):
    labels = np.arange(IMAGES) % 4
    return Predictions(
        model=model,
        dataset="cue_conflict",
        view="identity",
        classes=("ant", "bee", "cat", "dog"),
        ids=np.arange(IMAGES).astype(str),
        labels=labels,
        top_classes=np.where(right, labels, (labels + 1) % 4)[:, None],
        top_probabilities=None,
    )


class Asked:
    """Stands in for the fixture ``answers``."""

    dataset = "cue_conflict"

    def __init__(self, said):
        self.said, self.models = said, tuple(said)
        self.model = self.models[0]

    def __call__(self, dataset=None, *, view="identity", model=None):
        return self.said[model]


def judged(own, people):
    gate = Recorder()
    said = {"one": says("one", own)}
    others = {f"person{k}": says(f"person{k}", row) for k, row in enumerate(people)}
    for name, test in TESTS.items():
        pair = {"person0": others["person0"]} if name in {"test_churn", "test_error_consistency"} else others
        test(Asked(said | pair), gate)
    return gate


def test_a_model_that_errs_by_itself_is_seen():
    answers = observers(np.random.default_rng(0), 0.3, 0.8, 4, IMAGES)
    sound = judged(answers[3], answers[:3])
    rigged = judged(np.random.default_rng(1).random(IMAGES) > 0.3, answers[:3])
    assert set(sound.measured) == set(METRICS) == {name.removeprefix("test_") for name in TESTS}
    for name, metric in METRICS.items():
        one, other = sound.measured[name], rigged.measured[name]
        assert metric.lowest <= one.value <= metric.highest
        assert one.per_image.number == pytest.approx(one.value)
        apart = one.interval.low > other.interval.high or one.interval.high < other.interval.low
        assert apart, name
        assert (other.value > one.value) == (metric.better == "lower")
    assert sound.figures["with_people"]().axes


def test_where_nobody_errs_nothing_is_decided():
    gate = judged(np.ones(IMAGES, bool), np.ones((2, IMAGES), bool))
    assert set(gate.undecided) == set(METRICS) - {"churn"}
    assert "chance explains it" in gate.undecided["with_people"][0]

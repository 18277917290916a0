"""The room's tests hand every metric of METRICS to the gate; a model that hardly knows one class is seen."""

import inspect

import numpy as np
import pytest

from behaviors.conformal import METRICS, test_conformal
from behaviors.contract.gate import Demand
from behaviors.contract.predictions import Predictions
from behaviors.statistics.halves import halves
from tests.behaviors.recorder import Recorder, Skipped, needs_of

TESTS = {
    name: test for name, test in inspect.getmembers(test_conformal, inspect.isfunction) if name.startswith("test_")
}
IMAGES = 2000


class Judge(Recorder):
    def demand(self, metric):
        return Demand(within=METRICS[metric].within())


def says(hard=None, images=IMAGES, kept=4):
    """Sure of the right class, but of class ``hard``; the probabilities of the best ``kept`` are known."""
    random = np.random.default_rng(0)
    labels = np.arange(images) % 4
    logits = random.normal(size=(images, 4))
    logits[np.arange(images), labels] += np.where(labels == hard, 0.0, 4.0)
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return Predictions(
        model="one",
        dataset="val",
        view="identity",
        classes=("ant", "bee", "cat", "dog"),
        ids=np.arange(images).astype(str),
        labels=labels,
        top_classes=np.argsort(-probabilities, axis=1)[:, :kept],
        top_probabilities=-np.sort(-probabilities, axis=1)[:, :kept],
        label_log_probability=np.log(probabilities[np.arange(images), labels]),
    )


def judged(predictions):
    gate = Judge()
    for name, test in TESTS.items():
        try:
            test(predictions, halves(predictions.ids), gate)
        except Skipped:
            assert name.removeprefix("test_") in gate.inapplicable
    return gate


def test_every_metric_is_measured_once():
    gate = judged(says())
    assert set(gate.measured) == set(METRICS) == {name.removeprefix("test_") for name in TESTS}
    for found in gate.measured.values():
        assert found.per_image.number == pytest.approx(found.value)
        assert found.interval.low <= found.value <= found.interval.high
    assert gate.measured["coverage"].interval.low < 0.9 < gate.measured["coverage"].interval.high
    assert "covered, between" in gate.measured["worst_coverage"].notes[0]


def test_a_class_that_the_sets_leave_out_is_found_and_named():
    sound, rigged = judged(says()).measured, judged(says(hard=1)).measured
    assert rigged["coverage"].interval.high > 0.9  # on all images the promise is kept
    assert rigged["worst_coverage"].parts[0]["group"] == "bee"
    assert rigged["worst_coverage"].interval.high < 0.8 < sound["worst_coverage"].interval.low
    assert rigged["set_size"].interval.low > sound["set_size"].interval.high


def test_what_cannot_be_measured_is_said():
    gate = judged(says(images=30))
    assert set(gate.undecided) == set(METRICS)
    assert "it takes 20" in gate.undecided["coverage"][0]
    assert "only so many were kept" in judged(says(hard=1, kept=1)).inapplicable["set_size"]
    assert all("probabilities" in needs_of(test) for test in TESTS.values())

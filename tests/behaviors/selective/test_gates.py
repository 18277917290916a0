"""The room's tests hand every metric of METRICS to the gate; a rigged model breaks it, a sound one does not."""

import inspect

import numpy as np
import pytest

from behaviors.contract.comparing import compare
from behaviors.contract.gate import Demand
from behaviors.contract.predictions import Predictions
from behaviors.selective import METRICS, test_selective
from behaviors.selective.demands import AtCoverage, AtRisk
from tests.behaviors.recorder import Recorder, Skipped, call

TESTS = {
    name: test for name, test in inspect.getmembers(test_selective, inspect.isfunction) if name.startswith("test_")
}


class Judge(Recorder):
    def demand(self, metric):
        return Demand(within=AtRisk(0.05) if metric == "coverage_at_risk" else AtCoverage())


def says(confidence, right, **changes):
    n = len(confidence)
    known = {
        "model": "one",
        "dataset": "val",
        "view": "identity",
        "classes": ("ant", "bee"),
        "ids": np.arange(n).astype(str),
        "labels": np.where(right, 0, 1),
        "top_classes": np.tile([0, 1], (n, 1)),
        "top_probabilities": np.stack([confidence, 1 - confidence], axis=1),
    }
    return Predictions(**known | changes)


def calibrated(images, random):
    sure = random.beta(3, 0.6, images) / 2 + 0.5
    return sure, random.random(images) < sure


def judged(predictions):
    gate = Judge()
    for test in TESTS.values():
        call(test, predictions, gate)
    return gate


def test_every_metric_is_measured_once():
    gate = judged(says(*calibrated(1000, np.random.default_rng(0))))
    assert set(gate.measured) == set(METRICS) == {name.removeprefix("test_") for name in TESTS}
    for name, found in gate.measured.items():
        assert METRICS[name].lowest <= found.value <= METRICS[name].highest
        assert found.per_image.number == pytest.approx(found.value)
        assert found.interval.low <= found.value <= found.interval.high
        assert "only" not in " ".join(found.notes)
    for name in ("aurc", "coverage_at_risk", "risk_at_coverage"):
        assert gate.figures[name]().axes


def test_a_model_that_is_surest_where_it_is_wrong_is_seen():
    """The same answers; confidence in the opposite order."""
    sure, right = calibrated(1000, np.random.default_rng(0))
    sound, rigged = judged(says(sure, right)).measured, judged(says(1.5 - sure, right)).measured
    for name, metric in METRICS.items():
        lost = rigged[name].value - sound[name].value
        assert (lost > 0) == (metric.better == "lower"), name
        apart = rigged[name].interval.low > sound[name].interval.high
        assert apart or rigged[name].interval.high < sound[name].interval.low, name
        assert compare(sound[name], rigged[name], better=metric.better, margin=0, alpha=0.05).p_worse < 0.05 / 350


def test_decisions_alone_are_not_enough():
    for test in TESTS.values():
        with pytest.raises(Skipped, match="only decisions were recorded"):
            call(test, says(*calibrated(50, np.random.default_rng(0)), top_probabilities=None), Judge())


@pytest.mark.parametrize(("right", "kind"), [(np.ones(50, bool), "right"), (np.zeros(50, bool), "wrong")])
def test_without_errors_there_is_nothing_to_tell(right, kind):
    gate = Judge()
    test_selective.test_auroc(says(np.linspace(0.5, 1, 50), right), gate)
    assert gate.undecided["auroc"] == (f"all 50 answers are {kind}", 50)

"""The room's tests hand every metric of METRICS to the gate; a model that takes strangers for known is seen."""

import inspect

import numpy as np
import pytest

from behaviors.contract.features import Features
from behaviors.contract.gate import Demand
from behaviors.contract.scores import Scores
from behaviors.ood import METRICS, test_ood
from behaviors.ood.demands import OfScore
from tests.behaviors.recorder import Recorder, Skipped, needs_of

TESTS = {name: test for name, test in inspect.getmembers(test_ood, inspect.isfunction) if name.startswith("test_")}


class Judge(Recorder):
    score = "msp"

    def demand(self, metric):
        within = METRICS[metric].within
        return Demand(within=within(self.score) if within is OfScore else within())


class Asked:
    """Stands in for the fixtures ``scores`` and ``features``; ``apart``: how strange strange images look."""

    model, dataset = "one", "all"
    datasets, few = ("val", "ood_a", "ood_b"), ()

    def __init__(self, apart, names=("msp", "energy")):
        self.apart, self.names = apart, names

    def images(self, dataset):
        few = 3 if dataset in self.few else 400
        return np.random.default_rng(len(dataset) + ord(dataset[-1])), np.arange(few).astype(str)


class AskedScores(Asked):
    def __call__(self, dataset):
        random, ids = self.images(dataset)
        values = random.normal(0 if dataset == "val" else -self.apart, 1, ids.size)
        return Scores("one", dataset, ids, dict.fromkeys(self.names, values))


class AskedFeatures(Asked):
    def __call__(self, dataset=None, *, model=None):
        random, ids = self.images(dataset)
        values = random.normal(0, 0.3, (ids.size, 8)) + np.eye(8)[0]
        if dataset != "val":
            values += self.apart * np.eye(8)[1]
        return Features("one", dataset, ids, values.astype(np.float32))


def judged(apart, gate=None, **how):
    gate = gate or Judge()
    for name, test in TESTS.items():
        given = AskedFeatures(apart) if "features" in needs_of(test) else AskedScores(apart, **how)
        try:
            test(given, gate)
        except Skipped:
            assert name.removeprefix("test_") in gate.inapplicable
    return gate


def test_a_model_that_takes_strangers_for_known_is_seen():
    sound, rigged = judged(2.0), judged(0.0)
    assert set(sound.measured) == set(METRICS) == {name.removeprefix("test_") for name in TESTS}
    for name, metric in METRICS.items():
        one, other = sound.measured[name], rigged.measured[name]
        assert metric.lowest <= one.interval.low <= one.value <= one.interval.high <= metric.highest
        apart = one.interval.low > other.interval.high if metric.better == "higher" else (
            one.interval.high < other.interval.low)  # fmt: skip
        assert apart, name
    assert 0.45 < rigged.measured["near_auroc"].value < 0.55
    assert sound.figures["near_auroc"]().axes
    assert len(sound.measured["near_auroc"].parts) == 4


@pytest.mark.parametrize(
    ("score", "names", "why"),
    [
        ("gen", ("msp", "energy"), "there is msp, energy; keep_scores: true in the suite keeps it"),
        ("energy", ("msp",), "there is msp"),
        ("msp", (), "only decisions were recorded"),
    ],
)
def test_a_score_that_is_lacking_is_named(score, names, why):
    gate = Judge()
    gate.score = score
    judged(1.0, gate, names=names)
    assert gate.inapplicable["far_auroc"].endswith(why)
    assert "far_knn_auroc" in gate.measured


def test_three_strange_images_decide_nothing(monkeypatch):
    monkeypatch.setattr(Asked, "few", ("ood_b",))
    gate = judged(2.0)
    assert gate.measured == {}
    assert set(gate.undecided) == set(METRICS)
    assert gate.undecided["near_auroc"] == ("ood_b has 3 images, and it takes 10", 3)

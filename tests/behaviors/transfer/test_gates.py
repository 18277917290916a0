"""The room's tests hand every metric of METRICS to the gate, and say where a model has no features."""

import inspect
from dataclasses import dataclass

import numpy as np
import pytest

from behaviors.contract.features import NoFeatures, ProbeAnswers
from behaviors.transfer import METRICS, test_transfer
from tests.behaviors.recorder import Recorder, Skipped, call
from tests.behaviors.transfer.tasks import clouds

TESTS = {name: test for name, test in inspect.getmembers(test_transfer, inspect.isfunction) if name.startswith("test_")}


@dataclass
class Asked:
    """A probe that is fitted whenever it is asked."""

    task: str
    seed: int = 0
    model: str = "one"

    @property
    def classes(self):
        return self.data().classes

    def data(self):
        return clouds(spread=1.5, seed=self.seed)

    def answers(self, fit, **settings):
        data = self.data()
        learned = np.bincount(data.train_labels, minlength=len(data.classes))
        ids = np.arange(data.test_labels.size).astype(str)
        return ProbeAnswers(data.test_labels, learned, *fit(data, **settings), ids)


class Blind(Asked):
    def answers(self, fit, **settings):
        raise NoFeatures("it has none")


def test_every_metric_is_measured_once():
    gate = Recorder()
    probes = {"count": Asked("count"), "size": Asked("size", seed=1)}
    test_transfer.test_probe_accuracy(probes["count"], gate)
    test_transfer.test_mean_probe_accuracy(probes, gate)
    assert set(gate.measured) == set(METRICS) == {name.removeprefix("test_") for name in TESTS}
    for name, found in gate.measured.items():
        assert METRICS[name].lowest <= found.interval.low < found.value < found.interval.high <= METRICS[name].highest
        assert found.per_image.ids.size == found.images
    assert gate.measured["probe_accuracy"].images == 240
    mean = gate.measured["mean_probe_accuracy"]
    assert mean.images == 480
    assert mean.parts[0]["accuracy"] == gate.measured["probe_accuracy"].value
    assert gate.figures["mean_probe_accuracy"]().axes


def test_a_model_without_features_is_not_measured():
    gate = Recorder()
    with pytest.raises(Skipped):
        call(test_transfer.test_probe_accuracy, Blind("count"), gate)
    with pytest.raises(Skipped):
        call(test_transfer.test_mean_probe_accuracy, {"count": Blind("count")}, gate)
    assert gate.inapplicable == dict.fromkeys(METRICS, "it has none")

"""Transfer: how much of a new task can be read off frozen features?  (Claim, source and unit: see the package.)"""

import pytest

from behaviors.contract.features import Probe, Probes
from behaviors.contract.gate import Gate
from behaviors.contract.measurement import Measurement
from behaviors.transfer.metrics import mean_probe_accuracy, probe_accuracy
from behaviors.transfer.plots import tasks
from behaviors.transfer.protocol import answered

pytestmark = [pytest.mark.probes, pytest.mark.needs("features")]


def measured(probe: Probe, alpha: float) -> Measurement:
    """How well a linear probe answers the task."""
    said = answered(probe)
    return probe_accuracy(
        said.predicted, said.labels, learned=said.learned, classes=probe.classes, alpha=alpha, ids=said.ids
    )


def test_probe_accuracy(probe: Probe, gate: Gate) -> None:
    """A linear probe on the model's frozen features answers a question that the model was never asked."""
    gate.check("probe_accuracy", measured(probe, gate.alpha))


def test_mean_probe_accuracy(probes: Probes, gate: Gate) -> None:
    """On average over tasks, linear probes on the model's frozen features answer rightly."""
    each = {task: measured(probe, gate.alpha) for task, probe in probes.items()}
    mean = mean_probe_accuracy(each, alpha=gate.alpha)
    model = next(iter(probes.values())).model
    gate.check("mean_probe_accuracy", mean, figure=lambda: tasks(model, mean))

"""Cost: what must be paid for each answer?  (Claim, source and unit: see the package.)"""

import pytest

from behaviors.contract.cost import Beside, Cost
from behaviors.contract.gate import Gate
from behaviors.cost import metrics

pytestmark = pytest.mark.needs("cost")

AT_A_TIME = 16
"""Images per batch where throughput is meant: enough for a batch to pay, few enough for any machine."""


def test_parameters(cost: Cost, gate: Gate) -> None:
    """The network has no more parameters than its budget."""
    gate.check("parameters", metrics.millions(cost.parameters(), alpha=gate.alpha))


def test_multiply_accumulates(cost: Cost, gate: Gate) -> None:
    """One image costs no more arithmetic than its budget."""
    gate.check("multiply_accumulates", metrics.millions(cost.multiply_accumulates(), alpha=gate.alpha))


def test_peak_memory(cost: Cost, gate: Gate) -> None:
    """Weights and intermediate results of one image fit into the budget."""
    gate.check("peak_memory", metrics.millions(cost.peak_memory(), alpha=gate.alpha))


def test_file_size(cost: Cost, gate: Gate) -> None:
    """What is shipped is no larger than its budget."""
    gate.check("file_size", metrics.millions(cost.file_size(), alpha=gate.alpha))


def test_latency(beside: Beside, gate: Gate) -> None:
    """One image takes no longer than with the baseline."""
    gate.check("latency", metrics.latency(beside.durations(1), alpha=gate.alpha))


def test_throughput(beside: Beside, gate: Gate) -> None:
    """As many images per second as with the baseline."""
    gate.check("throughput", metrics.throughput(beside.durations(AT_A_TIME), alpha=gate.alpha))

"""How probes are fitted wherever they are compared: the same for all models and tasks."""

from behaviors.contract.features import Probe, ProbeAnswers
from behaviors.transfer.probe import linear_probe

STRENGTHS = tuple(10.0 ** (-step / 2) for step in range(11))  # 1 to 1e-5, half a decade apart
HELD_OUT = 0.25
SEEDS = (0, 1, 2)  # three fits tell how much the images held out matter


def answered(probe: Probe) -> ProbeAnswers:
    """What linear probes answer on the test images of the task.

    Raises:
        NoFeatures: the model gives none.
    """
    return probe.answers(linear_probe, strengths=STRENGTHS, held_out=HELD_OUT, seeds=SEEDS)

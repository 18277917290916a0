"""What a behaviour's tests know of the judge: they hand in a measurement, and only a search looks at a threshold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from behaviors.contract.measurement import Measurement

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Demand:
    """What the rule about a metric demands, for a test that looks for what breaks it.

    ``min``, ``max``: None where there is no such bound, or no rule.
    ``within``: of the metric's type ``within``, with its defaults where no rule sets any; None for other metrics.
    """

    min: float | None = None
    max: float | None = None
    within: Any = None


class Gate(Protocol):
    """Judges the measurements of one test; pytest injects it as the fixture ``gate``."""

    alpha: float
    """The error that each side of an interval may have."""

    def check(self, metric: str, measurement: Measurement, figure: "Callable[[], Figure] | None" = None) -> None:
        """Report the measurement under its name in ``METRICS`` and fail if a threshold is broken; draw on demand."""
        ...

    def demand(self, metric: str) -> Demand:
        """What will be demanded of the metric."""
        ...

    def inconclusive(self, metric: str, reason: str, *, images: int) -> None:
        """Say why so few images give no number: undecided where a threshold demands one, else a skip."""
        ...

    def does_not_apply(self, metric: str, reason: str) -> NoReturn:
        """Say why there is nothing to measure: a skip, or an error where a threshold demands the metric."""
        ...

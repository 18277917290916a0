"""What a behaviour's tests know of the judge: they hand in a measurement and never see a threshold."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, Protocol

from behaviors.measurement import Measurement

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Gate(Protocol):
    """Judges the measurements of one test; pytest injects it as the fixture ``gate``."""

    alpha: float
    """The error that each side of an interval may have."""

    def check(self, metric: str, measurement: Measurement, figure: "Callable[[], Figure] | None" = None) -> None:
        """Report the measurement under its name in ``METRICS`` and fail if a threshold is broken; draw on demand."""
        ...

    def does_not_apply(self, metric: str, reason: str) -> NoReturn:
        """Say why there is nothing to measure: a skip, or an error where a threshold demands the metric."""
        ...

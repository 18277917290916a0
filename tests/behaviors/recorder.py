"""A gate that only listens: what a room's tests handed in, in the order they did."""

from collections.abc import Callable
from typing import Any, NoReturn

from behaviors.contract.measurement import Measurement


class Skipped(Exception):
    """Where pytest would skip."""


class Recorder:
    """Stands in for the judge; ``undecided``: metric -> (reason, images)."""

    alpha = 0.05

    def __init__(self) -> None:
        self.measured: dict[str, Measurement] = {}
        self.figures: dict[str, Callable[[], Any] | None] = {}
        self.inapplicable: dict[str, str] = {}
        self.undecided: dict[str, tuple[str, int]] = {}

    def check(self, metric: str, measurement: Measurement, figure: Callable[[], Any] | None = None) -> None:
        """Remember; a test hands in each metric once."""
        assert metric not in self.measured
        self.measured[metric], self.figures[metric] = measurement, figure

    def inconclusive(self, metric: str, reason: str, *, images: int) -> None:
        """Remember why there is no number."""
        self.undecided[metric] = (reason, images)

    def does_not_apply(self, metric: str, reason: str) -> NoReturn:
        """Remember why nothing is measured."""
        self.inapplicable[metric] = reason
        raise Skipped(f"{metric}: {reason}")

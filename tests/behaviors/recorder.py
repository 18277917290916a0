"""A gate that only listens: what a room's tests handed in, in the order they did."""

import sys
from collections.abc import Callable
from typing import Any, NoReturn

from behaviors.contract.measurement import Measurement
from behaviors.contract.needs import MARK, check_needs, needing


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


def needs_of(test: Callable[..., None]) -> dict[str, str]:
    """What the marks of a test and its module say that it needs, each with the metric that it is called after."""
    of_module = getattr(sys.modules[test.__module__], "pytestmark", [])
    marks = [*getattr(test, "pytestmark", []), *(of_module if isinstance(of_module, list) else [of_module])]
    metric = test.__name__.removeprefix("test_")
    return {need: mark.kwargs.get("metric", metric) for mark in marks if mark.name == MARK for need in mark.args}


def call(test: Callable[..., None], predictions: Any, gate: Any) -> None:
    """Call a room's test about predictions, or about what gives them, as the suite does."""
    needs = needs_of(test)
    with needing(needs, gate):
        if hasattr(predictions, "has_confidence"):
            check_needs(predictions, needs)
        test(predictions, gate)

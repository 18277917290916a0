"""The working point that a product states: what a rule may set under ``within``."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AtRisk:
    """``risk``: the largest share of errors among the images that are answered, in (0, 1)."""

    risk: float = 0.05

    def __post_init__(self) -> None:
        _check("risk", self.risk, "the share of errors that is allowed")


@dataclass(frozen=True)
class AtCoverage:
    """``coverage``: the share of images that have to be answered, in (0, 1]."""

    coverage: float = 0.8

    def __post_init__(self) -> None:
        if self.coverage != 1 or isinstance(self.coverage, bool):
            _check("coverage", self.coverage, "the share of images to be answered")


def _check(name: str, value: object, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise ValueError(f"{name} is {what} and lies between 0 and 1 (found {value!r:.60})")

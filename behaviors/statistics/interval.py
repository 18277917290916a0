"""Between which bounds a number lies. Apart from the code that finds them: naming metrics imports no numpy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """Bounds [low, high]; each side errs with probability at most about ``alpha``."""

    low: float
    high: float
    alpha: float
    method: str

"""Between which bounds a number lies. Apart from the code that finds them: naming metrics imports no numpy."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["proportion", "mean", "gaps"]
"""``proportion``: of values of 0 and 1.  ``mean``: of any values.  ``gaps``: confidence - correct, by bin (ECE)."""


@dataclass(frozen=True)
class Interval:
    """Bounds [low, high]; each side errs with probability at most about ``alpha``.

    ``method``: for readers.  ``kind``: of the number between them, by which the images that would decide are planned.
    """

    low: float
    high: float
    alpha: float
    method: str
    kind: Kind = "mean"

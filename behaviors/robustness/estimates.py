"""Numbers with their bounds, and what becomes of the bounds when independent ones are averaged or divided.

The bounds of each part say how far it may be off to either side; distances add up like standard errors (the method of
variance estimates recovery, MOVER: Zou & Donner 2008, Statistics in Medicine 27:1693), so that bounds that are not
symmetric, such as those of an accuracy near 1, stay so.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from behaviors.contract.measurement import Interval


@dataclass(frozen=True)
class Estimate:
    """``value`` between its bounds ``low`` and ``high``, measured on so many ``images``."""

    value: float
    low: float
    high: float
    images: int

    @classmethod
    def of(cls, value: float, interval: Interval, images: int) -> "Estimate":
        """The same with the bounds of ``interval``."""
        return cls(value, interval.low, interval.high, images)


def mean(parts: Sequence[Estimate]) -> Estimate:
    """The plain mean of estimates from independent samples.

    Raises:
        ValueError: there are none.
    """
    if not parts:
        raise ValueError("an average over 0 datasets is undefined")
    count = len(parts)
    value = math.fsum(part.value for part in parts) / count
    below = math.hypot(*(part.value - part.low for part in parts)) / count
    above = math.hypot(*(part.high - part.value for part in parts)) / count
    return Estimate(value, value - below, value + above, sum(part.images for part in parts))


def ratio(above: Estimate, below: Estimate) -> Estimate:
    """The ratio of two estimates >= 0 from independent samples; its bounds are found for its logarithm.

    Raises:
        ValueError: ``below`` is 0.
    """
    if below.value <= 0:
        raise ValueError("relative to an accuracy of 0 nothing can be measured")
    value, images = above.value / below.value, above.images + below.images
    low, high = 0.0, math.inf
    if above.low > 0:
        low = value * math.exp(-math.hypot(math.log(above.value / above.low), math.log(below.high / below.value)))
    if above.value > 0 and below.low > 0:
        high = value * math.exp(math.hypot(math.log(above.high / above.value), math.log(below.value / below.low)))
    elif below.low > 0:
        high = above.high / below.low
    return Estimate(value, low, high, images)

"""Bounds for what is demanded of several numbers at once: that all of them, or at least so many, are high.

With n numbers, of which u must be high, what is judged is the u-th largest one, theta, and

    low  = the u-th largest of the low bounds at alpha / (n - u + 1),
    high = the u-th largest of the high bounds at alpha / u.

Low > theta would mean that u low bounds are above theta.  At least n - u + 1 of the true numbers are at most theta, so
one of these u bounds is above its own truth, which each of the n - u + 1 is with probability alpha / (n - u + 1) at
most; likewise high, with the u true numbers that are at least theta.  No independence is needed.

For u = n ("on each variant") low needs no correction: an intersection-union test (Berger 1982, Technometrics 24:295).
For u < n ("on nearly all factors"): partial conjunction (Benjamini & Heller 2008, Biometrics 64:1215).
"""

from collections.abc import Callable, Sequence

from behaviors.contract.measurement import Interval
from behaviors.statistics.intervals import normal_quantile

Bounds = Callable[[float], tuple[float, float]]
"""The error alpha of each side -> low and high."""


def nth_largest(needed: int, numbers: Sequence[float]) -> float:
    """The ``needed``-th largest: so many of the numbers are at least that."""
    return sorted(numbers, reverse=True)[needed - 1]


def nth_bounds(needed: int, each: Sequence[Bounds], alpha: float) -> tuple[float, float]:
    """Bounds for the ``needed``-th largest of the true numbers, each of which errs with probability alpha at most.

    Raises:
        ValueError: so many are not there.
    """
    count = len(each)
    if not 1 <= needed <= count:
        raise ValueError(f"{needed} of {count} comparisons cannot be demanded")
    lows = [bounds(alpha / (count - needed + 1))[0] for bounds in each]
    highs = [bounds(alpha / needed)[1] for bounds in each]
    return nth_largest(needed, lows), nth_largest(needed, highs)


def at_other_errors(value: float, interval: Interval) -> Bounds:
    """A number whose bounds are known at one error only, at others: as many standard errors as a normal one has."""

    def bounds(alpha: float) -> tuple[float, float]:
        farther = normal_quantile(alpha) / normal_quantile(interval.alpha)
        return value - (value - interval.low) * farther, value + (interval.high - value) * farther

    return bounds

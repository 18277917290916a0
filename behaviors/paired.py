"""Two models on the same images: bounds for the difference of two proportions, such as accuracies.

Only the images where exactly one of them is right tell the models apart; that both saw the same images makes the bounds
narrower than those of two samples would be.
"""

import math
from collections.abc import Callable

from behaviors.intervals import normal_quantile
from behaviors.measurement import Interval

STEPS = 60
"""Halvings of the range of a bound: it is exact to 2^-59."""


def tango(only_first: int, only_second: int, images: int, *, alpha: float) -> Interval:
    """Score bounds for p_first - p_second, sound also where few or no images tell the two apart.

    ``only_first``, ``only_second``: how many of the ``images`` only the first, only the second has right.
    ``alpha``: the error of each side.
    Source: Tango 1998, Statistics in Medicine 17:891.

    >>> interval = tango(40, 20, 160, alpha=0.05)
    >>> round(interval.low, 7), round(interval.high, 7)
    (0.0462672, 0.2030348)
    """
    if images < 1 or min(only_first, only_second) < 0 or only_first + only_second > images:
        raise ValueError(
            f"a paired difference needs counts of the same images; got {only_first} and {only_second} of {images}"
        )
    z, observed = normal_quantile(alpha), (only_first - only_second) / images

    def score(difference: float) -> float:
        return _score(only_first, only_second, images, difference)

    low = -1.0 if observed == -1 else _where(lambda difference: score(difference) > z, -1.0, observed)
    high = 1.0 if observed == 1 else _where(lambda difference: score(difference) > -z, observed, 1.0)
    return Interval(low, high, alpha, "paired proportions, Tango score")


def _score(first: int, second: int, images: int, difference: float) -> float:
    """How many standard errors the observed difference is above ``difference``, were that the truth."""
    linear = -first - second + (2 * images - first + second) * difference
    constant = -second * difference * (1 - difference)
    q = (math.sqrt(max(linear**2 - 8 * images * constant, 0)) - linear) / (4 * images)
    variance = images * (2 * q + difference * (1 - difference))
    distance = first - second - images * difference
    if variance <= 0:
        return math.copysign(math.inf, distance) if distance else 0.0
    return distance / math.sqrt(variance)


def _where(above: Callable[[float], bool], left: float, right: float) -> float:
    """The place between ``left`` and ``right`` where ``above`` ceases to be true."""
    for _ in range(STEPS):
        middle = (left + right) / 2
        left, right = (middle, right) if above(middle) else (left, middle)
    return (left + right) / 2

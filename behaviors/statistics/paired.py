"""Two models on the same images: bounds and tests for the difference of two proportions, such as accuracies.

Only the images where exactly one of them is right tell the models apart; that both saw the same images makes the bounds
narrower than those of two samples would be.

Throughout, ``only_first``, ``only_second``: how many of the ``images`` only the first, only the second has right; the
difference is p_first - p_second; ``alpha``: the error of each side.  Impossible counts: ValueError.
"""

import math
from collections.abc import Callable

from scipy.special import bdtrc, ndtr  # scipy.stats would double the time to import

from behaviors.statistics.interval import Interval
from behaviors.statistics.intervals import normal_quantile

STEPS = 60
"""Halvings of the range of a bound: it is exact to 2^-59."""


def mcnemar_mid_p(only_first: int, only_second: int) -> float:
    """How probable it is, were both right equally often, that the first is ahead so far (half of just so far).

    Never above its nominal level in the 9,595 scenarios of Fagerland, Lydersen & Laake 2013, BMC Medical Research
    Methodology 13:91, where McNemar's exact test is far below it.

    >>> mcnemar_mid_p(9, 1)
    0.005859375
    """
    _check_counts(only_first, only_second, only_first + only_second or 1)
    told = only_first + only_second
    return float(bdtrc(only_first - 1, told, 0.5) + bdtrc(only_first, told, 0.5)) / 2


def tango(only_first: int, only_second: int, images: int, *, alpha: float) -> Interval:
    """Score bounds for p_first - p_second, sound also where no image tells the two apart.

    Source: Tango 1998, Statistics in Medicine 17:891.

    >>> interval = tango(40, 20, 160, alpha=0.05)
    >>> round(interval.low, 7), round(interval.high, 7)
    (0.0462672, 0.2030348)
    """
    return _inverted(_score, only_first, only_second, images, alpha, "paired proportions, Tango score")


def tango_p(only_first: int, only_second: int, images: int, *, margin: float) -> float:
    """How probable it is, were the difference only ``margin``, in [-1, 1], that it is measured as large as this."""
    _check_counts(only_first, only_second, images)
    return float(ndtr(-_score(only_first, only_second, images, margin)))


def tango_unskewed(only_first: int, only_second: int, images: int, *, alpha: float) -> Interval:
    """Tango's bounds, corrected for the skewness that the counts would have at each difference.

    With a difference of about the share that tells the two apart, counts are as skewed as those of rare events, and
    Tango's own test errs twice as often as it says at an error of 0.05 / 90.  ``python -m benchmarks.skewed`` measures.
    Source of the transformation, monotone in the score: Hall 1992, JRSS-B 54:221, of a ratio whose variance is known.

    >>> interval = tango_unskewed(40, 20, 160, alpha=0.05)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0463, 0.2032)
    """
    method = "paired proportions, Tango score, Hall's skewness correction"
    return _inverted(_unskewed_score, only_first, only_second, images, alpha, method)


def tango_unskewed_p(only_first: int, only_second: int, images: int, *, margin: float) -> float:
    """How probable it is, were the difference only ``margin``, in [-1, 1], that it is measured as large as this."""
    _check_counts(only_first, only_second, images)
    return float(ndtr(-_unskewed_score(only_first, only_second, images, margin)))


def bonett_price(only_first: int, only_second: int, images: int, *, alpha: float) -> Interval:
    """Bounds for p_first - p_second that err seldom where few images tell the two apart: Wald's, with two images more.

    Source: Bonett & Price 2012, Journal of Educational and Behavioral Statistics 37:479.

    >>> interval = bonett_price(40, 20, 160, alpha=0.025)
    >>> round(interval.low, 7), round(interval.high, 7)
    (0.030109, 0.2168046)
    """
    centre, error = _with_two_more(only_first, only_second, images)
    reach = normal_quantile(alpha) * error
    return Interval(max(centre - reach, -1.0), min(centre + reach, 1.0), alpha, "paired proportions, Bonett-Price")


def bonett_price_p(only_first: int, only_second: int, images: int, *, margin: float) -> float:
    """How probable it is, were the difference only ``margin``, that it is measured as large as this."""
    centre, error = _with_two_more(only_first, only_second, images)
    return float(ndtr((margin - centre) / error))


def _with_two_more(first: int, second: int, images: int) -> tuple[float, float]:
    """The difference and its standard error, had each model one more image that only it has right."""
    _check_counts(first, second, images)
    centre = (first - second) / (images + 2)
    return centre, math.sqrt(((first + second + 2) / (images + 2) - centre**2) / (images + 2))


def _inverted(  # noqa: PLR0913, PLR0917  (a test, the counts, and what to call it)
    score: Callable[[int, int, int, float], float], first: int, second: int, images: int, alpha: float, method: str
) -> Interval:
    """The differences whose score is z, and -z."""
    _check_counts(first, second, images)
    z, observed = normal_quantile(alpha), (first - second) / images

    def above(limit: float) -> Callable[[float], bool]:
        return lambda difference: score(first, second, images, difference) > limit

    low = -1.0 if observed == -1 else _where(above(z), -1.0, observed)
    high = 1.0 if observed == 1 else _where(above(-z), observed, 1.0)
    return Interval(low, high, alpha, method)


def _score(first: int, second: int, images: int, difference: float) -> float:
    """How many standard errors the observed difference is above ``difference``, were that the truth."""
    return _standardised(first - second - images * difference, _variance(first, second, images, difference))


def _unskewed_score(first: int, second: int, images: int, difference: float) -> float:
    """The score less the skewness of its distribution, were ``difference`` the truth."""
    variance = _variance(first, second, images, difference)
    score = _standardised(first - second - images * difference, variance)
    if not math.isfinite(score) or variance <= 0:
        return score
    spread = variance / images + difference**2  # the mean of the squares; that of the cubes is the difference itself
    skewness = images * difference * (1 - 3 * spread + 2 * difference**2) / (variance * math.sqrt(variance))
    return score - skewness * (score**2 - 1) / 6 + skewness**2 * score**3 / 108


def _variance(first: int, second: int, images: int, difference: float) -> float:
    """Of first - second, were ``difference`` the truth and the share that tells them apart the likeliest with it."""
    linear = -first - second + (2 * images - first + second) * difference
    constant = -second * difference * (1 - difference)
    q = (math.sqrt(max(linear**2 - 8 * images * constant, 0)) - linear) / (4 * images)
    return images * (2 * q + difference * (1 - difference))


def _standardised(distance: float, variance: float) -> float:
    if variance <= 0:
        return math.copysign(math.inf, distance) if distance else 0.0
    return distance / math.sqrt(variance)


def _where(above: Callable[[float], bool], left: float, right: float) -> float:
    """The place between ``left`` and ``right`` where ``above`` ceases to be true."""
    for _ in range(STEPS):
        middle = (left + right) / 2
        left, right = (middle, right) if above(middle) else (left, middle)
    return (left + right) / 2


def _check_counts(first: int, second: int, images: int) -> None:
    if images < 1 or min(first, second) < 0 or first + second > images:
        raise ValueError(f"a paired difference needs counts of the same images; got {first} and {second} of {images}")

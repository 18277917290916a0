"""Intervals that the rooms share: exact and score bounds for a proportion, normal and skewness-corrected for a mean.

``alpha`` is the error of *one side*, because gates are one-sided: the truth lies below ``low`` with probability at most
about alpha, and above ``high`` likewise; [low, high] is a two-sided interval at 1 - 2 alpha.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtri  # scipy.stats would double the time to import

from behaviors.statistics.interval import Interval


def clopper_pearson(successes: int, trials: int, *, alpha: float) -> Interval:
    """Exact bounds for a proportion: each side errs with probability at most alpha, whatever the truth.

    Source: Clopper & Pearson 1934, Biometrika 26:404.
    """
    _check_counts(successes, trials)
    check_alpha(alpha)
    failures = trials - successes
    low = float(betaincinv(successes, failures + 1, alpha)) if successes else 0.0
    high = float(betaincinv(successes + 1, failures, 1 - alpha)) if failures else 1.0
    return Interval(low, high, alpha, "Clopper-Pearson, exact", "proportion")


def exact_bounds(
    successes: ArrayLike, trials: ArrayLike, alpha: float | NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Clopper and Pearson's bounds of each of several proportions, (G,) and (G,); of no trials 0 and 1.

    ``successes``, ``trials``: (G,) whole numbers.  ``alpha``: the error of each side of each, one or (G,).
    """
    hits = np.asarray(successes, dtype=np.float64)
    misses = np.asarray(trials, dtype=np.float64) - hits
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1), misses + 1, alpha), 0.0)
    high = np.where(misses > 0, betaincinv(hits + 1, np.maximum(misses, 1), 1 - np.asarray(alpha)), 1.0)
    return low, high


def wilson(successes: int, trials: int, *, alpha: float) -> Interval:
    """Score bounds for a proportion: right on average, narrower than the exact ones; to show, not to gate.

    Near 0 and 1 one side errs more often than alpha (Cai 2005, JSPI 131:63).
    Source: Wilson 1927, JASA 22:209.
    """
    _check_counts(successes, trials)
    z = normal_quantile(alpha)
    failures = trials - successes
    centre = (successes + z**2 / 2) / (trials + z**2)
    reach = z / (trials + z**2) * math.sqrt(successes * failures / trials + z**2 / 4)
    low = centre - reach if successes else 0.0
    high = centre + reach if failures else 1.0
    return Interval(max(low, 0.0), min(high, 1.0), alpha, "Wilson score", "proportion")


def jeffreys(successes: int, trials: int, *, alpha: float) -> Interval:
    """Bounds for a proportion between the exact and the score ones: right on average, and sound near 0 and 1.

    Source: Brown, Cai & DasGupta 2001, Statistical Science 16:101 (with 0 and 1 where all are alike).
    """
    _check_counts(successes, trials)
    check_alpha(alpha)
    shape = successes + 0.5, trials - successes + 0.5
    low = float(betaincinv(*shape, alpha)) if successes else 0.0
    high = float(betaincinv(*shape, 1 - alpha)) if successes < trials else 1.0
    return Interval(low, high, alpha, "Jeffreys", "proportion")


def mean_z(values: ArrayLike, *, alpha: float) -> Interval:
    """Bounds for the mean of values without much skewness: mean -/+ z sd / sqrt(n).

    ``values``: (N,) finite numbers, N >= 2.
    """
    mean, error, _ = _moments(values)
    z = normal_quantile(alpha)
    return Interval(mean - z * error, mean + z * error, alpha, "mean, normal")


def mean_hall(values: ArrayLike, *, alpha: float) -> Interval:
    """Bounds for the mean of skewed values, such as losses, where the normal ones miss a long tail.

    ``values``: (N,) finite numbers, N >= 2.
    Source: Hall 1992, JRSS-B 54:221, the monotone (cubic) transformation of Student's ratio.
    """
    mean, error, skewness = _moments(values)
    z = normal_quantile(alpha)
    slant = skewness / math.sqrt(np.size(values))
    low, high = (mean - error * unskewed(y, slant) for y in (z, -z))
    return Interval(low, high, alpha, "mean, Hall's skewness correction")


def normal_quantile(alpha: float) -> float:
    """The z that a standard normal variable exceeds with probability alpha."""
    check_alpha(alpha)
    return -float(ndtri(alpha))


def unskewed(y: float, slant: float) -> float:
    """Student's ratio whose transform, t + h t^2 / 3 + h^2 t^3 / 27 + h / 6, is y: 3/h (cbrt(1 + h (y - h/6)) - 1).

    ``slant``: h, the skewness of the values / sqrt(their number); written so that it may be 0.
    """
    shifted = y - slant / 6
    root = math.cbrt(1 + slant * shifted)
    return 3 * shifted / (root**2 + root + 1)


def _moments(values: ArrayLike) -> tuple[float, float, float]:
    """Mean, its standard error, and the skewness of the values (0 where they are all equal)."""
    numbers: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or numbers.size < 2:
        raise ValueError(f"an interval for a mean needs at least 2 values in one row; got shape {numbers.shape}")
    if unusable := int(np.count_nonzero(~np.isfinite(numbers))):
        raise ValueError(
            f"an interval for a mean needs finite values: {unusable:,} of {numbers.size:,} are NaN or infinite"
        )
    mean = float(np.mean(numbers))
    centred = numbers - mean
    spread = float(np.sqrt(np.mean(centred**2)))
    skewness = float(np.mean((centred / spread) ** 3)) if spread > 0 else 0.0
    return mean, spread / math.sqrt(numbers.size - 1), skewness


def _check_counts(successes: int, trials: int) -> None:
    if trials < 1:
        raise ValueError(f"a proportion of {trials} images is undefined")
    if not 0 <= successes <= trials:
        raise ValueError(f"a proportion needs 0 <= successes <= trials; got {successes} of {trials}")


def check_alpha(alpha: float) -> None:
    """Refuse what is no error of one side."""
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha is the error of one side and lies between 0 and 0.5; got {alpha}")

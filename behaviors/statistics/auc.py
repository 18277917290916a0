"""The area under a ROC curve: how often a positive's score is above a negative's, with bounds that hold for few.

Two intervals, of which each bound is the farther one: DeLong's, by the spread of what each image contributes, on the
logit scale; and Newcombe's, by the spread that an area of that size would have, which does not vanish where all pairs
are in order.
Sources: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837; Newcombe 2006, Stat Med 25:559, method 5.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from behaviors.statistics.interval import Interval
from behaviors.statistics.intervals import normal_quantile

Floats = NDArray[np.float64]

STEPS = 48
METHOD = "DeLong on the logit scale, at least Newcombe's"


class Auc(NamedTuple):
    """``value`` in [0, 1]; ``influence``: (N,) float64, how far each image moves it, times N; they add up to 0."""

    value: float
    influence: Floats
    interval: Interval


def auc(scores: ArrayLike, positive: ArrayLike, *, alpha: float) -> Auc:
    """The share of pairs whose positive has the higher score; equal scores count half.

    ``scores``: (N,) finite numbers.  ``positive``: (N,) bool, at least one of each.

    Raises:
        ValueError: not one row each, NaN, or only one kind.
    """
    values, flags = np.asarray(scores, dtype=np.float64), np.asarray(positive, dtype=np.bool_)
    if values.ndim != 1 or values.shape != flags.shape:
        raise ValueError(f"every image needs a score and a kind; got {values.shape} and {flags.shape}")
    if unusable := int(np.count_nonzero(~np.isfinite(values))):
        raise ValueError(f"scores are NaN or infinite for {unusable:,} of {values.size:,} images")
    high, low = values[flags], values[~flags]
    if not high.size or not low.size:
        raise ValueError(f"a ROC curve needs images of both kinds; got {high.size:,} positive, {low.size:,} negative")
    below, above = _share_below(high, low), 1 - _share_below(low, high)
    value = float(below.mean())
    influence = np.empty(values.size)
    influence[flags] = (below - value) * values.size / high.size
    influence[~flags] = (above - value) * values.size / low.size
    variance = _variance_of_mean(below) + _variance_of_mean(above)
    return Auc(value, influence, _interval(value, variance, (high.size, low.size), alpha))


def _share_below(values: Floats, others: Floats) -> Floats:
    """(V,) the share of the others that are lower, equal ones counted half."""
    ordered = np.sort(others)
    both = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    share: Floats = both / (2 * others.size)
    return share


def _variance_of_mean(values: Floats) -> float:
    return float(values.var(ddof=1) / values.size) if values.size > 1 else 0.0


def _interval(value: float, variance: float, counts: tuple[int, int], alpha: float) -> Interval:
    low, high = _newcombe(value, counts, alpha)
    if 0 < value < 1 and variance > 0:
        reach = normal_quantile(alpha) * math.sqrt(variance) / (value * (1 - value))
        low, high = min(low, float(expit(logit(value) - reach))), max(high, float(expit(logit(value) + reach)))
    return Interval(low, high, alpha, METHOD)


def _newcombe(value: float, counts: tuple[int, int], alpha: float) -> tuple[float, float]:
    """The areas that are z of their own standard errors away from the value."""
    z, (m, n) = normal_quantile(alpha), counts
    half = (m + n) / 2 - 1

    def reach(area: float) -> float:
        spread = 1 + half * ((1 - area) / (2 - area) + area / (1 + area))
        return z * math.sqrt(area * (1 - area) * spread / (m * n))

    return _where(value, 0.0, reach, -1), _where(value, 1.0, reach, 1)


def _where(value: float, end: float, reach: Callable[[float], float], side: int) -> float:
    """Between value and end, the farthest area whose reach comes back to the value."""
    near, far = value, end
    for _ in range(STEPS):
        middle = (near + far) / 2
        near, far = (middle, far) if side * (middle - value) < reach(middle) else (near, middle)
    return (near + far) / 2

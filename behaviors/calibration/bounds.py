"""Closed-form bounds for folded sums of bin gaps: the ECE and its over- and under-confident parts.

An ECE is T = sum |d_b| over bins, the fold of a vector of means: noise can only push it up, and no bootstrap is valid
where a gap is near 0.  With mu = E d, s_b the standard error of d_b, se^2 = sum s_b^2 and S = sum d_b:

    high = T + z se.   Whatever mu is, sum |mu_b| = sign(mu) . mu <= T + noise whose variance is at most se^2.
           Of the ECE it is nearer where noise makes up much of T: the largest m that noise could have lowered to T.
           With S' = sum s_b and h(x) = E|N(x, 1)|, T is at least S' h(m / S') on average, as |.| is convex, and varies
           by se^2 (1 + x^2 - h(x)^2) there, x = m / S'.
    low  = the larger of
           T - bias - z se   with the bias that would be if |mu_b| were only max(|d_b| - 1.5 s_b, 0), since it falls as
                             |mu_b| grows (moment selection: Andrews & Soares 2010, Econometrica 78:119);
           |S| - z' se_S     at alpha / 4, since |S| never exceeds the ECE and has no bias.

The over-confident part is sum max(d_b, 0).  As max(x, 0) = (x + |x|) / 2 it has half the bias of |x|, and no more
variance than x; [mu > 0] takes the place of sign(mu); S never exceeds it.  The under-confident part is the same of -d.
The two low bounds together could err 1.5 alpha; ``benchmarks/intervals.py`` measures how often they do.
Where few predictions are right, or few are wrong, no reach is less than ``behaviors.calibration.small_counts`` says.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr  # scipy.stats would double the time to import

from behaviors.calibration.small_counts import accuracy_doubt
from behaviors.statistics.gaps import KAPPA, Gaps, folding_bias
from behaviors.statistics.intervals import normal_quantile

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]

STEPS = 30
"""Halvings of z standard errors."""


def ece_bounds(gaps: Gaps, *, alpha: float, right: ArrayLike | None = None) -> Bounds:
    """Low and high for sum |mu_b|, each (...).

    ``right``: (...) int, how many predictions are right; None: the closed forms alone, T + z se for the high one.
    """
    bias, value = folding_bias(gaps, kappa=KAPPA), np.abs(gaps.mean).sum(-1)
    low, high = _bounds(value, bias, np.abs(gaps.mean.sum(-1)), gaps, alpha, right)
    if right is None:
        return low, high
    return low, np.minimum(high, np.maximum(_high(value, gaps, alpha), value + _doubt(right, gaps.images, alpha)))


def overconfidence_bounds(gaps: Gaps, *, alpha: float, right: ArrayLike | None = None) -> Bounds:
    """Low and high for sum max(mu_b, 0), each (...); those of the under-confident part are ``gaps.mirrored``'s."""
    bias = folding_bias(gaps, kappa=KAPPA) / 2
    return _bounds(np.maximum(gaps.mean, 0).sum(-1), bias, gaps.mean.sum(-1), gaps, alpha, right)


def _bounds(  # noqa: PLR0913, PLR0917  (the parts of the formula)
    value: Floats, bias: Floats, unfolded: Floats, gaps: Gaps, alpha: float, right: ArrayLike | None
) -> Bounds:
    reach = normal_quantile(alpha) * np.linalg.norm(gaps.errors, axis=-1)
    variance = np.maximum(gaps.squared.sum(-1) - gaps.mean.sum(-1) ** 2, 0) / gaps.images
    unfolded_reach = normal_quantile(alpha / 4) * np.sqrt(variance)
    if right is not None:
        reach = np.maximum(reach, _doubt(right, gaps.images, alpha))
        unfolded_reach = np.maximum(unfolded_reach, _doubt(right, gaps.images, alpha / 4))
    low = np.maximum(value - bias - reach, unfolded - unfolded_reach)
    return np.maximum(low, 0), np.minimum(value + reach, 1)


def _high(value: Floats, gaps: Gaps, alpha: float) -> Floats:
    """(...): the m at which S' h(x) - z se sqrt(1 + x^2 - h(x)^2), with x = m / S', is ``value``, by bisection."""
    errors, z = gaps.errors, normal_quantile(alpha)
    total, error = errors.sum(-1), np.linalg.norm(errors, axis=-1)
    left, right = value, value + z * error
    for _ in range(STEPS):
        middle = (left + right) / 2
        ratio = np.divide(middle, total, out=np.zeros_like(total), where=total > 0)
        folded = _folded_normal(ratio)
        lowest = total * folded - z * error * np.sqrt(np.maximum(1 + ratio**2 - folded**2, 0))
        beyond = lowest > value
        left, right = np.where(beyond, left, middle), np.where(beyond, middle, right)
    return np.where(total > 0, right, value)


def _folded_normal(mean: Floats) -> Floats:
    """(...): E|N(mean, 1)|."""
    folded: Floats = np.sqrt(2 / np.pi) * np.exp(-(mean**2) / 2) + mean * (1 - 2 * ndtr(-mean))
    return folded


def _doubt(right: ArrayLike, images: int, alpha: float) -> Floats:
    """The larger of the two, as gaps of either sign fold."""
    return np.maximum(*accuracy_doubt(right, images, alpha=alpha))

"""How many images decide: sample sizes for proportions, paired differences and calibration errors, and by scaling.

Throughout, ``alpha`` is the error of each side of an interval, and also how often so many images may fail to tell the
two truths apart that the number is for (alpha = beta).  The numbers are rounded up, and at least 1.
Where no source is named it is the usual normal approximation, n = ((z_alpha s_0 + z_beta s_1) / distance)^2.
"""

import math

import numpy as np
from scipy.special import ndtr

from behaviors.statistics.intervals import normal_quantile

SIGN_CHANGES = 1.6
"""A calibration error whose gaps have both signs, which cancel in their sum, takes so many times the images.

Found by simulation: at ECE 0.05 and margins of 0.01 to 0.05 the power is then 0.95 or more.
"""


ASSURANCE = 0.9
"""How probable a verdict is to be on images that were planned for a distance that is itself uncertain.

Over all that the truth may be; where it is one that is 0.28 standard errors of the measurement from the limit, 0.81 of
the runs are decided, and more where it is further (``tests/statistics/test_assurance.py``).
"""
_STEPS = np.linspace(-3.5, 3.5, 71)
_WEIGHTS = np.exp(-(_STEPS**2) / 2) / np.exp(-(_STEPS**2) / 2).sum()


def n_proportion(threshold: float, truth: float, *, alpha: float) -> int:
    """Images at which exact (Clopper-Pearson) bounds tell a proportion of ``truth`` from one of ``threshold``.

    ``threshold``, ``truth``: in [0, 1], not the same.
    Source: the continuity correction of Fleiss, Tytun & Ury 1980, Biometrics 36:343, for one sample.

    >>> n_proportion(0.76, 0.74, alpha=0.05)
    5120
    """
    if not (0 <= threshold <= 1 and 0 <= truth <= 1):
        raise ValueError(f"proportions lie between 0 and 1; got {threshold} and {truth}")
    spread = math.sqrt(threshold * (1 - threshold)) + math.sqrt(truth * (1 - truth))
    distance = _positive("two proportions must differ", abs(threshold - truth))
    plain = (normal_quantile(alpha) * spread / distance) ** 2
    return _up((math.sqrt(plain) + math.sqrt(plain + 2 / distance)) ** 2 / 4)


def n_accuracy(threshold: float, margin: float, *, alpha: float) -> int:
    """Images that decide "at least ``threshold``, or ``margin`` less", whatever the truth is.

    >>> n_accuracy(0.76, 0.02, alpha=0.05)
    5120
    """
    return n_proportion(threshold, threshold - margin, alpha=alpha)


def n_paired(discordant: float, margin: float, *, alpha: float) -> int:
    """Images that show a loss of ``margin`` between two models that saw the same ones.

    ``discordant``: share of the images of which exactly one of the models is right, in [margin, 1].
    Source: Miettinen 1968, Biometrics 24:339; Connor 1987, Biometrics 43:207.

    >>> n_paired(0.05, 0.01, alpha=0.05)
    5406
    """
    if not _positive("a margin must be above 0", margin) <= discordant <= 1:
        raise ValueError(f"a loss of {margin} takes at least as large a share of images; got {discordant}, at most 1")
    spread = math.sqrt(discordant) + math.sqrt(discordant - margin**2)
    return _up((normal_quantile(alpha) * spread / margin) ** 2)


def n_ece(spread: float, margin: float, *, alpha: float, sign_changes: bool = False) -> int:
    """Images that tell two calibration errors apart that differ by ``margin``.

    ``spread``: standard deviation of confidence - correct over images, about the root of the top-label Brier score.
    ``sign_changes``: the model may be over-confident here and under-confident there.

    >>> n_ece(0.35, 0.02, alpha=0.05)
    4626
    """
    z = normal_quantile(alpha / 4) + normal_quantile(alpha)
    factor = SIGN_CHANGES if sign_changes else 1.0
    return _up(factor * (z * spread / _positive("a margin must be above 0", margin)) ** 2)


def n_calibrated(spread: float, noise_floor: float, images: int, limit: float, *, alpha: float) -> int:
    """Images on which the high bound of a perfectly calibrated model's ECE stays below ``limit``.

    ``noise_floor``: what such a model measures on ``images`` images on average; it falls as their root, as the bound's
    distance from it does.

    >>> n_calibrated(0.35, 0.0215, 2000, 0.05, alpha=0.05)
    1786
    """
    floor = noise_floor * math.sqrt(images)
    above = 2 * normal_quantile(alpha) * spread
    return _up(((floor + above) / _positive("a calibration error's limit must be above 0", limit)) ** 2)


def n_scaled(images: int, width: float, distance: float) -> int:
    """Images on which what is ``width`` wide on ``images`` of them is ``distance`` wide: it falls as their root.

    >>> n_scaled(400, 0.1, 0.05)
    1600
    """
    return _up(images * (width / _positive("a distance must be above 0", distance)) ** 2)


def assured(distance: float, reach: float, *, alpha: float) -> float:
    """The distance to plan for where ``distance`` was measured, and its bound is ``reach`` from it; both above 0.

    The truth may be nearer to the limit than was measured, or beyond it.  As many images as tell so small a distance
    apart decide with probability ``ASSURANCE`` over all that the truth may be (normal about what was measured).
    Source: O'Hagan, Stevens & Campbell 2005, Pharmaceutical Statistics 4:187, assurance in clinical trial design.

    >>> round(assured(0.02, 0.0207, alpha=0.05), 4)
    0.0103
    """
    z = normal_quantile(alpha)
    truths = np.abs(distance + reach / z * _STEPS)
    low, high = 1e-6 * distance, distance
    for _ in range(25):
        planned = math.sqrt(low * high)
        scores = truths * 2 * z / planned  # in standard errors on as many images as tell ``planned`` from nothing
        decided = _WEIGHTS @ (ndtr(scores - z) + ndtr(-scores - z))
        low, high = (planned, high) if decided >= ASSURANCE else (low, planned)
    return low


def spread_of(reach: float, images: int, *, alpha: float) -> float:
    """Standard deviation over images of what has a bound at ``reach`` from its mean: reach = z sd / sqrt(images).

    >>> round(spread_of(0.0329, 400, alpha=0.05), 3)
    0.4
    """
    return reach * math.sqrt(images) / normal_quantile(alpha)


def _positive(demand: str, number: float) -> float:
    if not 0 < number < math.inf:
        raise ValueError(f"{demand}; got {number}")
    return number


def _up(images: float) -> int:
    """A whole number of images, not one more for what rounding adds."""
    return max(1, math.ceil(images * (1 - 1e-12)))

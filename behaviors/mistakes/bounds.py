"""Closed-form bounds for the error ratio of one factor, and what each image does to the ratios.

R = e_f / e, where the images with the factor are a share w of all.  It is a monotone map of RR = e_f / e_rest, a ratio
of two independent proportions: R = RR / (w RR + 1 - w), so that what both sides of R have in common is taken into
account exactly.  RR's limits are MOVER-R's (Donner & Zou 2012, Stat Methods Med Res 21:347), from exact limits of both
proportions.  ``benchmarks/error_ratios.py`` measures how often they err.
"""

import math

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.measurement import Interval
from behaviors.statistics.clusters import ratio_influence
from behaviors.statistics.intervals import clopper_pearson

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

METHOD = "MOVER-R, exact limits"


def ratio(wrong_with: int, images_with: int, wrong: int, images: int) -> float:
    """Error rate with the factor / error rate of all; at least one image with it, and one error."""
    return wrong_with / images_with / (wrong / images)


def ratio_interval(wrong_with: int, images_with: int, wrong: int, images: int, *, alpha: float) -> Interval:
    """Bounds of ``ratio``; there must be images without the factor, and an error somewhere."""
    rest_wrong, rest = wrong - wrong_with, images - images_with
    share = images_with / images
    one, other = wrong_with / images_with, rest_wrong / rest
    of_one = clopper_pearson(wrong_with, images_with, alpha=alpha)
    of_other = clopper_pearson(rest_wrong, rest, alpha=alpha)
    low = _mover(one, other, of_one.low, of_other.high, side=-1)
    high = _mover(one, other, of_one.high, of_other.low, side=1)
    value = ratio(wrong_with, images_with, wrong, images)  # rounding may carry a limit across it
    return Interval(min(_overall(low, share), value), max(_overall(high, share), value), alpha, METHOD)


def influences(wrong: Bools, carries: Bools) -> Floats:
    """(N, F) float64: how far each image moves the ratio of each factor; every column adds up to 0.

    ``wrong``: (N,) bool, at least one true.  ``carries``: (N, F) bool, at least one true in every column; which images
    carry a factor is taken as given.  A ratio of the sample less the population's is nearly the mean of its column.
    """
    share = carries.mean(0)
    return np.stack([ratio_influence(wrong * column, wrong) for column in (carries / share).T], axis=1)


def _mover(one: float, other: float, near_one: float, near_other: float, *, side: int) -> float:
    """A limit of one / other, from the limit of each that lies towards it; written so that nothing cancels.

    The roots of c x^2 - 2 a x + b: the lower one is b / (a + d), the upper one (a + d) / c, with d = sqrt(a^2 - b c).
    """
    a, b = one * other, near_one * (2 * one - near_one)
    c = near_other * (2 * other - near_other)
    d = math.sqrt(max(a * a - b * c, 0.0))
    if side < 0:
        return b / (a + d) if b else 0.0
    return (a + d) / c if c else math.inf


def _overall(relative: float, share: float) -> float:
    """From e_f / e_rest to e_f / e."""
    if math.isinf(relative):
        return 1 / share
    return relative / (share * relative + 1 - share)

"""How well a score tells images that are out of distribution from others: one dataset against another.

``known``: (N,), ``strange``: (M,) finite scores, higher for what looks familiar; those that are strange are the
positive class.  ``alpha``: the error of each side.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr  # scipy.stats would double the time to import

from behaviors.statistics.auc import METHOD, auc
from behaviors.statistics.intervals import clopper_pearson
from behaviors.statistics.unseen import Sample

Floats = NDArray[np.float64]

FOUND = 0.95
"""The share of strange images that a threshold has to find."""


class Detection(NamedTuple):
    """``value`` in [0, 1].

    ``known``: (N,), ``strange``: (M,) the influence of each image: the variance of the value is the sum of their
    variances over N and over M.
    ``shared``, ``own``: how far down and up it may be off by chance in the known images, which several datasets share,
    and in the strange ones; they add up in squares.  ``least``: a bound on each side whatever they say.
    """

    value: float
    known: Floats
    strange: Floats
    shared: tuple[float, float]
    own: tuple[float, float]
    least: tuple[float, float]
    method: str


Measure = Callable[[Floats, Floats, float], Detection]


def checked(known: ArrayLike, strange: ArrayLike) -> tuple[Floats, Floats]:
    """Both as float64.

    Raises:
        ValueError: none of one kind, or NaN.
    """
    one, other = np.asarray(known, dtype=np.float64), np.asarray(strange, dtype=np.float64)
    if one.ndim != 1 or other.ndim != 1 or not one.size or not other.size:
        raise ValueError(f"it takes images of both kinds; got {one.size:,} of known classes, {other.size:,} strange")
    if bad := int(np.count_nonzero(~np.isfinite(one)) + np.count_nonzero(~np.isfinite(other))):
        raise ValueError(f"scores are NaN or infinite for {bad:,} of {one.size + other.size:,} images")
    return one, other


def area_under_roc(known: Floats, strange: Floats, alpha: float) -> Detection:
    """AUROC: how often a strange image looks less familiar than a known one; of equally familiar ones half counts."""
    positive = np.repeat([False, True], [known.size, strange.size])
    found = auc(-np.concatenate([known, strange]), positive, alpha=alpha)
    scale = positive.size
    one, other = found.influence[~positive] * known.size / scale, found.influence[positive] * strange.size / scale
    bounds = found.interval.low, found.interval.high
    return Detection(found.value, one, other, (0, 0), (0, 0), bounds, METHOD)


def false_positives(known: Floats, strange: Floats, alpha: float) -> Detection:
    """FPR95: the share of known images that are no more familiar than the threshold that finds 95 % of the strange.

    Two doubts, where the threshold is and what lies beyond it, each with exact bounds.
    """
    count = math.ceil(FOUND * strange.size * (1 - 1e-12))
    ordered, known_ordered = np.sort(strange), np.sort(known)
    value, threshold = _share(known_ordered, ordered[count - 1]), ordered[count - 1]
    fewest, most = _plausible(strange.size, alpha)
    down = _share(known_ordered, ordered[fewest - 1]) if fewest else 0.0
    up = _share(known_ordered, ordered[most]) if most < strange.size else 1.0
    exact = clopper_pearson(round(value * known.size), known.size, alpha=alpha)
    slope = (up - down) * strange.size / max(most + 1 - fewest, 1)
    flagged, caught = known <= threshold, strange <= threshold
    return Detection(
        value,
        flagged - value,
        -slope * (caught - count / strange.size),
        (value - exact.low, exact.high - value),
        (max(value - down, 0.0), max(up - value, 0.0)),
        (1.0, 0.0),
        "exact bounds of the threshold and of the share beyond it",
    )


def area_under_pr(known: Floats, strange: Floats, alpha: float) -> Detection:
    """AUPR with the strange images as positives, by the trapezoidal rule from a precision of 1 at a recall of 0.

    The influences take the numbers of images as given.
    """
    everything = np.concatenate([known, strange])
    _, point = np.unique(everything, return_inverse=True)  # the least familiar first
    positives = np.bincount(point[known.size :], minlength=point.max() + 1)
    negatives = np.bincount(point[: known.size], minlength=positives.size)
    found, wrong = np.cumsum(positives) / strange.size, np.cumsum(negatives) / known.size
    prior = strange.size / everything.size
    precision = prior * found / (prior * found + (1 - prior) * wrong)
    value = float(np.diff(found, prepend=0.0) @ (precision + np.concatenate([[1.0], precision[:-1]])) / 2)
    weight = positives / strange.size
    by = prior * (1 - prior) * weight / (prior * found + (1 - prior) * wrong) ** 2
    by_found, by_wrong = by * wrong, -by * found
    gain, loss = _from(by_found), _from(by_wrong)
    own = precision - weight @ precision + gain - by_found @ found
    other = loss - by_wrong @ wrong
    influence, known_influence = own[point[known.size :]], other[point[: known.size]]
    shares = everything.size / known.size, everything.size / strange.size
    values = np.concatenate([known_influence * shares[0], influence * shares[1]])
    unseen = prior * found / (prior * found + (1 - prior) * wrong + 1 / everything.size)  # a known one before all
    lowest, highest = min(values.min(), float(weight @ (unseen - precision)) * everything.size), values.max()
    sample = Sample.within(value + values, value + float(lowest), value + float(highest))
    low, high = sample.low(alpha), -sample.turned.low(alpha)
    method = "mean of influences, Hall's skewness correction, an unseen image"
    return Detection(value, known_influence, influence, (0, 0), (0, 0), (max(low, 0.0), min(high, 1.0)), method)


def area_under_pr_known(known: Floats, strange: Floats, alpha: float) -> Detection:
    """AUPR with the known images as positives."""
    turned = area_under_pr(-strange, -known, alpha)
    return turned._replace(known=turned.strange, strange=turned.known)


def _share(ordered: Floats, threshold: float) -> float:
    return float(np.searchsorted(ordered, threshold, side="right") / ordered.size)


def _plausible(count: int, alpha: float) -> tuple[int, int]:
    """How few and how many of ``count`` strange images may lie below the true threshold."""
    chances = bdtr(np.arange(count + 1, dtype=np.float64), count, FOUND)
    return int(np.searchsorted(chances, alpha)), int(np.searchsorted(chances, 1 - alpha))


def _from(values: Floats) -> Floats:
    """(G,) the sum of the values from each place on."""
    sums: Floats = np.cumsum(values[::-1])[::-1]
    return sums

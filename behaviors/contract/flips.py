"""Images about which a model and its successor differ: negative flips, right and now wrong; churn, answered otherwise.

Sources: Yan et al. 2021, "Positive-Congruent Training", CVPR, arXiv:2011.09161 (negative flip rate); Cormier, Milani
Fard, Canini & Gupta 2016, "Launch and Iterate: Reducing Prediction Churn", NeurIPS (churn).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc  # scipy.stats would double the time to import

from behaviors.contract.joined import joined
from behaviors.contract.measurement import Measurement
from behaviors.contract.per_image import PerImage
from behaviors.statistics.intervals import clopper_pearson, mean_hall


@dataclass(frozen=True)
class Flips:
    """``measurement``: the share of all images.  ``ids``: (F,) the images about which the two differ, in the old order.

    ``p_more``: the probability of as many flips or more where the true share is ``most``; None where ``most`` is None.
    """

    measurement: Measurement
    ids: NDArray[np.str_]
    p_more: float | None


def negative_flips(old: PerImage, new: PerImage, *, alpha: float, most: float | None = None) -> Flips:
    """The share of images right in ``old`` (value 1) and wrong in ``new`` (value 0), with exact bounds.

    ``most``: the share that is tolerated, in [0, 1].  The test of it is the one whose level-alpha inversion gives the
    lower Clopper-Pearson bound.

    Raises:
        ValueError: no images, other images, or values that are neither 0 nor 1.

    >>> ids = np.array(["a", "b", "c", "d"])
    >>> flips = negative_flips(PerImage(ids, np.ones(4), "proportion"), PerImage(ids, np.eye(4)[0], "proportion"),
    ...                        alpha=0.05, most=0.5)
    >>> flips.measurement.value, flips.ids.tolist(), flips.p_more
    (0.75, ['b', 'c', 'd'], 0.3125)
    """
    before, after = joined(old, new)
    return _share(after.ids, _right(before) & ~_right(after), alpha, most)


def churn(
    old: ArrayLike, new: ArrayLike, *, alpha: float, ids: NDArray[np.str_] | None = None, most: float | None = None
) -> Flips:
    """The share of images that are given another answer, right or wrong, with exact bounds.

    ``old``, ``new``: (N,) int, the class that each model decided for; a class of -1 is no answer, which is one like any
    other.  ``ids``: (N,) str; left out, images are told by their place.  ``most``: the share that is tolerated, in
    [0, 1].

    Raises:
        ValueError: no images, or not one answer of each model for each.

    >>> found = churn([0, 1, 2, 2], [0, 1, 2, 1], alpha=0.05, ids=np.array(["a", "b", "c", "d"]))
    >>> found.measurement.value, found.ids.tolist()
    (0.25, ['d'])
    """
    one, other = np.asarray(old), np.asarray(new)
    names = np.arange(one.size).astype(np.str_) if ids is None else ids
    if not one.size or one.ndim != 1 or not one.shape == other.shape == names.shape:
        raise ValueError(f"churn needs two answers to each image; got {one.shape} and {other.shape}")
    return _share(names, one != other, alpha, most)


def mean_over_images(values: NDArray[np.float64], *, alpha: float) -> Measurement:
    """The mean of (N,) values, such as how far probabilities moved; bounds where there are several, not all alike."""
    several = values.size > 1 and np.ptp(values) > 0
    return Measurement(float(values.mean()), int(values.size), mean_hall(values, alpha=alpha) if several else None)


def _share(ids: NDArray[np.str_], differ: NDArray[np.bool_], alpha: float, most: float | None) -> Flips:
    count, total = int(np.count_nonzero(differ)), int(differ.size)
    p_more = None if most is None else _tail(count, total, most)
    bounds = clopper_pearson(count, total, alpha=alpha)
    return Flips(Measurement(count / total, total, bounds), ids[differ], p_more)


def _right(rows: PerImage) -> NDArray[np.bool_]:
    if rows.kind != "proportion" or not np.isin(rows.values, (0, 1)).all():
        raise ValueError("flips need true or false for each image")
    right: NDArray[np.bool_] = rows.values == 1
    return right


def _tail(count: int, total: int, share: float) -> float:
    """P(X >= count) of a binomial variable, by the incomplete beta function."""
    return 1.0 if count == 0 else float(betainc(count, total - count + 1, share))

"""Negative flips: images that one model got right and its successor gets wrong, whatever it gains elsewhere.

Source: Yan et al. 2021, "Positive-Congruent Training", CVPR, arXiv:2011.09161 (negative flip rate).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc  # scipy.stats would double the time to import

from behaviors.contract.joined import joined
from behaviors.contract.measurement import Measurement
from behaviors.contract.per_image import PerImage
from behaviors.statistics.intervals import clopper_pearson


@dataclass(frozen=True)
class Flips:
    """``measurement``: the share of all images.  ``ids``: (F,) the images that flipped, in the old model's order.

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
    flipped = _right(before) & ~_right(after)
    count, total = int(np.count_nonzero(flipped)), int(flipped.size)
    p_more = None if most is None else _tail(count, total, most)
    bounds = clopper_pearson(count, total, alpha=alpha)
    return Flips(Measurement(count / total, total, bounds), after.ids[flipped], p_more)


def _right(rows: PerImage) -> NDArray[np.bool_]:
    if rows.kind != "proportion" or not np.isin(rows.values, (0, 1)).all():
        raise ValueError("flips need true or false for each image")
    right: NDArray[np.bool_] = rows.values == 1
    return right


def _tail(count: int, total: int, share: float) -> float:
    """P(X >= count) of a binomial variable, by the incomplete beta function."""
    return 1.0 if count == 0 else float(betainc(count, total - count + 1, share))

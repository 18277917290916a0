"""Variances for images that are not independent: two are alike where they share one of two sources.

A cue-conflict image is made from a picture that gives its shape and a picture that gives its texture; every picture is
used many times, so that 1,200 images are far fewer independent observations than 1,200.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit  # scipy.stats would double the time to import

from behaviors.statistics.columns import codes

Floats = NDArray[np.float64]

TOO_FEW = "only one source on one side: nothing shows how much the sources differ"
NOT_TWO_WAY = "the two-way variance is smaller than that over one kind of source alone, which is taken instead"
"""A difference of estimates, which comes out too small, or negative, where one kind of source matters little."""


class Variance(NamedTuple):
    """How far a mean may be off.

    ``value``: variance of the mean, >= 0.  ``sources``: how many there are of either kind.  ``note``: what to know of
    the estimate; empty where it is the two-way estimate itself.
    """

    value: float
    sources: tuple[int, int]
    note: str = ""

    @property
    def degrees(self) -> int:
        """Degrees of freedom for Student's t: one less than the smaller number of sources."""
        return min(self.sources) - 1

    def reach(self, *, alpha: float) -> float:
        """How far the truth may lie to one side of the estimate, with error alpha: t standard errors.

        Raises:
            ValueError: there are too few sources for an estimate, or alpha is no error of one side.
        """
        if self.degrees < 1:
            raise ValueError(TOO_FEW)
        if not 0 < alpha < 0.5:
            raise ValueError(f"alpha is the error of one side and lies between 0 and 0.5; got {alpha}")
        return float(stdtrit(self.degrees, 1 - alpha) * np.sqrt(self.value))


def ratio_influence(numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    """(N,) float64: how far each image moves f = sum(numerator) / sum(denominator); they add up to 0.

    ``numerator``, ``denominator``: (N,) finite numbers, such as shape decisions, and shape or texture decisions.
    f of the sample less f of the population is nearly the mean of these values over the sample, so that the variance of
    their mean is that of f, and the variance of the mean of the differences of two models' values, image by image, is
    that of the difference of their f.

    Raises:
        ValueError: not one row each, of the same images; no images; NaN; the denominator adds up to 0.
    """
    above, below = _row("numerator", numerator), _row("denominator", denominator)
    if above.shape != below.shape:
        raise ValueError(f"every image needs both: {above.size:,} numerators, {below.size:,} denominators")
    if not below.sum():
        raise ValueError(f"the ratio is undefined: the denominators of {below.size:,} images add up to 0")
    ratio = above.sum() / below.sum()
    influence: Floats = (above - ratio * below) / below.mean()
    return influence


def two_way_variance(influence: ArrayLike, first: ArrayLike, second: ArrayLike) -> Variance:
    """Variance of the mean of ``influence`` where images that share a source of either kind move together.

    ``influence``: (N,) finite, centred on 0.  ``first``, ``second``: (N,) names of the sources of each image.
    V = V_first + V_second - V_both, each the sum over clusters of (sum of the cluster)^2 times G / (G - 1) / N^2, where
    V_both clusters images that share both.  Where V is less than V_first, V_second or V_both, the largest of them is
    taken instead, and ``note`` says so.  With a single source of a kind the result is infinite.

    Source: Cameron, Gelbach & Miller 2011, JBES 29:238.

    Raises:
        ValueError: not one row each, of the same images; no images; NaN.
    """
    values = _row("influence", influence)
    one, another = _codes("first", first, values.size), _codes("second", second, values.size)
    both = _codes("both", one * (int(another.max()) + 1) + another, values.size)
    sources = int(one.max()) + 1, int(another.max()) + 1
    if min(sources) < 2:
        return Variance(np.inf, sources, TOO_FEW)
    by_one, by_another, by_both = (_one_way(values, cluster) for cluster in (one, another, both))
    crossed, alone = by_one + by_another - by_both, max(by_one, by_another, by_both)
    return Variance(crossed, sources) if crossed >= alone else Variance(alone, sources, NOT_TWO_WAY)


def _one_way(values: Floats, cluster: NDArray[np.int64]) -> float:
    """Variance of the mean, where images of one cluster (numbered from 0) move together; at least two clusters."""
    sums = np.bincount(cluster, weights=values)
    return float(np.square(sums).sum() * sums.size / (sums.size - 1) / values.size**2)


def _codes(name: str, sources: ArrayLike, images: int) -> NDArray[np.int64]:
    """(N,) int64: the sources numbered from 0."""
    names = np.asarray(sources)
    if names.shape != (images,):
        raise ValueError(f"every image needs a source: {name} has shape {names.shape}, there are {images:,} images")
    return codes(names)


def _row(name: str, values: ArrayLike) -> Floats:
    numbers: Floats = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or not numbers.size:
        raise ValueError(f"{name} must be one row with a value for each image, at least one; got shape {numbers.shape}")
    if unusable := int(np.count_nonzero(~np.isfinite(numbers))):
        raise ValueError(f"{name} is NaN or infinite for {unusable:,} of {numbers.size:,} images")
    return numbers

"""A number about a model and how far each image moves it, which is all that a paired difference needs to know."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit  # scipy.stats would double the time to import

from behaviors.contract.measurement import Measurement
from behaviors.statistics.clusters import two_way_variance
from behaviors.statistics.columns import codes
from behaviors.statistics.intervals import normal_quantile

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """What a room measured of a model.

    ``influence``: (N,) float64 that add up to 0, one per image: their mean over other images is how far the number
    measured on those is from the truth, to first order (Hampel 1974, JASA 69:383).
    ``what``: which of the model's numbers it is, where one is compared with another of the same model.
    """

    model: str
    measurement: Measurement
    influence: Floats
    what: str = ""


class Spread(NamedTuple):
    """How far an estimate may be off: its variance, and the degrees of freedom of that (infinite: normal)."""

    variance: float
    degrees: float = float("inf")
    method: str = "normal"
    note: str = ""

    def reach(self, alpha: float) -> float:
        """How far the truth may lie to one side, with error alpha."""
        quantile = normal_quantile(alpha) if np.isinf(self.degrees) else stdtrit(self.degrees, 1 - alpha)
        return float(quantile * np.sqrt(self.variance))


def mean_influence(values: ArrayLike) -> Floats:
    """(N,) float64: how far each image moves the mean of ``values``, (N,) finite numbers."""
    numbers: Floats = np.asarray(values, dtype=np.float64)
    influence: Floats = numbers - numbers.mean()
    return influence


def by_image(influence: Floats) -> Spread:
    """Where images are independent.  ``influence``: (N,), N >= 2."""
    images = _images(influence)
    return Spread(float(np.square(influence).sum()) / images / (images - 1), method="by image, normal")


def by_cluster(influence: Floats, clusters: ArrayLike) -> Spread:
    """Where images of one cluster, such as several renderings of one scene, move together.

    ``clusters``: (N,) names.  Raises ValueError with fewer than two clusters.
    """
    images = _images(influence)
    sums = np.bincount(codes(clusters), weights=influence)
    if sums.size < 2:
        raise ValueError(f"all {images:,} images are of one cluster: nothing shows how much clusters differ")
    variance = float(np.square(sums).sum()) * sums.size / (sums.size - 1) / images**2
    return Spread(variance, sums.size - 1, f"{sums.size:,} clusters, Student's t")


def by_two_sources(influence: Floats, first: ArrayLike, second: ArrayLike) -> Spread:
    """Where images share either of two sources, as those of a cue conflict do: ``first``, ``second``: (N,) names."""
    variance = two_way_variance(influence, first, second)
    if variance.degrees < 1:
        raise ValueError(variance.note)
    counts = " x ".join(f"{count:,}" for count in variance.sources)
    return Spread(variance.value, variance.degrees, f"two-way clusters ({counts}), Student's t", variance.note)


def _images(influence: Floats) -> int:
    if influence.size < 2:
        raise ValueError(f"a difference needs at least 2 images to tell how sure it is; there is {influence.size}")
    return influence.size

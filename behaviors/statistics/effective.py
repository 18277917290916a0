"""Bounds for shares of images that are not independent, by the number of independent ones that would tell as much.

Images of one scene, or one image under several views, are alike.  Clusters enter through the effective number of
images, at which Clopper and Pearson's exact bounds are taken; near 1, where scenes in 64 and Student's t miss the truth
at the lower end 10 to 14 times in 100, this errs 4 to 8 times at alpha 5 %.

Source: Korn & Graubard 1998, Survey Methodology 24:193; as ``svyciprop(method = "beta")`` in R's survey.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, stdtrit  # scipy.stats would double the time to import

from behaviors.statistics.columns import codes
from behaviors.statistics.interval import Interval
from behaviors.statistics.intervals import normal_quantile


def effective_bounds(
    value: float, influence: ArrayLike, clusters: ArrayLike | None = None, *, alpha: float, kind: str = "images"
) -> Interval | None:
    """Bounds for a share, or for a mean of shares; None where all images are of one cluster, which tells nothing.

    ``value``: in [0, 1].  ``influence``: (N,) how far each image moves it, times N; they add up to 0.
    ``clusters``: (N,) names of what images share; None where they are independent.  ``kind``: how the interval's
    method calls clusters.

    Raises:
        ValueError: the value is outside [0, 1], there are no images, or not a cluster for each.
    """
    moved: NDArray[np.float64] = np.asarray(influence, dtype=np.float64)
    names = moved if clusters is None else np.asarray(clusters)
    if not 0 <= value <= 1 or moved.ndim != 1 or not moved.size or names.shape != moved.shape:
        raise ValueError(
            f"bounds need a share in [0, 1] and a cluster for every image; got {value}, {moved.shape} and {names.shape}"
        )
    sums = moved if clusters is None else np.bincount(codes(names), weights=moved).astype(np.float64)
    if sums.size < 2:
        return None
    worth = _worth(value, sums, moved.size, alpha)
    hits = value * worth
    low = float(betaincinv(hits, worth - hits + 1, alpha)) if value > 0 else 0.0
    high = float(betaincinv(hits + 1, worth - hits, 1 - alpha)) if value < 1 else 1.0
    return Interval(low, high, alpha, f"Korn and Graubard, by {sums.size:,} {kind} worth {worth:.0f} images")


def _worth(value: float, sums: NDArray[np.float64], images: int, alpha: float) -> float:
    """The effective number of images: at most all of them, so that agreement to the last is no certainty."""
    clusters = int(sums.size)
    if value in (0, 1):
        return clusters  # all alike: nothing tells that the images of a cluster are worth more than one
    variance = float(np.square(sums).sum()) * clusters / (clusters - 1) / images**2
    effective = min(images, value * (1 - value) / variance) if variance > 0 else images
    return float(effective * (normal_quantile(alpha) / stdtrit(clusters - 1, 1 - alpha)) ** 2)

"""Bounds for shares of images that are not independent: scenes of several images, or one image under several views.

What a cluster contributes is a share of its own, in [0, 1].  The mean of such shares is bounded from above as if one
more cluster had been drawn, an unseen one in which nearly everything is right, and from below as if one had been in
which nearly everything is wrong: exactly Clopper and Pearson's bounds where all images of a cluster fare alike.  With
weights that are uniform on the simplex (a Dirichlet distribution) the mean of the G + 1 shares has the mean of the
shares and (their variance) / (G + 2); the bound is a quantile of the beta distribution that has these two.

Nothing cheaper holds.  A kind of cluster that makes up 3 / G of all is missing from a sample of G with probability .05,
however many images each has, and if it is entirely wrong, the truth is 3 / G below all that the sample shows: whoever
takes the worst cluster that was seen for the worst there is, errs up to 73 times in 100 (``python -m
benchmarks.clustered``).  Nor are G clusters worth more than all of their images.

Sources: Gaffke 2005, Mathematical Methods of Statistics 14:451 (the unseen value); Korn & Graubard 1998, Survey
Methodology 24:193 (exact bounds at an effective size), whose bounds near 1 are too high: they take a spread that few
clusters show for certain.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv  # scipy.stats would double the time to import

from behaviors.statistics.columns import codes
from behaviors.statistics.interval import Interval
from behaviors.statistics.intervals import check_alpha

Floats = NDArray[np.float64]


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
    moved: Floats = np.asarray(influence, dtype=np.float64)
    names = moved if clusters is None else np.asarray(clusters)
    if not 0 <= value <= 1 or moved.ndim != 1 or not moved.size or names.shape != moved.shape:
        raise ValueError(
            f"bounds need a share in [0, 1] and a cluster for every image; got {value}, {moved.shape} and {names.shape}"
        )
    sums = moved if clusters is None else np.bincount(codes(names), weights=moved).astype(np.float64)
    return mean_of_shares(value + sums * (sums.size / moved.size), images=moved.size, alpha=alpha, kind=kind)


def mean_of_shares(shares: Floats, *, images: float = math.inf, alpha: float, kind: str = "images") -> Interval | None:
    """Bounds for the mean of (G,) shares in [0, 1], or of what moves like one.

    ``images``: that they are shares of; infinite for values that are no counts, such as probabilities.
    """
    check_alpha(alpha)
    if shares.size < 2:
        return None
    low = high_mean(1 - shares, unseen=1.0, alpha=alpha, images=images)
    high = high_mean(shares, unseen=1.0, alpha=alpha, images=images)
    return Interval(1 - low, high, alpha, f"mean over {shares.size:,} {kind}, allowing for an unseen one")


def high_mean(parts: Floats, *, unseen: float, alpha: float, images: float = math.inf) -> float:
    """A bound that the true mean of (G,) values in [0, 1] is above with an error of about alpha at most.

    ``unseen``: one more of them, that happened not to be drawn.  ``images``: that they are worth at most.
    """
    count = parts.size + 1
    mean = (float(parts.sum()) + unseen) / count
    if mean >= 1:
        return 1.0
    variance = ((float(parts @ parts) + unseen * unseen) / count - mean * mean) / (count + 1)
    worth = min(images + 1, mean * (1 - mean) / variance - 1 if variance > 0 else math.inf)
    if math.isinf(worth):
        return mean
    return max(float(betaincinv(mean * worth, (1 - mean) * worth, 1 - alpha)), float(parts.mean()))

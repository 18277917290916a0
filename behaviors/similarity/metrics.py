"""How alike two representations of the same images are: features in, a measurement with its interval out."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.contract import per_image
from behaviors.contract.measurement import Interval, Measurement
from behaviors.statistics.unseen import Sample

Floats = NDArray[np.float64]

FEWEST = 10
"""Images; the unbiased estimate takes 4, and its spread some more."""
METHOD = "mean of influences, Hall's skewness correction, an unseen image"


class _Alignment(NamedTuple):
    """``unbiased``: HSIC of two linear kernels.  ``biased``, ``moves``: its plug-in estimate, and (N,) by image."""

    unbiased: float
    biased: float
    moves: Floats


def cka(first: ArrayLike, second: ArrayLike, *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """Linear CKA: 1 where one model's features are the other's up to rotation and scale, 0 where they share nothing.

    ``first``: (N, D), ``second``: (N, E), finite, of the same images in the same order.  ``details``: ``biased``, the
    estimate that grows with the number of features.

    Raises:
        ValueError: not the same images, fewer than 10, NaN, or features that are the same for all images.
    """
    one, other = _centred("first", first), _centred("second", second)
    if len(one) != len(other):
        raise ValueError(f"the two were not shown the same images ({len(one):,} and {len(other):,})")
    if len(one) < FEWEST:
        raise ValueError(f"CKA takes at least {FEWEST} images; got {len(one):,}")
    cross, own, theirs = _alignment(one, other), _alignment(one, one), _alignment(other, other)
    if min(own.unbiased, theirs.unbiased) <= 0:
        raise ValueError("features hardly differ between images: there is nothing to compare")
    value = min(cross.unbiased / np.sqrt(own.unbiased * theirs.unbiased), 1.0)
    biased = cross.biased / np.sqrt(own.biased * theirs.biased)
    terms = ((cross, 1.0), (own, -0.5), (theirs, -0.5))
    influence: Floats = biased * sum((share * term.moves / term.biased for term, share in terms), np.zeros(len(one)))
    farthest = float(np.abs(influence).max())
    sample = Sample.within(influence, -farthest, farthest)
    low, high = value + sample.low(alpha), value - sample.turned.low(alpha)
    interval = Interval(max(float(low), -1.0), min(float(high), 1.0), alpha, METHOD)
    each = per_image.mean(ids, value + influence)
    details = {"biased": float(biased), "features_first": one.shape[1], "features_second": other.shape[1]}
    return Measurement(float(value), len(one), interval, details=details, per_image=each)


def _centred(name: str, features: ArrayLike) -> Floats:
    values = np.asarray(features, dtype=np.float64)
    if values.ndim != 2:
        raise ValueError(f"{name} must be one row of features for each image; got shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} has features that are NaN or infinite")
    centred: Floats = values - values.mean(axis=0)
    scale = float(np.sqrt(np.square(centred).sum(axis=1).mean())) if values.size else 0.0
    return centred / scale if scale > 0 else centred


def _alignment(first: Floats, second: Floats) -> _Alignment:
    """HSIC of x x' and y y' in the space of features: no kernel of N x N is made.

    With K and L the kernels without their diagonals, unbiased (Song et al. 2012, equation 5):
    [tr(K L) + 1'K1 1'L1 / ((n - 1) (n - 2)) - 2 / (n - 2) 1'K L 1] / (n (n - 3)).
    """
    n, covariance = len(first), first.T @ second
    own, other = np.square(first).sum(axis=1), np.square(second).sum(axis=1)
    trace = float(np.square(covariance).sum() - own @ other)
    # features are centred, so that rows of the full kernels add up to 0, and without the diagonal to minus it
    sums, product = float(own.sum() * other.sum()), float(own @ other)
    unbiased = (trace + sums / ((n - 1) * (n - 2)) - 2 * product / (n - 2)) / (n * (n - 3))
    mean = covariance / n
    biased = float(np.square(mean).sum())
    moves: Floats = 2 * (np.einsum("nd,de,ne->n", first, mean, second, optimize=True) - biased)
    return _Alignment(unbiased, biased, moves)

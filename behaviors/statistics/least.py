"""Bounds for the least of several accuracies, for the mean of the k least, and for how far they are apart.

Which group is worst is itself found in the sample, so that its own interval, as if it had been named before, is too
low: the unluckiest of 100 equally good groups looks much worse than it is.  Two arguments mend this.

    a minimum over groups    is at most what any group has.  Low: the least of the low bounds, each at alpha, as only
                             that of the truly worst group has to hold (Berger 1982, Technometrics 24:295).  High: the
                             least of the high bounds, each at alpha / G (Bonferroni), as all have to hold;
    the mean of the k least  is at most the mean of any k.  Low: the least that any k allow.  High: k classes chosen by
                             nine tenths of the images and measured on the last tenth, ten times over, so that what is
                             measured did not choose (cross-fitting).

Means and differences of independent proportions are bounded by MOVER on exact limits (Zou & Donner 2008, Statistics in
Medicine 27:1693).  ``alpha``: the error of each side.  Groups that overlap are no harm but to the mean of k.
"""

import numpy as np
from numpy.typing import NDArray

from behaviors.statistics.intervals import exact_bounds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 10
DEPENDENT = 2.7
"""How much more than that of independent folds the variance of their mean is: they choose by much the same images.

By simulation (``python -m benchmarks.groups``), where groups are alike and there are many, which is worst.
"""
TRADES = 40
"""How many ways of weighing a low mean against doubt are tried when the least that k classes allow is looked for."""


def simultaneous(hits: Ints, images: Ints, *, alpha: float) -> tuple[Floats, Floats]:
    """(G,) and (G,): all low bounds hold together with an error of alpha, and all high ones do."""
    return exact_bounds(hits, images, alpha / max(hits.size, 1))


def least(hits: Ints, images: Ints, *, alpha: float) -> tuple[float, float]:
    """Of the smallest of the true accuracies."""
    low = exact_bounds(hits, images, alpha)[0]
    high = simultaneous(hits, images, alpha=alpha)[1]
    return float(low.min()), float(high.min())


def apart(hits: Ints, images: Ints, *, alpha: float) -> tuple[float, float]:
    """Of the largest of the true accuracies less the smallest: all ordered pairs of groups are looked at."""
    rate, groups = hits / images, hits.size
    low, high = exact_bounds(hits, images, alpha / (groups * (groups - 1)))
    surely = _differences(rate, rate - low, high - rate, side=-1)
    low, high = exact_bounds(hits, images, alpha)
    perhaps = _differences(rate, high - rate, rate - low, side=1)
    return max(float(surely.max()), 0.0), min(float(perhaps.max()), 1.0)


def difference(hits: Ints, images: Ints, *, alpha: float) -> tuple[float, float]:
    """Of the first accuracy less the second."""
    rate = hits / images
    low, high = exact_bounds(hits, images, alpha)
    down = _differences(rate, rate - low, high - rate, side=-1)[0, 1]
    up = _differences(rate, high - rate, rate - low, side=1)[0, 1]
    return max(float(down), -1.0), min(float(up), 1.0)


def weighted(hits: Ints, images: Ints, shares: Floats, *, alpha: float) -> tuple[float, float]:
    """Of the mean of independent accuracies with (G,) shares that add up to 1."""
    rate = hits / images
    low, high = exact_bounds(hits, images, alpha)
    value = float(shares @ rate)
    down, up = (float(np.sqrt(np.square(shares * reach).sum())) for reach in (rate - low, high - rate))
    return max(value - down, 0.0), min(value + up, 1.0)


def least_mean(hits: Ints, images: Ints, count: int, *, alpha: float) -> float:
    """A low bound for the mean of the ``count`` smallest true accuracies: the lowest that any so many classes have.

    The mean less the root of the squared doubts is concave in both, so that some line through the two is lowest there.
    """
    rate = hits / images
    doubt = np.square((rate - exact_bounds(hits, images, alpha)[0]) / count)
    found = 1.0
    for trade in np.concatenate([[0.0], np.geomspace(1e-3, 1e6, TRADES)]):
        chosen = np.argsort(rate / count - trade * doubt, kind="stable")[:count]
        found = min(found, float(rate[chosen].mean() - np.sqrt(doubt[chosen].sum())))
    return max(found, 0.0)


def most_mean(hits: Ints, images: Ints, count: int, *, alpha: float) -> float:
    """A high bound for it.  ``hits``, ``images``: (F, G), by fold: at least one image in every class and fold."""
    rest, all_of = hits.sum(0) - hits, images.sum(0) - images
    chosen = np.argsort(rest / all_of, axis=1, kind="stable")[:, :count]
    measured = np.take_along_axis(hits / images, chosen, axis=1)
    doubt = exact_bounds(hits.sum(0), images.sum(0), alpha)[1] - hits.sum(0) / images.sum(0)
    reach = float(np.sqrt(DEPENDENT * np.square(doubt[chosen] / count).sum(1).mean()))  # a fold has one in F images
    return min(float(measured.mean()) + reach, 1.0)


def _differences(rate: Floats, first: Floats, second: Floats, *, side: int) -> Floats:
    """(G, G) bounds of the first accuracy less the second; ``first``, ``second``: how far each may be off."""
    reach = np.hypot(first[:, None], second[None, :])
    bounds: Floats = rate[:, None] - rate[None, :] + side * reach
    np.fill_diagonal(bounds, -1.0 if side < 0 else 0.0)
    return bounds

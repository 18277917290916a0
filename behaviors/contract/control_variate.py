"""A mean over a sample of a list, made surer by what another model is known to contribute on all of the list.

Where two models are right and wrong about nearly the same images, most of what drawing a sample does to one it does to
the other, and of the other it is known how much.  With y the contributions of the sampled model and x those of the
known one, the mean of y - b (x - mean of x on the list) has the expectation of y for any b, and the least variance
where b is the regression coefficient: that of y times 1 - correlation^2, but for what the list itself varies.

As everywhere, the bounds are about the population that the list is drawn from; for the list itself they hold all the
more.  Source: Cochran 1977, Sampling Techniques, chapters 5A.9 (post-stratification) and 7 (regression).
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.differences import by_cluster
from behaviors.contract.joined import restricted
from behaviors.contract.measurement import Interval, Measurement
from behaviors.contract.per_image import PerImage
from behaviors.statistics.intervals import clopper_pearson, jeffreys, normal_quantile
from behaviors.statistics.unseen import Sample

FEWEST = 30
"""On fewer images a regression coefficient is mostly chance."""

UNSEEN = 5.0
"""/ sqrt(images): so much of an image that was not drawn, as far off as the farthest, is allowed for in what regression
leaves: it rests on few images where two models are nearly alike.  Chosen by simulation: without it such bounds of Brier
scores, log-loss and the signed gap err in up to 9.4 % of a side (``python -m benchmarks.control_variate``)."""

LEAST_GAIN = 1.1
"""A number is left as it was measured where the other model's answers are worth fewer than a tenth more images."""


@dataclass(frozen=True)
class Controlled:
    """``value`` and ``interval`` with what is known of the other model.

    ``worth``: how many images would give as narrow an interval without it.
    """

    value: float
    interval: Interval
    worth: int


def controlled(
    measured: Measurement, known: PerImage | None, *, alpha: float, strata: bool = False
) -> Controlled | None:
    """The measurement on a sample, with another model's contributions on the whole list as control variate.

    ``known``: of the same number, of the other model.  ``strata``: its rows are of several datasets, ``dataset:id``, of
    each of which there is a sample.
    None where that cannot be, or is no help: nothing is known of single images; it is no mean over images; there are
    fewer than 30; some are not in the list, or all of the list is there; it is hardly worth more images.
    """
    rows, plain = measured.per_image, measured.interval
    if rows is None or known is None or plain is None or not _alike(rows, known):
        return None
    there = restricted(known, rows.ids, strata=strata)
    if there is None or there.values.std() == 0:
        return None
    shares = rows.kind == "proportion"
    found = _of_shares(there, rows, known, alpha) if shares else _of_means(there, rows, known, measured, alpha)
    if found is None or not LEAST_GAIN * (found[1].high - found[1].low) ** 2 < (plain.high - plain.low) ** 2:
        return None
    value, bounds = found
    gain = (plain.high - plain.low) / (bounds.high - bounds.low)
    return Controlled(value, bounds, round(rows.ids.size * gain**2))


def _alike(rows: PerImage, known: PerImage) -> bool:
    same = rows.kind == known.kind != "gaps" and len(rows.clusters) == len(known.clusters)
    return same and FEWEST <= rows.ids.size < known.ids.size


def _of_shares(there: PerImage, rows: PerImage, known: PerImage, alpha: float) -> tuple[float, Interval] | None:
    """Post-stratified by whether the known model is right; bounds of both strata and of their sizes, put together.

    None where one of them has no image in the sample.
    """
    total, strata = known.ids.size, []
    right = there.values == 1
    for hits, images in ((rows.values[right].sum(), right.sum()), (rows.values[~right].sum(), (~right).sum())):
        if not images:
            return None
        strata.append((float(hits / images), jeffreys(int(hits), int(images), alpha=alpha)))
    (upper, above), (lower, below) = strata
    size = clopper_pearson(int(known.values.sum()), total, alpha=alpha)
    share = float(known.values.mean())
    value, apart = share * upper + (1 - share) * lower, upper - lower
    weights = (share - size.low, size.high - share) if apart >= 0 else (size.high - share, share - size.low)
    down = math.hypot(share * (upper - above.low), (1 - share) * (lower - below.low), weights[0] * apart)
    up = math.hypot(share * (above.high - upper), (1 - share) * (below.high - lower), weights[1] * apart)
    method = "control variate: post-stratified, MOVER"
    return value, Interval(max(value - down, 0.0), min(value + up, 1.0), alpha, method)


def _of_means(
    there: PerImage, rows: PerImage, known: PerImage, measured: Measurement, alpha: float
) -> tuple[float, Interval]:
    """Regression on the known model: Hall's bounds of what it leaves, and all that the plain ones allow for beyond."""
    x, y, n = there.values, rows.values, rows.ids.size
    spread = float(np.square(x - x.mean()).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / spread)
    off = float(x.mean() - known.values.mean())
    value = measured.value - slope * off
    fitted = math.sqrt((n - 1) / (n - 2) * (1 + n * off**2 / spread))  # two parameters, and extrapolation
    listed = normal_quantile(alpha) * abs(slope) * _error(known)
    left = _reach(y - slope * (x - x.mean()), rows, alpha, unseen=UNSEEN / math.sqrt(n))
    own, plain = _reach(y, rows, alpha, unseen=0.0), measured.interval
    assert plain is not None  # its caller has seen to that
    allowed = (measured.value - plain.low, plain.high - measured.value)
    down, up = (
        math.hypot(fitted * side, listed) + max(0.0, beyond - by_spread)
        for side, beyond, by_spread in zip(left, allowed, own, strict=True)
    )
    return value, Interval(value - down, value + up, alpha, f"control variate, {plain.method}")


def _reach(values: NDArray[np.float64], rows: PerImage, alpha: float, *, unseen: float) -> tuple[float, float]:
    """How far the true mean of (N,) values may be below and above the mean, going by their own spread and skewness."""
    mean = float(values.mean())
    if len(rows.clusters) == 2:
        side = normal_quantile(alpha) * _error(replace(rows, values=values))
        return side, side
    units = by_cluster(values, rows.clusters[0]) if rows.clusters else values
    far = float(np.abs(units - mean).max())
    sample = Sample.within(units, mean - far, mean + far, unseen=unseen)
    return mean - sample.low(alpha), -sample.turned.low(alpha) - mean


def _error(rows: PerImage) -> float:
    """The standard error of the mean; of clusters of either kind the larger one."""
    if not rows.clusters:
        return float(rows.values.std() / math.sqrt(rows.ids.size))
    units = (by_cluster(rows.values, names) for names in rows.clusters)
    return max(float(one.std(ddof=1) / math.sqrt(one.size)) for one in units)

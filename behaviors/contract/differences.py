"""How far apart two models' numbers are, by what each of the same images contributes to either: new - old.

Three kinds of numbers have three kinds of tests; ``behaviors.contract.joined`` says which rows they accept.
``alpha``: the error of each side of an interval.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtr, stdtrit  # scipy.stats would double the time to import

from behaviors.contract.measurement import Interval
from behaviors.contract.per_image import PerImage
from behaviors.statistics.clusters import TOO_FEW, two_way_variance
from behaviors.statistics.columns import codes
from behaviors.statistics.gaps import KAPPA, folding_bias, in_bins
from behaviors.statistics.intervals import normal_quantile
from behaviors.statistics.paired import bonett_price, bonett_price_p, mcnemar_mid_p, tango_unskewed, tango_unskewed_p
from behaviors.statistics.unseen import FEW, Sample

Floats = NDArray[np.float64]

SKEWED = "Student's t, Hall's skewness correction, allowing for unseen ones"
ALONE = "a single image, or cluster of images, shows nothing of how much they differ"


@dataclass(frozen=True)
class Difference:
    """What is known of new - old.

    ``above``, ``below``: margin >= 0 -> one-sided p-value of a difference above the margin, or below minus the margin:
    how probable as large a difference is, were the truth only the margin.
    """

    interval: Interval
    above: Callable[[float], float]
    below: Callable[[float], float]
    notes: tuple[str, ...] = ()


def of_proportions(old: PerImage, new: PerImage, *, alpha: float) -> Difference:
    """Tango's score, corrected for skewness, and at a margin of 0 McNemar's mid-p test; Bonett-Price on few changes."""
    only_old = int(np.count_nonzero(old.values > new.values))
    only_new = int(np.count_nonzero(new.values > old.values))
    images, few = old.ids.size, only_old + only_new < FEW
    interval, at_margin = (bonett_price, bonett_price_p) if few else (tango_unskewed, tango_unskewed_p)

    def p(more: int, less: int, margin: float) -> float:
        return at_margin(more, less, images, margin=margin) if margin else mcnemar_mid_p(more, less)

    bounds = interval(only_new, only_old, images, alpha=alpha)
    return Difference(
        replace(
            bounds,
            low=_as_tested(bounds.low, p(only_new, only_old, 0) <= alpha),
            high=-_as_tested(-bounds.high, p(only_old, only_new, 0) <= alpha),
        ),
        lambda margin: p(only_new, only_old, margin),
        lambda margin: p(only_old, only_new, margin),
        _few(only_old + only_new, images),
    )


def of_means(old: PerImage, new: PerImage, *, alpha: float) -> Difference:
    """Student's t on the differences, corrected for skewness; where images cluster, on what clusters contribute."""
    apart = new.values - old.values
    if len(old.clusters) == 2:
        return _two_ways(apart, *old.clusters, alpha=alpha)
    units, kind = (apart, "images") if not old.clusters else (by_cluster(apart, old.clusters[0]), "clusters")
    if units.size < 2:
        return _student(float(apart.mean()), np.inf, 1, "none", alpha, (ALONE,))
    gains = Sample.of(units)
    losses = gains.turned
    return Difference(
        Interval(gains.low(alpha), -losses.low(alpha), alpha, f"paired {kind}, {SKEWED}"),
        gains.above,
        losses.above,
        _few(int(np.count_nonzero(_changed(apart, old.clusters))), units.size, kind),
    )


def of_gaps(old: PerImage, new: PerImage, *, alpha: float) -> Difference:
    """Folded sums of gaps, such as the ECE: paired z, on less what noise may have added to one and left in the other.

    "Above" takes from the new sum the bias that it would have if every gap were ``KAPPA`` standard errors nearer to 0,
    from the old one only the bias at the gaps as they are; "below" the other way round.
    """
    before, after = folded_sum(old), folded_sum(new)
    images = old.ids.size
    moves = after.slopes - before.slopes
    error = float(moves.std() / np.sqrt(images))
    least = after.value - after.most - (before.value - before.least)
    most = after.value - after.least - (before.value - before.most)
    reach = normal_quantile(alpha) * error
    return Difference(
        Interval(least - reach, most + reach, alpha, "paired gaps, bias-bounded"),
        lambda margin: _normal_p(least - margin, error),
        lambda margin: _normal_p(-most - margin, error),
        _few(int(np.count_nonzero(changes(old, new))), images),
    )


def changes(old: PerImage, new: PerImage) -> NDArray[np.bool_]:
    """(N,) bool: which images contribute something else than before."""
    moved: NDArray[np.bool_] = old.values != new.values
    return moved if old.bins is None or new.bins is None else moved | (old.bins != new.bins)


def by_cluster(values: Floats, clusters: NDArray[np.str_]) -> Floats:
    """(G,) what each cluster contributes: their mean is that of the (N,) values, their variance that of clusters.

    A cluster's residuals add up, so that clusters of many images move the mean more than those of few.
    """
    mean = values.mean()
    sums = np.bincount(codes(clusters), weights=values - mean)
    units: Floats = mean + sums * (sums.size / values.size)
    return units


def _two_ways(apart: Floats, first: NDArray[np.str_], second: NDArray[np.str_], *, alpha: float) -> Difference:
    mean = float(apart.mean())
    found = two_way_variance(apart - mean, first, second)
    if found.degrees < 1:
        return _student(mean, np.inf, 1, "none", alpha, (TOO_FEW,))
    method = f"paired, two-way clusters ({found.sources[0]:,} x {found.sources[1]:,}), Student's t"
    notes = (*([found.note] if found.note else []), *_few(int(np.count_nonzero(apart)), apart.size))
    return _student(mean, float(np.sqrt(found.value)), found.degrees, method, alpha, notes)


def _student(  # noqa: PLR0913, PLR0917  (a normal estimate and what to say of it)
    centre: float, error: float, degrees: int, method: str, alpha: float, notes: tuple[str, ...]
) -> Difference:
    reach = float(stdtrit(degrees, 1 - alpha)) * error

    def p(distance: float) -> float:
        if np.isinf(error):
            return 1.0
        return float(stdtr(degrees, -distance / error)) if error else float(distance <= 0)

    return Difference(
        Interval(centre - reach, centre + reach, alpha, method),
        lambda margin: p(centre - margin),
        lambda margin: p(-centre - margin),
        notes,
    )


@dataclass(frozen=True)
class Folded:
    """A folded sum of gaps.  ``slopes``: (N,) whose mean is the value.  ``least``, ``most``: of noise's share in it."""

    value: float
    slopes: Floats
    least: float
    most: float


def folded_sum(rows: PerImage) -> Folded:
    """Of the kind ``gaps``: a part has half the bias of the whole sum, as max(x, 0) = (x + |x|) / 2."""
    if rows.bins is None:
        raise ValueError("gaps need bins to be folded by")
    gap = -rows.values if rows.part == "under" else rows.values
    gaps = in_bins(gap, rows.bins, bins=int(rows.bins.max()) + 1)
    signs, share = (np.sign(gaps.mean), 1.0) if rows.part == "both" else ((gaps.mean > 0).astype(np.float64), 0.5)
    least, most = (share * float(folding_bias(gaps, kappa=kappa)) for kappa in (0.0, KAPPA))
    return Folded(float((signs * gaps.mean).sum()), signs[rows.bins] * gap, least, most)


def _as_tested(low: float, found: bool) -> float:
    """A low bound above 0 where a test of 0 finds a difference, and only there: McNemar's and the score's differ."""
    return max(low, 0.0) if found else min(low, 0.0)


def _normal_p(distance: float, error: float) -> float:
    return float(ndtr(-distance / error)) if error else float(distance <= 0)


def _changed(apart: Floats, clusters: tuple[NDArray[np.str_], ...]) -> NDArray[np.bool_]:
    """Which images, or which clusters, changed."""
    moved: NDArray[np.bool_] = apart != 0
    if not clusters:
        return moved
    which = codes(clusters[0])
    touched: NDArray[np.bool_] = np.bincount(which, moved) > 0
    return touched


def _few(changed: int, of: int, kind: str = "images") -> tuple[str, ...]:
    if changed >= FEW:
        return ()
    return (f"too few changed predictions: {changed} of {of:,} {kind} tell the two models apart",)

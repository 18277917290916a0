"""Several models' numbers on the same images: how far a weighted sum of them, such as a trend, may be off.

The slope of M numbers against a fact x about the models (their size, their training data) is sum w_i theta_i with
w_i = (x_i - mean x) / sum (x - mean x)^2.  All models answered the same images, so each image moves all numbers at
once, and their slope by the weighted sum of what it contributes to each: the slope is one mean over images, and has
the bounds that a mean has.  The models are the ones that there are: the interval says what other images could show of
them, not what other models would.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr  # scipy.stats would double the time to import

from behaviors.contract.differences import Difference, folded_sum, of_means, of_proportions
from behaviors.contract.joined import joined
from behaviors.contract.measurement import Interval
from behaviors.contract.per_image import PerImage, together
from behaviors.statistics.intervals import normal_quantile

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Numbers:
    """The same number of M models, measured on the same images.

    ``values``: (M,).  ``rows``: what each image contributes to each of them, in one order of images.
    """

    values: Floats
    rows: tuple[PerImage, ...]

    @classmethod
    def of(cls, values: Sequence[float], rows: Sequence[PerImage | None]) -> "Numbers":
        """Joined by image.

        Raises:
            ValueError: the models were not measured on the same images, or what images contribute is not known.
        """
        if len(values) != len(rows) or not rows:
            raise ValueError(f"{len(values)} numbers need as many lists of images; got {len(rows)}")
        first, *others = rows
        start, _ = joined(first, first)
        return cls(np.asarray(values, dtype=np.float64), (start, *(joined(start, other)[1] for other in others)))

    @property
    def images(self) -> int:
        """How many images all of them answered."""
        return int(self.rows[0].ids.size)


@dataclass(frozen=True)
class Sum:
    """A weighted sum of M numbers, and what is known of it (``Difference.above`` and ``below``: p-values)."""

    value: float
    known: Difference

    @property
    def interval(self) -> Interval:
        """Bounds, each with the error that was asked for; the value lies between them."""
        found = self.known.interval
        return replace(found, low=min(found.low, self.value), high=max(found.high, self.value))


def weighted(numbers: Numbers, weights: ArrayLike, *, alpha: float) -> Sum:
    """Sum w_i theta_i.  Two models with the weights 1 and -1 are compared as with a baseline.

    ``weights``: (M,).  Folded sums of gaps, such as the ECE, allow for what noise adds to each.

    Raises:
        ValueError: not a weight for each model.
    """
    shares: Floats = np.asarray(weights, dtype=np.float64)
    if shares.shape != numbers.values.shape:
        raise ValueError(f"{numbers.values.size} models need as many weights; got shape {shares.shape}")
    value, kind = float(shares @ numbers.values), numbers.rows[0].kind
    if kind == "gaps":
        return Sum(value, _of_gaps(numbers, shares, value, alpha))
    if kind == "proportion" and shares.tolist() in ([1, -1], [-1, 1]):
        new, old = numbers.rows if shares[0] > 0 else numbers.rows[::-1]
        return Sum(value, of_proportions(old, new, alpha=alpha))
    return Sum(value, _of_mean(summed(numbers, shares), value, alpha))


def trend(x: ArrayLike, numbers: Numbers, *, alpha: float) -> Sum:
    """The least-squares slope of M numbers against a fact x that is known exactly; ``x``: (M,) finite.

    Raises:
        ValueError: all x are the same.
    """
    return weighted(numbers, slope_weights(x), alpha=alpha)


def trend_with(x: Numbers, y: Numbers, *, alpha: float, same_images: bool) -> Sum:
    """The slope of one number of M models, y, against another of theirs, x; images move both.

    ``same_images``: whether both were measured on the same images, under the same ids; else they are independent.
    Where the x differ by little more than chance, the slope is nearer to 0 than it should be (regression dilution).

    Raises:
        ValueError: all x are the same.
    """
    weights = slope_weights(x.values)
    slope, centred = float(weights @ y.values), x.values - x.values.mean()
    by_x = (y.values - y.values.mean() - 2 * slope * centred) / float(centred @ centred)
    of_x, of_y = summed(x, by_x), summed(y, weights)
    if same_images:
        of_x, of_y = joined(of_x, of_y)
        return Sum(slope, _of_mean(replace(of_y, values=of_x.values + of_y.values), slope, alpha))
    both = together(slope, {"x": 1.0, "y": 1.0}, {"x": of_x, "y": of_y})
    assert both is not None  # either is known
    return Sum(slope, _of_mean(both, slope, alpha))


def slope_weights(x: ArrayLike) -> Floats:
    """(M,): the weights whose sum with M numbers is their slope against x.

    Raises:
        ValueError: x is not M >= 2 finite numbers that differ.
    """
    facts = np.asarray(x, dtype=np.float64)
    if facts.ndim != 1 or facts.size < 2 or not np.isfinite(facts).all():
        raise ValueError(f"a trend needs a finite number about each of at least 2 models; got {facts.tolist()}")
    centred = facts - facts.mean()
    square = float(centred @ centred)
    if not square > 1e-24 * max(1.0, float(facts @ facts)):
        raise ValueError(f"all {facts.size} models are alike in it ({facts[0]:g}): there is no trend")
    weights: Floats = centred / square
    return weights


def summed(numbers: Numbers, weights: Floats) -> PerImage:
    """What each image contributes to sum w_i theta_i, as rows of the kind ``mean``."""
    values = weights @ np.stack([_contributions(rows) for rows in numbers.rows])
    return replace(numbers.rows[0], values=values, kind="mean", bins=None, part="both")


def _contributions(rows: PerImage) -> Floats:
    """(N,) whose mean is the number; gaps with the sign that their bin has."""
    return rows.values if rows.bins is None else folded_sum(rows).slopes


def _of_mean(rows: PerImage, value: float, alpha: float) -> Difference:
    """Of rows whose mean is the value but for a constant."""
    moved = replace(rows, values=rows.values - rows.values.mean() + value)
    return of_means(replace(rows, values=np.zeros_like(rows.values)), moved, alpha=alpha)


def _of_gaps(numbers: Numbers, weights: Floats, value: float, alpha: float) -> Difference:
    """Paired z on less what noise may have added to each sum, and left in each."""
    folded = [folded_sum(rows) for rows in numbers.rows]
    added = weights[:, None] * np.array([(one.least, one.most) for one in folded])
    least, most = value - float(added.max(axis=1).sum()), value - float(added.min(axis=1).sum())
    moves = weights @ np.stack([one.slopes for one in folded])
    error = float(moves.std() / np.sqrt(moves.size))
    reach = normal_quantile(alpha) * error

    def p(distance: float) -> float:
        return float(ndtr(-distance / error)) if error else float(distance <= 0)

    return Difference(
        Interval(least - reach, most + reach, alpha, "gaps of several models, bias-bounded"),
        lambda margin: p(least - margin),
        lambda margin: p(-most - margin),
    )

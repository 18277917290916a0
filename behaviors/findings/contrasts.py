"""Differences that should be above 0, and what is known of them: the terms that claims are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from behaviors.findings.influence import Floats, Measured, Spread, by_image
from behaviors.statistics.paired import tango

Bounds = Callable[[float], tuple[float, float]]
"""The error alpha of each side -> low and high."""
Spreading = Callable[[Floats], Spread]
"""(N,) influence of each image -> how far the mean may be off."""


@dataclass(frozen=True)
class Contrast:
    """A number that is above 0 where the claim is right.

    ``label``: what it is, in words.  ``measured``: the numbers that are compared, to show.
    ``parts``: the contrasts that it is made of, if any.
    """

    label: str
    value: float
    bounds: Bounds
    method: str
    measured: tuple[Measured, ...] = ()
    parts: "tuple[Contrast, ...]" = ()
    notes: tuple[str, ...] = ()


def above(label: str, first: Measured, second: Measured, *, spreading: Spreading = by_image) -> Contrast:
    """``first`` is above ``second``, measured on the same images in the same order."""
    return difference(label, first, second, spreading(_difference(first, second)))


def difference(label: str, first: Measured, second: Measured, spread: Spread) -> Contrast:
    """``first`` is above ``second``; ``spread``: how far their difference may be off."""
    value = float(first.measurement.value - second.measurement.value)
    return _spread(label, value, spread, (first, second))


def right_more_often(
    label: str, first: Measured, second: Measured, right: tuple[NDArray[np.bool_], NDArray[np.bool_]]
) -> Contrast:
    """``first`` is right on more images than ``second``; ``right``: (N,) bool of either, on the same images."""
    one, another = right
    if one.shape != another.shape:
        raise ValueError(f"{label}: the models were not shown the same images ({one.size:,} and {another.size:,})")
    only_first, only_second = int(np.count_nonzero(one & ~another)), int(np.count_nonzero(another & ~one))

    def bounds(alpha: float) -> tuple[float, float]:
        interval = tango(only_first, only_second, one.size, alpha=alpha)
        return interval.low, interval.high

    value = (only_first - only_second) / one.size
    return Contrast(label, value, bounds, "paired proportions, Tango score", (first, second))


def positive(label: str, estimate: Measured) -> Contrast:
    """The number itself is above 0."""
    return _spread(label, float(estimate.measurement.value), by_image(estimate.influence), (estimate,))


def negative(label: str, estimate: Measured) -> Contrast:
    """The number itself is below 0."""
    return _spread(label, -float(estimate.measurement.value), by_image(estimate.influence), (estimate,))


def above_on_average(
    label: str, pairs: Sequence[tuple[Measured, Measured]], shown: tuple[Measured, ...] = ()
) -> Contrast:
    """The plain mean of ``first - second`` over datasets of different images: their variances add up.

    ``shown``: the two averages, for reports.
    """
    if not pairs:
        raise ValueError(f"{label}: there is no dataset to average over")
    value = float(np.mean([first.measurement.value - second.measurement.value for first, second in pairs]))
    variance = sum(by_image(_difference(*pair)).variance for pair in pairs) / len(pairs) ** 2
    return _spread(label, value, Spread(variance, method=f"mean of {len(pairs)} datasets, normal"), shown)


def within(label: str, apart: Contrast, *, margin: float) -> Contrast:
    """``apart`` is less than ``margin`` in size, either way: two one-sided tests.

    Source: Schuirmann 1987, J Pharmacokinet Biopharm 15:657.
    """

    def bounds(alpha: float) -> tuple[float, float]:
        low, high = apart.bounds(alpha)
        sure = margin - max(abs(low), abs(high))
        low, high = apart.bounds(alpha / 2)
        nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
        return sure, margin - nearest

    value = margin - abs(apart.value)
    return Contrast(label, value, bounds, f"two one-sided tests; {apart.method}", apart.measured)


def _spread(label: str, value: float, spread: Spread, measured: tuple[Measured, ...]) -> Contrast:
    def bounds(alpha: float) -> tuple[float, float]:
        reach = spread.reach(alpha)
        return value - reach, value + reach

    return Contrast(label, value, bounds, spread.method, measured, notes=(spread.note,) if spread.note else ())


def _difference(first: Measured, second: Measured) -> Floats:
    if first.influence.shape != second.influence.shape:
        raise ValueError(
            f"{first.model} and {second.model} were not measured on the same images"
            f" ({first.influence.size:,} and {second.influence.size:,})"
        )
    return first.influence - second.influence

"""How much accuracy hangs on what comes with a class: right answers in, a measurement with its interval out."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.contract import per_image
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.statistics.intervals import clopper_pearson
from behaviors.statistics.paired import tango_unskewed

Bools = NDArray[np.bool_]


def gap(  # noqa: PLR0913  (right answers of two kinds, and whose they are)
    fitting: ArrayLike,
    foreign: ArrayLike,
    *,
    alpha: float,
    ids: tuple[ArrayLike, ArrayLike] | None = None,
    objects: tuple[ArrayLike, ArrayLike] | None = None,
    names: tuple[str, str] = ("fitting", "foreign"),
) -> Measurement:
    """The accuracy where the place fits less that where it does not; ``parts``: either.

    ``fitting``: (N,), ``foreign``: (M,) bool, whether each answer is right; ``names``: what the datasets are called.
    ``objects``: which object each image shows: where every object is in both once, the same objects are compared.

    Raises:
        ValueError: no images, or not true or false.
    """
    one, other = _checked(fitting), _checked(foreign)
    value = float(one.mean() - other.mean())
    order = None if objects is None else _places(*objects)
    interval = _independent(one, other, value, alpha) if order is None else _paired(one, other[order], alpha)
    rows: list[dict[str, Cell]] = []
    for name, right in zip(names, (one, other), strict=True):
        exact = clopper_pearson(int(right.sum()), right.size, alpha=alpha)
        accuracy = float(right.mean())
        rows.append({"dataset": name, "images": right.size, "accuracy": accuracy, "low": exact.low, "high": exact.high})
    shown = ids if order is None else objects
    each = None
    if shown is not None:
        parts = {name: per_image.proportion(of, right)
                 for name, of, right in zip(names, shown, (one, other), strict=True)}  # fmt: skip
        each = per_image.together(value, dict(zip(names, (1.0, -1.0), strict=True)), parts)
    return Measurement(value, one.size + other.size, interval, tuple(rows), per_image=each)


def _paired(one: Bools, other: Bools, alpha: float) -> Interval:
    """Of the same objects in both places."""
    only_one, only_other = int(np.count_nonzero(one & ~other)), int(np.count_nonzero(other & ~one))
    return tango_unskewed(only_one, only_other, one.size, alpha=alpha)


def _independent(one: Bools, other: Bools, value: float, alpha: float) -> Interval:
    """Of different images: MOVER on exact limits (Zou & Donner 2008, Stat Med 27:1693)."""
    first, second = (clopper_pearson(int(right.sum()), right.size, alpha=alpha) for right in (one, other))
    low = value - math.hypot(one.mean() - first.low, second.high - other.mean())
    high = value + math.hypot(first.high - one.mean(), other.mean() - second.low)
    return Interval(max(low, -1.0), min(high, 1.0), alpha, "MOVER on exact limits")


def _places(first: ArrayLike, second: ArrayLike) -> NDArray[np.intp] | None:
    """Where each object of the first stands in the second; None where they are not the same ones, each once."""
    one, other = (np.asarray(values).astype(np.str_) for values in (first, second))
    if np.unique(one).size != one.size or not np.array_equal(np.sort(one), np.sort(other)):
        return None
    order = np.argsort(other)
    return order[np.searchsorted(other, one, sorter=order)]


def _checked(right: ArrayLike) -> Bools:
    found = np.asarray(right)
    if found.ndim != 1 or found.dtype != np.bool_ or not found.size:
        raise ValueError(
            f"it takes one row of true or false for at least one image; got {found.dtype}, shape {found.shape}"
        )
    return found

"""Accuracy by group: groups in, a measurement with its interval out; ``parts`` are the groups, the worst first.

A group with fewer than ``groups.fewest`` images is not judged, and said.  The bounds of a part hold together with
those of all others, with an error of ``alpha`` for each side: also those of a group that is looked at for being worst.
``ids``: (N,) the names of the images; without them nothing is said of each.  What an image contributes is value +
influence (``behaviors.contract.per_image``), with the groups that were chosen taken as given.

Raises (all of them):
    ValueError: too few groups are large enough.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.contract import per_image
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.statistics import least as bounds
from behaviors.statistics.grouping import Groups

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHOWN = 60
"""Groups that a table has: the worst."""
NAMED = 3
"""Groups that a sentence names."""


def unjudged(groups: Groups, needed: int = 1) -> str:
    """Why nothing can be said: fewer groups than ``needed`` are large enough; empty where there are enough."""
    judged = groups.judged.size
    if judged >= needed:
        return ""
    return (
        f"{judged:,} of {len(groups.names):,} groups have at least {groups.fewest:,} images, and it takes {needed:,}"
        f" (the largest has {max(groups.images.tolist(), default=0):,})"
    )


def worst(groups: Groups, *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """The smallest of the accuracies; a note names the group.

    >>> from behaviors.statistics.grouping import by_class
    >>> m = worst(by_class([0, 0, 1, 1], np.array([True, True, True, False]), ["a", "b"], fewest=1), alpha=0.05)
    >>> m.value, m.parts[0]["group"]
    (0.5, 'b')
    """
    hits, images, order = _judged(groups, 1)
    low, high = bounds.least(hits, images, alpha=alpha)
    value = float(hits[order[0]] / images[order[0]])
    interval = Interval(low, high, alpha, f"smallest of {hits.size:,} groups, exact, Bonferroni above")
    notes = (_named(groups, order[0], alpha), *_left_out(groups))
    each = _each(groups, value, {int(groups.judged[order[0]]): 1.0}, ids)
    return Measurement(value, int(groups.right.size), interval, _rows(groups, alpha), notes=notes, per_image=each)


def worst_mean(groups: Groups, count: int, *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """The mean of the ``count`` smallest accuracies of groups that do not overlap."""
    hits, images, order = _judged(groups, count)
    chosen = order[:count]
    value = float((hits / images)[chosen].mean())
    low = bounds.least_mean(hits, images, count, alpha=alpha)
    folds = max(2, min(bounds.FOLDS, int(images.min())))
    high = bounds.most_mean(*_by_fold(groups, folds), count, alpha=alpha) if images.min() > 1 else 1.0
    method = f"{count:,} smallest of {hits.size:,}, MOVER on exact limits, cross-fitted above"
    interval = Interval(min(low, value), max(high, value), alpha, method)
    notes = (_named(groups, order[0], alpha), *_left_out(groups))
    each = _each(groups, value, dict.fromkeys(groups.judged[chosen].tolist(), 1 / count), ids)
    return Measurement(value, int(groups.right.size), interval, _rows(groups, alpha), notes=notes, per_image=each)


def gap(groups: Groups, *, alpha: float, between: Sequence[str] = (), ids: ArrayLike | None = None) -> Measurement:
    """The largest accuracy less the smallest; of two groups ``between``, that of the first less that of the second."""
    if between:
        return _named_gap(groups, between, alpha, ids)
    hits, images, order = _judged(groups, 2)
    first, second = int(order[-1]), int(order[0])
    rate = hits / images
    value = float(rate[first] - rate[second])
    low, high = bounds.apart(hits, images, alpha=alpha)
    method = f"largest of all differences of {hits.size:,} groups, MOVER on exact limits, Bonferroni below"
    interval = Interval(min(low, value), max(high, value), alpha, method)
    notes = (_named(groups, second, alpha), _named(groups, first, alpha, "best"), *_left_out(groups))
    weights = {int(groups.judged[first]): 1.0, int(groups.judged[second]): -1.0}
    each = _each(groups, value, weights, ids)
    return Measurement(value, int(groups.right.size), interval, _rows(groups, alpha), notes=notes, per_image=each)


def average(groups: Groups, shares: Mapping[str, float], *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """The mean of the accuracies, each with its share of ``shares``, which need not add up to 1.

    Raises:
        ValueError: a group has no share, or a share is of no group.
    """
    if missing := [name for name in groups.names if name not in shares]:
        raise ValueError(f"shares: the group {missing[0]!r} has none; there are shares of {', '.join(shares)}")
    places = [groups.place(name) for name in shares]
    share = np.array([*shares.values()], dtype=np.float64)
    share /= share.sum()
    hits, images = groups.hits[places], groups.images[places]
    value = float(share @ (hits / images))
    low, high = bounds.weighted(hits, images, share, alpha=alpha)
    interval = Interval(low, high, alpha, f"mean of {len(places):,} groups, MOVER on exact limits")
    each = _each(groups, value, dict(zip(places, share.tolist(), strict=True)), ids)
    return Measurement(value, int(groups.right.size), interval, _rows(groups, alpha), per_image=each)


def _named_gap(groups: Groups, between: Sequence[str], alpha: float, ids: ArrayLike | None) -> Measurement:
    places = [groups.place(name) for name in between]
    hits, images = groups.hits[places], groups.images[places]
    value = float(hits[0] / images[0] - hits[1] / images[1])
    low, high = bounds.difference(hits, images, alpha=alpha)
    note = "; ".join(f"{name}: {hit:,} of {of:,} right" for name, hit, of in zip(between, hits, images, strict=True))
    interval = Interval(low, high, alpha, "two independent proportions, MOVER on exact limits")
    each = _each(groups, value, {places[0]: 1.0, places[1]: -1.0}, ids)
    rows = _rows(groups, alpha)
    return Measurement(value, int(images.sum()), interval, rows, notes=(note,), per_image=each)


def _judged(groups: Groups, needed: int) -> tuple[Ints, Ints, Ints]:
    """Right answers and images of the groups that are large enough, and these in the order of accuracy."""
    if reason := unjudged(groups, needed):
        raise ValueError(reason)
    hits, images = groups.hits[groups.judged], groups.images[groups.judged]
    return hits, images, np.lexsort((-images, hits / images)).astype(np.int64)


def _by_fold(groups: Groups, folds: int) -> tuple[Ints, Ints]:
    """(F, G) right answers and images of the judged groups: every F-th image of a group, in the dataset's order."""
    hits = np.zeros((folds, groups.judged.size), dtype=np.int64)
    images = np.zeros_like(hits)
    (codes,) = groups.codes
    order = np.argsort(codes, kind="stable")
    start = np.searchsorted(codes[order], np.arange(len(groups.names)))
    for column, group in enumerate(groups.judged):
        rows = order[start[group] : start[group] + groups.images[group]]
        fold = np.arange(rows.size) % folds
        images[:, column] = np.bincount(fold, minlength=folds)
        hits[:, column] = np.bincount(fold, groups.right[rows], minlength=folds)
    return hits, images


def _named(groups: Groups, place: int, alpha: float, what: str = "worst") -> str:
    hits, images = groups.hits[groups.judged], groups.images[groups.judged]
    low, high = bounds.simultaneous(hits, images, alpha=alpha)
    return (
        f"{what}: {groups.names[groups.judged[place]]}, {hits[place]:,} of {images[place]:,} right, between"
        f" {low[place]:.3f} and {high[place]:.3f} (together with the bounds of all {hits.size:,} groups)"
    )


def _left_out(groups: Groups) -> tuple[str, ...]:
    """What is not judged."""
    small = np.flatnonzero(groups.images < groups.fewest)
    notes = []
    if small.size:
        order = small[np.argsort(groups.images[small], kind="stable")]
        some = ", ".join(f"{groups.names[group]} ({groups.images[group]:,})" for group in order[:NAMED])
        more = f" and {small.size - NAMED:,} more" if small.size > NAMED else ""
        notes.append(f"too few images to judge (under {groups.fewest:,}): {some}{more}")
    if groups.ungrouped:
        notes.append(f"{groups.ungrouped:,} of {groups.right.size:,} images are in none of the groups")
    return tuple(notes)


def _each(
    groups: Groups, value: float, weights: Mapping[int, float], ids: ArrayLike | None
) -> per_image.PerImage | None:
    """``weights``: by group, how far the number moves when its accuracy does."""
    if ids is None:
        return None
    influence = np.zeros(groups.right.size)
    for group, weight in weights.items():
        inside = groups.members(group)
        rate = groups.hits[group] / groups.images[group]
        influence += inside * (groups.right - rate) * (weight * groups.right.size / groups.images[group])
    return per_image.mean(ids, value + influence)


def _rows(groups: Groups, alpha: float) -> tuple[dict[str, Cell], ...]:
    hits, images = groups.hits[groups.judged], groups.images[groups.judged]
    low, high = bounds.simultaneous(hits, images, alpha=alpha)
    order = np.lexsort((-images, hits / images))[:SHOWN]
    return tuple(
        {
            "group": groups.names[groups.judged[k]],
            "images": int(images[k]),
            "right": int(hits[k]),
            "accuracy": float(hits[k] / images[k]),
            "low": float(low[k]),
            "high": float(high[k]),
        }
        for k in order
    )

"""Coverage and size of conformal sets: the probabilities of labels in, a measurement with its interval out.

``found``: what ``behaviors.conformal.split`` makes.  ``alpha``: the error of each side of the interval.
``ids``: (N,) the names of all images; what each contributes is known of those that did not set the threshold, which is
taken as given.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.conformal.split import Split, coverage_bounds
from behaviors.contract import per_image
from behaviors.contract.measurement import Interval, Measurement
from behaviors.statistics import least
from behaviors.statistics.effective import high_mean
from behaviors.statistics.grouping import Groups
from behaviors.statistics.intervals import mean_hall

Floats = NDArray[np.float64]

SHOWN = 60
"""Groups that a table has: the worst."""


def coverage(found: Split, *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """How often the label is in the set; ``details``: ``least``, the probability that a class in it has."""
    covered = found.covered[found.measured]
    count = int(np.count_nonzero(covered))
    bounds = coverage_bounds(count, covered.size, found.calibrated, alpha=alpha)
    each = per_image.proportion(_measured(ids, found), covered)
    notes = (f"sets hold every class of a probability of at least {found.least:.3g}",)
    return Measurement(count / covered.size, covered.size, bounds, details=_details(found), notes=notes, per_image=each)


def set_size(found: Split, probabilities: ArrayLike, *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """How many classes a set has, on average.

    ``probabilities``: (N, T), the best T of K classes, falling, or all of them in any order.

    Raises:
        ValueError: a set may have more than the T classes that are known: see ``unknown_size``.
    """
    known = np.asarray(probabilities, dtype=np.float64)[found.measured]
    sizes = (known >= found.least).sum(axis=1).astype(np.float64)
    value, largest = float(sizes.mean()), float(known.shape[1])
    hall, parts = mean_hall(sizes, alpha=alpha), sizes / largest
    low = (1 - high_mean(1 - parts, unseen=1.0, alpha=alpha)) * largest
    high = high_mean(parts, unseen=1.0, alpha=alpha) * largest
    bounds = Interval(
        max(min(hall.low, low), 0.0), max(hall.high, high), alpha, f"{hall.method}, allowing for an unseen set"
    )
    each = per_image.mean(_measured(ids, found), sizes)
    details = {**_details(found), "empty": float((sizes == 0).mean()), "single": float((sizes == 1).mean())}
    return Measurement(value, sizes.size, bounds, details=details, per_image=each)


def unknown_size(found: Split, probabilities: ArrayLike, classes: int) -> str:
    """Why it is not known how large sets are: only the best classes were kept; empty where it is known."""
    known = np.asarray(probabilities, dtype=np.float64)[found.measured]
    full = int(np.count_nonzero(known.min(axis=1) >= found.least))
    if known.shape[1] >= classes or not full:
        return ""
    return (
        f"sets of {full:,} images have {known.shape[1]} classes or more, and only so many were kept:"
        " keep_probabilities: true in the suite keeps all"
    )


def worst_coverage(found: Split, groups: Groups, *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """The smallest of the coverages by group, whose bounds allow for its having been picked; ``parts``: all groups.

    ``groups``: of the images that did not set the threshold; ``right`` are those whose label is in the set.

    Raises:
        ValueError: no group is large enough.
    """
    judged = groups.judged
    if not judged.size:
        raise ValueError(f"none of {len(groups.names):,} groups has {groups.fewest:,} images")
    hits, images = groups.hits[judged], groups.images[judged]
    order = np.lexsort((-images, hits / images))
    place, (low, high) = order[0], least.least(hits, images, alpha=alpha)
    value = float(hits[place] / images[place])
    below, above = least.simultaneous(hits, images, alpha=alpha)
    rows = tuple(
        {
            "group": groups.names[judged[k]],
            "images": int(images[k]),
            "covered": int(hits[k]),
            "coverage": float(hits[k] / images[k]),
            "low": float(below[k]),
            "high": float(above[k]),
        }
        for k in order[:SHOWN]
    )
    note = (
        f"worst: {rows[0]['group']}, {hits[place]:,} of {images[place]:,} covered, between {below[place]:.3f} and"
        f" {above[place]:.3f} (together with the bounds of all {judged.size:,} groups)"
    )
    share = groups.right.size / images[place]
    moved = groups.members(int(judged[place])) * (groups.right - value) * share
    each = per_image.mean(_measured(ids, found), value + moved)
    interval = Interval(low, high, alpha, f"smallest of {judged.size:,} groups, exact, Bonferroni above")
    return Measurement(value, int(groups.right.size), interval, rows, _details(found), (note,), each)


def _details(found: Split) -> dict[str, float]:
    return {"least": found.least, "calibrated": found.calibrated}


def _measured(ids: ArrayLike | None, found: Split) -> NDArray[np.str_] | None:
    return None if ids is None else per_image.names(ids)[found.measured]

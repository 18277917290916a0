"""How often a model is right, on one set of images, on several, and on corrupted ones.

``alpha``: the error of each side of the interval.  No images, or no numbers: ValueError.  Measurements say what each
image contributes; an average over datasets does where each of these does.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.contract import per_image
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.robustness import estimates
from behaviors.robustness.corruptions import Corrupted
from behaviors.robustness.estimates import Estimate
from behaviors.robustness.reference import Reference
from behaviors.statistics.effective import mean_of_shares
from behaviors.statistics.intervals import clopper_pearson

MOVER = "independent datasets, MOVER on Clopper-Pearson bounds"


def accuracy(correct: ArrayLike, *, alpha: float, left_out: int = 0, ids: ArrayLike | None = None) -> Measurement:
    """The share of right predictions.

    ``correct``: (N,) bool.  ``left_out``: images without any valid label, which are not among them; they are told.
    ``ids``: (N,) the names of the images; without them nothing is said of each.

    >>> m = accuracy([True, True, False, True], alpha=0.05)
    >>> m.value, m.images
    (0.75, 4)
    """
    right = np.asarray(correct)
    if right.ndim != 1 or right.dtype != np.bool_:
        raise ValueError(f"correct must be one row of true or false; got {right.dtype} of shape {right.shape}")
    if right.size == 0:
        raise ValueError("accuracy on 0 images is undefined")
    hits = int(np.count_nonzero(right))
    notes = (f"{left_out:,} images without any valid label are left out",) if left_out else ()
    bounds, each = clopper_pearson(hits, right.size, alpha=alpha), per_image.proportion(ids, right)
    return Measurement(hits / right.size, right.size, bounds, notes=notes, per_image=each)


def corruption_accuracy(corrupted: Corrupted, *, alpha: float) -> Measurement:
    """The plain mean of the accuracies over corruptions and severities; ``parts`` has each of them.

    The corrupted versions of an image are not independent of each other: the interval is that of a mean over images.
    """
    scores = 1 - corrupted.errors()
    interval, each = _over_images(corrupted, scores, alpha), per_image.mean(corrupted.sources, scores)
    notes = _cells(corrupted)
    return Measurement(float(scores.mean()), corrupted.images, interval, corrupted.rows(), notes=notes, per_image=each)


def mean_corruption_error(corrupted: Corrupted, *, reference: Reference, alpha: float) -> Measurement:
    """mCE: per corruption, the error over all severities divided by the reference model's; then the plain mean.

    ``parts``: one row per corruption.  1 is as bad as the reference.

    Raises:
        ValueError: the reference knows nothing of one of the corruptions, or made no errors there.
    """
    unknown = [name for name in corrupted.corruptions if not 0 < reference.errors.get(name, 0) <= 1]
    if unknown:
        raise ValueError(f"the reference errors of {reference.name} have no usable value for {', '.join(unknown)}")
    base = np.array([reference.errors[name] for name in corrupted.corruptions])
    scores, errors = corrupted.relative_errors(base), corrupted.by_corruption()
    ratios = errors / base
    parts: tuple[dict[str, Cell], ...] = tuple(
        {
            "corruption": name,
            "images": corrupted.images,
            "error": float(errors[c]),
            "reference_error": float(base[c]),
            "corruption_error": float(ratios[c]),
        }
        for c, name in enumerate(corrupted.corruptions)
    )
    interval = _over_images(corrupted, scores, alpha, scale=corrupted.most(base))
    notes = (f"relative to the errors of {reference.name}", *_cells(corrupted))
    each = per_image.mean(corrupted.sources, scores)
    return Measurement(float(scores.mean()), corrupted.images, interval, parts, notes=notes, per_image=each)


def average_accuracy(variants: Mapping[str, Measurement], *, alpha: float) -> Measurement:
    """The plain mean of the accuracies on several datasets of different images; ``parts`` has each of them."""
    total = estimates.mean([_estimate(measured) for measured in variants.values()])
    return _measurement(total, variants, dict.fromkeys(variants, 1 / len(variants)), alpha)


def relative_robustness(variants: Mapping[str, Measurement], val: Measurement, *, alpha: float) -> Measurement:
    """The average over the variants divided by the accuracy on ``val``.

    Variants that show val's own images again (ReaL, corrupted ones) go up and down with it, which only makes the ratio
    steadier than its interval says.

    Raises:
        ValueError: the accuracy on val is 0.
    """
    total = estimates.mean([_estimate(measured) for measured in variants.values()])
    found = estimates.ratio(total, _estimate(val))
    slopes = {**dict.fromkeys(variants, 1 / len(variants) / val.value), "val": -found.value / val.value}
    return _measurement(found, {**variants, "val": val}, slopes, alpha)


def _measurement(
    found: Estimate, parts: Mapping[str, Measurement], slopes: Mapping[str, float], alpha: float
) -> Measurement:
    """``slopes``: how far the number moves when the accuracy on a dataset does."""
    rows: tuple[dict[str, Cell], ...] = tuple(
        {
            "dataset": name,
            "images": measured.images,
            "accuracy": measured.value,
            "low": _estimate(measured).low,
            "high": _estimate(measured).high,
        }
        for name, measured in parts.items()
    )
    each = per_image.together(found.value, slopes, {name: measured.per_image for name, measured in parts.items()})
    interval = Interval(found.low, found.high, alpha, MOVER)
    return Measurement(found.value, found.images, interval, rows, per_image=each)


def _estimate(measured: Measurement) -> Estimate:
    if measured.interval is None:
        raise ValueError("an average needs the interval of every part")
    return Estimate.of(measured.value, measured.interval, measured.images)


def _over_images(
    corrupted: Corrupted, scores: NDArray[np.float64], alpha: float, scale: float = 1.0
) -> Interval | None:
    """Bounds for the mean of (N,) scores in [0, scale]; one image gives none."""
    shares = scores / scale
    found = mean_of_shares(shares, images=corrupted.versions, alpha=alpha, kind="images")
    return None if found is None else replace(found, low=found.low * scale, high=found.high * scale)


def _cells(corrupted: Corrupted) -> tuple[str, ...]:
    _, kinds, levels = corrupted.wrong.shape
    if corrupted.seen is not None:
        return (f"{corrupted.versions:,} versions of {corrupted.images:,} images, drawn at random",)
    return () if (kinds, levels) == (15, 5) else (f"{kinds} corruptions at {levels} severities instead of 15 at 5",)

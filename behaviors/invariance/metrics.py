"""How well predictions survive the views of a sweep: averages over its levels, all of which show the same images.

The views of an image are not independent of one another: intervals go by images.  ``alpha``: the error of each side.
``parts`` has one row per level, with exact (Clopper-Pearson) bounds; ``details`` say which is the worst.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from behaviors.contract import per_image
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.contract.per_image import PerImage
from behaviors.invariance.sweeps import Sweep
from behaviors.statistics.effective import effective_bounds, mean_of_shares
from behaviors.statistics.intervals import clopper_pearson
from behaviors.statistics.unseen import Sample

Floats = NDArray[np.float64]

WORST = "the worst of several levels was chosen after looking; it has no interval of its own"
BLACK = "outside an image there is black"
ALIKE = "the bounds are those of two accuracies on different images, as no image fares otherwise under a view"


def accuracy(sweep: Sweep, *, alpha: float) -> Measurement:
    """The mean over levels of the share of right predictions."""
    return _share(sweep, sweep.correct_at, "accuracy", alpha)


def consistency(sweep: Sweep, *, alpha: float) -> Measurement:
    """The mean over levels of the share of images whose prediction is that without the change, be it right or wrong."""
    return _share(sweep, sweep.same_at, "consistency", alpha)


def retained(sweep: Sweep, *, alpha: float) -> Measurement:
    """The mean accuracy over levels divided by the accuracy without a change.

    The bounds are those of a ratio of means over the same images, corrected for skewness and allowing for an unseen
    image: one that is right and gets lost in all views, or that is wrong and gets right in all of them.

    Raises:
        ValueError: without a change no prediction is right.
    """
    usual, changed = sweep.correct.astype(np.float64), sweep.correct_at.mean(axis=0)
    if not usual.any():
        raise ValueError("relative to an accuracy of 0 nothing can be measured")
    value = float(changed.mean() / usual.mean())
    influence = (changed - value * usual) / usual.mean()
    notes: tuple[str, ...] = ()
    if sweep.images < 2:
        interval = None
    elif value > 0 and influence.any():
        interval = _ratio(usual, changed, alpha)
    else:
        interval, notes = _apart(usual, changed, alpha), (ALIKE,)
    each = per_image.mean(sweep.ids, value + influence)
    return _measurement(sweep, value, interval, "accuracy", alpha, each, notes)


def true_probability(sweep: Sweep, *, alpha: float) -> Measurement:
    """The mean over levels of the probability that the model gives the true class.

    Raises:
        ValueError: it is not known.
    """
    if sweep.probability_at is None:
        raise ValueError("the probability of the true class is not known")
    scores = sweep.probability_at.mean(axis=0)
    value = float(scores.mean())
    interval = mean_of_shares(scores, alpha=alpha)
    each = per_image.mean(sweep.ids, scores)
    return _measurement(sweep, value, interval, "true_probability", alpha, each)


MEASURES: Mapping[str, Callable[..., Measurement]] = {
    "accuracy": accuracy,
    "retained": retained,
    "true_probability": true_probability,
    "consistency": consistency,
}
"""By the second part of a metric's name."""


def _share(sweep: Sweep, flags: NDArray[np.bool_], column: str, alpha: float) -> Measurement:
    scores = flags.mean(axis=0)
    value = float(np.clip(scores.mean(), 0, 1))
    if len(flags) == 1:
        interval: Interval | None = clopper_pearson(int(flags.sum()), sweep.images, alpha=alpha)
    else:
        images = np.tile(np.arange(sweep.images), len(flags))
        interval = effective_bounds(value, flags.ravel() - value, images, alpha=alpha)
    each = per_image.proportion if len(flags) == 1 else per_image.mean
    return _measurement(sweep, value, interval, column, alpha, each(sweep.ids, scores))


def _ratio(usual: Floats, changed: Floats, alpha: float) -> Interval:
    """Of two means over images: what each image, and one more, does to it."""
    value, share = changed.mean() / usual.mean(), usual.mean()
    lost, won = -value / share, 1 / share  # of an image that is right as it is and never else, and of the opposite
    sample = Sample.within((changed - value * usual) / share, lost, won)
    low, high = max(value + sample.low(alpha), 0.0), value - sample.turned.low(alpha)
    method = "ratio of means over images, Hall's skewness correction, allowing for an unseen one"
    return Interval(float(min(low, value)), float(max(high, value)), alpha, method)


def _apart(usual: Floats, changed: Floats, alpha: float) -> Interval:
    """Bounds of the ratio where its variance over the images is 0: the outermost of those of either accuracy."""
    above = effective_bounds(float(changed.mean()), changed - changed.mean(), alpha=alpha)
    below = clopper_pearson(int(usual.sum()), usual.size, alpha=alpha)
    if above is None:
        raise ValueError("bounds of a ratio need at least 2 images")
    return Interval(above.low / below.high, above.high / below.low, alpha, "Clopper-Pearson bounds of two accuracies")


def _measurement(  # noqa: PLR0913, PLR0917  (what a measurement is made of)
    sweep: Sweep,
    value: float,
    interval: Interval | None,
    column: str,
    alpha: float,
    each: PerImage | None,
    notes: tuple[str, ...] = (),
) -> Measurement:
    rows = tuple(_rows(sweep, alpha))
    at = [float(row[column] or 0) for row in rows if row["level"] != sweep.usual]
    worst = int(np.argmin(at))
    details = {"worst": at[worst], "worst_level": sweep.levels[worst]}
    if len(at) > 1:
        notes = (*notes, WORST)
    notes = (*notes, *_padding(sweep))
    return Measurement(value, sweep.images, interval, rows, details, notes, each)


def _padding(sweep: Sweep) -> tuple[str, ...]:
    """How many images a view runs off, by level, where it does."""
    counts = zip(sweep.levels, sweep.padded_at or (), strict=False)
    padded = ", ".join(f"{count:,} at {level:g}" for level, count in counts if count)
    return (f"the crop runs off {padded} of {sweep.images:,} images: {BLACK}",) if padded else ()


def _rows(sweep: Sweep, alpha: float) -> list[dict[str, Cell]]:
    """One per level, and one for the images as they are, in the order of the levels."""
    everything = np.ones(sweep.images, dtype=np.bool_)
    rows = [
        _row(sweep.usual, sweep.correct, everything, sweep.probability, None if sweep.padded_at is None else 0, alpha)
    ]
    for place, level in enumerate(sweep.levels):
        probability = None if sweep.probability_at is None else sweep.probability_at[place]
        padded = None if sweep.padded_at is None else sweep.padded_at[place]
        rows.append(_row(level, sweep.correct_at[place], sweep.same_at[place], probability, padded, alpha))
    return sorted(rows, key=lambda row: float(row["level"] or 0))


def _probability(scores: Floats | None, alpha: float) -> dict[str, Cell]:
    """The mean probability of the true class at a level, with its bounds; None where it is not known."""
    if scores is None:
        return dict.fromkeys(("true_probability", "true_probability_low", "true_probability_high"))
    bounds = mean_of_shares(scores, alpha=alpha)
    return {
        "true_probability": float(scores.mean()),
        "true_probability_low": None if bounds is None else bounds.low,
        "true_probability_high": None if bounds is None else bounds.high,
    }


def _row(  # noqa: PLR0913, PLR0917  (the columns of a row)
    level: float,
    correct: NDArray[np.bool_],
    same: NDArray[np.bool_],
    probability: Floats | None,
    padded: int | None,
    alpha: float,
) -> dict[str, Cell]:
    row: dict[str, Cell] = {"level": level, "images": correct.size}
    for name, flags in (("accuracy", correct), ("consistency", same)):
        bounds = clopper_pearson(int(flags.sum()), flags.size, alpha=alpha)
        row |= {name: float(flags.mean()), f"{name}_low": bounds.low, f"{name}_high": bounds.high}
    return row | _probability(probability, alpha) | {"padded": padded}

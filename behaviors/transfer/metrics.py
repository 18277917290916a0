"""How often a linear probe is right: the answers of its fits in, a measurement with its interval out.

Throughout, ``predicted``: (R, M) int64, the class that each of R fits gives each of M test images; ``labels``: (M,)
int64; ``alpha``: the error of each side of the interval.  No fits, no images, other shapes: ValueError.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from behaviors.contract import per_image
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.statistics.intervals import clopper_pearson

Ints = NDArray[np.int64]


def probe_accuracy(  # noqa: PLR0913  (what the fits answer, and to what)
    predicted: ArrayLike,
    labels: ArrayLike,
    *,
    learned: ArrayLike,
    classes: Sequence[str],
    alpha: float,
    ids: ArrayLike | None = None,
) -> Measurement:
    """Share of right answers, averaged over fits; ``parts`` are the classes, each with its own accuracy.

    ``learned``: (K,) int, how many images of each class the probe was fitted to.
    ``ids``: (M,) the names of the test images; without them nothing is said of each.  What an image contributes is its
    mean over fits: two models are compared on the same images by the fits that there are, not by others.
    ``details``: ``chance``, the share of test images that are of the class most common in training: what a probe that
    sees nothing reaches; ``fit_sd``, the standard deviation of the accuracy between fits, where there are several.

    >>> m = probe_accuracy([[0, 1, 1, 1]], [0, 1, 1, 0], classes=("ant", "bee"), learned=[2, 1], alpha=0.05)
    >>> m.value, m.details["chance"], round(m.interval.low, 4)
    (0.75, 0.5, 0.2486)
    """
    answers, truth = _answers(predicted, labels, len(classes))
    known = _counts(learned, classes)
    correct = answers == truth
    per_fit = correct.mean(axis=1)
    details = {"chance": float(np.mean(truth == known.argmax()))}
    if len(correct) > 1:
        details["fit_sd"] = float(per_fit.std(ddof=1))
    notes: tuple[str, ...] = ()
    if len(correct) == 1:
        notes = ("one fit: the interval is about this probe only, not about others that might have been fitted",)
    unknown = [classes[k] for k in np.unique(truth) if not known[k]]
    if unknown:
        notes += (f"the probe could learn nothing of {', '.join(map(repr, unknown))}: no training image shows it",)
    rows = tuple(_class_row(classes[k], correct[:, truth == k]) for k in np.unique(truth))
    interval = fits_interval(correct, alpha=alpha)
    each = per_image.mean(ids, correct.mean(axis=0)) if len(correct) > 1 else per_image.proportion(ids, correct[0])
    return Measurement(float(per_fit.mean()), truth.size, interval, rows, details, notes, each)


def mean_probe_accuracy(tasks: Mapping[str, Measurement], *, alpha: float) -> Measurement:
    """The plain mean over tasks of their accuracies; ``parts`` are the tasks.

    ``tasks``: of ``probe_accuracy``, by name; each on test images of its own, so that their errors are independent.
    The interval joins theirs: the distances of the bounds from the values add up as squares (MOVER; Zou & Donner 2008,
    Statistics in Medicine 27:1693), which also holds where a task has no spread left, as at 100 %.
    """
    if not tasks:
        raise ValueError("the mean over tasks needs at least one task; there is none")
    found = list(tasks.values())
    value = sum(one.value for one in found) / len(found)
    intervals = [one.interval for one in found if one.interval is not None]
    if len(intervals) < len(found):
        raise ValueError("the mean over tasks needs the interval of every task")
    below = math.hypot(*(one.value - i.low for one, i in zip(found, intervals, strict=True))) / len(found)
    above = math.hypot(*(i.high - one.value for one, i in zip(found, intervals, strict=True))) / len(found)
    method = f"{len(found)} independent tasks, MOVER"
    interval = Interval(max(value - below, 0.0), min(value + above, 1.0), alpha, method)
    rows = tuple(_task_row(name, one, i) for (name, one), i in zip(tasks.items(), intervals, strict=True))
    chance = sum(one.details["chance"] for one in found) / len(found)
    notes = tuple(dict.fromkeys(f"{name}: {note}" for name, one in tasks.items() for note in one.notes))
    slopes = dict.fromkeys(tasks, 1 / len(tasks))
    each = per_image.together(value, slopes, {name: one.per_image for name, one in tasks.items()})
    return Measurement(value, sum(one.images for one in found), interval, rows, {"chance": chance}, notes, each)


def fits_interval(correct: ArrayLike, *, alpha: float) -> Interval:
    """Bounds for the accuracy of the method: the test images and what the fits drew both vary.

    ``correct``: (R, M) bool.  The variance is that of the images (of their mean over fits, by M) plus that of the fits
    (of their accuracies, by R), the quantile Student's with Satterthwaite's degrees of freedom.  Where all fits answer
    alike there is one proportion, with exact bounds.
    Source: Satterthwaite 1946, Biometrics Bulletin 2:110; Clopper & Pearson 1934, Biometrika 26:404.
    """
    right = np.asarray(correct, dtype=np.bool_)
    if right.ndim != 2 or not right.size:
        raise ValueError(f"an interval needs the answers of at least one fit to one image; got shape {right.shape}")
    fits, images = right.shape
    if (right == right[0]).all():
        alike = clopper_pearson(int(right[0].sum()), images, alpha=alpha)
        return alike if fits == 1 else replace(alike, method=f"{alike.method} ({fits} fits agree)")
    mean = float(right.mean())
    of_images = float(right.mean(axis=0).var(ddof=1)) / images if images > 1 else 0.0
    of_fits = float(right.mean(axis=1).var(ddof=1)) / fits
    variance = of_images + of_fits
    if images < 2 or not variance:
        return Interval(0.0, 1.0, alpha, "too few images to say anything")
    freedom = variance**2 / (of_images**2 / (images - 1) + of_fits**2 / (fits - 1))
    reach = -float(stdtrit(freedom, alpha)) * math.sqrt(variance)
    return Interval(max(mean - reach, 0.0), min(mean + reach, 1.0), alpha, f"{fits} fits, Satterthwaite")


def _task_row(name: str, found: Measurement, interval: Interval) -> dict[str, Cell]:
    columns = {"accuracy": found.value, "low": interval.low, "high": interval.high, "chance": found.details["chance"]}
    return {"task": name, **columns, "images": found.images}


def _class_row(name: str, correct: NDArray[np.bool_]) -> dict[str, Cell]:
    return {"class": name, "images": correct.shape[1], "accuracy": float(correct.mean())}


def _answers(predicted: ArrayLike, labels: ArrayLike, classes: int) -> tuple[Ints, Ints]:
    truth = _row("labels", labels, classes)
    answers = np.asarray(predicted)
    if answers.ndim != 2 or not len(answers) or answers.shape[1] != truth.size:
        raise ValueError(
            f"every fit must answer once for each of {truth.size:,} test images; the answers have shape {answers.shape}"
        )
    return _classes("predicted", answers, classes), truth


def _row(name: str, values: ArrayLike, classes: int) -> Ints:
    row = np.asarray(values)
    if row.ndim != 1 or not row.size:
        raise ValueError(f"{name} must be one row with a class for each of at least one image; got shape {row.shape}")
    return _classes(name, row, classes)


def _counts(learned: ArrayLike, classes: Sequence[str]) -> Ints:
    counts = np.asarray(learned, dtype=np.int64)
    if counts.shape != (len(classes),) or (counts < 0).any() or not counts.any():
        raise ValueError(f"learned must count the training images of each of {len(classes)} classes; got {counts}")
    return counts


def _classes(name: str, values: NDArray[np.generic], classes: int) -> Ints:
    whole = values.astype(np.int64)
    if (whole != values).any() or (whole < 0).any() or (whole >= classes).any():
        raise ValueError(f"{name} must be classes from 0 to {classes - 1}; found {values.min()} to {values.max()}")
    return whole

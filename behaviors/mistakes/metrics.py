"""How much more often a model errs on images with a factor than on all: errors in, a measurement with its interval out.

error ratio = error rate on the images with the factor / error rate on all annotated images that are no prototypes.
Nothing is judged on little: a factor on fewer than ``FEW`` images has no ratio, and then the mean and the largest of
the ratios, which speak of all factors, have no value either: what is left could look better than the whole.
``alpha``: the error of each side of the interval.

Source: Idrissi et al. 2022, arXiv:2211.01866; of the intervals: ``behaviors.mistakes.bounds``.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from behaviors.contract import per_image
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.mistakes import bounds
from behaviors.mistakes.evidence import Errors
from behaviors.statistics.unseen import Sample

Floats = NDArray[np.float64]

FEW = 30
"""With fewer images than this, an error ratio would be known to a factor of two at best."""


def unjudged(errors: Errors, factor: str) -> str:
    """Why there is no error ratio of the factor; empty where there is one."""
    images = errors.counts(factor)[1]
    if images < FEW:
        return f"only {images} images carry the factor {factor}, and fewer than {FEW} say too little"
    if images == len(errors):
        return f"all {images:,} images carry the factor {factor}: there are no others to compare with"
    if not errors.wrong.any():
        return f"the model is right on all {len(errors):,} images: errors that are not there have no ratio"
    return ""


def any_unjudged(errors: Errors) -> str:
    """Why there is neither a mean nor a largest of the ratios of all factors; empty where there are."""
    found = {factor: reason for factor in errors.factors if (reason := unjudged(errors, factor))}
    if len(set(found.values())) < 2:
        return next(iter(found.values()), "")
    listed = ", ".join(f"{factor} ({errors.counts(factor)[1]:,})" for factor in found)
    return (
        f"{len(found)} of {len(errors.factors)} factors cannot be judged on so few images (or on all {len(errors):,}): "
        f"{listed}; the others have error ratios of their own"
    )


def error_ratio(errors: Errors, factor: str, *, alpha: float) -> Measurement:
    """The ratio of one factor; ``images`` are those that carry it.

    ``details``: ``errors``, how many of these are wrong; ``error`` and ``overall_error``, the two rates in [0, 1].

    Raises:
        ValueError: it has none (see ``unjudged``).

    >>> wrong, carries = np.arange(100) % 3 == 0, np.arange(100)[:, None] < 40
    >>> round(error_ratio(Errors(wrong, carries, ("pose",)), "pose", alpha=0.05).value, 4)
    1.0294
    """
    _check(unjudged(errors, factor))
    found = _one(errors, factor, alpha)
    details = {"errors": float(found.wrong), "error": found.wrong / found.images, "overall_error": _overall(errors)}
    moved = bounds.influences(errors.wrong, errors.carries[:, [errors.factors.index(factor)]])[:, 0]
    each = per_image.mean(errors.ids, found.value + moved)
    return Measurement(found.value, found.images, found.interval, (), details, _notes(errors), each)


def mean_error_ratio(errors: Errors, *, alpha: float) -> Measurement:
    """The plain mean of the ratios of all factors; ``parts`` are the factors; ``details``: ``overall_error``.

    It is also the mean, over the images that are wrong, of their factors' ``weights``; so its interval is that of a
    mean of as many values as there are errors, skewed by the rare factors, one of which may happen to have no error:
    an unseen error on the image with the largest, or the smallest, weight is allowed for.  A single error gives none.

    Raises:
        ValueError: a factor has no ratio (see ``any_unjudged``).
    """
    _check(any_unjudged(errors))
    found = [_one(errors, factor, alpha) for factor in errors.factors]
    weighed, wrong = weights(errors), int(np.count_nonzero(errors.wrong))
    interval = _interval(weighed[errors.wrong], weighed, alpha) if wrong > 1 else None
    notes = (f"it rests on few errors: {wrong}",) if wrong < FEW else ()
    mean = float(np.mean([one.value for one in found]))
    measured = _measurement(errors, mean, interval, found, *notes)
    return replace(measured, per_image=per_image.mean(errors.ids, mean + mean_influence(errors)))


def _interval(seen: Floats, possible: Floats, alpha: float) -> Interval:
    sample = Sample.within(seen, float(possible.min()), float(possible.max()))
    method = "mean over errors, Hall's skewness correction, allowing for an unseen one"
    return Interval(max(sample.low(alpha), 0.0), -sample.turned.low(alpha), alpha, method)


def weights(errors: Errors) -> Floats:
    """(N,) float64 >= 0: the mean over factors of [the image carries the factor] / share of the images that do."""
    weighed: Floats = (errors.carries / errors.carries.mean(0)).mean(1)
    return weighed


def worst_factor(errors: Errors, *, alpha: float) -> Measurement:
    """The largest of the ratios of all factors; ``parts`` and ``details`` as of the mean; a note names the factor.

    The largest of noisy numbers is too large on average, which the low bound allows for.

    Raises:
        ValueError: a factor has no ratio (see ``any_unjudged``).
    """
    _check(any_unjudged(errors))
    found = [_one(errors, factor, alpha) for factor in errors.factors]
    strict = [_one(errors, factor, alpha / len(found)) for factor in errors.factors]
    worst = max(found, key=lambda one: one.value)
    low, high = max(one.interval.low for one in strict), max(one.interval.high for one in found)
    interval = Interval(low, high, alpha, f"largest of {len(found)}, MOVER-R, exact limits")
    note = f"the factor is {worst.factor}, on {worst.images:,} images"
    return _measurement(errors, worst.value, interval, found, note)


def mean_influence(errors: Errors) -> Floats:
    """(N,) float64: how far each image moves the mean of the ratios; the same images in the same order for every model.

    The mean of the differences of two models' values has the variance of the difference of their mean ratios.

    Raises:
        ValueError: a factor has no ratio (see ``any_unjudged``).
    """
    _check(any_unjudged(errors))
    moved: Floats = bounds.influences(errors.wrong, errors.carries).mean(1)
    return moved


@dataclass(frozen=True)
class _Ratio:
    factor: str
    wrong: int
    images: int
    value: float
    interval: Interval

    def row(self) -> dict[str, Cell]:
        """For reports."""
        return {
            "factor": self.factor,
            "images": self.images,
            "errors": self.wrong,
            "ratio": self.value,
            "low": self.interval.low,
            "high": self.interval.high,
        }


def _one(errors: Errors, factor: str, alpha: float) -> _Ratio:
    wrong, images = errors.counts(factor)
    counts = wrong, images, int(np.count_nonzero(errors.wrong)), len(errors)
    return _Ratio(factor, wrong, images, bounds.ratio(*counts), bounds.ratio_interval(*counts, alpha=alpha))


def _measurement(
    errors: Errors, value: float, interval: Interval | None, found: list[_Ratio], *notes: str
) -> Measurement:
    details = {"overall_error": _overall(errors)}
    rows = tuple(one.row() for one in found)
    return Measurement(value, len(errors), interval, rows, details, (*notes, *_notes(errors)))


def _overall(errors: Errors) -> float:
    return float(errors.wrong.mean())


def _notes(errors: Errors) -> tuple[str, ...]:
    """What is left out for want of annotations; prototypes are left out by design."""
    if not errors.unknown:
        return ()
    return (f"{errors.unknown:,} images have no annotation and take no part",)


def _check(reason: str) -> None:
    if reason:
        raise ValueError(f"the error ratio is undefined: {reason}")

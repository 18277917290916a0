"""How well confidence tells right answers from wrong ones: arrays in, a measurement with its interval out.

Throughout, ``confidence``: (N,) float in [0, 1], the probability of the predicted class; ``correct``: (N,) bool,
whether that class is the label; ``alpha``: the error of each side of the interval (a single image gives no interval);
``ids``: (N,) the names of the images, if the measurement is to be compared with another model's, image by image.
No images, NaN, values out of range or of different lengths: ValueError.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.contract import per_image
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.selective import areas, bounds
from behaviors.selective.areas import Area
from behaviors.selective.bounds import FEW
from behaviors.selective.curve import Curve, risk_coverage
from behaviors.selective.demands import AtCoverage, AtRisk
from behaviors.statistics.auc import auc
from behaviors.statistics.intervals import clopper_pearson, mean_hall
from behaviors.statistics.unseen import Sample

Floats = NDArray[np.float64]

SHOWN = 20
"""Working points that ``parts`` shows, evenly spread over coverage."""


def aurc(confidence: ArrayLike, correct: ArrayLike, *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """AURC: the mean over coverages of the share of errors among the images answered; ``parts`` are working points.

    Source: Geifman & El-Yaniv 2017, arXiv:1705.08500.

    >>> m = aurc([0.9, 0.8, 0.7, 0.6], [True, True, False, True], alpha=0.05)
    >>> round(m.value, 6)
    0.114583
    """
    return _area(areas.selective, confidence, correct, alpha, ids)


def augrc(confidence: ArrayLike, correct: ArrayLike, *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """AUGRC: the mean over coverages of the share of *all* images that are answered and wrong, in [0, 1/2].

    Source: Traub et al. 2024, arXiv:2407.01032.
    """
    return _area(areas.generalized, confidence, correct, alpha, ids)


def e_aurc(confidence: ArrayLike, correct: ArrayLike, *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """e-AURC: how far the AURC is above that of a confidence that puts every right answer before every wrong one.

    Source: Geifman et al. 2019, arXiv:1805.08206.
    """
    return _area(areas.excess, confidence, correct, alpha, ids)


def auroc(confidence: ArrayLike, correct: ArrayLike, *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """How often a right answer is surer than a wrong one; of equally sure ones half counts.

    Source: Hendrycks & Gimpel 2017, arXiv:1610.02136; the interval: ``behaviors.statistics.auc``.

    Raises:
        ValueError: all answers are right, or all are wrong.
    """
    curve = risk_coverage(confidence, correct)
    wrong = int(curve.errors[-1])
    if wrong in {0, curve.images}:
        raise ValueError(f"{wrong:,} of {curve.images:,} answers are wrong: there is nothing to tell right from wrong")
    found = auc(-curve.point, ~curve.wrong, alpha=alpha)
    each = per_image.mean(ids, found.value + found.influence)
    return Measurement(found.value, curve.images, found.interval, notes=_few(curve), per_image=each)


def coverage_at_risk(
    confidence: ArrayLike, correct: ArrayLike, *, demand: AtRisk, alpha: float, ids: ArrayLike | None = None
) -> Measurement:
    """The largest share of images that can be answered with at most so many errors among them; 0 if no share can.

    ``details``: ``threshold``, the confidence from which on images are answered (2 where none are), and its ``risk``.
    """
    curve = risk_coverage(confidence, correct)
    place, n = curve.within(demand.risk), curve.images
    answered = int(curve.answered[place]) if place >= 0 else 0
    threshold, risk = (float(curve.confidence[place]), float(curve.risk[place])) if place >= 0 else (2.0, 0.0)
    value, notes = answered / n, _few(curve)
    low, high = bounds.coverage(curve, value, demand.risk, alpha=alpha)
    method = f"exact bounds of a risk of {demand.risk:g}, and of the coverage"
    interval = Interval(low, high, alpha, method) if n > 1 else None
    if not answered:
        notes += (f"no confidence leaves at most {demand.risk:g} of errors among the images that are as sure",)
    slope = bounds.marginal(curve, low, high) - demand.risk
    kept = curve.point <= place
    moved = np.zeros(n) if value in {0.0, 1.0} or slope <= 0 else (kept - value) - kept * (curve.wrong - risk) / slope
    details = {"allowed_risk": float(demand.risk), "threshold": threshold, "risk": risk}
    each = per_image.mean(ids, value + moved)
    return Measurement(value, n, interval, _rows(curve, alpha), details, notes, each)


def risk_at_coverage(
    confidence: ArrayLike, correct: ArrayLike, *, demand: AtCoverage, alpha: float, ids: ArrayLike | None = None
) -> Measurement:
    """The share of errors among the surest images, answered until they are at least so large a share of all.

    ``details``: ``threshold``, the confidence from which on images are answered, and their ``coverage``.
    """
    curve = risk_coverage(confidence, correct)
    place, n = curve.reaching(demand.coverage), curve.images
    answered, wrong = int(curve.answered[place]), int(curve.errors[place])
    value, covered = wrong / answered, answered / n
    low, high = bounds.risk(curve, place, demand.coverage, alpha=alpha)
    method = f"exact bounds of the risk at a coverage of {demand.coverage:g}, and of the coverage"
    interval = Interval(low, high, alpha, method) if n > 1 else None
    spread, kept = clopper_pearson(answered, n, alpha=alpha), curve.point <= place
    marginal = bounds.marginal(curve, spread.low, spread.high)
    moved = (kept * (curve.wrong - marginal) - (value - marginal) * covered) / covered
    details = {"coverage": covered, "threshold": float(curve.confidence[place])}
    each = per_image.mean(ids, value + moved)
    return Measurement(value, n, interval, _rows(curve, alpha), details, _few(curve), each)


def _area(
    area: Callable[[Curve], Area], confidence: ArrayLike, correct: ArrayLike, alpha: float, ids: ArrayLike | None
) -> Measurement:
    curve = risk_coverage(confidence, correct)
    found = area(curve)
    interval = _area_interval(curve, found, alpha) if curve.images > 1 else None
    each = per_image.mean(ids, found.value + found.influence)
    return Measurement(found.value, curve.images, interval, _rows(curve, alpha), notes=_few(curve), per_image=each)


def _area_interval(curve: Curve, area: Area, alpha: float) -> Interval:
    """Hall's, and at least as far as an image allows that was not drawn: as telling as the farthest that was.

    Of few wrong (right) answers it is one that is surer than all that were seen.  Where several images are the surest,
    as where confidence comes in steps, few of them may be wrong, or none: exact bounds of that risk add up in squares.
    """
    values, wrong = area.value + area.influence, int(curve.errors[-1])
    few = min(wrong, curve.images - wrong) < FEW
    lowest = area.value + area.lowest if few else float(values.min())
    highest = area.value + area.highest if few else float(values.max())
    hall, sample = mean_hall(values, alpha=alpha), Sample.within(values, lowest, highest)
    low, high = min(hall.low, sample.low(alpha)), max(hall.high, -sample.turned.low(alpha))
    if curve.tied[0] > 1:
        surest = clopper_pearson(int(curve.errors[0]), int(curve.answered[0]), alpha=alpha)
        risk = float(curve.risk[0])
        low = area.value - math.hypot(area.value - low, area.by_surest * (risk - surest.low))
        high = area.value + math.hypot(high - area.value, area.by_surest * (surest.high - risk))
    return Interval(max(low, area.least), min(high, 1.0), alpha, f"{hall.method}, allowing for an unseen image")


def _few(curve: Curve) -> tuple[str, ...]:
    wrong, right = int(curve.errors[-1]), curve.images - int(curve.errors[-1])
    count, kind = min((wrong, "wrong"), (right, "right"))
    if count >= FEW:
        return ()
    return (f"only {count} of {curve.images:,} answers are {kind}: another one, surer than all, would move this far",)


def _rows(curve: Curve, alpha: float) -> tuple[dict[str, Cell], ...]:
    """Working points evenly spread over coverage, with exact bounds of the risk at each (pointwise)."""
    places = sorted({curve.reaching(k / SHOWN) for k in range(1, SHOWN + 1)})
    return tuple(_row(curve, place, alpha) for place in places)


def _row(curve: Curve, place: int, alpha: float) -> dict[str, Cell]:
    answered, errors = int(curve.answered[place]), int(curve.errors[place])
    exact = clopper_pearson(errors, answered, alpha=alpha)
    return {
        "coverage": answered / curve.images,
        "images": answered,
        "errors": errors,
        "risk": errors / answered,
        "low": exact.low,
        "high": exact.high,
        "threshold": float(curve.confidence[place]),
    }

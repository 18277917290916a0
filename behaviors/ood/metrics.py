"""How well strange images are told from known ones, over a list of datasets: scores in, a measurement out.

``known``: the scores of the images of the models' classes; ``strange``: those of each dataset of the list.
Source of the conventions: OpenOOD, arXiv:2210.07242.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from behaviors.contract import per_image
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.contract.per_image import PerImage
from behaviors.contract.scores import Scores
from behaviors.ood import detection
from behaviors.ood.detection import Detection, Measure
from behaviors.statistics.intervals import normal_quantile

Floats = NDArray[np.float64]

MEASURES: Mapping[str, Measure] = {
    "auroc": detection.area_under_roc,
    "fpr95": detection.false_positives,
    "aupr_in": detection.area_under_pr_known,
    "aupr_out": detection.area_under_pr,
}
AREAS = frozenset(MEASURES) - {"fpr95"}


def detect(name: str, known: Scores, strange: Sequence[Scores], *, score: str, alpha: float) -> Measurement:
    """The measure ``name`` of ``MEASURES`` by ``score``: the mean over datasets; ``parts``: each, by every score.

    Raises:
        ValueError: no dataset; no score of that name; no images, or NaN.
    """
    if not strange:
        raise ValueError("there is no dataset of strange images")
    parts = [_row(name, other, key, values, known, alpha) for key, values in known.by_name.items() for other in strange
             if key in other.by_name]  # fmt: skip
    found = [_of(name, known, other, score, alpha) for other in strange]
    value = float(np.mean([one.value for one in found]))
    notes = (f"by {score}",) if len(known.by_name) > 1 else ()
    images = known.ids.size + sum(other.ids.size for other in strange)
    each = _per_image(value, found, [known, *strange])
    return Measurement(value, images, interval(name, found, alpha), tuple(parts), notes=notes, per_image=each)


def interval(name: str, found: Sequence[Detection], alpha: float) -> Interval:
    """Of the mean over datasets that share the known images.

    Areas: by the spread of influences on the logit scale, and at least the mean of the bounds of each.  FPR95: what is
    doubtful in the known images is doubtful in all alike and adds up; the thresholds are datasets' own.
    """
    value = float(np.mean([one.value for one in found]))
    if name not in AREAS:
        down, up = (
            math.hypot(*np.mean([one.shared[side] for one in found], keepdims=True),
                       *(one.own[side] / len(found) for one in found))
            for side in (0, 1)
        )  # fmt: skip
        return Interval(max(value - down, 0.0), min(value + up, 1.0), alpha, found[0].method)
    low, high = (float(np.mean([one.least[side] for one in found])) for side in (0, 1))
    variance = _variance(np.mean([one.known for one in found], axis=0))
    variance += sum(_variance(one.strange) for one in found) / len(found) ** 2
    if 0 < value < 1 and variance > 0:
        reach = normal_quantile(alpha) * math.sqrt(variance) / (value * (1 - value))
        low, high = min(low, float(expit(logit(value) - reach))), max(high, float(expit(logit(value) + reach)))
    return Interval(low, high, alpha, found[0].method)


def _of(name: str, known: Scores, strange: Scores, score: str, alpha: float) -> Detection:
    for one in (known, strange):
        if score not in one.by_name:
            raise ValueError(f"there is no score {score} of {one.dataset}; there are: {', '.join(one.by_name)}")
    return MEASURES[name](*detection.checked(known.by_name[score], strange.by_name[score]), alpha)


def _row(  # noqa: PLR0913, PLR0917  (a cell of a table)
    name: str, strange: Scores, score: str, values: ArrayLike, known: Scores, alpha: float
) -> dict[str, Cell]:
    found = MEASURES[name](*detection.checked(values, strange.by_name[score]), alpha)
    bounds = interval(name, [found], alpha)
    return {
        "score": score,
        "dataset": strange.dataset,
        "images": strange.ids.size,
        "value": found.value,
        "low": bounds.low,
        "high": bounds.high,
    }


def _per_image(value: float, found: Sequence[Detection], scores: Sequence[Scores]) -> PerImage | None:
    """Influences, weighed so that their variance over all images is that of the mean."""
    total = sum(one.ids.size for one in scores)
    parts = [np.mean([one.known for one in found], axis=0), *(one.strange / len(found) for one in found)]
    values = np.concatenate([part * total / part.size for part in parts])
    ids = np.concatenate([np.char.add(f"{one.dataset}:", one.ids) for one in scores])
    return per_image.mean(ids, value + values)


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1) / values.size) if values.size > 1 else 0.0

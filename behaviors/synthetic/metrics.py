"""How often a model is right while one factor changes, and on average over the factors.

Images of one scene, or of one object, are alike: where ``base`` says which, intervals go by scenes.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from behaviors.contract import per_image
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.contract.per_image import PerImage
from behaviors.statistics.columns import distinct
from behaviors.statistics.effective import effective_bounds
from behaviors.statistics.intervals import clopper_pearson
from behaviors.synthetic import FACTORS
from behaviors.synthetic.scenes import Scenes

INDEPENDENT = "which images show the same scene is not known (annotation 'base'): the interval takes all as independent"
ONE_SCENE = "all images show one scene: nothing tells how much scenes differ, so there is no interval"


def factor_accuracy(scenes: Scenes, *, alpha: float) -> Measurement:
    """The share of right predictions; ``parts`` has one row per level.

    ``scenes``: the images of one factor.

    Raises:
        ValueError: no images, or images of several factors.
    """
    if len(scenes.factors) != 1:
        raise ValueError(f"accuracy is measured for one factor at a time; got {', '.join(scenes.factors) or 'none'}")
    rows = []
    for level in scenes.levels:
        there = scenes.rows(np.asarray(scenes.level == level))
        rows.append(_row("level", level, there, share(there, alpha=alpha)))
    value, interval = share(scenes, alpha=alpha)
    each = _each(scenes, scenes.correct)
    return Measurement(value, len(scenes), interval, tuple(rows), _counts(scenes), _notes(scenes, interval), each)


def mean_accuracy(scenes: Scenes, *, alpha: float) -> Measurement:
    """The plain mean over the factors of their accuracies; ``parts`` has one row per factor.

    Every factor weighs the same, however many images it has.

    Raises:
        ValueError: no images.
    """
    factors = scenes.factors
    if not factors:
        raise ValueError("accuracy on 0 images is undefined")
    rows, values = [], []
    influence = np.zeros(len(scenes))
    for factor in factors:
        there = scenes.of(factor)
        found = share(there, alpha=alpha)
        rows.append(_row("factor", factor, there, found))
        values.append(found[0])
        influence[scenes.factor == factor] = (there.correct - found[0]) * (len(scenes) / len(factors) / len(there))
    value = float(np.mean(values))
    interval = effective_bounds(value, influence, scenes.base, alpha=alpha, kind=_kind(scenes))
    missing = [name for name in FACTORS if name not in factors]
    notes = (f"without {', '.join(missing)}, which the dataset does not have",) if missing else ()
    notes, each = (*notes, *_notes(scenes, interval)), _each(scenes, value + influence)
    return Measurement(value, len(scenes), interval, tuple(rows), _counts(scenes), notes, each)


def share(scenes: Scenes, *, alpha: float) -> tuple[float, Interval | None]:
    """The accuracy on all the images together, and its bounds; none where all show one scene."""
    value = float(scenes.correct.mean())
    if scenes.base is None or distinct(scenes.base) == len(scenes):
        return value, clopper_pearson(int(scenes.correct.sum()), len(scenes), alpha=alpha)
    return value, effective_bounds(value, scenes.correct - value, scenes.base, alpha=alpha, kind="scenes")


def _row(name: str, value: str, scenes: Scenes, found: tuple[float, Interval | None]) -> dict[str, Cell]:
    accuracy, interval = found
    return {
        name: value,
        "images": len(scenes),
        "accuracy": accuracy,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
    }


def _each(scenes: Scenes, values: NDArray[Any]) -> PerImage | None:
    """``values``: (N,); true or false are those of a proportion where images are independent."""
    if scenes.base is not None and distinct(scenes.base) < len(scenes):
        return per_image.mean(scenes.ids, values, scenes.base)
    each = per_image.proportion if values.dtype == np.bool_ else per_image.mean
    return each(scenes.ids, values)


def _kind(scenes: Scenes) -> str:
    return "images" if scenes.base is None else "scenes"


def _counts(scenes: Scenes) -> dict[str, float]:
    return {} if scenes.base is None else {"scenes": float(distinct(scenes.base))}


def _notes(scenes: Scenes, interval: Interval | None) -> tuple[str, ...]:
    if scenes.base is None:
        return (INDEPENDENT,)
    return () if interval is not None else (ONE_SCENE,)

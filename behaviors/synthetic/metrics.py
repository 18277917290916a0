"""How often a model is right while one factor changes, and on average over the factors.

Images of one scene, or of one object, are alike: where ``base`` says which, intervals go by scenes.  Clusters enter
through the effective number of images: so many independent ones would tell as much, and Clopper and Pearson's exact
bounds are taken at that number (Korn & Graubard 1998, Survey Methodology 24:193), which keeps the error near alpha for
accuracies near 1, where 64 scenes and Student's t miss the truth at the lower end 14 times in 100.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit  # scipy.stats would double the time to import

from behaviors.intervals import clopper_pearson, normal_quantile
from behaviors.measurement import Cell, Interval, Measurement
from behaviors.synthetic import FACTORS
from behaviors.synthetic.scenes import Scenes

Floats = NDArray[np.float64]

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
    return Measurement(value, len(scenes), interval, tuple(rows), _counts(scenes), _notes(scenes, interval))


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
    interval = _bounds(value, influence, scenes.base, alpha)
    missing = [name for name in FACTORS if name not in factors]
    notes = (f"without {', '.join(missing)}, which the dataset does not have",) if missing else ()
    return Measurement(value, len(scenes), interval, tuple(rows), _counts(scenes), (*notes, *_notes(scenes, interval)))


def share(scenes: Scenes, *, alpha: float) -> tuple[float, Interval | None]:
    """The accuracy on all the images together, and its bounds; none where all show one scene."""
    value = float(scenes.correct.mean())
    if scenes.base is None or np.unique(scenes.base).size == len(scenes):
        return value, clopper_pearson(int(scenes.correct.sum()), len(scenes), alpha=alpha)
    return value, _bounds(value, scenes.correct.astype(np.float64) - value, scenes.base, alpha)


def _bounds(value: float, influence: Floats, base: NDArray[np.generic] | None, alpha: float) -> Interval | None:
    """Exact bounds at the effective number of images.

    ``influence``: (N,) how far each image moves ``value``, N times over.  ``base``: None where images are independent.
    """
    images = influence.size
    codes = np.arange(images) if base is None else np.unique(base, return_inverse=True)[1]
    sums = np.bincount(codes, weights=influence)
    clusters = int(sums.size)
    if clusters < 2:
        return None
    variance = float(np.square(sums).sum()) * clusters / (clusters - 1) / images**2
    if 0 < value < 1:
        effective = min(images, value * (1 - value) / variance) if variance > 0 else images
        effective *= (normal_quantile(alpha) / float(stdtrit(clusters - 1, 1 - alpha))) ** 2
    else:
        effective = clusters  # all alike: nothing tells that a scene's images are worth more than one
    hits = value * effective
    low = float(betaincinv(hits, effective - hits + 1, alpha)) if value > 0 else 0.0
    high = float(betaincinv(hits + 1, effective - hits, 1 - alpha)) if value < 1 else 1.0
    kind = "images" if base is None else "scenes"
    return Interval(low, high, alpha, f"Korn and Graubard, by {clusters:,} {kind} worth {effective:.0f} images")


def _row(name: str, value: str, scenes: Scenes, found: tuple[float, Interval | None]) -> dict[str, Cell]:
    accuracy, interval = found
    return {
        name: value,
        "images": len(scenes),
        "accuracy": accuracy,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
    }


def _counts(scenes: Scenes) -> dict[str, float]:
    return {} if scenes.base is None else {"scenes": float(np.unique(scenes.base).size)}


def _notes(scenes: Scenes, interval: Interval | None) -> tuple[str, ...]:
    if scenes.base is None:
        return (INDEPENDENT,)
    return () if interval is not None else (ONE_SCENE,)

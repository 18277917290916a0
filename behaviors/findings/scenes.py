"""Findings about rendered scenes: one factor at a time, and the average over them."""

import math
from dataclasses import replace

import numpy as np

from behaviors.findings.accuracy import share
from behaviors.findings.conjunction import all_above, at_least
from behaviors.findings.contrasts import Contrast, above, right_more_often
from behaviors.findings.influence import Floats, Measured, Spread, by_cluster, by_image, mean_influence
from behaviors.measurement import Interval, Measurement
from behaviors.predictions import Predictions

FACTOR, BASE = "factor", "base"
"""Annotations: what was changed in an image, and (where it is known) which scene it is a version of."""


NEARLY_ALL = 0.8  # arXiv:2311.09215, "Synthetic Data": ConvNeXt is ahead on 8 of the 10 factors, both ways of training


def better_on_nearly_all(first: Predictions, second: Predictions, *, alpha: float) -> Contrast:
    """The accuracy of ``first`` is above that of ``second`` on average, and on at least four factors of five."""
    average = better_on_average("average over factors", first, second, alpha=alpha)
    single = [better_on(factor, first, second, alpha=alpha) for factor in factors_of(first)]
    needed = math.ceil(NEARLY_ALL * len(single))
    most = at_least(needed, f"at least {needed} of {len(single)} factors", single)
    return replace(all_above("nearly all", [average, most]), parts=(average, *single))


def factors_of(predictions: Predictions) -> tuple[str, ...]:
    """The factors, in the order in which the dataset has them.

    Raises:
        ValueError: the dataset does not tell them.
    """
    if FACTOR not in predictions.annotations:
        raise ValueError(f"{predictions.dataset}: needs the annotation {FACTOR!r}, what was changed in each image")
    return tuple(dict.fromkeys(map(str, predictions.annotations[FACTOR])))


def better_on(factor: str, first: Predictions, second: Predictions, *, alpha: float) -> Contrast:
    """``first`` is more accurate than ``second`` on the images of one factor."""
    rows = first.annotations[FACTOR].astype(np.str_) == factor
    right = first.correct[rows], second.correct[rows]
    one, another = (share(said.model, flags, alpha=alpha) for said, flags in zip((first, second), right, strict=True))
    if BASE not in first.annotations:
        return right_more_often(factor, one, another, right)
    base = first.annotations[BASE][rows]
    return above(factor, one, another, spreading=lambda influence: by_cluster(influence, base))


def better_on_average(label: str, first: Predictions, second: Predictions, *, alpha: float) -> Contrast:
    """The plain mean over factors of the accuracy of ``first`` is above that of ``second``."""
    return above(
        label,
        _average(first, alpha),
        _average(second, alpha),
        spreading=lambda influence: _spread(influence, first),
    )


def _average(predictions: Predictions, alpha: float) -> Measured:
    """Every factor weighs the same, however many images it has."""
    names = predictions.annotations[FACTOR].astype(np.str_)
    factors = factors_of(predictions)
    influence = np.zeros(len(predictions))
    values = []
    for factor in factors:
        rows = names == factor
        right = predictions.correct[rows]
        influence[rows] = mean_influence(right) * len(predictions) / len(factors) / right.size
        values.append(float(right.mean()))
    value, spread = float(np.mean(values)), _spread(influence, predictions)
    reach = spread.reach(alpha)
    interval = Interval(max(value - reach, 0.0), min(value + reach, 1.0), alpha, spread.method)
    return Measured(predictions.model, Measurement(value, len(predictions), interval), influence)


def _spread(influence: Floats, predictions: Predictions) -> Spread:
    base = predictions.annotations.get(BASE)
    return by_image(influence) if base is None else by_cluster(influence, base)

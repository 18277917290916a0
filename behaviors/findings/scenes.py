"""Findings about rendered scenes: one factor at a time, and the average over them."""

import math
from dataclasses import replace

import numpy as np

from behaviors.contract.predictions import Predictions
from behaviors.findings.conjunction import all_above, at_least
from behaviors.findings.contrasts import Contrast, above, right_more_often
from behaviors.findings.influence import Floats, Measured, Spread, by_cluster, by_image, mean_influence
from behaviors.synthetic.metrics import factor_accuracy, mean_accuracy
from behaviors.synthetic.scenes import Scenes, scenes

NEARLY_ALL = 0.8  # arXiv:2311.09215, "Synthetic Data": ConvNeXt is ahead on 8 of the 10 factors, both ways of training


def better_on_nearly_all(first: Predictions, second: Predictions, *, alpha: float) -> Contrast:
    """``first`` is more accurate than ``second`` on average over the factors, and on at least four factors of five."""
    average = better_on_average("average over factors", first, second, alpha=alpha)
    single = [better_on(factor, first, second, alpha=alpha) for factor in scenes(first).factors]
    needed = math.ceil(NEARLY_ALL * len(single))
    most = at_least(needed, f"at least {needed} of {len(single)} factors", single)
    return replace(all_above("nearly all", [average, most]), parts=(average, *single))


def better_on(factor: str, first: Predictions, second: Predictions, *, alpha: float) -> Contrast:
    """``first`` is more accurate than ``second`` on the images of one factor."""
    one, another = (scenes(said).of(factor) for said in (first, second))
    better, worse = (
        Measured(said.model, factor_accuracy(part, alpha=alpha), mean_influence(part.correct))
        for said, part in ((first, one), (second, another))
    )
    if one.base is None:
        return right_more_often(factor, better, worse, (one.correct, another.correct))
    return above(factor, better, worse, spreading=lambda influence: _spread(influence, one))


def better_on_average(label: str, first: Predictions, second: Predictions, *, alpha: float) -> Contrast:
    """The plain mean over factors of the accuracy of ``first`` is above that of ``second``."""
    shown = scenes(first)
    return above(
        label,
        _average(first, alpha),
        _average(second, alpha),
        spreading=lambda influence: _spread(influence, shown),
    )


def _average(predictions: Predictions, alpha: float) -> Measured:
    """Every factor weighs the same, however many images it has."""
    shown = scenes(predictions)
    influence = np.zeros(len(shown))
    for factor in shown.factors:
        rows = shown.factor == factor
        weight = len(shown) / len(shown.factors) / np.count_nonzero(rows)
        influence[rows] = weight * mean_influence(shown.correct[rows])
    return Measured(predictions.model, mean_accuracy(shown, alpha=alpha), influence)


def _spread(influence: Floats, shown: Scenes) -> Spread:
    return by_image(influence) if shown.base is None else by_cluster(influence, shown.base)

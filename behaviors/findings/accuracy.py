"""Findings about accuracy: on several datasets, and under sweeps of views of the same images."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.measurement import Interval, Measurement
from behaviors.contract.predictions import Predictions
from behaviors.findings.contrasts import Contrast, above, above_on_average, right_more_often, within
from behaviors.findings.influence import Measured, mean_influence
from behaviors.robustness.answers import right_answers
from behaviors.robustness.corruptions import Corrupted, arrange
from behaviors.robustness.metrics import accuracy, average_accuracy, corruption_accuracy
from behaviors.statistics.intervals import mean_z

Pair = tuple[Predictions, Predictions]
"""Two models on the same images, in the same order; the first should be ahead."""

Sweep = tuple[str, Sequence[Predictions]]
"""What is done to the images, in a word, and what a model says about them under each view, in the same order."""

MARGIN = 0.02
"""Accuracies nearer than this are close, as 0.005 and 0.011 are to the paper (arXiv:2311.09215, "Robustness")."""


def ahead(label: str, pair: Pair, *, alpha: float) -> Contrast:
    """The first model is more accurate than the second."""
    first, second = (accuracy_of(said, alpha=alpha) for said in pair)
    if _is_corrupted(pair[0]):
        return above(label, first, second)
    return right_more_often(label, first, second, (right_answers(pair[0]), right_answers(pair[1])))


def ahead_on_average(label: str, pairs: Mapping[str, Pair], *, alpha: float) -> Contrast:
    """The plain mean of the first model's accuracies is above that of the second's.

    ``pairs``: of the same models, by dataset; datasets are taken for independent samples of images.
    """
    measured = [tuple(accuracy_of(said, alpha=alpha) for said in pair) for pair in pairs.values()]
    shown = tuple(_average([pair[place] for pair in measured], alpha) for place in range(2))
    return above_on_average(label, [(first, second) for first, second in measured], shown)


def close_on_average(label: str, pairs: Mapping[str, Pair], *, alpha: float) -> Contrast:
    """The plain means of the two models' accuracies differ by less than ``MARGIN``, either way."""
    return within(label, ahead_on_average(label, pairs, alpha=alpha), margin=MARGIN)


def more_robust(to: Sweep, than: Sweep, *, alpha: float) -> Contrast:
    """The mean accuracy of a model over the views ``to`` is above that over ``than``, on the same images."""
    first, second = _over_views(to, alpha), _over_views(than, alpha)
    return above(f"{first.model}: {first.what} above {second.what}", first, second)


def accuracy_of(predictions: Predictions, *, alpha: float) -> Measured:
    """As the paper counts it on this dataset; where images are corrupted, each under all of them counts once."""
    if _is_corrupted(predictions):
        table = _corrupted(predictions)
        scores = 1 - table.errors()
        return Measured(predictions.model, corruption_accuracy(table, alpha=alpha), mean_influence(scores))
    right = right_answers(predictions)
    found = accuracy(right, alpha=alpha, left_out=len(predictions) - right.size)
    return Measured(predictions.model, found, mean_influence(right))


def _is_corrupted(predictions: Predictions) -> bool:
    return "corruption" in predictions.annotations


def _corrupted(predictions: Predictions) -> Corrupted:
    columns = (predictions.annotations[name] for name in ("corruption", "severity", "source"))
    return arrange(predictions.correct, *columns, drawn=predictions.drawn)


def _average(parts: Sequence[Measured], alpha: float) -> Measured:
    """One model's average, to show: nothing is compared by its influence."""
    mean = average_accuracy({str(place): part.measurement for place, part in enumerate(parts)}, alpha=alpha)
    nothing: NDArray[np.float64] = np.empty(0)
    return Measured(parts[0].model, mean, nothing)


def _over_views(sweep: Sweep, alpha: float) -> Measured:
    """The plain mean of accuracies on the same images."""
    what, views = sweep
    scores = np.mean([said.correct for said in views], axis=0)
    found = mean_z(scores, alpha=alpha)
    interval = Interval(max(found.low, 0.0), min(found.high, 1.0), alpha, "mean over images, normal")
    measurement = Measurement(float(scores.mean()), scores.size, interval)
    return Measured(views[0].model, measurement, mean_influence(scores), what)

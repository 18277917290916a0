"""Findings about accuracy: on several datasets, and under sweeps of views of the same images."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from behaviors.findings.contrasts import Contrast, above, above_on_average, right_more_often, within
from behaviors.findings.influence import Measured, mean_influence
from behaviors.intervals import mean_z
from behaviors.measurement import Interval, Measurement
from behaviors.robustness.metrics import accuracy, average_accuracy

Bools = NDArray[np.bool_]

MARGIN = 0.02
"""Accuracies nearer than this are close, as 0.005 and 0.011 are to the paper (arXiv:2311.09215, "Robustness")."""


class Duel(NamedTuple):
    """Two models on the same N images, in the same order; the first should be ahead.

    ``models``: their names.  ``right``: (N,) bool of either, where it is right.
    """

    models: tuple[str, str]
    right: tuple[Bools, Bools]


def ahead(label: str, duel: Duel, *, alpha: float) -> Contrast:
    """The first model is right on more images than the second."""
    return right_more_often(label, *_shares(duel, alpha), duel.right)


def ahead_on_average(label: str, duels: Mapping[str, Duel], *, alpha: float) -> Contrast:
    """The plain mean of the first model's accuracies is above that of the second's.

    ``duels``: of the same models, by dataset; datasets are taken for independent samples of images.
    """
    pairs = [_shares(duel, alpha) for duel in duels.values()]
    shown = tuple(_average([pair[place] for pair in pairs], alpha) for place in range(2))
    return above_on_average(label, pairs, shown)


def close_on_average(label: str, duels: Mapping[str, Duel], *, alpha: float) -> Contrast:
    """The plain means of the two models' accuracies differ by less than ``MARGIN``, either way."""
    return within(label, ahead_on_average(label, duels, alpha=alpha), margin=MARGIN)


def images_of(duels: Mapping[str, Duel]) -> int:
    """How many images there are in all datasets together."""
    return sum(duel.right[0].size for duel in duels.values())


def more_robust(label: str, model: str, to: Sequence[Bools], than: Sequence[Bools], *, alpha: float) -> Contrast:
    """The mean accuracy of a model over the views ``to`` is above that over ``than``.

    Each: (N,) bool per view, whether the model is right; the same N images.
    """
    first, second = (_over_views(name, views, alpha) for name, views in ((model, to), (model, than)))
    return above(label, first, second)


def share(model: str, right: Bools, *, alpha: float) -> Measured:
    """The accuracy of a model.  ``right``: (N,) bool."""
    return Measured(model, accuracy(right, alpha=alpha), mean_influence(right))


def _shares(duel: Duel, alpha: float) -> tuple[Measured, Measured]:
    first, second = (share(*pair, alpha=alpha) for pair in zip(duel.models, duel.right, strict=True))
    return first, second


def _average(parts: Sequence[Measured], alpha: float) -> Measured:
    """One model's average, to show: nothing is compared by its influence."""
    mean = average_accuracy({str(place): part.measurement for place, part in enumerate(parts)}, alpha=alpha)
    return Measured(parts[0].model, mean, np.empty(0))


def _over_views(model: str, right: Sequence[Bools], alpha: float) -> Measured:
    """The plain mean of accuracies on the same images."""
    scores = np.mean(np.asarray(right, dtype=np.float64), axis=0)
    found = mean_z(scores, alpha=alpha)
    interval = Interval(max(found.low, 0.0), min(found.high, 1.0), alpha, "mean over images, normal")
    return Measured(model, Measurement(float(scores.mean()), scores.size, interval), mean_influence(scores))

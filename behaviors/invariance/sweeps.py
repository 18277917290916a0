"""What a model says about the same images under the views of a sweep, weakest change first."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.predictions import Predictions
from behaviors.invariance.kinds import Kind

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sweep:
    """N images as they are, and under L views.

    ``levels``: (L,).  ``correct``: (N,) bool, as they are.  ``correct_at``, ``same_at``: (L, N) bool, whether the model
    is right, and whether it says what it said of the image as it is.
    ``probability``, ``probability_at``: (N,) and (L, N) in [0, 1], of the true class; None where it is not known.
    ``padded_at``: (L,) how many images the view runs off; None where it is not known.
    ``ids``: (N,) names of the images; None where they have none, so that nothing is said of each.
    """

    usual: float
    levels: tuple[float, ...]
    correct: Bools
    correct_at: Bools
    same_at: Bools
    probability: Floats | None = None
    probability_at: Floats | None = None
    padded_at: tuple[int, ...] | None = None
    ids: NDArray[np.str_] | None = None

    @property
    def images(self) -> int:
        """N."""
        return self.correct.size


def sweep(kind: Kind, before: Predictions, after: Mapping[float, Predictions]) -> Sweep:
    """Put together what is said of images ``before`` and ``after`` a change; ``after``: by level.

    Raises:
        ValueError: there are no images or levels, not the same images at each, or one of which no answer is known.
    """
    if not len(before) or not after:
        raise ValueError(f"{before.model} on {before.dataset}: {kind.words} needs images, and at least one level")
    for said in (before, *after.values()):
        _check(before, said)
    probability = [_true_probability(said) for said in (before, *after.values())]
    known = [row for row in probability if row is not None]
    complete = len(known) == len(probability)
    padded = [said.annotations["padded"] for said in after.values() if "padded" in said.annotations]
    return Sweep(
        usual=kind.usual,
        levels=tuple(after),
        correct=before.correct,
        correct_at=np.stack([said.correct for said in after.values()]),
        same_at=np.stack([said.predicted == before.predicted for said in after.values()]),
        probability=known[0] if complete else None,
        probability_at=np.stack(known[1:]) if complete else None,
        padded_at=tuple(int(np.count_nonzero(row)) for row in padded) if len(padded) == len(after) else None,
        ids=before.ids,
    )


def _check(before: Predictions, said: Predictions) -> None:
    who = f"{said.model} on {said.dataset} under {said.view}"
    same = said.ids is before.ids or np.array_equal(said.ids, before.ids)
    if not same or not np.array_equal(said.labels, before.labels):
        raise ValueError(f"{who}: not the same images as without a view, in the same order")
    silent = int((said.predicted < 0).sum())
    if silent:
        raise ValueError(f"{who}: no answer is known for {silent:,} of {len(said):,} images")


def _true_probability(said: Predictions) -> Floats | None:
    if said.label_log_probability is None:
        return None
    probability: Floats = np.exp(said.label_log_probability)
    return probability

"""Which predictions count as right on which variant."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.correctness import SEVERAL
from behaviors.contract.predictions import Predictions
from behaviors.statistics.valid import correct_in_sets


class Judged(NamedTuple):
    """The images that count, in the dataset's order.  ``ids``: (n,) str.  ``right``: (n,) bool, answered rightly."""

    ids: NDArray[np.str_]
    right: NDArray[np.bool_]


def judged(predictions: Predictions) -> Judged:
    """Whether each image that counts was answered rightly.

    On ReaL and Hard every valid label is right, and images without any do not count; elsewhere there is one label, and
    all images count.  Which ones count is the dataset's business: it is the same for every model.

    Raises:
        ValueError: images of ReaL or Hard without the annotation ``valid``; a single class, which is always right.
    """
    if len(predictions.classes) < 2:
        only = ", ".join(predictions.classes)
        raise ValueError(f"accuracy needs at least 2 classes to choose from; {predictions.dataset} has only {only!r}")
    if predictions.dataset not in SEVERAL:
        return Judged(predictions.ids, predictions.correct)
    if "valid" not in predictions.annotations:
        raise ValueError(
            f"{predictions.dataset} counts every valid label as right: the dataset needs the column 'valid', the class "
            "indices of each image with blanks between them"
        )
    right, counted = correct_in_sets(predictions.predicted, predictions.annotations["valid"])
    if counted.all():
        return Judged(predictions.ids, right)
    return Judged(predictions.ids[counted], right[counted])


def right_answers(predictions: Predictions) -> NDArray[np.bool_]:
    """(n,) bool: the answers of ``judged``."""
    return judged(predictions).right

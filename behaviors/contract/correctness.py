"""Which answers are right on a dataset, whatever its labels are: what two models' accuracies are compared by."""

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.per_image import PerImage, mean, names, proportion
from behaviors.contract.predictions import Predictions
from behaviors.statistics.valid import correct_in_sets

VALID, SOURCE, BASE = "valid", "source", "base"
"""Annotations: all right classes of an image; the picture that several images are versions of; the object they show."""
SEVERAL = ("real", "hard")
"""Roles whose images have a set of labels, each of which is right (annotation ``valid``)."""
CUES = ("shape", "texture", "shape_source", "texture_source", "conflict")
"""All of them, of cue conflicts; other images may be known to have a shape and a texture."""


def correctness(predictions: Predictions) -> PerImage | None:
    """What each image contributes to the accuracy: 1 where the answer is right, else 0; None where all must be right.

    Right is what ``answered_right`` says.  Versions of one picture count together, by the picture's name: their share
    of right answers.  Images of one object are one cluster.

    Raises:
        ValueError: a cell of the annotation ``valid`` holds no classes.
    """
    if len(predictions.classes) < 2:
        return None
    known = predictions.annotations
    right, counted = answered_right(predictions)
    if not counted.any():
        return None
    ids, right = predictions.ids[counted], right[counted]
    if SOURCE in known:
        return _by_picture(names(known[SOURCE])[counted], right)
    return mean(ids, right, known[BASE][counted]) if BASE in known else proportion(ids, right)


def answered_right(predictions: Predictions) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(N,) bool, whether each answer is right, and (N,) bool, whether the image counts.

    Right is the label; on ReaL and Hard any valid label of the image (images without any do not count); of cue
    conflicts the class of either cue, because which of the two is a matter of taste.

    Raises:
        ValueError: a cell of the annotation ``valid`` holds no classes.
    """
    known = predictions.annotations
    right, counted = predictions.correct, np.ones(len(predictions), dtype=np.bool_)
    if all(name in known for name in CUES):
        chosen = np.array([*predictions.classes, ""])[predictions.predicted]
        right = (chosen == names(known["shape"])) | (chosen == names(known["texture"]))
        counted = known["conflict"].astype(np.bool_)
    elif predictions.dataset in SEVERAL and VALID in known:
        right, counted = correct_in_sets(predictions.predicted, known[VALID])
    return right, counted


def _by_picture(pictures: np.ndarray, right: np.ndarray) -> PerImage | None:
    found, which, count = np.unique(pictures, return_inverse=True, return_counts=True)
    return mean(found, np.bincount(which, right) / count)

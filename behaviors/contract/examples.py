"""What a model got wrong on one dataset, to be looked at: its surest mistakes, each class, what it takes for what, and
the group of images on which it is worst.  No baseline is needed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.correctness import BASE, CUES, SOURCE, VALID, answered_right
from behaviors.contract.measurement import Cell
from behaviors.contract.predictions import Predictions
from behaviors.statistics.intervals import wilson

Bools = NDArray[np.bool_]
MISTAKES, OF_A_CLASS, CONFUSIONS = 24, 3, 24
"""So many mistakes are told of a dataset, and of one of its classes; and so many confusions."""
LEAST, LEVELS = 10, 32
"""Images that make a group, and values that an annotation may have to make groups of its images."""
ALPHA = 0.05
NO_GROUPS = {VALID, SOURCE, BASE, "padded", "shape_source", "texture_source", "conflict"}
"""Annotations that are no properties of what is in an image."""


@dataclass(frozen=True)
class Group:
    """Images that have something in common.  ``mistakes``: the surest of them, as those of ``Examples``."""

    name: str
    images: int
    right: int
    mistakes: tuple[Mapping[str, Cell], ...]


@dataclass(frozen=True)
class Examples:
    """Of one model on one dataset, without a view.

    ``images``, ``right``: how many there are, and were answered rightly.
    ``classes``: rows of class, images, right.  ``confusions``: rows of label, answer, images, the most frequent first.
    ``mistakes``: rows of id, label, answer, probability (None where it was not recorded), the surest first; not more
    than a few of each class.
    ``worst``: the group whose accuracy is surely lowest; None where nothing is known of the images.
    """

    model: str
    dataset: str
    images: int
    right: int
    classes: tuple[Mapping[str, Cell], ...]
    confusions: tuple[Mapping[str, Cell], ...]
    mistakes: tuple[Mapping[str, Cell], ...]
    worst: Group | None


def examples(predictions: Predictions) -> Examples:
    """What ``predictions`` got wrong; right is what ``correctness`` says.

    Raises:
        ValueError: a cell of the annotation ``valid`` holds no classes.
    """
    right, counted = answered_right(predictions)
    wrong = ~right & counted
    return Examples(
        model=predictions.model,
        dataset=predictions.dataset,
        images=int(counted.sum()),
        right=int((right & counted).sum()),
        classes=tuple(_classes(predictions, right, counted)),
        confusions=tuple(_confusions(predictions, wrong)),
        mistakes=tuple(_mistakes(predictions, wrong)),
        worst=_worst(predictions, right, counted),
    )


def _classes(predictions: Predictions, right: Bools, counted: Bools) -> Iterator[Mapping[str, Cell]]:
    total = np.bincount(predictions.labels[counted], minlength=len(predictions.classes))
    good = np.bincount(predictions.labels[counted & right], minlength=len(predictions.classes))
    for name, images, correct in zip(predictions.classes, total.tolist(), good.tolist(), strict=False):
        if images:
            yield {"class": name, "images": images, "right": correct}


def _confusions(predictions: Predictions, wrong: Bools) -> Iterator[Mapping[str, Cell]]:
    pairs = np.column_stack([predictions.labels[wrong], predictions.predicted[wrong]])
    found, count = np.unique(pairs, axis=0, return_counts=True)
    for place in np.lexsort((*found.T[::-1], -count))[:CONFUSIONS]:
        label, answer = found[place]
        yield {"label": _name(predictions, label), "answer": _name(predictions, answer), "images": int(count[place])}


def _mistakes(predictions: Predictions, wrong: Bools) -> Iterator[Mapping[str, Cell]]:
    rows = np.flatnonzero(wrong)
    sure = predictions.confidence[rows] if predictions.has_confidence else np.zeros(rows.size)
    told: dict[int, int] = {}
    for row in rows[np.lexsort((rows, -sure))]:
        label = int(predictions.labels[row])
        told[label] = told.get(label, 0) + 1
        if told[label] <= OF_A_CLASS:
            yield _mistake(predictions, int(row))
        if sum(min(count, OF_A_CLASS) for count in told.values()) == MISTAKES:
            return


def _mistake(predictions: Predictions, row: int) -> Mapping[str, Cell]:
    known = predictions.annotations
    label = _name(predictions, predictions.labels[row])
    if all(name in known for name in CUES):
        label = f"{known['shape'][row]} made of {known['texture'][row]}"
    return {
        "id": str(predictions.ids[row]),
        "label": label,
        "answer": _name(predictions, predictions.predicted[row]),
        "probability": float(predictions.confidence[row]) if predictions.has_confidence else None,
    }


def _worst(predictions: Predictions, right: Bools, counted: Bools) -> Group | None:
    """The group that even its upper bound leaves lowest: a few unlucky images are no group."""
    found: tuple[float, str, Bools, int, int] | None = None
    for names, codes in _groupings(predictions):
        total = np.bincount(codes[counted], minlength=len(names)).tolist()
        good = np.bincount(codes[counted & right], minlength=len(names)).tolist()
        for place, name in enumerate(names):
            if name and LEAST <= total[place] < counted.sum():
                bound = wilson(good[place], total[place], alpha=ALPHA).high
                if found is None or bound < found[0]:
                    found = bound, name, codes == place, total[place], good[place]
    if found is None:
        return None
    _, name, members, images, correct = found
    return Group(name, images, correct, tuple(_mistakes(predictions, members & counted & ~right)))


def _groupings(predictions: Predictions) -> Iterator[tuple[Sequence[str], NDArray[np.int64]]]:
    """The classes, and every annotation that tells a property: names of the groups, and (N,) in which an image is.

    A group without a name is none: the images that do not have a property.
    """
    yield [f"class {name}" for name in predictions.classes], predictions.labels
    for name, column in predictions.annotations.items():
        words = name.replace("_", " ")
        if name in NO_GROUPS:
            continue
        if column.dtype == np.bool_:
            yield ["", words], column.astype(np.int64)
        elif column.dtype.kind in "iuU":
            values, codes = np.unique(column, return_inverse=True)
            if len(values) <= LEVELS:
                yield [f"{words} {value}" for value in values], codes.astype(np.int64)


def _name(predictions: Predictions, index: np.int64) -> str:
    return predictions.classes[index] if 0 <= index < len(predictions.classes) else "no answer"

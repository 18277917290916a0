"""The same images, in the same order: what makes a comparison of two models a paired one."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.predictions import Predictions
from behaviors.statistics.columns import distinct


def paired(first: Predictions, *others: Predictions) -> tuple[Predictions, ...]:
    """All predictions in the order of the first one's images, joined by id.

    Raises:
        ValueError: an id stands twice, the images are not the same, or an image has not the same label everywhere.
    """
    _check_unique(first)
    return first, *(_like(first, other) for other in others)


def _like(first: Predictions, other: Predictions) -> Predictions:
    if other.ids is first.ids or np.array_equal(first.ids, other.ids):
        return _same_labels(first, other, other)
    _check_unique(other)
    missing = np.setdiff1d(first.ids, other.ids)
    foreign = np.setdiff1d(other.ids, first.ids)
    if missing.size or foreign.size:
        some = str((missing if missing.size else foreign)[0])
        raise ValueError(
            f"{_who(first)} and {_who(other)} cannot be compared image by image: {missing.size:,} images are only in"
            f" the first, {foreign.size:,} only in the second ({some!r}, say); predict the same images with both"
        )
    return _same_labels(first, other, _in_order(other, _places(first.ids, other.ids)))


def _same_labels(first: Predictions, other: Predictions, joined: Predictions) -> Predictions:
    if (different := int(np.count_nonzero(joined.labels != first.labels))) or joined.classes != first.classes:
        raise ValueError(
            f"{_who(first)} and {_who(other)} cannot be compared: {different:,} images have another label, or the"
            " classes differ; both must have been asked the same"
        )
    return joined


def _places(wanted: NDArray[np.str_], ids: NDArray[np.str_]) -> NDArray[np.intp]:
    """Where each wanted id stands among ``ids``, which hold the same names."""
    order = np.argsort(ids)
    return order[np.searchsorted(ids, wanted, sorter=order)]


def _in_order(predictions: Predictions, rows: NDArray[np.intp]) -> Predictions:
    arrays: dict[str, Any] = {
        entry.name: value[rows]
        for entry in fields(predictions)
        if isinstance(value := getattr(predictions, entry.name), np.ndarray)
    }
    annotations = {name: column[rows] for name, column in predictions.annotations.items()}
    return replace(predictions, **arrays, annotations=annotations)


def _check_unique(predictions: Predictions) -> None:
    if distinct(predictions.ids) < predictions.ids.size:
        raise ValueError(f"{_who(predictions)}: an image stands twice; a comparison needs each image once")
    if not predictions.ids.size:
        raise ValueError(f"{_who(predictions)}: there are no images to compare on")


def _who(predictions: Predictions) -> str:
    view = "" if predictions.view == "identity" else f" under {predictions.view}"
    return f"{predictions.model} on {predictions.dataset}{view}"

"""Predictions made by hand."""

from collections.abc import Mapping, Sequence

import numpy as np

from behaviors.contract.predictions import Predictions

CLASSES = ("ant", "bee", "cat", "dog")


def says(
    predicted: Sequence[int],
    *,
    labels: Sequence[int] | None = None,
    confidence: float | Sequence[float] = 0.9,
    model: str = "one",
    dataset: str = "val",
    view: str = "identity",
    classes: tuple[str, ...] = CLASSES,
    annotations: Mapping[str, Sequence[object]] | None = None,
    ids: Sequence[str] | None = None,
) -> Predictions:
    """A model that says ``predicted``, class by index; the labels are 0 unless given."""
    best = np.asarray(predicted, dtype=np.int64)
    return Predictions(
        model=model,
        dataset=dataset,
        view=view,
        classes=classes,
        ids=np.array([f"{index:05d}" for index in range(best.size)] if ids is None else ids),
        labels=np.zeros_like(best) if labels is None else np.asarray(labels, dtype=np.int64),
        top_classes=best[:, None],
        top_probabilities=np.broadcast_to(np.asarray(confidence, dtype=np.float64), best.shape)[:, None],
        annotations={name: np.asarray(column) for name, column in (annotations or {}).items()},
    )


def right(flags: Sequence[bool], **more: object) -> Predictions:
    """A model that is right where ``flags`` says so."""
    return says(np.where(np.asarray(flags), 0, 1), **more)

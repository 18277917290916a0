"""Which cue each decision followed; what is no cue conflict is refused with a sentence, never turned into a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.predictions import Predictions
from behaviors.statistics.clusters import ratio_influence

Bools = NDArray[np.bool_]
Names = NDArray[np.str_]

CUES = ("shape", "texture", "shape_source", "texture_source", "conflict")
"""The annotations that a dataset of cue conflicts must have."""


@dataclass(frozen=True)
class Decisions:
    """What a model said about N images, each of the shape of one class and the texture of another.

    ``shape``, ``texture``: (N,) bool, whether the predicted class is that of the cue; never both, often neither.
    ``category``: (N,) str, the class of the shape.  ``shape_source``, ``texture_source``: (N,) str, the two pictures
    that an image was made from.  ``ids``: (N,) str, names of the images; None where they have none, so that nothing is
    said of each.  Lengths that differ, no images, or a decision for both cues: ValueError.
    """

    shape: Bools
    texture: Bools
    category: Names
    shape_source: Names
    texture_source: Names
    ids: Names | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be decisions."""
        sizes = {name: len(column) for name, column in self.columns().items()}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"every image needs one value of each; there are {sizes}")
        if not len(self):
            raise ValueError("there is no image whose cues conflict: nothing tells shape from texture")
        if both := int(np.count_nonzero(self.shape & self.texture)):
            raise ValueError(f"a decision follows one cue: {both:,} of {len(self):,} count for shape and for texture")

    def __len__(self) -> int:
        return len(self.shape)

    @property
    def decided(self) -> Bools:
        """(N,) bool: whether the decision followed either cue."""
        return self.shape | self.texture

    @property
    def influence(self) -> NDArray[np.float64]:
        """(N,) float64: how far each image moves the shape fraction; the same images in the same order for every model.

        The difference of two models' values goes into ``two_way_variance`` for that of their shape fractions.

        Raises:
            ValueError: no decision followed a cue.
        """
        return ratio_influence(self.shape, self.decided)

    def of(self, category: str) -> "Decisions":
        """The images of one shape category."""
        rows = self.category == category
        return Decisions(**{name: column[rows] for name, column in self.columns().items()})

    def columns(self) -> dict[str, NDArray[Any]]:
        """Those that are known."""
        every = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: column for name, column in every.items() if column is not None}


def decisions(predictions: Predictions) -> Decisions:
    """The decisions on the images whose cues conflict; the others say nothing about either cue.

    Raises:
        ValueError: the dataset does not tell cues and sources; no image's cues conflict.
    """
    cues = _cues(predictions)
    rows = cues["conflict"].astype(np.bool_)
    classes = np.array([*predictions.classes, ""])  # -1, no answer, is the name of no cue
    chosen = classes[predictions.predicted[rows]]
    shape, texture = cues["shape"][rows].astype(np.str_), cues["texture"][rows].astype(np.str_)
    return Decisions(
        shape=chosen == shape,
        texture=chosen == texture,
        category=shape,
        shape_source=cues["shape_source"][rows].astype(np.str_),
        texture_source=cues["texture_source"][rows].astype(np.str_),
        ids=predictions.ids[rows],
    )


def _cues(predictions: Predictions) -> Mapping[str, NDArray[np.generic]]:
    """The five annotations, if they are of this model's classes."""
    who = f"{predictions.dataset}: a cue conflict"
    missing = [name for name in CUES if name not in predictions.annotations]
    if missing:
        there = ", ".join(predictions.annotations) or "none"
        raise ValueError(
            f"{who} needs the annotations {', '.join(CUES)}; {missing[0]!r} is not among those there are ({there})"
        )
    cues = {name: np.asarray(predictions.annotations[name]) for name in CUES}
    if not np.isin(cues["conflict"], (False, True)).all():
        raise ValueError(f"{who} is marked by the annotation 'conflict' as true or false")
    known = set(predictions.classes)
    for name in ("shape", "texture"):
        strange = sorted({str(value) for value in cues[name]} - known)
        if strange:
            raise ValueError(f"{who} shows classes: its {name} {strange[0]!r} is none ({len(strange)} such names)")
    return cues

"""Which images a model got wrong and which factors they carry; what says neither is refused with a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.predictions import Predictions
from behaviors.mistakes import FACTORS

Bools = NDArray[np.bool_]
Annotations = Mapping[str, NDArray[np.generic]]

PROTOTYPE, ANNOTATED, TOP = "prototype", "annotated", "top"
"""Annotations beside the factors: what takes no part, what is known at all, and the one factor that stands out."""


@dataclass(frozen=True)
class Errors:
    """A model's errors on N annotated images that are no prototypes of their class.

    ``wrong``: (N,) bool.  ``carries``: (N, F) bool, whether the image carries the factor; it may carry several or none.
    ``factors``: (F,) names.  ``prototypes``, ``unknown``: how many images are left out as prototypes, or because nobody
    annotated them.  ``ids``: (N,) str, names of the images; None where they have none, so that nothing is said of each.
    No images, other shapes, or a factor that stands twice: ValueError.
    """

    wrong: Bools
    carries: Bools
    factors: tuple[str, ...] = FACTORS
    prototypes: int = 0
    unknown: int = 0
    ids: NDArray[np.str_] | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be errors."""
        for name in ("wrong", "carries"):
            if getattr(self, name).dtype != np.bool_:
                raise ValueError(f"{name} must be true or false; got {getattr(self, name).dtype}")
        if self.wrong.ndim != 1 or self.carries.shape != (self.wrong.size, len(self.factors)):
            raise ValueError(
                f"every image needs one answer and {len(self.factors)} factors; wrong has shape {self.wrong.shape}, "
                f"carries {self.carries.shape}"
            )
        if len(set(self.factors)) < len(self.factors):
            raise ValueError(f"a factor stands twice: {', '.join(self.factors)}")
        if not self.wrong.size:
            raise ValueError(
                f"there is no image to judge: {self.prototypes:,} are prototypes, {self.unknown:,} are not annotated"
            )

    def __len__(self) -> int:
        return self.wrong.size

    def counts(self, factor: str) -> tuple[int, int]:
        """How many images with the factor are wrong, and how many there are."""
        rows = self.carries[:, self.factors.index(factor)]
        return int(np.count_nonzero(self.wrong & rows)), int(np.count_nonzero(rows))


def errors(predictions: Predictions) -> Errors:
    """The errors on the annotated images that are no prototypes.

    The annotations are a bool column for each factor; or, where there is none of them, the column ``top``, which names
    the one factor of each image (or none: empty).  Further bool columns: ``prototype``, which images to leave out, and
    ``annotated``, which images the others speak of (left out: all).

    Raises:
        ValueError: factors or prototypes are not annotated, or not as said.
    """
    who, notes = predictions.dataset, predictions.annotations
    carries = _factors(who, notes)
    prototype = _flags(who, notes, PROTOTYPE)
    annotated = _flags(who, notes, ANNOTATED) if ANNOTATED in notes else np.ones(len(predictions), dtype=np.bool_)
    kept = annotated & ~prototype
    return Errors(
        wrong=~predictions.correct[kept],
        carries=carries[kept],
        prototypes=int(np.count_nonzero(annotated & prototype)),
        unknown=int(np.count_nonzero(~annotated)),
        ids=predictions.ids[kept],
    )


def _factors(who: str, notes: Annotations) -> Bools:
    """(N, 16) bool."""
    missing = [factor for factor in FACTORS if factor not in notes]
    if not missing:
        return np.stack([_flags(who, notes, factor) for factor in FACTORS], axis=1)
    if len(missing) == len(FACTORS) and TOP in notes:
        return _of_top(who, np.asarray(notes[TOP]).astype(np.str_))
    there = ", ".join(notes) or "none"
    raise ValueError(
        f"{who}: mistakes are judged by ImageNet-X's {len(FACTORS)} factors, a column of true or false for each or one "
        f"called {TOP!r} that names it; {missing[0]!r} is not among the annotations there are ({there})"
    )


def _of_top(who: str, top: NDArray[np.str_]) -> Bools:
    strange = sorted(set(top.tolist()) - {*FACTORS, ""})
    if strange:
        raise ValueError(
            f"{who}: the annotation {TOP!r} names the factor {strange[0]!r}; there are {', '.join(FACTORS)}"
        )
    return np.stack([top == factor for factor in FACTORS], axis=1)


def _flags(who: str, notes: Annotations, name: str) -> Bools:
    if name not in notes:
        raise ValueError(
            f"{who}: which images are prototypes of their class, and take no part in error ratios? "
            f"The annotation {name!r} must say so, true or false for each"
        )
    values = np.asarray(notes[name])
    if not np.isin(values, (0, 1)).all():
        raise ValueError(f"{who}: the annotation {name!r} must be true or false for every image")
    return values.astype(np.bool_)

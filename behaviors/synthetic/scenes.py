"""What is known of rendered images and of what a model said: which factor changed, how far, in which scene."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.predictions import Predictions
from behaviors.statistics.columns import frozen
from behaviors.statistics.valid import correct_in_sets
from behaviors.synthetic import FACTORS


@dataclass(frozen=True)
class Scenes:
    """One row per image, of one factor or of several.

    ``correct``: (N,) bool.  ``factor``: (N,) str.
    ``level``: (N,) str, the setting of the factor (``30``, ``beach``); None where it is not known.
    ``step``: (N,) int, the place of the level in its sweep; None where levels come in the order of the images.
    ``base``: (N,) names of what the images of a sweep share: one scene or object at all levels of all factors; None
    where it is not known.
    ``ids``: (N,) names of the images; None where they have none, so that nothing is said of each.
    """

    correct: NDArray[np.bool_]
    factor: NDArray[np.str_]
    level: NDArray[np.str_] | None = None
    step: NDArray[np.int64] | None = None
    base: NDArray[np.generic] | None = None
    ids: NDArray[np.str_] | None = None

    def __post_init__(self) -> None:
        shape = (self.correct.size,)
        for name in ("correct", "factor", "level", "step", "base", "ids"):
            column = getattr(self, name)
            if column is not None and column.shape != shape:
                raise ValueError(
                    f"every image needs a {name}: it has shape {column.shape}, there are {shape[0]} images"
                )

    def __len__(self) -> int:
        return self.correct.size

    @property
    def factors(self) -> tuple[str, ...]:
        """Those that occur: the ten of PUG-ImageNet in the paper's order, then others as they come."""
        found = dict.fromkeys(self.factor.tolist())
        return (*(name for name in FACTORS if name in found), *(name for name in found if name not in FACTORS))

    @property
    def levels(self) -> tuple[str, ...]:
        """Those that occur, by step or else as they come; none where levels are not known.

        Raises:
            ValueError: a level stands at several steps.
        """
        if self.level is None:
            return ()
        names = list(dict.fromkeys(self.level.tolist()))
        if self.step is None:
            return tuple(names)
        steps = {name: np.unique(self.step[self.level == name]) for name in names}
        if twice := [name for name in names if steps[name].size > 1]:
            raise ValueError(f"the level {twice[0]!r} stands at several steps: {', '.join(map(str, steps[twice[0]]))}")
        return tuple(sorted(names, key=lambda name: int(steps[name][0])))

    def of(self, factor: str) -> "Scenes":
        """The images of one factor."""
        return self.rows(self.factor == factor)

    def rows(self, chosen: NDArray[np.bool_]) -> "Scenes":
        """Some of the images; ``chosen``: (N,) bool."""
        return Scenes(
            self.correct[chosen],
            self.factor[chosen],
            None if self.level is None else self.level[chosen],
            None if self.step is None else self.step[chosen],
            None if self.base is None else frozen(self.base[chosen]),
            None if self.ids is None else frozen(self.ids[chosen]),
        )


def scenes(predictions: Predictions) -> Scenes:
    """From the annotations ``factor`` and, where there are such, ``valid``, ``level``, ``step`` and ``base``.

    A prediction is right if it is one of the image's ``valid`` classes or, where the dataset has no such column, its
    label.

    Raises:
        ValueError: no images, no factor, or an image that no answer would be right for.
    """
    known = predictions.annotations
    if "factor" not in known:
        raise ValueError(f"{predictions.dataset}: needs the annotation 'factor', what was changed in each image")
    if not len(predictions):
        raise ValueError(f"{predictions.dataset}: accuracy on 0 images is undefined")
    return Scenes(
        correct(predictions),
        known["factor"].astype(np.str_, copy=False),
        known["level"].astype(np.str_, copy=False) if "level" in known else None,
        known["step"].astype(np.int64, copy=False) if "step" in known else None,
        known.get("base"),
        predictions.ids,
    )


def correct(predictions: Predictions) -> NDArray[np.bool_]:
    """(N,) bool: whether the model is right, as a dataset of rendered scenes counts it.

    Raises:
        ValueError: an image has no valid class.
    """
    if "valid" not in predictions.annotations:
        return predictions.correct
    right, counted = correct_in_sets(predictions.predicted, predictions.annotations["valid"])
    if not counted.all():
        raise ValueError(
            f"{predictions.dataset}: no class is valid for {int((~counted).sum()):,} images, such as "
            f"{predictions.ids[int(np.argmin(counted))]}; every rendered image shows something"
        )
    return right

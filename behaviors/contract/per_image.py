"""What each image contributes to a number, so that two models can be compared image by image."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.statistics.columns import distinct
from behaviors.statistics.interval import Kind

__all__ = ["Kind", "PerImage", "folded", "mean", "names", "proportion", "together"]


@dataclass(frozen=True, eq=False)
class PerImage:
    """One row per image that took part, in any order; two models are compared on rows with the same id.

    ``ids``: (N,) str, unique; of several datasets, ``dataset:id``.
    ``values``: (N,) float64.  Of the kinds ``proportion`` and ``mean`` their mean is the measured number, to first
    order: of an estimate that is no mean, value + influence, so that the variance of the mean of the differences of two
    models' values is that of the difference of their numbers.  Of the kind ``gaps``: confidence - correct.
    ``clusters``: no, one or two columns, (N,) each: images with the same name in one of them are not independent.
    ``bins``: (N,) int64, of the kind ``gaps``: the bin that the confidence falls in; else None.
    ``part``: of the kind ``gaps``: whether all of the folded sum, its over- or its under-confident part is meant.
    """

    ids: NDArray[np.str_]
    values: NDArray[np.float64]
    kind: Kind = "mean"
    clusters: tuple[NDArray[np.str_], ...] = ()
    bins: NDArray[np.int64] | None = None
    part: Literal["both", "over", "under"] = "both"

    def __post_init__(self) -> None:
        count = self.ids.size
        columns = (self.values, *self.clusters, *(() if self.bins is None else (self.bins,)))
        if self.ids.ndim != 1 or any(column.shape != (count,) for column in columns):
            raise ValueError(f"every image needs one value of each kind; there are {count:,} ids")
        unique = distinct(self.ids)
        if unique != count:
            raise ValueError(f"{count - unique:,} of {count:,} images stand there twice")
        if not np.isfinite(self.values).all():
            raise ValueError("an image contributes NaN or infinity")
        if (self.bins is None) != (self.kind != "gaps") or len(self.clusters) > 2:
            raise ValueError("bins belong to the kind 'gaps', and images cluster in at most two ways")

    @property
    def units(self) -> int:
        """How many images, or clusters of them, are independent; of two kinds of clusters the fewer."""
        return min((distinct(names) for names in self.clusters), default=int(self.ids.size))

    @property
    def number(self) -> float:
        """What the rows make: their mean, or the folded sum of their gaps."""
        if self.bins is None:
            return float(self.values.mean())
        gaps = np.bincount(self.bins, weights=self.values) / self.values.size
        parts = {"both": np.abs(gaps), "over": np.maximum(gaps, 0), "under": np.maximum(-gaps, 0)}
        return float(parts[self.part].sum())


def proportion(ids: ArrayLike | None, right: ArrayLike) -> PerImage | None:
    """Of a share of images, by true or false for each; None where the images have no ids."""
    return None if ids is None else PerImage(names(ids), np.asarray(right, dtype=np.float64), "proportion")


def mean(ids: ArrayLike | None, values: ArrayLike, *clusters: ArrayLike) -> PerImage | None:
    """Of a mean, or of what moves like one (see ``PerImage``); None where the images have no ids."""
    if ids is None:
        return None
    return PerImage(names(ids), np.asarray(values, dtype=np.float64), clusters=tuple(map(names, clusters)))


def folded(
    ids: ArrayLike | None, gaps: ArrayLike, bins: ArrayLike, part: Literal["both", "over", "under"] = "both"
) -> PerImage | None:
    """Of an ECE or one of its parts: confidence - correct and the bin of each image; None where they have no ids."""
    if ids is None:
        return None
    index = np.asarray(bins, dtype=np.int64)
    return PerImage(names(ids), np.asarray(gaps, dtype=np.float64), "gaps", bins=index, part=part)


def together(value: float, slopes: Mapping[str, float], parts: Mapping[str, PerImage | None]) -> PerImage | None:
    """Of a number that depends on the means of several datasets, such as an average of accuracies.

    ``value``: the number.  ``slopes``: by dataset, how far the number moves when that mean does.  ``parts``: of the
    kinds ``proportion`` and ``mean``.  Images of one id are of one cluster: several datasets may show the same image,
    once with another label (ReaL) or corrupted.  None where some dataset's images are not known.
    """
    known = {name: part for name, part in parts.items() if part is not None}
    if len(known) < len(parts):
        return None
    images = sum(part.ids.size for part in known.values())
    weighed = [
        slopes[name] * (part.values - part.values.mean()) * images / part.ids.size for name, part in known.items()
    ]
    ids = np.concatenate([part.ids for part in known.values()])
    named = np.concatenate([np.char.add(f"{name}:", part.ids) for name, part in known.items()])
    return mean(named, value + np.concatenate(weighed), ids)


def names(values: ArrayLike) -> NDArray[np.str_]:
    """(N,) str."""
    found: NDArray[np.str_] = np.asarray(values).astype(np.str_, copy=False)
    return found

"""The same images under every corruption at every severity: a table of right and wrong, image by image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.contract.measurement import Cell
from behaviors.contract.predictions import Predictions
from behaviors.statistics.columns import codes


@dataclass(frozen=True)
class Corrupted:
    """``wrong``: (images, corruptions, severities) bool; ``corruptions``: names; ``severities``: ascending.

    ``sources``: (images,) names of the images that were corrupted; None where they have none, and nothing is said of
    each.  ``seen``: which of ``wrong`` are known, where versions of each image were drawn at random; None: all.
    """

    wrong: NDArray[np.bool_]
    corruptions: tuple[str, ...]
    severities: tuple[int, ...]
    sources: NDArray[np.str_] | None = None
    seen: NDArray[np.bool_] | None = None

    @property
    def images(self) -> int:
        """How many images there are, under each corruption or some of them."""
        return len(self.wrong)

    @property
    def versions(self) -> int:
        """How many corrupted images there are."""
        return self.wrong.size if self.seen is None else int(self.seen.sum())

    def errors(self) -> NDArray[np.float64]:
        """(images,): of its versions, the share that is answered wrongly."""
        found: NDArray[np.float64] = self._mean((1, 2))
        return found

    def relative_errors(self, base: NDArray[np.float64]) -> NDArray[np.float64]:
        """(images,): the mean over corruptions of its errors / ``base``, (corruptions,); or over the versions drawn."""
        if self.seen is None:
            found: NDArray[np.float64] = (self.wrong.mean(axis=2) / base).mean(axis=1)
            return found
        drawn: NDArray[np.float64] = np.mean(self.wrong / base[:, None], axis=(1, 2), where=self.seen)
        return drawn

    def most(self, base: NDArray[np.float64]) -> float:
        """What no image's relative errors can exceed, whichever of its versions are drawn."""
        if self.seen is None:
            return float((1 / base).mean())
        fewest = int(self.seen.sum(axis=(1, 2)).min())
        return float(np.sort(np.repeat(1 / base, len(self.severities)))[-fewest:].mean())

    def by_corruption(self) -> NDArray[np.float64]:
        """(corruptions,): errors over images and severities."""
        found: NDArray[np.float64] = self._mean((0, 2))
        return found

    def rows(self) -> tuple[dict[str, Cell], ...]:
        """One row per corruption and severity, of which some image is there."""
        images = np.full(self.wrong.shape[1:], self.images) if self.seen is None else self.seen.sum(axis=0)
        right = (~self.wrong if self.seen is None else self.seen & ~self.wrong).sum(axis=0)
        return tuple(
            {"corruption": name, "severity": level, "images": there, "accuracy": int(right[c, s]) / there}
            for c, name in enumerate(self.corruptions)
            for s, level in enumerate(self.severities)
            if (there := int(images[c, s]))
        )

    def _mean(self, axis: tuple[int, ...]) -> NDArray[np.float64]:
        """Counts are whole, so that how they are added up does not matter."""
        if self.seen is None:
            return np.asarray(self.wrong.mean(axis=axis))
        return np.asarray((self.wrong & self.seen).sum(axis=axis) / self.seen.sum(axis=axis))


def together(parts: Sequence[Predictions]) -> Corrupted:
    """Put what a model chose on corrupted images into its place; ``parts``: one after the other.

    Raises:
        ValueError: as ``arrange``.
    """
    first = parts[0]
    kinds = [np.unique(part.annotations["corruption"]).tolist() for part in parts]
    levels = [np.unique(part.annotations["severity"]).tolist() for part in parts]
    named = list(dict.fromkeys(kind for some in kinds for kind in some))
    found = sorted({level for some in levels for level in some})
    cells = {(kind[0], level[0]) for kind, level in zip(kinds, levels, strict=True)}
    alike = all(part.annotations["source"] is first.annotations["source"] for part in parts)
    if not alike or len(parts) == 1 or not len(named) * len(found) == len(cells) == len(parts):
        return _from_rows(parts)
    wrong = np.empty((len(first), len(named), len(found)), dtype=np.bool_)
    for part, [kind], [level] in zip(parts, kinds, levels, strict=True):
        wrong[:, named.index(kind), found.index(level)] = ~part.correct
    sources = first.annotations["source"].astype(np.str_)
    order = np.argsort(sources)
    return Corrupted(wrong[order], tuple(named), tuple(map(int, found)), sources[order])


def _from_rows(parts: Sequence[Predictions]) -> Corrupted:
    columns = [
        np.concatenate([part.annotations[name] for part in parts]) for name in ("corruption", "severity", "source")
    ]
    return arrange(np.concatenate([part.correct for part in parts]), *columns, drawn=parts[0].drawn)


def arrange(
    correct: ArrayLike, corruption: ArrayLike, severity: ArrayLike, source: ArrayLike, *, drawn: bool = False
) -> Corrupted:
    """Put one row per corrupted image into its place.

    ``correct``: (N,) bool. ``corruption``: (N,) str. ``severity``: (N,) int. ``source``: (N,) str, the image that was
    corrupted.  ``drawn``: whether these are some versions of each image, drawn at random.

    Raises:
        ValueError: no images; rows of different lengths; an image is missing under some corruption and nothing was
            drawn, or there twice.
    """
    right = np.asarray(correct, dtype=np.bool_)
    names, severities, sources = np.asarray(corruption), np.asarray(severity), np.asarray(source)
    if right.size == 0:
        raise ValueError("accuracy on 0 corrupted images is undefined")
    if not right.shape == names.shape == severities.shape == sources.shape == (right.size,):
        raise ValueError("every corrupted image needs one value of each: correct, corruption, severity, source")
    which = codes(names)
    first = np.full(int(which.max()) + 1, names.size)
    np.minimum.at(first, which, np.arange(names.size))
    kinds = names[first]
    order = np.argsort(np.argsort(first))  # corruptions as they come, not by the alphabet
    levels, level = np.unique(severities, return_inverse=True)
    image = codes(sources)
    images = np.empty(int(image.max()) + 1, dtype=sources.dtype)
    images[image] = sources
    seen = np.zeros((len(images), len(kinds), len(levels)), dtype=np.int64)
    wrong = np.zeros(seen.shape, dtype=np.bool_)
    place = (image, order[which], level)
    flat = np.ravel_multi_index(place, seen.shape)
    seen += np.bincount(flat, minlength=seen.size).reshape(seen.shape)
    wrong[place] = ~right
    listed = [str(kinds[k]) for k in np.argsort(first)]
    objection = seen > 1 if drawn else seen != 1
    if objection.any():
        i, c, s = (int(axis[0]) for axis in np.nonzero(objection))
        times = "is missing" if seen[i, c, s] == 0 else f"stands {seen[i, c, s]} times"
        raise ValueError(
            f"{images[i]} {times} under {listed[c]} at severity {levels[s]}: every image must be there once"
        )
    some = None if (seen == 1).all() else seen == 1
    return Corrupted(wrong, tuple(listed), tuple(int(value) for value in levels), images.astype(np.str_), some)

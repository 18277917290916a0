"""The same images under every corruption at every severity: a table of right and wrong, image by image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.contract.measurement import Cell
from behaviors.statistics.columns import codes


@dataclass(frozen=True)
class Corrupted:
    """``wrong``: (images, corruptions, severities) bool; ``corruptions``: names; ``severities``: ascending.

    ``sources``: (images,) names of the images that were corrupted; None where they have none, and nothing is said of
    each.
    """

    wrong: NDArray[np.bool_]
    corruptions: tuple[str, ...]
    severities: tuple[int, ...]
    sources: NDArray[np.str_] | None = None

    @property
    def images(self) -> int:
        """How many images there are under each corruption."""
        return len(self.wrong)

    def rows(self) -> tuple[dict[str, Cell], ...]:
        """One row per corruption and severity."""
        accuracy = 1 - self.wrong.mean(axis=0)
        return tuple(
            {"corruption": name, "severity": level, "images": self.images, "accuracy": float(accuracy[c, s])}
            for c, name in enumerate(self.corruptions)
            for s, level in enumerate(self.severities)
        )


def arrange(correct: ArrayLike, corruption: ArrayLike, severity: ArrayLike, source: ArrayLike) -> Corrupted:
    """Put one row per corrupted image into its place.

    ``correct``: (N,) bool. ``corruption``: (N,) str. ``severity``: (N,) int. ``source``: (N,) str, the image that was
    corrupted.

    Raises:
        ValueError: no images; rows of different lengths; an image is missing under some corruption, or there twice.
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
    if (seen != 1).any():
        i, c, s = (int(axis[0]) for axis in np.nonzero(seen != 1))
        times = "is missing" if seen[i, c, s] == 0 else f"stands {seen[i, c, s]} times"
        raise ValueError(
            f"{images[i]} {times} under {listed[c]} at severity {levels[s]}: every image must be there once"
        )
    return Corrupted(wrong, tuple(listed), tuple(int(value) for value in levels), images.astype(np.str_))

"""Images with several right answers: a prediction is right if it is one of them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.statistics.columns import once

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def correct_in_sets(predicted: ArrayLike, valid: ArrayLike) -> tuple[Bools, Bools]:
    """Whether each prediction is among the image's valid classes, and whether the image counts at all.

    ``predicted``: (N,) int, class indices.  ``valid``: (N,) text, the indices of the image's valid classes with blanks
    between them, such as ``"3 7"``; an image without any takes no part (as in ReaL, arXiv:2006.07159).
    Returns two rows (N,) bool: right (False where it does not count), and counted.

    Raises:
        ValueError: rows of different lengths, or a cell that holds something else.

    >>> right, counted = correct_in_sets([3, 1, 5], ["3 7", "2", ""])
    >>> right.tolist(), counted.tolist()
    ([True, False, False], [True, True, False])
    """
    classes, cells = np.asarray(predicted), np.asarray(valid)
    if classes.ndim != 1 or classes.shape != cells.shape:
        raise ValueError(f"every prediction needs its valid classes; got {classes.shape} and {cells.shape}")
    valid, image, length = once("valid", cells, _sets)
    right: Bools = np.bincount(image, classes[image] == valid, minlength=len(classes)) > 0
    return right, length > 0


def _sets(cells: NDArray[np.str_]) -> tuple[Ints, Ints, Ints]:
    """All valid classes in one row and the image that each is valid for, (P,); how many each image has, (N,)."""
    different, which = np.unique(cells, return_inverse=True)
    sets = [_classes(str(cell)) for cell in different]
    length = np.array([len(one) for one in sets], dtype=np.int64)
    flat = np.array([k for one in sets for k in one], dtype=np.int64)
    start, size = (np.cumsum(length) - length)[which], length[which]
    image = np.repeat(np.arange(len(cells)), size)
    place = np.arange(image.size) - np.repeat(np.cumsum(size) - size, size)
    return flat[start[image] + place], image, size


def _classes(cell: str) -> frozenset[int]:
    parts = cell.split()
    wrong = [part for part in parts if not (part.isascii() and part.isdecimal())]
    if wrong:
        raise ValueError(
            f"the valid classes {cell!r} must be class indices with blanks between them; {wrong[0]!r} is none"
        )
    return frozenset(int(part) for part in parts)

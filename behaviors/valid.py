"""Images with several right answers: a prediction is right if it is one of them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bools = NDArray[np.bool_]


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
    sets = {cell: _classes(str(cell)) for cell in np.unique(cells)}
    right = np.array([int(k) in sets[cell] for k, cell in zip(classes, cells, strict=True)], dtype=np.bool_)
    counted = np.array([bool(sets[cell]) for cell in cells], dtype=np.bool_)
    return right, counted


def _classes(cell: str) -> frozenset[int]:
    parts = cell.split()
    wrong = [part for part in parts if not (part.isascii() and part.isdecimal())]
    if wrong:
        raise ValueError(
            f"the valid classes {cell!r} must be class indices with blanks between them; {wrong[0]!r} is none"
        )
    return frozenset(int(part) for part in parts)

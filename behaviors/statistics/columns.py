"""What is found out about a column once: the same names and sets of classes come back with every measurement.

Only what cannot change is remembered (arrays that are not writeable), and only as long as the array itself lives.
"""

import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

T = TypeVar("T")
_KNOWN: dict[tuple[str, int], tuple[weakref.ref[NDArray[Any]], Any]] = {}


def frozen(column: NDArray[Any]) -> NDArray[Any]:
    """The same array, which may not be written to any more."""
    column.flags.writeable = False
    return column


def codes(names: ArrayLike) -> NDArray[np.int64]:
    """(N,) int64: the distinct values numbered from 0 in ascending order."""
    return once("codes", np.asarray(names), _codes)


def distinct(names: ArrayLike) -> int:
    """How many different values there are."""
    column = np.asarray(names)
    if column.dtype.kind != "U":
        return int(np.unique(column).size)
    return once("distinct", column, _distinct)


def once(what: str, column: NDArray[Any], find: Callable[[NDArray[Any]], T]) -> T:
    """``find(column)``; ``what`` it is tells it from other things that are found out about the column."""
    if column.flags.writeable:
        return find(column)
    key = what, id(column)
    known = _KNOWN.get(key)
    if known is not None and known[0]() is column:
        found: T = known[1]
        return found
    found = find(column)
    _KNOWN[key] = weakref.ref(column, lambda _: _KNOWN.pop(key, None)), found
    return found


def _distinct(texts: NDArray[np.str_]) -> int:
    """Numbers made of the letters are compared first: where they all differ so do the texts, in a third of the time."""
    if not texts.size or not texts.itemsize:
        return min(texts.size, 1)
    letters = np.ascontiguousarray(texts).view(np.uint32).reshape(texts.size, -1)
    weights = np.random.default_rng(0).integers(1, 1 << 63, size=letters.shape[1], dtype=np.uint64)
    numbers = np.sort(letters.astype(np.uint64) @ weights)
    return texts.size if (numbers[1:] != numbers[:-1]).all() else len(set(texts.tolist()))


def _codes(column: NDArray[Any]) -> NDArray[np.int64]:
    return frozen(np.unique(column, return_inverse=True)[1].astype(np.int64, copy=False))

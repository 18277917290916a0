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
    return once("distinct", column, lambda texts: len(set(texts.tolist())))  # sorting texts takes four times as long


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


def _codes(column: NDArray[Any]) -> NDArray[np.int64]:
    return frozen(np.unique(column, return_inverse=True)[1].astype(np.int64, copy=False))

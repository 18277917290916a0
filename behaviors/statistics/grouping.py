"""Which images belong together: by class, by a column of annotations, or by combinations of these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.statistics import evidence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLASS = "class"
LEVELS = 32
"""Values that an annotation may have to make groups where no rule names it."""
NO_GROUPS = frozenset({"valid", "source", "base", "padded", "shape_source", "texture_source", "conflict"})
"""Annotations that are no property of what is in an image."""


@dataclass(frozen=True)
class Groups:
    """G groups of N images, and which answers are right.

    ``names``: (G,).  ``codes``: one or several ways to put images into groups, (N,) int64 each: the group's place in
    ``names``, or -1 for none.  ``right``: (N,) bool.  ``fewest``: images that a group needs to be judged.
    """

    names: tuple[str, ...]
    codes: tuple[Ints, ...]
    right: Bools
    fewest: int = 1

    @cached_property
    def images(self) -> Ints:
        """(G,) int64: how many there are of each group."""
        return self._count(np.ones(self.right.size, dtype=np.bool_))

    @cached_property
    def hits(self) -> Ints:
        """(G,) int64: how many of them are answered rightly."""
        return self._count(self.right)

    @property
    def judged(self) -> Ints:
        """The places of the groups that are large enough."""
        return np.flatnonzero(self.images >= self.fewest).astype(np.int64)

    @property
    def ungrouped(self) -> int:
        """How many images are in no group."""
        inside = np.zeros(self.right.size, dtype=np.bool_)
        for codes in self.codes:
            inside |= codes >= 0
        return int(np.count_nonzero(~inside))

    def members(self, group: int) -> Bools:
        """(N,) bool: which images are in the group."""
        inside: Bools = np.any([codes == group for codes in self.codes], axis=0)
        return inside

    def place(self, name: str) -> int:
        """Of the group called so.

        Raises:
            ValueError: there is none.
        """
        if name not in self.names:
            raise ValueError(f"there is no group {name!r}; the groups are {_some(self.names)}")
        return self.names.index(name)

    def _count(self, which: Bools) -> Ints:
        total = np.zeros(len(self.names), dtype=np.int64)
        for codes in self.codes:
            total += np.bincount(codes[which & (codes >= 0)], minlength=total.size)
        return total


def by_class(labels: ArrayLike, correct: ArrayLike, classes: Sequence[str], *, fewest: int) -> Groups:
    """The images of each class that has any.  ``labels``: (N,) int in [0, K).  ``correct``: (N,) bool."""
    places, right = np.asarray(labels, dtype=np.int64), _right(correct)
    evidence.check_same_images(labels=places.astype(np.float64), correct=right.astype(np.float64))
    return Groups(*_packed(tuple(classes), places), right, fewest)


def by_columns(columns: Mapping[str, ArrayLike], correct: ArrayLike, by: Sequence[str], *, fewest: int) -> Groups:
    """The combinations that occur of the values of the columns ``by``; an image without a value is in no group.

    Raises:
        ValueError: there is no such column, or its values make no groups.
    """
    right = _right(correct)
    if missing := [name for name in by if name not in columns]:
        raise ValueError(f"no annotation is called {missing[0]!r}; there are {_some(sorted(columns))}")
    coded = [_values(name, np.asarray(columns[name])) for name in by]
    names, codes = coded[0]
    for more_names, more_codes in coded[1:]:
        names = tuple(f"{one}, {other}" for one in names for other in more_names)
        codes = np.where((codes < 0) | (more_codes < 0), -1, codes * len(more_names) + more_codes)
    return Groups(*_packed(names, codes), right, fewest)


def by_each(columns: Mapping[str, ArrayLike], correct: ArrayLike, *, fewest: int) -> Groups | None:
    """A group for each value of each annotation, and for what has a property; None where none tells groups apart."""
    names: list[str] = []
    codes: list[Ints] = []
    for found, places in _each(columns):
        codes.append(np.where(places < 0, -1, places + len(names)))
        names += found
    return Groups(tuple(names), tuple(codes), _right(correct), fewest) if names else None


def _each(columns: Mapping[str, ArrayLike]) -> Iterator[tuple[tuple[str, ...], Ints]]:
    for name, values in columns.items():
        column = np.asarray(values)
        if name in NO_GROUPS or column.dtype.kind not in "biuU":
            continue
        if column.dtype == np.bool_:
            if 0 < np.count_nonzero(column) < column.size:
                yield (_words(name),), np.where(column, 0, -1)
        else:
            found, codes = _values(name, column)
            if 1 < len(found) <= LEVELS:
                yield tuple(one if one.startswith(_words(name)) else f"{_words(name)} {one}" for one in found), codes


def _values(name: str, column: NDArray[np.generic]) -> tuple[tuple[str, ...], Ints]:
    """The different values as names, and (N,) which one each image has; an empty text is none."""
    words = _words(name)
    if column.dtype == np.bool_:
        return (f"no {words}", words), column.astype(np.int64)
    if column.dtype.kind not in "iuU":
        raise ValueError(f"the annotation {name!r} has values of type {column.dtype}, which make no groups: texts do")
    found, codes = np.unique(column, return_inverse=True)
    if column.dtype.kind != "U":
        return tuple(f"{words} {value}" for value in found), codes.astype(np.int64)
    empty = int(found.size > 0 and found[0] == "")
    return tuple(map(str, found[empty:])), codes.astype(np.int64) - empty


def _packed(names: tuple[str, ...], codes: Ints) -> tuple[tuple[str, ...], tuple[Ints]]:
    """Only the groups that occur."""
    there, places = np.unique(codes, return_inverse=True)
    none = int(there.size > 0 and there[0] < 0)
    return tuple(names[group] for group in there[none:]), (places.astype(np.int64) - none,)


def _right(correct: ArrayLike) -> Bools:
    right = np.asarray(correct)
    if right.ndim != 1 or right.dtype != np.bool_:
        raise ValueError(f"correct must be one row of true or false; got {right.dtype} of shape {right.shape}")
    if right.size == 0:
        raise ValueError("accuracy by group on 0 images is undefined")
    return right


def _words(name: str) -> str:
    return name.replace("_", " ")


def _some(names: Sequence[str], most: int = 6) -> str:
    if not names:
        return "none"
    shown = ", ".join(map(repr, names[:most]))
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"

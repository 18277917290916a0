"""The distance to the k-th nearest known image, in the space of normalised features.

Source: Sun et al. 2022, arXiv:2204.06507.  There neighbours are images that were trained on; here they are the known
images themselves, each without itself, so that nothing but the dataset is needed.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.features import Features
from behaviors.contract.scores import Scores

Floats = NDArray[np.float64]

BLOCK = 1024
"""Images whose distances to all known ones are in memory at once."""
KNN = "knn"
REMEMBERED = 32
"""Lists of distances that are not computed anew for each metric; one number an image."""
_FOUND: dict[tuple[tuple[str, int], tuple[str, int] | None, int], Floats] = {}
"""By the content of the features, which are a model's of a dataset, and k."""


def by_distance(known: Features, others: Features | None, *, k: int) -> Scores:
    """Of the images of ``others``, or of the known ones among themselves (None): minus the distance, in [-2, 0].

    Raises:
        ValueError: there are not so many neighbours, or features of another length.
    """
    key = (_content(known.values), None if others is None else _content(others.values), k)
    if key not in _FOUND:
        while len(_FOUND) >= REMEMBERED:
            del _FOUND[next(iter(_FOUND))]
        _FOUND[key] = _cosines(known, others, k)
    about = known if others is None else others
    return Scores(about.model, about.dataset, about.ids, {KNN: -np.sqrt(np.maximum(2 - 2 * _FOUND[key], 0))})


def _cosines(known: Features, others: Features | None, k: int) -> Floats:
    """(N,) of each image the k-th largest cosine with a known one."""
    bank, own = _normalised(known.values), others is None
    asked = bank if others is None else _normalised(others.values)
    if asked.shape[1] != bank.shape[1]:
        raise ValueError(f"features of {asked.shape[1]} and {bank.shape[1]} numbers are not of one space")
    if len(bank) - own < k:
        raise ValueError(f"the {k}. neighbour takes more than {k} known images; there are {len(bank):,}")
    found = np.concatenate([_kth(asked, bank, start, k, own=own) for start in range(0, len(asked), BLOCK)])
    return found


def _content(values: NDArray[np.float32]) -> tuple[str, int]:
    return hashlib.blake2b(values.tobytes()).hexdigest(), values.shape[1]


def _kth(asked: Floats, bank: Floats, start: int, k: int, *, own: bool) -> Floats:
    """The k-th largest cosine of a block of images."""
    cosines = asked[start : start + BLOCK] @ bank.T
    if own:
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = -np.inf
    found: Floats = np.partition(cosines, len(bank) - k, axis=1)[:, len(bank) - k].astype(np.float64)
    return found


def _normalised(values: NDArray[np.float32]) -> Floats:
    exact = values.astype(np.float64)
    length = np.linalg.norm(exact, axis=1, keepdims=True)
    unit: Floats = exact / np.where(length > 0, length, 1)
    return unit

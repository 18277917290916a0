"""The risk-coverage curve: images sorted by confidence, surest first, and what the answers of the first k cost."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.statistics import evidence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Curve:
    """G working points, one at each distinct confidence, from the surest on: between equal ones there is no order.

    ``confidence``: (G,) float64, falling.  ``answered``, ``errors``: (G,) int64, images at least so sure, and how many
    of these are wrong.  ``point``: (N,) int64 in [0, G), the first working point at which the image is answered.
    ``wrong``: (N,) bool.
    """

    confidence: Floats
    answered: Ints
    errors: Ints
    point: Ints
    wrong: NDArray[np.bool_]

    @property
    def images(self) -> int:
        """How many images there are."""
        return self.wrong.size

    @property
    def coverage(self) -> Floats:
        """(G,) float64 in (0, 1]: the share of images that are answered."""
        return self.answered / self.images

    @property
    def tied(self) -> Ints:
        """(G,) int64: how many images have that confidence."""
        return np.diff(self.answered, prepend=0)

    @property
    def risk(self) -> Floats:
        """(G,) float64 in [0, 1]: the share of errors among the images that are answered."""
        return self.errors / self.answered

    def within(self, risk: float) -> int:
        """The last working point with at most so much risk; -1 where there is none."""
        allowed = np.flatnonzero(self.errors <= risk * self.answered * (1 + 1e-12))
        return int(allowed[-1]) if allowed.size else -1

    def reaching(self, coverage: float) -> int:
        """The first working point that answers at least so large a share of the images."""
        return int(np.searchsorted(self.answered, coverage * self.images * (1 - 1e-12)))


def risk_coverage(confidence: ArrayLike, correct: ArrayLike) -> Curve:
    """The curve of N images.  ``confidence``: (N,) float in [0, 1].  ``correct``: (N,) bool.

    Raises:
        ValueError: no images, NaN, values out of range or of different lengths.
    """
    sure, right = evidence.answers(confidence, correct)
    distinct, rising, counts = np.unique(sure, return_inverse=True, return_counts=True)
    point = (distinct.size - 1 - rising).astype(np.int64)
    errors = np.bincount(point, weights=~right, minlength=distinct.size).astype(np.int64)
    return Curve(distinct[::-1], np.cumsum(counts[::-1]), np.cumsum(errors), point, ~right)

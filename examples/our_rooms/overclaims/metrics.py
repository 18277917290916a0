"""Arrays in, a measurement out."""

import numpy as np
from numpy.typing import NDArray

from behaviors.contract import per_image
from behaviors.contract.measurement import Measurement
from behaviors.statistics.intervals import jeffreys

SURE = 0.9


def sure_mistakes(
    confidence: NDArray[np.float64], correct: NDArray[np.bool_], *, alpha: float, ids: NDArray[np.str_] | None = None
) -> Measurement:
    """The share of images that are answered wrongly with a probability of at least 0.9.

    ``confidence``: (N,) float in [0, 1], the probability of the answer.  ``correct``: (N,) bool.

    >>> sure_mistakes(np.array([0.95, 0.95, 0.5, 0.5]), np.array([False, True, False, True]), alpha=0.05).value
    0.25
    """
    bad = ~correct & (confidence >= SURE)
    interval = jeffreys(int(bad.sum()), bad.size, alpha=alpha)
    return Measurement(float(bad.mean()), bad.size, interval, per_image=per_image.proportion(ids, bad))

"""How far the accuracy may be off where few predictions are right, or few are wrong, so that their spread tells little.

The intervals of calibration metrics estimate their error from the spread that they observe.  100 predictions that are
all right show none, and yet 1 in 34 may be wrong.  There, no bound may be nearer than it is with the accuracy at the
end of its exact (Clopper-Pearson) interval: a prediction that turns from right to wrong moves confidence - correct by
1, whatever its bin, and so each fold of it by 1 / N at most.  ``benchmarks/few_errors.py`` measures what it mends.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv  # scipy.stats would double the time to import

from behaviors.contract.measurement import Interval

Floats = NDArray[np.float64]
Kinds = tuple[str, str]
"""How notes call those that are right, and those that are not."""

FEW = 20
"""With fewer right (or wrong) predictions than this, their observed spread says too little about their true rate."""
WIDENED = "widened by exact bounds of the accuracy"
PREDICTIONS = ("predictions are right", "predictions are wrong")


def accuracy_doubt(right: ArrayLike, images: int, *, alpha: float) -> tuple[Floats, Floats]:
    """By how much the accuracy may truly be lower, and higher, than observed, with error alpha each; 0 if not few.

    ``right``: (...) int, how many of the ``images`` are right.

    >>> [round(float(reach), 4) for reach in accuracy_doubt(100, 100, alpha=0.05)]
    [0.0295, 0.0]
    """
    hits = np.asarray(right, dtype=np.float64)
    errors = images - hits
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1), errors + 1, alpha), 0.0)
    high = np.where(errors > 0, betaincinv(hits + 1, np.maximum(errors, 1), 1 - alpha), 1.0)
    few = np.minimum(hits, errors) < FEW
    return np.where(few, hits / images - low, 0.0), np.where(few, high - hits / images, 0.0)


def widened(interval: Interval, mean: float, right: NDArray[np.bool_], *, change: float) -> Interval:
    """The interval of a mean over images, its bounds no nearer to ``mean`` than the accuracy's allow.

    ``right``: (N,) bool.  ``change``: how much larger an image's value is, on average, where it is not right.
    """
    hits = int(np.count_nonzero(right))
    if not few_notes(hits, right.size):
        return interval
    below, above = accuracy_doubt(hits, right.size, alpha=interval.alpha)
    low, high = min(interval.low, mean - change * float(above)), max(interval.high, mean + change * float(below))
    return replace(interval, low=low, high=high, method=f"{interval.method}, {WIDENED}")


def few_notes(right: int, images: int, kinds: Kinds = PREDICTIONS) -> tuple[str, ...]:
    """What the reader is told where either are few; else nothing."""
    count, kind = min((right, kinds[0]), (images - right, kinds[1]))
    return (f"only {count} of {images:,} {kind}: the interval is {WIDENED}",) if count < FEW else ()

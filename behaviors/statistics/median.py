"""Between which values a median lies, whatever the distribution is."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr  # scipy.stats would double the time to import

from behaviors.statistics.interval import Interval
from behaviors.statistics.intervals import check_alpha


def median(values: ArrayLike, *, alpha: float) -> Interval | None:
    """Bounds of the median of what (N,) values were drawn from, by their order; None where they are too few for one.

    Below the j-th smallest lies the median with at most the probability of fewer than j heads in N throws of a coin.
    Source: David & Nagaraja 2003, Order Statistics, section 7.1.

    Raises:
        ValueError: a value is not finite.

    >>> found = median([3, 1, 2, 5, 4, 9, 7, 8], alpha=0.05)
    >>> found.low, found.high
    (2.0, 8.0)
    """
    check_alpha(alpha)
    rows = np.sort(np.asarray(values, dtype=np.float64))
    if rows.ndim != 1 or not np.isfinite(rows).all():
        raise ValueError("the median of what is not finite is unknown")
    below = bdtr(np.arange(rows.size), rows.size, 0.5) <= alpha
    place = int(np.count_nonzero(below)) - 1
    if place < 0:
        return None
    low, high = float(rows[place]), float(rows[-1 - place])
    return Interval(low, high, alpha, "median by order statistics")

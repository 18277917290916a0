"""Bounds for a working point: the coverage at a risk, the risk at a coverage.

Both depend on where the threshold is, which is itself estimated, and on what is found beyond it: two doubts, each with
exact (Clopper-Pearson) bounds.  Where confidence is continuous they are independent and add up in squares (MOVER: Zou &
Donner 2008, Statistics in Medicine 27:1693).  Where many images are equally sure the threshold is one of a few and the
first doubt is which: then they simply add up, the second at alpha / 2.
"""

import numpy as np
from numpy.typing import NDArray

from behaviors.selective.curve import Curve
from behaviors.statistics.intervals import exact_bounds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEW = 20
"""With fewer wrong (or right) answers than this their observed spread says too little."""
TIED = 10
"""With as many images of one confidence the next working point is a jump away, and no matter of degree."""


def coverage(curve: Curve, value: float, risk: float, *, alpha: float) -> tuple[float, float]:
    """Of the largest coverage with at most so much risk, which is ``value`` in the sample.

    The farthest working points whose risk is surely, or perhaps, low enough; and how many images are as sure as there.
    """
    lowest, highest = exact_bounds(curve.errors, curve.answered, alpha)
    tied = curve.tied >= TIED
    sure, perhaps = np.flatnonzero(highest <= risk), np.flatnonzero(lowest <= risk)
    low = _reach(curve, value, int(sure[-1]) if sure.size else -1, tied, alpha)[0]
    high = _reach(curve, value, int(perhaps[-1]) if perhaps.size else -1, tied, alpha)[1]
    return min(low, value), max(high, value)


def risk(curve: Curve, place: int, share: float, *, alpha: float) -> tuple[float, float]:
    """Of the errors among the surest images, answered until they are ``share`` of all: in the sample at ``place``.

    The working points at which so many may be answered in truth, and the errors that there may be at each.
    """
    value, n = float(curve.risk[place]), np.full(curve.answered.size, curve.images)
    fewest, most = exact_bounds(curve.answered, n, alpha)
    before = np.concatenate([[0.0], fewest[:-1]])
    possible = (most >= share) & (before < share)
    possible[place] = True
    tied = curve.tied[possible] >= TIED
    answered, errors = curve.answered[possible], curve.errors[possible]
    risks = errors / answered
    below, above = exact_bounds(errors, answered, np.where(tied, alpha / 2, alpha))
    down = _together(np.maximum(value - risks, 0), risks - below, tied)
    up = _together(np.maximum(risks - value, 0), above - risks, tied)
    return max(value - float(down.max()), 0.0), min(value + float(up.max()), 1.0)


def marginal(curve: Curve, low: float, high: float) -> float:
    """The share of errors among the images between two coverages, of at least ``FEW`` images around their middle."""
    middle, half = (low + high) / 2 * curve.images, max((high - low) * curve.images, FEW) / 2
    first = int(np.searchsorted(curve.answered, max(middle - half, 0)))
    last = min(int(np.searchsorted(curve.answered, middle + half)), curve.answered.size - 1)
    answered, errors = (int(curve.answered[first - 1]), int(curve.errors[first - 1])) if first else (0, 0)
    images = int(curve.answered[last]) - answered
    return (int(curve.errors[last]) - errors) / images if images else 0.0


def _reach(curve: Curve, value: float, place: int, tied: NDArray[np.bool_], alpha: float) -> tuple[float, float]:
    """How low and how high the coverage may be where ``place`` (-1: no image) is the farthest working point."""
    answered = np.array([curve.answered[place] if place >= 0 else 0, round(value * curve.images)])
    jumps = np.array([tied[max(place, 0)]])
    level = np.where(jumps, alpha / 2, alpha)
    least, most = exact_bounds(answered, np.full(2, curve.images), np.append(level, alpha))
    at = answered / curve.images
    own = np.where(jumps, at[0] - least[0], at[1] - least[1]), np.where(jumps, most[0] - at[0], most[1] - at[1])
    down, up = (_together(np.array([abs(at[0] - value)]), spread, jumps) for spread in own)
    return max(value - float(down[0]), 0.0), min(value + float(up[0]), 1.0)


def _together(distance: Floats, spread: Floats, tied: NDArray[np.bool_]) -> Floats:
    return np.where(tied, distance + spread, np.hypot(distance, spread))

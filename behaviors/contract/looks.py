"""Several looks at growing evidence, with one error rate for all of them: how much of alpha each look may spend.

A verdict that is tried after every stage errs more often than one that is tried once (five looks at .05: 13 %).  Here
alpha t of the error of one side is spent by the time that a share t of the images is seen, and each look gets the level
at which all looks together have spent just that, were the estimate a mean of independent images: estimates at two looks
then correlate as the root of the share of images that they have in common.  Where images cluster, or some version of
each image is seen from the beginning, they correlate more, and the looks together err less.

Any interval with a level serves: the bound at the level of the look takes the place of the bound at alpha.

Sources: Lan & DeMets 1983, Biometrika 70:659 (spending); Kim & DeMets 1987, Biometrika 74:149 (alpha t: between the
boundary of Pocock, which leaves the last of seven looks .02 of .05, and that of O'Brien and Fleming, with which early
looks hardly ever decide); Armitage, McPherson & Rowe 1969, JRSS-A 132:235 (the recursion).
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri  # scipy.stats would double the time to import

Floats = NDArray[np.float64]

SHARES = (1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 3 / 4, 1.0)
"""Of the images, at each look."""
POINTS, REACH = 240, 8.0
"""Of the grid over the estimate: so many, and standard deviations to either side."""


@lru_cache(maxsize=4096)
def levels(shares: tuple[float, ...], alpha: float) -> tuple[float, ...]:
    """The one-sided level of each look; ``shares``: of the images seen at each, ascending, the last one 1.

    >>> [round(level, 4) for level in levels((0.5, 1.0), 0.05)]
    [0.025, 0.0354]
    """
    _check(shares, alpha)
    spend = alpha * np.diff((0.0, *shares))
    found = [float(spend[0])]
    grid, density = _first(shares[0], found[0])
    for look in range(1, len(shares)):
        step = math.sqrt(shares[look] - shares[look - 1])
        level = _level(grid, density, step, math.sqrt(shares[look]), float(spend[look]))
        found.append(level)
        grid, density = _next(grid, density, step, shares[look], level)
    return tuple(found)


def level_at(looks: tuple[float, ...], alpha: float) -> float:
    """The level of the last one of ``looks``: the shares seen so far; with none, alpha itself."""
    return levels(_complete(looks), alpha)[len(looks) - 1] if looks else alpha


def overall(p: float, looks: tuple[float, ...]) -> float:
    """The p-value that allows for looks: the smallest alpha at which the last one would have found it.

    ``p``: of the data of that look.  Whatever made one stop there, it is at most alpha with probability at most alpha.
    """
    if len(looks) < 2 and looks in {(), (1.0,)}:
        return p
    known, at = _table(looks)
    if p <= at[0]:  # so far out the share that the look may spend is all there is to correct
        return min(1.0, p * float(known[0] / at[0]))
    return float(np.exp(np.interp(math.log(p), np.log(at), np.log(known)))) if p < at[-1] else 1.0


def _complete(looks: tuple[float, ...]) -> tuple[float, ...]:
    """With a last look at all images: levels depend on what was spent before, and on nothing later."""
    return looks if looks[-1] == 1 else (*looks, 1.0)


@lru_cache(maxsize=64)
def _table(looks: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Error rates, ascending, and the level that the last look has at each."""
    known = np.geomspace(1e-6, 0.49, 30)
    return known, np.array([level_at(looks, float(alpha)) for alpha in known])


def _first(share: float, level: float) -> tuple[Floats, Floats]:
    """Where the sum over what was seen lies, all images being 1, if the first look did not stop: (P,), (P,)."""
    spread = math.sqrt(share)
    grid = np.linspace(-REACH * spread, -ndtri(level) * spread, POINTS)
    return grid, np.exp(-0.5 * (grid / spread) ** 2) / (spread * math.sqrt(2 * math.pi))


def _level(grid: Floats, density: Floats, step: float, spread: float, spend: float) -> float:
    """The level at which the next look stops with probability ``spend``; by bisection of its boundary."""
    low, high = -REACH, REACH
    for _ in range(60):
        middle = (low + high) / 2
        stops = float(np.trapezoid(density * ndtr((grid - middle * spread) / step), grid))
        low, high = (middle, high) if stops > spend else (low, middle)
    return float(ndtr(-(low + high) / 2))


def _next(grid: Floats, density: Floats, step: float, share: float, level: float) -> tuple[Floats, Floats]:
    """The same after one more look that did not stop."""
    spread = math.sqrt(share)
    wider = np.linspace(-REACH * spread, -ndtri(level) * spread, POINTS)
    moved = np.exp(-0.5 * ((wider[:, None] - grid) / step) ** 2) / (step * math.sqrt(2 * math.pi))
    after: Floats = np.asarray(np.trapezoid(density * moved, grid, axis=1))
    return wider, after


def _check(shares: Sequence[float], alpha: float) -> None:
    if not shares or shares[0] <= 0 or any(b <= a for a, b in pairwise(shares)) or shares[-1] != 1:
        raise ValueError(f"looks see growing shares of the images, up to 1; got {tuple(shares)}")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha is the error of one side and lies between 0 and 0.5; got {alpha}")

"""Error consistency of two observers: how much more often than by chance both are right, or both wrong."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.statistics.intervals import clopper_pearson

FEW = 20
"""With fewer images of a kind than this, their observed spread says too little."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Kappa(NamedTuple):
    """``value`` in [-1, 1]; ``influence``: (N,) float64, how far each image moves it, times N; they add up to 0.

    ``observed``, ``expected``: in [0, 1], how often both are right or both wrong, and how often by chance.
    ``rarest``: images of the rarer of both right and both wrong, ``apart``: those that only one of the two has right.
    """

    value: float
    influence: Floats
    observed: float
    expected: float
    rarest: int
    apart: int

    def reach(self, *, alpha: float) -> tuple[float, float]:
        """How far below and above the value exact bounds allow where a kind of image is rare; 0 and 0 where none is.

        With the error rates as they are kappa is linear in how often both are right, both wrong, or only one right.
        """
        images, chance = self.influence.size, 1 - self.expected
        down, up = 0.0, 0.0
        if self.rarest < FEW:
            exact = clopper_pearson(self.rarest, images, alpha=alpha)
            share = self.rarest / images
            down, up = 2 * (share - exact.low) / chance, 2 * (exact.high - share) / chance
        if self.apart < FEW:
            exact = clopper_pearson(self.apart, images, alpha=alpha)
            share = self.apart / images
            down, up = max(down, (exact.high - share) / chance), max(up, (share - exact.low) / chance)
        return down, up


def error_consistency(first: ArrayLike, second: ArrayLike) -> Kappa:
    """kappa = (c_obs - c_exp) / (1 - c_exp), with c_exp = p1 p2 + (1 - p1) (1 - p2).

    ``first``, ``second``: (N,) bool, whether each answer is right, of the same images.
    Source: Geirhos et al. 2020, arXiv:2006.16736; it is Cohen's kappa of right and wrong.

    Raises:
        ValueError: not the same images, none, or neither is ever (or always) wrong: nothing but chance is possible.

    >>> round(error_consistency([True, True, False, False], [True, False, False, False]).value, 4)
    0.5
    """
    one, other = right("first", first), right("second", second)
    if one.size != other.size:
        raise ValueError(f"the two were not shown the same images ({one.size:,} and {other.size:,})")
    rates = float(one.mean()), float(other.mean())
    alike = one == other
    observed, expected = float(alike.mean()), rates[0] * rates[1] + (1 - rates[0]) * (1 - rates[1])
    if expected == 1:
        raise ValueError(f"both are {'right' if rates[0] else 'wrong'} on all {one.size:,} images: chance explains it")
    moved = (2 * rates[1] - 1) * (one - rates[0]) + (2 * rates[0] - 1) * (other - rates[1])
    influence = (alike - observed) / (1 - expected) - (1 - observed) * moved / (1 - expected) ** 2
    rarest = min(int(np.count_nonzero(one & other)), int(np.count_nonzero(~one & ~other)))
    apart = int(np.count_nonzero(~alike))
    return Kappa((observed - expected) / (1 - expected), influence, observed, expected, rarest, apart)


def undefined(*rows: Bools) -> str:
    """Why pairs of these have no kappa; empty where all have one."""
    always = [row for row in rows if row.all() or not row.any()]
    if len({bool(row[0]) for row in always}) == len(always):
        return ""
    return f"two observers are always right, or always wrong, on {rows[0].size:,} images: chance explains it"


def right(name: str, values: ArrayLike) -> Bools:
    """(N,) bool.

    Raises:
        ValueError: it is something else, or empty.
    """
    found = np.asarray(values)
    if found.ndim != 1 or found.dtype != np.bool_:
        raise ValueError(f"{name} must be one row of true or false; got {found.dtype} of shape {found.shape}")
    if not found.size:
        raise ValueError("agreement on 0 images is undefined")
    return found

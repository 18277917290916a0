"""What is surely known of the order of several models' numbers: places, ties, and Kendall's tau with a fact.

The order is a list of statements "i is above j", each tested image by image, and all of a direction together with
Holm's correction.  So with an error of alpha at most no statement is wrong, and a place or a tau that they bound
is not either, however the models hang together and whether or not some are equal.

Sources: Kendall 1945, Biometrika 33:239 (tau-b); Mogstad, Romano, Shaikh & Wilhelm 2024, Review of Economic Studies
91:476 (places from simultaneous statements about differences).
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.contract.comparing import TESTS, holm
from behaviors.contract.families import Numbers, slope_weights

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Order:
    """``above[i, j]``: model i is surely above model j.  ``values``: (M,)."""

    values: Floats
    above: NDArray[np.bool_]

    @property
    def places(self) -> list[tuple[int, int]]:
        """Between which places each model surely is; 1: the highest number."""
        models = self.values.size
        return [(1 + int(self.above[:, i].sum()), models - int(self.above[i].sum())) for i in range(models)]

    @property
    def sure(self) -> Floats:
        """(M, M): 1 where a model is surely above another, -1 where it is surely below."""
        known: Floats = self.above.astype(np.float64) - self.above.T
        return known


@dataclass(frozen=True)
class Tau:
    """Kendall's tau-b of what was measured, and bounds from what is sure of the order of each pair."""

    value: float
    low: float
    high: float


def order(numbers: Numbers, *, alpha: float) -> Order:
    """Each pair of models, image by image; ``alpha``: the error of all statements of one direction of the list."""
    models = numbers.values.size
    pairs = list(combinations(range(models), 2))
    test = TESTS[numbers.rows[0].kind]
    found = [test(numbers.rows[j], numbers.rows[i], alpha=alpha) for i, j in pairs]
    above = np.zeros((models, models), dtype=np.bool_)
    for ahead, ps in ((True, [one.above(0.0) for one in found]), (False, [one.below(0.0) for one in found])):
        for (i, j), p in zip(pairs, holm(ps), strict=True):
            if p <= alpha:
                above[(i, j) if ahead else (j, i)] = True
    return Order(numbers.values, above)


def kendall(x: ArrayLike, known: Order) -> Tau:
    """Of M numbers with a fact x that is known exactly.

    A pair whose order is not sure counts against for the low bound, and in favour for the high one.

    Raises:
        ValueError: all x are the same.
    """
    facts = np.asarray(x, dtype=np.float64)
    slope_weights(facts)
    by_fact = np.sign(facts[:, None] - facts[None, :])
    return _tau(by_fact, by_fact, known.values, known.sure)


def kendall_with(x: Order, y: Order) -> Tau:
    """Of two numbers of the same M models; both orders with half of the error that the bounds are to have.

    Raises:
        ValueError: all x are the same.
    """
    slope_weights(x.values)
    return _tau(np.sign(x.values[:, None] - x.values[None, :]), x.sure, y.values, y.sure)


def _tau(seen_x: Floats, sure_x: Floats, y: Floats, sure_y: Floats) -> Tau:
    """``seen_x``: (M, M) signs of what x shows, whose ties are no pairs; ``sure_x``, ``sure_y``: of what is sure."""
    seen_y = np.sign(y[:, None] - y[None, :])
    pairs, ranked = float(np.abs(seen_x).sum()), float(np.abs(seen_y).sum())
    value = float((seen_x * seen_y).sum()) / np.sqrt(pairs * ranked) if ranked else 0.0
    certain = sure_x * sure_y * (seen_x != 0)
    undecided = pairs - float(np.abs(certain).sum())
    low, high = ((float(certain.sum()) + side * undecided) / pairs for side in (-1, 1))
    return Tau(float(value), min(low, float(value)), max(high, float(value)))

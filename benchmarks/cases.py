"""A simulated case: an interval, a truth that is known, and how often the interval misses it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from behaviors.contract.measurement import Interval

ALPHA = 0.05
Rates = tuple[float, float]
"""Shares in [0, 1] of the test sets whose low bound is above the truth, and whose high bound is below it."""


@dataclass(frozen=True)
class Case:
    """``errors``: repetitions, random -> rates.  ``images``: of each test set.

    ``limits``: what either side errs at most, as far as is known: alpha, or more where the interval falls short.
    """

    interval: str
    scenario: str
    images: int
    errors: Callable[[int, np.random.Generator], Rates]
    limits: Rates = (ALPHA, ALPHA)


def missed(intervals: Iterable[Interval | None], truth: float) -> Rates:
    """An interval that is not there says nothing wrong; a bound that equals the truth, as 0 may, has not missed it."""
    slack, misses = 1e-12, np.zeros(2)
    count = 0
    for found in intervals:
        count += 1
        if found is not None:
            misses += (found.low > truth + slack, found.high < truth - slack)
    return float(misses[0]) / count, float(misses[1]) / count


def line(case: Case, rates: Rates) -> str:
    """A row of the table, in percent."""
    known = (
        "" if max(case.limits) <= ALPHA else "  known: at most {:.1f} /{:5.1f}".format(*(100 * x for x in case.limits))
    )
    return (
        f"{case.interval:34} {case.scenario:44} {case.images:>7,} {100 * rates[0]:6.1f} /{100 * rates[1]:5.1f}{known}"
    )

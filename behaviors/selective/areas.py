"""Areas under a risk-coverage curve, and how far each image moves them.

An image's influence is the derivative of the area by the image's weight (the infinitesimal jackknife: Efron 1982, The
Jackknife, the Bootstrap and Other Resampling Plans, chapter 6): influences add up to 0, and their variance over N is
that of the area.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from behaviors.selective.curve import Curve

Floats = NDArray[np.float64]


class Area(NamedTuple):
    """``value``, and the ``influence`` of each image on it, (N,) float64.

    ``lowest``, ``highest``: the influence that one more image could have, surer than all, if it were right, and wrong.
    """

    value: float
    influence: Floats
    lowest: float
    highest: float
    least: float = 0.0
    """The smallest value there can be."""
    by_surest: float = 0.0
    """How far the area moves with the risk among the surest images, the first working point, from 0 to 1."""


def selective(curve: Curve) -> Area:
    """AURC: risk over coverage by the trapezoidal rule, level from the first working point down to a coverage of 0."""
    coverage, risk = curve.coverage, curve.risk
    steps = np.diff(coverage, prepend=0.0)
    before = np.concatenate([risk[:1], risk[:-1]])
    value = float(steps @ (risk + before) / 2)
    by_risk = (steps + np.append(steps[1:], 0.0)) / 2
    by_risk[0] += steps[0] / 2
    by_coverage = (before - np.append(risk[1:], 0.0)) / 2  # the last coverage is 1, whatever the weights
    by_coverage[-1] = 0.0
    reach = by_risk / coverage
    blame, spared = _from(reach), _from(by_coverage - reach * risk)
    influence = blame[curve.point] * curve.wrong + spared[curve.point] - by_coverage @ coverage
    lowest = float(spared[0] - by_coverage @ coverage)
    highest = lowest + float(blame[0]) + 1 / curve.images
    return Area(value, influence, lowest, highest, by_surest=float(blame[0] * coverage[0]))


def generalized(curve: Curve) -> Area:
    """AUGRC: the probability that an image is wrong and surer than another one; of equally sure ones half counts."""
    n = curve.images
    steps, wrong = np.diff(curve.answered, prepend=0), np.diff(curve.errors, prepend=0)
    below = (n - curve.answered + steps / 2) / n  # the share of images that are less sure
    above = (curve.errors - wrong / 2) / n  # the share that are wrong and surer
    value = float(wrong @ below / n)
    influence = curve.wrong * below[curve.point] + above[curve.point] - 2 * value
    return Area(value, influence, -2 * value, 1 - 2 * value)


def excess(curve: Curve) -> Area:
    """e-AURC: the AURC less that of the best order, e + (1 - e) ln(1 - e), e the share of errors."""
    area = selective(curve)
    error = float(curve.risk[-1])
    if error == 1:  # there is only one order, and no slope
        return Area(area.value - 1, np.zeros(curve.images), 0.0, 1.0, -1.0)
    slope = -np.log1p(-error)
    best = error - (1 - error) * slope
    influence = area.influence - slope * (curve.wrong - error)
    lowest, highest = area.lowest + slope * error, area.highest - slope * (1 - error)
    return Area(area.value - float(best), influence, float(lowest), float(highest), -1.0, area.by_surest)


def _from(values: Floats) -> Floats:
    """(G,) the sum of the values from each place on."""
    sums: Floats = np.cumsum(values[::-1])[::-1]
    return sums

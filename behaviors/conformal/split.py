"""Split conformal prediction: a threshold from one half of the images, and what its sets hold on the other.

With the score 1 - p_label (LAC) the set of an image is every class of at least the probability ``least``.  Where both
halves are drawn alike, how many of m labels are in their sets is beta-binomial, whatever the model: exactly so without
ties, and at least as many with them.  Sources: Vovk 2012, arXiv:1209.2673; Sadinle et al. 2019, arXiv:1609.00451.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, gammaln  # scipy.stats would double the time to import

from behaviors.statistics import evidence
from behaviors.statistics.interval import Interval
from behaviors.statistics.intervals import check_alpha

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STEPS = 48
FEWEST = 20
"""Images that the half which sets the threshold must have, at least."""


@dataclass(frozen=True)
class Split:
    """``measured``: (N,) bool, the images that did not set the threshold.  ``covered``: (N,) bool.

    ``least``: the probability that a class of a set has at least; 0 where the half is too small to leave any out.
    ``calibrated``: how many images set the threshold.
    """

    measured: Bools
    covered: Bools
    least: float
    calibrated: int


def split(label_probability: ArrayLike, measured: ArrayLike, *, coverage: float) -> Split:
    """The sets that hold ``coverage`` of the labels, set by the images that are not ``measured``.

    ``label_probability``: (N,) float in [0, 1].  ``measured``: (N,) bool.

    Raises:
        ValueError: not one row each, or one of the halves has fewer than ``FEWEST`` images.
    """
    label = evidence.probabilities("label_probability", label_probability)
    chosen = np.asarray(measured, dtype=np.bool_)
    if chosen.shape != label.shape:
        raise ValueError(f"every image is in one half; got {label.size:,} probabilities and {chosen.size:,} halves")
    own = np.sort(label[~chosen])[::-1]
    if min(own.size, label.size - own.size) < FEWEST:
        raise ValueError(f"halves of {own.size:,} and {label.size - own.size:,} images; each takes {FEWEST:,}")
    rank = math.ceil((own.size + 1) * coverage * (1 - 1e-12))
    least = float(own[rank - 1]) if rank <= own.size else 0.0
    return Split(chosen, label >= least, least, own.size)


def coverage_bounds(covered: int, images: int, calibrated: int, *, alpha: float) -> Interval:
    """Of the coverage that such sets have on average over both halves, by inverting its exact distribution.

    The promise c is refused from below where at least so many are covered with probability alpha or less, were it true:
    beta-binomial with (n + 1) c and (n + 1) (1 - c), n = ``calibrated``.
    """
    check_alpha(alpha)
    low = _where(lambda c: _at_least(covered, images, calibrated, c) <= alpha) if covered else 0.0
    high = _where(lambda c: _at_least(covered + 1, images, calibrated, c) < 1 - alpha) if covered < images else 1.0
    return Interval(low, high, alpha, "beta-binomial, exact")


def _at_least(covered: int, images: int, calibrated: int, level: float) -> float:
    counts = np.arange(covered, images + 1)
    one, other = (calibrated + 1) * level, (calibrated + 1) * (1 - level)
    ways = gammaln(images + 1) - gammaln(counts + 1) - gammaln(images - counts + 1)
    chances = ways + betaln(counts + one, images - counts + other) - betaln(one, other)
    return float(np.exp(chances).sum())


def _where(true_below: Callable[[float], bool]) -> float:
    left, right = 0.0, 1.0
    for _ in range(STEPS):
        middle = (left + right) / 2
        left, right = (middle, right) if true_below(middle) else (left, middle)
    return (left + right) / 2

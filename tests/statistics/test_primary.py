"""Comparisons that a release hangs on keep their power among many; the family's error stays what it was."""

import numpy as np
import pytest

from behaviors.contract.comparing import holm
from behaviors.statistics.paired import tango_unskewed_p

FAMILY, PRIMARY, ALPHA = 90, 3, 0.05
IMAGES, DISCORDANT, LOST, TOLERATED = 10_000, 0.05, 0.01, 0.005
WEIGHTS = [0.5 / PRIMARY] * PRIMARY + [0.5 / (FAMILY - PRIMARY)] * (FAMILY - PRIMARY)


def losses(random, lost, draws):
    """P-values of ``draws`` comparisons in which ``lost`` of the images' accuracy was lost."""
    shares = [(DISCORDANT + lost) / 2, (DISCORDANT - lost) / 2, 1 - DISCORDANT]
    counts = random.multinomial(IMAGES, shares, size=draws)
    return [tango_unskewed_p(int(old), int(new), IMAGES, margin=TOLERATED) for old, new, _ in counts]


def found(weights, repetitions=200):
    """Share of runs that find the first comparison, which lost a point; other primary ones are at the margin."""
    random = np.random.default_rng(0)
    hits = 0
    for first in losses(random, LOST, repetitions):
        others = losses(random, TOLERATED, PRIMARY - 1) + random.uniform(size=FAMILY - PRIMARY).tolist()
        hits += holm([first, *others], weights)[0] <= ALPHA
    return hits / repetitions


def test_a_primary_comparison_keeps_its_power():
    """docs/baselines.md tells these two numbers."""
    assert found(None) == pytest.approx(0.17, abs=0.08)
    assert found(WEIGHTS) == pytest.approx(0.46, abs=0.08)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_the_familys_error_is_alpha(weights):
    random = np.random.default_rng(1)
    values = random.uniform(size=(4000, FAMILY))
    errors = np.mean([min(holm(each, weights)) <= ALPHA for each in values])
    assert errors == pytest.approx(ALPHA, abs=0.011)  # three standard errors

"""Images that would decide, told without a margin: decided in 80 of 100 runs or more, as the sentence says.

First a run that leaves it open, then one on as many images as it asked for, for a truth that stays the same.
"""

import numpy as np
import pytest
from scipy.special import ndtr

from behaviors.contract.sample_size import assured, n_scaled
from behaviors.statistics.intervals import normal_quantile

ALPHA = 0.05
Z = normal_quantile(ALPHA)


def decided(distance, error, draws=200):
    """Share of second runs that are decided; ``distance``: of the truth, ``error``: of the first run's number."""
    measured = np.random.default_rng(0).normal(distance, error, size=draws)
    shares = []
    for value in measured[np.abs(measured) < Z * error]:
        images = n_scaled(1000, 2 * Z * error, assured(abs(value), Z * error, alpha=ALPHA))
        scores = distance / (error * np.sqrt(1000 / images))
        shares.append(ndtr(scores - Z) + ndtr(-scores - Z))
    return np.mean(shares)


@pytest.mark.parametrize("accuracy", [0.8, 0.9])
@pytest.mark.parametrize("distance", [0.02, 0.01, 0.005])
@pytest.mark.parametrize("images", [500, 1000, 2000])
def test_what_would_decide_does_in_80_runs_of_100(accuracy, distance, images):
    assert decided(distance, np.sqrt(accuracy * (1 - accuracy) / images)) >= 0.8


def test_the_measured_distance_alone_would_not():
    """What was told before: the distance taken for the truth, which luck had made large."""
    error = 0.0126
    measured = np.random.default_rng(0).normal(0.005, error, size=400)
    open_ = measured[np.abs(measured) < Z * error]
    scores = 0.005 * 2 * Z / np.abs(open_)
    assert np.mean(ndtr(scores - Z) + ndtr(-scores - Z)) < 0.7

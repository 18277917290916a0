"""A sample judged with a known model's answers: bounds miss no more often than others, and save what is said."""

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks import control_variate
from benchmarks.control_variate import METRICS, Pair, differences, recorded, simulated

REPETITIONS = 400
MOST = binom.isf(1e-4, REPETITIONS, 0.065) / REPETITIONS


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("pair", control_variate.PAIRS[1:5:2], ids=str)
def test_bounds_hold(name, pair):
    rates = simulated(pair, METRICS[name], REPETITIONS, np.random.default_rng(1))
    assert max(rates.low, rates.high) <= MOST


def test_two_thirds_of_the_images_are_saved_where_one_in_twenty_tells_the_models_apart():
    rates = simulated(Pair(500, 10_000, 0.8, 0.05), METRICS["accuracy"], REPETITIONS, np.random.default_rng(2))
    assert rates.saved >= 0.65
    assert rates.helped == 1


def test_bounds_that_forget_the_list_would_miss():
    """The power of this: half the promised width misses far more often."""
    pair, random, missed = Pair(500, 10_000, 0.8, 0.05), np.random.default_rng(3), 0
    for _ in range(100):
        old, new = pair.drawn(pair.images, random)
        rows = random.permutation(pair.images)[: pair.sample]
        ids = control_variate._ids(pair.images)
        found = control_variate.controlled(
            METRICS["accuracy"](new.of(rows), ids[rows]), METRICS["accuracy"](old, ids).per_image, alpha=0.05
        )
        half = (found.interval.high - found.interval.low) / 4
        missed += abs(found.value - pair.accuracy) > half
    assert missed > 30


@pytest.mark.parametrize("name", ["accuracy", "Brier, top label"])
def test_recorded_imagenet_predictions(real, name):
    """ViT by samples of 1,000, with ResNet50's answers on all 50,000; the truth is that of the whole list."""
    models = control_variate.imagenet("ResNet50"), control_variate.imagenet("ViT")
    rates = recorded(models, METRICS[name], 1_000, 60)
    assert max(rates.low, rates.high) <= binom.isf(1e-4, 60, 0.065) / 60
    assert rates.saved > 0.15


def test_differences_of_recorded_models_are_covered(real):
    """Of ViT and ResNet50 over the whole list, by samples of 1,000: what ResNet50 said of the others saves a fifth."""
    models = control_variate.imagenet("ResNet50"), control_variate.imagenet("ViT")
    paired, known = differences(models, METRICS["accuracy"], 1_000, 60)
    assert max(paired.low, paired.high, known.low, known.high) <= 0.05 + 3 * (0.05 * 0.95 / 60) ** 0.5
    assert known.saved > 0.2

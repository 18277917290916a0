"""Differences of calibration errors: hand-worked, and how often the bounds err where noise adds to both."""

import numpy as np
import pytest

from behaviors.findings.confidence import better_calibrated, confidence_gap
from tests.behaviors.findings.build import says


def draw(generator, images, off, confidence=(0.6, 0.8, 0.95), model="one"):
    """A model whose accuracy is its confidence less ``off``, at each of the confidences."""
    sure = generator.choice(confidence, images)
    return says((generator.random(images) > sure - off).astype(int), confidence=sure, model=model)


def test_by_hand():
    """One is 0.9 sure and right 7 times in 10, the other 9 times in 10: calibration errors of 0.2 and 0."""
    worse = says([1, 1, 1, *[0] * 7] * 10, confidence=0.9)
    better = says([1, *[0] * 9] * 10, confidence=0.9, model="two")
    claim = better_calibrated("val", better, worse, alpha=0.05)
    assert claim.value == pytest.approx(0.2)
    low, high = claim.bounds(0.05)
    assert 0 < low < 0.2 < high
    back = better_calibrated("val", worse, better, alpha=0.05)
    assert back.bounds(0.05) == pytest.approx((-high, -low))


def test_the_gap_of_one_model():
    gap = confidence_gap(says([1, 0, 0, 0], confidence=0.9), alpha=0.05)
    assert gap.measurement.value == pytest.approx(0.15)
    assert gap.influence == pytest.approx([0.75, -0.25, -0.25, -0.25])


def test_a_model_is_not_better_calibrated_than_itself():
    said = draw(np.random.default_rng(0), 800, 0.05)
    low, high = better_calibrated("val", said, said, alpha=0.05).bounds(0.05)
    assert low < 0 < high


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((0.0, (0.6, 0.8, 0.95)), (0.0, (0.5, 0.7, 0.9))),  # both calibrated: noise is all there is
        ((0.05, (0.6, 0.8, 0.95)), (0.05, (0.6, 0.8, 0.95))),
        ((0.05, (0.6, 0.8, 0.95)), (-0.05, (0.7,))),
    ],
)
def test_equal_calibration_is_seldom_told_apart(one, other):
    generator, errors = np.random.default_rng(1), np.zeros(2)
    for _ in range(300):
        claim = better_calibrated(
            "val", draw(generator, 1000, *one), draw(generator, 1000, *other, model="two"), alpha=0.05
        )
        low, high = claim.bounds(0.05)
        errors += (low > 0, high < 0)
    assert (errors / 300 < 0.08).all()


def test_a_clear_difference_is_found():
    generator = np.random.default_rng(2)
    found = [
        better_calibrated("val", draw(generator, 2000, 0.0), draw(generator, 2000, 0.08), alpha=0.05).bounds(0.05)[0]
        > 0
        for _ in range(40)
    ]
    assert np.mean(found) > 0.9

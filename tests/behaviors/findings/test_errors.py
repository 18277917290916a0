"""Differences of error ratios: what each image does to them, against the bootstrap, and how often intervals err."""

import numpy as np
import pytest

from behaviors.findings.errors import COMPLEX, complex_above_others, fewer_relative_mistakes, influences
from behaviors.mistakes import FACTORS
from behaviors.mistakes.evidence import Errors
from tests.behaviors.findings.build import says


def ratios(wrong, carries):
    return np.array([wrong[column].mean() for column in carries.T]) / wrong.mean()


@pytest.fixture(scope="module")
def made() -> Errors:
    generator = np.random.default_rng(0)
    carries = generator.random((2500, 2)) < (0.1, 0.3)
    wrong = generator.random(2500) < 0.15 + carries @ (0.3, 0.1)
    return Errors(wrong, carries, ("a", "b"))


def test_they_add_up_to_nothing_and_follow_the_ratio(made):
    """Leaving one image out moves the ratio by its influence / (N - 1), to first order."""
    moved = influences(made)
    assert moved.sum(0) == pytest.approx(0, abs=1e-8)
    full, images = ratios(made.wrong, made.carries), len(made)
    for row in range(40):
        kept = np.arange(images) != row
        left = ratios(made.wrong[kept], made.carries[kept])
        assert (full - left) * (images - 1) == pytest.approx(moved[row], rel=0.01, abs=0.02)


def test_their_spread_is_that_of_the_bootstrap(made):
    generator = np.random.default_rng(1)
    draws = (generator.integers(0, len(made), len(made)) for _ in range(1500))
    drawn = np.array([ratios(made.wrong[rows], made.carries[rows]) for rows in draws])
    moved = influences(made)
    for part, value in ((moved[:, 0], drawn[:, 0]), (moved[:, 1], drawn[:, 1]), (moved @ (1, -1), drawn @ (1, -1))):
        assert np.sqrt(np.mean(part**2) / len(made)) == pytest.approx(value.std(), rel=0.07)


def predictions(wrong, carried, model="one"):
    columns = {factor: carried == place for place, factor in enumerate(FACTORS)}
    columns["prototype"] = np.zeros(carried.size, bool)
    return says(wrong.astype(int), model=model, dataset="factors", annotations=columns)


def test_a_difference_of_means_errs_no_more_often_than_alpha():
    """Two models of one true mean ratio (1.25), whose errors go together; 250 draws."""
    generator = np.random.default_rng(2)
    carried = np.repeat(np.arange(len(FACTORS)), 120)
    first = np.tile([1.0, 1.5], 8)[carried] * 0.2
    second = np.tile([1.5, 1.0], 8)[carried] * 0.2
    errors = np.zeros(2)
    for _ in range(250):
        ease = generator.random(carried.size)
        other = np.where(generator.random(carried.size) < 0.6, ease, generator.random(carried.size))
        claim = fewer_relative_mistakes(
            predictions(ease < first, carried), predictions(other < second, carried, "two"), alpha=0.05
        )
        low, high = claim.bounds(0.05)
        errors += (low > 0, high < 0)
    assert (errors / 250 < 0.09).all()


def test_complex_factors_by_hand():
    """0.4 of the images with a complex factor are wrong, 0.1 of the others: ratios 0.4 / e and 0.1 / e."""
    carried = np.repeat(np.arange(len(FACTORS)), 100)
    hard = np.isin(carried, [FACTORS.index(name) for name in COMPLEX])
    wrong = np.arange(carried.size) % 100 < np.where(hard, 40, 10)
    claim = complex_above_others(predictions(wrong, carried), alpha=0.05)
    overall = (3 * 0.4 + 13 * 0.1) / 16
    assert [one.measurement.value for one in claim.measured] == pytest.approx([0.4 / overall, 0.1 / overall])
    assert [one.what for one in claim.measured] == ["complex", "others"]
    assert claim.value == pytest.approx(0.3 / overall)

"""How often the bounds of the ECE and its parts miss the truth, on populations whose truth is known."""

import numpy as np
import pytest
from scipy import stats

from behaviors.calibration import bounds
from behaviors.calibration.bounds import ece_bounds, overconfidence_bounds
from behaviors.statistics.gaps import Gaps, folding_bias
from benchmarks.intervals import SCENARIOS, binned_errors

REPETITIONS = 4000
LIMIT = 0.0625
"""5 % and 3.6 standard errors of the simulation."""
COMMON = [name for name in SCENARIOS if not name.startswith(("calibrated", "saturated"))]


@pytest.mark.parametrize("images", [200, 2000, 20_000])
@pytest.mark.parametrize("scenario", COMMON)
def test_each_side_errs_at_most_about_alpha(scenario, images):
    random = np.random.default_rng(images)
    for metric, low, high in binned_errors(SCENARIOS[scenario], images, repetitions=REPETITIONS, random=random):
        assert low < LIMIT, f"{metric}: the low bound is above the truth in {low:.1%}"
        assert high < LIMIT, f"{metric}: the high bound is below the truth in {high:.1%}"


def test_calibrated_models_are_seldom_called_miscalibrated():
    """Where the truth is exactly 0 the two low bounds may err together up to 1.5 alpha."""
    random = np.random.default_rng(0)
    errors = list(binned_errors(SCENARIOS["calibrated"], 500, repetitions=REPETITIONS, random=random))
    assert all(low < 0.075 and high == 0 for _, low, high in errors), errors


@pytest.mark.parametrize("images", [50, 100, 200])
def test_few_errors_need_exact_bounds(images):
    """A model that is 98 % right and always sure: the closed form alone is too sure where no prediction is wrong."""
    people, random = SCENARIOS["saturated, 98 % right (.017)"], np.random.default_rng(0)
    for metric, low, high in binned_errors(people, images, repetitions=REPETITIONS, random=random):
        assert max(low, high) < LIMIT, metric
    alone = binned_errors(people, images, repetitions=REPETITIONS, random=random, widened=False)
    assert next(alone)[2] > max(0.9 * 0.98**images, LIMIT)


def test_large_samples_are_not_wasted():
    """With many images and a gap of one sign both sides err about alpha: the interval is not needlessly wide."""
    random = np.random.default_rng(3)
    people = SCENARIOS["over-confident (.05)"]
    (_, low, high), *_ = binned_errors(people, 100_000, repetitions=REPETITIONS, random=random)
    assert (low, high) == pytest.approx((0.05, 0.05), abs=0.013)


@pytest.mark.parametrize("kappa", [0.0, 0.5])
def test_bounding_the_bias_is_needed(monkeypatch, kappa):
    monkeypatch.setattr(bounds, "KAPPA", kappa)
    random = np.random.default_rng(4)
    (_, low, _), *_ = binned_errors(SCENARIOS["one bin only (.05)"], 2000, repetitions=REPETITIONS, random=random)
    assert low > 0.1


def test_low_bounds_follow_the_folded_normal():
    """Two bins of opposite sign, where the unfolded sum says nothing: scipy's folded normal gives the same bounds."""
    mean, images = np.array([0.03, -0.025]), 4000
    gaps = Gaps(mean, np.array([0.06, 0.09]), images)
    errors = np.sqrt((gaps.squared - mean**2) / images)
    least = np.maximum(np.abs(mean) - 1.5 * errors, 0)
    bias = sum(stats.foldnorm(m / s, scale=s).mean() - m for m, s in zip(least, errors, strict=True))
    reach = stats.norm.isf(0.05) * np.sqrt((errors**2).sum())
    assert ece_bounds(gaps, alpha=0.05) == pytest.approx((0.055 - bias - reach, 0.055 + reach))
    assert overconfidence_bounds(gaps, alpha=0.05) == pytest.approx((0.03 - bias / 2 - reach, 0.03 + reach))
    assert overconfidence_bounds(gaps.mirrored, alpha=0.05) == pytest.approx((0.025 - bias / 2 - reach, 0.025 + reach))


def test_folding_bias_is_that_of_a_folded_normal():
    """E|N(0, 1)| = sqrt(2 / pi) and E|N(1, 1)| = 1.1666309, less |mu|; none where there is no noise."""
    variance = 1 / 10_000
    means = np.array([[0.0], [0.01], [0.3], [0.0]])
    gaps = Gaps(means, means**2 + np.array([[1.0], [1.0], [0.0], [0.0]]), images=10_000)
    bias = folding_bias(gaps, kappa=0) / np.sqrt(variance)
    assert bias == pytest.approx([0.7978846, 0.1666309, 0, 0], abs=5e-8)


def test_a_repetition_is_measured_as_if_alone():
    gaps, _ = SCENARIOS["sign-changing (.05)"].draw(500, 3, np.random.default_rng(5))
    low, high = ece_bounds(gaps, alpha=0.05)
    for k in range(3):
        assert ece_bounds(Gaps(gaps.mean[k], gaps.squared[k], 500), alpha=0.05) == pytest.approx((low[k], high[k]))

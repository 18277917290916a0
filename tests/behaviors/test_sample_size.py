"""Sample sizes agree with the tables of the specification, and with the power that they promise."""

import numpy as np
import pytest
from scipy.stats import binom

from behaviors.contract.sample_size import n_accuracy, n_calibrated, n_ece, n_paired, n_proportion, n_scaled, spread_of
from behaviors.statistics.intervals import clopper_pearson

MARGINS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.10)


@pytest.mark.parametrize(
    ("threshold", "images"),
    [
        (0.60, (104304, 26176, 6592, 2950, 1076, 276)),
        (0.76, (79715, 20115, 5120, 2315, 860, 230)),
        (0.90, (40016, 10263, 2692, 1251, 488, 143)),
        (0.99, (5487, 1651, 543, 295, 143, 56)),
        (0.35, (98352, 24553, 6119, 2709, 967, 234)),
    ],
)
def test_the_table_of_proportions(threshold, images):
    assert tuple(n_accuracy(threshold, margin, alpha=0.05) for margin in MARGINS) == images


@pytest.mark.parametrize(
    ("discordant", "margins", "images"),
    [
        (0.01, (0.0025, 0.005), (17311, 4324)),
        (0.02, (0.0025, 0.005, 0.01), (34626, 8653, 2160)),
        (0.05, (0.0025, 0.005, 0.01, 0.02, 0.03), (86572, 21639, 5406, 1348, 596)),
        (0.15, (0.0025, 0.005, 0.01, 0.02, 0.03), (259727, 64928, 16228, 4053, 1799)),
    ],
)
def test_the_table_of_paired_differences(discordant, margins, images):
    assert tuple(n_paired(discordant, margin, alpha=0.05) for margin in margins) == images


def test_golden_values():
    assert n_accuracy(0.76, 0.02, alpha=0.05) == 5120
    assert n_paired(0.05, 0.01, alpha=0.05) == 5406
    assert n_ece(0.35, 0.02, alpha=0.05) == 4626


def test_gaps_of_both_signs_take_more_images():
    assert n_ece(0.35, 0.02, alpha=0.05, sign_changes=True) == np.ceil(1.6 * 4625.290213832355)


@pytest.mark.parametrize(("threshold", "margin"), [(0.6, 0.05), (0.76, 0.05), (0.9, 0.02), (0.99, 0.01)])
def test_exact_bounds_have_the_power_that_was_planned(threshold, margin):
    """The chance that the high bound is below the threshold, where the truth is a margin below; by enumeration."""
    images = n_accuracy(threshold, margin, alpha=0.05)
    fails = [k for k in range(images + 1) if clopper_pearson(k, images, alpha=0.05).high < threshold]
    assert binom.pmf(fails, images, threshold - margin).sum() == pytest.approx(0.95, abs=0.015)


def test_the_mirror_image_takes_as_many():
    assert n_proportion(0.1, 0.12, alpha=0.05) == n_proportion(0.9, 0.88, alpha=0.05)


def test_a_calibrated_model_passes_with_the_images_that_were_planned():
    """High bound, floor + z se with z se again for its scatter, at exactly so many images."""
    spread, floor, images, limit = 0.3, 0.05, 400, 0.02
    found = n_calibrated(spread, floor, images, limit, alpha=0.05)
    bound = [floor * np.sqrt(images / n) + 2 * 1.6448536 * spread / np.sqrt(n) for n in (found - 1, found)]
    assert bound[0] > limit >= bound[1]


def test_what_falls_as_the_root_of_the_images():
    assert n_scaled(400, 0.1, 0.05) == 1600
    assert n_scaled(400, 0.0, 0.05) == 1
    assert spread_of(1.6448536 * 0.3 / 20, 400, alpha=0.05) == pytest.approx(0.3, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "arguments", "sentence"),
    [
        (n_accuracy, (0.76, 0.0), "must differ"),
        (n_accuracy, (0.01, 0.02), "between 0 and 1"),
        (n_paired, (0.01, 0.02), "takes at least as large a share"),
        (n_paired, (0.01, -0.02), "above 0"),
        (n_ece, (0.3, 0.0), "above 0"),
        (n_calibrated, (0.3, 0.05, 100, 0.0), "above 0"),
    ],
)
def test_what_has_no_answer_is_refused(call, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(*arguments, alpha=0.05)
    with pytest.raises(ValueError, match="above 0"):
        n_scaled(100, 0.1, float("nan"))

"""The golden values of the specification (statistics.md, 9) that no other test states; docs/statistics.md lists all."""

import re

import numpy as np
import pytest

from behaviors.calibration.bins import bin_by_confidence
from behaviors.calibration.bounds import ece_bounds
from behaviors.calibration.metrics import expected_calibration_error, signed_gap, top_label_brier_score
from behaviors.mistakes import bounds
from behaviors.shape_texture.evidence import Decisions
from behaviors.shape_texture.metrics import shape_fraction
from behaviors.statistics.gaps import folding_bias
from behaviors.statistics.intervals import clopper_pearson, wilson
from tests.conftest import ROOT

ALPHA = 0.05
SEVEN = 5e-8
"""As many digits as are printed."""


def test_5_four_images_bin_by_bin():
    binned = bin_by_confidence([0.95, 0.95, 0.65, 0.55], [1, 0, 1, 1], bins=15)
    assert binned.index.tolist() == [14, 14, 9, 8]
    assert binned.gaps.mean[[14, 9, 8]] == pytest.approx([0.225, -0.0875, -0.1125])
    assert np.abs(binned.gaps.mean).sum() == pytest.approx(0.425)
    assert binned.noise_floor == pytest.approx(0.2558584, abs=SEVEN)
    assert 0.425 - folding_bias(binned.gaps, kappa=0) == pytest.approx(0.3734109, abs=SEVEN)
    assert ece_bounds(binned.gaps, alpha=ALPHA) == pytest.approx((0, 0.8250094), abs=SEVEN)


@pytest.mark.parametrize(("times", "low", "high"), [(1, 0.0260691, 0.0702257), (20, 0.0454774, 0.0545226)])
def test_6_a_thousand_images_bin_by_bin(times, low, high):
    confidence = np.tile(np.repeat([0.95, 0.55], [600, 400]), times)
    correct = np.tile(np.repeat([1, 0, 1, 0], [540, 60, 240, 160]), times)
    binned = bin_by_confidence(confidence, correct, bins=15)
    assert binned.gaps.mean[[14, 8]] == pytest.approx([0.03, -0.02])
    found = expected_calibration_error(confidence, correct, bins=15, alpha=ALPHA)
    assert found.value == pytest.approx(0.05)
    assert ece_bounds(binned.gaps, alpha=ALPHA) == pytest.approx((low, high), abs=SEVEN)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=2e-6)
    assert signed_gap(confidence, correct, alpha=ALPHA).value == pytest.approx(0.01)
    assert top_label_brier_score(confidence, correct, alpha=ALPHA).value == pytest.approx(0.1525)
    if times == 1:
        assert np.linalg.norm(binned.gaps.errors) == pytest.approx(0.0122963, abs=SEVEN)
        assert found.details["debiased"] == pytest.approx(0.0498480, abs=SEVEN)
        assert found.details["noise_floor"] == pytest.approx(0.0121984, abs=SEVEN)


def left_closed(confidence, correct):
    """ECE with bins [lo, hi), and one more for exactly 1, as torchmetrics has them."""
    index = np.floor(np.asarray(confidence) * 15 + 1e-12).astype(int)
    gap = np.asarray(confidence) - np.asarray(correct)
    return np.abs(np.bincount(index, weights=gap)).sum() / gap.size


@pytest.mark.parametrize(
    ("confidence", "correct", "ours", "theirs"),
    [([1, 1, 0.95, 0.95], [1, 0, 1, 1], 0.225, 0.275), ([0.6, 0.65], [1, 0], 0.525, 0.125)],
)
def test_7_edges_decide_and_the_other_convention_differs(confidence, correct, ours, theirs):
    found = expected_calibration_error(confidence, correct, bins=15, alpha=ALPHA)
    assert found.value == pytest.approx(ours)
    assert left_closed(confidence, correct) == pytest.approx(theirs)


def test_8_shape_decisions():
    """On images that share no pictures, where the two-way interval is that of independent images."""
    alone = np.arange(853).astype(np.str_)
    shape = np.arange(853) < 340
    found = shape_fraction(Decisions(shape, ~shape, np.full(853, "cat"), alone, alone), alpha=0.025)
    assert found.value == pytest.approx(0.3985932, abs=SEVEN)
    by_score, exact = wilson(340, 853, alpha=0.025), clopper_pearson(340, 853, alpha=ALPHA)
    assert (by_score.low, by_score.high) == pytest.approx((0.3662618, 0.4318339), abs=SEVEN)
    assert (exact.low, exact.high) == pytest.approx((0.3707241, 0.4269833), abs=SEVEN)
    assert (found.interval.low, found.interval.high) == pytest.approx((by_score.low, by_score.high), abs=2e-4)


@pytest.mark.parametrize(
    ("counts", "value", "by_score", "exact"),
    [
        ((134, 282, 10716, 46110), 2.0446459, (1.8369495, 2.2545447), (1.8290394, 2.2620921)),
        ((8, 20, 200, 1000), 2.0, (1.2203181, 2.9006524), (1.0976072, 3.0167897)),
    ],
)
def test_9_error_ratios_with_limits_of_either_kind(counts, value, by_score, exact, monkeypatch):
    """With exact limits, which gates use; and the same formula with Wilson's."""
    assert bounds.ratio(*counts) == pytest.approx(value, abs=SEVEN)
    found = bounds.ratio_interval(*counts, alpha=ALPHA)
    assert (found.low, found.high) == pytest.approx(exact, abs=SEVEN)
    monkeypatch.setattr(bounds, "clopper_pearson", wilson)
    found = bounds.ratio_interval(*counts, alpha=ALPHA)
    assert (found.low, found.high) == pytest.approx(by_score, abs=SEVEN)


def section(title):
    return (ROOT / "docs" / "statistics.md").read_text().split(f"## {title}")[1].split("\n## ")[0]


def test_the_list_names_every_golden_value():
    rows = re.findall(r"^\| (\d+) \|.*::\w+` \|$", section("Golden values"), flags=re.MULTILINE)
    assert [int(number) for number in rows] == list(range(1, 14))


@pytest.mark.parametrize("title", ["Golden values", "What becomes of numbers that are none"])
def test_tests_that_are_listed_exist(title):
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", section(title))
    assert len(named) > 10
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text(), f"{path} has no {name}"

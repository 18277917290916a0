"""Calibration metrics: hand-worked values, and what the rows and details say."""

import doctest
import math

import numpy as np
import pytest

from behaviors.calibration import metrics
from behaviors.calibration.bins import bin_by_confidence
from behaviors.calibration.bounds import ece_bounds
from behaviors.calibration.metrics import (
    negative_log_likelihood,
    overconfidence,
    signed_gap,
    top_label_brier_score,
    underconfidence,
)
from behaviors.statistics.intervals import clopper_pearson, mean_hall

ALPHA = 0.05
FOUR = ([0.95, 0.95, 0.65, 0.55], [1, 0, 1, 1])
THOUSAND = ([0.95] * 600 + [0.55] * 400, [1] * 540 + [0] * 60 + [1] * 240 + [0] * 160)


def ece(confidence, correct, **options):
    return metrics.expected_calibration_error(confidence, correct, bins=15, alpha=ALPHA, **options)


def test_four_images():
    m = ece(*FOUR)
    assert m.value == pytest.approx(0.425)
    assert {row["bin"]: row["term"] for row in m.parts if row["images"]} == pytest.approx(
        {14: 0.225, 9: 0.0875, 8: 0.1125}
    )
    assert m.details["noise_floor"] == pytest.approx(0.2558584, abs=5e-8)
    assert m.details["debiased"] == pytest.approx(0.3734109, abs=5e-8)
    closed_form = ece_bounds(bin_by_confidence(*FOUR, bins=15).gaps, alpha=ALPHA)
    assert closed_form == pytest.approx((0, 0.8250094), abs=5e-8)
    exact = clopper_pearson(3, 4, alpha=ALPHA)  # as only one is wrong, the spread alone does not decide
    assert (m.interval.low, m.interval.high) == pytest.approx((0, 0.425 + 0.75 - exact.low))
    assert m.images == 4
    assert signed_gap(*FOUR, alpha=ALPHA).value == pytest.approx(0.025)
    assert overconfidence(*FOUR, bins=15, alpha=ALPHA).value == pytest.approx(0.225)
    assert underconfidence(*FOUR, bins=15, alpha=ALPHA).value == pytest.approx(0.2)
    assert top_label_brier_score(*FOUR, alpha=ALPHA).value == pytest.approx(0.3075)


@pytest.mark.parametrize(("times", "low", "high"), [(1, 0.0260691, 0.0702257), (20, 0.0454774, 0.0545226)])
def test_a_thousand_images(times, low, high):
    confidence, correct = THOUSAND[0] * times, THOUSAND[1] * times
    m = ece(confidence, correct)
    assert m.value == pytest.approx(0.05)
    closed_form = ece_bounds(bin_by_confidence(confidence, correct, bins=15).gaps, alpha=ALPHA)
    assert closed_form == pytest.approx((low, high), abs=5e-8)
    assert (m.interval.low, m.interval.high) == pytest.approx((low, high), abs=2e-6)  # here nearly all is no noise
    assert signed_gap(confidence, correct, alpha=ALPHA).value == pytest.approx(0.01)
    assert top_label_brier_score(confidence, correct, alpha=ALPHA).value == pytest.approx(0.1525)
    if times == 1:
        assert (m.details["debiased"], m.details["noise_floor"]) == pytest.approx((0.0498480, 0.0121984), abs=5e-8)


def test_calibrated_images_have_a_noise_floor():
    m = ece([0.75] * 100, [1] * 75 + [0] * 25)
    assert m.value == pytest.approx(0)
    assert m.details["noise_floor"] == pytest.approx(0.0345494, abs=5e-8)
    closed_form = ece_bounds(bin_by_confidence([0.75] * 100, [1] * 75 + [0] * 25, bins=15).gaps, alpha=ALPHA)
    assert closed_form == pytest.approx((0, 0.0712243), abs=5e-8)
    spread = math.sqrt(0.75 * 0.25 / 100)  # one bin: the mean at which |N(mean, spread^2)| is that far below on average
    x = m.interval.high / spread
    folded = math.sqrt(2 / math.pi) * math.exp(-(x**2) / 2) + x * math.erf(x / math.sqrt(2))
    assert folded == pytest.approx(1.6448536 * math.sqrt(1 + x**2 - folded**2), rel=1e-6)
    assert m.notes == (
        "much of this may be noise: on 100 images a perfectly calibrated model would measure 0.0345 on average",
    )


@pytest.mark.parametrize(
    ("confidence", "bin_"),
    [
        *[(0.0, 0), (1 / 15, 0), (2 / 15, 1), (0.2, 2), (0.6, 8), (0.8, 11), (14 / 15, 13), (1.0, 14)],
        *[(np.nextafter(0.2, 1), 3), (np.nextafter(0.2, 0), 2)],
        *[(np.float32(0.2), 3), (np.float32(0.6), 9), (np.float32(0.8), 12), (np.float32(1), 14)],
    ],
)
def test_edges_belong_to_the_bin_below(confidence, bin_):
    """In float64; float32 is promoted first, so float32(0.2) = 0.20000000298 is above the edge."""
    parts = ece(np.array([confidence, confidence]), [True, False]).parts
    assert [row["bin"] for row in parts if row["images"]] == [bin_]
    assert parts[bin_]["low"] == bin_ / 15
    assert parts[bin_]["high"] == (bin_ + 1) / 15


def test_edges_decide_the_value():
    assert ece([1, 1, 0.95, 0.95], [1, 0, 1, 1]).value == pytest.approx(0.225)  # a bin of its own for 1.0 gives 0.275
    assert ece([0.6, 0.65], [1, 0]).value == pytest.approx(0.525)  # [lo, hi) would give 0.125
    assert ece([0.6, 0.65], [1, 0]).details["on_edge"] == 1
    assert ece([1, 1, 0.95, 0.95], [1, 0, 1, 1]).details["saturated"] == 2


def test_parts_are_the_bins():
    parts = ece(*THOUSAND).parts
    assert len(parts) == 15
    assert sum(row["images"] for row in parts) == 1000
    assert parts[14] == pytest.approx(
        {
            "bin": 14,
            "low": 14 / 15,
            "high": 1,
            "images": 600,
            "confidence": 0.95,
            "accuracy": 0.9,
            "gap": 0.05,
            "term": 0.03,
        }
    )
    assert parts[0] == {"bin": 0, "low": 0, "high": 1 / 15, "images": 0} | dict.fromkeys(
        ("confidence", "accuracy", "gap")
    ) | {"term": 0}
    assert all(type(cell) in (float, int, type(None)) for row in parts for cell in row.values())
    assert all(type(value) in (float, int) for value in ece(*THOUSAND, runner_up=[0.01] * 1000).details.values())


def test_ties_are_counted():
    assert "ties" not in ece(*FOUR).details
    assert ece(*FOUR, runner_up=[0.01] * 4).details["ties"] == 0
    tied = ece([0.5, 0.5, 0.9], [1, 0, 1], runner_up=[0.5, 0.5, 0.1])
    assert tied.details["ties"] == 2
    assert any(note.startswith("2 images have two equally probable best classes") for note in tied.notes)


def test_few_errors_are_noted():
    wrong, right = ece([0.97] * 200, [0] * 3 + [1] * 197), ece([0.97] * 200, [1] * 3 + [0] * 197)
    assert "only 3 of 200 predictions are wrong: the interval is widened by exact bounds of the accuracy" in wrong.notes
    assert any("only 3 of 200 predictions are right" in note for note in right.notes)
    assert wrong.interval.method == "bias-bounded, 15 bins, widened by exact bounds of the accuracy"
    assert not ece(*THOUSAND).notes


@pytest.mark.parametrize("wrong", [0, 3, 19])
def test_a_model_that_is_always_sure_is_bounded_by_its_accuracy(wrong):
    """Confidence 1 everywhere: ECE, gap, over-confident part and Brier score are all the share that is wrong."""
    confidence, correct = [1.0] * 200, [0] * wrong + [1] * (200 - wrong)
    exact = clopper_pearson(wrong, 200, alpha=ALPHA)
    for found in (
        ece(confidence, correct),
        signed_gap(confidence, correct, alpha=ALPHA),
        overconfidence(confidence, correct, bins=15, alpha=ALPHA),
        top_label_brier_score(confidence, correct, alpha=ALPHA),
    ):
        assert found.value == pytest.approx(wrong / 200)
        assert found.interval.high >= exact.high - 1e-12
        assert found.interval.low <= exact.low + 1e-12
    labels = [-np.inf] * wrong + [0.0] * (200 - wrong)
    whole = metrics.brier_score([1.0] * 200, labels, alpha=ALPHA)
    assert whole.interval.high >= 2 * exact.high - 1e-12
    assert whole.notes[0].startswith(f"only {wrong} of 200 labels are given at most one half")


def test_enough_of_both_are_not_widened():
    found = signed_gap([0.9] * 200, [0] * 20 + [1] * 180, alpha=ALPHA)
    assert found.notes == ()
    assert found.interval.method == "mean, normal"


def test_one_image_has_a_value_and_no_interval():
    assert ece([0.9], [True]).value == pytest.approx(0.1)
    assert ece([0.9], [True]).interval is None
    assert signed_gap([0.9], [True], alpha=ALPHA).interval is None
    assert negative_log_likelihood([-0.5], alpha=ALPHA).interval is None


def test_the_docstring_example():
    assert doctest.testmod(metrics).attempted > 0
    assert doctest.testmod(metrics).failed == 0


@pytest.mark.parametrize(("images", "unseen"), [(50, True), (200, True), (20_000, False)])
def test_a_log_loss_is_not_bounded_by_images_that_show_no_catastrophe(images, unseen):
    """All images cost 0.01 nats, and yet 3 in ``images`` might cost 15.9: exactly Clopper-Pearson's bound of them."""
    loss = np.full(images, 0.01)
    loss[::2] = 0.5 if not unseen else 0.01
    found = negative_log_likelihood(-loss, alpha=ALPHA)
    worst = 23 * np.log(2)
    assert found.details["unseen_loss"] == pytest.approx(worst)
    if unseen:
        missing = 1 - ALPHA ** (1 / images)
        assert found.interval.high == pytest.approx(0.01 + missing * (worst - 0.01), rel=0.02)
        assert found.notes[0].startswith(f"{images:,} images are too few to rule out a rare catastrophe")
    else:
        assert found.interval.high < found.value + 0.01
        assert found.notes == ()
    assert found.interval.low > 0


def test_a_loss_that_was_seen_may_be_worse_than_the_floor():
    found = negative_log_likelihood(-np.append(np.full(199, 0.01), 40.0), alpha=ALPHA)
    assert found.details["unseen_loss"] == 40


@pytest.mark.parametrize("images", [50, 200])
def test_rare_confident_errors_do_not_escape_the_bound(images):
    """A model right 99 times in 100, three times too sure: Hall's bound alone misses in 57 and 18 of 100 test sets."""
    random = np.random.default_rng(0)
    odds = 3 * (6.5 + 2 * random.normal(size=100_000))
    loss = np.logaddexp(0, np.where(random.random(odds.size) < 0.01, 1, -1) * np.abs(odds))
    misses = np.zeros(2)
    for _ in range(200):
        drawn = random.choice(loss, images)
        bounds = negative_log_likelihood(-drawn, alpha=ALPHA).interval.high, mean_hall(drawn, alpha=ALPHA).high
        misses += np.array(bounds) < loss.mean()
    assert misses[0] / 200 <= ALPHA
    assert misses[1] / 200 > 0.1

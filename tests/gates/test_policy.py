"""The three-way rule errs as seldom as it says: golden verdicts, exact probabilities, and a simulation for the ECE."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from behaviors.calibration.bounds import ece_bounds
from behaviors.calibration.metrics import expected_calibration_error
from behaviors.contract.measurement import Interval, Measurement, Metric
from behaviors.statistics.gaps import folding_bias, in_bins
from behaviors.statistics.intervals import clopper_pearson
from benchmarks.intervals import BINS, CELLS, population
from fixtures.gates.policy import three_way, weigh
from fixtures.gates.rule import Rule
from fixtures.gates.verdict import judge
from fixtures.predictions.request import Request

AT_LEAST = Rule("t.yaml:1", 0.76, None)
AT_MOST = Rule("t.yaml:1", None, 0.05)
BOTH = Rule("t.yaml:1", -0.1, 0.1)
ACCURACY = Metric("Accuracy", "fraction", "higher", lowest=0.0, highest=1.0)


def outcome(rule, low, high, margin=0.0):
    return three_way(replace(rule, margin=margin), Interval(low, high, 0.05, "by hand")).outcome


@pytest.mark.parametrize(
    ("low", "high", "margin", "expected"),
    [
        (0.74, 0.77, 0.0, "inconclusive"),
        (0.74, 0.77, 0.02, "pass"),
        *((0.73, 0.75, margin, "fail") for margin in (0.0, 0.01, 0.03, 0.5)),
        (0.76, 0.80, 0.0, "pass"),
        (0.70, 0.76, 0.0, "inconclusive"),
    ],
)
def test_golden_verdicts(low, high, margin, expected):
    assert outcome(AT_LEAST, low, high, margin) == expected
    mirrored = Rule("t.yaml:1", None, -0.76)
    assert outcome(mirrored, -high, -low, margin) == expected


def test_golden_accuracy_of_30_000_images():
    """The point, 0.5985, is below 0.60; the exact interval reaches beyond it."""
    interval = clopper_pearson(17955, 30000, alpha=0.05)
    assert (interval.low, interval.high) == pytest.approx((0.5938212, 0.6031647), abs=5e-8)
    rule = Rule("t.yaml:1", 0.6, None)
    assert three_way(rule, interval).outcome == "inconclusive"
    assert weigh(replace(rule, policy="point"), Measurement(0.5985, 30000, interval), ACCURACY).outcome == "fail"


def test_golden_bias_of_a_fold():
    """f(0, 1) and f(1, 1) of the specification: E|N(m, 1)|, here of one bin of images with such a mean."""
    assert 0 + folding_bias(of_mean(0.0), kappa=0) == pytest.approx(0.7978846, abs=5e-8)
    assert 1 + folding_bias(of_mean(1.0), kappa=0) == pytest.approx(1.1666309, abs=5e-8)


def of_mean(mean):
    """One bin of two images, whose mean has a standard error of 1."""
    return in_bins(np.array([mean - math.sqrt(2), mean + math.sqrt(2)]), np.zeros(2, np.int64), bins=1)


@pytest.mark.parametrize(
    ("low", "high", "expected", "sides"),
    [
        (-0.05, 0.05, "pass", ()),
        (-0.15, 0.05, "inconclusive", ("min",)),
        (-0.15, 0.15, "inconclusive", ("min", "max")),
        (0.11, 0.15, "fail", ("max",)),
        (-0.15, -0.11, "fail", ("min",)),
    ],
)
def test_both_sides(low, high, expected, sides):
    found = three_way(BOTH, Interval(low, high, 0.05, "by hand"))
    assert (found.outcome, found.sides) == (expected, sides)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_margin_never_decides_what_fails_and_settles_all_where_it_is_wide(first, second, limit, margin):
    low, high = min(first, second), max(first, second)
    rule = Rule("t.yaml:1", limit, None)
    strict, wide = outcome(rule, low, high), outcome(rule, low, high, margin)
    assert (strict == "fail") == (wide == "fail")
    assert strict != "pass" or wide == "pass"
    if high - low <= margin:
        assert wide != "inconclusive"


def test_without_an_interval_nothing_is_shown_unless_there_is_none_by_design():
    few = Measurement(0.9, 1)
    assert weigh(AT_LEAST, few, ACCURACY).outcome == "inconclusive"
    assert weigh(AT_LEAST, few, replace(ACCURACY, judged_by="value")).outcome == "pass"
    assert weigh(AT_LEAST, Measurement(0.5, 1), replace(ACCURACY, judged_by="value")).outcome == "fail"


@cache
def by_hits(images):
    """The verdicts on every number of hits: strict, and with a margin of 0.02."""
    intervals = [clopper_pearson(hits, images, alpha=0.05) for hits in range(images + 1)]
    return tuple(
        np.array([three_way(replace(AT_LEAST, margin=margin), one).outcome for one in intervals])
        for margin in (0.0, 0.02)
    )


@pytest.mark.parametrize(
    ("images", "truth", "fail", "strict_pass", "margin_pass", "inconclusive"),
    [
        (500, 0.76, 0.044, 0.04, 0.25, 0.71),
        (500, 0.71, 0.80, 0.00, 0.001, 0.20),
        (2000, 0.78, 0.000, 0.68, 0.99, 0.006),
        (2000, 0.76, 0.045, 0.05, 0.65, 0.30),
        (2000, 0.74, 0.65, 0.00, 0.048, 0.30),
        (5000, 0.77, 0.000, 0.50, 1.0, 0.000),
        (5000, 0.76, 0.048, 0.05, 0.945, 0.007),
        (5000, 0.74, 0.945, 0.00, 0.048, 0.007),
    ],
)
def test_exact_probabilities(images, truth, fail, strict_pass, margin_pass, inconclusive):  # noqa: PLR0917
    """Cells of the specification's table: accuracy >= 0.76, Clopper-Pearson, alpha 0.05, margin 0.02."""
    chance = binom.pmf(np.arange(images + 1), images, truth)
    strict, wide = by_hits(images)
    found = [chance[verdicts == word].sum() for verdicts, word in ((wide, "fail"), (strict, "pass"), (wide, "pass"))]
    assert found == pytest.approx([fail, strict_pass, margin_pass], abs=0.006)
    assert chance[wide == "inconclusive"].sum() == pytest.approx(inconclusive, abs=0.006)
    assert chance[strict == "fail"].sum() == chance[wide == "fail"].sum()


@pytest.mark.parametrize("images", [500, 2000, 5000])
def test_false_alarms_and_misses_are_as_rare_as_alpha(images):
    """A model at the limit fails, and one that is worse by the margin passes, at most 5 times in 100; exactly."""
    _, wide = by_hits(images)
    hits = np.arange(images + 1)
    assert binom.pmf(hits[wide == "fail"], images, 0.76).sum() <= 0.05
    assert binom.pmf(hits[wide == "pass"], images, 0.74).sum() <= 0.05


def over_confident(confidence):
    return np.sin(np.pi * confidence)


def verdicts(people, images, repetitions=2000):
    """On ECE <= 0.05: strict, and with a margin of 0.02."""
    gaps, _ = people.draw(images, repetitions, np.random.default_rng(images))
    bounds = list(zip(*ece_bounds(gaps, alpha=0.05), strict=True))
    return [np.array([outcome(AT_MOST, *one, margin) for one in bounds]) for margin in (0.0, 0.02)]


@pytest.fixture(scope="module")
def confidences(real):
    """How often the ViT of the published ImageNet predictions is how sure, by cells of equal confidence."""
    path = real / "imagenet_val_predictions" / "ViT.csv"
    sure = np.loadtxt(path, delimiter=",", skiprows=1, usecols=2)
    return np.histogram(sure, np.arange(BINS * CELLS + 1) / (BINS * CELLS))[0] / sure.size


@pytest.mark.parametrize(
    ("images", "truth", "fail", "strict_pass", "margin_pass"),
    [
        (500, 0.00, 0.000, 0.02, 0.66),
        (500, 0.08, 0.36, 0.00, 0.00),
        (2000, 0.03, 0.000, 0.69, 1.00),
        (2000, 0.05, 0.015, 0.02, 0.78),
        (2000, 0.07, 0.62, 0.00, 0.04),
        (5000, 0.05, 0.017, 0.04, 0.98),
        (5000, 0.07, 0.97, 0.00, 0.03),
        (50000, 0.05, 0.051, 0.05, 0.95),
    ],
)
def test_the_gate_of_a_calibration_error(confidences, images, truth, fail, strict_pass, margin_pass):  # noqa: PLR0917
    """Cells of the specification's table: ECE <= 0.05, margin 0.02, an over-confident model like ViT; simulated."""
    strict, wide = verdicts(population(over_confident, truth, share=confidences), images)
    found = [np.mean(wide == "fail"), np.mean(strict == "pass"), np.mean(wide == "pass")]
    assert found == pytest.approx([fail, strict_pass, margin_pass], abs=0.05)  # 3 sd of both simulations


@pytest.mark.parametrize("images", [500, 2000, 10000])
def test_false_alarms_and_misses_of_a_calibration_error(images):
    """A model at the limit fails, and one that is worse by the margin passes, at most 5 times in 100; simulated."""
    noise = 3 * math.sqrt(0.05 * 0.95 / 2000)
    strict, wide = verdicts(population(over_confident, 0.05), images)
    assert np.mean(wide == "fail") <= 0.05 + noise
    assert np.array_equal(strict == "fail", wide == "fail")
    _, wide = verdicts(population(over_confident, 0.07), images)
    assert np.mean(wide == "pass") <= 0.05 + noise


def test_nan_is_an_error_before_it_is_measured_and_before_it_is_judged():
    """The published calibration code gives NaN an ECE of 0."""
    nothing = np.full(5, np.nan)
    with pytest.raises(ValueError, match="NaN or infinite for 5 of 5 images"):
        expected_calibration_error(nothing, np.ones(5, np.bool_), bins=15, alpha=0.05)
    metric = Metric("ECE", "fraction", "lower", lowest=0.0, highest=1.0)
    verdict = judge(AT_MOST, Measurement(math.nan, 5), metric=metric, name="calibration.ece", request=Request("m", "v"))
    assert verdict.status == "error"

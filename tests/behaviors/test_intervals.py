"""Intervals: hand-checkable values, independent implementations, and how often each bound errs."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from behaviors.statistics.intervals import clopper_pearson, mean_hall, mean_z, normal_quantile, wilson
from benchmarks.intervals import losses, mean_errors

ALPHA = 0.05
STEADY = settings(deadline=None, derandomize=True, max_examples=50)  # the same verdict on a busy machine, and tomorrow
counts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
alphas = st.floats(0.001, 0.25)
rows = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=60)


@pytest.mark.parametrize(
    ("interval", "k", "n", "alpha", "bounds"),
    [
        (wilson, 7, 10, 0.025, (0.3967781, 0.8922087)),
        (wilson, 7, 10, 0.05, (0.4416998, 0.8731234)),
        (wilson, 340, 853, 0.025, (0.3662618, 0.4318339)),
        (clopper_pearson, 7, 10, 0.025, (0.3475471, 0.9332605)),
        (clopper_pearson, 7, 10, 0.05, (0.3933758, 0.9127356)),
        (clopper_pearson, 0, 10, 0.05, (0.0, 1 - 0.05**0.1)),
        (clopper_pearson, 10, 10, 0.05, (0.05**0.1, 1.0)),
        (clopper_pearson, 17955, 30000, 0.05, (0.5938212, 0.6031647)),
        (clopper_pearson, 340, 853, 0.05, (0.3707241, 0.4269833)),
    ],
)
def test_known_intervals(interval, k, n, alpha, bounds):
    found = interval(k, n, alpha=alpha)
    assert (found.low, found.high) == pytest.approx(bounds, abs=6e-8)
    assert found.alpha == alpha


@STEADY
@given(counts, alphas)
def test_clopper_pearson_agrees_with_the_binomial_test(count, alpha):
    k, n = count
    theirs = stats.binomtest(k, n).proportion_ci(1 - 2 * alpha, method="exact")
    ours = clopper_pearson(k, n, alpha=alpha)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@STEADY
@given(counts, alphas)
def test_wilson_agrees_with_the_score_test(count, alpha):
    k, n = count
    theirs = stats.binomtest(k, n).proportion_ci(1 - 2 * alpha, method="wilson")
    ours = wilson(k, n, alpha=alpha)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@STEADY
@given(counts, alphas)
def test_proportions_contain_the_estimate_and_mirror(count, alpha):
    k, n = count
    for interval in (wilson, clopper_pearson):
        found, mirror = interval(k, n, alpha=alpha), interval(n - k, n, alpha=alpha)
        assert 0 <= found.low <= k / n <= found.high <= 1
        assert (1 - mirror.high, 1 - mirror.low) == pytest.approx((found.low, found.high), abs=1e-9)


@pytest.mark.parametrize("n", [20, 100, 500])
def test_clopper_pearson_never_errs_more_than_alpha(n):
    """By enumeration: for every truth, the outcomes whose bound misses it have probability at most alpha."""
    bounds = [clopper_pearson(k, n, alpha=ALPHA) for k in range(n + 1)]
    low, high = np.array([b.low for b in bounds]), np.array([b.high for b in bounds])
    for truth in np.linspace(0.01, 0.99, 99):
        chance = stats.binom.pmf(np.arange(n + 1), n, truth)
        assert chance[low > truth].sum() <= ALPHA
        assert chance[high < truth].sum() <= ALPHA


def test_mean_z_is_the_textbook_interval():
    values = [1.0, 2.0, 4.0, 9.0]
    reach = 1.6448536269514722 * math.sqrt(Fraction(38, 3)) / 2  # mean 4; squared deviations 9 + 4 + 0 + 25
    found = mean_z(values, alpha=ALPHA)
    assert (found.low, found.high) == pytest.approx((4 - reach, 4 + reach))


@STEADY
@given(st.lists(st.floats(0, 1), min_size=4, max_size=60).filter(lambda row: np.std(row) > 1e-3))
def test_mean_hall_inverts_the_transformed_ratio(values):
    """Independently: solve g(t) = t + h t^2 / 3 + h^2 t^3 / 27 + h / 6 = +/- z for Student's ratio at each bound."""
    found, n = mean_hall(values, alpha=ALPHA), len(values)
    h = stats.skew(values) / math.sqrt(n)
    error = np.std(values, ddof=1) / math.sqrt(n)
    for bound, z in ((found.low, normal_quantile(ALPHA)), (found.high, -normal_quantile(ALPHA))):
        ratio = optimize.brentq(lambda t, z=z: t + h * t**2 / 3 + h**2 * t**3 / 27 + h / 6 - z, -1e3, 1e3)
        assert bound == pytest.approx(np.mean(values) - error * ratio, abs=1e-6)


@STEADY
@given(rows)
def test_mean_hall_without_skewness_is_the_normal_interval(values):
    symmetric = values + [-value for value in values]
    hall, normal = mean_hall(symmetric, alpha=ALPHA), mean_z(symmetric, alpha=ALPHA)
    assert (hall.low, hall.high) == pytest.approx((normal.low, normal.high), abs=1e-6)


@STEADY
@given(rows, st.floats(-100, 100))
def test_means_move_with_their_values(values, shift):
    for interval in (mean_z, mean_hall):
        here, there = interval(values, alpha=ALPHA), interval([v + shift for v in values], alpha=ALPHA)
        assert here.low <= np.mean(values) + 1e-9 * 1e3
        assert here.high >= np.mean(values) - 1e-9 * 1e3
        assert interval(values[::-1], alpha=ALPHA).low == pytest.approx(here.low, abs=1e-6)
        if np.std(values) > 1e-3:
            assert (there.low - shift, there.high - shift) == pytest.approx((here.low, here.high), abs=1e-4)


def test_equal_values_leave_no_doubt():
    assert (mean_hall([0.3] * 5, alpha=ALPHA).low, mean_hall([0.3] * 5, alpha=ALPHA).high) == pytest.approx((0.3, 0.3))


def test_error_rates_of_means():
    """Each side errs about as often as it says, and Hall's interval is why: the normal one misses the long tail."""
    random = np.random.default_rng(1)
    values = losses(200_000, random)
    for metric, interval in (("signed_gap", mean_z), ("brier_top_label", mean_hall), ("nll", mean_hall)):
        errors = mean_errors(interval, values[metric], 500, repetitions=2000, random=random)
        assert max(errors) < 0.066, f"{metric}: {errors}"  # 0.05 and 3.3 standard errors of the simulation
    assert max(mean_errors(mean_z, values["nll"], 100, repetitions=2000, random=random)) > 0.066


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: wilson(0, 0, alpha=ALPHA), "a proportion of 0 images is undefined"),
        (lambda: clopper_pearson(0, 0, alpha=ALPHA), "a proportion of 0 images is undefined"),
        (lambda: clopper_pearson(11, 10, alpha=ALPHA), "got 11 of 10"),
        (lambda: wilson(-1, 10, alpha=ALPHA), "got -1 of 10"),
        (lambda: wilson(1, 10, alpha=0.5), "between 0 and 0.5; got 0.5"),
        (lambda: clopper_pearson(1, 10, alpha=math.nan), "between 0 and 0.5; got nan"),
        (lambda: mean_z([1.0], alpha=ALPHA), r"at least 2 values in one row; got shape \(1,\)"),
        (lambda: mean_hall([], alpha=ALPHA), "at least 2 values"),
        (lambda: mean_hall([[1.0, 2.0]], alpha=ALPHA), "one row"),
        (lambda: mean_z([1.0, math.nan, math.inf], alpha=ALPHA), "2 of 3 are NaN or infinite"),
    ],
    ids=[str(case) for case in range(10)],
)
def test_what_has_no_interval_is_refused(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()

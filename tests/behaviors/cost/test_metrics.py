"""Counts have no error; ratios of durations have the bounds of a median."""

import numpy as np
import pytest
from scipy import stats

from behaviors.contract.cost import Durations, NotCounted
from behaviors.cost import metrics, test_cost
from behaviors.statistics.median import median
from tests.behaviors.recorder import Recorder, Skipped, needs_of

ALPHA = 0.05


def test_a_count_is_what_it_is():
    found = metrics.millions(4_652_008, alpha=ALPHA)
    assert (found.value, found.interval.low, found.interval.high, found.images) == (4.652008, 4.652008, 4.652008, 1)


def test_the_median_lies_between_order_statistics():
    """By the binomial test of the median, an independent implementation."""
    values = np.arange(1.0, 22.0)
    found = median(values[::-1], alpha=ALPHA)

    def refused(place, side):
        return stats.binomtest(int((values < place).sum()), 21, 0.5, alternative=side).pvalue <= ALPHA

    assert refused(found.low - 0.5, "less")
    assert not refused(found.low + 0.5, "less")
    assert refused(found.high + 0.5, "greater")
    assert not refused(found.high - 0.5, "greater")


def test_bounds_err_no_more_often_than_promised():
    draws = np.random.default_rng(0).exponential(size=(4000, 15))
    low, high = np.array([[one.low, one.high] for one in (median(row, alpha=ALPHA) for row in draws)]).T
    assert (low > np.log(2)).mean() <= ALPHA + 3 * np.sqrt(ALPHA / 4000)
    assert (high < np.log(2)).mean() <= ALPHA + 3 * np.sqrt(ALPHA / 4000)


def test_too_few_values_have_no_bounds_and_nan_is_refused():
    assert median([1.0, 2.0, 3.0, 4.0], alpha=ALPHA) is None
    with pytest.raises(ValueError, match="not finite"):
        median([1.0, np.nan], alpha=ALPHA)


def test_what_slows_both_down_changes_no_ratio():
    """The model takes 1.2 times as long in each round, while the machine becomes ten times slower."""
    old = np.linspace(0.01, 0.1, 21)
    slow = metrics.latency(Durations(old, 1.2 * old, 1), alpha=ALPHA)
    assert slow.value == pytest.approx(1.2)
    assert (slow.interval.low, slow.interval.high) == pytest.approx((1.2, 1.2))
    fast = metrics.throughput(Durations(old, 1.2 * old, 16), alpha=ALPHA)
    assert fast.value == pytest.approx(1 / 1.2)
    assert fast.images == 16 * 21
    assert fast.details["baseline_ms"] == pytest.approx(55)


class Recording:
    """What a recording says of its cost."""

    def parameters(self):
        raise NotCounted("it is recorded predictions")


def test_what_is_not_known_does_not_apply():
    from behaviors.contract.needs import needing

    gate = Recorder()
    with pytest.raises(Skipped), needing(needs_of(test_cost.test_parameters), gate):
        test_cost.test_parameters(Recording(), gate)
    assert gate.inapplicable == {"parameters": "it is recorded predictions"}

"""What is said of suggested rules holds over the noise of the run that suggested them, not only of the one they judge.

Shares of images with exact bounds, whose distribution is known: the whole table of outcomes is added up, nothing is
drawn, but for the repetitions, which are.
"""

import functools

import numpy as np
import pytest
from scipy.stats import binom, norm

from behaviors.contract.measurement import Metric
from behaviors.statistics.intervals import clopper_pearson
from fixtures.gates import lines
from fixtures.gates.lines import Numbers
from tests.suggest.suggesting import METRICS, check

ACCURACY: Metric = METRICS["robustness"]["accuracy"]
REPETITIONS = 52


@functools.cache
def bounds(images: int) -> tuple[np.ndarray, np.ndarray]:
    """Low and high bound for each number of images that can be right."""
    found = [clopper_pearson(right, images, alpha=0.05) for right in range(images + 1)]
    return np.array([each.low for each in found]), np.array([each.high for each in found])


@functools.cache
def suggested(images: int, right: int) -> Numbers:
    low, high = bounds(images)
    measured = check(right / images, low[right], high[right], images=images)
    found = lines.measured([measured], ACCURACY, ["min"], None)
    assert found is not None
    return found


def outcomes(rule: Numbers, images: int, share: float) -> dict[str, float]:
    """How probable each verdict on fresh images is."""
    low, high = bounds(images)
    limit, passing = float(rule.min), float(rule.min - rule.margin)
    weights = binom.pmf(np.arange(images + 1), images, share)
    fail, passes = high < limit, low >= passing
    return {"fail": weights[fail].sum(), "pass": weights[passes & ~fail].sum()}


@pytest.mark.parametrize("images", [100, 1000, 4000])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9, 0.99])
def test_a_model_that_did_not_change_passes_99_times_in_100_and_hardly_ever_fails(images, share):
    passes = fails = 0.0
    for right in range(images + 1):
        weight = binom.pmf(right, images, share)
        if weight > 1e-7:
            found = outcomes(suggested(images, right), images, share)
            passes += weight * found["pass"]
            fails += weight * found["fail"]
    assert passes >= 0.99
    assert fails <= 0.003


@pytest.mark.parametrize(("images", "share"), [(200, 0.9), (1000, 0.6), (1000, 0.9)])
def test_suggesting_again_and_again_with_nothing_changed_does_not_walk(images, share):
    random = np.random.default_rng(0)
    fails = []
    for _ in range(300):
        rights = random.binomial(images, share, size=REPETITIONS + 1)
        rule = suggested(images, int(rights[0]))
        for right in rights[1:]:
            taken = lines.inwards(rule, suggested(images, int(right)))
            rule = Numbers(taken.min, None, taken.margin if taken.margin is not None else rule.margin)
        fails.append(outcomes(rule, images, share)["fail"])
    assert np.mean(fails) <= 0.02


def test_a_claim_with_nothing_changed_seldom_comes_to_what_its_line_does_not_allow():
    """By the normal distribution of two runs' values around a truth so many standard errors from 0."""
    reach, values = 1.645, np.linspace(-6, 10, 1601)
    allowed = [
        lines.outcomes(check(value, value - reach, value + reach, name="findings.claim")) for value in values.tolist()
    ]
    worst = 0.0
    for truth in np.linspace(0, 4, 41):
        holds, contradicted = norm.sf(reach - truth), norm.cdf(-reach - truth)
        ways = {"holds": holds, "contradicted": contradicted, "undecided": 1 - holds - contradicted}
        outside = [sum(share for outcome, share in ways.items() if outcome not in line) for line in allowed]
        weights = norm.pdf(values - truth)
        worst = max(worst, float(np.average(outside, weights=weights)))
    assert 0.04 < worst < 0.055

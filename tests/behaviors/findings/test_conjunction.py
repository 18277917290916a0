"""Claims about several differences: hand-worked bounds, nesting, and how often they err."""

import numpy as np
import pytest
from scipy import stats

from behaviors.findings.conjunction import all_above, as_measurement, at_least
from behaviors.findings.contrasts import Contrast


def normal(value: float, error: float = 1.0, label: str = "x") -> Contrast:
    def bounds(alpha):
        reach = stats.norm.isf(alpha) * error
        return value - reach, value + reach

    return Contrast(label, value, bounds, "normal")


def test_all_of_them_by_hand():
    claim = as_measurement(all_above("all", [normal(3.0, label="a"), normal(2.0, label="b")]), images=9, alpha=0.05)
    assert claim.value == 2
    assert claim.interval.low == pytest.approx(2 - 1.6448536)
    assert claim.interval.high == pytest.approx(2 + 1.9599640)
    assert claim.interval.method == "smallest of 2 differences; normal"
    assert [row["comparison"] for row in claim.parts] == ["a", "b"]
    assert claim.parts[0]["low"] == pytest.approx(3 - 1.6448536)


def test_two_of_three_by_hand():
    claim = as_measurement(at_least(2, "most", [normal(5.0), normal(-4.0), normal(1.0)]), images=9, alpha=0.04)
    assert claim.value == 1
    assert claim.interval.low == pytest.approx(1 - stats.norm.isf(0.02))
    assert claim.interval.high == pytest.approx(1 + stats.norm.isf(0.02))
    assert claim.interval.method == "at least 2 of 3 differences; normal"


def test_one_alone_is_itself():
    claim = as_measurement(all_above("one", [normal(2.0, 0.5)]), images=9, alpha=0.05)
    assert (claim.interval.low, claim.interval.high) == pytest.approx(normal(2.0, 0.5).bounds(0.05))
    assert claim.interval.method == "normal"


def test_claims_nest():
    inner = at_least(1, "either", [normal(-1.0), normal(4.0)])
    outer = all_above("both", [inner, normal(2.0)])
    assert outer.value == 2
    assert outer.bounds(0.05)[0] == pytest.approx(min(4 - stats.norm.isf(0.025), 2 - stats.norm.isf(0.05)))
    assert len(as_measurement(outer, images=9, alpha=0.05).parts) == 2


def test_demanding_more_than_there_is_is_refused():
    for needed in (0, 3):
        with pytest.raises(ValueError, match=f"claim: {needed} of 2 comparisons"):
            at_least(needed, "claim", [normal(1.0), normal(1.0)])


@pytest.mark.parametrize("correlation", [0.0, 0.6, -0.2])
@pytest.mark.parametrize(
    ("needed", "truth"),
    [
        (4, (0.0, 0.0, 0.0, 0.0)),
        (4, (0.0, 9.0, 9.0, 9.0)),
        (3, (0.0, 0.0, 9.0, 9.0)),
        (3, (-9.0, 0.0, 0.0, 0.0)),
        (1, (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_neither_side_errs_more_often_than_alpha(needed, truth, correlation):
    """4,000 draws of four correlated differences; the claim's own truth is the needed-th largest."""
    covariance = np.full((4, 4), correlation) + (1 - correlation) * np.eye(4)
    drawn = np.random.default_rng(11).multivariate_normal(truth, covariance, size=4000)
    theta = sorted(truth, reverse=True)[needed - 1]
    low = np.sort(drawn - stats.norm.isf(0.05 / (5 - needed)), axis=1)[:, -needed]
    high = np.sort(drawn + stats.norm.isf(0.05 / needed), axis=1)[:, -needed]
    for row in range(3):  # the formulas above are those of the code
        bounds = at_least(needed, "x", [normal(value) for value in drawn[row]]).bounds(0.05)
        assert bounds == pytest.approx((low[row], high[row]))
    assert np.mean(low > theta) < 0.06
    assert np.mean(high < theta) < 0.06


def test_without_the_correction_a_contradiction_would_be_found_too_often():
    """Why the high bound of "each of four" is taken at alpha / 4."""
    drawn = np.random.default_rng(12).normal(size=(4000, 4))
    assert np.mean(drawn.min(1) + stats.norm.isf(0.05) < 0) > 0.15
    assert np.mean(drawn.min(1) + stats.norm.isf(0.05 / 4) < 0) < 0.06

"""Levels of looks: against simulation, published boundaries and each other; p-values that allow for looks."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from behaviors.contract.looks import SHARES, level_at, levels, overall

PATHS = np.random.default_rng(0).standard_normal((200_000, 7))


def crossed(shares, alpha):
    """By simulation, the share of paths that cross at or before each look."""
    steps = PATHS[:, : len(shares)] * np.sqrt(np.diff((0.0, *shares)))
    ratio = steps.cumsum(axis=1) / np.sqrt(shares)
    return np.logical_or.accumulate(ratio > norm.isf(levels(shares, alpha)), axis=1).mean(axis=0)


@pytest.mark.parametrize("shares", [SHARES, (0.2, 0.4, 0.6, 0.8, 1.0), (0.5, 1.0), (1.0,)])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_all_looks_together_spend_alpha(shares, alpha):
    spent = alpha * np.array(shares)
    assert crossed(shares, alpha) == pytest.approx(spent, abs=4 * np.sqrt(alpha / len(PATHS)))


def test_boundary_of_an_independent_integration():
    """Five equal looks at a one-sided .025: scipy's multivariate normal finds alpha t spent at each of them."""
    shares = np.array([0.2, 0.4, 0.6, 0.8, 1.0])
    boundary = norm.isf(levels(tuple(shares), 0.025))
    together = np.sqrt(np.minimum.outer(shares, shares) / np.maximum.outer(shares, shares))
    for k in (2, 3, 5):
        stopped = 1 - multivariate_normal.cdf(boundary[:k], mean=np.zeros(k), cov=together[:k, :k], abseps=1e-6)
        assert stopped == pytest.approx(0.025 * shares[k - 1], abs=2e-5)


def test_naive_looks_err_more():
    steps = PATHS * np.sqrt(np.diff((0.0, *SHARES)))
    ratio = steps.cumsum(axis=1) / np.sqrt(SHARES)
    assert (ratio > norm.isf(0.05)).any(axis=1).mean() > 0.12


def test_one_look_is_no_correction():
    assert levels((1.0,), 0.05) == pytest.approx((0.05,))
    assert overall(0.03, ()) == overall(0.03, (1.0,)) == 0.03


@pytest.mark.parametrize("looks", [SHARES, SHARES[:3], SHARES[:1]])
def test_a_p_value_at_its_level_becomes_alpha(looks):
    for alpha in (0.05, 0.01, 0.0005):
        assert overall(level_at(looks, alpha), looks) == pytest.approx(alpha, rel=0.03)


def test_p_values_grow_and_stay_in_range():
    p = np.geomspace(1e-12, 1, 40)
    found = np.array([overall(float(one), SHARES) for one in p])
    assert (np.diff(found) >= 0).all()
    assert (found >= p).all()
    assert found.max() <= 1


def test_p_values_at_any_stop_hold_their_level():
    """Whoever stops at the look with the smallest p-value still errs at most alpha."""
    steps = PATHS[:4_000] * np.sqrt(np.diff((0.0, *SHARES)))
    p = norm.sf(steps.cumsum(axis=1) / np.sqrt(SHARES))
    for alpha in (0.05, 0.01):
        least = np.min([[overall(float(one), SHARES[: k + 1]) for one in p[:, k]] for k in range(len(SHARES))], axis=0)
        assert (least <= alpha).mean() <= alpha + 4 * np.sqrt(alpha / len(p))


@pytest.mark.parametrize("shares", [(), (0.5,), (0.5, 0.5, 1.0), (0.0, 1.0)])
def test_looks_that_are_none(shares):
    with pytest.raises(ValueError, match="looks see growing shares"):
        levels(shares, 0.05)
    with pytest.raises(ValueError, match="alpha is the error of one side"):
        levels((1.0,), 0.7)

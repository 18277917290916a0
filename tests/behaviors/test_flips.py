"""Negative flips, against scipy and hand-worked numbers."""

import numpy as np
import pytest
from scipy import stats

from behaviors.contract.flips import churn, negative_flips
from behaviors.contract.per_image import PerImage, mean, proportion

IDS = np.array([f"{i:03d}" for i in range(200)])


def rows(right, ids=IDS):
    return proportion(ids, np.asarray(right, dtype=bool))


def test_only_what_was_right_and_is_wrong_counts():
    old, new = np.ones(200, bool), np.ones(200, bool)
    old[:30] = False  # 30 wrong before, of which 20 are right now
    new[20:37] = False  # 10 still wrong, 7 flipped
    found = negative_flips(rows(old), rows(new), alpha=0.05)
    assert found.measurement.value == 7 / 200
    assert found.ids.tolist() == [f"{i:03d}" for i in range(30, 37)]
    assert found.p_more is None


@pytest.mark.parametrize("count", [0, 1, 7, 200])
def test_bounds_and_test_are_the_exact_binomial_ones(count):
    new = np.arange(200) >= count
    found = negative_flips(rows(np.ones(200)), rows(new), alpha=0.05, most=0.02)
    expected = stats.binomtest(count, 200, 0.02, alternative="greater")
    assert found.p_more == pytest.approx(expected.pvalue)
    both = stats.binomtest(count, 200).proportion_ci(0.9, method="exact")
    assert (found.measurement.interval.low, found.measurement.interval.high) == pytest.approx((both.low, both.high))


def test_no_flip_of_n_follows_the_rule_of_three():
    """U = 1 - alpha^(1/n)."""
    found = negative_flips(rows(np.ones(200)), rows(np.ones(200)), alpha=0.05)
    assert found.measurement.interval.high == pytest.approx(1 - 0.05 ** (1 / 200))


def test_rows_are_joined_by_id():
    order = np.random.default_rng(0).permutation(200)
    new = np.arange(200) >= 5
    found = negative_flips(rows(np.ones(200)), rows(new[order], IDS[order]), alpha=0.05)
    assert sorted(found.ids.tolist()) == IDS[:5].tolist()


def test_the_test_keeps_its_level():
    rng = np.random.default_rng(1)
    flips = rng.binomial(400, 0.03, size=4000)
    ids = np.array([str(i) for i in range(400)])
    p = {
        k: negative_flips(rows(np.ones(400), ids), rows(np.arange(400) >= k, ids), alpha=0.05, most=0.03).p_more
        for k in set(flips.tolist())
    }
    assert np.mean([p[k] <= 0.05 for k in flips.tolist()]) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 4000)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (rows(np.ones(199), IDS[1:]), "images are not the same"),
        (rows(np.ones(200), np.array([f"x{i}" for i in range(200)])), "images are not the same"),
    ],
)
def test_other_images_are_refused(new, sentence):
    with pytest.raises(ValueError, match=sentence):
        negative_flips(rows(np.ones(200)), new, alpha=0.05)


def test_shades_of_right_are_refused():
    half: PerImage | None = mean(IDS, np.full(200, 0.5))
    with pytest.raises(ValueError, match="true or false"):
        negative_flips(half, half, alpha=0.05)


def test_churn_is_the_share_of_other_answers_whichever_is_right():
    old = np.arange(200) % 10
    new = np.where(np.arange(200) < 7, (old + 1) % 10, old)
    found = churn(old, new, alpha=0.05, ids=IDS, most=0.02)
    assert (found.measurement.value, found.ids.tolist()) == (7 / 200, IDS[:7].tolist())
    assert found.p_more == pytest.approx(stats.binomtest(7, 200, 0.02, alternative="greater").pvalue)
    assert churn(old, old, alpha=0.05, ids=IDS).measurement.value == 0
    with pytest.raises(ValueError, match="two answers to each image"):
        churn(old, new[1:], alpha=0.05, ids=IDS)

"""Calibration metrics against independent implementations, and the laws they obey on any input."""

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from behaviors.calibration.metrics import (
    brier_score,
    expected_calibration_error,
    negative_log_likelihood,
    overconfidence,
    signed_gap,
    top_label_brier_score,
    underconfidence,
)

ALPHA = 0.05
STEADY = settings(deadline=None, derandomize=True, max_examples=50)  # the same verdict on a busy machine, and tomorrow


def ece(confidence, correct):
    return expected_calibration_error(confidence, correct, bins=15, alpha=ALPHA)


answers = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=80).map(
    lambda pairs: tuple(np.array(column) for column in zip(*pairs, strict=True))
)


@st.composite
def distributions(draw):
    """Logits and labels."""
    n, k = draw(st.integers(2, 20)), draw(st.integers(2, 6))
    logits = np.random.default_rng(draw(st.integers(0, 2**32 - 1))).normal(size=(n, k)) * draw(st.floats(0.01, 20))
    return logits, np.array(draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n)))


# Independent implementations


@STEADY
@given(answers)
def test_ece_is_the_textbook_loop(pair):
    confidence, correct = pair
    total = 0.0
    for k in range(15):
        inside = (confidence > k / 15) & (confidence <= (k + 1) / 15)
        if k == 0:
            inside |= confidence == 0
        if inside.any():
            total += inside.mean() * abs(confidence[inside].mean() - correct[inside].mean())
    assert ece(confidence, correct).value == pytest.approx(total, abs=1e-12)


@STEADY
@given(answers)
def test_ece_is_the_bucketized_formula(pair):
    """With torch.bucketize and index_add, as libraries do it; away from the edges, where they differ."""
    confidence, correct = (torch.tensor(column, dtype=torch.float64) for column in pair)
    edges = torch.linspace(0, 1, 16, dtype=torch.float64)
    assume(not torch.isin(confidence, edges).any())
    index = torch.bucketize(confidence, edges, right=True) - 1
    zeros = torch.zeros(15, dtype=torch.float64)
    count, sure, right = (
        zeros.index_add(0, index, column) for column in (torch.ones_like(confidence), confidence, correct)
    )
    share = count / count.sum()
    theirs = ((right / count - sure / count).abs() * share)[count > 0].sum()
    assert ece(*pair).value == pytest.approx(float(theirs), abs=1e-12)


@STEADY
@given(distributions())
def test_brier_is_sklearns(case):
    logits, labels = case
    log_probability = torch.log_softmax(torch.tensor(logits), dim=1).numpy()
    probability = np.exp(log_probability)
    ours = brier_score((probability**2).sum(1), log_probability[np.arange(len(labels)), labels], alpha=ALPHA)
    theirs = brier_score_loss(labels, probability, labels=range(logits.shape[1]), scale_by_half=False)
    assert ours.value == pytest.approx(theirs, abs=1e-12)


@STEADY
@given(distributions())
def test_nll_is_torchs_cross_entropy(case):
    logits, labels = torch.tensor(case[0]), torch.tensor(case[1])
    label = torch.log_softmax(logits, dim=1)[torch.arange(len(labels)), labels].numpy()
    theirs = torch.nn.functional.cross_entropy(logits, labels)
    assert negative_log_likelihood(label, alpha=ALPHA).value == pytest.approx(float(theirs), rel=1e-12)


# Invariances


@STEADY
@given(answers)
def test_parts_add_up(pair):
    total = ece(*pair)
    over, under = (part(*pair, bins=15, alpha=ALPHA) for part in (overconfidence, underconfidence))
    assert over.value + under.value == pytest.approx(total.value, abs=1e-12)
    assert over.value - under.value == pytest.approx(signed_gap(*pair, alpha=ALPHA).value, abs=1e-12)
    for m in (total, over, under):
        assert sum(row["term"] for row in m.parts) == pytest.approx(m.value, abs=1e-12)
        assert 0 <= m.interval.low <= m.value + 1e-12
        assert m.value - 1e-12 <= m.interval.high <= 1
    assert total.details["debiased"] <= total.value


@STEADY
@given(answers)
def test_means_lie_within_their_intervals(pair):
    for m in (signed_gap(*pair, alpha=ALPHA), top_label_brier_score(*pair, alpha=ALPHA)):
        assert m.interval.low - 1e-12 <= m.value <= m.interval.high + 1e-12


@STEADY
@given(answers, st.randoms(use_true_random=False))
def test_order_does_not_matter(pair, random):
    order = list(range(len(pair[0])))
    random.shuffle(order)
    here, there = ece(*pair), ece(pair[0][order], pair[1][order])
    assert (there.value, *there.details.values()) == pytest.approx((here.value, *here.details.values()), abs=1e-12)
    assert (there.interval.low, there.interval.high) == pytest.approx((here.interval.low, here.interval.high), abs=1e-9)


@STEADY
@given(answers)
def test_repeating_the_images_narrows_the_interval(pair):
    here, there = ece(*pair), ece(np.tile(pair[0], 4), np.tile(pair[1], 4))
    assert there.value == pytest.approx(here.value, abs=1e-12)
    assert there.interval.high <= here.interval.high + 1e-7  # where all gaps are equal, the spread is rounding
    assert there.interval.low >= here.interval.low - 1e-7
    assert there.details["noise_floor"] == pytest.approx(here.details["noise_floor"] / 2, abs=1e-12)


@STEADY
@given(st.lists(st.floats(0.5, 1), min_size=2, max_size=50))
def test_always_right_is_never_over_confident(confidence):
    right = [True] * len(confidence)
    assert overconfidence(confidence, right, bins=15, alpha=ALPHA).value == 0
    assert ece(confidence, right).value == pytest.approx(1 - np.mean(confidence), abs=1e-12)


def test_a_sharper_temperature_is_seen():
    """A model rigged to be over-confident, and the same one calibrated."""
    random = np.random.default_rng(0)
    confidence = random.uniform(0.5, 1, 5000)
    correct = random.random(5000) < confidence
    odds = (confidence / (1 - confidence)) ** 3
    calibrated, rigged = ece(confidence, correct), ece(odds / (1 + odds), correct)
    assert calibrated.interval.low < 0.01 < calibrated.interval.high
    assert rigged.interval.low > 0.1
    assert signed_gap(odds / (1 + odds), correct, alpha=ALPHA).interval.low > 0.1


def test_intervals_stay_within_the_range_of_the_metric():
    assert signed_gap([1.0, 1.0, 0.99], [0, 0, 0], alpha=ALPHA).interval.high <= 1
    assert top_label_brier_score([0.01, 0.9, 0.02], [0, 0, 0], alpha=ALPHA).interval.low >= 0
    assert negative_log_likelihood([-0.01, -9, -0.02], alpha=ALPHA).interval.low >= 0
    assert brier_score([1, 1, 1], [-math.inf, -math.inf, 0], alpha=ALPHA).interval.high <= 2

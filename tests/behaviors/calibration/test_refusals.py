"""Evidence that says nothing about calibration is refused with a sentence; it never becomes a number."""

import math

import numpy as np
import pytest

from behaviors.calibration.metrics import (
    brier_score,
    expected_calibration_error,
    negative_log_likelihood,
    overconfidence,
    signed_gap,
    top_label_brier_score,
    underconfidence,
)
from behaviors.statistics.evidence import check_classes

NAN = math.nan


def ece(confidence, correct, alpha, **options):
    return expected_calibration_error(confidence, correct, bins=options.pop("bins", 15), alpha=alpha, **options)


def over(confidence, correct, alpha):
    return overconfidence(confidence, correct, bins=15, alpha=alpha)


def under(confidence, correct, alpha):
    return underconfidence(confidence, correct, bins=15, alpha=alpha)


@pytest.mark.parametrize("metric", [ece, over, under, signed_gap, top_label_brier_score])
@pytest.mark.parametrize(
    ("confidence", "correct", "sentence"),
    [
        ([], [], "confidence is empty: on 0 images there is nothing to measure"),
        ([NAN] * 3, [True] * 3, "confidence is NaN or infinite for 3 of 3 images"),
        ([0.5, NAN, math.inf], [True] * 3, "confidence is NaN or infinite for 2 of 3 images"),
        ([0.5, 1.1, -0.2], [True] * 3, r"must lie in \[0, 1\]: 2 of 3 values do not \(smallest -0.2, largest 1.1\)"),
        ([0.5, 0.6], [True], "confidence has 2, correct has 1 values"),
        ([0.5, 0.6], [True, NAN], "correct is NaN or infinite for 1 of 2 images"),
        ([0.5, 0.6], [1, 2], "correct must be true or false: 1 of 2 values"),
        ([[0.5, 0.6]], [[True, True]], r"one row with a value for each image; got shape \(1, 2\)"),
    ],
)
def test_answers(metric, confidence, correct, sentence):
    with pytest.raises(ValueError, match=sentence):
        metric(confidence, correct, alpha=0.05)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: ece([0.5], [True], bins=0, alpha=0.05), "at least 1 bin; got 0"),
        (lambda: ece([0.5, 0.5], [True, False], alpha=0.6), "alpha is the error of one side"),
        (lambda: ece([0.5], [True], runner_up=[0.5, 0.5], alpha=0.05), "confidence has 1, runner_up has 2"),
        (lambda: negative_log_likelihood([], alpha=0.05), "label_log_probability is empty"),
        (lambda: negative_log_likelihood([-1, NAN], alpha=0.05), "label_log_probability is NaN for 1 of 2"),
        (lambda: negative_log_likelihood([-1, 0.5], alpha=0.05), r"must be at most 0: 1 of 2 .*largest 0.5"),
        (lambda: negative_log_likelihood([-1, -math.inf], alpha=0.05), "1 of 2 images have zero probability for their"),
        (lambda: brier_score([0.5, 0.5], [-1], alpha=0.05), "squared_norm has 2, label_log_probability has 1"),
        (lambda: brier_score([0.5, 1.5], [-1, -1], alpha=0.05), r"squared_norm must lie in \[0, 1\]"),
        (lambda: brier_score([-1.0, -0.5], [0.5, 0.5], alpha=0.05), "squared_norm must lie"),
        (lambda: check_classes(["cat"]), r"at least 2 classes to choose from; there is only \['cat'\]"),
    ],
)
def test_the_rest(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_rounding_is_forgiven():
    rounded = signed_gap([1 + 1e-7, -1e-7], [True, False], alpha=0.05)
    assert rounded.value == 0
    assert ece([1 + 1e-7, 1 + 1e-7], [True, True], alpha=0.05).parts[14]["images"] == 2
    assert negative_log_likelihood([1e-12, 0.0], alpha=0.05).value == 0
    assert brier_score([1 + 1e-9, 1.0], [-math.inf, 0.0], alpha=0.05).value == 1


def test_low_precision_is_promoted():
    confidence = np.array([0.999, 0.7001, 0.2], np.float16)
    here = ece(confidence, [True, False, True], alpha=0.05)
    there = ece(confidence.astype(np.float64), [True, False, True], alpha=0.05)
    assert here == there

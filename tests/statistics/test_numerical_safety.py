"""Numbers depend neither on the order of images nor on how precisely confidences come.

What is no number, out of range, tied, missing or there twice: docs/statistics.md lists the tests.
"""

import numpy as np
import pytest

from behaviors.calibration.bins import bin_by_confidence
from behaviors.calibration.metrics import (
    brier_score,
    expected_calibration_error,
    negative_log_likelihood,
    overconfidence,
    signed_gap,
    top_label_brier_score,
    underconfidence,
)
from behaviors.contract.comparing import compare
from behaviors.contract.measurement import Interval, Measurement
from behaviors.invariance.metrics import retained
from behaviors.invariance.sweeps import Sweep
from behaviors.mistakes.evidence import Errors
from behaviors.mistakes.metrics import error_ratio, mean_error_ratio, worst_factor
from behaviors.robustness.corruptions import Corrupted
from behaviors.robustness.metrics import accuracy, corruption_accuracy, mean_corruption_error
from behaviors.robustness.reference import Reference
from behaviors.shape_texture.evidence import Decisions
from behaviors.shape_texture.metrics import cue_accuracy, shape_fraction
from behaviors.statistics.effective import effective_bounds
from behaviors.transfer.metrics import fits_interval

ALPHA, N = 0.05, 700
RANDOM = np.random.default_rng(0)
CONFIDENCE = RANDOM.random(N)
CORRECT = RANDOM.random(N) < CONFIDENCE
LOG_LABEL = np.log(np.where(CORRECT, CONFIDENCE, 1 - CONFIDENCE))
NORM = CONFIDENCE**2 + (1 - CONFIDENCE) ** 2
CARRIES = RANDOM.random((N, 3)) < 0.3
WRONG = RANDOM.random((N, 2, 3)) < RANDOM.random((N, 1, 1))
SOURCES = RANDOM.integers(0, 40, (2, N)).astype(np.str_)
FITS = RANDOM.random((3, N)) < CONFIDENCE
REFERENCE = Reference("any", {"fog": 0.8, "snow": 0.7})


def errors(order):
    return Errors(~CORRECT[order], CARRIES[order], ("a", "b", "c"))


def corrupted(order):
    return Corrupted(WRONG[order], ("fog", "snow"), (1, 2, 3))


def decisions(order):
    shape, decided = CORRECT[order], FITS[0][order]
    return Decisions(shape & decided, ~shape & decided, SOURCES[0][order], *SOURCES[:, order])


def swept(order):
    at = ~WRONG[order, 0].T
    return Sweep(0.0, (1.0, 2.0, 3.0), CORRECT[order], at, at == CORRECT[order])


def shares_of(interval: Interval | None) -> Measurement:
    return Measurement(0.0, N, interval)


METRICS = {
    "accuracy": lambda o: accuracy(CORRECT[o], alpha=ALPHA),
    "ece": lambda o: expected_calibration_error(CONFIDENCE[o], CORRECT[o], bins=15, alpha=ALPHA),
    "signed_gap": lambda o: signed_gap(CONFIDENCE[o], CORRECT[o], alpha=ALPHA),
    "overconfidence": lambda o: overconfidence(CONFIDENCE[o], CORRECT[o], bins=15, alpha=ALPHA),
    "underconfidence": lambda o: underconfidence(CONFIDENCE[o], CORRECT[o], bins=15, alpha=ALPHA),
    "brier": lambda o: brier_score(NORM[o], LOG_LABEL[o], alpha=ALPHA),
    "brier_top_label": lambda o: top_label_brier_score(CONFIDENCE[o], CORRECT[o], alpha=ALPHA),
    "nll": lambda o: negative_log_likelihood(LOG_LABEL[o], alpha=ALPHA),
    "error ratio": lambda o: error_ratio(errors(o), "b", alpha=ALPHA),
    "mean error ratio": lambda o: mean_error_ratio(errors(o), alpha=ALPHA),
    "worst factor": lambda o: worst_factor(errors(o), alpha=ALPHA),
    "shape fraction": lambda o: shape_fraction(decisions(o), alpha=ALPHA),
    "cue accuracy": lambda o: cue_accuracy(decisions(o), alpha=ALPHA),
    "corruption accuracy": lambda o: corruption_accuracy(corrupted(o), alpha=ALPHA),
    "mce": lambda o: mean_corruption_error(corrupted(o), reference=REFERENCE, alpha=ALPHA),
    "retained": lambda o: retained(swept(o), alpha=ALPHA),
    "probe": lambda o: shares_of(fits_interval(FITS[:, o], alpha=ALPHA)),
    "scenes": lambda o: shares_of(
        effective_bounds(CORRECT.mean(), CORRECT[o] - CORRECT.mean(), SOURCES[0][o], alpha=ALPHA)
    ),
}


@pytest.mark.parametrize("name", METRICS)
def test_the_order_of_images_does_not_matter(name):
    here = METRICS[name](np.arange(N))
    for order in (np.arange(N)[::-1], np.random.default_rng(1).permutation(N)):
        there = METRICS[name](order)
        assert there.value == pytest.approx(here.value, rel=1e-12, abs=1e-14)
        bounds = [(found.interval.low, found.interval.high) for found in (there, here)]
        assert bounds[0] == pytest.approx(bounds[1], rel=1e-11, abs=1e-13)


def test_counts_are_exact_where_half_precision_would_stop():
    """2048 + 1 = 2048 in float16; 50,000 confidences of 0.9 add up to 45,000 and no rounding error that tells."""
    confidence = np.full(50_000, 0.9, np.float16)
    binned = bin_by_confidence(confidence, np.arange(50_000) % 10 > 0, bins=15)
    assert (binned.counts.dtype, binned.right.dtype) == (np.int64, np.int64)
    assert (binned.counts[13], binned.right[13]) == (50_000, 45_000)
    assert binned.confidence[13] / 50_000 == pytest.approx(float(np.float16(0.9)), rel=1e-12)


@pytest.mark.parametrize("precision", [np.float16, np.float32])
def test_low_precision_means_are_those_of_float64(precision):
    confidence = CONFIDENCE.astype(precision)
    for metric in (signed_gap, top_label_brier_score):
        here = metric(confidence, CORRECT, alpha=ALPHA)
        assert here == metric(confidence.astype(np.float64), CORRECT, alpha=ALPHA)


def test_the_same_bits_are_identical_and_never_undecided():
    """Without a single change the upper bound of a loss would be z^2 / (n + z^2), 2.6 points on 100 images."""
    ids = np.arange(100).astype(np.str_)
    old, new = (signed_gap(CONFIDENCE[:100], CORRECT[:100], alpha=ALPHA, ids=ids) for _ in range(2))
    found = compare(old, new, better="neither", margin=0.0, alpha=ALPHA)
    assert found.identical
    assert (found.difference, found.low, found.high, found.changed) == (0, 0, 0, 0)


def test_an_image_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="1 of 3 images stand there twice"):
        signed_gap([0.5, 0.6, 0.7], [True, False, True], alpha=ALPHA, ids=["a", "b", "a"])

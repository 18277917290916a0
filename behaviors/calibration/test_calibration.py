"""Calibration: is a model that says 80 % right 80 % of the time?  (Claim, source and unit: see the package.)"""

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
from behaviors.calibration.plots import reliability
from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Predictions
from behaviors.statistics.evidence import check_classes

pytestmark = pytest.mark.predictions("val", "renditions")

BINS = 15  # arXiv:2311.09215, "Model Calibration"; equal widths, (lo, hi]
DECISIONS_ONLY = "it needs the probability of the predicted class, and only decisions were recorded"
TOP_LABEL_ONLY = "it needs the probabilities of all classes, and only those of the best ones were recorded"


@pytest.fixture(autouse=True)
def _choice(predictions: Predictions) -> None:
    """With a single class every model is perfectly calibrated."""
    check_classes(predictions.classes)


def test_ece(predictions: Predictions, gate: Gate) -> None:
    """Among images of equal confidence, the share of right predictions equals that confidence."""
    if not predictions.has_confidence:
        gate.does_not_apply("ece", DECISIONS_ONLY)
    ece = expected_calibration_error(
        predictions.confidence,
        predictions.correct,
        bins=BINS,
        alpha=gate.alpha,
        runner_up=predictions.runner_up,
        ids=predictions.ids,
    )
    gate.check("ece", ece, figure=lambda: reliability(predictions, ece))


def test_signed_gap(predictions: Predictions, gate: Gate) -> None:
    """On average the model is as confident as it is accurate: neither over-confident (above 0) nor under-confident."""
    if not predictions.has_confidence:
        gate.does_not_apply("signed_gap", DECISIONS_ONLY)
    gap = signed_gap(predictions.confidence, predictions.correct, alpha=gate.alpha, ids=predictions.ids)
    gate.check("signed_gap", gap)


def test_overconfidence(predictions: Predictions, gate: Gate) -> None:
    """Nowhere does the model claim more than it delivers."""
    if not predictions.has_confidence:
        gate.does_not_apply("overconfidence", DECISIONS_ONLY)
    confidence, correct = predictions.confidence, predictions.correct
    over = overconfidence(confidence, correct, bins=BINS, alpha=gate.alpha, ids=predictions.ids)
    gate.check("overconfidence", over)


def test_underconfidence(predictions: Predictions, gate: Gate) -> None:
    """Nowhere does the model deliver more than it claims."""
    if not predictions.has_confidence:
        gate.does_not_apply("underconfidence", DECISIONS_ONLY)
    confidence, correct = predictions.confidence, predictions.correct
    under = underconfidence(confidence, correct, bins=BINS, alpha=gate.alpha, ids=predictions.ids)
    gate.check("underconfidence", under)


def test_brier(predictions: Predictions, gate: Gate) -> None:
    """The whole distribution is close to the truth: calibrated and sharp."""
    if predictions.squared_norm is None or predictions.label_log_probability is None:
        gate.does_not_apply("brier", TOP_LABEL_ONLY)
    norm, label = predictions.squared_norm, predictions.label_log_probability
    gate.check("brier", brier_score(norm, label, alpha=gate.alpha, ids=predictions.ids))


def test_brier_top_label(predictions: Predictions, gate: Gate) -> None:
    """The confidence is close to whether the prediction is right."""
    if not predictions.has_confidence:
        gate.does_not_apply("brier_top_label", DECISIONS_ONLY)
    brier = top_label_brier_score(predictions.confidence, predictions.correct, alpha=gate.alpha, ids=predictions.ids)
    gate.check("brier_top_label", brier)


def test_nll(predictions: Predictions, gate: Gate) -> None:
    """The label is seldom given a small probability."""
    if predictions.label_log_probability is None:
        gate.does_not_apply("nll", TOP_LABEL_ONLY)
    nll = negative_log_likelihood(predictions.label_log_probability, alpha=gate.alpha, ids=predictions.ids)
    gate.check("nll", nll)

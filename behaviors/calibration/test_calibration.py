"""Calibration: is a model that says 80 % right 80 % of the time?  (Claim, source and unit: see the package.)"""

import pytest

from behaviors.calibration.metrics import (
    adaptive_calibration_error,
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


@pytest.fixture(autouse=True)
def _choice(predictions: Predictions) -> None:
    """With a single class every model is perfectly calibrated."""
    check_classes(predictions.classes)


@pytest.mark.needs("confidence")
def test_ece(predictions: Predictions, gate: Gate) -> None:
    """Among images of equal confidence, the share of right predictions equals that confidence."""
    ece = expected_calibration_error(
        predictions.confidence,
        predictions.correct,
        bins=BINS,
        alpha=gate.alpha,
        runner_up=predictions.runner_up,
        ids=predictions.ids,
    )
    gate.check("ece", ece, figure=lambda: reliability(predictions, ece))


@pytest.mark.needs("confidence")
def test_adaptive_ece(predictions: Predictions, gate: Gate) -> None:
    """Among as many images again of about equal confidence, the share of right predictions equals that confidence."""
    pair = predictions.confidence, predictions.correct
    gate.check("adaptive_ece", adaptive_calibration_error(*pair, bins=BINS, alpha=gate.alpha, ids=predictions.ids))


@pytest.mark.needs("confidence")
def test_signed_gap(predictions: Predictions, gate: Gate) -> None:
    """On average the model is as confident as it is accurate: neither over-confident (above 0) nor under-confident."""
    gap = signed_gap(predictions.confidence, predictions.correct, alpha=gate.alpha, ids=predictions.ids)
    gate.check("signed_gap", gap)


@pytest.mark.needs("confidence")
def test_overconfidence(predictions: Predictions, gate: Gate) -> None:
    """Nowhere does the model claim more than it delivers."""
    confidence, correct = predictions.confidence, predictions.correct
    over = overconfidence(confidence, correct, bins=BINS, alpha=gate.alpha, ids=predictions.ids)
    gate.check("overconfidence", over)


@pytest.mark.needs("confidence")
def test_underconfidence(predictions: Predictions, gate: Gate) -> None:
    """Nowhere does the model deliver more than it claims."""
    confidence, correct = predictions.confidence, predictions.correct
    under = underconfidence(confidence, correct, bins=BINS, alpha=gate.alpha, ids=predictions.ids)
    gate.check("underconfidence", under)


@pytest.mark.needs("probabilities")
def test_brier(predictions: Predictions, gate: Gate) -> None:
    """The whole distribution is close to the truth: calibrated and sharp."""
    norm, label = predictions.squared_norm, predictions.label_log_probability
    assert norm is not None
    assert label is not None
    gate.check("brier", brier_score(norm, label, alpha=gate.alpha, ids=predictions.ids))


@pytest.mark.needs("confidence")
def test_brier_top_label(predictions: Predictions, gate: Gate) -> None:
    """The confidence is close to whether the prediction is right."""
    brier = top_label_brier_score(predictions.confidence, predictions.correct, alpha=gate.alpha, ids=predictions.ids)
    gate.check("brier_top_label", brier)


@pytest.mark.needs("probabilities")
def test_nll(predictions: Predictions, gate: Gate) -> None:
    """The label is seldom given a small probability."""
    label = predictions.label_log_probability
    assert label is not None
    nll = negative_log_likelihood(label, alpha=gate.alpha, ids=predictions.ids)
    gate.check("nll", nll)

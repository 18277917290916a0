"""Mistakes: which kinds of images does a model fail on more often?  (Claim, source and unit: see the package.)"""

import pytest

from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Predictions
from behaviors.mistakes import FACTORS
from behaviors.mistakes.evidence import Errors, errors
from behaviors.mistakes.metrics import any_unjudged, error_ratio, mean_error_ratio, unjudged, worst_factor
from behaviors.mistakes.plots import error_ratios

pytestmark = pytest.mark.predictions("factors")


@pytest.fixture
def mistakes(predictions: Predictions) -> Errors:
    """What the model got wrong, on images that are annotated and no prototypes."""
    return errors(predictions)


def test_mean_error_ratio(mistakes: Errors, predictions: Predictions, gate: Gate) -> None:
    """On average over the factors, an image that differs from its class's prototypes is no harder than others."""
    if reason := any_unjudged(mistakes):
        leave_open(gate, "mean_error_ratio", reason, min(mistakes.counts(factor)[1] for factor in FACTORS))
        return
    mean = mean_error_ratio(mistakes, alpha=gate.alpha)
    gate.check("mean_error_ratio", mean, figure=lambda: error_ratios(predictions, mean))


def test_worst_factor(mistakes: Errors, gate: Gate) -> None:
    """There is no kind of image that the model fails on much more often than on others."""
    if reason := any_unjudged(mistakes):
        leave_open(gate, "worst_factor", reason, min(mistakes.counts(factor)[1] for factor in FACTORS))
        return
    gate.check("worst_factor", worst_factor(mistakes, alpha=gate.alpha))


@pytest.mark.parametrize("factor", FACTORS)
def test_error_ratio(factor: str, mistakes: Errors, gate: Gate) -> None:
    """The model fails on images with this factor no more often than on others."""
    metric = f"error_ratio_{factor}"
    if reason := unjudged(mistakes, factor):
        leave_open(gate, metric, reason, mistakes.counts(factor)[1])
        return
    gate.check(metric, error_ratio(mistakes, factor, alpha=gate.alpha))


def leave_open(gate: Gate, metric: str, reason: str, images: int) -> None:
    """Too few ``images`` of a factor, or no errors, decide nothing; without any images there is nothing to judge."""
    if not images:
        gate.does_not_apply(metric, reason)
    gate.inconclusive(metric, reason, images=images)

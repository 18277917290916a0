"""Synthetic: how does accuracy follow one factor of a rendered scene?  (Claim, source and unit: see the package.)"""

import pytest

from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Predictions
from behaviors.synthetic import FACTORS, metric_of
from behaviors.synthetic.metrics import factor_accuracy, mean_accuracy
from behaviors.synthetic.plots import curve, factors
from behaviors.synthetic.scenes import scenes


@pytest.mark.predictions("pug")
@pytest.mark.parametrize("factor", FACTORS)
def test_accuracy(predictions: Predictions, factor: str, gate: Gate) -> None:
    """The model recognises the object whatever becomes of one factor of the scene."""
    there = scenes(predictions).of(factor)
    if not len(there):
        gate.does_not_apply(metric_of(factor), f"{predictions.dataset} has no image of the factor {factor}")
    found = factor_accuracy(there, alpha=gate.alpha)
    drawn = (lambda: curve(predictions, factor, found)) if found.parts else None
    gate.check(metric_of(factor), found, figure=drawn)


@pytest.mark.predictions("pug")
def test_mean_accuracy(predictions: Predictions, gate: Gate) -> None:
    """The model recognises objects in scenes that differ from photographs, on average over the factors."""
    found = mean_accuracy(scenes(predictions), alpha=gate.alpha)
    gate.check("mean_accuracy", found, figure=lambda: factors(predictions, found))

"""Robustness: how much accuracy survives other test sets and corruptions?  (Claim, source, unit: see the package.)"""

import pytest

from behaviors.contract.gate import Gate
from behaviors.contract.measurement import Measurement
from behaviors.contract.predictions import Answers, Predictions
from behaviors.robustness.answers import judged
from behaviors.robustness.corruptions import together
from behaviors.robustness.metrics import (
    accuracy,
    average_accuracy,
    corruption_accuracy,
    mean_corruption_error,
    relative_robustness,
)
from behaviors.robustness.plots import corruption_map, variants

VARIANTS = ("v2", "a", "renditions", "sketch", "real", "hard", "c")
"""arXiv:2311.09215, "Robustness": the average is over these seven; val is not among them."""


def measured(answers: Answers, name: str, alpha: float) -> Measurement:
    """The accuracy as the paper counts it on the dataset ``name``."""
    decisions = answers.decisions(name)
    if "corruption" in decisions[0].annotations:
        return corruption_accuracy(together(decisions), alpha=alpha)
    return on_plain_images(answers(name), alpha)


def on_plain_images(predictions: Predictions, alpha: float) -> Measurement:
    """The share of right answers among those that count."""
    ids, right = judged(predictions)
    return accuracy(right, alpha=alpha, left_out=len(predictions) - right.size, ids=ids)


@pytest.mark.predictions("val", *(name for name in VARIANTS if name != "c"))
def test_accuracy(predictions: Predictions, gate: Gate) -> None:
    """The model names the right class."""
    gate.check("accuracy", on_plain_images(predictions, gate.alpha))


@pytest.mark.predictions("c")
def test_corruption_accuracy(answers: Answers, gate: Gate) -> None:
    """The model names the right class also on noisy, blurred, weathered and badly stored images."""
    found = corruption_accuracy(together(answers.decisions()), alpha=gate.alpha)
    gate.check("corruption_accuracy", found, figure=lambda: corruption_map(answers, found))


@pytest.mark.predictions("c")
def test_mean_corruption_error(answers: Answers, gate: Gate) -> None:
    """Corruptions cost the model less than they cost a reference model."""
    reference = gate.demand("mean_corruption_error").within
    found = mean_corruption_error(together(answers.decisions()), reference=reference, alpha=gate.alpha)
    gate.check("mean_corruption_error", found)


@pytest.mark.predictions(*VARIANTS)
def test_average_accuracy(answers: Answers, gate: Gate) -> None:
    """Over all variants taken together the model stays accurate."""
    found = average_accuracy({name: measured(answers, name, gate.alpha) for name in VARIANTS}, alpha=gate.alpha)
    gate.check("average_accuracy", found, figure=lambda: variants(answers.model, found))


@pytest.mark.predictions("val", *VARIANTS)
def test_relative_robustness(answers: Answers, gate: Gate) -> None:
    """What the model can do on the validation images it can do elsewhere."""
    val = measured(answers, "val", gate.alpha)
    if val.value == 0:
        gate.inconclusive("relative_robustness", "not a single prediction on val is right", images=val.images)
        return
    others = {name: measured(answers, name, gate.alpha) for name in VARIANTS}
    gate.check("relative_robustness", relative_robustness(others, val, alpha=gate.alpha))

"""Temperature: is confidence on a wrong scale, or in a wrong order?  (Claim, source and unit: see the package.)"""

import pytest

from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Predictions
from behaviors.statistics.evidence import check_classes
from behaviors.statistics.halves import halves
from behaviors.temperature import metrics

pytestmark = [pytest.mark.predictions("val", at_once=True), pytest.mark.needs("distribution")]
FEWEST = 20


def test_scaled_ece(predictions: Predictions, gate: Gate) -> None:
    """With its confidence on the right scale, the model is right as often as it claims."""
    check_classes(predictions.classes)
    assert predictions.probabilities is not None  # the mark has seen to that
    half = halves(predictions.ids)
    smaller = min(int(half.sum()), int((~half).sum()))
    if smaller < FEWEST:
        gate.inconclusive(
            "scaled_ece", f"half of the images are {smaller:,}, and it takes {FEWEST:,}", images=len(predictions)
        )
        return
    pair = predictions.probabilities, predictions.labels
    gate.check("scaled_ece", metrics.scaled_ece(*pair, half, alpha=gate.alpha, ids=predictions.ids))


def test_classwise_ece(predictions: Predictions, gate: Gate) -> None:
    """Each class is as frequent as its probability says."""
    check_classes(predictions.classes)
    assert predictions.probabilities is not None
    pair = predictions.probabilities, predictions.labels
    found = metrics.classwise_ece(*pair, alpha=gate.alpha, classes=predictions.classes, ids=predictions.ids)
    gate.check("classwise_ece", found)

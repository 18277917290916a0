"""Overclaims: wrong and nearly certain.  (Claim, source and unit: see the package.)"""

import pytest

from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Predictions
from our_rooms.overclaims.metrics import sure_mistakes


@pytest.mark.predictions("val", "renditions")
def test_sure_mistakes(predictions: Predictions, gate: Gate) -> None:
    """Hardly any answer is wrong and nearly certain."""
    found = sure_mistakes(predictions.confidence, predictions.correct, alpha=gate.alpha, ids=predictions.ids)
    gate.check("sure_mistakes", found)

"""Shape and texture: where the two disagree, which does a model go by?  (Claim, source and unit: see the package.)"""

import pytest

from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Predictions
from behaviors.shape_texture.evidence import Decisions, decisions
from behaviors.shape_texture.metrics import cue_accuracy, shape_fraction, texture_fraction
from behaviors.shape_texture.plots import by_category, by_cue

pytestmark = pytest.mark.predictions("cue_conflict")

UNDECIDED = "none of its decisions followed the shape or the texture of the image"


@pytest.fixture
def decided(predictions: Predictions) -> Decisions:
    """What the model said about the images whose cues conflict."""
    return decisions(predictions)


def test_shape_fraction(decided: Decisions, predictions: Predictions, gate: Gate) -> None:
    """Where shape and texture say different things, the model goes by the shape, as people do."""
    if not decided.decided.any():
        gate.inconclusive("shape_fraction", UNDECIDED, images=len(decided))
        return
    fraction = shape_fraction(decided, alpha=gate.alpha)
    gate.check("shape_fraction", fraction, figure=lambda: by_category(predictions, fraction))


def test_texture_fraction(decided: Decisions, gate: Gate) -> None:
    """Where shape and texture say different things, the model is not carried away by the texture."""
    if not decided.decided.any():
        gate.inconclusive("texture_fraction", UNDECIDED, images=len(decided))
        return
    gate.check("texture_fraction", texture_fraction(decided, alpha=gate.alpha))


def test_cue_accuracy(decided: Decisions, predictions: Predictions, gate: Gate) -> None:
    """The model recognises one of the two things that are in the image."""
    accuracy = cue_accuracy(decided, alpha=gate.alpha)
    gate.check("cue_accuracy", accuracy, figure=lambda: by_cue(predictions, accuracy))

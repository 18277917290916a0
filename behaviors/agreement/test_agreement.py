"""Agreement: who answers alike, and who errs on the same images?  (Claim, source and unit: see the package.)"""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from behaviors.agreement import metrics
from behaviors.agreement.kappa import undefined
from behaviors.agreement.plots import with_each
from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Answers, Predictions

SOURCES = ("shape_source", "texture_source")
"""What cue conflicts are made from, and so share."""


@pytest.mark.predictions("val", "cue_conflict", pairs=True)
def test_churn(answers: Answers, gate: Gate) -> None:
    """Two models of a run give most images the same answer."""
    one, other = (answers(model=name) for name in answers.models)
    pair, right = (one.predicted, other.predicted), (one.correct, other.correct)
    found = metrics.answered_otherwise(*pair, right=right, alpha=gate.alpha, ids=one.ids, clusters=clusters(one))
    gate.check("churn", found)


@pytest.mark.predictions("val", "cue_conflict", pairs=True)
def test_error_consistency(answers: Answers, gate: Gate) -> None:
    """Two models of a run are wrong about the same images, more often than by chance."""
    one, other = (answers(model=name) for name in answers.models)
    if reason := undefined(one.correct, other.correct):
        gate.inconclusive("error_consistency", reason, images=len(one))
        return
    found = metrics.consistency(one.correct, other.correct, alpha=gate.alpha, ids=one.ids, clusters=clusters(one))
    gate.check("error_consistency", found)


@pytest.mark.predictions("cue_conflict", people=1)
def test_with_people(answers: Answers, gate: Gate) -> None:
    """The model is wrong about the images that people are wrong about."""
    model, people = asked(answers)
    if reason := undefined(model.correct, *people.values()):
        gate.inconclusive("with_people", reason, images=len(model))
        return
    found = metrics.with_people(model.correct, people, alpha=gate.alpha, ids=model.ids, clusters=clusters(model))
    gate.check("with_people", found, figure=lambda: with_each(model, found))


@pytest.mark.predictions("cue_conflict", people=2)
def test_below_people(answers: Answers, gate: Gate) -> None:
    """The model agrees with people hardly less than they do among each other."""
    model, people = asked(answers)
    if reason := undefined(model.correct, *people.values()):
        gate.inconclusive("below_people", reason, images=len(model))
        return
    found = metrics.below_people(model.correct, people, alpha=gate.alpha, ids=model.ids, clusters=clusters(model))
    gate.check("below_people", found)


def asked(answers: Answers) -> tuple[Predictions, Mapping[str, NDArray[np.bool_]]]:
    """What the model says, and which answers of each person are right."""
    model, *people = answers.models
    return answers(model=model), {name: answers(model=name).correct for name in people}


def clusters(predictions: Predictions) -> tuple[NDArray[np.generic], ...]:
    """What images share, where they are made from pictures of two kinds."""
    known = predictions.annotations
    return tuple(known[name] for name in SOURCES) if all(name in known for name in SOURCES) else ()

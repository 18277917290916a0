"""Invariance: does a prediction survive a shift, a zoom or another resolution?  (Claim, source: see the package.)

The paper's fixed sweeps; ``test_search.py`` looks beyond them.
"""

import pytest

from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Answers
from behaviors.invariance.kinds import SWEEPS
from behaviors.invariance.metrics import MEASURES
from behaviors.invariance.plots import curves
from behaviors.invariance.sweeps import sweep

DECISIONS_ONLY = "it needs the probability of the true class, and only decisions were recorded"
NEVER_RIGHT = "not a single prediction is right on the images as they are"
IDENTITY = "identity"


def each_measure(name: str) -> pytest.MarkDecorator:
    """A test for each measure of a sweep; none applies to a model or recording that gives no views."""
    marks = {measure: pytest.mark.needs("views", metric=f"{name}_{measure}") for measure in MEASURES}
    return pytest.mark.parametrize("measure", [pytest.param(measure, marks=mark) for measure, mark in marks.items()])


@pytest.mark.predictions("wide", views=(IDENTITY, *SWEEPS["scale"].views()))
@each_measure("scale")
def test_scale(answers: Answers, measure: str, gate: Gate) -> None:
    """What the model sees does not depend on how large it is."""
    settle("scale", measure, answers, gate)


@pytest.mark.predictions("wide", views=(IDENTITY, *SWEEPS["shift"].views()))
@each_measure("shift")
def test_shift(answers: Answers, measure: str, gate: Gate) -> None:
    """What the model sees does not depend on where it is."""
    settle("shift", measure, answers, gate)


@pytest.mark.predictions("wide", views=(IDENTITY, *SWEEPS["resolution"].views()))
@each_measure("resolution")
def test_resolution(answers: Answers, measure: str, gate: Gate) -> None:
    """What the model sees does not depend on how many pixels show it."""
    settle("resolution", measure, answers, gate)


@pytest.mark.predictions("wide", views=(IDENTITY, *SWEEPS["low_resolution"].views()))
@each_measure("low_resolution")
def test_low_resolution(answers: Answers, measure: str, gate: Gate) -> None:
    """A few pixels show the model what many do."""
    settle("low_resolution", measure, answers, gate)


def settle(name: str, measure: str, answers: Answers, gate: Gate) -> None:
    """Measure one thing about one sweep and hand it to the gate."""
    kind, metric = SWEEPS[name], f"{name}_{measure}"
    before = answers(view=IDENTITY)
    after = [answers(view=view) for view in kind.views()]
    found = sweep(kind, before, dict(zip(kind.levels, after, strict=True)))
    if measure == "true_probability" and found.probability_at is None:
        gate.does_not_apply(metric, DECISIONS_ONLY)
    if measure == "retained" and not found.correct.any():
        gate.inconclusive(metric, NEVER_RIGHT, images=found.images)
        return
    measured = MEASURES[measure](found, alpha=gate.alpha)
    gate.check(metric, measured, figure=lambda: curves(before, name, measure, measured))

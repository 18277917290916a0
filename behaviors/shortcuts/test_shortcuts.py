"""Shortcuts: does the model go by what merely comes with a class?  (Claim, source and unit: see the package.)"""

import pytest

from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Answers
from behaviors.shortcuts.metrics import gap

SETS = ("in9_mixed_same", "in9_mixed_rand")
OBJECT = "base"
"""The annotation that says which object an image shows."""


@pytest.mark.predictions(*SETS, at_once=True)
def test_background_gap(answers: Answers, gate: Gate) -> None:
    """The model recognises an object where another class is usually seen."""
    same, other = (answers(name) for name in SETS)
    known = all(OBJECT in one.annotations for one in (same, other))
    objects = (same.annotations[OBJECT], other.annotations[OBJECT]) if known else None
    right, ids = (same.correct, other.correct), (same.ids, other.ids)
    gate.check("background_gap", gap(*right, alpha=gate.alpha, ids=ids, objects=objects, names=SETS))

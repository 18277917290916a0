"""Who errs alike: the finding holds where training decides, is contradicted where architecture does, and not forced."""

import numpy as np
import pytest

from behaviors.findings.test_findings import test_training_decides_who_errs_alike as asks
from tests.behaviors.findings.build import right
from tests.behaviors.recorder import Recorder

FOUR = ("vit-sup", "convnext-sup", "vit-clip", "convnext-clip")
SIDES = {"training": (0, 0, 1, 1), "architecture": (0, 1, 0, 1), "neither": (0, 1, 2, 3)}


class Asked:
    """Stands in for the fixture ``answers``: models of one side err on what is hard for that side."""

    models, dataset, model = FOUR, "cue_conflict", "four"

    def __init__(self, decides, error=0.4, images=1200, sources=True):
        random = np.random.default_rng(0)
        hard = random.random((4, images)) < error
        own = random.random((4, images)) < error
        wrong = np.where(random.random((4, images)) < 0.6, hard[list(SIDES[decides])], own)
        names = {"shape_source": np.arange(images) % 160, "texture_source": np.arange(images) // 25}
        self.right, self.known = ~wrong, names if sources else {}

    def __call__(self, dataset=None, *, view="identity", model=None):
        flags = self.right[FOUR.index(model)]
        return right(flags, model=model, dataset="cue_conflict", annotations=self.known)


def judged(*given, **how):
    gate = Recorder()
    asks(Asked(*given, **how), gate)
    return gate


@pytest.mark.parametrize("sources", [True, False])
def test_it_holds_where_training_decides(sources):
    found = judged("training", sources=sources).measured["training_decides_who_errs_alike"]
    assert 0 < found.interval.low < found.value < found.interval.high
    assert ("clusters" in found.interval.method) == sources
    assert found.parts[0]["first"] == "vit-sup with convnext-sup and vit-clip with convnext-clip"
    assert found.images == 1200


def test_it_is_contradicted_where_architecture_does_and_else_undecided():
    assert judged("architecture").measured["training_decides_who_errs_alike"].interval.high < 0
    neither = judged("neither").measured["training_decides_who_errs_alike"].interval
    assert neither.low < 0 < neither.high


def test_where_nobody_errs_nothing_is_decided():
    assert "chance explains it" in judged("neither", error=0.0).undecided["training_decides_who_errs_alike"][0]

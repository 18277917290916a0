"""The gap is as planted, of pairs and of different images; a model that goes by the place is seen."""

import numpy as np
import pytest

from behaviors.shortcuts import test_shortcuts as room
from behaviors.shortcuts.metrics import gap
from tests.behaviors.findings.build import right
from tests.behaviors.recorder import Recorder

ALPHA, IMAGES = 0.05, 800


class Asked:
    """Stands in for the fixture ``answers``: of the objects that are known by the place, half are wrong in another."""

    def __init__(self, by_place, paired=True):
        random = np.random.default_rng(2)
        same = random.random(IMAGES) < 0.9
        moved = same & ~((random.random(IMAGES) < by_place) & (random.random(IMAGES) < 0.5))
        order = random.permutation(IMAGES)
        self.right = dict(zip(room.SETS, (same, moved[order]), strict=True))
        self.base = dict(zip(room.SETS, (np.arange(IMAGES), order), strict=True)) if paired else {}

    def __call__(self, dataset=None, *, view="identity", model=None):
        known = {"base": self.base[dataset]} if self.base else {}
        return right(self.right[dataset], dataset=dataset, annotations=known)


def judged(*given, **how):
    gate = Recorder()
    room.test_background_gap(Asked(*given, **how), gate)
    return gate.measured["background_gap"]


@pytest.mark.parametrize("paired", [True, False])
def test_a_model_that_goes_by_the_place_is_seen(paired):
    sound, rigged = judged(0.0, paired=paired), judged(0.4, paired=paired)
    assert rigged.interval.low <= 0.9 * 0.4 * 0.5 <= rigged.interval.high
    assert sound.interval.high < 0.05 < rigged.interval.low
    assert sound.interval.low <= 0 <= sound.interval.high
    assert rigged.per_image.number == pytest.approx(rigged.value)
    assert [row["dataset"] for row in rigged.parts] == list(room.SETS)
    assert rigged.value == pytest.approx(rigged.parts[0]["accuracy"] - rigged.parts[1]["accuracy"])


def test_the_same_objects_tell_more():
    widths = [found.interval.high - found.interval.low for found in (judged(0.1), judged(0.1, paired=False))]
    assert widths[0] < 0.7 * widths[1]


def test_intervals_of_different_images_hold():
    random = np.random.default_rng(1)
    missed = np.zeros(2)
    for _ in range(400):
        found = gap(random.random(150) < 0.862, random.random(150) < 0.789, alpha=ALPHA).interval
        missed += found.low > 0.073, found.high < 0.073
    assert (missed <= 0.09 * 400).all(), missed


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="true or false"):
        gap([1, 0], [True], alpha=ALPHA)
    with pytest.raises(ValueError, match="at least one image"):
        gap(np.zeros(0, bool), np.ones(3, bool), alpha=ALPHA)

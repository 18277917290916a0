"""The fixture ``explore``: any view of some images, and what the network is shown of them."""

import re

METRIC = '"share": Metric("A share", "fraction", "higher")'
ROOM = """
import numpy as np
import pytest
from behaviors.contract.measurement import Measurement


@pytest.mark.predictions("wide")
def test_toy(explore, gate):
    here, there = explore("identity"), explore("move(x=0.0625)+brighten(factor=1.25)")
    assert explore.images == len(here) == len(there) == 64
    assert here.ids.tolist() == there.ids.tolist()
    assert (explore.model, explore.dataset, explore.input_size) == ("convnext-sup", "wide", 64)
    (before, after), = explore.pictures("move(x=0.0625)+brighten(factor=1.25)", [str(here.ids[5])])
    assert before.shape == after.shape == (64, 64, 3) and before.dtype == np.uint8
    expected = np.clip(np.round(before[:, 4:].astype(np.float32) * np.float32(1.25)), 0, 255)
    np.testing.assert_array_equal(after[:, :-4], expected)
    gate.check("share", Measurement(float((here.predicted == there.predicted).mean()), len(here)))
"""


def test_any_view_of_the_first_images(house):
    house.room("toy", ROOM, METRIC)
    house.thresholds("mini: {}\n")
    ran = house.pytest("-k", "test_toy", "--model", "convnext-sup")
    assert ran.code == 0, ran.output
    assert re.search(r"not gated +toy.share +convnext-sup +wide", ran.output)


RECORDED = """
import pytest
from behaviors.contract.measurement import Measurement


@pytest.mark.predictions("val")
def test_toy(explore, gate):
    assert explore.input_size is None
    CALL
    gate.check("share", Measurement(1.0, 1))
"""


def test_a_recording_can_be_asked_nothing_new(house):
    house.room("toy", RECORDED.replace("CALL", 'explore("flip()")'), METRIC)
    suite = house.suite()
    ran = house.pytest("-k", "test_toy", f"--suite={suite}")
    assert ran.code == 1
    assert "recorded predictions say nothing about images under flip" in ran.output
    (house.path / "behaviors/toy/test_toy.py").write_text(RECORDED.replace("CALL", 'explore.pictures("identity", [])'))
    ran = house.pytest("-k", "test_toy", f"--suite={suite}")
    assert "recorded predictions show no images" in ran.output

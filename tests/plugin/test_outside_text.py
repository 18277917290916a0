"""Text from outside does nothing to the terminal: names of images, reasons, messages of a user's own code."""

CLEAR = "\x1b[2J\x1b]0;owned\x07"
ROOM = f"""
import pytest
from behaviors.contract.measurement import Measurement

@pytest.mark.predictions("val")
def test_number(predictions, gate):
    gate.check("number", Measurement(0.9, len(predictions), notes=({CLEAR!r},), parts=({{"class": {CLEAR!r}}},)))

@pytest.mark.predictions("val")
def test_raises(predictions, gate):
    raise ValueError({CLEAR!r})

@pytest.mark.predictions("val")
def test_skips(predictions, gate):
    pytest.skip({CLEAR!r})
"""


def test_nothing_from_outside_acts_on_the_terminal(house):
    house.room("rigged", ROOM, '"number": Metric("A number", "fraction", "lower")')
    house.thresholds("small: {policy: point, rigged: {number: {max: 0.6, because: test}}}")
    suite = house.suite()
    ran = house.pytest("behaviors/rigged", "-v", "-rA", "--color=no", "--suite", suite, "--summary", "page.md")
    assert ran.code == 1, ran.output
    assert "\x1b" not in ran.output
    assert "\x07" not in ran.output
    assert r"\x1b[2J\x1b]0;owned\x07" in ran.output
    page = (house.path / "page.md").read_text()
    assert not {"\x1b", "\x07"} & set(page)

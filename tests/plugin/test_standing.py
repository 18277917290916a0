"""How a run stands while it goes on: behaviours down, models across."""

import re

import pytest

from fixtures.plugin.standing import DELAY, Standing
from fixtures.predictions.progress import Line
from tests.predictions.test_progress import Clock, Terminal

ROOMS = frozenset({"calibration", "mistakes", "findings"})


def identifier(room: str, test: str) -> str:
    return f"behaviors/{room}/test_{room}.py::{test}"


TESTS = [
    identifier("calibration", "test_ece[vit-val]"),
    identifier("calibration", "test_ece[vit-clip-val]"),
    identifier("calibration", "test_brier[vit-clip-val]"),
    identifier("mistakes", "test_accuracy[vit-clip-val]"),
    identifier("findings", "test_law"),
]


def report(nodeid: str, outcome: str = "passed", when: str = "call") -> pytest.TestReport:
    return pytest.TestReport(nodeid, ("", 0, ""), {}, outcome, None, when)  # type: ignore[arg-type]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def standing(clock):
    made = Standing(("vit", "vit-clip"), ROOMS, clock)
    made.collect(TESTS)
    clock.now += DELAY
    return made


def test_what_is_decided_of_whom(standing):
    standing.add(report(TESTS[0]))
    standing.add(report(TESTS[1], "failed"))
    standing.add(report(TESTS[3], when="setup"))
    assert standing.lines(80, 24) == [
        "             vit     vit-clip    together",
        "calibration  pass 1  1/2 1 FAIL",
        "mistakes             - 1",
        "findings                         - 1",
    ]
    standing.add(report(TESTS[2]))
    standing.add(report(TESTS[4], "skipped"))
    assert standing.lines(80, 24)[1].split() == ["calibration", "pass", "1", "1", "FAIL"]
    assert standing.lines(80, 24)[-1].split() == ["findings", "skipped"]


def test_a_test_that_failed_in_its_setup_is_told(standing):
    standing.add(report(TESTS[3], "failed", "setup"))
    assert "1 FAIL" in standing.lines(80, 24)[1]
    assert standing.lines(80, 24)[1].startswith("mistakes"), "what failed comes first"


def test_a_quick_run_a_run_that_is_over_and_other_tests_show_nothing(clock):
    standing = Standing(("vit",), ROOMS, clock)
    standing.collect([TESTS[0], "tests/plugin/test_standing.py::test_it"])
    assert standing.lines(80, 24) == []
    clock.now += DELAY
    assert [line.split()[0] for line in standing.lines(80, 24)] == ["vit", "calibration"]
    standing.close()
    assert standing.lines(80, 24) == []


def test_a_small_terminal_keeps_its_room(standing):
    assert standing.lines(80, 6)[-1] == "and 2 more behaviours"
    assert len(standing.lines(80, 6)) <= 3
    assert standing.lines(80, 2) == []
    assert standing.lines(24, 24)[0].endswith("and 2 more")


def test_others_write_where_nothing_stands_and_it_comes_back():
    """The lines below the cursor are emptied before pytest writes, and drawn again afterwards."""
    terminal = Terminal()
    line = Line(terminal, standing=lambda columns, lines: ["models", "vit  1/2"])
    line.show("predicting")
    with line.away():
        terminal.write("PASSED")
    before, after = terminal.getvalue().split("PASSED")
    drawn = [re.findall(r"\x1b\[K([^\x1b]*)", part) for part in (before, after)]
    assert drawn == [["predicting", "models", "vit  1/2", "", "", ""], ["predicting", "models", "vit  1/2"]]

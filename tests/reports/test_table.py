"""The table that a person reads: failures first, aligned, as narrow as the terminal, colours where there are some."""

import io

import pytest
from _pytest._io import TerminalWriter
from hypothesis import given
from hypothesis import strategies as st

from fixtures.reports import terminal
from fixtures.reports.table import COLOURS, counted, limit, rows
from tests.reports.checks import ERROR, FAIL, KNOWN, NOT_GATED, ONE, check

ALL = [ONE, NOT_GATED, KNOWN, FAIL, ERROR]


def lines(checks, width=None):
    return [f"{row.verdict}  {row.rest}" for row in rows(checks, width)]


class Reporter:
    """The parts of pytest's terminal reporter that are used."""

    def __init__(self, *, tty: bool, width: int = 80):
        self.file = io.StringIO()
        self._tw = TerminalWriter(self.file)
        self._tw.hasmarkup, self._tw.fullwidth, self.isatty = tty, width, tty

    def ensure_newline(self):
        pass

    def section(self, title, sep="=", **markup):
        self._tw.sep(sep, title, **markup)

    def write(self, text, **markup):
        self._tw.write(text, **markup)

    def write_line(self, text, **markup):
        self._tw.line(text, **markup)

    @property
    def text(self):
        return self.file.getvalue()


def test_the_table_reads_like_this():
    assert lines(ALL) == [
        "verdict        metric             model         dataset     value        interval     limit"
        "  where               images",
        "ERROR          calibration.nll    vit-clip      val           nan               -  <= 0.100"
        "  thresholds.yaml:14   2,048",
        "FAIL           calibration.ece    convnext-sup  val         0.200  [0.020, 0.040]  <= 0.100"
        "  thresholds.yaml:14   2,048",
        "expected fail  calibration.ece    vit-clip      renditions  0.031  [0.020, 0.040]  <= 0.100"
        "  thresholds.yaml:14   2,048",
        "not gated      calibration.brier  vit-clip      val         0.031  [0.020, 0.040]         -"
        "  -                    2,048",
        "pass           calibration.ece    vit-clip      val         0.031  [0.020, 0.040]  <= 0.100"
        "  thresholds.yaml:14   2,048",
    ]


def test_the_order_does_not_depend_on_who_came_first():
    assert lines(ALL) == lines(ALL[::-1])
    assert [row.colour for row in rows(ALL)] == ["", "red", "red", "yellow", "yellow", "green"]


def test_every_verdict_has_its_place():
    checks = [check(status=status) for status in COLOURS]
    assert [row.verdict.strip().lower() for row in rows(checks)] == ["verdict", *COLOURS]


def test_what_can_be_spared_goes_where_the_terminal_is_narrow():
    heads = {width: lines(ALL, width)[0].split() for width in (120, 100, 90, 80)}
    assert "where" in heads[120]
    assert "where" not in heads[100]
    assert "interval" in heads[100]
    assert "images" not in heads[90]
    assert heads[80] == ["verdict", "metric", "model", "dataset", "value", "limit"]


def test_long_names_are_shortened_in_the_middle():
    long = check(model="a-model-with-a-name-that-goes-on-and-on-v2")
    [_, line] = lines(
        [
            long,
        ][:1],
        80,
    )
    assert len(line) <= 80
    assert "a-mode" in line
    assert "[0.020, 0.040]" in line
    assert "-v2" in line
    assert long.model in lines([long])[1]


@given(st.lists(st.sampled_from(ALL), min_size=1), st.integers(75, 200))
def test_no_line_is_wider_than_the_terminal(checks, width):
    assert all(len(line) <= width for line in lines(checks, width))


def test_a_margin_stands_beside_the_limit():
    assert limit(check(margin=0.02)) == "<= 0.100 + 0.02"
    assert limit(check(limit=">= 0.500", margin=0.02)) == ">= 0.500 - 0.02"
    assert limit(check(limit="-0.1 .. 0.1", margin=0.02)) == "-0.1 .. 0.1 +/- 0.02"
    assert limit(check(margin=0.0)) == "<= 0.100"


def test_what_is_open_says_how_many_images_would_decide():
    head, first, second = lines([check(status="inconclusive", needed=12_345), check(needed=99)])
    assert head.endswith("images  needed")
    assert first.endswith("12,345")
    assert second.endswith("2,048")
    assert "needed" not in lines(ALL)[0]


def test_the_view_is_named():
    assert "val shift(3,0)" in lines([check(view="shift(3,0)")])[1]


def test_verdicts_are_counted():
    assert counted(ALL) == (
        "5 measurements: 1 error, 1 fail, 1 expected fail, 1 not gated (thresholds.yaml has no rule), 1 pass"
    )
    assert counted([ONE]) == "1 measurement: 1 pass"


def test_a_log_is_as_wide_as_it_needs_to_be_and_has_no_colours():
    reporter = Reporter(tty=False)
    terminal.summary(reporter, ALL, ["predicted 8,192 images with vit-clip in 6.1 s"])
    assert "thresholds.yaml:14   2,048\n" in reporter.text
    assert "\x1b" not in reporter.text
    assert reporter.text.endswith("1 pass\npredicted 8,192 images with vit-clip in 6.1 s\n")


def test_a_terminal_has_colours_and_no_line_wraps():
    reporter = Reporter(tty=True)
    terminal.summary(reporter, ALL, [])
    assert "\x1b[31mFAIL" in reporter.text
    assert "\x1b[32mpass" in reporter.text
    assert "\x1b[31m5 measurements" in reporter.text
    assert "where" not in reporter.text
    calm = Reporter(tty=True)
    terminal.summary(calm, [ONE], [])
    assert "\x1b[32m1 measurement" in calm.text


@pytest.mark.parametrize(("checks", "remarks", "lines"), [([], [], 0), ([], ["nothing was measured"], 2)])
def test_nothing_measured_shows_no_table(checks, remarks, lines):
    reporter = Reporter(tty=False)
    terminal.summary(reporter, checks, remarks)
    assert len(reporter.text.splitlines()) == lines

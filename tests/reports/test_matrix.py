"""The run at a glance: the worst verdict of each model in each behaviour, however narrow the terminal."""

from hypothesis import given
from hypothesis import strategies as st

from fixtures.reports import terminal
from fixtures.reports.matrix import blocks, matrix
from fixtures.reports.table import COLOURS, rows, worth_a_look
from tests.reports.checks import ERROR, FAIL, NOT_GATED, ONE, check
from tests.reports.compared import REGRESSION, SAME, compared
from tests.reports.test_table import Reporter

MODELS = ("vit-clip", "convnext-sup")
FINDING = check(behavior="findings", metric="clip_is_overconfident", model="clip")
MANY = [check(nodeid=f"behaviors/calibration/test_calibration.py::test_ece[{i}]") for i in range(20)]


def texts(shown):
    return {line.behavior: [cell.text for cell in line.cells] for line in shown.lines}


def test_a_cell_says_the_worst_and_how_often_it_came():
    shown = matrix([ONE, NOT_GATED, ONE, FAIL, FINDING], MODELS)
    assert shown.columns == ("vit-clip", "convnext-sup", "together")
    assert texts(shown) == {"calibration": ["not gated 1/3", "FAIL 1", ""], "findings": ["", "", "pass 1"]}


def test_the_worst_behaviour_comes_first():
    robust = check(behavior="robustness", status="fail")
    assert list(texts(matrix([ONE, FINDING, robust], MODELS))) == ["robustness", "calibration", "findings"]


def test_a_blocked_inconclusive_verdict_is_as_loud_as_a_failure():
    open_, blocked = (check(status="inconclusive", on_inconclusive=what) for what in ("warn", "block"))
    [line] = matrix([open_], MODELS).lines
    assert (line.cells[0].text, line.cells[0].colour) == ("inconclusive 1", "yellow")
    [line] = matrix([open_, blocked], MODELS).lines
    assert (line.cells[0].text, line.cells[0].colour) == ("INCONCLUSIVE 2", "red")


def test_what_changed_against_the_baseline_is_told():
    shown = matrix([ONE], MODELS, [REGRESSION, compared(status="better"), SAME])
    assert texts(shown) == {"calibration": ["pass 1, 1 worse"]}
    assert texts(matrix([ONE], MODELS, [SAME])) == {"calibration": ["pass 1"]}


def test_models_that_do_not_fit_follow_below():
    models = [f"model-{i}" for i in range(9)]
    shown = matrix([check(model=name) for name in models], models)
    [whole] = blocks(shown)
    assert [cell.text for cell in whole[0]] == [" " * 11, *models]
    parts = blocks(shown, 40)
    assert len(parts) == 3
    assert [cell.text.strip() for part in parts for cell in part[0][1:]] == models
    assert all(len("  ".join(cell.text for cell in line)) <= 40 for part in parts for line in part)


def test_a_block_has_no_line_that_says_nothing():
    shown = matrix([check(model="a" * 30), check(model="b" * 30, behavior="findings")], ["a" * 30, "b" * 30])
    assert [[line[0].text.strip() for line in block] for block in blocks(shown, 50)] == [
        ["", "calibration"],
        ["", "findings"],
    ]


@given(
    st.lists(st.tuples(st.sampled_from(list(COLOURS)), st.sampled_from("abc"), st.sampled_from("xyz"))), st.randoms()
)
def test_the_order_of_the_checks_is_no_matter(drawn, random):
    checks = [check(status=status, behavior=behavior, model=model) for status, behavior, model in drawn]
    shuffled = random.sample(checks, len(checks))
    assert matrix(checks, "xy") == matrix(shuffled, "xy")


def shown(checks, **arguments):
    reporter = Reporter(tty=False)
    terminal.summary(reporter, checks, [], models=MODELS, **arguments)
    return reporter.text


def test_of_many_only_what_needs_a_look_is_listed():
    text = shown([*MANY, ERROR, FAIL])
    assert text.count("pass  ") == 0
    assert "calibration  ERROR 1/21  FAIL 1" in text
    assert "\nERROR    calibration.nll" in text
    assert text.endswith("22 measurements: 1 error, 1 fail, 20 pass (-v lists all)\n")


def test_everything_is_listed_where_that_is_wanted_or_short():
    assert shown(MANY, everything=True).count("pass     calibration.ece") == 20
    assert "-v lists" not in shown(MANY, everything=True)
    few = shown(MANY[: terminal.FEW])
    assert few.count("pass     calibration.ece") == terminal.FEW
    assert "pass 12" not in few


def test_a_calm_run_is_a_glance_and_a_count():
    assert shown(MANY).splitlines()[1:] == [
        "             vit-clip",
        "calibration  pass 20",
        "",
        "20 measurements: 20 pass (-v lists all)",
    ]


def test_what_got_worse_is_listed_though_it_passed():
    assert worth_a_look(ONE, REGRESSION)
    assert not worth_a_look(ONE, SAME)
    text = shown([ONE, *MANY], comparisons=[REGRESSION])
    assert "+0.011 regression" in text
    assert text.count("<= 0.100") == 1


def test_no_change_column_without_a_baseline():
    assert "change" not in rows([ONE])[0].rest
    assert "change" in rows([ONE], None, {(ONE.nodeid, "calibration", "ece"): SAME})[0].rest

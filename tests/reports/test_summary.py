"""One screen of Markdown: the verdict first, and no name, however odd, breaks a table or calls somebody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from fixtures.reports import results
from fixtures.reports.headline import headline
from fixtures.reports.markup import plain, table
from fixtures.reports.measured import measured
from fixtures.reports.writers import summary
from tests.reports.checks import ERROR, FAIL, NOT_GATED, ONE, check
from tests.reports.compared import REGRESSION, SAME, compared

GITHUB = 65_536
HOSTILE = "a|b`c\n# d <b>e</b> @f *g* [h](https://i) \\| ~~j~~ &amp; _k_ 🦉"
OPEN = check(status="inconclusive", on_inconclusive="warn", needed=9_000, model="vit-sup")
READER = MarkdownIt("gfm-like", {"linkify": False})


def told(exit_code=0, checks=(), comparisons=(), *, unmeasured=(), models=("vit-clip",), collected=1):
    return results.Results(
        created="2026-01-02T03:04:05+00:00",
        exit_code=exit_code,
        suite="mini",
        models={
            name: results.Model(origin=f"{name}=new.safetensors", source="timm", fingerprint="ab" * 32)
            for name in models
        },
        datasets={},
        thresholds=results.ThresholdsFile(file="thresholds.yaml", sha256="cd" * 32),
        settings=results.Settings(
            device="auto",
            precision="auto",
            max_images=64,
            allow_partial=False,
            search="dev",
            strict_gates=False,
            on_inconclusive=None,
            require=[],
            baseline=None,
        ),
        environment=results.Environment(python="3", platform="x", versions={}),
        tests=results.Tests(collected=collected, reported=1, outcomes={}, unmeasured=list(unmeasured)),
        counts=results.Counts(checks={}, comparisons={}),
        checks=[measured(one) for one in checks],
        comparisons=list(comparisons),
    )


def page(checks=(), comparisons=(), exit_code=0, places=None, environment=None, **more):
    return summary.markdown(
        told(exit_code, checks, comparisons, **more), checks, comparisons, places or {}, environment or {}
    )


def tables(text):
    """Rows of cells as a reader of Markdown sees them, by table."""
    found, row = [], None
    for token in READER.parse(text):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append(row := [])
        elif token.type == "inline" and row is not None:
            row.append("".join(child.content for child in token.children))
            assert all(
                child.type in {"text", "text_special", "strong_open", "strong_close"} for child in token.children
            )
        elif token.type == "table_close":
            row = None
    return found


def test_a_calm_run_is_a_line_and_a_count():
    assert page([ONE]) == (
        "## ✅ Passed: 1 of 1 measurement pass\n\n"
        "Suite mini: vit-clip (new.safetensors, abababababab). Rules: thresholds.yaml (cdcdcdcdcdcd).\n\n"
        "| behaviour | pass |\n| --- | ---: |\n| calibration | 1 |\n"
    )


@pytest.mark.parametrize(
    ("exit_code", "checks", "comparisons", "line"),
    [
        (1, [FAIL, ONE], [REGRESSION], "❌ Failed: 1 regression, 1 threshold broken; 1 of 2 measurements pass"),
        (0, [OPEN, ONE], [SAME], "⚠️ Passed: 1 inconclusive; 1 of 2 measurements pass"),
        (0, [NOT_GATED], [], "⚠️ Passed: 1 not gated; 0 of 1 measurement pass"),
        (1, [check(status="unexpected pass")], [], "❌ Failed: 1 known failure passing now; 0 of 1 measurement pass"),
        (1, [], [compared(status="error")], "❌ Failed: 1 comparison impossible; nothing was measured"),
        (5, [], [], "❌ No tests ran: nothing was measured"),
        (2, [ONE], [], "❌ Interrupted: 1 of 1 measurement pass"),
    ],
)
def test_the_verdict_is_in_the_first_line(exit_code, checks, comparisons, line):
    assert headline(told(exit_code), checks, comparisons) == line
    assert page(checks, comparisons, exit_code).splitlines()[0] == f"## {line}"


def test_regressions_come_first_with_before_and_after():
    watch = compared(
        status="watch", metric="nll", old=0.5, new=0.52, difference=0.02, low=0.0, high=0.04, p=0.03, changed=7
    )
    text = page([ONE], [SAME, watch, compared(status="better", difference=-0.01, metric="brier"), REGRESSION], 1)
    assert "### Against the baseline runs/main\n\n4 comparisons: 1 regression, 1 watch, 1 better, 1 identical." in text
    [changes, _] = tables(text)
    assert changes[1] == [
        "regression",
        "calibration.ece",
        "vit-clip",
        "val",
        "0.020 → 0.031",
        "+0.011 [0.004, 0.018]",
        "300 of 2,048",
    ]
    assert [row[0] for row in changes[1:]] == ["regression", "watch", "better"]


def test_a_comparison_that_cannot_be_made_says_why():
    text = page([], [compared(status="error", difference=None, old=None, new=None, notes=("other | images",))], 1)
    assert tables(text)[0][1][4:] == ["-", "other | images", "-"]


def test_negative_flips_are_a_share_of_the_images():
    flips = {"behavior": "baseline", "metric": "negative_flips", "old": None, "difference": None}
    text = page([], [compared(status="regression", new=0.05, low=0.03, high=0.08, changed=102, **flips)], 1)
    assert tables(text)[0][1][4:] == ["-", "0.050 [0.030, 0.080]", "102 of 2,048"]


def test_broken_and_undecided_thresholds_are_told():
    [broken, undecided, counts] = tables(page([OPEN, FAIL, ONE], exit_code=1))
    assert broken[1] == [
        "fail",
        "calibration.ece",
        "convnext-sup",
        "val",
        "0.200 [0.020, 0.040]",
        "<= 0.100",
        "thresholds.yaml:14",
    ]
    assert undecided[1][4:] == ["0.031 [0.020, 0.040]", "<= 0.100", "2,048", "9,000"]
    assert counts == [["behaviour", "fail", "inconclusive", "pass"], ["calibration", "1", "1", "1"]]


def test_errors_say_which_test_and_why():
    lost = results.Unmeasured(nodeid="behaviors/x.py::test_y[a]", outcome="failed", reason="no such file: a|b")
    left = results.Unmeasured(nodeid="behaviors/x.py::test_z[a]", outcome="skipped", reason="no dataset")
    text = page([ERROR], exit_code=1, unmeasured=[lost, left])
    assert text.startswith("## ❌ Failed: 1 error;")
    assert "- behaviors/x.py::test&#95;y" not in text
    assert "- behaviors/x.py::test_y&#91;a&#93;: no such file: a&#124;b" in text
    assert "test_z" not in text


def test_a_sample_and_a_run_that_was_cut_short_are_no_release():
    text = page([check(sample="a sample: 64 of 2,048 images")], collected=9)
    assert (
        "**A sample: 1 of 1 measurements are on some of the images (--max-images 64), which releases nothing.**" in text
    )
    assert "**Only 1 of 9 tests ran to their end.**" in text


def test_it_says_where_the_rest_is():
    github = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}
    text = page([ONE], places={"results": "out/results.json"}, environment=github)
    assert text.endswith("results: out/results.json · [this job](https://github.com/a/b/actions/runs/7)\n")
    assert page([ONE], environment={"CI_JOB_URL": "https://g/j/1"}).endswith("[this job](https://g/j/1)\n")


def test_hostile_names_break_no_table():
    one = {"model": HOSTILE, "dataset": HOSTILE, "metric": HOSTILE, "where": HOSTILE}
    text = page(
        [check(status="fail", **one), check(behavior=HOSTILE)],
        [compared(**one, status="regression")],
        1,
        models=[HOSTILE],
    )
    changes, broken, counts = tables(text)
    assert [len(row) for row in changes + broken + counts] == [7] * 4 + [3] * 3
    assert changes[1][2].startswith("a|b`c # d <b>")
    assert counts[2][0].startswith("a|b`c # d")
    assert "@" not in text
    assert "<b>" not in text


@given(st.text(max_size=60))
def test_any_name_shows_as_it_is(name):
    [[head, row]] = tables(table(("a", "b"), [(plain(name, 100), "x")]))
    shown = re.sub(r"\s+", " ", row[0]).strip()
    assert row[1] == "x"
    assert len(head) == len(row) == 2
    assert shown == (" ".join("".join(s if s.isprintable() else " " for s in name).split()) or "-")


def test_it_fits_into_a_comment_whatever_the_names():
    name = "|@<" * 300
    many = [
        check(status=status, model=name, dataset=name, metric=name, behavior=f"{i}{name}", where=name, limit=name)
        for i in range(300)
        for status in ("fail", "inconclusive")
    ]
    lost = [results.Unmeasured(nodeid=name, outcome="failed", reason=name)] * 300
    changed = [compared(status="regression", model=name, metric=name, baseline=name)] * 300
    text = page(many, changed, 1, {"results": name}, unmeasured=lost, models=[f"{i}{name}" for i in range(300)])
    assert len(text) < GITHUB
    assert "... and 290 more" in text
    assert "and 292 more" in text


def test_it_is_one_screen_for_an_ordinary_run():
    checks = [check(status="fail", metric=f"m{i}") for i in range(3)] + [ONE] * 300 + [OPEN] * 30
    assert len(page(checks, [REGRESSION] * 3, 1).splitlines()) < 50

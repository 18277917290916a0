"""The results: a documented format, the same bytes for the same inputs, and never another run's."""

import json
import os
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.reports import destination
from fixtures.reports.measured import measured
from fixtures.reports.results import Results, schema
from tests.conftest import ROOT
from tests.reports.checks import ERROR, NOT_GATED, ONE, check
from tests.reports.compared import REGRESSION
from tests.reports.test_summary import told

LAW = "small: {calibration: {ece: {max: 0.05, because: test}, brier: {max: 0.01, because: test}}}"
UNLOADABLE = """
import pytest
from behaviors.contract.measurement import Measurement

@pytest.mark.predictions("val")
def test_nothing(predictions, gate):
    gate.check("number", Measurement(float("nan"), len(predictions)))
"""


def read(path):
    return Results.model_validate_json(Path(path).read_text())


def test_the_schema_in_the_documentation_is_current():
    kept = (ROOT / "docs" / "results.schema.json").read_text()
    assert kept == schema(), "python -m fixtures.reports.results > docs/results.schema.json"


def test_what_is_written_can_be_read():
    whole = told(1, [ONE, ERROR, NOT_GATED], [REGRESSION])
    assert Results.model_validate_json(whole.text()) == whole


def test_every_property_is_said_to_be_there():
    """An independent reader: every key that is written is in the schema, and every required one is written."""
    known = json.loads(schema())

    def compare(value, rule):
        while "$ref" in rule:
            rule = known["$defs"][rule["$ref"].rpartition("/")[2]]
        for choice in rule.get("anyOf", []):
            if "$ref" in choice and isinstance(value, dict):
                compare(value, choice)
        if isinstance(value, dict) and "properties" in rule:
            assert set(value) <= set(rule["properties"])
            assert set(rule.get("required", [])) <= set(value)
            for name, inner in value.items():
                compare(inner, rule["properties"][name])
        if isinstance(value, list):
            for inner in value:
                compare(inner, rule.get("items", {}))

    compare(json.loads(told(1, [ONE, ERROR], [REGRESSION]).text()), known)


def test_parts_are_told_as_the_metric_has_them():
    rows = (
        {"corruption": "fog", "severity": 3, "accuracy": 0.5, "low": None},
        {"corruption": "a\udc80", "severity": 1},
    )
    said = json.loads(told(0, [check(parts=rows), ONE]).text())["checks"]
    assert said[0]["parts"] == [dict(rows[0]), {"corruption": "a\\udc80", "severity": 1}]
    assert said[1]["parts"] == []


def test_no_number_is_null_and_no_digit_is_lost():
    said = json.loads(told(0, [check(value=0.1 + 0.2), ERROR]).text())["checks"]
    assert [one["value"] for one in said] == [0.30000000000000004, None]
    assert "0.30000000000000004" in told(0, [check(value=0.1 + 0.2)]).text()


def test_a_threshold_is_told_in_numbers():
    limited = measured(check(at_most=0.1, policy="three_way", margin=0.02, on_inconclusive="warn", needed=700))
    assert limited.threshold is not None
    assert (limited.threshold.at_most, limited.threshold.margin, limited.images_needed) == (0.1, 0.02, 700)
    assert measured(NOT_GATED).threshold is None
    assert measured(check(status="inconclusive", on_inconclusive="block")).fails


def test_what_cannot_be_encoded_is_escaped(tmp_path):
    odd = told(0, [check(message="a\udc80b", notes=("\udcff",))])
    destination.put(tmp_path / "r.json", odd.text())
    assert "\\udc80" in (tmp_path / "r.json").read_bytes().decode("ascii")
    assert read(tmp_path / "r.json").checks[0].message == "a\\udc80b"


@pytest.fixture
def measured_house(house):
    house.thresholds(LAW)
    return house, house.suite(confidence=0.95, accuracy=0.7)


ALL = ("-m", "calibration or robustness", "--suite")


def test_a_run_is_told(measured_house):
    house, suite = measured_house
    ran = house.pytest(*ALL, suite, "--results", "out/results.json", "--summary", "out/summary.md")
    assert ran.code == 1, ran.output
    said = read(house.path / "out/results.json")
    assert said.exit_code == 1
    assert (said.suite, said.thresholds.file, said.settings.baseline) == ("small", "thresholds.yaml", None)
    assert len(said.models["one"].fingerprint) == 64
    assert said.models["one"].precision == "recorded"
    assert said.datasets["val"].images == 200
    ece = next(one for one in said.checks if one.metric == "ece")
    assert (ece.verdict, ece.fails, ece.images, ece.threshold.at_most) == ("fail", True, 200, 0.05)
    assert ece.value == pytest.approx(0.25)
    assert sum(part["images"] for part in ece.parts) == 200
    assert said.counts.checks["fail"] == sum(one.verdict == "fail" for one in said.checks)
    assert {one.outcome for one in said.tests.unmeasured} == {"skipped"}
    assert "no dataset in the role" in said.tests.unmeasured[0].reason
    page = (house.path / "out/summary.md").read_text()
    assert page.startswith("## ❌ Failed: ")
    assert "results: out/results.json" in page
    assert sorted(entry.name for entry in (house.path / "out").iterdir()) == ["results.json", "summary.md"]


def test_two_runs_with_the_same_inputs_differ_in_their_time_only(measured_house):
    house, suite = measured_house
    for name, more in {"a": (), "b": ("-n", "2"), "c": ("-p", "no:randomly", "-v")}.items():
        house.pytest(*ALL, suite, "--results", f"{name}.json", "--summary", "same.md", *more)
    texts = []
    for name in "abc":
        text = (house.path / f"{name}.json").read_text()
        when = json.loads(text)["created"]
        assert text.count(when) == 1
        texts.append(text.replace(when, "then").encode())
    assert texts[0] == texts[1] == texts[2]
    assert texts[0].count(b'"verdict"') > 5


def test_nan_is_an_error_that_is_told(house):
    suite = house.suite()
    house.room("rigged", UNLOADABLE, '"number": Metric("A number", "fraction", "lower")')
    ran = house.pytest("-m", "rigged", "--suite", suite, "--results", "r.json", "--summary", "s.md")
    assert ran.code == 1, ran.output
    said = read(house.path / "r.json")
    assert (said.checks[0].value, said.checks[0].verdict) == (None, "error")
    [lost] = said.tests.unmeasured
    assert "no number to judge" in lost.reason
    assert "### Errors" in (house.path / "s.md").read_text()


def test_nothing_selected_is_told_as_such(house):
    ran = house.pytest("-k", "no_such_thing", "--suite", house.suite(), "--results", "r.json", "--summary", "s.md")
    assert ran.code == 5
    assert (read(house.path / "r.json").exit_code, read(house.path / "r.json").checks) == (5, [])
    assert (house.path / "s.md").read_text().startswith("## ❌ No tests ran: nothing was measured")


def test_all_skipped_is_told_as_the_failure_that_it_is(house):
    ran = house.pytest("-k", "calibration and renditions", "--suite", house.suite(), "--results", "r.json")
    assert ran.code == read(house.path / "r.json").exit_code == 1


def test_a_run_that_ends_early_leaves_no_other_runs_results(house):
    (house.path / "r.json").write_text("an earlier run's")
    (house.path / "behaviors" / "broken").mkdir()
    (house.path / "behaviors" / "broken" / "test_broken.py").write_text("import os; os._exit(9)")
    ran = house.pytest("--suite", house.suite(), "--results", "r.json")
    assert ran.code == 9
    assert not (house.path / "r.json").exists()


@pytest.mark.parametrize("option", ["--collect-only", "--plan", "--behaviors-help"])
def test_where_no_test_is_run_nothing_is_written_or_taken_away(house, option):
    (house.path / "r.json").write_text("an earlier run's")
    ran = house.pytest("-k", "test_ece", "--suite", house.suite(), "--results", "r.json", option)
    assert ran.code == 0, ran.output
    assert (house.path / "r.json").read_text() == "an earlier run's"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--results", "behaviors"), "--results {here}/behaviors: is a folder, not a file"),
        (("--summary", "small.yaml/s.md"), "small.yaml is no folder that can be written to"),
        (("--results", "thresholds.yaml"), "is the thresholds file, which must not be replaced"),
        (("--summary", "small.yaml"), "is the suite, which must not be replaced"),
        (("--results", "x", "--summary", "x"), "is the file of --results, which must not be replaced"),
    ],
)
def test_a_place_that_cannot_be_written_is_a_sentence_at_the_start(house, arguments, sentence):
    ran = house.pytest("--suite", house.suite(), *arguments)
    assert ran.code == 4
    assert sentence.format(here=house.path) in ran.output
    assert "Traceback" not in ran.output
    assert (house.path / "thresholds.yaml").read_text() == "small: {}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_is_a_sentence_and_no_pass(house, tmp_path):
    house.thresholds("small: {calibration: {ece: {max: 0.05, because: test}}}")
    folder = house.path / "out"
    folder.mkdir()
    with pytest.raises(InputError, match=r"cannot be written \(No space left on device\)"):
        destination.append(Path("/dev/full"), "text")
    room = """
import pytest
from pathlib import Path
from behaviors.contract.measurement import Measurement

@pytest.mark.predictions("val")
def test_fine(predictions, gate):
    gate.check("number", Measurement(0.5, len(predictions)))
    Path("out").rmdir()
    Path("out").write_text("in the way")
"""
    house.room("rigged", room, '"number": Metric("A number", "fraction", "lower")')
    ran = house.pytest("-m", "rigged", "--suite", house.suite(), "--results", "out/r.json")
    assert ran.code == 1, ran.output
    assert "out/r.json: cannot be written" in ran.output


def test_on_github_the_summary_is_added_by_itself_once(measured_house):
    house, suite = measured_house
    page = house.path / "step.md"
    page.write_text("what another step wrote\n")
    ran = house.pytest("-m", "calibration", "--suite", suite, "-n", "2", GITHUB_STEP_SUMMARY=str(page))
    assert ran.code == 1, ran.output
    text = page.read_text()
    assert text.startswith("what another step wrote\n## ❌ Failed")
    assert text.count("## ❌ Failed") == 1


def test_on_github_a_page_that_cannot_be_written_fails_nothing(house):
    house.thresholds("small: {calibration: {ece: {max: 0.05, because: test}}}")
    ran = house.pytest("-k", "test_ece and val", "--suite", house.suite(), GITHUB_STEP_SUMMARY=os.path.join("no", "x"))
    assert ran.code == 0, ran.output
    assert "GITHUB_STEP_SUMMARY: no/x: cannot be written" in ran.output

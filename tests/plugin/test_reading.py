"""What a person and a pipeline read: one cause in one line, what is undecided as such, every reason in the summary."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

RULES = "small: {calibration: {ece: {max: 0.05, because: test}, brier: {max: 0.187, because: test}}}\n"


def test_a_suite_with_one_dataset_is_one_line_of_skips_and_undecided_is_skipped_in_junit(house):
    house.thresholds(RULES)
    ran = house.pytest(
        "behaviors/calibration", "behaviors/robustness", "behaviors/shape_texture", "--suite", house.suite(),
        "--junitxml=junit.xml", "--results=results.json",
    )  # fmt: skip
    assert ran.code == 0, ran.output
    (line,) = [line for line in ran.output.splitlines() if line.startswith("SKIPPED")]
    roles = "'renditions', 'v2', 'a', 'sketch', 'real', 'hard', 'c', 'cue_conflict'"
    assert line.endswith(f"suite small has no dataset in the roles {roles}")
    counted = int(re.search(r"SKIPPED \[(\d+)\]", line)[1])
    assert f"{counted} skipped" in ran.output
    (cause,) = json.loads((house.path / "results.json").read_text())["tests"]["causes"]
    assert cause["tests"] == counted
    root = ET.parse(house.path / "junit.xml").getroot()
    cases = {case.get("name"): case for case in root.iter("testcase")}
    undecided = cases["test_brier[one-val]"].find("skipped")
    assert undecided.get("message").startswith("inconclusive: calibration.brier: one measured 0.1867 on val")
    assert cases["test_ece[one-val]"].find("skipped") is None
    (suite,) = root.iter("testsuite")
    assert int(suite.get("skipped")) == counted + 1
    assert int(suite.get("tests")) == len(cases)


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("behaviors/nowhere.py", "file or directory not found: behaviors/nowhere.py"),
        ("--formt=csv", "unrecognized arguments: --formt=csv"),
        ("behaviors/broken", "cannot be collected"),
    ],
)
def test_what_stops_a_run_before_it_begins_is_in_the_summary(house, argument, sentence):
    house.room("broken", "import a_module_that_nobody_has\n")
    ran = house.pytest("--suite", house.suite(), "--summary=page.md", argument, GITHUB_STEP_SUMMARY="job.md")
    assert ran.code in {2, 4}, ran.output
    for name in ("page.md", "job.md"):
        assert sentence in (house.path / name).read_text().replace("&#45;", "-").replace("&#95;", "_")


def test_the_printed_id_of_a_comparison_runs_the_test_that_measured(house):
    common = ("-k", "test_ece or test_accuracy", "--suite", house.suite())
    house.pytest(*common, "--save-run=before")
    house.suite(accuracy=0.7)
    ran = house.pytest(*common, "--baseline=before")
    assert ran.code == 1, ran.output
    printed = [line.split()[1] for line in ran.output.splitlines() if line.startswith("FAILED")]
    assert len([one for one in printed if "::baseline." in one]) == 2, ran.output
    again = house.pytest("--suite", "small.yaml", "--baseline=before", *printed)
    assert again.code == 1, again.output
    assert "not found" not in again.output


def test_an_example_says_where_its_data_comes_from(house):
    suite = house.path / "away.yaml"
    suite.write_text(
        "suite: away\nclasses: [a, b]\nsource: It comes from nowhere; ask the owner.\n"
        "models: {one: 'predictions:nowhere.csv'}\ndatasets: {val: {format: labels, path: away.csv}}\n"
    )
    ran = house.pytest("--suite", str(suite))
    assert ran.code == 4
    assert "away.yaml:4: model 'one': there is no file" in ran.output
    assert "It comes from nowhere; ask the owner." in ran.output

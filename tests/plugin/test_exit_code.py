"""A gate that is green for the wrong reason: nothing measured, all skipped, crashed, or lost on the way."""

import re

CRASH = """
import os, pytest
from behaviors.contract.measurement import Measurement

@pytest.mark.predictions("val")
def test_fine(predictions, gate):
    gate.check("number", Measurement(0.5, len(predictions)))

@pytest.mark.predictions("val")
def test_crash(predictions, gate):
    os._exit(9)
"""
NUMBER = '"number": Metric("A number", "fraction", "lower")'


def test_passes_when_measured_and_allowed(house):
    suite = house.suite()
    house.thresholds("small: {calibration: {ece: {max: 0.05, because: test}}}")
    ran = house.pytest("-k", "test_ece", "--suite", suite)
    assert ran.code == 0, ran.output
    assert "1 passed" in ran.output


def test_fails_with_the_sentence_that_names_the_line(house):
    suite = house.suite(confidence=0.95, accuracy=0.7)
    house.thresholds("small:\n  calibration:\n    ece: {max: 0.1, because: test}\n")
    ran = house.pytest("-k", "test_ece", "--suite", suite)
    assert ran.code == 1
    expected = "calibration.ece: one measured 0.250 on val (200 images); thresholds.yaml:3 allows at most 0.100"
    assert expected in ran.output
    assert "Traceback" not in ran.output


def test_a_first_run_that_gates_nothing_points_to_the_rules_its_numbers_suggest(house):
    suite = house.suite()
    advice = "--suggest-thresholds writes rules that a run's numbers suggest"
    for law in ("{}", "other: {}", "small: {}", "small: {robustness: {accuracy: {min: 0.1, because: test}}}"):
        house.thresholds(law)
        ran = house.pytest("-k", "test_ece", f"--suite={suite}", "--summary=s.md")
        header, _, rest = ran.output.partition("collected")
        assert (advice in header) == ("robustness" not in law)
        assert f"nothing was gated: no rule judges the only measurement; {advice}" in rest
        assert "suggest" in (house.path / "s.md").read_text()
    assert "nothing was gated" not in house.pytest("-m", "robustness", f"--suite={suite}").output


def test_all_skipped_is_not_a_pass(house):
    suite = house.suite()
    house.thresholds("small: {}")
    ran = house.pytest("-k", "calibration and renditions", "--suite", suite)
    assert ran.code == 1
    assert "nothing was measured" in ran.output


def test_all_skipped_on_workers_is_not_a_pass(house):
    suite = house.suite()
    house.thresholds("small: {}")
    ran = house.pytest("-k", "calibration and renditions", "--suite", suite, "-n", "2")
    assert ran.code == 1
    assert "nothing was measured" in ran.output


def test_require_fails_what_was_skipped(house):
    suite = house.suite()
    house.thresholds("small: {}")
    ran = house.pytest("-k", "test_ece", "--suite", suite, "--require", "all")
    assert ran.code == 1
    assert "was not measured" in ran.output
    assert "no dataset in the role 'renditions'" in ran.output


def test_nothing_selected_is_not_a_pass(house):
    ran = house.pytest("-k", "no_such_behaviour", "--suite", house.suite())
    assert ran.code == 5


def test_a_measurement_without_a_rule_is_not_counted_as_passed(house):
    suite = house.suite()
    house.thresholds("small: {}")
    ran = house.pytest("-k", "test_ece and val", "--suite", suite)
    assert ran.code == 0
    assert "1 not gated" in ran.output
    assert "passed" not in ran.output.splitlines()[-1]
    assert house.pytest("-k", "test_ece and val", "--suite", suite, "--strict-gates").code == 1


def test_numpy_scalars_in_properties_survive_the_workers(house):
    house.room(
        "rigged",
        "import numpy as np, pytest\n"
        "from behaviors.contract.measurement import Measurement\n"
        '@pytest.mark.predictions("val")\n'
        "def test_number(predictions, gate, record_property):\n"
        '    record_property("mine", np.float32(0.25))\n'
        '    gate.check("number", Measurement(np.float64(0.5), np.int64(3), details={"more": np.float32(1)}))\n',
        NUMBER,
    )
    house.thresholds("small: {policy: point, rigged: {number: {max: 0.6, because: test}}}")
    ran = house.pytest("behaviors/rigged", "--suite", house.suite(), "-n", "2", "--junitxml", "junit.xml")
    assert ran.code == 0, ran.output
    assert "1 passed" in ran.output
    junit = (house.path / "junit.xml").read_text()
    assert '<property name="mine" value="0.25"' in junit
    assert '<property name="rigged.number" value="0.5"' in junit


def test_a_crashed_worker_fails_the_run_and_is_seen_in_allure(house):
    house.room("rigged", CRASH, NUMBER)
    house.thresholds("small: {policy: point, rigged: {number: {max: 0.6, because: test}}}")
    ran = house.pytest("behaviors/rigged", "--suite", house.suite(), "-n", "2", "--alluredir", "out")
    assert ran.code == 1
    assert "crashed" in ran.output
    results = [path.read_text() for path in (house.path / "out").glob("*-result.json")]
    assert any('"broken"' in text and "test_crash" in text for text in results)
    assert any('"passed"' in text and "test_fine" in text for text in results)


def test_a_test_that_measures_nothing_is_an_error(house):
    house.room(
        "rigged",
        'import pytest\n@pytest.mark.predictions("val")\ndef test_number(predictions, gate):\n    pass\n',
        NUMBER,
    )
    house.thresholds("small: {}")
    ran = house.pytest("behaviors/rigged", "--suite", house.suite())
    assert ran.code == 1
    assert "without having measured anything" in ran.output


def test_the_summary_is_written_once_with_workers(house):
    house.thresholds("small: {calibration: {ece: {max: 0.05, because: test}}}")
    ran = house.pytest("-k", "calibration and val", "--suite", house.suite(), "-n", "2")
    assert ran.code == 0, ran.output
    assert len(re.findall(r"calibration\.ece", ran.output)) == 1


def test_workers_report_the_same_verdicts_and_values(house):
    suite = house.suite(confidence=0.8)
    house.thresholds("small: {calibration: {ece: {max: 0.05, because: test}, nll: {max: 0.1, because: test}}}")

    def table(*more: str) -> list[str]:
        ran = house.pytest("-k", "calibration and val", "--suite", suite, *more)
        assert ran.code == 1
        return sorted(line for line in ran.output.splitlines() if "calibration." in line and " one " in line)

    assert table() == table("-n", "2") != []

"""What is reported: the table, JUnit's properties and Allure's files."""

import json

import numpy as np
import pytest

from behaviors.measurement import Interval, Measurement
from fixtures.gates.check import Check, about, measured
from fixtures.predictions.request import Request
from fixtures.reports import properties, terminal


def check(status: str = "pass", value: float = 0.0312, model: str = "vit-clip") -> Check:
    return Check(
        nodeid="a::b[vit-clip-val]",
        behavior="calibration",
        metric="ece",
        title="ECE",
        unit="fraction",
        better="lower",
        status=status,
        limit="<= 0.1",
        where="thresholds.yaml:14",
        message="a sentence",
        **about(Request(model, "val")),
        **measured(Measurement(value, 2048, Interval(0.02, 0.04, 0.05, "by hand"))),
    )


def test_the_table_shows_failures_first():
    lines = terminal.table([check(), check("fail", 0.2, "other"), check("not gated")])
    assert [status for _, status in lines] == ["", "fail", "not gated", "pass"]
    assert lines[1][0].split()[:5] == ["FAIL", "calibration.ece", "other", "val", "0.2000"]
    assert "0.020 .. 0.040" in lines[3][0]
    assert "<= 0.1  thresholds.yaml:14" in lines[3][0]
    assert "2,048" in lines[3][0]


def test_the_columns_line_up():
    lines = [line for line, _ in terminal.table([check(), check(model="a-much-longer-name-of-a-model")])]
    assert len({line.index("val") for line in lines[1:]}) == 1


def test_verdicts_are_counted():
    assert terminal.counted([check(), check("fail"), check()]) == "3 measurements: 1 fail, 2 pass"
    assert terminal.counted([check()]) == "1 measurement: 1 pass"


def test_nothing_measured_shows_no_table():
    assert terminal.table([]) == []


def test_junit_gets_plain_values():
    found = dict(properties.of(check()))
    assert found["calibration.ece"] == pytest.approx(0.0312)
    assert found["calibration.ece.verdict"] == "pass"
    assert found["calibration.ece.images"] == 2048
    assert found["calibration.ece.threshold"] == "<= 0.1"


def test_foreign_values_become_plain():
    odd = [
        ("a", np.float32(0.5)),
        ("b", np.int64(3)),
        ("c", np.bool_(True)),
        ("d", [1]),
        ("e", None),
        ("f", np.str_("x")),
    ]
    assert properties.sanitise(odd) == [("a", 0.5), ("b", 3), ("c", True), ("d", "[1]"), ("e", None), ("f", "x")]
    assert all(type(value) in {float, int, bool, str, type(None)} for _, value in properties.sanitise(odd))


def test_allure_gets_feature_story_parameters_figure_and_table(house):
    suite = house.suite(confidence=0.95, accuracy=0.7)
    house.thresholds("small: {calibration: {ece: {max: 0.1, because: test}}}")
    ran = house.pytest("-k", "test_ece and val", "--suite", suite, "--alluredir", "out")
    assert ran.code == 1, ran.output
    out = house.path / "out"
    [result] = [json.loads(path.read_text()) for path in out.glob("*-result.json")]
    labels = {(label["name"], label["value"]) for label in result["labels"]}
    assert {("feature", "calibration"), ("model", "one"), ("verdict", "fail")} <= labels
    assert result["status"] == "failed"
    assert "allows at most" in result["statusDetails"]["message"]
    parameters = {entry["name"]: entry for entry in result["parameters"]}
    assert parameters["calibration.ece"]["excluded"] is True
    assert parameters["rule"]["value"] == "'<= 0.1 (thresholds.yaml:1)'"
    kinds = {attachment["type"]: out / attachment["source"] for attachment in result["attachments"]}
    assert {"image/png", "text/csv", "application/json"} <= set(kinds)
    assert kinds["image/png"].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(kinds["text/csv"].read_text().splitlines()) == 16
    assert json.loads((out / "categories.json").read_text())
    assert "suite=small" in (out / "environment.properties").read_text()


def test_a_test_keeps_its_history_when_the_checkpoint_changes(house):
    house.thresholds("small: {}")
    identities = []
    for confidence in (0.9, 0.8):
        suite = house.suite(confidence=confidence)
        ran = house.pytest("-k", "test_ece and val", "--suite", suite, "--alluredir", f"out{confidence}")
        assert ran.code == 0, ran.output
        [path] = (house.path / f"out{confidence}").glob("*-result.json")
        result = json.loads(path.read_text())
        kept = [entry for entry in result["parameters"] if not entry.get("excluded")]
        identities.append((result["fullName"], result["testCaseId"], json.dumps(kept)))
    assert identities[0] == identities[1]

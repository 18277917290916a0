"""A broken dataset or model is told once, with the number of tests it concerns, and counted the same everywhere."""

import json
import re

import pytest

from fixtures.predictions.request import Request
from fixtures.reports.causes import Cause, causes, told_once


def test_causes_are_the_different_reasons_by_how_many_tests_they_concern():
    found = causes({"a": "x", "b": "y", "c": "y"})
    assert found == [Cause("y", ("b", "c")), Cause("x", ("a",))]
    assert [one.concerns for one in found] == ["2 tests, the first b", ""]


def test_what_holds_whichever_model_is_asked_is_one_cause():
    asked = [Request("a", "val"), Request("b", "val", "scale:s=2"), Request("b", "val", images=3), Request("b", "v2")]
    assert len(causes({str(k): f"{one}: 3 images cannot be read" for k, one in enumerate(asked)})) == 2


class Report:
    def __init__(self, longrepr):
        self.longrepr = longrepr


def test_all_reports_are_back_afterwards():
    trace = object()
    reports = [Report("x"), Report(trace), Report("x"), Report(trace), Report("y")]
    stats = {"error": reports[:3], "failed": reports[3:], "passed": []}
    with told_once(stats):
        told = [report.longrepr for word in ("error", "failed") for report in stats[word]]
        assert told == ["x\n  (the same for 2 tests)", trace, trace, "y"]
    assert (stats["error"], stats["failed"]) == (reports[:3], reports[3:])
    assert [report.longrepr for report in reports] == ["x", trace, "x", trace, "y"]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "workers"])
def test_a_broken_recording_is_told_once(house, workers):
    suite = house.suite()
    house.thresholds("small: {calibration: {ece: {max: 0.1, because: test}}}")
    rows = (house.path / "small-one.csv").read_text().splitlines()
    (house.path / "small-one.csv").write_text("\n".join(rows[:-1]) + "\n")
    ran = house.pytest(
        "-m", "calibration", f"--suite={suite}", "--results=r.json", "--summary=s.md", "--junitxml=j.xml", *workers
    )
    assert ran.code == 1
    told = json.loads((house.path / "r.json").read_text())["tests"]
    (cause,) = (one for one in told["causes"] if one["outcome"] == "failed")
    count = sum(one["outcome"] == "failed" for one in told["unmeasured"])
    assert cause["tests"] == count > 3
    assert cause["reason"] == next(one["reason"] for one in told["unmeasured"] if one["outcome"] == "failed")
    sentence = cause["reason"].splitlines()[0]
    body = [line for line in ran.output.splitlines() if not line.startswith("ERROR ")]  # in CI a line is not cut
    assert "\n".join(body).count(sentence) == 1, ran.output
    assert f"(the same for {count} tests)" in ran.output
    assert len(re.findall(r"^ERROR ", ran.output, re.MULTILINE)) == 1
    assert f"{count} errors" in ran.output, "pytest counts tests"
    page = (house.path / "s.md").read_text()
    assert f"{count} errors of 1 cause" in page.splitlines()[0]
    assert f"- {count} tests, the first behaviors/calibration/" in page
    assert (house.path / "j.xml").read_text().count("<error") == count, "each test has its reason in JUnit"

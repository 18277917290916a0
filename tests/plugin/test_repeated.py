"""Tests that run more than once, for whatever reason, are counted once: in the summary, the results, Holm's family."""

import json
import re

import pytest

from fixtures.plugin.outcome import Tally

RERUNS = """
from _pytest.runner import runtestprotocol
pytest_plugins = ["fixtures.plugin.hooks"]

def pytest_runtest_protocol(item, nextitem):
    log = item.ihook.pytest_runtest_logreport
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for left in (2, 1, 0):
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        if left == 0 or not any(report.failed for report in reports):
            for report in reports:
                log(report=report)
            break
        for report in reports:
            report.outcome = "rerun" if report.failed else report.outcome
            log(report=report)
            if report.outcome == "rerun":
                break
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
"""
"""What plugins for ``--reruns`` do: failed attempts are reported as ``rerun``, and the test runs again."""
REPEATS = """
import pytest
pytest_plugins = ["fixtures.plugin.hooks"]

@pytest.fixture
def time(request):
    pass

@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc):
    metafunc.fixturenames.append("time")
    metafunc.parametrize("time", range(3), indirect=True, ids=["1-3", "2-3", "3-3"])
"""
"""What plugins for ``--count`` do: every test is collected several times, under ids of their own."""
RULES = "small: {calibration: {ece: {max: 0.1, because: test}, brier: {max: 0.9, because: test}}}"


def measured(house, *more, code=1):
    suite = house.suite(confidence=0.95, accuracy=0.7)
    house.thresholds(RULES)
    ran = house.pytest("-k", "test_ece or test_brier", f"--suite={suite}", "--results=r.json", "--summary=s.md", *more)
    assert ran.code == code, ran.output
    return ran, json.loads((house.path / "r.json").read_text())


def counts(told):
    return told["counts"]["checks"], told["tests"]["outcomes"], told["tests"]["collected"], told["tests"]["reported"]


@pytest.fixture
def once(house):
    return counts(measured(house)[1])


def test_reruns_count_once(house, once):
    (house.path / "conftest.py").write_text(RERUNS)
    ran, told = measured(house, "--junitxml=j.xml")
    assert counts(told) == once
    assert "2 rerun" in ran.output
    assert "1 test ran more than once" in ran.output
    assert len(re.findall("name=.calibration.ece.verdict.", (house.path / "j.xml").read_text())) == 1


def test_every_worker_runs_every_test_and_each_counts_once(house, once):
    ran, told = measured(house, "-n", "2", "--dist", "each")
    assert counts(told) == once
    assert "tests ran more than once" in ran.output


def test_numbers_of_tests_that_are_collected_several_times_count_once(house, once):
    (house.path / "conftest.py").write_text(REPEATS)
    _, told = measured(house)
    assert told["counts"]["checks"] == once[0]


@pytest.mark.parametrize("how", ["reruns", "each"])
def test_comparisons_are_one_family(house, how):
    more = ("-n", "2", "--dist", "each") if how == "each" else ()
    if how == "reruns":
        (house.path / "conftest.py").write_text(RERUNS)
    measured(house, "--save-run=runs/old")
    _, alone = measured(house, "--baseline=runs/old")
    _, told = measured(house, "--baseline=runs/old", *more)
    assert len(told["comparisons"]) == len(alone["comparisons"])


def report(outcome, when="call", worker="", nodeid="behaviors/a/test_a.py::test_a[x]"):
    found = pytest.TestReport(nodeid, ("a", 0, "a"), {}, outcome, outcome, when)
    found.worker_id = worker
    return found


def told(*reports):
    tally = Tally()
    for one in reports:
        tally.add(one)
    return tally


def test_a_failure_that_pytest_counts_stays_one():
    assert told(report("failed", worker="gw0"), report("passed", worker="gw1")).outcomes == {"failed": 1}
    assert told(report("passed", worker="gw0"), report("failed", worker="gw1")).outcomes == {"failed": 1}
    crashed = told(report("failed", "???"), report("passed", "setup", "gw2"), report("passed", worker="gw2"))
    assert crashed.outcomes == {"failed": 1}


def test_a_test_that_was_to_run_again_and_did_not_has_no_result():
    assert not told(report("passed", "setup"), report("rerun")).reported


def test_a_teardown_that_is_run_again_takes_its_call_back():
    again = [report("passed", "setup"), report("passed"), report("passed", "teardown")]
    assert told(report("passed", "setup"), report("passed"), report("rerun", "teardown"), *again).outcomes == {
        "passed": 1
    }

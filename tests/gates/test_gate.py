"""A verdict bites: what breaks a rule fails, what is no number is an error, what no rule judges is said to be so."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behaviors.measurement import Interval, Measurement, Metric
from fixtures.errors import InputError
from fixtures.gates.check import Check
from fixtures.gates.gate import Gate
from fixtures.gates.rule import Rule
from fixtures.gates.thresholds import Thresholds
from fixtures.gates.verdict import judge
from fixtures.predictions.request import Request

REQUEST = Request("vit-clip", "val")


def rule(least: float | None = None, most: float | None = None, *, expect_fail: bool = False) -> Rule:
    return Rule("thresholds.yaml:14", least, most, None, None, "", "known weakness" if expect_fail else "", expect_fail)


def gate(of: Rule | None, *, strict: bool = False) -> Gate:
    rules = {} if of is None else {("calibration", "ece"): (of,)}
    return Gate(
        thresholds=Thresholds(Path("thresholds.yaml"), "mini", rules),
        behavior="calibration",
        request=REQUEST,
        metrics={"ece": Metric("ECE", "fraction", "lower")},
        alpha=0.05,
        strict=strict,
        nodeid="a::b",
    )


def test_a_failure_reads_as_promised():
    verdict = judge(rule(most=0.1), Measurement(0.1312, 2048), "calibration.ece", REQUEST)
    assert verdict.status == "fail"
    assert verdict.message == (
        "calibration.ece: vit-clip measured 0.131 on val (2,048 images); thresholds.yaml:14 allows at most 0.100"
    )


def test_a_narrow_failure_shows_the_digits_that_tell_it_apart():
    message = judge(rule(most=0.1), Measurement(0.10004, 2048), "calibration.ece", REQUEST).message
    assert "measured 0.10004 " in message
    assert "at most 0.10000" in message


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2))
def test_judging_agrees_with_comparing(value, first, second):
    least, most = min(first, second), max(first, second)
    verdict = judge(rule(least, most), Measurement(value, 10), "calibration.ece", REQUEST)
    assert (verdict.status == "pass") == (least <= value <= most)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan")])
@pytest.mark.parametrize("law", [None, rule(most=0.1), rule(least=0.1, expect_fail=True)])
def test_what_is_no_number_is_an_error_whatever_the_rule(value, law):
    judge_of = gate(law)
    with pytest.raises(InputError, match="no number"):
        judge_of.check("ece", Measurement(value, 10))
    assert judge_of.checks[0].status == "error"
    json.dumps(judge_of.checks[0].to_dict(), allow_nan=False)


def test_no_images_is_an_error():
    with pytest.raises(InputError, match="no images"):
        gate(rule(most=0.1)).check("ece", Measurement(0.0, 0))


def test_a_broken_rule_fails_the_test_and_is_remembered():
    judge_of = gate(rule(most=0.1))
    with pytest.raises(pytest.fail.Exception, match="allows at most"):
        judge_of.check("ece", Measurement(0.2, 10, Interval(0.1, 0.3, 0.05, "by hand")))
    assert (judge_of.checks[0].status, judge_of.checks[0].value, judge_of.checks[0].low) == ("fail", 0.2, 0.1)


def test_a_known_failure_is_expected_and_its_end_is_news():
    with pytest.raises(pytest.xfail.Exception, match="known weakness"):
        gate(rule(most=0.1, expect_fail=True)).check("ece", Measurement(0.2, 10))
    with pytest.raises(pytest.fail.Exception, match="take 'expect: fail' out"):
        gate(rule(most=0.1, expect_fail=True)).check("ece", Measurement(0.05, 10))


def test_without_a_rule_nothing_is_judged_unless_strict():
    loose = gate(None)
    loose.check("ece", Measurement(0.2, 10))
    assert loose.checks[0].status == "not gated"
    with pytest.raises(pytest.fail.Exception, match="--strict-gates"):
        gate(None, strict=True).check("ece", Measurement(0.2, 10))


def test_a_metric_that_was_not_promised_is_an_error():
    with pytest.raises(InputError, match="METRICS"):
        gate(None).check("eec", Measurement(0.2, 10))


def test_what_does_not_apply_is_a_skip_unless_a_rule_demands_it():
    with pytest.raises(pytest.skip.Exception, match="only its best class"):
        gate(None).does_not_apply("ece", "only its best class was recorded")
    with pytest.raises(InputError, match=r"thresholds.yaml:14 demands it of vit-clip on val"):
        gate(rule(most=0.1)).does_not_apply("ece", "only its best class was recorded")


def test_a_check_survives_the_way_from_a_worker():
    judge_of = gate(None)
    parts = ({"bin": np.int64(1), "gap": np.float32(0.25), "empty": None},)
    judge_of.check("ece", Measurement(np.float64(0.2), np.int64(10), parts=parts, details={"floor": np.float32(0.5)}))
    sent = json.loads(json.dumps(judge_of.checks[0].to_dict(), allow_nan=False))
    assert Check.from_dict(sent) == judge_of.checks[0]
    assert type(judge_of.checks[0].parts[0]["bin"]) is int

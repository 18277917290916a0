"""A verdict bites, and its sentence says who, what, on how many images, what is allowed and where that is written."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from behaviors.contract.measurement import Interval, Measurement, Metric
from fixtures.gates.rule import Rule
from fixtures.gates.verdict import Verdict, judge
from fixtures.predictions.request import Request

ECE = Metric("Expected calibration error", "fraction", "lower", lowest=0.0, highest=1.0)
GAP = Metric("Gap", "fraction", "neither")
REQUEST = Request("vit-clip", "val")
AT_MOST = Rule("thresholds.yaml:14", None, 0.1, policy="point")
KNOWN = replace(AT_MOST, because="over-confident, ticket 12", expect_fail=True)
SAID = "calibration.ece: vit-clip measured 0.131 on val (2,048 images); thresholds.yaml:14 allows at most 0.100"


def judged(rule: Rule | None, measurement: Measurement, metric: Metric = ECE, **more: object) -> Verdict:
    return judge(rule, measurement, metric=metric, name="calibration.ece", **{"request": REQUEST, **more})


def test_a_failure_reads_as_promised():
    verdict = judged(AT_MOST, Measurement(0.1312, 2048))
    assert verdict == Verdict("fail", SAID, "0.131", "<= 0.100")


def test_the_evidence_stands_in_further_lines():
    rule = replace(AT_MOST, because="what the product tolerates", source="contract", reference=0.0471)
    evidence = Measurement(
        0.131, 2048, Interval(0.1184, 0.1449, 0.05, "closed form"), notes=("3 confidences on an edge",)
    )
    assert judged(rule, evidence).message.splitlines() == [
        SAID,
        "  90 % interval 0.118 to 0.145 (closed form)",
        "  because: what the product tolerates",
        "  source: contract",
        "  reference: 0.0471",
        "  3 confidences on an edge",
    ]


@pytest.mark.parametrize(
    ("value", "least", "most", "clause", "limit"),
    [
        (0.05, None, 0.1, "allows at most 0.100", "<= 0.100"),
        (0.05, 0.1, None, "demands at least 0.100", ">= 0.100"),
        (0.05, 0.02, 0.1, "demands at least 0.020 and allows at most 0.100", "0.020 .. 0.100"),
        (0.01, 0.02, 0.1, "demands at least 0.020", "0.020 .. 0.100"),
        (0.2, 0.02, 0.1, "allows at most 0.100", "0.020 .. 0.100"),
        (-0.0604, -0.06, 0.1234, "demands at least -0.0600", "-0.0600 .. 0.1234"),
        (0.10004, None, 0.1, "allows at most 0.10000", "<= 0.10000"),
    ],
)
def test_the_demand_is_stated_with_the_digits_that_tell(value, least, most, clause, limit):
    verdict = judged(Rule("t.yaml:1", least, most, policy="point"), Measurement(value, 9), GAP)
    assert verdict.message.endswith(f" (9 images); t.yaml:1 {clause}")
    assert verdict.limit == limit


def test_the_view_and_a_single_image_are_named():
    message = judged(None, Measurement(0.5, 1), request=Request("vit", "val", "shift(3,0)")).message
    assert message == "calibration.ece: vit measured 0.500 on val under shift(3,0) (1 image); no rule judges it"


def test_a_limit_itself_is_allowed():
    assert judged(AT_MOST, Measurement(0.1, 9)).status == "pass"
    assert judged(Rule("t.yaml:1", 0.1, None, policy="point"), Measurement(0.1, 9)).status == "pass"
    assert judged(AT_MOST, Measurement(math.nextafter(0.1, 1), 9)).status == "fail"


def test_a_known_failure_is_expected_and_its_end_is_news():
    failing = judged(KNOWN, Measurement(0.1312, 2048))
    assert (failing.status, failing.message) == ("expected fail", f"{SAID}, a known failure: over-confident, ticket 12")
    passing = judged(KNOWN, Measurement(0.05, 2048))
    assert passing.status == "unexpected pass"
    assert passing.message.endswith(
        "expects it to fail (over-confident, ticket 12): it passes now, take 'expect: fail' out"
    )


@pytest.mark.parametrize("rule", [None, AT_MOST, KNOWN])
@pytest.mark.parametrize(
    ("measurement", "objection"),
    [
        (Measurement(math.nan, 10), "measured nan on val; that is no number to judge"),
        (Measurement(math.inf, 10), "measured inf on val; that is no number to judge"),
        (Measurement(np.float32("nan"), 10), "no number to judge"),
        (Measurement(0.0, 0), "on no images (0), so nothing can be judged"),
        (Measurement(0.0, -1), "on no images (-1)"),
        (Measurement(1.5, 10), "measured 1.500 on val; that is outside what the metric can be, 0 to 1"),
        (Measurement(-0.1, 10), "outside what the metric can be"),
        (Measurement(0.05, 10, Interval(math.nan, 0.1, 0.05, "")), "its interval, nan to 0.1, is no number to judge"),
        (Measurement(0.05, 10, Interval(0.2, 0.1, 0.05, "")), "its interval, 0.2 to 0.1"),
    ],
)
def test_what_is_no_evidence_is_an_error_whatever_the_rule(rule, measurement, objection):
    verdict = judged(rule, measurement)
    assert verdict.status == "error"
    assert objection in verdict.message


def test_rounding_beyond_the_range_is_no_error():
    assert judged(AT_MOST, Measurement(-1e-17, 10)).status == "pass"


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2))
def test_judging_agrees_with_comparing(value, first, second):
    least, most = min(first, second), max(first, second)
    verdict = judged(Rule("t.yaml:1", least, most, policy="point"), Measurement(value, 10), GAP)
    assert verdict.status == ("pass" if least <= value <= most else "fail")


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_what_is_better_never_fails_where_the_worse_passes(first, second, limit):
    better, worse = min(first, second), max(first, second)
    at_most, at_least = Rule("t.yaml:1", None, limit, policy="point"), Rule("t.yaml:1", limit, None, policy="point")
    if judged(at_most, Measurement(worse, 10)).status == "pass":
        assert judged(at_most, Measurement(better, 10)).status == "pass"
    if judged(at_least, Measurement(better, 10)).status == "pass":
        assert judged(at_least, Measurement(worse, 10)).status == "pass"


@given(st.floats(0, 1), st.floats(0, 1))
def test_expecting_a_failure_turns_the_verdict_round(value, limit):
    turned = {"pass": "unexpected pass", "fail": "expected fail"}
    rule = Rule("t.yaml:1", None, limit, because="x", policy="point")
    plain = judged(rule, Measurement(value, 10)).status
    assert judged(replace(rule, expect_fail=True), Measurement(value, 10)).status == turned[plain]

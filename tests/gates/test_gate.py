"""The gate ends a test where a verdict demands it, and remembers what was measured, whatever the verdict."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from behaviors.contract.measurement import Interval, Measurement, Metric
from behaviors.contract.per_image import proportion
from fixtures.core import remarks
from fixtures.core.errors import InputError
from fixtures.gates.check import Check
from fixtures.gates.gate import Gate
from fixtures.gates.rule import Rule
from fixtures.gates.thresholds import Thresholds
from fixtures.predictions.request import Request

AT_MOST = Rule("thresholds.yaml:14", None, 0.1, source="contract", reference=0.05, policy="point")
KNOWN = replace(AT_MOST, because="known weakness", expect_fail=True)


def gate(rule: Rule | None, *, strict: bool = False, margin: float | None = None) -> Gate:
    rules = {} if rule is None else {("calibration", "ece"): (rule,)}
    metric = Metric("ECE", "fraction", "lower")
    return Gate(
        thresholds=Thresholds(Path("thresholds.yaml"), "mini", rules),
        behavior="calibration",
        request=Request("vit-clip", "val"),
        metrics={"ece": metric, "nll": metric},
        alpha=0.05,
        strict=strict,
        nodeid="a::b",
        margin=margin,
    )


def test_a_pass_goes_on_and_is_remembered():
    judge = gate(AT_MOST)
    judge.check("ece", Measurement(0.05, 2048))
    [check] = judge.checks
    assert (check.name, check.status, check.value, check.images) == ("calibration.ece", "pass", 0.05, 2048)
    assert (check.shown, check.limit, check.where, check.reference) == ("0.050", "<= 0.100", "thresholds.yaml:14", 0.05)
    assert (check.title, check.unit, check.better, check.nodeid) == ("ECE", "fraction", "lower", "a::b")
    assert check.request == Request("vit-clip", "val")


COMPARES = Rule("thresholds.yaml:15", None, None, source="figure", because="looks wrong", reference=0.05)


def test_a_rule_that_only_compares_demands_nothing():
    judge = gate(COMPARES)
    judge.check("ece", Measurement(0.9, 2048, Interval(0.8, 1.0, 0.05, "by hand")))
    [check] = judge.checks
    assert (check.status, check.limit, check.margin, check.needed) == ("not gated", "", None, None)
    assert (check.where, check.reference) == ("thresholds.yaml:15", 0.05)
    assert "thresholds.yaml:15 only compares it with what was published, and demands nothing" in check.message
    assert "because: looks wrong" in check.message
    with pytest.raises(pytest.skip.Exception):
        gate(COMPARES).inconclusive("ece", "too few", images=3)
    with pytest.raises(pytest.skip.Exception):
        gate(COMPARES).does_not_apply("ece", "no confidence")
    with pytest.raises(pytest.fail.Exception):
        gate(COMPARES, strict=True).check("ece", Measurement(0.9, 2048))


def test_a_broken_rule_fails_the_test_without_a_traceback():
    judge = gate(AT_MOST)
    with pytest.raises(pytest.fail.Exception, match=r"allows at most 0\.100") as raised:
        judge.check("ece", Measurement(0.2, 10, Interval(0.1, 0.3, 0.05, "by hand")))
    assert raised.value.pytrace is False
    [check] = judge.checks
    assert (check.status, check.value, check.low, check.high, check.alpha) == ("fail", 0.2, 0.1, 0.3, 0.05)


@pytest.mark.parametrize("value", [math.nan, -math.inf, np.float32("nan")])
@pytest.mark.parametrize("rule", [None, AT_MOST, KNOWN])
def test_what_is_no_number_is_an_error_whatever_the_rule(rule, value):
    judge = gate(rule)
    with pytest.raises(InputError, match="no number"):
        judge.check("ece", Measurement(value, 10))
    assert (judge.checks[0].status, judge.checks[0].value) == ("error", None)
    json.dumps(judge.checks[0].to_dict(), allow_nan=False)


def test_a_known_failure_is_expected_and_its_end_is_news():
    with pytest.raises(pytest.xfail.Exception, match=r"known weakness$"):
        gate(KNOWN).check("ece", Measurement(0.2, 10))
    with pytest.raises(pytest.fail.Exception, match="take 'expect: fail' out"):
        gate(KNOWN).check("ece", Measurement(0.05, 10))


def test_runxfail_shows_the_known_failure(monkeypatch):
    monkeypatch.setattr(pytest, "xfail", lambda reason: None)
    with pytest.raises(pytest.fail.Exception, match="known weakness"):
        gate(KNOWN).check("ece", Measurement(0.2, 10))


def test_without_a_rule_nothing_is_judged_unless_strict():
    loose, strict = gate(None), gate(None, strict=True)
    loose.check("ece", Measurement(0.2, 10))
    assert (loose.checks[0].status, loose.checks[0].where) == ("not gated", "thresholds.yaml")
    with pytest.raises(pytest.fail.Exception, match=r"no rule judges it \(--strict-gates\)"):
        strict.check("ece", Measurement(0.2, 10))
    assert strict.checks[0].status == "fail"


def test_strict_changes_nothing_where_a_rule_judges():
    strict = gate(AT_MOST, strict=True)
    strict.check("ece", Measurement(0.05, 10))
    assert strict.checks[0].status == "pass"


WIDE = Measurement(0.09, 10, Interval(0.05, 0.3, 0.05, "by hand"))
THREE_WAY = replace(AT_MOST, policy="three_way")


@pytest.mark.parametrize("action", ["warn", "allow"])
def test_what_is_inconclusive_may_stay_so_and_is_remembered(action):
    judge = gate(replace(THREE_WAY, on_inconclusive=action, margin=0.01))
    judge.check("ece", WIDE)
    [check] = judge.checks
    assert (check.status, check.failing, check.on_inconclusive) == ("inconclusive", False, action)
    assert (check.policy, check.margin) == ("three_way", 0.01)
    assert check.needed > check.images


def test_what_is_inconclusive_may_block():
    judge = gate(replace(THREE_WAY, on_inconclusive="block"))
    with pytest.raises(pytest.fail.Exception, match=r"(?s)inconclusive.*on_inconclusive: block$"):
        judge.check("ece", WIDE)
    assert (judge.checks[0].status, judge.checks[0].failing) == ("inconclusive", True)


def test_an_undefined_number_is_inconclusive_where_a_rule_demands_it():
    judge = gate(THREE_WAY)
    judge.inconclusive("ece", "0 / 0", images=7)
    [check] = judge.checks
    assert (check.status, check.value, check.images, check.shown) == ("inconclusive", None, 7, "-")
    assert (check.notes, check.needed) == (("0 / 0",), None)
    json.dumps(check.to_dict(), allow_nan=False)
    with pytest.raises(InputError, match="checked twice"):
        judge.check("ece", WIDE)
    with pytest.raises(pytest.fail.Exception, match=r"(?s)0 / 0.*on_inconclusive: block"):
        gate(replace(THREE_WAY, on_inconclusive="block")).inconclusive("ece", "0 / 0", images=7)
    with pytest.raises(pytest.skip.Exception, match="0 / 0"):
        gate(None).inconclusive("ece", "0 / 0", images=7)


def test_images_are_planned_for_another_margin_without_changing_the_verdict():
    rule = replace(THREE_WAY, margin=0.01)
    planning, judging = gate(rule, margin=0.3), gate(rule)
    for judge in (planning, judging):
        judge.check("ece", WIDE)
    [planned], [judged] = planning.checks, judging.checks
    assert (planned.status, planned.message) == (judged.status, judged.message)
    assert (planned.margin, judged.margin) == (0.3, 0.01)
    assert planned.needed < judged.needed


def test_a_metric_that_was_not_promised_is_an_error():
    with pytest.raises(InputError, match=r"'eec' is not in METRICS of .*calibration.*; did you mean 'ece'\?"):
        gate(None).check("eec", Measurement(0.2, 10))


def test_a_metric_is_checked_once_in_a_test():
    judge = gate(AT_MOST)
    judge.check("ece", Measurement(0.05, 10))
    judge.check("nll", Measurement(0.7, 10))
    with pytest.raises(InputError, match=r"a::b: calibration.ece is checked twice"):
        judge.check("ece", Measurement(0.06, 10))
    assert [check.metric for check in judge.checks] == list(judge.spoken_of) == ["ece", "nll"]


def test_what_does_not_apply_is_a_skip_unless_a_rule_demands_it():
    with pytest.raises(pytest.skip.Exception, match=r"calibration.ece of vit-clip on val: only its best class"):
        gate(None).does_not_apply("ece", "only its best class was recorded")
    with pytest.raises(InputError, match=r"thresholds.yaml:14 demands it of vit-clip on val, but it cannot"):
        gate(AT_MOST).does_not_apply("ece", "only its best class was recorded")
    with pytest.raises(InputError, match="METRICS"):
        gate(None).does_not_apply("eec", "a typing error")


def test_a_figure_is_kept_and_not_drawn():
    judge = gate(AT_MOST)
    judge.check("ece", Measurement(0.05, 10), figure=lambda: pytest.fail("was drawn"))
    assert [name for name, _ in judge.figures] == ["calibration.ece"]


def test_a_check_survives_the_way_from_a_worker():
    judge = gate(None)
    parts = ({"bin": np.int64(1), "gap": np.float32(0.25), "empty": None, "name": "a", "nan": math.nan},)
    details = {"floor": np.float32(0.5)}
    judge.check("ece", Measurement(np.float64(0.2), np.int64(10), parts=parts, details=details, notes=("a note",)))
    sent = json.loads(json.dumps(judge.checks[0].to_dict(), allow_nan=False))
    assert Check.from_dict(sent) == judge.checks[0]
    kinds = {type(value) for value in judge.checks[0].parts[0].values()}
    assert kinds == {int, float, str, type(None)}
    assert type(judge.checks[0].value) is float
    assert type(judge.checks[0].images) is int


def test_a_number_that_can_neither_be_compared_nor_planned_for_says_so_at_once():
    remarks.take()
    gate(None).check("ece", Measurement(0.05, 2048))
    [said] = remarks.take()
    assert said.startswith(
        "calibration.ece: its measurement says too little to compare it with a baseline image by image"
    )
    assert "or to plan images for it (interval)" in said
    known = Measurement(0.5, 2, Interval(0.0, 1.0, 0.05, "by hand"), per_image=proportion(["a", "b"], [True, False]))
    gate(None).check("ece", known)
    alone = gate(None)
    alone._metrics = {"ece": Metric("ECE", "fraction", "lower", alone="another one for each model")}
    alone.check("ece", Measurement(0.05, 2048))
    assert remarks.take() == []

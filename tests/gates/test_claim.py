"""A claim holds, is contradicted or stays undecided, and its rule says which of them is expected."""

import math
from pathlib import Path

import pytest

from behaviors.contract.measurement import Interval, Measurement, Metric
from fixtures.core.errors import InputError
from fixtures.gates.check import Check, measured
from fixtures.gates.claim import outcome, signed
from fixtures.gates.rule import Rule
from fixtures.gates.thresholds import Thresholds, load
from fixtures.gates.verdict import Verdict, judge
from fixtures.predictions.request import Request
from fixtures.reports.table import rows

CLAIM = Metric("CLIP is less texture-biased", "fraction", "higher", claim=True)
HOLDS = Rule("thresholds.yaml:88", None, None, because="as in the paper", outcomes=("holds",))
NAME = "findings.clip_is_less_texture_biased"


def found(low: float, value: float, high: float) -> Measurement:
    return Measurement(value, 960, Interval(low, high, 0.05, "paired"), notes=("48 texture sources",))


def judged(rule: Rule | None, measurement: Measurement) -> Verdict:
    return judge(rule, measurement, metric=CLAIM, name=NAME, request=Request("vit", "cue_conflict"))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.01, 0.05, "holds"),
        (-0.05, -0.01, "contradicted"),
        (-0.01, 0.05, "undecided"),
        (0.0, 0.05, "undecided"),
        (-0.05, 0.0, "undecided"),
        (0.0, 0.0, "undecided"),
        (-math.inf, math.inf, "undecided"),
    ],
)
def test_the_interval_decides(low, high, expected):
    assert outcome(found(low, 0.0, high)) == expected


@pytest.mark.parametrize(
    ("number", "text"), [("0.031", "+0.031"), ("-0.031", "-0.031"), ("0.000", "0.000"), ("1e-09", "+1e-09")]
)
def test_a_difference_has_a_sign(number, text):
    assert signed(number) == text


def test_what_was_expected_passes():
    verdict = judged(HOLDS, found(0.012, 0.0312, 0.05))
    assert (verdict.status, verdict.shown, verdict.limit) == ("pass", "holds +0.031", "holds")


def test_what_was_not_expected_fails_with_a_sentence():
    verdict = judged(HOLDS, found(-0.05, -0.0312, -0.01))
    assert (verdict.status, verdict.shown) == ("fail", "contradicted -0.031")
    assert verdict.message.splitlines() == [
        f"{NAME}: vit on cue_conflict: contradicted, difference -0.031 (960 images); thresholds.yaml:88 expects: holds",
        "  90 % interval -0.050 to -0.010 (paired)",
        "  because: as in the paper",
        "  48 texture sources",
    ]


@pytest.mark.parametrize("came", [(-0.05, -0.03, -0.01), (-0.01, 0.02, 0.05)])
def test_a_claim_expected_to_hold_does_not_pass_without_holding(came):
    assert judged(HOLDS, found(*came)).status == "fail"


def test_several_outcomes_may_be_expected():
    rule = Rule("t.yaml:1", None, None, outcomes=("holds", "undecided"))
    statuses = [judged(rule, found(*came)).status for came in [(0.1, 0.2, 0.3), (-0.1, 0.1, 0.3), (-0.3, -0.2, -0.1)]]
    assert statuses == ["pass", "pass", "fail"]
    assert judged(rule, found(0.1, 0.2, 0.3)).limit == "holds or undecided"


def test_without_a_rule_the_outcome_is_shown_and_nothing_judged():
    verdict = judged(None, found(0.01, 0.03, 0.05))
    assert (verdict.status, verdict.shown, verdict.limit) == ("not gated", "holds +0.030", "")
    assert verdict.message.startswith(f"{NAME}: vit on cue_conflict: holds, difference +0.030 (960 images); no rule")


@pytest.mark.parametrize(
    ("measurement", "objection"),
    [
        (Measurement(0.03, 960), "a claim is judged by an interval"),
        (Measurement(math.nan, 960, Interval(0.1, 0.2, 0.05, "paired")), "no number to judge"),
        (Measurement(0.15, 0, Interval(0.1, 0.2, 0.05, "paired")), "on no images"),
        (Measurement(0.15, 9, Interval(math.nan, 0.2, 0.05, "paired")), "its interval"),
    ],
)
def test_what_is_no_evidence_is_an_error(measurement, objection):
    verdict = judged(HOLDS, measurement)
    assert verdict.status == "error"
    assert objection in verdict.message


def test_the_table_shows_outcome_and_interval_with_the_same_digits():
    measurement = found(0.012, 0.0312, 0.05)
    verdict = judged(HOLDS, measurement)
    about = {"nodeid": "n", "behavior": "findings", "metric": "claim", "title": "t", "unit": "fraction"}
    place = {"model": "vit", "dataset": "cue_conflict", "view": "identity", "better": "higher", "where": HOLDS.where}
    said = {"status": verdict.status, "shown": verdict.shown, "limit": verdict.limit, "message": verdict.message}
    lines = rows([Check(**about, **place, **said, **measured(measurement))])
    assert "holds +0.031  [0.012, 0.050]  holds  thresholds.yaml:88     960" in lines[1].rest


METRICS = {"findings": {"claim": CLAIM, "number": Metric("Number", "fraction", "higher")}}


def read(tmp_path: Path, rule: str) -> Thresholds:
    path = tmp_path / "thresholds.yaml"
    path.write_text(f"mini:\n  findings:\n    {rule}\n")
    return load(path, suite_name="mini", models=("vit",), datasets=("val",), metrics=METRICS)


@pytest.mark.parametrize(
    "rule",
    [
        "claim: {min: 0, because: x}",
        "claim: {max: 0, min: 0, because: x}",
        "number: {outcome: holds, because: x}",
        "claim: {outcome: true, because: x}",
        "claim: {outcome: maybe, because: x}",
        "claim: {outcome: [], because: x}",
        "claim: {outcome: holds}",
        "claim: {outcome: holds, min: 0, because: x}",
        "claim: {outcome: holds, expect: fail, because: x}",
    ],
)
def test_a_rule_that_does_not_fit_is_a_sentence(tmp_path, rule, snapshot):
    with pytest.raises(InputError) as raised:
        read(tmp_path, rule)
    assert str(raised.value).replace(str(tmp_path), "") == snapshot


def test_one_outcome_or_a_list_is_read(tmp_path):
    one = read(tmp_path, "claim: {outcome: holds, model: vit, because: x}")
    assert one.rule("findings", "claim", "vit", "val").outcomes == ("holds",)
    several = read(tmp_path, "claim: {outcome: [holds, undecided], because: x}")
    assert several.rule("findings", "claim", "vit", "val").outcomes == ("holds", "undecided")

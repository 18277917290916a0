"""An inconclusive verdict says by how much the evidence falls short, and how many images would decide."""

from dataclasses import replace

import pytest

from behaviors.contract.measurement import Interval, Measurement, Metric
from behaviors.statistics.intervals import clopper_pearson
from fixtures.gates.inconclusive import told_needed
from fixtures.gates.rule import Rule
from fixtures.gates.verdict import judge, undecided
from fixtures.predictions.request import Request

ACCURACY = Metric("Accuracy", "fraction", "higher", lowest=0.0, highest=1.0)
AT_LEAST = Rule("thresholds.yaml:9", 0.76, None, because="the release before")
ECE = Rule("thresholds.yaml:14", None, 0.05)
WHO = {"metric": ACCURACY, "name": "robustness.accuracy", "request": Request("vit", "val")}
FEW = Measurement(0.765, 1000, clopper_pearson(765, 1000, alpha=0.05))


def test_the_message_has_interval_threshold_margin_and_how_many_images_would_do():
    verdict = judge(replace(AT_LEAST, margin=0.01), FEW, **WHO)
    assert verdict.status == "inconclusive"
    assert verdict.message.splitlines() == [
        "robustness.accuracy: vit measured 0.765 on val (1,000 images); thresholds.yaml:9 demands at least 0.760"
        ": inconclusive",
        "  90 % interval 0.742 to 0.787 (Clopper-Pearson, exact)",
        "  to pass, the interval must begin at 0.750 or above (0.760, margin 0.010)",
        "  20,115 images would decide it, whatever the truth is (1,000 now)",
        "  because: the release before",
    ]


def test_without_a_margin_no_number_decides_a_model_at_the_threshold():
    lines = judge(AT_LEAST, FEW, **WHO).message.splitlines()
    assert "  to pass, the interval must begin at 0.760 or above (0.760, margin 0.000)" in lines
    assert lines[3].startswith(
        "  margin 0: a model exactly at the threshold stays undecided on however many images; "
        "138,210 would decide this one in 80 of 100 runs or more"
    )
    exactly = judge(AT_LEAST, Measurement(0.76, 1000, clopper_pearson(760, 1000, alpha=0.05)), **WHO)
    assert exactly.message.splitlines()[3].endswith("on however many images")


@pytest.mark.parametrize(
    ("interval", "reason"),
    [
        (None, "there is no interval to judge by: too few images"),
        (Interval(0.5, float("inf"), 0.05, "ratio"), "cannot be told from an interval without an end"),
    ],
)
def test_where_no_number_is_known_it_says_why(interval, reason):
    verdict = judge(AT_LEAST, Measurement(0.8, 3, interval), **WHO)
    assert (verdict.status, reason in verdict.message) == ("inconclusive", True)


def test_both_open_sides_are_told():
    rule = Rule("t.yaml:1", 0.7, 0.8, margin=0.02)
    lines = judge(rule, Measurement(0.75, 10, Interval(0.5, 0.9, 0.05, "by hand")), **WHO).message.splitlines()
    assert lines[0].endswith("t.yaml:1 demands at least 0.700 and allows at most 0.800: inconclusive")
    assert lines[2:4] == [
        "  to pass, the interval must begin at 0.680 or above (0.700, margin 0.020)",
        "  to pass, the interval must end at 0.820 or below (0.800, margin 0.020)",
    ]


@pytest.mark.parametrize(
    ("margin", "told"),
    [
        (1e-5, "  no such dataset would decide it: it takes over 1,000 times its images (1,000 now)"),
        (0.0, "no such dataset would decide it: it takes over 1,000 times its images (1,000 now)"),
    ],
)
def test_more_images_than_any_such_dataset_has_are_no_number_to_collect(margin, told):
    rule = replace(AT_LEAST, min=0.7649, margin=margin)
    (line,) = [line for line in judge(rule, FEW, **WHO).message.splitlines() if "1,000 times" in line]
    assert line.endswith(told)
    assert (told_needed(1_000_000, 1_000), told_needed(1_000_001, 1_000)) == ("1,000,000", "> 1,000 x")


def test_who_fails_by_an_interval_had_images_enough():
    measured = Measurement(0.2, 500, Interval(0.15, 0.25, 0.05, "bias-bounded"), details={"noise_floor": 0.06})
    by_interval, by_point = (judge(replace(ECE, policy=policy), measured, **WHO) for policy in ("interval", "point"))
    assert (by_interval.status, by_point.status) == ("fail", "fail")
    assert "noise floor 0.060" in by_interval.message
    assert "n too small" not in by_interval.message
    assert "n too small" in by_point.message


@pytest.mark.parametrize(
    ("floor", "margin", "too_small"), [(0.043, 0.0, False), (0.043, 0.01, True), (0.05, 0.0, True), (0.02, 0.02, False)]
)
def test_a_noise_floor_is_told_with_every_verdict(floor, margin, too_small):
    measured = Measurement(0.044, 500, Interval(0.0, 0.08, 0.05, "bias-bounded"), details={"noise_floor": floor})
    for rule in (ECE, replace(ECE, max=0.5), replace(ECE, max=0.5, policy="point")):
        told = judge(replace(rule, margin=margin), measured, **WHO).message
        assert f"noise floor {floor:.3f}: what a perfectly calibrated model would measure here on average" in told
        assert ("n too small for this threshold" in told) == (too_small and rule.max == 0.05)


def test_a_known_failure_that_is_not_shown_stays_undecided_and_says_so():
    rule = replace(AT_LEAST, because="ticket 12", expect_fail=True)
    verdict = judge(rule, FEW, **WHO)
    assert verdict.status == "inconclusive"
    expected = "at least 0.760: inconclusive; a failure is expected (ticket 12), and so few images do not show it"
    assert verdict.message.partition("\n")[0].endswith(expected)


def test_an_undefined_number_is_undecided_with_its_reason():
    verdict = undecided(AT_LEAST, "no errors", images=20, name="mistakes.ratio", request=Request("vit", "val"))
    assert (verdict.status, verdict.shown, verdict.limit) == ("inconclusive", "-", ">= 0.760")
    assert verdict.message.splitlines() == [
        "mistakes.ratio: vit on val (20 images): no errors; thresholds.yaml:9 demands at least 0.760: inconclusive",
        "  because: the release before",
    ]

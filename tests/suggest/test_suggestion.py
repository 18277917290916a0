"""What a run suggests: bounds of intervals, rounded outwards, that never demand less unless that is allowed."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behaviors.contract.measurement import Interval
from fixtures.gates import lines
from fixtures.gates.lines import Numbers
from fixtures.gates.policy import three_way
from fixtures.gates.rule import Rule
from fixtures.suggest import reasons
from fixtures.suggest.suggestion import ERROR, KNOWN, NOTHING, SAMPLE, Suggestion, Wish, suggest
from tests.suggest.suggesting import METRICS, check, law

LOOSE = Wish(allow_loosening=True)


def accuracy(tmp_path, rules: str):
    return law(tmp_path, f"mini:\n  robustness:\n    accuracy:\n{rules}")


def numbers(**given: str) -> Numbers:
    return Numbers(**{key: Decimal(text) for key, text in given.items()})


def texts(given: Numbers) -> dict[str, str]:
    return {key: format(number, "f") for key, number in given.given().items()}


def the_change(thresholds, checks, wish=LOOSE):
    found = suggest(checks, thresholds, METRICS, wish)
    (change,) = found.changes
    assert found == Suggestion(changes=(change,))
    return change


def test_a_min_is_the_lowest_bound_and_the_margin_the_widest_reach(tmp_path):
    # half-widths 0.01545 and 0.0205: two digits of them are thousandths
    thresholds = accuracy(tmp_path, "      - {min: 0.5, because: x}\n")
    checks = [check(0.8984, 0.8823, 0.9132), check(0.85, 0.8291, 0.8701, model="two")]
    change = the_change(thresholds, checks)
    assert texts(change.numbers) == {
        "min": "0.820",
        "margin": "0.021",
    }  # 0.85 - 1.414 * 0.0209, and 0.0209
    assert change.because is None  # it is not about what was measured


def test_a_max_is_the_mirror_image(tmp_path):
    thresholds = law(tmp_path, "mini: {calibration: {ece: {max: 0.5, because: x}}}\n")
    checks = [
        check(0.034, 0.021, 0.0471, name="calibration.ece"),
        check(0.044, 0.033, 0.0562, name="calibration.ece", model="two"),
    ]
    assert texts(the_change(thresholds, checks).numbers) == {"max": "0.062", "margin": "0.014"}


def test_a_rule_with_two_sides_gets_both_and_one_margin(tmp_path):
    thresholds = law(tmp_path, "mini: {calibration: {gap: {min: -0.5, max: 0.5, because: x}}}\n")
    change = the_change(thresholds, [check(-0.01, -0.0311, 0.0205, name="calibration.gap")])
    assert texts(change.numbers) == {"min": "-0.040", "max": "0.034", "margin": "0.031"}


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.812346, 0.812996, "0.81221"),  # 0.812671 - 1.414 * 0.000325
        (0.5, 0.9, "0.41"),
        (0.5, 0.5, "0.500"),
        (0.7, 0.8, "0.679"),
    ],
)
def test_digits_are_two_of_the_half_width(low, high, expected):
    found = lines.measured([check((low + high) / 2, low, high)], METRICS["robustness"]["accuracy"], ["min"], None)
    assert format(found.min, "f") == expected


def test_the_margin_that_the_user_wants(tmp_path):
    thresholds = accuracy(tmp_path, "      - {min: 0.5, because: x}\n")
    change = the_change(thresholds, [check(0.8984, 0.8823, 0.9132)], Wish(Decimal("0.05"), allow_loosening=True))
    assert texts(change.numbers) == {"min": "0.875", "margin": "0.05"}


def test_what_has_no_interval_by_design_has_three_images_of_room(tmp_path):
    thresholds = law(tmp_path, "mini: {robustness: {worst: {min: 0.5, margin: 0.3, because: x}}}\n")
    change = the_change(thresholds, [check(0.89844, name="robustness.worst", images=64)])
    assert texts(change.numbers) == {"min": "0.851"}  # 57 of 64, less 3: 54 of 64


def test_where_the_value_alone_decides_there_is_no_margin(tmp_path):
    thresholds = accuracy(tmp_path, "      - {min: 0.5, policy: point, because: x}\n")
    assert texts(the_change(thresholds, [check(0.8984, 0.8823, 0.9132)]).numbers) == {"min": "0.875"}


def test_rounding_does_not_carry_a_limit_beyond_what_the_metric_can_be(tmp_path):
    thresholds = law(tmp_path, "mini: {calibration: {ece: {max: 0.5, because: x}}}\n")
    checks = [check(0.9, 0.2, 0.9999, name="calibration.ece")]
    assert the_change(thresholds, checks).numbers.max == 1


def test_nothing_demands_less_unless_that_is_allowed(tmp_path):
    thresholds = accuracy(tmp_path, "      - {min: 0.90, because: x}\n")
    checks = [check(0.8984, 0.8823, 0.9132)]
    found = suggest(checks, thresholds, METRICS)
    assert not found.changes
    assert [(one.rule.min, one.looser) for one in found.unchanged] == [(0.9, True)]
    change = the_change(thresholds, checks, LOOSE)
    assert change.loosened
    assert texts(change.numbers) == {"min": "0.875", "margin": "0.017"}


def test_a_rule_that_only_compares_is_left_alone(tmp_path):
    thresholds = accuracy(tmp_path, "      - {reference: 0.96, because: looks wrong in the source}\n")
    found = suggest([check(0.8984, 0.8823, 0.9132)], thresholds, METRICS, LOOSE)
    assert not found.changes
    assert not found.additions
    assert "nothing is demanded there" in found.left[0].reason


def test_a_margin_is_only_as_wide_as_the_old_line_for_passing_allows(tmp_path):
    thresholds = accuracy(tmp_path, "      - {min: 0.83, because: x}\n")
    change = the_change(thresholds, [check(0.8984, 0.8823, 0.9132)], Wish())
    assert texts(change.numbers) == {"min": "0.875", "margin": "0.045"}  # 0.83 still passes, no less
    assert not change.loosened


def test_a_margin_shrinks_where_the_limit_may_not_fall(tmp_path):
    thresholds = accuracy(tmp_path, "      - {min: 0.89, margin: 0.1, because: x}\n")
    change = the_change(thresholds, [check(0.8984, 0.8823, 0.9132)], Wish())
    assert texts(change.numbers) == {"margin": "0.032"}  # passes from 0.875 - 0.017 = 0.858 on


def test_a_line_does_not_follow_a_run_that_noise_made_better(tmp_path):
    better = [check(0.8984, 0.8823, 0.9132)]  # 1.75 times the noise of two runs: 1.75 * 1.414 * 0.0161 = 0.040
    for old in ("{min: 0.855, margin: 0.017, because: x}", "{min: 0.875, margin: 0.038, because: x}"):
        assert not suggest(better, accuracy(tmp_path, f"      - {old}\n"), METRICS).changes


def test_coming_nearer_to_what_is_best_never_fails(tmp_path):
    thresholds = law(tmp_path, "mini: {}\n")
    (one,) = suggest([check(-0.125, -0.16, -0.09, name="calibration.signed")], thresholds, METRICS).additions
    assert texts(one.numbers) == {"min": "-0.175", "max": "0.175", "margin": "0.035"}
    (one,) = suggest([check(0.01, -0.02, 0.04, name="calibration.signed")], thresholds, METRICS).additions
    assert texts(one.numbers) == {"min": "-0.053", "max": "0.053", "margin": "0.030"}


def test_sides_that_would_cross_stay(tmp_path):
    thresholds = law(tmp_path, "mini: {calibration: {gap: {min: 0.4, max: 0.9, because: x}}}\n")
    found = suggest([check(0.15, 0.1, 0.2, name="calibration.gap", status="fail")], thresholds, METRICS)
    assert not found.changes
    assert len(found.unchanged) == 1


@st.composite
def ranges(draw):
    """Low bound, value and high bound of what can be measured, or a rule's own range."""
    return sorted(float(draw(st.decimals(-1, 1, places=3))) for _ in range(3))


margins = st.decimals(0, 1, places=3)


@given(
    ranges(), st.lists(ranges(), min_size=1, max_size=3), margins, st.none() | margins, st.sampled_from(["<", ">", "="])
)
def test_lines_only_move_inwards_no_verdict_changes_and_a_second_run_adds_nothing(rule, measured, margin, wish, sense):
    before = Rule("t:1", None if sense == "<" else rule[0], None if sense == ">" else rule[2], margin=float(margin))
    checks = [check(value, low, high, name="calibration.gap") for low, value, high in measured]
    old = Numbers.of(before)
    new = lines.measured(checks, METRICS["calibration"]["gap"], before.sides, wish)
    taken = lines.inwards(old, new)
    assert not lines.looser(taken, old)
    after = replace(before, **{key: float(number) for key, number in taken.given().items()})
    assert after.margin >= 0
    assert after.min is None or after.max is None or after.min <= after.max
    for low, _, high in measured:
        interval = Interval(low, high, 0.05, "by hand")
        assert three_way(after, interval).outcome == three_way(before, interval).outcome
    assert not lines.inwards(Numbers.of(after), new).other_than(Numbers.of(after)).given()


@pytest.mark.parametrize(
    ("rule", "change", "reason"),
    [
        ("min: 0.5, expect: fail", {"status": "expected fail"}, KNOWN),
        ("min: 0.5", {"status": "error"}, ERROR),
        ("min: 0.5", {"sample": "a sample: 10 of 1,024 images"}, SAMPLE),
        ("min: 0.5", {"low": None}, NOTHING),
        ("min: 0.5", {"value": None}, NOTHING),
    ],
)
def test_what_is_no_evidence_leaves_its_rule_alone(tmp_path, rule, change, reason):
    thresholds = accuracy(tmp_path, f"      - {{{rule}, because: x}}\n")
    unfit = replace(check(0.9, 0.88, 0.92), **change)
    found = suggest([unfit, check(0.9, 0.88, 0.92, model="two")], thresholds, METRICS, LOOSE)
    assert not found.changes
    assert [(left.what, left.reason) for left in found.left] == [("thresholds.yaml:4: robustness.accuracy", reason)]
    nothing = law(tmp_path, "mini: {}\n")
    left = suggest([unfit], nothing, METRICS).left
    assert [one.what for one in left] == ([] if reason == KNOWN else ["robustness.accuracy of one on val"])


def test_claims_and_rules_that_judged_nothing_are_no_part_of_it(tmp_path):
    thresholds = law(
        tmp_path,
        "mini:\n  findings: {claim: {outcome: holds, because: x}}\n  calibration: {ece: {max: 0.1, because: x}}\n",
    )
    claimed = [check(0.1, 0.05, 0.15, name="findings.claim")]
    assert suggest(claimed, thresholds, METRICS, LOOSE) == Suggestion()
    assert suggest(claimed, law(tmp_path, "mini: {}\n"), METRICS) == Suggestion()


def test_the_narrowest_rule_gets_the_number(tmp_path):
    thresholds = accuracy(
        tmp_path, "      - {min: 0.5, because: x}\n      - {min: 0.6, model: [two, three], because: x}\n"
    )
    checks = [check(0.9, 0.88, 0.92), check(0.8, 0.78, 0.82, model="two"), check(0.7, 0.68, 0.72, model="three")]
    found = suggest(checks, thresholds, METRICS, LOOSE)
    assert [(change.place, texts(change.numbers)["min"]) for change in found.changes] == [(0, "0.871"), (1, "0.671")]


def test_what_no_rule_judges_gets_one_each_in_the_order_of_the_metrics(tmp_path):
    checks = [
        check(0.898, 0.8823, 0.9129, model="two", status="not gated"),
        check(0.898, 0.8823, 0.9129, status="not gated"),
        check(0.9, name="robustness.worst", images=128, status="not gated"),
        check(0.03, 0.0211, 0.0392, name="calibration.ece", status="not gated"),
        check(0.0, -0.0211, 0.0392, name="calibration.gap", images=1, status="not gated"),
    ]
    random.Random(1).shuffle(checks)
    found = suggest(checks, law(tmp_path, "mini: {}\n"), METRICS, LOOSE).additions
    accurate = ({"min": "0.875", "margin": "0.016"}, "measured 0.898 [0.882, 0.913] on 1,024 images")
    gap = {"min": "-0.030", "max": "0.056", "margin": "0.040"}
    assert [(one.metric, one.model, texts(one.numbers), one.because) for one in found] == [
        ("ece", "one", {"max": "0.0431", "margin": "0.0092"}, "measured 0.030 [0.021, 0.039] on 1,024 images"),
        ("gap", "one", gap, "measured 0.000 [-0.021, 0.039] on 1 image"),
        ("accuracy", "one", *accurate),
        ("accuracy", "two", *accurate),
        ("worst", "one", {"min": "0.876"}, "measured 0.900 on 128 images"),
    ]


def test_views_of_one_dataset_share_a_new_rule(tmp_path):
    checks = [check(0.9, 0.88, 0.92), check(0.8, 0.78, 0.82, view="zoom", images=512)]
    (one,) = suggest(checks, law(tmp_path, "mini: {}\n"), METRICS).additions
    assert texts(one.numbers) == {"min": "0.771", "margin": "0.020"}
    assert one.because == "measured 0.800 to 0.900 on 512 to 1,024 images"


@pytest.mark.parametrize(
    ("because", "becomes"),
    [
        ("measured 0.529 to 0.615; chance 0.28", "measured 0.780 to 0.900; chance 0.28"),
        ("measured 0.034 and 0.044 (CLIP)", "measured 0.780 to 0.900"),
        ("measured 0.5", "measured 0.780 to 0.900"),
        ("what the product tolerates; measured 0.5", "what the product tolerates; measured 0.5"),
        ("measuredly bad", "measuredly bad"),
        ("", ""),
    ],
)
def test_a_reason_that_begins_with_what_was_measured_is_renewed(because, becomes):
    checks = [check(0.9, 0.88, 0.92), check(0.78, 0.7, 0.82, model="two")]
    assert reasons.renewed(because, checks, METRICS["robustness"]["accuracy"]) == becomes


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((1e-17,), "0.000"),
        ((0.9,), "0.900"),
        ((0.90001, 0.90002), "0.900"),
        ((-0.028, 0.01), "-0.028 to 0.010"),
        ((0.0019, 0.5), "0.002 to 0.500"),
    ],
)
def test_values_are_said_with_their_sign_and_the_same_digits(values, said):
    checks = [check(value, value - 0.1, value + 0.1, name="calibration.nll") for value in values]
    assert reasons.renewed("measured 1 nats", checks, METRICS["calibration"]["nll"]) == f"measured {said} nats"

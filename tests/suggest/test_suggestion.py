"""What a run suggests: bounds of intervals, rounded outwards, that never demand less unless that is allowed."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behaviors.contract.measurement import Interval
from fixtures.core.errors import InputError
from fixtures.gates import lines, machine_owned
from fixtures.gates.lines import Numbers
from fixtures.gates.policy import three_way
from fixtures.gates.rule import Rule
from fixtures.suggest.suggestion import ERROR, NOTHING, SAMPLE, Line, Wish, reason, suggest
from tests.suggest.suggesting import METRICS, check, law

NOTHING_YET = "mini: {}\n"
LOOSE = Wish(allow_loosening=True)
ABOUT = ("robustness", "accuracy", "val", "one")
ACCURATE = check(0.8984, 0.8823, 0.9132)
"""Suggests min 0.875 (0.8984 - 1.414 * 0.0161) with margin 0.033."""


def accuracy(tmp_path, line: str):
    """A law in which nothing stands, and a measured file with one line about accuracy."""
    return law(tmp_path, NOTHING_YET, f"mini:\n  robustness:\n    accuracy:\n      - {line}\n")


def one(numbers: str) -> str:
    return f"{{dataset: val, model: one, {numbers}, because: before}}"


def texts(line: Line) -> dict[str, str]:
    return {key: format(number, "f") for key, number in line.numbers.given().items()}


def new(tmp_path, *checks, wish=None, text=NOTHING_YET) -> dict[str, str]:
    """The only line that the checks suggest where nothing stands yet."""
    found = suggest(checks, law(tmp_path, text), METRICS, wish)
    (about,) = found.lines
    assert found.states == {about: "new"}
    return texts(found.lines[about])


def moved(thresholds, checks=(ACCURATE,), wish=None) -> tuple[dict[str, str], str]:
    found = suggest(checks, thresholds, METRICS, wish)
    (about,) = found.lines
    assert (found.lines[about].because == "before") == (found.states[about] in {"kept", "the same", "not measured"})
    return texts(found.lines[about]), found.states[about]


def test_a_min_is_below_the_bound_and_the_margin_twice_the_reach(tmp_path):
    assert new(tmp_path, ACCURATE) == {"min": "0.875", "margin": "0.033"}


def test_a_max_is_the_mirror_image(tmp_path):
    found = new(tmp_path, check(0.034, 0.021, 0.0471, name="calibration.ece"))
    assert found == {"max": "0.053", "margin": "0.027"}


def test_what_is_better_on_neither_side_gets_both_and_one_margin(tmp_path):
    found = new(tmp_path, check(-0.01, -0.0311, 0.0205, name="calibration.gap"))
    assert found == {"min": "-0.040", "max": "0.034", "margin": "0.061"}


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.812346, 0.812996, "0.81221"),  # 0.812671 - 1.414 * 0.000325
        (0.5, 0.9, "0.41"),
        (0.5, 0.5, "0.500"),
        (0.7, 0.8, "0.679"),
    ],
)
def test_digits_are_two_of_the_half_width(tmp_path, low, high, expected):
    assert new(tmp_path, check((low + high) / 2, low, high))["min"] == expected


def test_the_margin_that_the_user_wants(tmp_path):
    assert new(tmp_path, ACCURATE, wish=Wish(Decimal("0.1"))) == {"min": "0.875", "margin": "0.1"}


def test_what_has_no_interval_by_design_has_three_images_of_room(tmp_path):
    assert new(tmp_path, check(0.875, name="robustness.worst", images=64)) == {"min": "0.828"}


def test_where_the_value_alone_decides_there_is_no_margin(tmp_path):
    assert new(tmp_path, ACCURATE, text="mini: {policy: point}\n") == {"min": "0.875"}


def test_rounding_does_not_carry_a_limit_beyond_what_the_metric_can_be(tmp_path):
    assert new(tmp_path, check(0.9, 0.2, 0.9999, name="calibration.ece"))["max"] == "1"


def test_a_margin_is_never_as_wide_as_the_metric(tmp_path):
    """Of a handful of images an interval is nearly that; a rules file with such a margin would be refused."""
    assert new(tmp_path, check(0.7, 0.1, 0.95)) == {"min": "0", "margin": "0.60"}
    assert new(tmp_path, check(0.6, 0.2, 0.95)) == {"min": "0.03", "margin": "0.80"}


def test_coming_nearer_to_what_is_best_never_fails(tmp_path):
    found = new(tmp_path, check(-0.125, -0.16, -0.09, name="calibration.signed"))
    assert found == {"min": "-0.175", "max": "0.175", "margin": "0.070"}
    found = new(tmp_path, check(0.01, -0.02, 0.04, name="calibration.signed"))
    assert found == {"min": "-0.053", "max": "0.053", "margin": "0.060"}


def test_nothing_demands_less_unless_that_is_allowed(tmp_path):
    thresholds = accuracy(tmp_path, one("min: 0.90"))
    assert moved(thresholds) == ({"min": "0.9", "margin": "0"}, "kept")
    assert moved(thresholds, wish=LOOSE) == ({"min": "0.875", "margin": "0.033"}, "loosened")


def test_a_margin_is_only_as_wide_as_the_old_line_for_passing_allows(tmp_path):
    # 0.83 still passes, no less
    assert moved(accuracy(tmp_path, one("min: 0.83"))) == ({"min": "0.875", "margin": "0.045"}, "tightened")


def test_a_margin_shrinks_where_the_limit_may_not_fall(tmp_path):
    # passes from 0.875 - 0.033 = 0.842 on
    found = moved(accuracy(tmp_path, one("min: 0.89, margin: 0.1")))
    assert found == ({"min": "0.89", "margin": "0.048"}, "tightened")


def test_a_line_does_not_follow_a_run_that_noise_made_better(tmp_path):
    for old in ("min: 0.855, margin: 0.017", "min: 0.875, margin: 0.038"):  # 1.75 * 1.414 * 0.0161 = 0.040
        assert moved(accuracy(tmp_path, one(old)))[1] == "the same"


def test_sides_that_would_cross_stay(tmp_path):
    line = "{dataset: val, model: one, min: 0.4, max: 0.9, because: before}"
    thresholds = law(tmp_path, NOTHING_YET, f"mini: {{calibration: {{gap: [{line}]}}}}\n")
    assert moved(thresholds, [check(0.15, 0.1, 0.2, name="calibration.gap", status="fail")])[1] == "kept"


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
    ("change", "why"),
    [
        ({"status": "error"}, ERROR),
        ({"sample": "a sample: 10 of 1,024 images"}, SAMPLE),
        ({"looks": (0.5,)}, SAMPLE),
        ({"low": None}, NOTHING),
        ({"value": None}, NOTHING),
    ],
)
def test_what_is_no_evidence_leaves_its_line_alone(tmp_path, change, why):
    unfit = replace(check(0.9, 0.88, 0.92), **change)
    found = suggest([unfit], accuracy(tmp_path, one("min: 0.5")), METRICS, LOOSE)
    assert (found.lines[ABOUT].because, found.states[ABOUT]) == ("before", "not measured")
    assert found.left == {why: ["robustness.accuracy of one on val"]}
    assert not suggest([unfit], law(tmp_path, NOTHING_YET), METRICS).lines


def test_what_a_rule_judges_that_somebody_wrote_gets_no_line_and_loses_the_one_it_had(tmp_path):
    by_hand = "mini: {robustness: {accuracy: {min: 0.5, because: needed}}}\n"
    thresholds = law(tmp_path, by_hand, f"mini: {{robustness: {{accuracy: [{one('min: 0.8')}]}}}}\n")
    found = suggest([ACCURATE], thresholds, METRICS)
    assert (found.lines, found.states) == ({}, {})
    assert found.left == {"judged by rules of thresholds.yaml, which win": ["robustness.accuracy of one on val"]}


def test_what_was_not_measured_keeps_its_line_and_what_nothing_asks_for_loses_it(tmp_path):
    thresholds = law(
        tmp_path,
        NOTHING_YET,
        "mini:\n  robustness:\n    accuracy:\n"
        "      - {dataset: val, model: three, min: 0.5, because: before}\n"
        "      - {dataset: val, model: two, min: 0.5, because: before}\n",
    )
    found = suggest([ACCURATE], thresholds, METRICS, stale={"mini.measured.yaml:4"})
    assert {about[3]: state for about, state in found.states.items()} == {
        "three": "taken out", "two": "not measured", "one": "new"
    }  # fmt: skip
    assert sorted(about[3] for about in found.lines) == ["one", "two"]


@pytest.mark.parametrize("line", ["{min: 0.5, because: x}", "{model: [one, two], dataset: val, min: 0.5, because: x}"])
def test_a_line_that_no_run_wrote_is_refused(tmp_path, line):
    with pytest.raises(InputError, match=r"mini\.measured\.yaml:4: robustness\.accuracy: no run writes such a line"):
        suggest([ACCURATE], accuracy(tmp_path, line), METRICS)


@pytest.mark.parametrize(
    ("interval", "outcomes"),
    [
        ((0.08, 0.02, 0.14), ("holds", "undecided")),  # as far from its bound as that is from 0, or nearer
        ((0.13, 0.07, 0.19), ("holds",)),
        ((0.01, -0.05, 0.07), ("holds", "undecided")),
        ((-0.01, -0.07, 0.05), ("contradicted", "undecided")),
        ((0.0, -0.06, 0.06), ("undecided",)),
        ((-0.13, -0.19, -0.07), ("contradicted",)),
    ],
)
def test_a_claim_may_come_to_what_another_run_would_come_to(tmp_path, interval, outcomes):
    (line,) = suggest([check(*interval, name="findings.claim")], law(tmp_path, NOTHING_YET), METRICS).lines.values()
    assert line.outcomes == outcomes
    assert line.because.startswith(f"measured {interval[0]:+.3f} [" if interval[0] else "measured 0.000 [")


def test_a_claim_that_comes_out_otherwise_is_kept_unless_the_user_takes_it(tmp_path):
    line = "{dataset: val, model: one, outcome: [undecided, holds], because: before}"
    thresholds = law(tmp_path, NOTHING_YET, f"mini: {{findings: {{claim: [{line}]}}}}\n")
    for interval, states in (
        ((0.13, 0.07, 0.19), ("the same", "tightened")),
        ((-0.13, -0.19, -0.07), ("kept", "loosened")),
        ((0.08, 0.02, 0.14), ("the same", "the same")),
    ):
        checks = [check(*interval, name="findings.claim")]
        found = [suggest(checks, thresholds, METRICS, wish) for wish in (None, LOOSE)]
        assert tuple(next(iter(each.states.values())) for each in found) == states


def test_the_file_is_sorted_and_one_fact_a_line_and_suggesting_again_changes_nothing(tmp_path):
    checks = [
        check(0.898, 0.8823, 0.9129, model="two"),
        check(0.898, 0.8823, 0.9129),
        check(0.9, name="robustness.worst", images=128),
        check(0.13, 0.07, 0.19, name="findings.claim", dataset="all", model="clip"),
        check(0.0, -0.0211, 0.0392, name="calibration.gap", images=1),
    ]
    random.Random(1).shuffle(checks)
    text = machine_owned.text(["a heading"], "mini", suggest(checks, law(tmp_path, NOTHING_YET), METRICS).facts())
    measured = 'because: "measured 0.898 [0.882, 0.913] on 1,024 images"'
    assert text == (
        "# a heading\nmini:\n  calibration:\n    gap:\n"
        "      - {dataset: val, model: one, min: -0.03, max: 0.056, margin: 0.079, "
        'because: "measured 0.000 [-0.021, 0.039] on 1 image"}\n'
        "  findings:\n    claim:\n      - {dataset: all, model: clip, outcome: [holds], "
        'because: "measured +0.130 [0.070, 0.190] on 1,024 images"}\n'
        "  robustness:\n    accuracy:\n"
        f"      - {{dataset: val, model: one, min: 0.875, margin: 0.032, {measured}}}\n"
        f"      - {{dataset: val, model: two, min: 0.875, margin: 0.032, {measured}}}\n"
        '    worst:\n      - {dataset: val, model: one, min: 0.876, because: "measured 0.900 on 128 images"}\n'
    )
    for wish in (None, LOOSE):
        again = suggest(checks, law(tmp_path, NOTHING_YET, text), METRICS, wish)
        assert set(again.states.values()) == {"the same"}
        assert machine_owned.text(["a heading"], "mini", again.facts()) == text


def test_views_of_one_dataset_share_a_line(tmp_path):
    checks = [check(0.9, 0.88, 0.92), check(0.8, 0.78, 0.82, view="zoom", images=512)]
    (line,) = suggest(checks, law(tmp_path, NOTHING_YET), METRICS).lines.values()
    assert texts(line) == {"min": "0.771", "margin": "0.040"}
    assert line.because == "measured 0.800 to 0.900 on 512 to 1,024 images"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((0.90001, 0.90002), "0.900"),
        ((-0.028, 0.01), "-0.028 to 0.010"),
        ((0.0019, 0.5), "0.002 to 0.500"),
    ],
)
def test_values_are_said_with_their_sign_and_the_same_digits(values, said):
    checks = [check(value, value - 0.1, value + 0.1, name="calibration.nll") for value in values]
    assert reason(checks) == f"measured {said} on 1,024 images"

"""The law is checked before anything is predicted: every mistake is a sentence with file and line."""

from pathlib import Path

import pytest

from behaviors.contract.measurement import Metric, Parts
from fixtures.core.errors import InputError
from fixtures.gates.thresholds import Thresholds, load

METRICS = {
    "calibration": {
        "ece": Metric("ECE", "fraction", "lower", lowest=0, highest=1),
        "swept": Metric("Swept", "fraction", "higher", lowest=0, highest=1, parts=Parts("level", "accuracy")),
        "gap": Metric("Gap", "fraction", "neither", lowest=-1, highest=1),
    }
}


def read(tmp_path: Path, text: str) -> Thresholds:
    path = tmp_path / "thresholds.yaml"
    path.write_text(text)
    return load(path, suite_name="mini", models=("vit", "vit-clip"), datasets=("val", "renditions"), metrics=METRICS)


def one(rules: str) -> str:
    return f"mini:\n  calibration:\n    ece:\n{rules}"


@pytest.mark.parametrize(
    "rules",
    [
        "      maximum: 0.1\n",
        "      max: high\n      because: x\n",
        "      max: .nan\n      because: x\n",
        "      max: .inf\n      because: x\n",
        "      max: true\n      because: x\n",
        "      because: x\n",
        "      max: 0.1\n",
        "      max: 0.1\n      min: 0.2\n      because: x\n",
        "      max: 1.5\n      because: x\n",
        "      max: 0.1\n      expect: fail\n      source: x\n",
        "      max: 0.1\n      because: x\n      model: vit-klip\n",
        "      max: 0.1\n      because: x\n      dataset: imagenet\n",
        "      max: 0.1\n      max: 0.2\n      because: x\n",
        "    - {max: 0.1, because: x, model: vit}\n    - {max: 0.2, because: y, dataset: val}\n",
        "    - {max: 0.1, because: x}\n    - {max: 0.2, because: y}\n",
        "    - {max: 0.1, because: x, model: vit}\n    - {max: 0.2, because: y, model: [vit, vit-clip]}\n",
        "      max: 1e-3\n      because: x\n",
        "      max: 0.1\n      because: '  '\n",
        "      max: 0.1\n      because: x\n      reference: -1\n",
        "      max: 0.1\n      because: x\n      model: []\n",
        "      max: 0.1\n      because: x\n      model: [[vit]]\n",
        "      max: 0.1\n      because: x\n      model: mine\n",
        "      max: 0.1\n      because: x\n      expect: pass\n",
        "      0.1\n",
        "      []\n",
        "      -\n",
        "      max: 0.1\n      because: x\n      margin: -0.01\n",
        "      max: 0.1\n      because: x\n      margin: .inf\n",
        "      max: 0.1\n      because: x\n      may_lose: -1\n",
        "      max: 0.1\n      because: x\n      policy: wald\n",
        "      max: 0.1\n      because: x\n      alpha: 0.1\n",
        "      max: 0.1\n      because: x\n      on_inconclusive: ignore\n",
    ],
)
def test_a_mistake_is_a_sentence_with_its_line(tmp_path, rules, snapshot):
    with pytest.raises(InputError) as raised:
        read(tmp_path, one(rules))
    assert str(raised.value).replace(str(tmp_path), "") == snapshot


@pytest.mark.parametrize(
    "text",
    [
        "mini:\n  calibratoin: {ece: {max: 0.1, because: x}}\n",
        "mini:\n  calibration: {acc: {max: 0.1, because: x}}\n",
        "other:\n  calibration: {eec: {max: 0.1, because: x}}\n",
        "mini:\n  alpha: 0.5\n",
        "mini:\n  alpha: 0\n",
        "mini:\n  policy: wald\n",
        "other:\n  on_inconclusive: 3\n",
        "mini:\n  polcy: point\n",
        "mini: 3\n",
        "mini:\n  calibration: 3\n",
        "1: {}\n",
        "other:\n  calibration:\n    ece:\n    - {max: 0.1, because: x}\n    - {max: 0.2, because: y}\n",
        "",
        "mini: [",
    ],
)
def test_a_mistake_in_the_outline_is_a_sentence(tmp_path, text, snapshot):
    with pytest.raises(InputError) as raised:
        read(tmp_path, text)
    assert str(raised.value).replace(str(tmp_path), "") == snapshot


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.yaml"):
        load(tmp_path / "nowhere.yaml", suite_name="mini", models=(), datasets=(), metrics=METRICS)


def test_the_narrowest_rule_wins(tmp_path):
    rules = read(
        tmp_path,
        one(
            "    - {max: 0.1, because: all}\n"
            "    - {max: 0.2, because: one, model: vit}\n"
            "    - {max: 0.3, because: both, model: vit, dataset: renditions}\n"
        ),
    )
    limits = {
        (model, dataset): rules.rule("calibration", "ece", model, dataset).max
        for model in ("vit", "vit-clip")
        for dataset in ("val", "renditions")
    }
    assert limits == {
        ("vit", "val"): 0.2,
        ("vit", "renditions"): 0.3,
        ("vit-clip", "val"): 0.1,
        ("vit-clip", "renditions"): 0.1,
    }
    assert rules.rule("calibration", "ece", "vit", "val").where == "thresholds.yaml:5"
    assert rules.rule("calibration", "gap", "vit", "val") is None


def test_a_rule_that_no_test_could_use_is_told(tmp_path):
    rules = read(tmp_path, one("    - {max: 0.2, because: one, dataset: renditions}\n"))
    assert rules.unused({"calibration": {("vit", "renditions")}}) == []
    assert "thresholds.yaml:4" in rules.unused({"calibration": {("vit", "val")}})[0]
    assert rules.unused({}) != []


@pytest.mark.parametrize(
    "rule",
    [
        "reference: 0.1, source: x",
        "reference: 0.1, because: x, margin: 0.1",
        "reference: 3/0, because: x",
        "reference: many/853, because: x",
        "reference: 853/340, because: x",
        "reference: much, because: x",
        "reference: .nan, because: x",
        "max: 0.1, because: x, exact: printed",
        "max: 0.1, because: x, images: 5",
        "reference: 0.1, because: x, images: 0",
        "reference: 0.1, because: x, exact: rounded",
        "reference: 0.1, because: x, exact: {printed: -1}",
        "reference: 0.1, because: x, exact: {printed: 0.1, counted: 0}",
        "references: {1: 0.1}, because: x",
    ],
)
def test_a_published_number_that_is_none_is_a_sentence(tmp_path, rule, snapshot):
    with pytest.raises(InputError, match=r"thresholds.yaml:4: ") as raised:
        read(tmp_path, one(f"    - {{{rule}}}\n"))
    assert str(raised.value).replace(str(tmp_path), "") == snapshot


def test_a_published_number_of_a_part_has_the_metrics_range(tmp_path):
    text = "mini:\n  calibration:\n    swept: {because: x, references: {1: 0.9, 1.25: 1.5}}\n"
    with pytest.raises(
        InputError, match=r"thresholds.yaml:3: mini.calibration.swept: references: 1.25: 1.5 is outside"
    ):
        read(tmp_path, text)


def test_a_rule_may_only_compare(tmp_path):
    said = (
        "{because: looks wrong, source: figure 6, exact: {read_off: 0.003}, references: {1: 0.9, 1.25: 0.8, 100: 1/3}}"
    )
    rule = read(tmp_path, f"mini:\n  calibration:\n    swept: {said}\n").rule("calibration", "swept", "vit", "val")
    assert not rule.demands
    assert rule.published.parts == {"1": 0.9, "1.25": 0.8, "100": 1 / 3}
    assert (rule.published.value, rule.published.source) == (None, "figure 6")
    assert rule.published.exactness == "read off a figure, +/- 0.003"


def test_a_list_of_names_is_about_each_of_them(tmp_path):
    rules = read(tmp_path, one("    - {max: 0.2, because: x, model: [vit, vit-clip], dataset: [val]}\n"))
    assert rules.rule("calibration", "ece", "vit-clip", "val").max == 0.2
    assert rules.rule("calibration", "ece", "vit-clip", "renditions") is None


def test_everything_a_rule_says_is_kept(tmp_path):
    said = ("min: 0", "max: 0.1", "source: paper", "because: x", "reference: 0.05", "expect: fail")
    rule = read(tmp_path, one("".join(f"      {line}\n" for line in said))).rule("calibration", "ece", "vit", "val")
    assert (rule.min, rule.max, rule.limits, rule.where) == (0.0, 0.1, (0.0, 0.1), "thresholds.yaml:3")
    assert (rule.source, rule.because, rule.reference, rule.expect_fail) == ("paper", "x", 0.05, True)


def test_a_block_says_what_holds_for_its_rules_and_a_rule_may_say_otherwise(tmp_path):
    rules = read(
        tmp_path,
        "mini:\n  alpha: 0.01\n  policy: point\n  on_inconclusive: block\n  calibration:\n    ece:\n"
        "    - {max: 0.1, because: x}\n"
        "    - {max: 0.2, because: y, model: vit, policy: three_way, margin: 0.02, may_lose: 0,"
        " on_inconclusive: allow}\n",
    )
    plain, own = (rules.rule("calibration", "ece", model, "val") for model in ("vit-clip", "vit"))
    assert rules.alpha == 0.01
    assert (plain.policy, plain.margin, plain.on_inconclusive, plain.may_lose) == ("point", 0.0, "block", None)
    assert (own.policy, own.margin, own.on_inconclusive, own.may_lose) == ("three_way", 0.02, "allow", 0.0)


def test_by_default_rules_are_judged_three_ways_and_warn(tmp_path):
    rules = read(tmp_path, one("      {max: 0.1, because: x}\n"))
    rule = rules.rule("calibration", "ece", "vit", "val")
    assert (rules.alpha, rule.policy, rule.margin, rule.on_inconclusive) == (0.05, "three_way", 0.0, "warn")


def test_the_command_line_overrides_what_is_inconclusive(tmp_path):
    path = tmp_path / "thresholds.yaml"
    path.write_text(
        "mini:\n  on_inconclusive: warn\n  calibration: {ece: {max: 0.1, because: x, on_inconclusive: allow}}\n"
    )
    named = {"suite_name": "mini", "models": ("vit",), "datasets": ("val",), "metrics": METRICS}
    rules = load(path, **named, on_inconclusive="block")
    assert rules.rule("calibration", "ece", "vit", "val").on_inconclusive == "block"


def test_a_rule_for_both_settles_what_two_rules_for_either_leave_open(tmp_path):
    rules = read(
        tmp_path,
        one(
            "    - {max: 0.1, because: x, model: vit}\n"
            "    - {max: 0.2, because: y, dataset: val}\n"
            "    - {max: 0.3, because: z, model: vit, dataset: val}\n"
        ),
    )
    assert rules.rule("calibration", "ece", "vit", "val").max == 0.3


def test_models_and_datasets_of_other_suites_are_not_known_here(tmp_path):
    rules = read(
        tmp_path,
        one("      {max: 0.1, because: x}\n")
        + "other:\n  calibration:\n    ece: {max: 0.1, because: x, model: theirs}\n",
    )
    assert (rules.suites, rules.suite, len(rules.rules)) == (("mini", "other"), "mini", 1)


IDLE = "nothing is gated; --suggest-thresholds writes rules that a run's numbers suggest"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        (one("      {max: 0.1, because: x}\n"), "thresholds.yaml, 1 rule for suite mini"),
        ("mini: {}\n", f"thresholds.yaml, 0 rules for suite mini: {IDLE}"),
        ("mini:\n", f"thresholds.yaml, 0 rules for suite mini: {IDLE}"),
        ("other: {}\n", f"thresholds.yaml has no block for suite mini (it has other): {IDLE}"),
        ("{}\n", f"thresholds.yaml has no block for suite mini: {IDLE}"),
    ],
)
def test_the_header_says_what_is_in_force(tmp_path, text, summary):
    assert read(tmp_path, text).summary() == summary

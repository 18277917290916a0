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
    ("rules", "sentence"),
    [
        ("      maximum: 0.1\n", "thresholds.yaml:4: unknown key 'mini.calibration.ece.maximum'"),
        ("      max: high\n      because: x\n", "thresholds.yaml:4"),
        ("      max: .nan\n      because: x\n", "must be a finite number"),
        ("      max: .inf\n      because: x\n", "must be a finite number"),
        ("      max: true\n      because: x\n", "is no number"),
        ("      because: x\n", "needs 'min', 'max' or both"),
        ("      max: 0.1\n", "needs 'source' or 'because'"),
        ("      max: 0.1\n      min: 0.2\n      because: x\n", "'min' 0.2 is above 'max' 0.1"),
        ("      max: 1.5\n      because: x\n", "thresholds.yaml:4: mini.calibration.ece: max 1.5 is outside"),
        ("      max: 0.1\n      expect: fail\n      source: x\n", "why is the failure known"),
        ("      max: 0.1\n      because: x\n      model: vit-klip\n", "did you mean 'vit-clip'?"),
        (
            "      max: 0.1\n      because: x\n      dataset: imagenet\n",
            "no dataset 'imagenet'; known: val, renditions",
        ),
        ("      max: 0.1\n      max: 0.2\n      because: x\n", "'max' stands twice"),
        (
            "    - {max: 0.1, because: x, model: vit}\n    - {max: 0.2, because: y, dataset: val}\n",
            "thresholds.yaml:4 and thresholds.yaml:5: calibration.ece: both rules are about vit on val",
        ),
        (
            "    - {max: 0.1, because: x}\n    - {max: 0.2, because: y}\n",
            "both rules are about any model on any dataset and neither is narrower; keep one of them",
        ),
        (
            "    - {max: 0.1, because: x, model: vit}\n    - {max: 0.2, because: y, model: [vit, vit-clip]}\n",
            "both rules are about vit on any dataset",
        ),
        ("      max: 1e-3\n      because: x\n", "is text to YAML, write 0.001"),
        ("      max: 0.1\n      because: '  '\n", "thresholds.yaml:5: 'mini.calibration.ece.because'"),
        (
            "      max: 0.1\n      because: x\n      reference: -1\n",
            "thresholds.yaml:6: mini.calibration.ece: reference -1",
        ),
        ("      max: 0.1\n      because: x\n      model: []\n", "thresholds.yaml:6: 'mini.calibration.ece.model'"),
        ("      max: 0.1\n      because: x\n      model: [[vit]]\n", "thresholds.yaml:6: 'mini.calibration.ece.model"),
        ("      max: 0.1\n      because: x\n      model: mine\n", "One that you bring comes with --model mine=..."),
        ("      max: 0.1\n      because: x\n      expect: pass\n", "thresholds.yaml:6: 'mini.calibration.ece.expect'"),
        (
            "      0.1\n",
            "thresholds.yaml:3: mini.calibration.ece must be a rule, as in {max: 0.1, because: ...} (found 0.1)",
        ),
        ("      []\n", "must be a rule"),
        ("      -\n", "thresholds.yaml:4: mini.calibration.ece.0 must be a rule"),
        (
            "      max: 0.1\n      because: x\n      margin: -0.01\n",
            "thresholds.yaml:6: 'mini.calibration.ece.margin': must be at least 0: it says how much worse is tolerated",
        ),
        ("      max: 0.1\n      because: x\n      margin: .inf\n", "thresholds.yaml:6: 'mini.calibration.ece.margin'"),
        (
            "      max: 0.1\n      because: x\n      may_lose: -1\n",
            "thresholds.yaml:6: 'mini.calibration.ece.may_lose'",
        ),
        ("      max: 0.1\n      because: x\n      policy: wald\n", "thresholds.yaml:6: 'mini.calibration.ece.policy'"),
        ("      max: 0.1\n      because: x\n      alpha: 0.1\n", "unknown key 'mini.calibration.ece.alpha'"),
        (
            "      max: 0.1\n      because: x\n      on_inconclusive: ignore\n",
            "thresholds.yaml:6: 'mini.calibration.ece.on_inconclusive'",
        ),
    ],
)
def test_a_mistake_is_a_sentence_with_its_line(tmp_path, rules, sentence):
    with pytest.raises(InputError) as raised:
        read(tmp_path, one(rules))
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("mini:\n  calibratoin: {ece: {max: 0.1, because: x}}\n", "thresholds.yaml:2: unknown behaviour 'calibratoin'"),
        ("mini:\n  calibration: {acc: {max: 0.1, because: x}}\n", "unknown metric of calibration 'acc'"),
        ("other:\n  calibration: {eec: {max: 0.1, because: x}}\n", "did you mean 'ece'?"),
        ("mini:\n  alpha: 0.5\n", "thresholds.yaml:2: 'mini.alpha': must lie between 0 and 0.5"),
        ("mini:\n  alpha: 0\n", "thresholds.yaml:2: 'mini.alpha'"),
        ("mini:\n  policy: wald\n", "thresholds.yaml:2: 'mini.policy'"),
        ("other:\n  on_inconclusive: 3\n", "thresholds.yaml:2: 'other.on_inconclusive'"),
        ("mini:\n  polcy: point\n", "unknown behaviour 'polcy'; did you mean 'policy'?"),
        ("mini: 3\n", "must map behaviours to their rules"),
        ("mini:\n  calibration: 3\n", "thresholds.yaml:2: mini.calibration must map metrics to their rules (found 3)"),
        ("1: {}\n", "the file must map suites to their rules"),
        (
            "other:\n  calibration:\n    ece:\n    - {max: 0.1, because: x}\n    - {max: 0.2, because: y}\n",
            "thresholds.yaml:4 and thresholds.yaml:5",
        ),
        ("", "is empty"),
        ("mini: [", "not valid YAML"),
    ],
)
def test_a_mistake_in_the_outline_is_a_sentence(tmp_path, text, sentence):
    with pytest.raises(InputError) as raised:
        read(tmp_path, text)
    assert sentence in str(raised.value)


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
    ("rule", "sentence"),
    [
        ("reference: 0.1, source: x", "a 'reference' without 'min' or 'max' needs 'because': why is nothing demanded"),
        ("reference: 0.1, because: x, margin: 0.1", "nothing is demanded: take out expect, policy, margin"),
        ("reference: 3/0, because: x", "is no quotient of two counts"),
        ("reference: many/853, because: x", "is no quotient of two counts"),
        ("reference: 853/340, because: x", "reference 2.50882 is outside what the metric can be, 0 to 1"),
        ("reference: much, because: x", "is no number, nor a quotient of two counts, as 340/853"),
        ("reference: .nan, because: x", "must be a finite number"),
        ("max: 0.1, because: x, exact: printed", "which are not given"),
        ("max: 0.1, because: x, images: 5", "which are not given"),
        ("reference: 0.1, because: x, images: 0", "should be greater than 0"),
        ("reference: 0.1, because: x, exact: rounded", "must be one of printed, read_off, counted, derived"),
        ("reference: 0.1, because: x, exact: {printed: -1}", "must be a number of at least 0"),
        ("reference: 0.1, because: x, exact: {printed: 0.1, counted: 0}", "must be one of printed"),
        ("references: {1: 0.1}, because: x", "its parts are no numbers of their own; write 'reference'"),
    ],
)
def test_a_published_number_that_is_none_is_a_sentence(tmp_path, rule, sentence):
    with pytest.raises(InputError, match=r"thresholds.yaml:4: ") as raised:
        read(tmp_path, one(f"    - {{{rule}}}\n"))
    assert sentence in str(raised.value)


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

"""A suggestion is written into the text that is there: nothing but its numbers changes, and nothing else is said."""

import subprocess

import pytest

from fixtures.core.documents import parse
from fixtures.core.errors import InputError
from fixtures.gates.comparison import METRICS as OF_BASELINES
from fixtures.gates.metrics import known_groups, known_metrics
from fixtures.gates.rules_file import rules_by_suite
from fixtures.gates.thresholds import load
from fixtures.suggest.rewriting import rewrite
from fixtures.suggest.suggested_file import difference, suggested
from fixtures.suggest.suggestion import Suggestion, Wish, suggest
from fixtures.suite.loader import load_suite
from tests.conftest import ROOT
from tests.suggest.suggesting import METRICS, check, law

LOOSE = Wish(allow_loosening=True)
ACCURATE = check(0.8984, 0.8823, 0.9132)
"""Suggests min 0.875 with margin 0.017."""
MORE = {
    "two": check(0.75, 0.7311, 0.7711, model="two"),
    "gap": check(-0.01, -0.0311, 0.0205, name="calibration.gap"),
    "ece": check(0.034, 0.021, 0.0471, name="calibration.ece"),
}
NEW = 'min: 0.875, margin: 0.017, because: "measured 0.898 [0.882, 0.913] on 1,024 images"'
NEW_TWO = (
    '{model: two, dataset: val, min: 0.723, margin: 0.019, because: "measured 0.750 [0.731, 0.771] on 1,024 images"}'
)
NEW_ECE = (
    '{model: one, dataset: val, max: 0.053, margin: 0.014, because: "measured 0.034 [0.021, 0.047] on 1,024 images"}'
)


def written(tmp_path, text: str, *checks, newline: str = "\n") -> tuple[str, Suggestion]:
    """The text with what the checks suggest, as the option would write it; its line ends told as the text's."""
    thresholds = law(tmp_path, text, newline)
    old, new, done = suggested(thresholds, suggest(checks or (ACCURATE,), thresholds, METRICS, LOOSE), METRICS)
    assert old.encode() == thresholds.path.read_bytes()
    if newline in old:
        assert newline in new
        assert "\n" not in new.replace(newline, "")
    return new.replace(newline, "\n"), done


def rule(text: str) -> str:
    return f"mini:\n  robustness:\n    accuracy:\n{text}"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", ["\n", "", "\n\n# the end\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "      - {model: one,  min: 0.50 ,because: x}  # why\tnot",
            "      - {model: one,  min: 0.875, margin: 0.017 ,because: x}  # why\tnot",
        ),
        (
            "      - {min: 0.5, margin: 0.1, because: 'measured 0.4; it''s so'}",
            "      - {min: 0.875, margin: 0.017, because: 'measured 0.898; it''s so'}",
        ),
        ("      {because: measured 0.957, min: 0.5}", "      {because: measured 0.898, min: 0.875, margin: 0.017}"),
        (
            "      min: 0.5  # half\n      because: measured 0.4",
            "      min: 0.875  # half\n      margin: 0.017\n      because: measured 0.898",
        ),
        ("      - because: x\n        min: 0.5", "      - because: x\n        min: 0.875\n        margin: 0.017"),
        (
            "      - min:\n          0.5\n        because: \"measured 0.4 \\u00b1 0.1; ok\"",
            "      - min:\n          0.875\n        margin: 0.017\n        because: \"measured 0.898; ok\"",
        ),
        (
            "      - min: 0.5\n        because: >-\n          measured 0.4;\n          so",
            "      - min: 0.875\n        margin: 0.017\n        because: >-\n          measured 0.898;\n          so",
        ),
        ('      - {"min": 0.5, because: x, "margin": 0}', '      - {"min": 0.875, because: x, "margin": 0.017}'),
        ("      - {min: +0.5, because: x}", "      - {min: 0.875, margin: 0.017, because: x}"),
    ],
)  # fmt: skip
def test_only_the_numbers_change(tmp_path, before, after, end, newline):
    found, done = written(tmp_path, rule(f"{before}{end}"), newline=newline)
    assert found == rule(f"{after}{end}")
    assert len(done.changes) == 1


def test_two_sides_take_one_margin(tmp_path):
    text = "mini: {calibration: {gap: {max: 0.5, min: -0.5, because: x}}}\n"
    found, _ = written(tmp_path, text, MORE["gap"])
    assert found == "mini: {calibration: {gap: {max: 0.034, min: -0.040, margin: 0.031, because: x}}}\n"


def test_other_suites_and_rules_stay_byte_for_byte(tmp_path):
    others = (
        "# first\nother:  {robustness: {accuracy: "
        "[{min: 0.1, because: &why  'x'}, {model: y, min: 0.2, because: *why}]}}\n"
    )
    more = "      - {min: 0.70, model: two, because: x}\n\n  findings: {claim: {outcome: holds,because: x}} # last\n"
    found, _ = written(tmp_path, others + rule("      - {min: 0.5, because: x}\n") + more)
    assert found == others + rule("      - {min: 0.875, margin: 0.017, because: x}\n") + more


def test_a_byte_order_mark_and_wide_characters_shift_nothing(tmp_path):
    found, _ = written(tmp_path, "\ufeff# \U0001f600 é\n" + rule("      - {min: 0.5, because: \U0001f600}\n"))
    assert found == "\ufeff# \U0001f600 é\n" + rule("      - {min: 0.875, margin: 0.017, because: \U0001f600}\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (rule("      - {min: &low 0.5, because: x}\n      - {min: *low, model: two, because: x}\n"), "is shared"),
        (rule("      - {model: two, min: &low 0.5, because: x}\n      - {min: *low, because: x}\n"), "is shared"),
        (rule("      - {min: &low 0.5, because: x}\n"), "has an anchor or a tag"),
        (rule("      - {min: !!float 0.5, because: x}\n"), "has an anchor or a tag"),
        (
            rule("      - {min: 0.5, because: &why measured 0.4}\n      - {min: 0.1, model: two, because: *why}\n"),
            "shared",
        ),
        (rule("      - &low {min: 0.5, because: x}\n      - {<<: *low, model: two}\n"), "is shared"),
        (rule("      - &low {model: two, min: 0.5, because: x}\n      - {<<: *low, model: one}\n"), "is merged"),
        ("mini: &mini\n  robustness: {accuracy: {min: 0.5, because: x}}\nother: *mini\n", "is shared"),
        (
            "other: {robustness: &it {accuracy: {min: 0.5, because: x}}}\nmini: {robustness: {<<: *it}}\n",
            "is merged from elsewhere",
        ),
        (rule("      - min: 0.5\n        because: |\n          measured\n          0.4\n"), "block of text"),
    ],
)
def test_what_is_shared_through_an_anchor_is_left_alone_and_said_so(tmp_path, text, reason):
    found, done = written(tmp_path, text)
    assert found == text
    assert not done.changes
    (left,) = done.left
    assert left.what.endswith(": robustness.accuracy")
    assert reason in left.reason


def test_what_a_rule_shares_beside_its_numbers_does_not_matter(tmp_path):
    text = rule("      - {min: 0.5, because: &why x}\n      - {min: 0.4, model: two, because: *why}\n")
    found, _ = written(tmp_path, text)
    assert found == text.replace("min: 0.5", "min: 0.875, margin: 0.017")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (  # a list of the same metric
            rule("      - {min: 0.5, model: three, because: x} # kept\n\n# last\n"),
            rule(f"      - {{min: 0.5, model: three, because: x}} # kept\n      - {NEW_TWO}\n\n# last\n"),
        ),
        (  # as deep as its key
            "mini:\n robustness:\n  accuracy:\n  - {min: 0.5, model: three, because: x}\n other: 1\n".replace(
                " other: 1\n", ""
            ),
            f"mini:\n robustness:\n  accuracy:\n  - {{min: 0.5, model: three, because: x}}\n  - {NEW_TWO}\n",
        ),
        (  # the only rule, in lines
            rule("      min: 0.5\n\n      # not for all\n      model: three\n      because: x\n"),
            rule(
                "      - min: 0.5\n\n        # not for all\n        model: three\n        because: x\n"
                f"      - {NEW_TWO}\n"
            ),
        ),
        (  # the only rule, in braces
            "mini:\n  robustness:\n    accuracy: {min: 0.5, model: three, because: x}\n  findings: {}\n",
            "mini:\n  robustness:\n    accuracy: [{min: 0.5, model: three, because: x}, "
            f"{NEW_TWO}]\n  findings: {{}}\n",
        ),
        (  # a list in brackets, with a comma at its end
            "mini: {robustness: {accuracy: [\n  {min: 0.5, model: three, because: x},\n]}}\n",
            f"mini: {{robustness: {{accuracy: [\n  {{min: 0.5, model: three, because: x}}, {NEW_TWO}\n]}}}}\n",
        ),
        (  # ... and with a comment
            "mini: {robustness: {accuracy: [\n  {min: 0.5, model: three, because: x}  # so\n]}}\n",
            f"mini: {{robustness: {{accuracy: [\n  {{min: 0.5, model: three, because: x}}  # so\n, {NEW_TWO}]}}}}\n",
        ),
        (  # another metric of the same behaviour, which ends with an alias
            "mini:\n  robustness:\n    worst:\n    - {min: &b 0.5, because: &w x}\n"
            "    -\n      min: *b\n      model: two\n"
            "      because: *w\n\n  calibration: {}\n",
            "mini:\n  robustness:\n    worst:\n    - {min: &b 0.5, because: &w x}\n"
            "    -\n      min: *b\n      model: two\n"
            f"      because: *w\n    accuracy:\n      - {NEW_TWO}\n\n  calibration: {{}}\n",
        ),
        (  # another behaviour
            "mini:\n    calibration: {}  # nothing yet\n# end\nother: {}\n",
            f"mini:\n    calibration: {{}}  # nothing yet\n    robustness:\n      accuracy:\n        - {NEW_TWO}\n"
            "# end\nother: {}\n",
        ),
        (  # a behaviour without rules
            "mini:\n  robustness:  # nothing yet\n  calibration: {}\n",
            f"mini:\n  robustness:  # nothing yet\n    accuracy:\n      - {NEW_TWO}\n  calibration: {{}}\n",
        ),
        ("mini: ~\n", f"mini: \n  robustness:\n    accuracy:\n      - {NEW_TWO}\n"),
        ("mini:", f"mini:\n  robustness:\n    accuracy:\n      - {NEW_TWO}"),
        ("mini: {}\n", f"mini: {{robustness: {{accuracy: [{NEW_TWO}]}}}}\n"),
        (
            "{mini: }\n",
            f"{{mini: {{robustness: {{accuracy: [{NEW_TWO}]}}}} }}\n",
        ),
        ("{mini: null, other: {}}\n", f"{{mini: {{robustness: {{accuracy: [{NEW_TWO}]}}}}, other: {{}}}}\n"),
        (  # a suite without a block, in a file without a line's end
            "other:\n  alpha: 0.1\n  # nothing",
            f"other:\n  alpha: 0.1\n  # nothing\nmini:\n  robustness:\n    accuracy:\n      - {NEW_TWO}",
        ),
        (
            "other:\n  alpha: 0.1\n...\n",
            f"other:\n  alpha: 0.1\nmini:\n  robustness:\n    accuracy:\n      - {NEW_TWO}\n...\n",
        ),
        ("{}\n", f"{{mini: {{robustness: {{accuracy: [{NEW_TWO}]}}}}}}\n"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_new_rules_stand_at_the_end_of_their_behaviour(tmp_path, before, after, newline):
    found, done = written(tmp_path, before, MORE["two"], newline=newline)
    assert found == after
    assert len(done.additions) == 1


def test_what_ends_at_the_same_place_is_put_in_the_order_of_its_depth(tmp_path):
    text = "mini:\n  robustness:\n    accuracy:\n      - min: 0.5\n        model: one\n        because: x\n"
    worst = check(0.9, name="robustness.worst", images=128)
    found, done = written(tmp_path, text, worst, *MORE.values(), ACCURATE)
    assert found == (
        "mini:\n  robustness:\n    accuracy:\n"
        "      - min: 0.875\n        margin: 0.017\n        model: one\n        because: x\n"
        f"      - {NEW_TWO}\n"
        '    worst:\n      - {model: one, dataset: val, min: 0.876, because: "measured 0.900 on 128 images"}\n'
        f"  calibration:\n    ece:\n      - {NEW_ECE}\n    gap:\n"
        "      - {model: one, dataset: val, min: -0.040, max: 0.034, margin: 0.031, "
        'because: "measured -0.010 [-0.031, 0.021] on 1,024 images"}\n'
    )
    assert (len(done.changes), len(done.additions)) == (1, 4)


@pytest.mark.parametrize("name", ["7", "null", "yes", "a: b", 'a"b', "x, y", "- z", "é"])
def test_names_of_models_are_quoted_where_yaml_would_read_something_else(tmp_path, name):
    found, _ = written(tmp_path, "mini: {}\n", check(0.9, 0.88, 0.92, model=name))
    (one,) = rules_by_suite(parse(found, tmp_path), METRICS)["mini"].rules["robustness", "accuracy"]
    assert one.models == (name,)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mini: &it\n  robustness: {}\nother: *it\n", "is shared"),
        ("other: &it\n  calibration: {}\nmini:\n  <<: *it\n", "merged"),
        (rule("      &it\n      - {min: 0.1, model: three, because: x}\n"), "has an anchor or a tag"),
    ],
)
def test_a_rule_that_cannot_be_added_is_told(tmp_path, text, reason):
    found, done = written(tmp_path, text, MORE["two"])
    assert found == text
    assert [one.what for one in done.left] == ["robustness.accuracy of two on val"]
    assert reason in done.left[0].reason


def test_nothing_is_written_where_the_text_would_say_something_else(tmp_path):
    text = "mini:\n  robustness:\n    accuracy:\n      min: 0.5\n      model: three\n      because: |+\n        x\n\n\n"
    with pytest.raises(InputError, match="cannot be edited without saying something else too"):
        written(tmp_path, text, MORE["two"])


def test_nothing_is_written_where_the_law_changed_meanwhile(tmp_path):
    thresholds = law(tmp_path, rule("      - {min: 0.5, because: x}\n"))
    found = suggest([ACCURATE], thresholds, METRICS, LOOSE)
    thresholds.path.write_text(rule("      - {min: 0.6, because: x}\n"))
    with pytest.raises(InputError, match="was edited while the tests ran"):
        suggested(thresholds, found, METRICS)


def test_a_suggestion_is_its_own_suggestion(tmp_path):
    text = rule("      - {min: 0.5, model: one, because: measured 0.4}\n")
    for wish in (LOOSE, Wish()):
        thresholds = law(tmp_path, text)
        checks = [ACCURATE, *MORE.values()]
        _, once, _ = suggested(thresholds, suggest(checks, thresholds, METRICS, wish), METRICS)
        thresholds = law(tmp_path, once)
        again = suggest(checks, thresholds, METRICS, wish)
        assert len(again.unchanged) == 4
        assert suggested(thresholds, again, METRICS)[1] == once != text


def test_the_repositorys_own_law_is_edited_where_it_should_and_nowhere_else(tmp_path):
    path, suite = ROOT / "thresholds.yaml", load_suite("mini")
    metrics = {**known_metrics(), **OF_BASELINES}
    thresholds = load(
        path,
        suite_name="mini",
        models=(*suite.models, *known_groups()),
        datasets=(*suite.roles, "all"),
        metrics=metrics,
    )
    old, new, _ = suggested(thresholds, Suggestion(), metrics)
    assert new.encode() == old.encode() == path.read_bytes()
    told = {"behavior": "robustness", "metric": "mean_corruption_error"}
    mce = check(1.0, 0.9, 1.1, model="convnext-sup", dataset="c", **told)
    found = suggest([mce], thresholds, metrics, Wish(allow_loosening=True))
    _, new, done = suggested(thresholds, found, metrics)
    lines = [line for line in difference(old, new, "thresholds.yaml").splitlines() if line[0] in "+-"]
    assert {line[1:].split(":")[0] for line in lines[2:]} <= {f"        {key}" for key in ("max", "margin", "because")}
    assert [line for line in lines if line.startswith("+        m")] == ["+        max: 1.15", "+        margin: 0.10"]
    assert len(done.changes) == 1


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["\n", ""])
@pytest.mark.parametrize("command", [["patch", "--binary", "-p0", "-i"], ["git", "apply"]], ids=["patch", "git"])
def test_the_difference_is_taken_by_patch_and_git(tmp_path, command, newline, end):
    text = "# a line of YAML\x85# but not of patch\n" + rule(f"      - {{min: 0.5, because: x}}{end}")
    thresholds = law(tmp_path, text, newline)
    old, new, _ = suggested(thresholds, suggest([ACCURATE, MORE["ece"]], thresholds, METRICS), METRICS)
    (tmp_path / "it.diff").write_bytes(difference(old, new, "thresholds.yaml").encode())
    subprocess.run([*command, "it.diff"], cwd=tmp_path, check=True, capture_output=True)
    assert thresholds.path.read_bytes() == new.encode() != old.encode()


def test_nothing_to_say_is_an_empty_difference():
    assert difference("a\n", "a\n", "it.yaml") == ""


def test_rewriting_nothing_changes_nothing(tmp_path):
    text = "\ufeffmini:\r\n    robustness: ~  # \ttab\r\n\r\n"
    assert rewrite(text, "mini", Suggestion()) == (text, Suggestion())

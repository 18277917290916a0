"""Families, facts and claims as a suite or --compare writes them: what does not fit is one sentence with its line."""

import re

import pytest

from fixtures.core.documents import parse, validate
from fixtures.core.errors import InputError
from fixtures.gates.claims import Source, declarations, resolved, roles_of_their_own
from fixtures.gates.metrics import known_metrics, known_roles
from fixtures.suite.schema.comparisons import Comparisons

MODELS, ROLES = ("a", "b", "c"), ("val", "sketch")
ACCURACY = "metric: robustness.accuracy, because: so"


def read(text, tmp_path):
    document = parse(text, tmp_path / "c.yaml")
    source = Source(document, validate(document, Comparisons), {})
    return resolved([source], metrics=known_metrics(), models=MODELS, roles=ROLES)


def test_each_form_is_resolved_to_models_and_a_rule_with_its_line(tmp_path):
    found = read(
        f"""
groups: {{ours: {{before: a, after: b}}, theirs: {{before: b, after: c}}}}
families: {{sizes: [a, b, c]}}
facts: {{a: {{price: 1, day: 2024-01-01}}, b: {{price: 2, day: 2024-07-01}}, c: {{price: 4, day: 2025-01-01}}}}
claims:
  ahead: {{{ACCURACY}, first: after, second: before, groups: [ours, theirs], min: 0.02, at_least: 1}}
  dearer: {{{ACCURACY}, family: sizes, rises: price, scale: doubling}}
  newer: {{{ACCURACY}, family: sizes, falls: day}}
  no_bad_one: {{{ACCURACY}, family: sizes, none_below: 0.5}}
  not_below_a: {{{ACCURACY}, family: sizes, none_below: a}}
""",
        tmp_path,
    )
    ahead, dearer, newer, bad, below = found.claims.values()
    assert (ahead.pairs, ahead.about, ahead.needed) == ((("b", "a"), ("c", "b")), "ours, theirs", 1)
    assert (ahead.rule.min, ahead.rule.max, ahead.rule.where) == (0.02, None, "c.yaml:6")
    assert (dearer.form, dearer.against, dearer.doubling, dearer.rule.min) == ("trend", "price", True, 0.0)
    assert (newer.rule.min, newer.rule.max, newer.doubling) == (None, 0.0, False)
    assert found.families["sizes"].facts["day"]["b"] == pytest.approx(2024 + 182 / 366)
    assert (bad.form, bad.rule.min) == ("bound", 0.5)
    assert (below.form, below.pairs) == ("difference", (("b", "a"), ("c", "a")))


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("metric: robustnes.accuracy, because: so, first: a, second: b, min: 0", "did you mean 'robustness'?"),
        ("metric: robustness.accurcy, because: so, first: a, second: b, min: 0", "no metric of robustness 'accurcy'"),
        (f"{ACCURACY}, first: a, second: nobody, min: 0", "there is no model 'nobody'; there are: a, b, c"),
        (f"{ACCURACY}, first: a, second: a, min: 0", "'first' needs 'second', another model or role"),
        (f"{ACCURACY}, first: a, second: b", "need one of 'min' and 'max'"),
        (f"{ACCURACY}, first: a, second: b, min: 0, max: 1", "need one of 'min' and 'max'"),
        (f"{ACCURACY}, first: a, second: b, min: 0, dataset: vall", "there is no dataset 'vall'; did you mean 'val'?"),
        (f"{ACCURACY}, first: new, second: old, groups: [ours], min: 0", "group 'ours' has no role 'new'; it has"),
        (
            f"{ACCURACY}, first: new, second: old, groups: [hers], min: 0",
            "no group with roles 'hers'; there are: ours, also, same",
        ),
        (f"{ACCURACY}, family: sizes, rises: price", "nothing says 'price' of b; write it under its 'facts'"),
        (f"{ACCURACY}, family: size, rises: day", "there is no family 'size'; did you mean 'sizes'?"),
        (f"{ACCURACY}, family: sizes, rises: day, falls: day", "this one says rises and falls"),
        (f"{ACCURACY}, family: sizes", "this one says none"),
        (f"{ACCURACY}, rises: day", "'rises' needs 'family': of which models?"),
        (f"{ACCURACY}, family: sizes, rises: loss, scale: doubling", "loss is not above 0 everywhere"),
        ("metric: robustness.accuracy, family: sizes, rises: day", "a claim needs 'because' or 'source'"),
        (f"{ACCURACY}, first: a, second: b, min: 0, dataset: [val, val], at_least: 2", "'val' stands in it twice"),
        (f"{ACCURACY}, first: before, second: after, groups: [ours, ours], min: 0", "'ours' stands in it twice"),
        (f"{ACCURACY}, first: before, second: after, groups: [same], min: 0", "compares a with itself"),
        (f"{ACCURACY}, first: before, second: after, groups: [ours, also], min: 0", "a less b stands in two of its"),
        (f"{ACCURACY}, family: sizes, rises: robustness.accuracy", "compares robustness.accuracy with itself"),
        (
            f"{ACCURACY}, dataset: val, family: sizes, falls: robustness.accuracy on val",
            "compares robustness.accuracy with itself",
        ),
        (f"{ACCURACY}, family: sizes, rises: ''", "'claims.one.rises': Value should have at least 1"),
        ("metric: findings.shifts_are_easiest, because: so, first: a, second: b, min: 0", "is a claim itself"),
    ],
)
def test_a_claim_that_does_not_fit_is_one_sentence(claim, sentence, tmp_path):
    text = f"""
groups: {{ours: {{before: a, after: b}}, also: {{before: a, after: b}}, same: {{before: a, after: a}}}}
families: {{sizes: [a, b]}}
facts: {{a: {{price: 1, day: 1, loss: -1}}, b: {{day: 2, loss: 2}}}}
claims:
  one: {{{claim}}}
"""
    with pytest.raises(InputError, match=re.escape(sentence)) as problem:
        read(text, tmp_path)
    assert "c.yaml:6" in str(problem.value)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("families: {sizes: [a, nobody]}", "c.yaml:1: family 'sizes': there is no model 'nobody'"),
        ("families: {sizes: [a, a]}", "a model stands in it twice"),
        ("families: {a: [a, b]}", "a model is called so already"),
        ("facts: {a: {price: dear}}", "a fact is a finite number or a date (2026-03-01)"),
        ("facts: {d: {price: 1}}", "c.yaml:1: facts: there is no model 'd'"),
        ("{}", "names nothing to compare"),
    ],
)
def test_a_family_or_fact_that_does_not_fit_is_one_sentence(text, sentence, tmp_path):
    with pytest.raises(InputError, match=re.escape(sentence)):
        read(text, tmp_path)


def test_groups_of_claims_may_have_roles_that_no_finding_knows(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(
        "groups: {steps: {before: a, after: b}, pair: {clip: a, supervised: b}}\n"
        f"claims: {{one: {{{ACCURACY}, first: after, second: before, groups: [steps], min: 0}}}}\n"
    )
    [source] = declarations(None, None, path)
    assert roles_of_their_own(source, known_roles()) == {"steps"}

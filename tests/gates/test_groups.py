"""Groups of models are declared in a suite: the findings run on any pairs, and what does not fit is one sentence."""

import re

import pytest

from behaviors.findings import GROUPS, ROLES
from fixtures.core.errors import InputError
from fixtures.gates.groups import Group, declared
from fixtures.plugin.collection import compared

MODELS = ("a", "b", "c", "d")


def test_roles_give_the_order_whatever_the_order_in_the_file():
    written = {"ours": {"supervised": "b", "clip": "a"}, "theirs": {"clip": "c", "supervised": "b"}, "clip": ["c", "d"]}
    assert declared(written, ROLES, MODELS, "s.yaml:3") == {
        "ours": Group("ours", ("a", "b"), "vit"),
        "theirs": Group("theirs", ("c", "b"), "vit"),
        "clip": Group("clip", ("c", "d"), "clip"),
    }


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"ours": {"clip": "a"}}, "s.yaml:3: group 'ours': the role supervised is missing; a group is one of {clip"),
        ({"ours": {"clip": "a", "before": "b"}}, "nothing compares the roles clip, before"),
        ({"ours": {"clip": "a", "supervised": "nobody"}}, "there is no model 'nobody'; there are: a, b, c, d"),
        ({"ours": {"clip": "a", "supervised": "a"}}, "a model plays two roles"),
        ({"ours": ["a", "b"]}, "say what each model is in it, as {clip: MODEL, supervised: MODEL} or {vit-sup: MODEL"),
        ({"vit": ["a"]}, "1 model for the roles clip, supervised"),
        ({"a": {"clip": "a", "supervised": "b"}}, "a model is called so too"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_sentence(written, sentence):
    with pytest.raises(InputError, match=re.escape(sentence)):
        declared(written, ROLES, MODELS, "s.yaml:3")


def test_declared_groups_stand_beside_the_papers_or_in_their_place():
    found = declared({"ours": {"clip": "a", "supervised": "b"}, "vit": ["c", "d"]}, ROLES, MODELS, "s.yaml")
    marked = {name: GROUPS[name] for name in ("vit", "convnext")}
    assert [(one.name, one.members) for one in compared(marked, found)] == [
        ("convnext", GROUPS["convnext"]), ("ours", ("a", "b")), ("vit", ("c", "d"))
    ]  # fmt: skip
    assert list(compared({"four": GROUPS["four"]}, found)) == [Group("four", GROUPS["four"], "four")]


def test_findings_run_on_two_declared_pairs_that_share_a_model(house):
    house.suite()
    text = (house.path / "small.yaml").read_text()
    for name, accuracy in (("two", 0.6), ("three", 0.8)):
        house.suite(accuracy=accuracy, name=name)
        text = text.replace("one:", f"{name}: 'predictions:{name}-one.csv', one:", 1)
    text += "groups: {ours: {clip: two, supervised: one}, theirs: {clip: two, supervised: three}}\n"
    (house.path / "small.yaml").write_text(text)
    house.thresholds("small: {findings: {clip_is_overconfident: {model: ours, outcome: holds, because: test}}}\n")
    ran = house.pytest("-m", "findings", "-k", "overconfident", "--suite=small.yaml", "-v")
    assert "test_clip_is_overconfident[ours]" in ran.output, ran.output
    assert "test_clip_is_overconfident[theirs]" in ran.output
    assert "2 measurements: " in ran.output
    ran = house.pytest("-m", "findings", "-k", "overconfident", "--suite=small.yaml", "--model=one", "--model=two")
    assert "1 measurement: " in ran.output, ran.output

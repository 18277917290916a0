"""People in a suite: they stand among its models, and are compared with and not measured."""

import pytest

from fixtures.core.errors import InputError
from fixtures.models.pairs import pairs
from fixtures.suite.loader import load_suite

SUITE = """
suite: cues
classes: [ant, bee]
models:
  ours: predictions:ours.csv
  ann: {{source: 'observer:shape', role: {role}}}
datasets:
  cue_conflict: {{format: cue_conflict, path: ours.csv}}
"""
RULES = "cues: {agreement: {with_people: {min: 0, model: %s, because: test}}}\n"


@pytest.fixture
def folder(house):
    rows = [f"{one}{k}-{other}{k}.png,{one}\n" for k in range(40) for one, other in (("ant", "bee"), ("bee", "ant"))]
    (house.path / "ours.csv").write_text("".join(["imagename,object_response\n", *rows]))
    (house.path / "cues.yaml").write_text(SUITE.format(role="people"))
    return house


def test_people_are_no_models(folder):
    suite = load_suite(str(folder.path / "cues.yaml"))
    assert (list(suite.models), list(suite.people)) == (["ours"], ["ann"])


def test_another_role_is_a_mistake_with_its_line(folder):
    (folder.path / "cues.yaml").write_text(SUITE.format(role="persons"))
    with pytest.raises(InputError, match=r"cues.yaml:6: .*role.*people"):
        load_suite(str(folder.path / "cues.yaml"))


def test_one_person_is_agreed_with_and_has_nobody_to_agree_with(folder):
    folder.thresholds(RULES % "ours")
    ran = folder.pytest("-q", "-rs", "-m", "agreement", "--suite=cues.yaml")
    assert "suite cues has too few models in the role 'people' to compare with" in ran.output
    assert "with_people" in ran.output


def test_a_rule_about_a_person_is_a_mistake(folder):
    folder.thresholds(RULES % "ann")
    ran = folder.pytest("-q", "-m", "agreement", "--suite=cues.yaml")
    assert ran.code == 4
    assert "suite cues has no model 'ann' (one that you bring: --model ann=...); known: ours" in ran.output


def test_pairs_are_called_the_same_whatever_their_order():
    assert list(pairs(["vit", "convnext"])) == list(pairs(["convnext", "vit"])) == ["convnext~vit"]
    assert pairs(["one"]) == {}

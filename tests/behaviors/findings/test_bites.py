"""The room bites: recorded decisions that are, or are not, as the paper found, through the whole house."""

import re

import pytest

from tests.behaviors.findings.world import World
from tests.conftest import House

LAW = "rigged:\n  findings:\n    clip_is_less_texture_biased: {outcome: holds, because: a test}\n"
SUITE = """
suite: rigged
classes: [ant, bee, cat, dog]
models: {{{models}}}
datasets:
  {role}: {{format: cue_conflict, path: images.csv}}
"""


def furnish(house: House, parts: dict[str, str], role: str = "cue_conflict") -> None:
    """A suite of decisions; ``parts``: whose part each model plays."""
    world = World(plays=parts)
    for model in parts:
        said = world.says(model, "cue_conflict", "identity")
        notes = said.annotations
        names = [f"{a}-{b}" for a, b in zip(notes["shape_source"], notes["texture_source"], strict=True)]
        rows = {f"{name}.png": said.classes[best] for name, best in zip(names, said.predicted, strict=True)}
        table = "".join(f"{name},{choice}\n" for name, choice in rows.items())
        (house.path / f"{model}.csv").write_text(f"imagename,object_response\n{table}")
    (house.path / "images.csv").write_text("imagename\n" + "".join(f"{name}\n" for name in rows))
    models = ", ".join(f"{model}: 'predictions:{model}.csv'" for model in parts)
    (house.path / "rigged.yaml").write_text(SUITE.format(models=models, role=role))
    house.thresholds(LAW)


def run(house: House):
    return house.pytest("-m", "findings", "--suite=rigged.yaml")


def test_what_the_paper_found_passes(house):
    furnish(house, {"vit-clip": "vit-clip", "vit-sup": "vit-sup"})
    ran = run(house)
    assert ran.code == 0, ran.output
    assert re.search(r"pass +findings.clip_is_less_texture_biased +vit +cue_conflict +holds \+0\.\d+", ran.output)
    assert "convnext" not in ran.output.partition("measurements")[2]  # two of its models take no part


@pytest.mark.parametrize(
    ("parts", "came"),
    [
        ({"vit-clip": "convnext-sup", "vit-sup": "vit-clip"}, r"contradicted, difference -0\.\d+"),
        ({"vit-clip": "vit-sup", "vit-sup": "vit-sup"}, r"undecided, difference 0\.000"),
    ],
)
def test_the_contrary_and_the_same_fail_with_a_sentence(house, parts, came):
    furnish(house, parts)
    ran = run(house)
    assert ran.code == 1, ran.output
    sentence = rf"findings.clip_is_less_texture_biased: vit on cue_conflict: {came} \(\d+ images\); thresholds.yaml:3 "
    assert re.search(sentence + "expects: holds", ran.output)
    assert re.search(r"90 % interval .* \(two-way clusters \(\d+ x \d+\), Student's t\)", ran.output)


def test_without_a_rule_the_outcome_is_told_and_nothing_gated(house):
    furnish(house, {"vit-clip": "vit-clip", "vit-sup": "vit-sup"})
    house.thresholds("rigged: {}\n")
    ran = run(house)
    assert re.search(r"not gated +findings.clip_is_less_texture_biased +vit +cue_conflict +holds \+0\.", ran.output)


def test_a_suite_without_the_role_is_skipped_with_that_reason(house):
    furnish(house, {"vit-clip": "vit-clip", "vit-sup": "vit-sup"}, role="elsewhere")
    ran = run(house)
    assert ran.code == 1, ran.output
    assert "suite rigged has no dataset in the roles 'factors', 'cue_conflict', 'val'" in ran.output


def test_one_model_alone_has_nothing_to_be_compared_with(house):
    furnish(house, {"vit-clip": "vit-clip"})
    ran = run(house)
    assert ran.code == 5, ran.output


def test_a_bound_for_a_finding_is_refused(house):
    furnish(house, {"vit-clip": "vit-clip", "vit-sup": "vit-sup"})
    house.thresholds(LAW.replace("outcome: holds", "min: 0"))
    ran = run(house)
    assert ran.code == 4, ran.output
    assert (
        "thresholds.yaml:3: rigged.findings.clip_is_less_texture_biased is a claim: write 'outcome: holds'"
        in ran.output
    )


def collected(house: House, *models: str) -> list[str]:
    chosen = [part for model in models for part in ("--model", model)]
    ran = house.pytest("-m", "findings", "--collect-only", "-q", *chosen)
    return re.findall(r"test_findings.py::test_(\w+\[\w+\])", ran.output)


def test_findings_run_when_the_models_they_need_are_selected(house):
    assert len(collected(house)) == 24
    pair = collected(house, "vit-sup", "vit-clip")
    assert {test.partition("[")[2] for test in pair} == {"vit]"}
    assert "clip_is_less_texture_biased[vit]" in pair
    two = collected(house, "vit-sup", "convnext-sup")
    assert {test.partition("[")[2] for test in two} == {"supervised]"}
    assert "clip_transfers_best[four]" not in two
    assert collected(house, "vit-sup") == []

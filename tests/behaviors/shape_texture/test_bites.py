"""A model that goes by texture fails, one that goes by shape passes: with the whole house around them."""

import json
import re

import numpy as np
import pytest

from tests.behaviors.shape_texture.stimuli import CLASSES, leaning, names

LAW = """
small:
  shape_texture:
    shape_fraction: {min: 0.5, because: people go by shape}
    texture_fraction: {max: 0.5, because: texture is a shortcut}
    cue_accuracy: {min: 0.7, because: it should see one of the two}
"""


def part(name, side):
    return name.removesuffix(".png").split("-")[side].rstrip("12345")


IMAGES = names() + names(same=True)
MODELS = {
    "sound": leaning(np.random.default_rng(0), 0.9, 0.3, IMAGES, lost=0.05),
    "texture_only": [part(name, 1) for name in IMAGES],
    "shape_only": [part(name, 0) for name in IMAGES],
    "lost": [next(k for k in CLASSES if k not in (part(name, 0), part(name, 1))) for name in IMAGES],
    "agreeing_only": [part(n, 0) if part(n, 0) == part(n, 1) else "na" for n in IMAGES],
}


@pytest.fixture(scope="module")
def outcome(make_house, tmp_path_factory):
    """One run over all the models; model -> metric -> the verdict and the value in the table."""
    house = make_house(tmp_path_factory.mktemp("cues"))
    for model, answers in MODELS.items():
        rows = [
            f"{model},1,{k},NaN,{answer},{part(name, 0)},NaN,{name}"
            for k, (name, answer) in enumerate(zip(IMAGES, answers, strict=True), 1)
        ]
        header = "subj,session,trial,rt,object_response,category,condition,imagename"
        (house.path / f"{model}.csv").write_text("\n".join([header, *rows]) + "\n")
    suite = {
        "suite": "small",
        "classes": list(CLASSES),
        "models": {model: f"predictions:{model}.csv" for model in MODELS},
        "datasets": {"cue_conflict": {"format": "cue_conflict", "path": "sound.csv", "images": len(IMAGES)}},
    }
    (house.path / "small.yaml").write_text(json.dumps(suite))
    house.thresholds(LAW)
    return house.pytest("behaviors/shape_texture", "--suite=small.yaml", "-v", "-p", "no:cacheprovider")


def verdicts(outcome, model):
    line = rf"^(\S.*?)\s+shape_texture\.(\w+)\s+{model}\s+cue_conflict\s+(\S+)"
    return {metric: (verdict, value) for verdict, metric, value in re.findall(line, outcome.output, re.MULTILINE)}


def test_a_model_that_goes_by_texture_fails(outcome):
    assert outcome.code == 1, outcome.output
    found = verdicts(outcome, "texture_only")
    assert found["shape_fraction"] == ("FAIL", "0.000")
    assert found["texture_fraction"] == ("FAIL", "1.000")
    assert found["cue_accuracy"] == ("pass", "1.000")


@pytest.mark.parametrize("model", ["sound", "shape_only"])
def test_a_model_that_goes_by_shape_passes(outcome, model):
    found = verdicts(outcome, model)
    assert {metric: verdict for metric, (verdict, _) in found.items()} == dict.fromkeys(
        ("shape_fraction", "texture_fraction", "cue_accuracy"), "pass"
    )


@pytest.mark.parametrize("model", ["lost", "agreeing_only"])
def test_a_model_that_sees_neither_fails_and_has_no_fraction(outcome, model):
    """Images whose cues agree do not help; where the law demands a fraction and there is none, nothing is decided."""
    assert verdicts(outcome, model) == {
        "cue_accuracy": ("FAIL", "0.000"),
        "shape_fraction": ("inconclusive", "-"),
        "texture_fraction": ("inconclusive", "-"),
    }

"""The room bites: models that only know clean images fail its gates, a sound one passes."""

import re

import numpy as np
import pytest
from PIL import Image

MODELS = '''
"""Two classes: the left half is brighter, or the right half. One model looks at halves, one at a single pixel."""

from torchvision import transforms


def make(fragile):
    def run(images):
        import torch

        seen = images[:, :, :1, :1] - images[:, :, :1, -1:] if fragile else images[..., :16] - images[..., 16:]
        evidence = seen.mean((1, 2, 3))
        evidence = torch.where(evidence > 0.39, 1.0, -1.0) if fragile else evidence
        return torch.stack([evidence, -evidence], 1) * 20

    steps = [transforms.Resize(32), transforms.CenterCrop(32), transforms.ToTensor(), transforms.Normalize(0.0, 1.0)]
    seen = {"preprocess": transforms.Compose(steps), "class_names": ["ant", "bee"]}
    return {"model": run, "fingerprint": str(fragile), **seen}


def sound():
    return make(False)


def fragile():
    return make(True)
'''
SUITE = """
suite: small
classes: [ant, bee]
models: {sound: "python:rigged:sound", fragile: "python:rigged:fragile"}
datasets:
  val: {format: class_folders, path: val, role: [val, v2, a, renditions, sketch]}
  several: {format: csv, path: several.csv, role: [real, hard]}
  c: {format: corrupted, of: val}
"""
RULES = """
small:
  policy: point  # so few images decide nothing else
  robustness:
    accuracy: {min: 0.9, because: a test}
    corruption_accuracy: {min: 0.9, because: a test}
    mean_corruption_error: {max: 0.2, because: a test}
    average_accuracy: {min: 0.985, because: a test}
    relative_robustness: {min: 0.985, because: a test}
"""


@pytest.fixture(scope="module")
def ran(make_house, tmp_path_factory):
    """What pytest says of both models, once for all tests here."""
    house = make_house(tmp_path_factory.mktemp("robustness"))
    rng = np.random.default_rng(0)
    for label, name in enumerate(("ant", "bee")):
        folder = house.path / "val" / name
        folder.mkdir(parents=True)
        for k in range(10):
            pixels = np.full((32, 32, 3), 90.0) + rng.normal(0, 2, (32, 32, 3))
            pixels[:, 16 * label : 16 * label + 16] += 110
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / f"{k}.png")
    rows = [
        f"val/{name}/{k}.png,{name},{'0 1' if k < 2 else i}" for i, name in enumerate(("ant", "bee")) for k in range(10)
    ]
    (house.path / "several.csv").write_text("\n".join(["file_name,label,valid", *rows]) + "\n")
    (house.path / "rigged.py").write_text(MODELS)
    (house.path / "small.yaml").write_text(SUITE)
    house.thresholds(RULES)
    return house.pytest(
        "-m", "robustness", f"--suite={house.path}/small.yaml", "-v", XDG_CACHE_HOME=str(house.path / "cache")
    )


@pytest.mark.parametrize(
    "metric", ["corruption_accuracy", "mean_corruption_error", "average_accuracy", "relative_robustness"]
)
def test_a_model_that_looks_at_one_pixel_fails(ran, metric):
    assert re.search(rf"FAIL +robustness.{metric} +fragile", ran.output), ran.output
    assert re.search(rf"pass +robustness.{metric} +sound", ran.output), ran.output


def test_the_clean_images_do_not_tell_them_apart(ran):
    for model in ("fragile", "sound"):
        for role in ("val", "v2", "a", "renditions", "sketch", "real", "hard"):
            assert re.search(rf"pass +robustness.accuracy +{model} +{role} +1.0", ran.output), (model, role)
    assert ran.code == 1
    assert "relative to the errors of AlexNet on ImageNet-C" in ran.output


def test_a_wrong_model_fails_on_every_dataset(house):
    suite = house.suite(accuracy=0.5)
    house.thresholds("small: {robustness: {accuracy: {min: 0.6, because: a test}}}\n")
    ran = house.pytest("-k", "test_accuracy", f"--suite={suite}")
    assert ran.code == 1
    assert (
        "robustness.accuracy: one measured 0.500 on val (200 images); thresholds.yaml:1 demands at least 0.600"
        in ran.output
    )


def test_a_suite_without_variants_says_what_is_missing(house):
    ran = house.pytest("behaviors/robustness", "-k", "test_average", f"--suite={house.suite()}", "-rs")
    assert ran.code == 1
    for role in ("v2", "renditions", "c"):
        assert f"'{role}'" in ran.output

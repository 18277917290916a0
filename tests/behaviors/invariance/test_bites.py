"""Models that are blind to one kind of change fail its sweep, a sound one passes: with the whole house around them."""

import re

import numpy as np
import pytest
from PIL import Image

from behaviors.invariance.kinds import SWEEPS
from behaviors.invariance.metrics import MEASURES

MODELS = '''
"""Ants are red, bees are blue, in a white frame. A blind model says ant where what it goes by is not as usual."""

from torchvision import transforms

CROP = 56


def make(name, blind=None, sure=20):
    def run(images):
        import torch

        evidence = (images[:, 0] - images[:, 2]).flatten(1).mean(1) * sure
        if blind is not None:
            evidence = torch.where(blind(images), evidence.abs(), evidence)
        return torch.stack([evidence, -evidence], 1)

    steps = [transforms.Resize(64), transforms.CenterCrop(CROP), transforms.ToTensor(), transforms.Normalize(0.0, 1.0)]
    seen = {"preprocess": transforms.Compose(steps), "class_names": ["ant", "bee"]}
    return {"model": run, "fingerprint": name, **seen}


def sound():
    return make("sound")


def unsure():
    return make("unsure", sure=0.3)


def scale_blind():
    return make("scale_blind", lambda images: images[:, :, 0, 0].amin(1) < 0.5)


def shift_blind():
    return make("shift_blind", lambda images: images[:, :, images.shape[2] // 2, 0].amin(1) < 0.5)


def resolution_blind():
    return make("resolution_blind", lambda images: images[:, 0, 0, 0] * 0 + images.shape[-1] != CROP)
'''
NAMES = ("sound", "unsure", "scale_blind", "shift_blind", "resolution_blind")
SUITE = "suite: small\nclasses: [ant, bee]\nmodels: {%s}\ndatasets: {wide: {format: class_folders, path: wide}}\n"
LIMITS = {"accuracy": 0.9, "retained": 0.9, "true_probability": 0.76, "consistency": 0.9}
LAW = "small:\n  invariance:\n" + "".join(
    f"    {name}_{measure}: {{min: {limit}, because: a colour is easy}}\n"
    for name in SWEEPS
    for measure, limit in LIMITS.items()
)


@pytest.fixture(scope="module")
def outcome(make_house, tmp_path_factory):
    """One run over all the models."""
    house = make_house(tmp_path_factory.mktemp("sweeps"))
    for name, colour in (("ant", (200, 30, 30)), ("bee", (30, 30, 200))):
        folder = house.path / "wide" / name
        folder.mkdir(parents=True)
        for k in range(15):
            pixels = np.full((64, 64, 3), 255, dtype=np.uint8)
            pixels[8:56, 8:56] = (colour[0], colour[1] + k, colour[2])
            Image.fromarray(pixels).save(folder / f"{k}.png")
    (house.path / "rigged.py").write_text(MODELS)
    (house.path / "small.yaml").write_text(SUITE % ", ".join(f'{name}: "python:rigged:{name}"' for name in NAMES))
    house.thresholds(LAW)
    run = ("behaviors/invariance/test_invariance.py", f"--suite={house.path}/small.yaml", f"--store={house.path}/store")
    return house.pytest(*run, "-v", "-p", "no:cacheprovider")


def verdicts(outcome, model):
    line = rf"^(\S.*?)\s+invariance\.(\w+)\s+{model}\s+wide\s+(\S+)"
    return {metric: verdict for verdict, metric, _ in re.findall(line, outcome.output, re.MULTILINE)}


def expected(*failing, measures=MEASURES):
    return {f"{name}_{m}": "FAIL" if name in failing and m in measures else "pass" for name in SWEEPS for m in MEASURES}


def test_a_sound_model_passes(outcome):
    assert outcome.code == 1
    assert verdicts(outcome, "sound") == expected(), outcome.output


@pytest.mark.parametrize(
    ("model", "failing"),
    [
        ("scale_blind", ("scale",)),
        ("shift_blind", ("shift", "scale")),
        ("resolution_blind", ("resolution", "low_resolution")),
    ],
)
def test_a_model_that_is_blind_to_one_kind_of_change_fails_there(outcome, model, failing):
    """What a zoom moves out of sight is as far away as what a shift does."""
    assert verdicts(outcome, model) == expected(*failing), outcome.output


def test_a_model_that_is_right_and_never_sure_fails_on_probability_alone(outcome):
    assert verdicts(outcome, "unsure") == expected(*SWEEPS, measures=("true_probability",)), outcome.output

"""What a user may bring in that cannot be used: one sentence that says who, what and where, and never exit code 0."""

import os

import numpy as np
import pytest
from PIL import Image

FACTORY = """
import torch
from torch import nn


class Net(nn.Module):
    '''Two classes by brightness; confident without reason when told so.'''

    def __init__(self, scale, outputs, broken):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(float(scale)))
        self.broken, self.number = broken, outputs
        self.preprocess = prepare
        self.class_names = [f"class{k}" for k in range(outputs)]

    def forward(self, batch):
        light = batch.mean(dim=(1, 2, 3)) - 0.5
        logits = torch.stack([-light, light] + [light * 0 - 9] * (self.number - 2), dim=1) * self.weight
        return logits * float("nan") if self.broken else logits


def prepare(image):
    pixels = torch.frombuffer(bytearray(image.resize((8, 8)).tobytes()), dtype=torch.uint8)
    return pixels.view(8, 8, 3).permute(2, 0, 1) / 255


def factory(scale=8, outputs=2, broken=False):
    return Net(scale, outputs, broken)
"""


@pytest.fixture
def photos(house):
    """A suite of 40 dark and 40 bright pictures in folders, a quarter of them in the wrong one."""
    generator = np.random.default_rng(3)
    for k, shade in enumerate((70, 185)):
        folder = house.path / "photos" / f"class{k}"
        folder.mkdir(parents=True)
        for index in range(40):
            level = shade if index % 4 else 255 - shade
            pixels = np.clip(generator.normal(level, 20, (8, 8, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"{index:02d}.png")
    (house.path / "mynet.py").write_text(FACTORY)
    (house.path / "photos.yaml").write_text(
        "suite: photos\n"
        "classes: [class0, class1]\n"
        "models: {net: 'python:mynet:factory'}\n"
        "datasets: {val: {format: class_folders, path: photos, images: 80}}\n"
    )
    house.thresholds("photos: {calibration: {ece: {max: 0.12, dataset: val, because: test}}}\n")
    return house


def gate(house, *more):
    return house.pytest("-k", "test_ece and val", "--suite=photos.yaml", *more)


def test_a_calibrated_network_passes_and_an_overconfident_one_fails(photos):
    fine = gate(photos, "--model", "net=python:mynet:factory?scale=2.5")
    assert fine.code == 0, fine.output
    rigged = gate(photos, "--model", "net=python:mynet:factory?scale=60")
    assert rigged.code == 1
    assert "calibration.ece: net measured 0.2" in rigged.output
    assert "(80 images); thresholds.yaml:1 allows at most 0.120" in rigged.output


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("net=python:mynet:factory?broken=true", "class0/00.png"),
        ("net=python:mynet:factory?outputs=3", "class"),
        ("net=python:mynet:nothing", "nothing"),
        ("net=python:nowhere:factory", "nowhere"),
    ],
    ids=["nan", "other-classes", "no-factory", "no-module"],
)
def test_a_network_that_cannot_be_used(photos, model, sentence):
    ran = gate(photos, "--model", model)
    assert ran.code == 1
    assert sentence in ran.output
    assert "Traceback" not in ran.output
    assert "1 error" in ran.output


def test_an_image_that_cannot_be_read_is_named(photos):
    path = photos.path / "photos" / "class1" / "07.png"
    path.write_bytes(path.read_bytes()[:60])
    ran = gate(photos)
    assert ran.code == 1
    assert "class1/07.png" in ran.output
    assert "Traceback" not in ran.output


def test_half_a_dataset_is_refused(photos):
    for path in (photos.path / "photos" / "class1").glob("2*.png"):
        path.unlink()
    ran = gate(photos)
    assert ran.code == 1
    assert "70 images" in ran.output
    assert "80 are declared" in ran.output


def test_another_class_folder_is_refused(photos):
    os.rename(photos.path / "photos" / "class1", photos.path / "photos" / "clas1")
    ran = gate(photos)
    assert ran.code == 1
    assert "clas1" in ran.output
    assert "class1" in ran.output


def test_a_pickle_is_never_run(photos):
    trap = (
        "import os, pickle\n"
        "class Trap:\n"
        "    def __reduce__(self):\n"
        "        return (os.mkdir, ('sprung',))\n"
        "open('trap.pth', 'wb').write(pickle.dumps(Trap()))\n"
    )
    (photos.path / "make.py").write_text(trap)
    assert os.system(f"cd {photos.path} && python3 make.py") == 0
    ran = gate(photos, "--model", "net=timm:test_vit?checkpoint=trap.pth")
    assert ran.code in {1, 4}
    assert "trap.pth" in ran.output
    assert not (photos.path / "sprung").exists()

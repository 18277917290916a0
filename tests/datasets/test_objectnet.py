"""ObjectNet's folders and mapping files: which images take part, what is right for them, and what is cut off."""

import json

import numpy as np
import pytest
from PIL import Image

from fixtures.core.errors import InputError
from fixtures.suite.loader import load_suite

NAMES = {"tench": 0, "analog clock": 409, "digital clock": 530, "street sign": 919}


@pytest.fixture
def root(tmp_path):
    """Three objects, one of them of two classes and one of none; each image has a red border of two pixels."""
    home = tmp_path / "data" / "objectnet-1.0"
    for k, folder in enumerate(("alarm_clock", "air_freshener", "street_sign")):
        for n in range(2):
            pixels = np.full((12, 10, 3), (255, 0, 0), dtype=np.uint8)
            pixels[2:-2, 2:-2] = 40 * k + n
            (home / "images" / folder).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(home / "images" / folder / f"{n}.png")
    order = sorted(NAMES)  # ImageNet's own, which is not that of the outputs
    labels = {"alarm_clock": "Alarm clock", "air_freshener": "Air freshener", "street_sign": "Street sign"}
    files = {
        "folder_to_objectnet_label.json": json.dumps(labels),
        "objectnet_to_imagenet_1k.json": json.dumps(
            {"Alarm clock": "analog clock; digital clock", "Street sign": "street sign"}
        ),
        "pytorch_to_imagenet_2012_id.json": json.dumps({str(NAMES[name]): k for k, name in enumerate(order)}),
        "imagenet_to_label_2012_v2": "\n".join(order) + "\n",
    }
    (home / "mappings").mkdir()
    for name, text in files.items():
        (home / "mappings" / name).write_text(text)
    return home


def opened(tmp_path, path="data"):
    (tmp_path / "my.yaml").write_text(
        f"suite: my\nclasses: imagenet-1k\ndatasets:\n  objects: {{format: objectnet, path: {path}, images: 4}}\n"
    )
    return load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("objects")


@pytest.mark.parametrize("path", ["data", "data/objectnet-1.0", "data/objectnet-1.0/images"])
def test_images_of_imagenets_classes_take_part_without_their_border(root, tmp_path, path):
    dataset = opened(tmp_path, path)
    assert dataset.ids == ("alarm_clock/0.png", "alarm_clock/1.png", "street_sign/0.png", "street_sign/1.png")
    assert dataset.labels.tolist() == [409, 409, 919, 919]
    assert dataset.annotations["valid"].tolist() == ["409 530", "409 530", "919", "919"]
    inside = np.asarray(dataset.load(3))
    assert inside.shape == (8, 6, 3)
    assert (inside == 81).all()
    [others] = dataset.manifest().left_out
    assert str(others).startswith("of an object that is no class of ImageNet's: 2 (air_freshener/0.png")


def test_the_border_is_part_of_the_identity(root, tmp_path):
    (tmp_path / "my.yaml").write_text(
        "suite: my\nclasses: imagenet-1k\ndatasets:\n"
        "  whole: {format: csv, path: data/objectnet-1.0/images, labels: four.csv}\n"
        "  objects: {format: objectnet, path: data}\n"
    )
    (tmp_path / "four.csv").write_text(
        "file_name,label,class,object,valid\n"
        + "".join(f"alarm_clock/{n}.png,409,alarm_clock,alarm_clock,409 530\n" for n in range(2))
        + "".join(f"street_sign/{n}.png,919,street_sign,street_sign,919\n" for n in range(2))
    )
    suite = load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache")
    assert suite.dataset("whole").manifest().digest != suite.dataset("objects").manifest().digest


@pytest.mark.parametrize("kind", ["no mappings", "unknown name", "unknown folder"])
def test_what_does_not_go_together_is_said(root, tmp_path, kind):
    if kind == "no mappings":
        (root / "mappings" / "objectnet_to_imagenet_1k.json").unlink()
    if kind == "unknown name":
        (root / "mappings" / "objectnet_to_imagenet_1k.json").write_text('{"Alarm clock": "sundial"}')
    if kind == "unknown folder":
        (root / "images" / "alarm_clock").rename(root / "images" / "clock")
    words = {
        "no mappings": "do not say",
        "unknown name": "do not say .*sundial",
        "unknown folder": "does not name: clock",
    }
    with pytest.raises(InputError, match=words[kind]):
        opened(tmp_path)

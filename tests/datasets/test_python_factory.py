"""Format ``python``: what a function of the user's gives is a dataset; what it may not do is one sentence."""

import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from fixtures.core.errors import InputError
from fixtures.suite.loader import load_suite
from tests.datasets.pictures import picture

ROOT = Path(__file__).parents[2]
START = """
import random
import numpy as np
from PIL import Image

SHOWN = []
PIXELS = np.random.default_rng(0).integers(0, 256, (6, 5, 7, 3), dtype=np.uint8)
LABELS = [2, 0, 1, 1, 0, 2]


class Counted(list):
    def __getitem__(self, index):
        SHOWN.append(index)
        return super().__getitem__(index)


class Pairs(list):
    classes = ["gear", "dog", "cat"]


class Drawn:
    def __len__(self):
        return 6

    def __getitem__(self, index):
        return PIXELS[index] // random.randint(1, 9)


def given(**changes):
    return {"images": Counted(PIXELS), "labels": LABELS, **changes}

"""
BLOCK = "{format: python, factory: %s%s}"
NUMBER = iter(range(10_000))


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A dataset whose factory has this body; in a module of its own each time, unless another is named."""
    monkeypatch.setattr(sys, "path", [*sys.path])

    def read(body, keys="", name="", options=""):
        name = name or f"data_{next(NUMBER)}"
        (tmp_path / f"{name}.py").write_text(f"{START}def make({options}):\n    {body}\n")
        sys.modules.pop(name, None)
        return again(f"{name}.py:make", keys)

    def again(target, keys=""):
        text = f"suite: my\nclasses: [cat, dog, gear]\ndatasets:\n  val: {BLOCK % (target, keys)}\n"
        (tmp_path / "my.yaml").write_text(text)
        return load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("val")

    read.again = again
    return read


def pixels():
    return np.random.default_rng(0).integers(0, 256, (6, 5, 7, 3), dtype=np.uint8)


def test_a_mapping(opened):
    body = "return given(ids=list('abcdef'), annotations={'depth': np.arange(6) / 2, 'wet': [True, False] * 3})"
    found = opened(body, ", images: 6, size: [7, 5]")
    assert found.ids == tuple("abcdef")
    assert found.labels.tolist() == [2, 0, 1, 1, 0, 2]
    assert found.annotations["depth"].tolist() == [0, 0.5, 1, 1.5, 2, 2.5]
    assert found.annotations["wet"].dtype == np.bool_
    assert_array_equal(np.asarray(found.load(3)), pixels()[3])


@pytest.mark.parametrize(
    "images",
    [
        "Image.fromarray(PIXELS[k])",
        "PIXELS[k]",
        "PIXELS[k, ..., 0]",
        "f'{k}.png'",
        "__import__('pathlib').Path(__file__).with_name(f'{k}.png').read_bytes()",
    ],
    ids=["pillow", "array", "grey", "path", "bytes"],
)
def test_images_of_each_kind(opened, tmp_path, images):
    for k in range(6):
        picture(tmp_path / f"{k}.png", seed=k)
    found = opened(f"return given(images=[{images} for k in range(6)])")
    shown = np.asarray(found.load(2))
    if "png" in images:
        assert_array_equal(shown, np.asarray(Image.open(tmp_path / "2.png")))
    else:
        assert_array_equal(shown, np.repeat(pixels()[2, ..., :1], 3, 2) if "0]" in images else pixels()[2])


def test_pairs_as_torch_has_them_whose_classes_are_named(opened):
    found = opened("return Pairs((PIXELS[k], LABELS[k]) for k in range(6))")
    assert found.labels.tolist() == [0, 2, 1, 1, 2, 0]
    assert_array_equal(np.asarray(found.load(5)), pixels()[5])


def test_options_tell_the_parts_of_a_task_apart(tmp_path, opened):
    body = "return given(images=PIXELS if part == 'train' else 255 - PIXELS)"
    opened(body, ", options: {part: train}", name="parts", options="part")
    block = '{format: python, factory: "parts.py:make", options: {part: "{split}"}}'
    (tmp_path / "t.yaml").write_text(f"suite: t\nclasses: [x]\ntasks:\n  t: {block}\n")
    suite = load_suite(str(tmp_path / "t.yaml"), tmp_path / "cache")
    assert suite.dataset("probe_t_test").classes == ("0", "1", "2")
    assert_array_equal(np.asarray(suite.dataset("probe_t_test").load(0)), 255 - pixels()[0])


def test_pixels_labels_ids_and_code_are_the_content(opened):
    digest = opened("return given()", name="same").manifest().digest
    assert opened("return given()", name="same").manifest().digest == digest
    changes = ("images=255 - PIXELS", "labels=[0] * 6", "ids=list('abcdef')", "annotations={'wet': [True] * 6}")
    for change in changes:
        assert opened(f"return given({change})", name="same").manifest().digest != digest
    assert opened("return given()  # the same", name="same").manifest().digest != digest


def test_what_is_vouched_for_is_looked_at_once(opened):
    found = opened("return given(fingerprint='1')", name="vouched").manifest()
    shown = sys.modules["vouched"].SHOWN
    assert len(shown) > 6
    shown.clear()
    assert opened.again("vouched.py:make").manifest() == found
    assert shown == []
    opened("return given(fingerprint='2')", name="vouched")
    assert len(sys.modules["vouched"].SHOWN) > 6


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 1", "the factory gave a int; it must give a mapping with 'images' and 'labels', or a dataset whose"),
        ("return [1, 2]", "entry 0 is a int, not a pair (image, label)"),
        ("return {'images': PIXELS}", "the factory gave a mapping without labels; it may have images, labels, ids,"),
        ("return given(names=1)", "the factory gave a mapping with names; it may have images"),
        ("return given(images=(p for p in PIXELS))", "'images' is a generator, not a list or the like"),
        ("return given(labels=LABELS[1:])", "gave 6 images and 5 labels"),
        ("return given(labels=[3] * 6)", "00000: label 3 is out of range; there are 3 classes, 0 to 2"),
        ("return given(labels=[0.5] * 6)", "label '0.5' is no class"),
        ("return given(ids=list('abcdea'))", "'ids' must name each image, once; not so does 'a'"),
        ("return given(annotations={'far': np.eye(6)})", "not so is 'far', float64 of shape (6, 6)"),
        ("return given(images=[1] * 6)", "image 0 (00000) is a int; it must be a PIL image"),
        ("return given(images=PIXELS / 255)", "image 0 (00000) is a float64 array of shape (5, 7, 3); it must be"),
        ("return given(images=[], labels=[])", "no images in"),
        ("raise OSError('no disk')", "the factory failed (OSError: no disk)"),
        (
            "import sys; sys.exit(3)",
            "the factory failed (it calls sys.exit(3): what a script does belongs under __main__)",
        ),
        (
            "return given(labels=random.sample(LABELS, 6))",
            "gives other labels each time it is called; seed",
        ),
        (
            "return given(annotations={'x': np.random.rand(6)})",
            "gives other x each time it is called; seed",
        ),
        ("return given(images=Drawn())", "is another each time it is asked for; seed what it draws by the image"),
        ("return given(images=PIXELS // np.random.randint(1, 99))", "is another each time it is asked for; seed what"),
        ("return given(fingerprint=random.random())", "gives other fingerprint each time it is called"),
    ],
)
def test_what_a_factory_may_not_do(opened, body, said):
    with pytest.raises(InputError) as caught:
        opened(body)
    assert str(caught.value).startswith("my.yaml:4: dataset 'val': ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_it_draws_leaves_no_trace(opened):
    np.random.seed(5)  # noqa: NPY002
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    opened("return given(images=np.random.default_rng(1).permutation(PIXELS) + 0 * np.random.randint(9)) ")
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_a_function_that_is_not_there(opened, tmp_path):
    (tmp_path / "json.py").write_text("make = 1\n")
    (tmp_path / "plain.py").write_text("make = 1\n")
    for target, said in {
        "gone.py:make": f"there is no file {tmp_path}/gone.py",
        "plain.py:nope": "the module plain has no 'nope'",
        "plain.py:make": "make is a int, not a function that makes a dataset",
        "json.py:make": "another module is called 'json'",
        "no_such_module.x:make": "the module no_such_module.x cannot be imported",
        "plain": "'datasets.val.factory': must be 'file.py:function' or 'package.module:function'",
    }.items():
        with pytest.raises(InputError) as caught:
            opened.again(target)
        assert said in str(caught.value), target


def test_the_example_runs(house):
    for name in ("own_data.py", "own_data.yaml"):
        (house.path / name).write_text((ROOT / "examples" / name).read_text())
    house.thresholds("own_data: {calibration: {ece: {max: 0.1, dataset: val, because: test}}}\n")
    ran = house.pytest("-k", "test_ece and val", "--suite=own_data.yaml")
    assert ran.code == 0, ran.output
    assert "images: 797 of 797 in 1 dataset" in ran.output

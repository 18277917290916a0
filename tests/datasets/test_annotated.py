"""More about a dataset's images: joined by their names, and predicted no second time."""

import json

import numpy as np
import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.derived.annotated import annotate
from fixtures.datasets.derived.sample import sample
from fixtures.predictions.plan import Plan, render
from fixtures.predictions.request import Request
from fixtures.suite.loader import load_suite
from tests.datasets.pictures import age, picture
from tests.predictions.fakes import noise, provider, shelf

SETS = [[0], [1, 2], [], [1], [2], [0, 2]]
"""The right classes of the images 1 to 6, whose own are 0, 1, 2, 0, 2, 0 and one cannot be read."""
LABELS = (0, 1, 2, 0, 2, 0)
SUITE = """\
suite: my
classes: [cat, dog, gear]
datasets:
  val: {{format: csv, path: data, labels: labels.csv, tolerance: 0.2}}
  real: {{format: annotated, of: val, {}}}
"""


def name(number: int) -> str:
    return f"ILSVRC2012_val_{number:08d}.png"


@pytest.fixture
def load(tmp_path):
    """The validation set in folders of its own, the third image of it cut off."""
    rows = [f"{label}x/{name(number)}" for number, label in enumerate(LABELS, 1)]
    for number, path in enumerate(rows):
        picture(tmp_path / "data" / path, seed=number)
    cut = tmp_path / "data" / rows[2]
    cut.write_bytes(cut.read_bytes()[:-40])
    age(cut)
    lines = (f"{path},{label}\n" for path, label in zip(rows, LABELS, strict=True))
    (tmp_path / "labels.csv").write_text("file_name,label\n" + "".join(lines))

    def read(line="label_sets: real.json", sets=SETS):
        (tmp_path / "real.json").write_text(sets if isinstance(sets, str) else json.dumps(sets))
        (tmp_path / "my.yaml").write_text(SUITE.format(line))
        return load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache")

    return read


def test_label_sets_find_their_images_by_number(load):
    suite = load()
    val, real = suite.dataset("val"), suite.dataset("real")
    assert real.annotations["valid"].tolist() == ["0", "1 2", "1", "2", "0 2"]  # not the one that cannot be read
    assert (real.name, real.ids, real.labels.tolist()) == ("real", val.ids, val.labels.tolist())
    assert real.manifest().unreadable == val.manifest().unreadable == (f"2x/{name(3)}",)
    assert real.manifest().digest != val.manifest().digest
    assert real.base is val  # which is opened once


def complaint(suite) -> str:
    with pytest.raises(InputError) as caught:
        suite.dataset("real")
    return str(caught.value).removeprefix("my.yaml:5: dataset 'real': label_sets: ")


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        (SETS[:-1], "{path} has 5 label sets, and the dataset 6 images; there is none for image 00000006"),
        ([*SETS, [1]], "{path} has 7 label sets, and the dataset 6 images; it has no image 00000007"),
        ([*SETS[:-1], [3]], "{path}: entry 5 holds 3; classes are 0 to 2"),
        ([*SETS[:-1], [-1]], "{path}: entry 5 holds -1; classes are 0 to 2"),
        ([*SETS[:-1], 2], "{path}: entry 5 must be a list of class indices, and holds 2"),
        ([*SETS[:-1], ["dog"]], "{path}: entry 5 must be a list of class indices, and holds 'dog'"),
        ([*SETS[:-1], [True]], "{path}: entry 5 must be a list of class indices, and holds True"),
        ({"a": 1}, "{path} must hold a list of lists, the right classes of each image: [[65], [], ...]"),
        ("[[0]", "{path} cannot be read as JSON"),
        (
            [*SETS[1:], [1]],
            "of 4 label sets in {path} that are not empty, 1 hold the label that 'val' has for the image: are they",
        ),
    ],
)
def test_label_sets_that_are_none_or_of_other_images(load, tmp_path, sets, expected):
    found = complaint(load(sets=sets))
    assert found.startswith(expected.format(path=tmp_path / "real.json"))


def test_images_without_a_number(load, tmp_path):
    (tmp_path / "labels.csv").write_text("file_name,label\nsome.png,0\n")
    picture(tmp_path / "data" / "some.png")
    assert complaint(load()).endswith("00000001 and so on; not called so are some.png")


def test_factors_are_joined_by_name(load, tmp_path):
    rows = [{"file_name": name(number), "pose": int(number == 2), "style": 0} for number in range(1, 7)]
    (tmp_path / "factors.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    line = "annotations: {source: factors.jsonl, prototypes: none}"
    real = load(line).dataset("real")
    assert real.annotations["pose"].tolist() == [False, True, False, False, False]
    rows[0]["file_name"] = "unknown.png"
    (tmp_path / "factors.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "annotates 1 image that the dataset does not have: unknown.png" in complaint(load(line))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("images: 3", "my.yaml:5: unknown key 'datasets.real.images'"),
        ("role: x", "my.yaml:5: 'datasets.real': needs either 'label_sets' or 'annotations'"),
        ("label_sets: a, annotations: b", "my.yaml:5: 'datasets.real': needs either 'label_sets' or 'annotations'"),
        ("label_sets: none.json", "my.yaml:5: dataset 'real': label_sets: {tmp}/none.json is not there"),
    ],
)
def test_what_a_suite_cannot_say(load, tmp_path, line, expected):
    with pytest.raises(InputError) as caught:
        load(line)
    assert str(caught.value).startswith(expected.format(tmp=tmp_path))


def test_a_dataset_that_is_not_there(load, tmp_path):
    load()
    (tmp_path / "my.yaml").write_text(SUITE.format("label_sets: real.json").replace("of: val", "of: vall"))
    with pytest.raises(InputError, match="of: no dataset 'vall' stands above it; there is val"):
        load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache")


def known(base, column="depth"):
    return annotate("known", base, lambda ids: {column: np.arange(len(ids))}, "here")


def test_nothing_is_predicted_twice(tmp_path):
    models = shelf("one")
    asked = provider(tmp_path, models, noise(), known(noise()))
    requests = [Request("one", "noise"), Request("one", "known")]
    assert "1 predictions of 50 images: 0 stored, 1 missing" in render(Plan.of(asked, requests))
    plain, more = map(asked.get, requests)
    assert [(line.predicted, line.images) for line in asked.log] == [(50, 50), (0, 50)]
    assert sum(models.networks["one"].passes) == 50
    assert more.annotations["depth"].tolist() == list(range(50))
    assert more.annotations["even"].tolist() == plain.annotations["even"].tolist()
    assert "depth" not in plain.annotations
    assert more.top_classes.tolist() == plain.top_classes.tolist()


def test_nor_where_the_annotated_one_comes_first_or_is_a_sample(tmp_path):
    models = shelf("one")
    asked = provider(tmp_path, models, known(noise()), noise(), max_images=20)
    asked.get(Request("one", "known"))
    asked.get(Request("one", "noise"))
    assert sum(models.networks["one"].passes) == 20
    assert sample(known(noise()), 20).manifest().digest != sample(noise(), 20).manifest().digest


def test_other_images_are_predicted(tmp_path):
    models = shelf("one")
    asked = provider(tmp_path, models, noise(), known(noise(content="b")))
    asked.get(Request("one", "noise"))
    asked.get(Request("one", "known"))
    assert sum(models.networks["one"].passes) == 100


def test_a_name_that_is_taken():
    with pytest.raises(InputError, match="here: the dataset 'noise' has annotations of these names already: even"):
        known(noise(), "even")


def test_a_part_of_the_images_where_that_will_do(load, tmp_path):
    load(sets=[*SETS, [1]])
    suite = load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache", partial=True)
    assert suite.dataset("real").annotations["valid"].tolist() == ["0", "1 2", "1", "2", "0 2"]

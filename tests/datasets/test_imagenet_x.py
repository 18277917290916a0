"""ImageNet-X's annotations find their images by file name; whatever does not fit is refused in one sentence."""

import importlib.util
import json
import sys

import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.derived.imagenet_x import FILE, PROTOTYPES, FactorFile, join, published
from fixtures.suite.loader import load_suite
from tests.datasets.pictures import folders

IDS = ("cat/a.png", "cat/b.png", "dog/c.png")
ROWS = [("a.png", 1, 0), ("c.png", 0, 1)]
WORDS = {"class": 7, "justification": "a cat\u2028on a mat", "one_word": None, "metalabel": "pet"}


def line(name, pose, texture, **others):
    return json.dumps({"file_name": name, **WORDS, "pose": pose, "texture": texture, **others}, ensure_ascii=False)


def write(path, rows=ROWS, prototypes=("c.png",), more=()):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*(line(*row) for row in rows), *more, ""]), encoding="utf-8")
    listed = path.parent / PROTOTYPES
    listed.write_text("\n".join(["file_name", *prototypes]) + "\n")
    return FactorFile(path, listed, top=True)


def test_images_are_found_by_the_last_part_of_their_ids(tmp_path):
    columns = join(IDS, write(tmp_path / "x.jsonl"), "here")
    assert {name: values.tolist() for name, values in columns.items()} == {
        "pose": [True, False, False],
        "texture": [False, False, True],
        "prototype": [False, False, True],
        "annotated": [True, False, True],
    }
    assert all(values.dtype == bool for values in columns.values())


def test_several_factors_where_all_are_named(tmp_path):
    file = write(tmp_path / "x.jsonl", [("a.png", 1, 1)], ("a.png",))
    columns = join(IDS, FactorFile(file.path, None, top=False), "here")
    assert (columns["pose"][0], columns["texture"][0], columns["prototype"].any()) == (True, True, False)


def test_the_order_of_the_columns_of_a_line_does_not_matter(tmp_path):
    file = write(tmp_path / "x.jsonl", more=['{"texture": true, "pose": false, "file_name": "b.png"}'])
    assert join(IDS, file, "here")["texture"].tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("rows", "more", "sentence"),
    [
        ([*ROWS, ("a.png", 0, 0)], (), r"here: .*x\.jsonl:3: 'a\.png' is annotated a second time"),
        ([*ROWS, ("z.png", 0, 0)], (), r"annotates 1 image that the dataset does not have: z\.png; .*'partial: true'"),
        ([("y.png", 1, 0)], (), r"annotates none of the dataset's images; it has y\.png, the dataset a\.png, b\.png"),
        ([("a.png", 1, 1)], (), r"x\.jsonl:1: 'a\.png' has several top factors \(pose, texture\); is it a file for"),
        ([("a.png", 2, 0)], (), r"x\.jsonl:1: 'a\.png': factor 'pose' is 2, not 0 or 1"),
        ([("a.png", None, 0)], (), "factor 'pose' is None, not 0 or 1"),
        ([("a.png", "1", 0)], (), "factor 'pose' is '1', not 0 or 1"),
        (ROWS, ["{"], r"x\.jsonl:3: is no line of JSON"),
        (ROWS, ["[1]"], r"x\.jsonl:3: names no image; 'file_name' must"),
        (ROWS, ['{"pose": 1}'], "names no image"),
        (ROWS, ['{"file_name": 3, "pose": 1}'], "names no image"),
        (ROWS, ['{"file_name": "b.png"}'], r"'b\.png': there is no factor"),
        (ROWS, ['{"file_name": "b.png", "pose": 1}'], r"'b\.png' has other factors than the first image: texture"),
        ([], (), "has no annotations"),
    ],
)
def test_annotations_that_are_none(tmp_path, rows, more, sentence):
    with pytest.raises(InputError, match=sentence):
        join(IDS, write(tmp_path / "x.jsonl", rows, more=more), "here")


def test_a_part_of_the_annotated_images_must_be_meant(tmp_path):
    file = write(tmp_path / "x.jsonl", [*ROWS, ("z.png", 0, 0)], ("c.png", "z.png"))
    columns = join(IDS, FactorFile(file.path, file.prototypes, top=True, partial=True), "here")
    assert columns["annotated"].tolist() == [True, False, True]
    assert columns["prototype"].tolist() == [False, False, True]


@pytest.mark.parametrize("prototypes", [("z.png",), ("c.png", "z.png")])
def test_prototypes_must_be_images(tmp_path, prototypes):
    file = write(tmp_path / "x.jsonl", prototypes=prototypes)
    with pytest.raises(InputError, match=r"names 1 prototype that the dataset does not have: z\.png"):
        join(IDS, file, "here")


def test_a_file_name_belongs_to_one_image(tmp_path):
    with pytest.raises(InputError, match=r"go by file name, and several images are called a\.png"):
        join(("cat/a.png", "dog/a.png"), write(tmp_path / "x.jsonl"), "here")


def test_files_that_are_no_text(tmp_path):
    file = write(tmp_path / "x.jsonl")
    file.path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"x\.jsonl cannot be read"):
        join(IDS, file, "here")


@pytest.fixture
def pets(tmp_path):
    """A suite of two folders of images, with what it says of annotations."""
    folders(tmp_path / "data", "cat", "dog")
    for path in list((tmp_path / "data" / "dog").iterdir()):
        path.rename(path.with_name(f"dog-{path.name}"))
    names = sorted(path.name for path in (tmp_path / "data").rglob("*.png"))
    rows = [(name, int(k == 0), int(k == 1)) for k, name in enumerate(names)]
    for which in ("top", "multi"):
        write(tmp_path / "published" / FILE.format(which=which), rows if which == "top" else rows[::-1][:3], names[3:])

    def read(annotations, form="class_folders"):
        written = {"format": form, "path": "data", "annotations": annotations}
        suite = {"suite": "pets", "classes": ["cat", "dog"], "datasets": {"val": written}}
        (tmp_path / "pets.yaml").write_text(json.dumps(suite))
        return load_suite(str(tmp_path / "pets.yaml"), cache=tmp_path / "cache").dataset("val")

    return read


def test_a_folder_of_published_files(pets):
    top = pets("published")
    assert set(top.annotations) == {"pose", "texture", "prototype", "annotated"}
    assert top.annotations["annotated"].all()
    assert top.annotations["prototype"].sum() == 1
    multi = pets({"source": "published", "which": "multi"})
    assert multi.annotations["annotated"].sum() == 3
    assert multi.manifest().digest != top.manifest().digest


def test_a_file_of_ones_own_says_which_are_prototypes(pets, tmp_path):
    own = f"published/{FILE.format(which='top')}"
    with pytest.raises(InputError, match=r"pets\.yaml:\d+: dataset 'val': annotations: which images are prototypes"):
        pets(own)
    assert not pets({"source": own, "prototypes": "none"}).annotations["prototype"].any()
    listed = pets({"source": own, "prototypes": f"published/{PROTOTYPES}", "which": "top"})
    assert listed.annotations["prototype"].sum() == 1
    with pytest.raises(InputError, match="prototypes: there is no file"):
        pets({"source": own, "prototypes": "elsewhere.csv"})


@pytest.mark.parametrize(
    ("annotations", "sentence"),
    [
        ("elsewhere", r"elsewhere is not there; 'imagenet_x' is the word for the installed package"),
        ("data", r"there is no file .*imagenet_x_val_top_factor\.jsonl"),
        ({"source": "published", "prototypes": "none"}, "'prototypes' goes with a file of annotations"),
        ({"source": "published", "which": "best"}, "which"),
        ({"source": "published", "factor": "pose"}, "factor"),
    ],
)
def test_what_a_suite_cannot_say(pets, annotations, sentence):
    with pytest.raises(InputError, match=sentence):
        pets(annotations)


def test_a_column_of_the_table_is_not_replaced(pets, tmp_path):
    names = sorted(path.relative_to(tmp_path / "data").as_posix() for path in (tmp_path / "data").rglob("*.png"))
    rows = "\n".join(f"{name},cat,1" for name in names)
    (tmp_path / "data" / "labels.csv").write_text(f"file_name,label,pose\n{rows}\n")
    suite = {"format": "csv", "path": "data/labels.csv", "annotations": "published"}
    (tmp_path / "table.yaml").write_text(
        json.dumps({"suite": "table", "classes": ["cat", "dog"], "datasets": {"val": suite}})
    )
    with pytest.raises(InputError, match="a column of the table is an annotation from elsewhere too: pose"):
        load_suite(str(tmp_path / "table.yaml"), cache=tmp_path / "cache").dataset("val")


def test_without_the_package(pets, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"imagenet-x is not installed \(pip install imagenet-x==0\.0\.7\)"):
        pets("imagenet_x")


def test_the_package_is_not_imported():
    if importlib.util.find_spec("imagenet_x") is None:
        pytest.skip("the package imagenet-x is not on this machine")
    file = published("here", "multi", partial=False)
    assert "imagenet_x" not in sys.modules
    assert file.path.name == FILE.format(which="multi")
    assert not file.top

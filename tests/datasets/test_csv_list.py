"""Paths and labels from a table: each row is an image of a class, and what is not says on which line."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.formats.csv import open_csv
from fixtures.datasets.formats.labels import open_labels
from fixtures.datasets.labels.labelled import LabelFile
from fixtures.suite.loader import load_suite
from tests.datasets.pictures import declaration, picture

HEAD = "file_name,label,size,weight,blurred,code,author\n"
ROWS = (
    "a/0.png,cat,3,0.5,true,007,Ann\n"
    "a/1.png,2,4,,false,008,\n"
    'b.png,n02084071,-5,1e-3,True,010,"Bo, jr."\n'
)  # fmt: skip


@pytest.fixture
def root(tmp_path):
    for name in ("a/0.png", "a/1.png", "b.png"):
        picture(tmp_path / "data" / name, seed=len(name))
    return tmp_path / "data"


def opened(tmp_path, text: str, name: str = "labels.csv", **changes):
    path = tmp_path / name
    path.write_text(text)
    return open_csv(
        declaration(**({"expected": None} | changes)), tmp_path / "data", LabelFile(path), tmp_path / "cache"
    )


def complaint(tmp_path, text: str, **changes) -> str:
    with pytest.raises(InputError) as caught:
        opened(tmp_path, text, **changes)
    message = str(caught.value)
    assert message.startswith("my.yaml:3: dataset 'pets': ")
    return message.removeprefix("my.yaml:3: dataset 'pets': ")


@pytest.mark.usefixtures("root")
def test_rows_labels_and_annotations(tmp_path):
    dataset = opened(tmp_path, HEAD + ROWS)
    assert dataset.ids == ("a/0.png", "a/1.png", "b.png")
    assert dataset.labels.tolist() == [0, 2, 1]
    kinds = {name: column.dtype.kind for name, column in dataset.annotations.items()}
    assert kinds == {"size": "i", "weight": "f", "blurred": "b", "code": "U", "author": "U"}
    assert dataset.annotations["size"].tolist() == [3, 4, -5]
    assert np.array_equal(dataset.annotations["weight"], [0.5, np.nan, 1e-3], equal_nan=True)
    assert dataset.annotations["author"].tolist() == ["Ann", "", "Bo, jr."]
    assert dataset.load(2).size == (8, 8)


@pytest.mark.usefixtures("root")
def test_a_tsv_a_byte_order_mark_and_blank_lines(tmp_path):
    dataset = opened(tmp_path, "\ufefffile_name\tlabel\n\na/0.png\tcat\n\n", name="labels.tsv")
    assert dataset.ids == ("a/0.png",)


@pytest.mark.usefixtures("root")
def test_parquet(tmp_path):
    table = pa.table({"file_name": ["b.png", "a/0.png"], "label": [1, 0], "weight": [None, 0.25]})
    pq.write_table(table, tmp_path / "labels.parquet")
    dataset = open_csv(
        declaration(expected=None), tmp_path / "data", LabelFile(tmp_path / "labels.parquet"), tmp_path / "cache"
    )
    assert dataset.labels.tolist() == [1, 0]
    assert np.isnan(dataset.annotations["weight"][0])


def test_other_column_names(root, tmp_path):
    (tmp_path / "labels.csv").write_text("image,target\nb.png,0\n")
    labels = LabelFile(tmp_path / "labels.csv", image="image", label="target")
    assert open_csv(declaration(expected=None), root, labels, tmp_path / "cache").ids == ("b.png",)


@pytest.mark.usefixtures("root")
def test_paths_are_ids_that_do_not_depend_on_the_place(tmp_path):
    here = (tmp_path / "data").resolve()
    dataset = opened(tmp_path, f"file_name,label\n./a/0.png,0\n{here}/b.png,1\n")
    assert dataset.ids == ("a/0.png", "b.png")


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shown,label\na/0.png,0\n", " has no column 'file_name' for the images; it has shown, label"),
        ("file_name,kind\na/0.png,0\n", " has no column 'label' for the labels; it has file_name, kind"),
        ("file_name,label\na/0.png,0\nb.png,gaer\n", "labels.csv:3: label 'gaer' is no class; did you mean 'gear'?"),
        ("file_name,label\na/0.png,zz\n", "labels.csv:2: label 'zz' is no class; classes are cat, dog, gear"),
        ("file_name,label\na/0.png,3\n", "labels.csv:2: label 3 is out of range; there are 3 classes, 0 to 2"),
        ("file_name,label\na/0.png,-1\n", "labels.csv:2: label -1 is out of range; there are 3 classes, 0 to 2"),
        ("file_name,label\na/0.png,\n", "labels.csv:2: has no label"),
        ("file_name,label\na/0.png,9\nb.png,9\n", "(2 rows have such labels)"),
        ("file_name,label\n,1\n", "labels.csv:2: names no image"),
        (
            "file_name,label\nb.png,1\na/0.png,0\n./b.png,1\n",
            "labels.csv:4: 'b.png' stands twice (first in labels.csv:2)",
        ),
        ("file_name,label\n../b.png,1\n", "labels.csv:2: '../b.png' lies outside"),
        ("file_name,label\n/etc/b.png,1\n", "labels.csv:2: '/etc/b.png' lies outside"),
        ("file_name,label\nb.png,1\nc.png,1\nd.png,1\n", "2 of 3 images are not in"),
        ("file_name,label\nb.png,1,2\n", "labels.csv:2: 3 cells under 2 column names; a cell with a comma"),
        ("file_name,label,label\nb.png,1,2\n", "labels.csv:1: a column name stands twice: file_name, label, label"),
        ("file_name,label\n", "labels.csv has no rows"),
        ("", "labels.csv has no rows"),
    ],
)
def test_what_is_wrong_with_a_table(tmp_path, text, expected):
    assert expected in complaint(tmp_path, text)


@pytest.mark.usefixtures("root")
def test_fewer_or_other_than_declared(tmp_path):
    text = "file_name,label\na/0.png,cat\nb.png,dog\n"
    part = "--allow-partial measures what is there, and says so"
    assert complaint(tmp_path, text, images=3) == f"2 images in {tmp_path / 'labels.csv'}, but 3 are declared; {part}"
    assert complaint(tmp_path, text, expected=(0, 1, 2)).startswith("1 of 3 classes have no image in")
    assert complaint(tmp_path, text, expected=(0,)).endswith("that are not declared under 'classes': dog")


def test_no_table(tmp_path):
    with pytest.raises(InputError, match="there is no file"):
        open_csv(declaration(), tmp_path, LabelFile(tmp_path / "absent.csv"), tmp_path / "cache")
    (tmp_path / "labels.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(InputError, match="cannot be read as a table"):
        open_csv(declaration(), tmp_path, LabelFile(tmp_path / "labels.parquet"), tmp_path / "cache")


def test_labels_without_images(tmp_path):
    (tmp_path / "labels.csv").write_text("file_name,label,place\nx/1.JPEG,0,hall\n2.JPEG,dog,yard\n")
    dataset = open_labels(declaration(expected=None), LabelFile(tmp_path / "labels.csv"))
    assert dataset.ids == ("x/1.JPEG", "2.JPEG")
    assert dataset.labels.tolist() == [0, 1]
    assert dataset.manifest().images == 2
    with pytest.raises(InputError, match=r"my\.yaml:3: dataset 'pets' has labels and no images.*2\.JPEG was asked for"):
        dataset.load(1)


def test_the_digest_covers_ids_labels_and_annotations(tmp_path):
    def digest(text: str) -> str:
        (tmp_path / "labels.csv").write_text(text)
        return open_labels(declaration(expected=None), LabelFile(tmp_path / "labels.csv")).manifest().digest

    first = digest("file_name,label,place\na,0,hall\nb,1,yard\n")
    assert digest("file_name,place,label\na,hall,0\nb,yard,dog\n") == first
    assert digest("file_name,label,place\nb,1,yard\na,0,hall\n") != first
    assert digest("file_name,label,place\na,0,hall\nb,2,yard\n") != first
    assert digest("file_name,label,place\na,0,hall\nb,1,hall\n") != first
    assert digest("file_name,label,spot\na,0,hall\nb,1,yard\n") != first


def test_columns_that_are_called_as_in_waterbirds(tmp_path):
    for k in range(3):
        picture(tmp_path / "birds" / f"{k}.jpg", seed=k)
    (tmp_path / "birds" / "metadata.csv").write_text(
        "img_id,img_filename,y,split,place\n0,0.jpg,1,0,0\n1,1.jpg,0,1,1\n2,2.jpg,1,2,1\n"
    )
    (tmp_path / "my.yaml").write_text(
        "suite: my\nclasses: [land, water]\ndatasets:\n  val: {format: csv, path: birds, labels: birds/metadata.csv}\n"
    )
    dataset = load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("val")
    assert dataset.labels.tolist() == [1, 0, 1]
    assert dataset.annotations["place"].tolist() == [0, 1, 1]

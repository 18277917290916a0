"""Format ``images``: what is in a folder is plain to see, or a sentence says what was seen."""

import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.formats import class_folders
from fixtures.datasets.images.decoding import is_image
from fixtures.suite.loader import load_suite
from tests.datasets.parquets import table, write
from tests.datasets.pictures import folders, picture
from tests.datasets.shards import one, shard
from tests.datasets.test_hf_dataset import save


@pytest.fixture
def opened(tmp_path):
    def read(keys="", path="data"):
        block = f'{{format: images, path: "{path}"{keys}}}'
        (tmp_path / "my.yaml").write_text(f"suite: my\nclasses: [cat, dog, gear]\ndatasets:\n  val: {block}\n")
        return load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("val")

    return read


@pytest.fixture
def complaint(opened):
    def read(keys="", path="data"):
        with pytest.raises(InputError) as caught:
            opened(keys, path)
        return str(caught.value).removeprefix("my.yaml:4: dataset 'val': ")

    return read


def listed(folder, name="labels.csv", header="file_name,label", row="a.png,dog"):
    picture(folder / "a.png")
    (folder / name).write_text(f"{header}\n{row}\n")


def test_folders(opened, complaint, tmp_path):
    root = folders(tmp_path / "data", "cat", "dog")
    (root / "README.csv").write_text("a,b\n1,2\n")
    (root / "notes.txt").write_text("")
    assert complaint() == (
        f"1 of 3 classes have no image in {root}: gear; if they are not meant to be there, list those that are under "
        "'classes'"
    )
    folders(root, "gear/deep")
    assert opened(", resize: none, images: 6, classes: [cat, dog, gear]").labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert complaint(", split: test").endswith("data has folders of images, to which split does not apply")
    assert complaint(", label: kind").endswith("data has folders of images, to which label does not apply")


def test_a_table(opened, complaint, tmp_path):
    listed(tmp_path / "data")
    assert opened().labels.tolist() == [1]
    assert opened(path="data/labels.csv").labels.tolist() == [1]
    folders(tmp_path / "data", "more")  # folders in which its images could be
    assert opened().labels.tolist() == [1]
    listed(tmp_path / "data", "test.csv", row="a.png,gear")
    assert opened().labels.tolist() == [1]  # labels.csv
    assert opened(", split: test").labels.tolist() == [2]
    assert opened(", labels: data/test.csv").labels.tolist() == [2]
    assert complaint(", split: train").endswith("data has the tables labels.csv, test.csv, none of them called 'train'")
    (tmp_path / "data" / "labels.csv").rename(tmp_path / "data" / "train.csv")
    assert complaint().endswith("data has the tables test.csv, train.csv, which labels the images?")
    listed(tmp_path / "data", "other.tsv", "img\tkind", "a.png\tcat")
    assert opened(", labels: {image: img, label: kind}").labels.tolist() == [0]


def test_shards(opened, tmp_path):
    shard(tmp_path / "data" / "0.tar", *one(1, "gear"))
    assert opened().labels.tolist() == opened(path="data/0.tar").labels.tolist() == [2]
    assert opened(path="data/{0..0}.tar").labels.tolist() == [2]


def test_parquet(opened, tmp_path):
    write(tmp_path / "data" / "data" / "test-00000-of-00001.parquet", table().rename_columns(["image", "kind"]))
    assert opened(", label: kind, split: test").labels.tolist() == [0, 1, 2, 0]
    assert opened(", label: kind", "data/data/test-00000-of-00001.parquet").labels.tolist() == [0, 1, 2, 0]


def test_a_saved_dataset(opened, tmp_path):
    save(tmp_path / "data", table())
    assert opened().labels.tolist() == [0, 1, 2, 0]


def test_several_formats_or_none(complaint, tmp_path):
    root = tmp_path / "data"
    shard(root / "0.tar", *one(1, "gear"))
    folders(root, "cat")
    assert complaint() == f"{root} has tar shards and folders of images; which counts? Say 'format'"
    (root / "0.tar").unlink()
    for path in (root / "cat").iterdir():
        path.rename(root / path.name)
    (root / "cat" / "cat.npz").write_bytes(b"")
    (root / "list.txt").write_text("")
    assert complaint() == (
        f"{root} has 2 images in no folder, cat/, list.txt; looked for were a dataset that Hugging Face's library "
        "saved, tar shards, Parquet files of images, records of TensorFlow Datasets, a table of labels, images called "
        "as ImageNet's are, folders of images, IDX files"
    )
    (tmp_path / "empty").mkdir()
    assert complaint(path="empty").startswith(f"{tmp_path / 'empty'} has nothing in it; looked for were")
    assert complaint(path="data/list.txt").startswith(f"{root / 'list.txt'} is no shard (.tar), packed set (.tar), ")


def test_of_many_files_that_are_no_images_few_are_looked_at(opened, tmp_path, monkeypatch):
    for k in range(300):
        (tmp_path / "data" / "notes" / f"n{k % 3}").mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / "notes" / f"n{k % 3}" / f"{k}.xml").write_text("")
    folders(tmp_path / "data" / "images", "cat", "dog", "gear")
    asked = []
    monkeypatch.setattr(class_folders, "is_image", lambda name: asked.append(name) or is_image(name))
    monkeypatch.setattr(class_folders, "LOOKED_AT", 20)
    assert opened().labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert len(asked) < 150

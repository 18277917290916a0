"""What Hugging Face's datasets saves to disk: files as its library writes them, and the same written by hand."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.containers.arrow_columns import Chosen
from fixtures.datasets.containers.hub_tables import Tables
from fixtures.datasets.formats.hf_dataset import classes_of_hf_dataset, open_hf_dataset
from fixtures.suite.loader import load_suite
from tests.datasets.parquets import IMAGE, table
from tests.datasets.pictures import age, declaration
from tests.datasets.shards import encoded, pixels

START = "my.yaml:3: dataset 'pets': "


def save(folder: Path, *tables: pa.Table, split=None, together=3) -> Path:
    """As ``save_to_disk`` does, one file for each table."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"data-{k:05d}-of-{len(tables):05d}.arrow" for k in range(len(tables))]
    for name, found in zip(names, tables, strict=True):
        with pa.OSFile(str(folder / name), "wb") as file, pa.ipc.new_stream(file, found.schema) as writer:
            writer.write_table(found, together)
        age(folder / name)
    state = {"_data_files": [{"filename": name} for name in names], "_split": split, "_fingerprint": "0"}
    (folder / "state.json").write_text(json.dumps(state))
    (folder / "dataset_info.json").write_text("{}")
    return folder


@pytest.fixture
def root(tmp_path):
    return save(tmp_path / "saved", table(0, 5, ["gear", "cat", "dog"]), table(5, 4, ["gear", "cat", "dog"]))


def opened(root, split=None, chosen=None, **changes):
    declared = declaration(**({"expected": None} | changes))
    return open_hf_dataset(declared, Tables(root, split, chosen or Chosen()), root.parent / "cache")


def complaint(root, split=None, chosen=None, **changes) -> str:
    with pytest.raises(InputError) as caught:
        opened(root, split, chosen, **changes)
    return str(caught.value).removeprefix(START)


def test_all_files_in_order(root):
    dataset = opened(root, images=9)
    assert dataset.ids == tuple(f"{k}.png" for k in range(9))
    assert dataset.labels.tolist() == [(2, 0, 1)[k % 3] for k in range(9)]  # by name: gear, cat, dog
    for row in (0, 8, 4, 5, 3, 2, 6):
        assert (np.asarray(dataset.load(row)) == pixels(row)).all()


def test_splits(tmp_path):
    for split, first in (("train", 0), ("test", 6)):
        save(tmp_path / "saved" / split, table(first), split=split)
    root = tmp_path / "saved"
    assert complaint(root) == f"{root} is no saved dataset: neither state.json nor dataset_dict.json is in it"
    assert opened(root, "test").ids[0] == "6.png"
    (root / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    assert complaint(root) == f"{root} has several splits: train, test; choose one, as in 'split: train'"
    assert complaint(root, "dev") == f"{root} has no split 'dev'; it has train, test"
    assert [opened(root, split).ids[0] for split in ("train", "test")] == ["0.png", "6.png"]
    assert opened(root / "test").ids[0] == opened(root / "test", "test").ids[0] == "6.png"
    (root / "test").rename(root / "other")
    assert complaint(root / "other", "train") == f"{root / 'other'} is the split 'test', not 'train'"


def test_files_that_are_missing_or_cut_off(root):
    path = root / "data-00001-of-00002.arrow"
    data = path.read_bytes()
    for size in (len(data) - 8, len(data) - 300, 100, 0):
        path.write_bytes(data[:size])
        assert complaint(root).startswith(f"{path} is no whole Arrow stream, so it may be cut off (")
    path.write_bytes(data[: len(data) // 2] + data[-8:])
    assert complaint(root).startswith(f"{path} is no whole Arrow stream, so it may be cut off (")
    path.write_bytes(data + data)
    assert f"({len(data):,} bytes follow the stream's end, as where two were joined)" in complaint(root)
    path.unlink()
    assert complaint(root) == f"1 of 2 files that state.json lists are not in {root}: data-00001-of-00002.arrow"
    (root / "state.json").write_text("[")
    assert complaint(root).startswith(f"{root / 'state.json'} cannot be read as a block of JSON (")
    (root / "state.json").write_text(json.dumps({"_data_files": [], "_indices_data_files": [{"filename": "x"}]}))
    assert complaint(root).startswith(f"{root} was saved with indices, by an old version of datasets")


def test_what_is_wrong_inside(tmp_path):
    path = save(tmp_path / "a", table(label=pa.array([0, 1, 3, 0])))
    assert complaint(path).startswith("data-00000-of-00001.arrow, row 2: label 3 is out of range; there are 3 classes")
    path = save(tmp_path / "b", table().rename_columns(["pixels", "label"]))
    assert "has no column 'image'; it has pixels, label: say 'image: COLUMN'" in complaint(path)
    assert len(opened(path, chosen=Chosen("pixels")).ids) == 4
    images = pa.array([{"bytes": encoded(1), "path": "a"}, {"bytes": None, "path": "b"}] * 2, IMAGE)
    path = save(tmp_path / "c", table(image=images))
    assert "row 1: holds the path of an image and not the image" in complaint(path)
    images = pa.array([{"bytes": encoded(k)[: (-30 if k == 1 else None)], "path": f"{k}"} for k in range(4)], IMAGE)
    path = save(tmp_path / "d", table(image=images))
    assert complaint(path).startswith("1 of 4 images cannot be read, none may be: 1 (")
    assert (np.asarray(opened(path, tolerance=0.3).load(1)) == pixels(2)).all()
    assert complaint(save(tmp_path / "e", table(count=0))).startswith("no images in")


def test_lists_of_labels_and_other_columns(tmp_path):
    labels = pa.array([[2, 0], [1], [1, 2], [0]])
    dataset = opened(save(tmp_path / "saved", table(label=labels, depth=pa.array([1, 2, 3, 4]))))
    assert dataset.annotations["valid"].tolist() == ["0 2", "1", "1 2", "0"]
    assert dataset.annotations["depth"].tolist() == [1, 2, 3, 4]


def test_the_classes_that_it_has_of_itself(root):
    assert classes_of_hf_dataset(declaration(space=ClassSpace(())), Tables(root)) == ("gear", "cat", "dog")


def test_at_a_glance_no_image_is_read(root, monkeypatch):
    monkeypatch.setattr("fixtures.datasets.formats.hf_dataset.content_of", None)
    assert opened(root, glance=True).manifest().images == 9


def test_memory_stays_flat(tmp_path):
    """100 MB of images, opened in a process of its own."""
    noise = np.random.default_rng(0)
    images = [{"bytes": encoded(k) + noise.bytes(200_000) + b"IEND....", "path": f"{k}"} for k in range(500)]
    save(tmp_path / "saved", table(count=500, image=pa.array(images, IMAGE)), together=50)
    code = """if True:
        import re, sys
        from pathlib import Path
        from fixtures.datasets.formats.hf_dataset import open_hf_dataset
        from fixtures.datasets.containers.hub_tables import Tables
        from tests.datasets.pictures import declaration
        import pyarrow
        from PIL import Image
        def anonymous():
            return int(re.search(r"RssAnon:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
        before = anonymous()
        dataset = open_hf_dataset(declaration(expected=None), Tables(Path(sys.argv[1])), Path(sys.argv[2]))
        for row in range(0, 500, 10):
            dataset.load(row)
        print(max(anonymous() - before, pyarrow.default_memory_pool().max_memory() // 1000))
    """
    run = subprocess.run([sys.executable, "-c", code, tmp_path / "saved", tmp_path / "cache"], text=True, check=True,
                         cwd=Path(__file__).parents[2], capture_output=True)  # fmt: skip
    assert int(run.stdout) < 60_000  # kilobytes, without what the system keeps of the file


def test_in_a_suite(root, tmp_path):
    block = "{format: hf_dataset, path: saved, images: 9}"
    (tmp_path / "my.yaml").write_text(f"suite: my\nclasses: [cat, dog, gear]\ndatasets:\n  val: {block}\n")
    assert load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("val").labels.tolist()[:3] == [2, 0, 1]


def test_what_the_library_saves(tmp_path):
    datasets = pytest.importorskip("datasets", reason="Hugging Face's datasets is not installed")
    datasets.disable_progress_bars()
    kinds = {"label": datasets.ClassLabel(names=["cat", "dog", "gear"]), "n": datasets.Value("int32")}
    images = [{"bytes": encoded(k), "path": f"{k}.png"} for k in range(8)]
    rows = {"image": images, "label": [0, 2, 1, 0, 0, 1, 1, 2], "n": list(range(8))}
    whole = datasets.Dataset.from_dict(rows, datasets.Features({"image": datasets.Image(), **kinds}))
    whole.save_to_disk(tmp_path / "one", num_shards=3)
    dataset = opened(tmp_path / "one", images=8)
    assert (dataset.labels.tolist(), dataset.ids[1]) == (rows["label"], "1.png")
    assert dataset.annotations["n"].tolist() == list(range(8))
    assert (np.asarray(dataset.load(7)) == pixels(7)).all()
    some = whole.filter(lambda n: n % 2 == 1, input_columns="n")
    datasets.DatasetDict({"train": whole, "test": some}).save_to_disk(tmp_path / "both")
    assert opened(tmp_path / "both", "test").ids == ("1.png", "3.png", "5.png", "7.png")
    assert classes_of_hf_dataset(declaration(), Tables(tmp_path / "both", "train")) == ("cat", "dog", "gear")

"""Images inside Parquet files: all shards, labels by number, name or list, and never many images in memory."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.containers.arrow_columns import Chosen
from fixtures.datasets.containers.hub_tables import Tables
from fixtures.datasets.containers.parquet_images import classes_of_parquet, open_parquet
from fixtures.datasets.containers.parquet_stream import ParquetStream
from fixtures.suite.loader import load_suite
from tests.datasets.parquets import IMAGE, described, table, write
from tests.datasets.pictures import declaration
from tests.datasets.shards import encoded, pixels

START = "my.yaml:3: dataset 'pets': "


@pytest.fixture
def root(tmp_path):
    """Three shards of four images, as Hugging Face keeps them."""
    for k in range(3):
        write(tmp_path / "hub" / "data" / f"validation-{k:05d}-of-00003-0123456789abcdef.parquet", table(4 * k))
    return tmp_path / "hub"


def opened(root, split=None, chosen=None, **changes):
    declared = declaration(**({"expected": None} | changes))
    return open_parquet(declared, Tables(root, split, chosen or Chosen()), root.parent / "cache")


def complaint(root, split=None, chosen=None, **changes) -> str:
    with pytest.raises(InputError) as caught:
        opened(root, split, chosen, **changes)
    return str(caught.value).removeprefix(START)


def test_all_shards_in_order(root):
    dataset = opened(root, images=12)
    assert dataset.ids == tuple(f"{k}.png" for k in range(12))
    assert dataset.labels.tolist() == [k % 3 for k in range(12)]
    for row in (0, 11, 5, 4, 4, 1, 9):
        assert (np.asarray(dataset.load(row)) == pixels(row)).all()


def test_a_missing_shard(root):
    next((root / "data").glob("*00001-of*")).unlink()
    assert complaint(root).startswith(f"2 of 3 shards are in {root / 'data'}, missing: number 1 (they are called valid")
    write(root / "data" / "validation-00001-of-00002.parquet", table())
    assert complaint(root).startswith(f"{root / 'data'} has shards of 2 and of 3: validation-00000-of-00003-")


def test_a_shard_that_is_there_twice(root):
    write(root / "data" / "validation-00001-of-00003.parquet", table(8))
    assert complaint(root).startswith(f"4 of 3 shards are in {root / 'data'}, some are there twice")


def test_a_shard_that_is_cut_off(root):
    path = sorted((root / "data").iterdir())[1]
    path.write_bytes(path.read_bytes()[:-100])
    assert complaint(root).startswith(f"{path} is no whole Parquet file (")
    write(path, table(4))
    data = bytearray(path.read_bytes())
    data[8:60] = bytes(52)
    path.write_bytes(bytes(data))
    assert complaint(root).startswith(f"{path}: cannot be read as a Parquet file (")


def test_splits(root, tmp_path):
    write(root / "data" / "train-00000-of-00001.parquet", table(20))
    assert complaint(root) == (
        f"{root / 'data'} has several splits: train, validation; choose one, as in 'split: train'"
    )
    assert opened(root, "train").ids[0] == "20.png"
    assert complaint(root, "test") == f"{root / 'data'} has no split 'test'; it has train, validation"
    for k in range(2):
        write(tmp_path / "auto" / "test" / f"{k:04d}.parquet", table(4 * k))
    assert len(opened(tmp_path / "auto", "test").ids) == len(opened(tmp_path / "auto" / "test").ids) == 8
    (tmp_path / "auto" / "test" / "0000.parquet").rename(tmp_path / "auto" / "test" / "0003.parquet")
    assert complaint(tmp_path / "auto", "test").endswith("has 2 parts up to 0003.parquet, but none of number 2")
    (tmp_path / "none").mkdir()
    assert complaint(tmp_path / "none").startswith(f"no Parquet files in {tmp_path / 'none'} or in a folder 'data'")


def test_a_list_of_labels_becomes_the_valid_ones(tmp_path):
    path = write(tmp_path / "x.parquet", table(label=pa.array([[2, 0], [1], [1, 2, 1], [0]]), english=None))
    dataset = opened(path)
    assert dataset.labels.tolist() == [2, 1, 1, 0]
    assert dataset.annotations["valid"].tolist() == ["0 2", "1", "1 2", "0"]
    write(path, table(label=pa.array([[2, 0], [], [1, 2], [0]])))
    assert complaint(path) == "x.parquet, row 1: has no label"
    write(path, table(label=pa.array([[2, 0], [1], [1, 3], [0]])))
    assert complaint(path) == "x.parquet, row 2: label 3 is out of range; there are 3 classes, 0 to 2"
    write(path, table(label=pa.array([[0], [1], [1], [0]]), valid=pa.array(["0", "1", "1", "0"])))
    assert complaint(path).startswith(f"{path} has a column 'valid', and the lists in 'label' are to become one")


def test_other_columns_are_annotations(tmp_path):
    found = opened(
        write(
            tmp_path / "x.parquet",
            table(
                origin=pa.array(["a", None, "b", "a"]).dictionary_encode(),
                depth=pa.array([1, 2, None, 4]),
                side=pa.array([1, 2, 3, 4], pa.int16()),
                light=pa.array([0.5, None, 2, 3], pa.float32()),
                night=pa.array([True, False, True, True]),
                words=pa.array([["a"], [], ["b"], []]),
            ),
        )
    ).annotations
    assert list(found) == ["origin", "depth", "side", "light", "night"]
    assert found["origin"].tolist() == ["a", "", "b", "a"]
    assert found["depth"].tolist()[:2] == [1, 2]
    assert np.isnan(found["depth"][2])
    assert [found[name].dtype for name in ("side", "light", "night")] == [np.int64, np.float64, np.bool_]


def test_ids_are_rows_where_names_do_not_tell_images_apart(tmp_path):
    same = pa.array([{"bytes": encoded(k), "path": "image.png"} for k in range(4)], IMAGE)
    assert opened(write(tmp_path / "x.parquet", table(image=same))).ids[3] == "x.parquet:3"
    plain = pa.array([encoded(k) for k in range(4)], pa.binary())
    dataset = opened(write(tmp_path / "y.parquet", table(image=plain)))
    assert dataset.ids[1] == "y.parquet:1"
    assert (np.asarray(dataset.load(3)) == pixels(3)).all()


def test_names_of_classes(tmp_path):
    path = write(tmp_path / "x.parquet", table(names=["gear", "cat", "dog"]))
    assert opened(path).labels.tolist() == [2, 0, 1, 2]  # by name
    write(path, table(names=["zahnrad", "katze", "hund"]))
    assert opened(path).labels.tolist() == [0, 1, 2, 0]
    write(path, table(names=["hund", "cat", "zahnrad"]))
    assert complaint(path) == (
        f"{path}: the column 'label' calls its class 1 'cat', which is class 0 of the dataset: another order of "
        "classes?"
    )
    write(path, table(names=["a", "b", "c", "d"]))
    assert "names 4 classes, and the dataset has 3; unknown are a, b, c, d" in complaint(path)
    write(path, table(label=pa.array(["dog", "n02121620", "gear", "dog"])))
    assert opened(path).labels.tolist() == [1, 0, 2, 1]
    write(path, table(label=pa.array(["dog", "wolf", "gear", "dog"])))
    assert complaint(path) == "x.parquet, row 1: label 'wolf' is no class; classes are cat, dog, gear"


@pytest.mark.parametrize(
    "feature",
    [
        {"_type": "ClassLabel", "names": ["a", "b"]},
        [{"_type": "ClassLabel", "names": ["a", "b"]}],
        {"_type": "Sequence", "feature": {"_type": "ClassLabel", "names": ["a", "b"]}},
    ],
)
def test_the_classes_that_files_have_of_themselves(tmp_path, feature):
    declared = declaration(space=ClassSpace(()))
    plain = table(label=pa.array([1, 0, 3, 1]))
    path = write(tmp_path / "x.parquet", plain)
    assert classes_of_parquet(declared, Tables(path)) == ("0", "1", "2", "3")
    assert classes_of_parquet(declared, Tables(write(path, described(plain, label=feature)))) == ("a", "b")
    write(path, table(label=pa.array(["x", "b", "a", "b"])))
    assert classes_of_parquet(declared, Tables(path)) == ("a", "b", "x")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            {"label": None, "kind": pa.array([0] * 4)},
            "{path} has no column 'label'; it has image, kind",
        ),
        (
            {"image": None, "pixels": pa.array([0] * 4)},
            "{path} has no column 'image'; it has label, pixels: say",
        ),
        ({"image": pa.array(["a.png"] * 4)}, "{path}: the column 'image' holds string, not images (bytes and path)"),
        ({"label": pa.array([0, None, 1, 2])}, "x.parquet, row 1: has no label"),
        ({"label": pa.array([0, -1, 1, 2])}, "x.parquet, row 1: label -1 is out of range"),
        ({"label": pa.array([0.0, 0.5, 1, 2])}, "x.parquet, row 0: label '0.0' is no class"),
        (
            {"image": pa.array([{"bytes": encoded(1), "path": "a"}, {"bytes": None, "path": "b"}] * 2, IMAGE)},
            "{path}, row 1: holds the path of an image and not the image; only images that are inside",
        ),
    ],
)
def test_columns_that_will_not_do(tmp_path, columns, expected):
    path = write(tmp_path / "x.parquet", table(**columns))
    assert complaint(path).startswith(expected.format(path=path))


def test_columns_of_other_names(tmp_path):
    found = table().rename_columns(["img", "fine_label"])
    assert opened(write(tmp_path / "x.parquet", found), chosen=Chosen("img", "fine_label")).labels.tolist() == [
        0,
        1,
        2,
        0,
    ]


def test_files_that_do_not_go_together(root):
    write(sorted((root / "data").iterdir())[1], table(4, depth=pa.array([1, 2, 3, 4])))
    assert complaint(root).endswith("has other columns than validation-00000-of-00003-0123456789abcdef.parquet: depth")


def test_images_that_cannot_be_read(tmp_path):
    images = pa.array([{"bytes": encoded(k)[: (-30 if k == 1 else None)], "path": f"{k}.png"} for k in range(4)], IMAGE)
    path = write(tmp_path / "x.parquet", table(image=images))
    assert complaint(path).startswith("1 of 4 images cannot be read, none may be: 1.png (")
    dataset = opened(path, tolerance=0.3)
    assert (dataset.ids, dataset.manifest().unreadable) == (("0.png", "2.png", "3.png"), ("1.png",))
    assert (np.asarray(dataset.load(1)) == pixels(2)).all()


def test_numbers_and_classes_that_are_declared(root):
    assert complaint(root, images=13).startswith(f"12 images in {root}, but 13 are declared; --allow-partial")
    assert "classes that are not declared under 'classes': gear" in complaint(root, expected=(0, 1)).replace(
        f" in {root}", ""
    )


def test_the_digest_knows_content_and_labels(tmp_path):
    digests = {
        opened(write(tmp_path / "x.parquet", found)).manifest().digest
        for found in (table(), table(), table(label=pa.array([0, 1, 2, 1])), table(image=table(4)["image"]))
    }
    assert len(digests) == 3


def test_threads_read_side_by_side_through_a_small_window(tmp_path):
    files = [write(tmp_path / f"{k}.parquet", table(40 * k, 40), rows=rows) for k, rows in enumerate((7, 40, 16))]
    stream = ParquetStream(files, "image.bytes", kept=30 * len(encoded(0)))
    spans = [range(first, first + 10) for first in range(0, 120, 10)]
    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(lambda span: [stream(row) for row in span], spans))
    assert [data for span in found for data in span] == [encoded(row) for row in range(120)]
    assert len(stream._window) <= 31


def test_memory_stays_flat(tmp_path):
    """100 MB of images in one row group, opened and read in a process of its own."""
    path = tmp_path / "x.parquet"
    schema = pa.schema([("image", IMAGE), ("label", pa.int64())])
    noise = np.random.default_rng(0)
    with pq.ParquetWriter(path, schema, use_dictionary=False, write_batch_size=16) as writer:
        images = [{"bytes": encoded(k) + noise.bytes(200_000) + b"IEND....", "path": f"{k}"} for k in range(500)]
        writer.write_table(pa.table([pa.array(images, IMAGE), pa.array([0] * 500)], schema=schema))
    code = """if True:
        import re, sys
        from pathlib import Path
        from fixtures.datasets.containers.hub_tables import Tables
        from fixtures.datasets.containers.parquet_images import open_parquet
        from fixtures.datasets.containers import parquet_stream
        from tests.datasets.pictures import declaration
        from PIL import Image
        import pyarrow.parquet
        parquet_stream.KEPT = 8 << 20
        def peak():
            return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
        before = peak()
        dataset = open_parquet(declaration(expected=None), Tables(Path(sys.argv[1])), Path(sys.argv[2]))
        for row in range(0, 500, 50):
            dataset.load(row)
        print(peak() - before)
    """
    run = subprocess.run([sys.executable, "-c", code, path, tmp_path / "cache"], cwd=Path(__file__).parents[2],
                         capture_output=True, text=True, check=True)  # fmt: skip
    assert int(run.stdout) < 60_000  # kilobytes; it is 20,000, and 110,000 where the row group is read as one


def test_in_a_suite(root, tmp_path):
    block = "{format: parquet, path: hub, split: validation, images: 12}"
    (tmp_path / "my.yaml").write_text(f"suite: my\nclasses: [cat, dog, gear]\ndatasets:\n  hard: {block}\n")
    assert load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("hard").labels.tolist()[:4] == [0, 1, 2, 0]


def test_what_hugging_face_writes(tmp_path):
    datasets = pytest.importorskip("datasets", reason="Hugging Face's datasets is not installed")
    features = datasets.Features(
        {
            "image": datasets.Image(),
            "label": datasets.ClassLabel(names=["cat", "dog", "gear"]),
            "n": datasets.Value("int32"),
        }
    )
    rows = {
        "image": [{"bytes": encoded(k), "path": f"{k}.png"} for k in range(5)],
        "label": [0, 2, 1, 0, 0],
        "n": [1] * 5,
    }
    datasets.Dataset.from_dict(rows, features=features).to_parquet(tmp_path / "test-00000-of-00001.parquet")
    dataset = opened(tmp_path / "test-00000-of-00001.parquet")
    assert (dataset.labels.tolist(), dataset.ids[1], list(dataset.annotations)) == ([0, 2, 1, 0, 0], "1.png", ["n"])
    assert (np.asarray(dataset.load(4)) == pixels(4)).all()


def test_a_part_of_the_shards_where_that_will_do(root):
    next((root / "data").glob("*00001-of*")).unlink()
    dataset = opened(root, partial=True, images=12)
    assert (len(dataset.ids), dataset.manifest().expected) == (8, 12)


def test_at_a_glance_no_image_is_read(root, monkeypatch):
    monkeypatch.setattr("fixtures.datasets.containers.parquet_images.content_of", None)
    facts = opened(root, glance=True).manifest()
    assert facts.images == 12
    assert facts.bytes == pytest.approx(sum(path.stat().st_size for path in (root / "data").iterdir()), abs=12)
    assert not (root.parent / "cache").exists()

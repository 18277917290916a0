"""Tables as people and accidents make them: of labels, of images in Parquet, and what Hugging Face's library saved."""

import json
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fixtures.core.errors import InputError
from fixtures.datasets import parquet_bounds, texts
from fixtures.datasets.containers.hub_tables import Tables
from fixtures.datasets.containers.numbered import missing_numbers
from fixtures.datasets.containers.parquet_images import open_parquet
from fixtures.datasets.formats.csv import open_csv
from fixtures.datasets.formats.hf_dataset import open_hf_dataset
from fixtures.datasets.labels.labelled import LabelFile
from tests.datasets.parquets import table, write
from tests.datasets.pictures import declaration, folders, picture
from tests.datasets.test_hf_dataset import save

START = "my.yaml:3: dataset 'pets': "


@pytest.fixture
def data(tmp_path):
    return folders(tmp_path / "data", "cat", "dog")


def listed(data, content, name="labels.csv"):
    """The complaint about a table, or what was left out."""
    path = data.parent / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_text(content)
    else:
        content(path)
    declared = declaration(expected=None)
    try:
        return open_csv(declared, data, LabelFile(path), data.parent / "cache").manifest()
    except InputError as error:
        return str(error).removeprefix(START)


HEAD = "file_name,label\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe" + (HEAD + "cat/0.png,cat\n").encode("utf-16-le"), "it is in UTF-16; save it as UTF-8"),
        ((HEAD + "cat/0\0.png,cat\n").encode(), "it holds a NUL in line 2"),
        ((HEAD + "cat/0.png,caf").encode() + b"\xe9\n", "it is no text in UTF-8"),
        (HEAD + "x" * 200_000 + ",cat\n", "field larger than field limit"),
        (HEAD + "cat/" + "x" * 5000 + ".png,cat\n", "cannot be opened (File name too long)"),
        (HEAD + "cat/0.png," + "1" * 5000 + "\n", f"label '{'1' * 60}...' is no class"),
        (HEAD + "cat/0.png,1e400\n", "label '1e400' is no class"),
        (HEAD + "cat/0.png,\x1b[31m\n", r"label '\\x1b[31m' is no class"),
        (lambda path: path.mkdir(), "there is no file"),
        (os.mkfifo, "there is no file"),
        (lambda path: path.symlink_to("/dev/zero"), "there is no file"),
        (lambda path: path.symlink_to(path), "there is no file"),
    ],
    ids=[
        *("UTF-16", "NUL", "Latin 1", "long line", "long name", "long label", "infinite label", "escape sequence"),
        *("folder", "pipe", "device", "link to itself"),
    ],
)
def test_a_table_of_labels_that_is_none(data, content, said):
    assert said in listed(data, content)


def test_a_mark_of_the_byte_order_is_no_part_of_a_name(data):
    assert listed(data, b"\xef\xbb\xbf" + (HEAD + "cat/0.png,cat\n").encode()).images == 1


def test_a_table_of_gigabytes_is_not_read(data, monkeypatch):
    monkeypatch.setattr(texts, "MOST", 10)
    monkeypatch.setattr(texts.read_bytes, "__defaults__", (10,))
    assert "GB, more than such a file has" in listed(data, HEAD + "cat/0.png,cat\n")


def test_images_that_no_row_is_about_are_counted(data):
    facts = listed(data, HEAD + "cat/0.png,cat\n")
    assert [str(one) for one in facts.left_out] == ["not in the table: 1 (cat/1.png)"]
    facts = listed(data, HEAD + "".join(f"{kind}/{n}.png,{kind}\n" for kind in ("cat", "dog") for n in (0, 1)))
    assert facts.left_out == ()


@pytest.mark.parametrize(
    ("name", "there", "how"),
    [("cat/0", "cat/0.png", "without its ending"), ("cat/0.PNG", "cat/0.png", "in another spelling")],
)
def test_names_that_are_almost_right_get_a_hint(data, name, there, how):
    assert listed(data, f"{HEAD}{name},cat\n") == (
        f"1 of 1 image are not in {data}: {name}; {there} is there: it is named {how}"
    )
    assert listed(data, f"{HEAD}cat/9.png,cat\n") == f"1 of 1 image are not in {data}: cat/9.png"


def test_names_in_another_normal_form_get_a_hint(data):
    picture(data / "cat" / "Zoe\u0308.png")
    assert "is named in another spelling" in listed(data, f"{HEAD}cat/Zo\u00eb.png,cat\n")


def tabled(**columns):
    return lambda path: pq.write_table(pa.table(columns), path)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"file_name": ["cat/0.png"], "label": pa.array([2**55], pa.timestamp("ms"))}, "cannot be read as a table"),
        ({"file_name": pa.array([b"\xff"]).cast(pa.binary()), "label": ["cat"]}, "is not in|are not in"),
    ],
)
def test_impossible_values_in_parquet(data, columns, said):
    found = listed(data, tabled(**columns), "labels.parquet")
    assert any(one in found for one in said.split("|")), found


def opened(root, **changes):
    return open_parquet(declaration(**({"expected": None} | changes)), Tables(root), root.parent / "cache")


def complaint(root, open_it=opened, **changes) -> str:
    with pytest.raises(InputError) as caught:
        open_it(root, **changes)
    return str(caught.value).removeprefix(START)


def test_a_parquet_shard_that_is_a_copy_of_another(tmp_path):
    root = tmp_path / "hub"
    write(root / "test-00000-of-00002.parquet", table(0, 4))
    (root / "test-00001-of-00002.parquet").write_bytes((root / "test-00000-of-00002.parquet").read_bytes())
    assert complaint(root) == (
        f"test-00000-of-00002.parquet and test-00001-of-00002.parquet in {root} have 4 images in common: is one a copy "
        "of the other?"
    )
    write(root / "test-00001-of-00002.parquet", table(4, 4))
    assert len(opened(root).ids) == 8


def test_what_else_lies_beside_parquet_files(tmp_path):
    root = tmp_path / "hub"
    write(root / "test.parquet", table(0, 4))
    for name in ("README.md", "more.arrow", ".DS_Store"):
        (root / name).write_text("x")
    assert [str(one) for one in opened(root).manifest().left_out] == [
        "litter of file systems: 1 (.DS_Store)",
        "no file of images: 1 (more.arrow)",
    ]


def test_names_of_shards_with_absurd_numbers(tmp_path):
    root = tmp_path / "hub"
    write(root / "test-00000-of-99999999999.parquet", table(0, 4))
    assert "1 of 99999999999 shards are in" in complaint(root)
    assert missing_numbers({3, 5}, 0, 10**15) == "0, 1, 2, 4, 6 and 999,999,999,999,993 more"
    assert missing_numbers({0, 1}, 0, 2) == ""


def test_a_pipe_as_a_parquet_file(tmp_path):
    (tmp_path / "hub").mkdir()
    os.mkfifo(tmp_path / "hub" / "test.parquet")
    assert "is no whole Parquet file (it is no regular file)" in complaint(tmp_path / "hub")


def test_tables_that_are_larger_than_anybody_can_mean(tmp_path, monkeypatch):
    path = write(tmp_path / "test.parquet", table(0, 4))
    monkeypatch.setattr(parquet_bounds, "MOST_ROWS", 3)
    assert "it states 4 rows, more than 3" in complaint(path)
    monkeypatch.setattr(parquet_bounds, "MOST_ROWS", 5)
    zeros = pa.array([{"bytes": bytes(3_000_000), "path": None}] * 4, table(0, 1).schema.field("image").type)
    pq.write_table(table(0, 4, image=zeros), path, compression="zstd")
    assert "cannot be read" in complaint(path)  # no image, but unpacked
    monkeypatch.setattr(parquet_bounds, "LARGE", 1_000_000)
    assert "a decompression bomb" in complaint(path)


def test_impossible_columns_beside_images(tmp_path):
    big = pa.array([2**64 - 1, 1, 2, 3], pa.uint64())
    path = write(tmp_path / "test.parquet", table(0, 4, number=big))
    assert opened(path).annotations["number"].dtype == np.float64
    found = table(0, 4).append_column("label", pa.array([1, 2, 3, 4]))
    pq.write_table(found, path)
    assert "it has several columns 'label'" in complaint(path)


def test_text_that_is_no_text(tmp_path):
    odd = pa.StringArray.from_buffers(
        4, pa.py_buffer(np.arange(5, dtype=np.int32).tobytes()), pa.py_buffer(b"\xff" * 4)
    )
    path = write(tmp_path / "test.parquet", table(0, 4, author=odd))
    assert f"{path} holds what cannot be read" in complaint(path)
    root = save(tmp_path / "saved", table(0, 4, author=odd))
    assert "Invalid UTF8 sequence" in complaint(root, saved)


def saved(root, **changes):
    return open_hf_dataset(declaration(**({"expected": None} | changes)), Tables(root), root.parent / "cache")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("[" * 100_000, "cannot be read as a block of JSON (it is nested too deeply to be read)"),
        ('{"_data_files": [{"filename": "../../x.arrow"}]}', "does not list the names of files in its folder"),
        ('{"_data_files": [{"filename": 3}]}', "does not list the names of files in its folder"),
        ('{"_data_files": "data.arrow"}', "does not list the names of files in its folder"),
        ('{"_data_files": [["x"]]}', "does not list the names of files in its folder"),
        ("[1, 2]", "cannot be read as a block of JSON"),
        ("\0", "it holds a NUL in line 1"),
    ],
)
def test_states_that_are_none(tmp_path, state, said):
    root = save(tmp_path / "saved", table(0, 4))
    (root / "state.json").write_text(state)
    assert said in complaint(root, saved)


def test_a_saved_file_that_is_listed_twice_or_a_copy(tmp_path):
    root = save(tmp_path / "saved", table(0, 4), table(0, 4))
    assert "have 4 images in common: is one a copy of the other?" in complaint(root, saved)
    state = json.loads((root / "state.json").read_text())
    (root / "state.json").write_text(json.dumps(state | {"_data_files": state["_data_files"][:1] * 2}))
    assert "lists a file twice" in complaint(root, saved)


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_flipped_bytes_are_sentences(tmp_path, kind):
    """Damage anywhere: the images, a sentence, or another digest, and no traceback."""
    if kind == "parquet":
        path, open_it = write(tmp_path / "test.parquet", table(0, 6, ["cat", "dog", "gear"])), opened
    else:
        root, open_it = save(tmp_path / "saved", table(0, 6, ["cat", "dog", "gear"])), saved
        path = root / "data-00000-of-00001.arrow"
    whole, target = path.read_bytes(), path if kind == "parquet" else path.parent
    before = open_it(target).manifest().digest
    draws = np.random.default_rng(0)
    outcomes = set()
    for place in draws.integers(0, len(whole), 150):
        damaged = bytearray(whole)
        damaged[place] ^= int(draws.integers(1, 256))
        path.write_bytes(damaged)
        try:
            outcomes.add(open_it(target).manifest().digest == before)
        except InputError:
            outcomes.add("refused")
    assert "refused" in outcomes

"""Probe tasks: one block for two datasets, whose classes are the data's own."""

from pathlib import Path

import pyarrow as pa
import pytest

from fixtures.core.errors import InputError
from fixtures.suite.loader import Suite, load_suite
from tests.datasets.parquets import table, write
from tests.datasets.pictures import folders, picture
from tests.datasets.shards import one, shard
from tests.datasets.test_hf_dataset import save

START = "suite: my\nclasses: [a, b]\ndatasets:\n  val: {format: class_folders, path: val}\ntasks:\n"


@pytest.fixture
def load(tmp_path):
    folders(tmp_path / "val", "a", "b")

    def read(*lines: str, **how) -> Suite:
        (tmp_path / "my.yaml").write_text(START + "".join(f"  {line}\n" for line in lines))
        return load_suite(str(tmp_path / "my.yaml"), cache=tmp_path / "cache", **how)

    return read


def complaint(load, *lines: str, role=None) -> str:
    with pytest.raises(InputError) as caught:
        load(*lines).dataset(role or "val")
    return str(caught.value)


def both(suite: Suite, task: str) -> tuple[tuple[str, ...], list[int], list[int]]:
    train, test = suite.dataset(f"probe_{task}_train"), suite.dataset(f"probe_{task}_test")
    assert train.classes == test.classes
    assert train.mapping.kind == test.mapping.kind == "none"
    return train.classes, train.labels.tolist(), test.labels.tolist()


def table_of(path: Path, *labels: object) -> None:
    for k in range(len(labels)):
        picture(path.parent / f"{path.stem}{k}.png", seed=k)
    path.write_text("file_name,label\n" + "".join(f"{path.stem}{k}.png,{label}\n" for k, label in enumerate(labels)))


def test_folders_name_the_classes(load, tmp_path):
    for part in ("train", "test"):
        folders(tmp_path / "pets" / part, "dog", "cat", each=1)
        folders(tmp_path / "digits" / part, *map(str, range(11)), each=1)
    suite = load(
        'pets: {format: class_folders, path: "pets/{split}"}', "digits: {format: images, path: digits, tolerance: 0.1}"
    )
    assert list(suite.roles) == [
        "val",
        "probe_pets_train",
        "probe_pets_test",
        "probe_digits_train",
        "probe_digits_test",
    ]
    assert both(suite, "pets") == (("cat", "dog"), [0, 1], [0, 1])
    assert both(suite, "digits")[0] == tuple(map(str, range(11)))
    assert suite.dataset("probe_digits_test").labels.tolist() == [0, 1, 10, 2, 3, 4, 5, 6, 7, 8, 9]


def test_parts_that_are_called_otherwise(load, tmp_path):
    for part in ("learn", "val"):
        folders(tmp_path / "pets" / part, "dog", "cat", each=1)
    line = (
        'pets: {format: images, path: "pets/{split}", splits: {train: learn, test: val}, images: {train: 2, test: 3}}'
    )
    suite = load(line)
    assert suite.dataset("probe_pets_train").manifest().images == 2
    assert "2 images in" in complaint(load, line, role="probe_pets_test")


def test_a_table_beside_the_images(load, tmp_path):
    table_of(tmp_path / "counts" / "train.csv", 0, 3, 1, 2)
    table_of(tmp_path / "counts" / "test.csv", 0, 1)
    assert both(load("counts: {format: images, path: counts}"), "counts") == (
        ("0", "1", "2", "3"),
        [0, 3, 1, 2],
        [0, 1],
    )
    assert both(load('counts: {format: csv, path: "counts/{split}.csv"}'), "counts")[2] == [0, 1]
    line = 'counts: {format: csv, path: counts, labels: "counts/{split}.csv"}'
    assert both(load(line), "counts")[2] == [0, 1]
    table_of(tmp_path / "counts" / "test.csv", 0, 4)
    assert complaint(load, line, role="probe_counts_test").endswith(
        "test.csv:3: label 4 is out of range; there are 4 classes, 0 to 3"
    )


def test_tar_shards_as_vtab_is_published(load, tmp_path):
    for part, number in (("train", 4), ("test", 2)):
        shard(tmp_path / "vtab" / "x" / part / "0.tar", *(member for k in range(number) for member in one(k, k % 3)))
        (tmp_path / "vtab" / "x" / part / "nshards.txt").write_text("1")
    line = 'x: {format: images, path: "vtab/x/{split}"}'
    assert both(load(line), "x") == (("0", "1", "2"), [0, 1, 2, 0], [0, 1])
    (tmp_path / "vtab" / "x" / "classnames.txt").write_text("one\ntwo\nthree\nfour\n")
    assert both(load(line), "x")[0] == ("one", "two", "three", "four")
    (tmp_path / "vtab" / "x" / "test" / "classnames.txt").write_text("one\nthree\ntwo\n")
    assert both(load(line), "x")[2] == [0, 2]  # by name
    (tmp_path / "vtab" / "x" / "test" / "classnames.txt").write_text("one\ntwo\nfive\n")
    assert "names 3 classes, and the dataset has 4; unknown are five" in complaint(load, line, role="probe_x_test")


@pytest.mark.parametrize("format_", ["parquet", "images"])
def test_parquet_and_its_splits(load, tmp_path, format_):
    for part, labels in (("train", [2, 0, 1, 2]), ("test", [1, 1, 0, 0])):
        labelled = table(label=pa.array(labels), names=["x", "y", "z"])
        write(tmp_path / "hub" / "data" / f"{part}-00000-of-00001.parquet", labelled)
    assert both(load(f"t: {{format: {format_}, path: hub}}"), "t") == (("x", "y", "z"), [2, 0, 1, 2], [1, 1, 0, 0])
    line = f"t: {{format: {format_}, path: hub, splits: {{train: train, test: validation}}}}"
    assert "has no split 'validation'" in complaint(load, line, role="probe_t_test")


@pytest.mark.parametrize("format_", ["hf_dataset", "images"])
def test_a_saved_dataset_and_its_splits(load, tmp_path, format_):
    for part, first in (("train", 0), ("test", 6)):
        save(tmp_path / "saved" / part, table(first, names=["x", "y", "z"]), split=part)
    (tmp_path / "saved" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    assert both(load(f"t: {{format: {format_}, path: saved}}"), "t") == (("x", "y", "z"), [0, 1, 2, 0], [0, 1, 2, 0])


def test_what_has_classes_already(load, tmp_path):
    for part in ("train", "test"):
        folders(tmp_path / "pets" / part, "dog", "cat", each=1)
    suite = load(
        "digits: {format: digits}",
        'count: {format: rendered, split: "probe_count_{split}"}',
        'pets: {format: class_folders, path: "pets/{split}", classes: [dog, cat]}',
    )
    assert both(suite, "pets") == (("dog", "cat"), [1, 0], [1, 0])
    assert len(both(suite, "digits")[0]) == 10
    assert both(suite, "count")[0]


def test_training_and_test_must_agree(load, tmp_path):
    folders(tmp_path / "pets" / "train", "dog", "cat")
    root = folders(tmp_path / "pets" / "test", "dog")
    line = 'pets: {format: images, path: "pets/{split}"}'
    assert complaint(load, line, role="probe_pets_test").startswith(
        f"my.yaml:6: dataset 'probe_pets_test': 1 of 2 classes have no image in {root}: cat; if they are not meant"
    )
    folders(root, "cat", "horse")
    assert complaint(load, line, role="probe_pets_test").startswith(
        f"my.yaml:6: dataset 'probe_pets_test': 1 folder in {root} named as no class is: horse; there are 2: cat, dog"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("t: {format: class_folders, path: val}", "my.yaml:6: 'tasks.t': nowhere says {split}, so that its training"),
        ('t: {format: nope, path: "{split}"}', "my.yaml:6: 'tasks.t.format': 'nope' is none of '"),
        ('t: {format: csv, path: "{split}", pth: 1}', "my.yaml:6: unknown key 'tasks.t.pth'; did you mean 'path'?"),
        ('t: {format: images, path: "{split}", role: x}', "my.yaml:6: 'tasks.t': says 'role', which follows from its"),
        ('t: {format: images, path: "{split}", outputs: identity}', "my.yaml:6: 'tasks.t': says 'outputs', which foll"),
        ('t: {format: images, path: "{split}", splits: {train: a}}', "my.yaml:6: 'tasks.t': splits must name both"),
        ('t: {format: images, path: "no/{split}"}', "my.yaml:6: dataset 'probe_t_train': path: {tmp}/no/train is not"),
        ("t-t: {format: digits}", "my.yaml:6: 'tasks.t-t': must be made of letters, digits and _ only"),
        ("t: 7", "my.yaml:6: 'tasks.t': Input should be a valid dictionary"),
    ],
)
def test_what_is_wrong_is_said_once_and_with_its_line(load, tmp_path, line, expected):
    found = complaint(load, line)
    assert found.startswith(expected.replace("{tmp}", str(tmp_path)))
    assert "\n" not in found


def test_a_dataset_of_the_same_name(load, tmp_path):
    text = START.replace("  val:", "  probe_digits_test: {format: digits, split: test, outputs: none}\n  val:")
    (tmp_path / "my.yaml").write_text(text + "  digits: {format: digits}\n")
    with pytest.raises(InputError, match="the dataset 'probe_digits_test' is one that a task makes too; rename one"):
        load_suite(str(tmp_path / "my.yaml"))


def test_a_task_that_is_not_there_is_absent_where_data_lies_under_a_root(load, tmp_path):
    suite = load('t: {format: images, path: "no/{split}"}', data_root=tmp_path)
    assert set(suite.absent) == {"probe_t_train", "probe_t_test"}
    assert (
        suite.absent["probe_t_test"].sentence == f"my.yaml:6: dataset 'probe_t_test': {tmp_path}/no/test is not there"
    )


def test_a_part_may_have_one_of_several_numbers_of_images_and_swapped_parts_are_told(load, tmp_path):
    folders(tmp_path / "pets" / "train", "cat", "dog", each=3)
    folders(tmp_path / "pets" / "test", "cat", "dog", each=2, first=500)
    line = 'pets: {format: images, path: "pets/{split}", images: {train: %s, test: %s}}'
    suite = load(line % ("[6, 8]", 4))
    assert [suite.dataset(f"probe_pets_{part}").manifest().expected for part in ("train", "test")] == [6, 4]
    swapped = load(line % ("[4, 8]", "[6, 7]"))
    with pytest.raises(
        InputError, match=r"6 images in .* but 4 or 8 are declared; the test images are as many: were the"
    ):
        swapped.dataset("probe_pets_train")
    with pytest.raises(InputError, match=r"4 images in .* but 6 or 7 are declared; the train images are as many: were"):
        swapped.dataset("probe_pets_test")


def test_a_suite_may_have_tasks_only(tmp_path):
    for seed, part in enumerate(("train", "test")):
        folders(tmp_path / "pets" / part, "cat", "dog", first=100 * seed)
    text = 'suite: my\nclasses: [a, b]\ntasks:\n  pets: {format: images, path: "pets/{split}"}\n'
    (tmp_path / "my.yaml").write_text(text)
    suite = load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache")
    assert list(suite.roles) == ["probe_pets_train", "probe_pets_test"]
    assert suite.dataset("probe_pets_test").manifest().images == 4
    (tmp_path / "my.yaml").write_text("suite: my\nclasses: [a, b]\n")
    with pytest.raises(InputError, match="names nothing to look at: 'datasets', 'tasks' or both must"):
        load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache")

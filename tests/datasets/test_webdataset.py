"""Tar shards: read where they lie, checked for what is cut off, missing, unlabelled or there twice."""

import json
import tarfile
from collections import Counter

import numpy as np
import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.containers import tar_shard
from fixtures.datasets.containers.shard_files import Shards
from fixtures.datasets.formats.webdataset import classes_of_webdataset, open_webdataset
from fixtures.datasets.images import inventory
from fixtures.datasets.images.decoding import UnreadableImage
from fixtures.suite.loader import load_suite
from tests.datasets.pictures import declaration
from tests.datasets.shards import encoded, one, pixels, shard

START = "my.yaml:3: dataset 'pets': "


@pytest.fixture
def root(tmp_path):
    """Eleven shards of one image each, labelled by number."""
    for number in range(11):
        shard(tmp_path / "data" / "test" / f"{number}.tar", *one(number, number % 3))
    (tmp_path / "data" / "test" / "nshards.txt").write_text("11\n")
    return tmp_path / "data" / "test"


def opened(root, pattern=None, label=None, **changes):
    declared = declaration(**({"expected": None} | changes))
    return open_webdataset(declared, Shards(root, pattern, label), root.parent / "cache")


def complaint(root, pattern=None, label=None, **changes) -> str:
    with pytest.raises(InputError) as caught:
        opened(root, pattern, label, **changes)
    return str(caught.value).removeprefix(START)


def test_shards_are_read_by_number_and_images_where_they_lie(root):
    dataset = opened(root, images=11)
    assert dataset.ids == tuple(f"s{number:07d}.png" for number in range(11))
    assert dataset.labels.tolist() == [number % 3 for number in range(11)]
    for row in (10, 0, 4):
        assert (np.asarray(dataset.load(row)) == pixels(row)).all()


@pytest.mark.parametrize("kind", ["jpg", "jpeg", "png", "webp", "PNG"])
def test_kinds_of_images(tmp_path, kind):
    path = shard(tmp_path / "x.tar", (f"./train/a.b.{kind}", b""), *one(3, "dog", "png"))  # a.b: key a, suffix b.kind
    assert opened(path).ids == ("s0000003.png",)
    path = shard(tmp_path / "y.tar", (f"./train/a.{kind}", encoded(1, kind.lower())), ("./train/a.cls", "gear"))
    assert (opened(path).ids, opened(path).labels.tolist()) == ((f"train/a.{kind.lower()}",), [2])


def test_labels_are_numbers_names_or_stand_in_json(tmp_path):
    facts = json.dumps({"label": 1, "species": "n02121620", "caption": "x" * 1000})
    path = shard(tmp_path / "x.tar", ("a.png", encoded(1)), ("a.json", facts))
    assert opened(path).labels.tolist() == [1]
    assert opened(path, label="species").labels.tolist() == [0]
    assert complaint(path, label="kind") == f"{path}: 1 image without a label ('kind' in KEY.json): a"
    path = shard(tmp_path / "y.tar", *one(1, "gear"), *one(2, " dog\n"), ("s0000002.txt", "a caption"))
    assert opened(path).labels.tolist() == [2, 1]


def test_classnames_say_what_numbers_mean(root):
    (root.parent / "classnames.txt").write_text("gear\ncat\ndog\n")
    assert opened(root).labels.tolist()[:3] == [2, 0, 1]
    (root / "classnames.txt").write_text("katze\nhund\nzahnrad\n")  # other words, as many: by number
    assert opened(root).labels.tolist()[:3] == [0, 1, 2]
    (root / "classnames.txt").write_text("katze\nhund\n")
    assert complaint(root) == "classnames.txt names 2 classes, and the dataset has 3; unknown are katze, hund"
    (root / "classnames.txt").write_text("hund\nkatze\ndog\n")
    assert complaint(root).startswith("classnames.txt calls its class 2 'dog', which is class 1 of the dataset")
    (root / "classnames.txt").write_text("crane\nhund\ncrane\n")  # a bird, and a machine
    assert opened(root).labels.tolist()[:3] == [0, 1, 2]
    (root / "classnames.txt").write_text("cat\n\ndog\n")
    assert complaint(root) == f"{root / 'classnames.txt'} must name each class, one to a line"


def test_the_classes_that_shards_have_of_themselves(root):
    def own():
        return classes_of_webdataset(declaration(space=ClassSpace(())), Shards(root), root.parent / "cache")

    assert own() == ("0", "1", "2")
    shard(root / "0.tar", *one(0, "z"))
    assert own() == ("0", "1", "2", "z")
    (root / "classnames.txt").write_text("crane\nhund\ncrane\n")
    assert own() == ("crane (0)", "hund", "crane (2)")
    (root / "classnames.txt").write_text("katze\nhund\nzahnrad\n")
    assert own() == ("katze", "hund", "zahnrad")


def test_a_missing_shard(root):
    (root / "3.tar").unlink()
    assert complaint(root) == f"10 of 11 shards are in {root}; nshards.txt there says 11"
    (root / "nshards.txt").unlink()
    assert complaint(root) == f"{root} has 10 parts up to 10.tar, but none of number 3"
    (root / "0.tar").unlink()
    assert opened(root, "{8..10}.tar").labels.tolist() == [2, 0, 1]
    assert complaint(root, "{0..10}.tar") == f"2 of 11 shards {{0..10}}.tar are not in {root}: 0.tar, 3.tar"


def test_sets_of_shards_are_told_apart(tmp_path):
    root = tmp_path / "data"
    shard(root / "train-000.tar", *one(0, 0))
    shard(root / "train-001.tar", *one(1, 1))
    shard(root / "test-000.tar", *one(2, 2))
    assert complaint(root).startswith(f"{root} has shards of several sets: test-, train-; name those of one of them")
    assert opened(root, "train-{000..001}.tar").labels.tolist() == [0, 1]
    shard(root / "test-0.tar", *one(2, 2))
    (root / "train-000.tar").unlink()
    (root / "train-001.tar").unlink()
    assert complaint(root) == f"{root} has 2 parts up to test-000.tar, but several of one number"


def test_no_shards(tmp_path):
    (tmp_path / "data").mkdir()
    assert complaint(tmp_path / "data") == f"no shards (.tar) in {tmp_path / 'data'}: it has nothing"
    (tmp_path / "data" / "0.tar.gz").write_bytes(b"")
    assert complaint(tmp_path / "data").endswith("0.tar.gz must be unpacked to .tar first")


def test_a_shard_that_is_cut_off(tmp_path):
    path = shard(tmp_path / "0.tar", *one(0, 0), *one(1, 1), *one(2, 2))
    whole = path.read_bytes()
    with tarfile.open(path) as archive:
        places = {member.name: member.offset_data for member in archive}
    ends = (
        (places["s0000002.png"] + 100, "s0000002.png is not all there", "s0000001.cls"),
        (places["s0000002.cls"] - 512, "the mark at the end of a tar file is missing", "s0000002.png"),
        (places["s0000002.cls"] - 100, "the mark at the end of a tar file is missing", "s0000002.png"),
        (places["s0000001.png"] - 512, "the mark at the end of a tar file is missing", "s0000000.cls"),
    )
    for size, why, last in ends:
        path.write_bytes(whole[:size])
        found = complaint(path)
        assert found.startswith(f"the shard {path} is cut off after {size:,} bytes ("), found
        assert found.endswith(f"its last whole member is {last}"), found
        assert why in found or "unexpected end of data" in found
    path.write_bytes(b"")
    assert complaint(path) == f"{path} is no whole tar file (empty file); it is empty"
    path.write_bytes(b"x" * 2000)
    assert f"{path} is" in complaint(path)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([("a.png", encoded(1))], "{path}: 1 image without a label (KEY.cls, or 'label' in KEY.json): a"),
        ([*one(1, 0), ("b.cls", "1")], "{path}: 1 label without an image: b"),
        ([*one(1, 0), ("b.json", "{}")], "{path}: 1 label without an image: b"),
        ([*one(1, 3)], "{path}: s0000001: label 3 is out of range; there are 3 classes, 0 to 2"),
        ([*one(1, -1)], "{path}: s0000001: label -1 is out of range; there are 3 classes, 0 to 2"),
        ([*one(1, "wolf")], "{path}: s0000001: label 'wolf' is no class; classes are cat, dog, gear"),
        ([*one(1, "")], "{path}: 1 image without a label"),
        ([*one(1, 0), *one(1, 0)], "{path} has two members for 's0000001'; an image counts once"),
        ([*one(1, 0), ("s0000001.jpg", encoded(2, "jpg"))], "{path} has two members for 's0000001'"),
        ([*one(1, 0), ("s0000001.json", "{")], "{path}: s0000001.json is no JSON"),
        ([*one(1, 0), ("s0000001.json", "[]")], "{path}: s0000001.json must hold a block of facts"),
        ([], "no images in {path}"),
    ],
)
def test_what_is_in_a_shard_but_makes_no_image(tmp_path, members, expected):
    path = shard(tmp_path / "0.tar", *members)
    assert complaint(path).startswith(expected.format(path=path))


def test_keys_that_start_again_in_each_shard_and_a_shard_that_is_there_twice(tmp_path):
    root = tmp_path / "data"
    shard(root / "0.tar", ("a.png", encoded(1)), ("a.cls", "0"))
    shard(root / "1.tar", ("a.png", encoded(2)), ("a.cls", "1"))
    assert opened(root).ids == ("0/a.png", "1/a.png")
    shard(root / "2.tar", ("a.png", encoded(1)), ("a.cls", "0"))
    assert complaint(root) == f"0.tar and 2.tar in {root} hold the same image a"


def test_images_that_cannot_be_read(tmp_path):
    broken = encoded(2)[:-30]
    path = shard(tmp_path / "0.tar", *one(1, 0), ("b.png", broken), ("b.cls", "1"), *one(3, 2))
    assert complaint(path).startswith("1 of 3 images cannot be read, none may be: b.png (")
    dataset = opened(path, tolerance=0.5)
    assert (dataset.ids, dataset.manifest().unreadable) == (("s0000001.png", "s0000003.png"), ("b.png",))
    assert (np.asarray(dataset.load(1)) == pixels(3)).all()
    inside = bytearray(encoded(4))
    inside[60] ^= 255
    path = shard(tmp_path / "1.tar", *one(1, 0), ("b.png", bytes(inside)), ("b.cls", "1"))
    with pytest.raises(UnreadableImage, match=r"1\.tar: b\.png: cannot be read as an image"):
        opened(path).load(1)


def test_numbers_and_classes_that_are_declared(root):
    assert complaint(root, images=12).startswith(f"11 images in {root}, but 12 are declared; --allow-partial")
    shard(root / "0.tar", *one(0, 0))
    for number in range(11):
        shard(root / f"{number}.tar", *one(number, 0))
    assert complaint(root, expected=(0, 1)).startswith(f"1 of 2 classes have no image in {root}: dog")


def test_the_digest_knows_content_and_labels_but_not_where_it_lies(root, tmp_path):
    first = opened(root).manifest()
    assert opened(root.rename(tmp_path / "data" / "elsewhere")).manifest() == first
    root = tmp_path / "data" / "elsewhere"
    shard(root / "4.tar", *one(4, 2))
    relabelled = opened(root).manifest().digest
    shard(root / "4.tar", ("s0000004.png", encoded(99)), ("s0000004.cls", "1"))
    assert len({first.digest, relabelled, opened(root).manifest().digest}) == 3


def test_a_second_look_reads_no_shard(root, monkeypatch):
    monkeypatch.setattr(inventory, "SETTLED", -(10**12))
    taken = Counter()
    plain = tar_shard.take

    def counting(path, complain):
        taken[path.name] += 1
        return plain(path, complain)

    monkeypatch.setattr("fixtures.datasets.formats.webdataset.take", counting)
    first = opened(root).manifest()
    assert opened(root).manifest() == first
    assert taken.total() == 11
    shard(root / "4.tar", *one(4, 2))
    assert opened(root).labels[4] == 2
    assert taken.total() == 12
    for file in (root.parent / "cache" / "inventories").glob("*.json"):
        file.write_text(file.read_text()[:40])
    assert opened(root).labels[4] == 2


@pytest.mark.parametrize("path", ["data/test", "data/test/{0..10}.tar", "data/test/3.tar"])
def test_in_a_suite(root, tmp_path, path):
    block = f'{{format: webdataset, path: "{path}", resize: none, tolerance: 0.1}}'
    (tmp_path / "my.yaml").write_text(f"suite: my\nclasses: [cat, dog, gear]\ndatasets:\n  val: {block}\n")
    dataset = load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("val")
    assert len(dataset.ids) == (1 if "3" in path else 11)
    assert dataset.own_size


def test_a_part_of_the_shards_where_that_will_do(root):
    (root / "3.tar").unlink()
    dataset = opened(root, partial=True, images=11)
    assert (len(dataset.ids), dataset.manifest().expected) == (10, 11)
    (root / "nshards.txt").unlink()
    assert len(opened(root, partial=True).ids) == 10
    assert len(opened(root, "{0..10}.tar", partial=True).ids) == 10
    assert complaint(root, "{20..21}.tar", partial=True).startswith("2 of 2 shards {20..21}.tar are not in")


def test_at_a_glance_no_image_is_read(root, monkeypatch):
    monkeypatch.setattr(tar_shard, "content_of", None)
    facts = opened(root, glance=True).manifest()
    assert (facts.images, facts.bytes) == (11, sum(len(encoded(number)) for number in range(11)))
    assert not (root.parent / "cache").exists()

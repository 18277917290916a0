"""Every layout in which people have ImageNet and its relatives is read by the shipped suite, without a change."""

import io
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from PIL import Image

from fixtures.core.errors import InputError
from fixtures.plugin.doctor.datasets import findings
from fixtures.plugin.doctor.finding import Finding
from fixtures.plugin.doctor.report import healthy
from fixtures.plugin.option import Asked, places
from fixtures.plugin.run import Run
from fixtures.suite import imagenet
from fixtures.suite.imagenet_9 import folders, groups
from fixtures.suite.loader import SHIPPED, load_suite
from tests.conftest import ROOT
from tests.datasets import layouts
from tests.datasets.layouts import Samples, samples

LABELS = {"val": [0, 1, 999, 400] * 2, "v2": [0, 2, 10, 999] * 2, "sketch": [5, 6, 7, 8] * 2}
SUBSETS = {"a": "imagenet-a", "renditions": "imagenet-r"}
WRITTEN = yaml.safe_load((SHIPPED / "imagenet.yaml").read_text())["datasets"]


def drawn(role: str) -> Samples:
    """Eight images of four classes of the dataset."""
    if role in SUBSETS:
        known = imagenet.subset(SUBSETS[role])
        return samples([known[place] for place in (0, 3, 4, 199) * 2], [0, 3, 4, 199] * 2)
    return samples(LABELS[role])


def opened(role: str, root: Path, found: Samples, **changes: object):
    """The dataset as the shipped suite has it, but for its numbers."""
    block = WRITTEN[role] | {"images": len(found), "classes": sorted({one.wordnet for one in found})} | changes
    block = {key: value for key, value in block.items() if key not in {"card", "canary", "role"}}
    text = yaml.safe_dump({"suite": "my", "classes": "imagenet-1k", "data_root": "required", "datasets": {role: block}})
    (root / "my.yaml").write_text(text)
    return load_suite(str(root / "my.yaml"), root / "cache", data_root=root).dataset(role)


VAL = {
    "folders called by WordNet id": (layouts.folders, "imagenet/val"),
    "torchvision's root": (layouts.torchvision_root, "imagenet"),
    "unpacked into itself": (layouts.too_deep, "imagenet/val"),
    "flat, development kit": (layouts.flat_kit, "imagenet/val"),
    "flat, packed development kit": (layouts.flat_packed_kit, "imagenet/val"),
    "flat, list of WordNet ids": (layouts.flat_synsets, "imagenet/val"),
    "flat, val.txt": (layouts.flat_caffe, "imagenet/val"),
    "flat, LOC_val_solution.csv": (layouts.flat_kaggle, "imagenet/val"),
    "Kaggle's tree as the data root": (layouts.kaggle_tree, "."),
    "Kaggle's tree": (layouts.kaggle_tree, "imagenet-object-localization-challenge"),
    "names that hold the label": (layouts.names_hold_labels, "imagenet/val"),
    "ILSVRC2012_img_val.tar": (layouts.packed_flat, "imagenet"),
    "ILSVRC2012_img_val.tar in the data root": (layouts.packed_flat, "."),
    "hub Parquet": (layouts.hub, "imagenet-1k"),
    "refs/convert/parquet": (layouts.converted, "imagenet-1k"),
    "the hub's cache": (layouts.cached(layouts.hub), "datasets--ILSVRC--imagenet-1k"),
    "the hub's cache, two snapshots": (layouts.cached(layouts.hub, layouts.hub), "hub/datasets--ILSVRC--imagenet-1k"),
    "the library's Arrow cache": (layouts.arrow_cache, "datasets/ILSVRC___imagenet-1k"),
    "save_to_disk": (layouts.saved, "imagenet/val"),
    "save_to_disk, several splits": (layouts.saved_splits, "imagenet"),
    "timm's shards": (layouts.timm_shards, "imagenet-1k-wds"),
    "timm's shards in the hub's cache": (layouts.cached(layouts.timm_shards), "datasets--timm--imagenet-1k-wds"),
    "clip-benchmark's shards": (layouts.clip_shards, "wds_imagenet1k"),
    "clip-benchmark's shards in the hub's cache": (
        layouts.cached(layouts.clip_shards),
        "datasets--clip-benchmark--wds_imagenet1k",
    ),
    "TensorFlow Datasets": (layouts.tfds, "imagenet2012"),
}
OTHERS = {
    ("v2", "folders 0 to 999"): (layouts.numbers, "imagenetv2-matched-frequency-format-val"),
    ("v2", "unpacked into itself"): (
        lambda root, found: layouts.numbers(root / root.name, found),
        "imagenetv2-matched-frequency-format-val",
    ),
    ("v2", "clip-benchmark's shards"): (layouts.clip_shards, "wds_imagenetv2"),
    ("v2", "hub Parquet"): (layouts.hub_one_split, "imagenetv2-matched-frequency"),
    **{
        (role, name): (write, place)
        for role, folder in (("a", "imagenet-a"), ("renditions", "imagenet-r"))
        for name, write, place in (
            ("folders called by WordNet id", layouts.folders, folder),
            ("unpacked into itself", layouts.too_deep, folder),
            ("names that hold the label", layouts.names_hold_labels, folder),
            ("packed .tar", layouts.packed_folders, f"{folder}.tar"),
            ("clip-benchmark's shards", layouts.clip_shards, f"wds_{folder}"),
            ("hub Parquet", layouts.hub_wordnet, folder),
            ("the hub's cache", layouts.cached(layouts.hub_wordnet), f"datasets--axiong--{folder}"),
            ("save_to_disk", layouts.saved, folder),
        )
    },
    ("sketch", "folders called by WordNet id"): (layouts.folders, "sketch"),
    ("sketch", "one level too high"): (lambda root, found: layouts.folders(root / "sketch", found), "ImageNet-Sketch"),
    ("sketch", "hub Parquet"): (layouts.hub_one_split, "imagenet_sketch"),
    ("sketch", "the hub's cache"): (layouts.cached(layouts.hub_one_split), "datasets--songweig--imagenet_sketch"),
    ("sketch", "clip-benchmark's shards"): (layouts.clip_shards, "wds_imagenet_sketch"),
    ("sketch", "the library's Arrow cache"): (layouts.arrow_cache, "imagenet_sketch"),
}
ALL = {("val", name): layout for name, layout in VAL.items()} | OTHERS


@pytest.mark.parametrize(("role", "name"), ALL, ids=[": ".join(key) for key in ALL])
def test_a_layout_is_read_as_it_lies_there(role, name, tmp_path):
    write, place = ALL[role, name]
    found = drawn(role)
    write(tmp_path / place, found)
    changes = {"split": "validation"} if (role, name) == ("sketch", "the library's Arrow cache") else {}
    dataset = opened(role, tmp_path, found, **changes)
    same = {np.asarray(dataset.load(row)).tobytes(): int(label) for row, label in enumerate(dataset.labels)}
    assert len(same) == len(found)
    assert sorted(same.values()) == sorted(one.place for one in found)
    for one in found[:: 3 if "webp" not in name else 1]:
        kind = "webp" if "clip-benchmark" in name else "jpeg"
        assert same[decoded(one.number, kind)] == one.place
    assert str(tmp_path if place == "." else tmp_path / place) in dataset.layout


def decoded(seed: int, kind: str) -> bytes:
    return np.asarray(Image.open(io.BytesIO(layouts.encoded(seed, kind))).convert("RGB")).tobytes()


@pytest.fixture
def array_record():
    """A package with compiled code, which few have."""
    return pytest.importorskip("array_record")


@pytest.mark.usefixtures("array_record")
def test_array_records_are_read_by_their_own_package(tmp_path):
    found = drawn("val")
    layouts.array_records(tmp_path / "imagenet2012", found)
    dataset = opened("val", tmp_path, found)
    assert [same.tobytes() for same in map(np.asarray, map(dataset.load, range(8)))] == [
        decoded(one.number, "jpeg") for one in found
    ]
    assert dataset.labels.tolist() == [one.place for one in found]


@pytest.mark.usefixtures("array_record")
@pytest.mark.parametrize("spoil", [lambda data: b"", lambda data: data[: len(data) // 2]], ids=["empty", "cut"])
def test_a_damaged_file_of_array_records_is_a_sentence(tmp_path, spoil):
    layouts.array_records(tmp_path / "imagenet2012", drawn("val"))
    file = min((tmp_path / "imagenet2012").rglob("*.array_record-*"))
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(InputError, match=r"array_record-00000-of-00002 is no whole file of records \("):
        opened("val", tmp_path, drawn("val"))


@pytest.mark.parametrize("place", ["bg_challenge/mixed_rand/val", "mixed_rand/val", "backgrounds_challenge/mixed_rand"])
def test_imagenet_9_is_read_as_its_archive_has_it(place, tmp_path):
    for folder in folders():
        (tmp_path / place / folder).mkdir(parents=True)
        seed = len(list((tmp_path / place).iterdir()))
        (tmp_path / place / folder / "fg_n0_1_bg_n1_2.JPEG").write_bytes(layouts.encoded(seed, "jpeg"))
    block = {"images": 9, "size": None, "classes": list(groups())}
    dataset = opened("in9_mixed_rand", tmp_path, [], **block)
    assert dataset.labels.tolist() == list(range(9))
    assert dataset.classes[2] == "wheeled vehicle"
    assert (dataset.mapping.kind, len(dataset.mapping.groups[0]), dataset.own_size) == ("groups", 116, True)


def test_sets_beyond_the_papers_may_be_missing(tmp_path):
    """The doctor is content without them, and tests about them are skipped with the reason."""
    suite = load_suite("imagenet", tmp_path / "cache", data_root=tmp_path)
    optional = [name for name, found in suite.absent.items() if found.optional]
    assert optional == ["in9_original", "in9_mixed_same", "in9_mixed_rand", "objectnet", "imagenet_o"]
    found = {one.what: one.state for one in findings(suite, suite)}
    assert (found["objectnet"], found["val"]) == ("optional", "missing")
    assert healthy([Finding("objectnet", "", "optional", "")])
    strict, lenient = (Run(SimpleNamespace(allow_partial=partial), suite, {}, {}, None) for partial in (False, True))
    assert set(strict.skipped) == {*optional, "ood_near_imagenet_o"}
    assert "val" in lenient.skipped


def test_two_candidates_are_an_error_that_names_both(tmp_path):
    found = drawn("val")
    layouts.folders(tmp_path / "imagenet" / "val", found)
    layouts.timm_shards(tmp_path / "imagenet-1k-wds", found)
    with pytest.raises(InputError, match="which counts") as caught:
        opened("val", tmp_path, found)
    for words in ("folders of images in", "imagenet/val", "tar shards in", "imagenet-1k-wds"):
        assert words in str(caught.value)
    chosen = [("val", tmp_path / "imagenet-1k-wds")]
    suite = load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache", data_root=tmp_path, data=chosen)
    assert suite.dataset("val").layout == f"tar shards in {tmp_path / 'imagenet-1k-wds'}"
    shutil.rmtree(tmp_path / "imagenet")
    assert len(opened("val", tmp_path, found).ids) == len(found)


def test_a_place_for_a_dataset_that_is_none_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match=r"--data vale=.*: suite imagenet has no dataset 'vale'; it has val, real"):
        load_suite("imagenet", tmp_path / "cache", data_root=tmp_path, data=[("vale", tmp_path)])
    with pytest.raises(InputError, match="the dataset 'real' of suite imagenet lies in no place"):
        load_suite("imagenet", tmp_path / "cache", data_root=tmp_path, data=[("real", tmp_path)])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["val"], "--data val: must be NAME=PATH"),
        (["val=nowhere"], "--data val=nowhere: there is nothing at"),
        (["val=.", "val=."], "--data: val is given twice"),
    ],
    ids=["plain", "nowhere", "twice"],
)
def test_what_is_no_place_is_one_sentence(tmp_path, given, words):
    with pytest.raises(InputError, match=words):
        places(Asked("--data", given, None, tmp_path))


def test_two_candidates_within_one_place(tmp_path):
    found = drawn("a")
    layouts.folders(tmp_path / "imagenet-a" / "new", found)
    layouts.folders(tmp_path / "imagenet-a" / "old", found)
    with pytest.raises(InputError, match="which counts") as caught:
        opened("a", tmp_path, found)
    assert "imagenet-a/new and folders of images in" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "remove", "words"),
    [
        ("timm's shards", "imagenet1k-validation-01.tar", "1 of 2 shards that _info.json lists are not in"),
        ("TensorFlow Datasets", "5.1.0/imagenet2012-validation.tfrecord-00001-of-00002", "missing: number 1"),
        (
            "the library's Arrow cache",
            f"default/1.0.0/{'7' * 64}/imagenet-1k-validation-00001-of-00002.arrow",
            "1 of 2",
        ),
        ("hub Parquet", "data/validation-00001-of-00002.parquet", "1 of 2 shards are in"),
        ("clip-benchmark's shards", "test/1.tar", "1 of 2 shards are in"),
    ],
)
def test_a_lost_file_is_missed(name, remove, words, tmp_path):
    write, place = VAL[name]
    found = drawn("val")
    write(tmp_path / place, found)
    (tmp_path / place / remove).unlink()
    with pytest.raises(InputError, match=words):
        opened("val", tmp_path, found)


@pytest.mark.parametrize("name", ["timm's shards", "TensorFlow Datasets", "the library's Arrow cache"])
def test_a_file_with_other_images_than_noted_beside_it_is_missed(name, tmp_path):
    write, place = VAL[name]
    found = drawn("val")
    write(tmp_path / place, found)
    for file in (tmp_path / place).rglob("*info.json"):
        file.write_text(
            file.read_text().replace('"4"', '"5"').replace("[4, 4]", "[4, 5]").replace('examples": 8', 'examples": 9')
        )
    with pytest.raises(InputError, match=r"beside it says 5|there says 9"):
        opened("val", tmp_path, found)


def test_the_guide_has_a_point_for_each_layout_that_is_tried():
    table = (ROOT / "docs" / "imagenet.md").read_text().split("| layout | val |")[1].split("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    roles = ("val", "v2", "a", "renditions", "sketch")
    assert {(role, row[0]) for row in rows for role, cell in zip(roles, row[1:], strict=True) if cell} == set(ALL)

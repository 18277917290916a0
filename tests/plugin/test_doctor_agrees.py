"""The doctor and a run say the same of every dataset: what the one refuses, so does the other, in the same words."""

import gzip
import re
import shutil
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.replaced import LFS
from fixtures.features.tasks import check_parts, probe_tasks
from fixtures.plugin.doctor.datasets import findings
from fixtures.suite.loader import load_suite
from tests.datasets import layouts
from tests.datasets.layouts import samples

SUITE = """\
suite: my
classes: imagenet-1k
data_root: required
datasets:
  folders: {format: images, path: folders, images: 8, classes: &four [n01440764, n01443537, n15075141, n02999410]}
  flat: {format: images, path: flat, split: [validation], images: 8, classes: *four}
  shards: {format: images, path: shards, split: [validation], images: 8, classes: *four}
  clip: {format: images, path: clip, split: [validation, test], images: 8, classes: *four}
  hub: {format: images, path: hub, split: [validation], images: 8, classes: *four}
  arrow: {format: images, path: arrow, split: [validation], images: 8, classes: *four}
  tfds: {format: images, path: tfds, split: [validation], images: 8, classes: *four}
tasks:
  four: {format: images, path: task}
"""
PLACES = {
    "folders": layouts.folders,
    "flat": layouts.flat_synsets,
    "shards": layouts.timm_shards,
    "clip": layouts.clip_shards,
    "hub": layouts.hub,
    "arrow": layouts.arrow_cache,
    "tfds": layouts.tfds,
}
ONE = {
    "folders": "*/*.JPEG",
    "flat": "*.JPEG",
    "shards": "*validation-01.tar",
    "clip": "test/1.tar",
    "hub": "data/validation-00001*",
    "arrow": "**/*validation-00001*.arrow",
    "tfds": "**/*validation*00001-of*",
}
"""One file of each."""


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def pointer(file: Path) -> None:
    file.write_bytes(LFS + b"v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n")


def gzipped(file: Path) -> None:
    file.write_bytes(gzip.compress(file.read_bytes()))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def lost(file: Path) -> None:
    file.unlink()


def copied(file: Path) -> None:
    """The first of its kind was copied over it."""
    other = file.with_name(re.sub(r"1((-of-\d+)?(\.[a-z]+)?)$", r"0\1", file.name))
    shutil.copy2(other if other != file and other.exists() else max(file.parent.glob("*.JPEG")), file)


REMARKED = {("copy", "folders"), ("copy", "flat")}
"""A picture that is there twice is a remark, which the doctor makes as well."""
DAMAGE = {"empty": emptied, "LFS": pointer, "gzip": gzipped, "cut": cut, "lost": lost, "copy": copied}


@pytest.fixture
def whole(tmp_path):
    found = samples([0, 1, 999, 488] * 2)
    for name, write in PLACES.items():
        write(tmp_path / "data" / name, found)
    layouts.folders(tmp_path / "data" / "task" / "train", layouts.others(found))
    layouts.folders(tmp_path / "data" / "task" / "test", found)
    (tmp_path / "my.yaml").write_text(SUITE)
    return tmp_path


def said(root: Path) -> tuple[dict[str, str], dict[str, str]]:
    """By dataset: what the doctor complains of, and what a run does."""
    suite = load_suite(str(root / "my.yaml"), root / "cache", data_root=root / "data")
    return compared(suite, load_suite(str(root / "my.yaml"), root / "x", data_root=root / "data", partial=True))


def compared(suite, lenient) -> tuple[dict[str, str], dict[str, str]]:
    doctor = {one.what: one.detail for one in findings(suite, lenient) if one.state != "found"}
    run = {name: suite.problem(name) for name in suite.roles.values() if suite.problem(name)}
    for task, parts in probe_tasks(suite.roles).items():
        if not any(part in run for part in parts):
            try:
                check_parts(task, parts, *map(suite.dataset, parts))
            except InputError as error:
                run[f"task {task}"] = str(error)
    return doctor, run


def test_both_are_content_where_everything_is_whole(whole):
    assert said(whole) == ({}, {})


@pytest.mark.parametrize("place", ONE)
@pytest.mark.parametrize("damage", DAMAGE)
def test_both_refuse_the_same_in_the_same_words(whole, place, damage):
    file = min((whole / "data" / place).glob(ONE[place]))
    DAMAGE[damage](file)
    doctor, run = said(whole)
    assert set(doctor) == set(run) == ({place} if (damage, place) not in REMARKED else set())
    if not run:
        return
    assert doctor[place] in run[place] or " images of 8" in doctor[place]
    hint = {"LFS": "git lfs pull", "gzip": "compressed with gzip"}.get(damage, "")
    if place not in {"folders", "flat"} or damage == "LFS":
        assert hint in run[place]


def test_a_test_part_that_was_learned_is_seen_by_both(whole):
    shutil.rmtree(whole / "data" / "task" / "test")
    shutil.copytree(whole / "data" / "task" / "train", whole / "data" / "task" / "test")
    shutil.copy2(*layouts_of_another(whole))
    doctor, run = said(whole)
    assert set(doctor) == set(run) == {"task four"}


def layouts_of_another(whole: Path) -> tuple[Path, Path]:
    """An image of its own, and one of the test images in whose place it goes."""
    test = min((whole / "data" / "task" / "test").glob("*/*"))
    return next((whole / "data" / "folders" / test.parent.name).iterdir()), test

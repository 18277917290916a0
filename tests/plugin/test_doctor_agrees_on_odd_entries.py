"""What was found in folders, shards and arrays of strangers: the doctor and a run say the same of it."""

import io
import os
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fixtures.plugin.doctor.datasets import findings
from fixtures.suite.loader import load_suite
from tests.datasets import layouts
from tests.datasets.layouts import samples
from tests.plugin.test_doctor_agrees import compared

SUITE = """\
suite: my
classes: imagenet-1k
data_root: required
datasets:
  folders: {format: images, path: folders, images: 8, classes: &four [n01440764, n01443537, n15075141, n02999410]}
  uncounted: {format: images, path: uncounted, classes: *four}
  clip: {format: images, path: clip, split: [validation, test], images: 8, classes: *four}
  arrays: {format: arrays, path: arrays.npz, images: 8, classes: *four}
"""


@pytest.fixture
def whole(tmp_path):
    found, data = samples([0, 1, 999, 488] * 2), tmp_path / "data"
    layouts.folders(data / "folders", found)
    layouts.folders(data / "uncounted", found)
    layouts.clip_shards(data / "clip", found)
    pixels = np.random.default_rng(0).integers(0, 256, (8, 9, 9, 3), dtype=np.uint8)
    np.savez(data / "arrays.npz", images=pixels, labels=np.array([one.place for one in found]))
    (tmp_path / "my.yaml").write_text(SUITE)
    return tmp_path


def first(data: Path, place: str = "folders") -> Path:
    return min((data / place).glob("*/*.JPEG"))


def in_its_place(make):
    """One image is something else."""

    def spoil(data: Path) -> None:
        path = first(data)
        path.unlink()
        make(path)

    spoil.__name__ = make.__name__
    return spoil


def pipe(path):
    os.mkfifo(path)


def endless(path):
    path.symlink_to("/dev/zero")


def to_itself(path):
    path.symlink_to(path.name)


def sparse(path):
    with path.open("wb") as file:
        file.truncate(10_000_000_000)


def folder(path):
    path.mkdir()


def elongated(path):
    Image.new("L", (65_500, 1)).save(path, "PNG")


def text(path):
    path.write_text("a picture of a cat")


def misnamed(data):
    with open(bytes(first(data).parent) + b"/\xff.JPEG", "wb") as file:
        file.write(first(data).read_bytes())


def one_more_by_content(data):
    shutil.copy2(first(data), first(data).with_name("more.data"))


def negative_size(data):
    path = data / "clip" / "test" / "0.tar"
    content = bytearray(path.read_bytes())
    content[124:136] = b"\xff" * 12
    path.write_bytes(bytes(content))


def no_label(data):
    path = data / "clip" / "test" / "0.tar"
    kept = io.BytesIO()
    with tarfile.open(path) as old, tarfile.open(fileobj=kept, mode="w") as new:
        for member in old:
            if not member.name.endswith(".cls"):
                new.addfile(member, old.extractfile(member))
    path.write_bytes(kept.getvalue())


def cut_arrays(data):
    path = data / "arrays.npz"
    path.write_bytes(path.read_bytes()[:-100])


def objects(data):
    np.savez(data / "arrays.npz", images=np.array([{}] * 8), labels=np.arange(8))


REFUSED = {
    **{f"folders: {make.__name__}": in_its_place(make) for make in (
        pipe, endless, to_itself, sparse, folder, elongated, text)},
    "folders: no UTF-8": misnamed,
    "folders: one more": one_more_by_content,
    "clip: negative size": negative_size,
    "clip: no label": no_label,
    "arrays: cut": cut_arrays,
    "arrays: objects": objects,
}  # fmt: skip


def said(root: Path):
    """By dataset: what the doctor complains of, and what a run does."""
    suite, lenient = (
        load_suite(str(root / "my.yaml"), root / cache, data_root=root / "data", partial=partial, glance=partial)
        for cache, partial in (("cache", False), ("other", True))
    )
    return compared(suite, lenient)


@pytest.mark.parametrize("name", REFUSED)
def test_both_refuse_it_in_the_same_words(whole, name):
    REFUSED[name](whole / "data")
    doctor, run = said(whole)
    place = name.partition(":")[0]
    assert set(doctor) == set(run) == {place}
    assert "\n" not in run[place]
    assert doctor[place] in run[place] or " images of 8" in doctor[place]


def loose(data):
    shutil.copy2(first(data), data / "uncounted" / "loose.JPEG")


def thumbnails(data):
    kept = first(data, "uncounted").parent / "@eaDir"
    kept.mkdir()
    shutil.copy2(first(data), kept / "small.JPEG")


def twice(data):
    shutil.copy2(first(data), max((data / "uncounted").glob("*/*.JPEG")))


@pytest.mark.parametrize("odd", [loose, thumbnails, twice], ids=lambda odd: odd.__name__)
def test_both_remark_what_takes_no_part_or_is_there_twice(whole, odd):
    odd(whole / "data")
    assert said(whole) == ({}, {})
    suite = load_suite(str(whole / "my.yaml"), whole / "cache", data_root=whole / "data")
    [doctor] = [one.remark for one in findings(suite, suite) if one.what == "uncounted"]
    run = [line for line in suite.remarks() if line.startswith("uncounted: ")]
    assert run
    assert doctor == "; ".join(run)

"""Shards as people and accidents make them: dotted keys, several images of a key, links, absurd headers, copies."""

import gzip
import io
import json
import os
import tarfile

import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.containers.shard_files import Shards
from fixtures.datasets.formats.webdataset import classes_of_webdataset, open_webdataset
from tests.datasets.pictures import declaration
from tests.datasets.shards import encoded, one, shard

START = "my.yaml:3: dataset 'pets': "


def opened(path, image=None, label=None, **changes):
    declared = declaration(**({"expected": None} | changes))
    return open_webdataset(declared, Shards(path, None, label, image), path.parent / "cache")


def complaint(path, **how) -> str:
    with pytest.raises(InputError) as caught:
        opened(path, **how)
    return str(caught.value).removeprefix(START)


def out(path, **how) -> list[str]:
    return [str(one) for one in opened(path, **how).manifest().left_out]


def test_an_ending_with_a_dot_in_it(tmp_path):
    path = shard(tmp_path / "0.tar", ("s0.input.jpg", encoded(1, "jpg")), ("s0.cls", "2"))
    dataset = opened(path)
    assert (dataset.ids, dataset.labels.tolist()) == (("s0.input.jpg",), [2])


def test_keys_with_dots_that_have_labels_of_their_own(tmp_path):
    members = [(f"IMG_1.{n}.{kind}", what) for n in (2, 3) for kind, what in (("png", encoded(n)), ("cls", str(n - 1)))]
    dataset = opened(shard(tmp_path / "0.tar", *members))
    assert (dataset.ids, dataset.labels.tolist()) == (("IMG_1.2.png", "IMG_1.3.png"), [1, 2])


@pytest.mark.parametrize("behind", ["another shard", "something else"])
def test_what_goes_on_behind_its_end_is_not_half_read(tmp_path, behind):
    path = shard(tmp_path / "0.tar", *one(1, 0))
    other = shard(tmp_path / "other" / "1.tar", *one(2, 1)).read_bytes()
    path.write_bytes(path.read_bytes() + (other if behind == "another shard" else b"x"))
    assert "goes on behind its end, which stands at byte" in complaint(path)
    assert "only the first part would be read" in complaint(path)


def test_a_label_with_the_mark_of_windows(tmp_path):
    assert opened(shard(tmp_path / "0.tar", *one(1, "\ufeff2"))).labels.tolist() == [2]


def test_a_plain_image_beats_a_mask(tmp_path):
    path = shard(tmp_path / "0.tar", *one(1, 0), ("s0000001.mask.png", encoded(9)))
    assert opened(path).ids == ("s0000001.png",)
    assert out(path) == ["another image of its key: 1 (s0000001.mask.png)"]
    assert opened(path, image="mask.png").ids == ("s0000001.mask.png",)


def test_of_several_images_of_a_key_one_is_chosen(tmp_path):
    path = shard(tmp_path / "0.tar", *one(1, 0), ("s0000001.jpg", encoded(2, "jpg")))
    assert complaint(path) == (
        f"{path} has two members for 's0000001'; an image counts once: say which of them, as in 'image: png' (png, jpg)"
    )
    assert opened(path, image="jpg").ids == ("s0000001.jpg",)
    assert out(path, image="jpg") == ["another image of its key: 1 (s0000001.png)"]
    assert complaint(path, image="webp").startswith(f"{path}: 1 label without an image: s0000001")


def test_two_labels_that_mean_different_classes(tmp_path):
    path = shard(tmp_path / "0.tar", *one(1, 0), ("s0000001.json", json.dumps({"label": 2})))
    assert complaint(path) == (
        f"{path}: s0000001.cls says '0', and 'label' in s0000001.json '2'; say 'label: label' to go by the latter"
    )
    assert opened(path, label="label").labels.tolist() == [2]
    for same in (0, "cat", "n02121620"):
        path = shard(tmp_path / "0.tar", *one(1, 0), ("s0000001.json", json.dumps({"label": same})))
        assert opened(path).labels.tolist() == [0]


def test_images_by_content(tmp_path):
    path = shard(
        tmp_path / "0.tar", ("a.img", encoded(1)), ("a.cls", "1"), ("b.jfif", encoded(2, "jpg")), ("b.cls", "0")
    )
    assert opened(path).ids == ("a.img", "b.jfif")


def odd(path, name, kind, **fields):
    """A shard with one more member of a kind that is no file."""
    shard(path, *one(1, 0))
    with tarfile.open(path, "a") as archive:
        info = tarfile.TarInfo(name)
        info.type = kind
        for key, value in fields.items():
            setattr(info, key, value)
        archive.addfile(info)
    return path


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (tarfile.SYMTYPE, {"linkname": "/etc/passwd"}),
        (tarfile.LNKTYPE, {"linkname": "s0000001.png"}),
        (tarfile.FIFOTYPE, {}),
        (tarfile.CHRTYPE, {"devmajor": 1, "devminor": 5}),
        (tarfile.BLKTYPE, {"devmajor": 8, "devminor": 0}),
    ],
)
def test_what_is_no_file_is_counted_and_never_made(tmp_path, kind, fields):
    path = odd(tmp_path / "0.tar", "x.png", kind, **fields)
    assert opened(path).ids == ("s0000001.png",)
    assert out(path) == ["no regular file: 1 (x.png)"]


@pytest.mark.parametrize("name", ["../x.png", "/tmp/x.png", "a/../../x.png"])
def test_names_that_lead_out(tmp_path, name):
    path = shard(tmp_path / "0.tar", *one(1, 0), (name, encoded(3)))
    assert complaint(path) == f"{path}: the name of the member {name} leads out of the shard"


def test_two_members_of_one_name(tmp_path):
    path = shard(tmp_path / "0.tar", *one(1, 0), one(1, 0)[1])
    assert complaint(path) == f"{path} has two members for 's0000001'; an image counts once"


def header_with(path, field, value):
    """A shard in whose first header the bytes ``field`` are replaced, with its checksum made right."""
    data = bytearray(path.read_bytes())
    data[field : field + len(value)] = value
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("size", [-512, -1024, -10_240])
def test_a_negative_size_does_not_turn_the_reader_in_a_circle(tmp_path, size):
    path = shard(tmp_path / "0.tar", *one(1, 0), *one(2, 1))
    header_with(path, 124, (256**12 + size).to_bytes(12, "big"))
    said = complaint(path)
    assert said.startswith(f"{path}: the header of s0000001.png states -") or "is no whole tar file" in said


def test_a_size_beyond_the_file(tmp_path):
    path = header_with(shard(tmp_path / "0.tar", *one(1, 0)), 124, b"77777777777\0")
    assert "s0000001.png is not all there" in complaint(path)


def test_names_in_names_without_end(tmp_path):
    path = tmp_path / "0.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        info = tarfile.TarInfo("x.png")
        archive.addfile(info)
    link = tarfile.TarInfo("././@LongLink")
    link.type, link.size = tarfile.GNUTYPE_LONGNAME, 4
    block = link.tobuf(tarfile.GNU_FORMAT) + b"abc\0".ljust(512, b"\0")
    path.write_bytes(block * 3000 + path.read_bytes())
    assert f"{path} is no whole tar file" in complaint(path)


@pytest.mark.parametrize("depth", [5_000, 200_000])
def test_facts_nested_without_end(tmp_path, depth):
    path = shard(tmp_path / "0.tar", *one(1, 0), ("s0000001.json", '{"a":' + "[" * depth + "]" * depth + "}"))
    assert complaint(path) == f"{path}: s0000001.json is no JSON (it is nested too deeply to be read)"


@pytest.mark.parametrize("label", ["1" * 5000, "1e400", "NaN", "\0", "1.0", "½"])
def test_impossible_labels(tmp_path, label):
    path = shard(tmp_path / "0.tar", *one(1, label))
    assert complaint(path).startswith(f"{path}: s0000001: label ")
    path = shard(tmp_path / "0.tar", ("a.png", encoded(1)), ("a.json", json.dumps({"label": float("inf")})))
    assert complaint(path).startswith(f"{path}: a: label 'inf' is no class")


def test_a_label_of_a_gigabyte_is_not_read(tmp_path):
    path = shard(tmp_path / "0.tar", *one(1, "x" * 70_000))
    assert complaint(path) == f"{path}: s0000001.cls has 70,000 bytes, more than a label has"


def test_a_compressed_shard_says_what_it_is(tmp_path):
    path = shard(tmp_path / "0.tar", *one(1, 0))
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert complaint(path).endswith("; it is compressed with gzip: unpack it")


def test_a_compressed_shard_among_others_is_not_passed_over(tmp_path):
    root = tmp_path / "data"
    for number in range(3):
        shard(root / f"{number}.tar", *one(number, number))
    (root / "3.tar.gz").write_bytes(b"")
    assert complaint(root) == f"3.tar.gz in {root} must be unpacked to .tar first, as the other shards are"
    (root / "3.tar.gz").rename(root / "2.tar.gz")
    assert out(root) == ["no file of images: 1 (2.tar.gz)"]


def test_a_shard_that_is_a_copy_of_another_under_new_keys(tmp_path):
    root = tmp_path / "data"
    shard(root / "0.tar", *one(1, 0), *one(2, 1), *one(3, 2))
    renamed = [(f"t{name}", what) for name, what in (*one(1, 0), *one(2, 1))]
    shard(root / "1.tar", *renamed, *one(4, 1))
    assert complaint(root) == f"0.tar and 1.tar in {root} have 2 images in common: is one a copy of the other?"


def test_a_pipe_as_a_shard(tmp_path):
    (tmp_path / "data").mkdir()
    os.mkfifo(tmp_path / "data" / "0.tar")
    assert complaint(tmp_path / "data") == f"{tmp_path / 'data' / '0.tar'} is no regular file"
    os.mkfifo(tmp_path / "x.tar")
    assert complaint(tmp_path / "x.tar") == f"{tmp_path / 'x.tar'} is neither a shard nor a folder of shards"


def test_a_pattern_for_a_billion_shards(tmp_path):
    (tmp_path / "data").mkdir()
    with pytest.raises(InputError, match="stands for more shards than there can be"):
        open_webdataset(declaration(), Shards(tmp_path / "data", "{0..999999999}.tar"), tmp_path)


def test_a_sparse_member_is_no_image(tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        info = tarfile.TarInfo("x.png")
        info.type = tarfile.GNUTYPE_SPARSE
        archive.addfile(info)
    path = shard(tmp_path / "0.tar", *one(1, 0))
    path.write_bytes(buffer.getvalue()[:512] + path.read_bytes())
    assert out(path) == ["no regular file: 1 (x.png)"]


def test_classnames_that_are_no_text(tmp_path):
    root = tmp_path / "data"
    shard(root / "0.tar", *one(1, 0))
    (root / "classnames.txt").write_bytes(b"\xff\xfea\0")
    assert "it is in UTF-16; save it as UTF-8" in complaint(root)
    (root / "classnames.txt").unlink()
    (root / "nshards.txt").write_bytes(b"\xff")
    assert "is no text in UTF-8" in complaint(root)


def test_own_classes_go_by_the_chosen_images(tmp_path):
    path = shard(tmp_path / "0.tar", ("s0.input.png", encoded(1)), ("s0.cls", "z"))
    assert classes_of_webdataset(declaration(), Shards(path), tmp_path / "cache") == ("z",)

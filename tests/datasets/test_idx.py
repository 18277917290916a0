"""MNIST's kind of files: read as published, and what is wrong with them is said."""

import gzip
import struct

import numpy as np
import pytest

from fixtures.core.errors import InputError
from fixtures.suite.loader import load_suite

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 5, 4), dtype=np.uint8)
LABELS = np.array([2, 0, 1, 2, 1, 0], dtype=np.uint8)


def idx(values: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.tobytes()


def published(root, images="t10k-images-idx3-ubyte.gz", labels="t10k-labels-idx1-ubyte.gz", pixels=PIXELS):
    root.mkdir(parents=True, exist_ok=True)
    for name, values in ((images, pixels), (labels, LABELS)):
        data = idx(values)
        (root / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return root


def opened(tmp_path, block="format: idx", **more):
    (tmp_path / "my.yaml").write_text(
        f"suite: my\nclasses: [bag, coat, shoe]\ndatasets:\n  val: {{{block}, path: data, images: 6}}\n"
    )
    return load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("val")


@pytest.mark.parametrize("block", ["format: idx", "format: images, split: test"])
@pytest.mark.parametrize(
    "names",
    [
        ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
        ("t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"),
        ("emnist-letters-test-images-idx3-ubyte.gz", "emnist-letters-test-labels-idx1-ubyte.gz"),
    ],
    ids=["published", "unpacked", "emnist"],
)
def test_a_part_is_read_as_published(tmp_path, names, block):
    published(tmp_path / "data", *names)
    published(tmp_path / "data", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", PIXELS[::-1])
    dataset = opened(tmp_path, block)
    assert dataset.labels.tolist() == LABELS.tolist()
    assert dataset.ids[4] == "test/00004"
    assert np.array_equal(np.asarray(dataset.load(4)), np.repeat(PIXELS[4][:, :, None], 3, axis=2))
    train = opened(tmp_path, block.replace("test", "train") if "images" in block else f"{block}, split: train")
    assert np.asarray(train.load(0))[0, 0, 0] == PIXELS[-1][0, 0]
    assert train.manifest().digest != dataset.manifest().digest


def cut(root):
    path = root / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-7]))


def cut_gzip(root):
    path = root / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-7])


def swapped(root):
    (root / "t10k-images-idx3-ubyte.gz").write_bytes((root / "t10k-labels-idx1-ubyte.gz").read_bytes())


def pointer(root):
    (root / "t10k-images-idx3-ubyte.gz").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    )


def lost(root):
    (root / "t10k-labels-idx1-ubyte.gz").unlink()


def fewer(root):
    published(root, pixels=PIXELS[:4])


def twice(root):
    (root / "t10k-images-idx3-ubyte").write_bytes(idx(PIXELS))


def no_pixels(root):
    published(root, pixels=PIXELS[:, :0])


def beyond_64_bits(root):
    (root / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, 2**31, 2**31, 4)))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cut, "should hold 120 values and holds 113: it was cut"),
        (cut_gzip, "cannot be read"),
        (swapped, "is no IDX file of images: it begins otherwise"),
        (pointer, "git lfs pull"),
        (lost, "has no file t10k-labels-idx1-ubyte.gz; it has t10k-images"),
        (fewer, "4 images and 6 labels in the part test"),
        (no_pixels, "its images have 0 x "),
        (beyond_64_bits, "should hold 18,446,744,073,709,551,616 values and holds 0"),
        (twice, "keep one of them there"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_wrong_is_said(tmp_path, spoil, words):
    spoil(published(tmp_path / "data"))
    with pytest.raises(InputError, match=words):
        opened(tmp_path)

"""Format ``arrays``: images and labels in one NumPy file; what it should not hold is one sentence."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from fixtures.core.errors import InputError
from fixtures.datasets.images import inventory
from fixtures.suite.loader import load_suite
from tests.datasets.pictures import age

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (6, 5, 7, 3), dtype=np.uint8)
LABELS = np.array([2, 0, 1, 1, 0, 2])
GOOD = {"images": IMAGES, "labels": LABELS}


@pytest.fixture
def opened(tmp_path):
    def read(keys="", form="arrays", **changes):
        arrays = {name: values for name, values in (GOOD | changes).items() if values is not None}
        np.savez(tmp_path / "a.npz", **arrays)
        age(tmp_path / "a.npz")
        return reread(keys, form)

    def reread(keys="", form="arrays"):
        block = f"{{format: {form}, path: a.npz{keys}}}"
        (tmp_path / "my.yaml").write_text(f"suite: my\nclasses: [cat, dog, gear]\ndatasets:\n  val: {block}\n")
        return load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("val")

    read.again = reread
    return read


@pytest.mark.parametrize("form", ["arrays", "images"])
def test_images_and_labels_in_their_order(opened, form):
    found = opened(form=form)
    assert found.ids == ("00000", "00001", "00002", "00003", "00004", "00005")
    assert found.labels.tolist() == LABELS.tolist()
    for index in range(6):
        assert_array_equal(np.asarray(found.load(index)), IMAGES[index])
    assert found.manifest().images == 6
    assert found.manifest().bytes == IMAGES.nbytes


def test_grey_images_other_names_ids_and_classes(opened):
    grey = opened(images=IMAGES[..., 0])
    assert_array_equal(np.asarray(grey.load(1)), np.repeat(IMAGES[1, ..., :1], 3, axis=2))
    named = opened(", image: x, label: y", images=None, labels=None, x=IMAGES, y=LABELS[:, None].astype(np.uint8))
    assert named.labels.tolist() == LABELS.tolist()
    ids = np.array([f"{k}.png" for k in range(6)])
    turned = opened(ids=ids, classes=np.array(["gear", "dog", "cat"]))
    assert turned.ids == tuple(ids)
    assert turned.labels.tolist() == (2 - LABELS).tolist()
    assert opened(labels=np.array(["cat", "dog", "gear"])[LABELS]).labels.tolist() == LABELS.tolist()
    assert opened(", size: [7, 5]").labels.tolist() == LABELS.tolist()


def test_the_digest_is_the_content_and_a_known_file_is_not_read_again(opened, monkeypatch):
    monkeypatch.setattr(inventory, "SETTLED", -(10**12))
    first = opened().manifest()
    assert opened(images=IMAGES[::-1]).manifest().digest != first.digest
    assert opened(labels=(LABELS + 1) % 3).manifest().digest != first.digest
    assert opened(ids=np.array(list("abcdef"))).manifest().digest != first.digest
    assert opened().manifest() == first
    opened.again()
    loaded = []
    load = np.lib.npyio.NpzFile.__getitem__
    monkeypatch.setattr(np.lib.npyio.NpzFile, "__getitem__", lambda self, key: loaded.append(key) or load(self, key))
    assert opened.again().manifest() == first
    assert loaded == ["labels"]


def test_a_task_takes_both_parts_from_one_file(tmp_path):
    parts = {"train_images": IMAGES, "train_labels": LABELS % 2, "test_images": IMAGES[::-1], "test_labels": LABELS % 2}
    np.savez(tmp_path / "a.npz", **parts)
    task = '{format: arrays, path: a.npz, image: "{split}_images", label: "{split}_labels"}'
    (tmp_path / "my.yaml").write_text(f"suite: my\nclasses: [cat, dog]\ntasks:\n  t: {task}\n")
    suite = load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache")
    train, test = suite.dataset("probe_t_train"), suite.dataset("probe_t_test")
    assert train.classes == test.classes == ("0", "1")
    assert_array_equal(np.asarray(test.load(0)), IMAGES[5])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"images": None, "pictures": IMAGES}, "has no array 'images'; it has labels, pictures: say 'image: NAME' and"),
        ({"labels": None}, "has no array 'labels'; it has images: say"),
        (
            {"images": IMAGES / 255},
            "'images' holds float64 of shape (6, 5, 7, 3); images are (N, H, W, 3) or (N, H, W)",
        ),
        ({"images": IMAGES.transpose(0, 3, 1, 2)}, "'images' holds uint8 of shape (6, 3, 5, 7); images are"),
        ({"images": IMAGES[:0], "labels": LABELS[:0]}, "no images in"),
        ({"images": IMAGES[:, :0]}, "of shape (6, 0, 7, 3); images are"),
        ({"labels": LABELS[:5]}, "has 6 images, and 5 entries in 'labels'"),
        ({"labels": LABELS / 2}, "'labels' holds float64 of shape (6,); it should be (N,), whole numbers or texts"),
        ({"labels": np.eye(6)}, "'labels' holds float64 of shape (6, 6); it should be (N,)"),
        ({"labels": LABELS + 1}, "'labels': label 3 is out of range; there are 3 classes, 0 to 2"),
        ({"labels": LABELS - 1}, "'labels': label -1 is out of range"),
        ({"labels": np.array(["cat"] * 5 + ["cow"])}, "'labels': label 'cow' is no class"),
        ({"labels": LABELS.astype(object)}, "(it holds Python objects, which are not unpickled)"),
        ({"ids": np.array(list("abcdeb"))}, "'ids' has 'b' twice; an image counts once"),
        ({"ids": np.array(["a", "b", "", "d", "e", "f"])}, "'ids' has an empty text, at 2"),
        ({"ids": np.arange(6)}, "'ids' holds int64 of shape (6,); it should be (N,), texts"),
        ({"ids": np.array(list("abc"))}, "has 6 images, and 3 entries in 'ids'"),
        ({"classes": np.array(["cat", "cat", "dog"])}, "'classes' must hold the name of each class, once"),
        ({"classes": np.array(["dog", "hen", "cow"])}, "calls its class 0 'dog', which is class 1"),
    ],
)
def test_what_it_should_not_hold(opened, changes, said):
    with pytest.raises(InputError) as caught:
        opened(**changes)
    assert str(caught.value).startswith("my.yaml:4: dataset 'val': ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "spoil",
    [lambda data: data[:200], lambda data: b"", lambda data: data[:90] + data[1:], lambda data: data + data],
    ids=["cut", "empty", "moved", "two"],
)
def test_a_damaged_file(opened, tmp_path, spoil):
    opened()
    (tmp_path / "a.npz").write_bytes(spoil((tmp_path / "a.npz").read_bytes()))
    with pytest.raises(InputError, match=r"a\.npz is no whole \.npz file of plain arrays \(.+\)(; it is empty)?$"):
        opened.again()

"""scikit-learn's digits: what they are, kept ready, in two parts that share nothing."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from fixtures.core import remarks
from fixtures.core.errors import InputError
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.dataset import ClassMapping
from fixtures.datasets.declaration import Declaration
from fixtures.datasets.formats.digits import CLASSES, SHOWN, open_digits

ROOT = Path(__file__).resolve().parents[2]


def opened(cache, part="train", classes=CLASSES, **changes):
    declared = Declaration("digits", "mini.yaml:9", ClassSpace(tuple(classes)), ClassMapping("none"), **changes)
    return open_digits(declared, part, cache)


def scans(dataset):
    """(N, 8, 8), what its images are made of."""
    return dataset.load.args[0]


def test_parts_are_those_of_the_source_and_share_nothing(tmp_path):
    pixels, labels = load_digits(return_X_y=True)
    train, test = opened(tmp_path), opened(tmp_path, "test")
    assert (len(train.ids), len(test.ids)) == (400, 300)
    taken = np.r_[0:400, 1000:1300]
    assert (np.concatenate([train.labels, test.labels]) == labels[taken]).all()
    assert (np.concatenate([scans(train), scans(test)]).reshape(-1, 64) == pixels[taken]).all()
    assert len({*train.ids, *test.ids}) == 700
    assert not {scan.tobytes() for scan in scans(train)} & {scan.tobytes() for scan in scans(test)}
    assert np.bincount(test.labels).min() > 25


def test_images_are_the_scans_enlarged(tmp_path):
    dataset = opened(tmp_path)
    image = np.asarray(dataset.load(3))
    assert image.shape == (SHOWN, SHOWN, 3)
    assert (image[..., 0] == image[..., 1]).all()
    small = image[..., 0].reshape(8, 8, 8, 8).mean((1, 3))
    assert np.corrcoef(small.ravel(), scans(dataset)[3].ravel())[0, 1] > 0.95
    assert image.min() == 0
    assert image.max() == 255


def test_labels_follow_the_classes_of_the_dataset(tmp_path):
    turned = opened(tmp_path, classes=CLASSES[::-1])
    assert (turned.labels == 9 - opened(tmp_path).labels).all()
    assert turned.manifest().digest != opened(tmp_path).manifest().digest


def test_the_manifest_is_the_content(tmp_path):
    found = opened(tmp_path).manifest()
    assert found.images == 400
    assert found == opened(tmp_path / "other").manifest()
    assert found.digest != opened(tmp_path, "test").manifest().digest


def test_scikit_learn_is_imported_once(tmp_path):
    opened(tmp_path)
    code = (
        "import sys; from pathlib import Path; from tests.datasets.test_digits import opened"
        "; [sys.modules.pop(name) for name in list(sys.modules) if name.startswith('sklearn')]"
        f"; opened(Path({str(tmp_path)!r}), 'test'); print('sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_what_is_damaged_on_disk_is_made_again(tmp_path):
    expected = opened(tmp_path).manifest()
    (file,) = (tmp_path / "digits").glob("*.npy")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert opened(tmp_path).manifest() == expected
    assert remarks.take()[0].startswith(f"{file.name} was damaged: ")
    opened(tmp_path)
    assert not remarks.take()


def test_declarations_are_held_to(tmp_path):
    with pytest.raises(InputError, match=r"mini\.yaml:9: dataset 'digits': digits have the classes 0, 1, 2"):
        opened(tmp_path, classes=CLASSES[:-1])
    with pytest.raises(InputError, match="400 images in scikit-learn's digits, but 999 are declared"):
        opened(tmp_path, images=999)

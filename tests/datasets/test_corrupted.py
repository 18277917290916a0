"""The format ``corrupted``: ids, annotations, samples, and that each image gets what its id says."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.derived.sample import sample
from fixtures.inference.model_input import sight
from fixtures.suite.loader import load_suite
from fixtures.views import IDENTITY

NETWORK = SimpleNamespace(prepare=None)  # it has no part in what becomes of pixels
SUITE = """
suite: small
classes: [ant, bee]
datasets:
  val: {format: class_folders, path: val}
  c: {format: corrupted, of: val, corruptions: [fog, contrast], severities: [1, 5]%s}
"""


@pytest.fixture
def suite(tmp_path):
    from PIL import Image

    rng = np.random.default_rng(0)
    for name in ("ant", "bee"):
        folder = tmp_path / "val" / name
        folder.mkdir(parents=True)
        for k in range(3):
            Image.fromarray(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(folder / f"{k}.png")

    def load(more: str = "", text: str = SUITE) -> Path:
        path = tmp_path / "suite.yaml"
        path.write_text(text % more if "%s" in text else text)
        return load_suite(str(path), tmp_path / "cache")

    return load


def test_every_image_under_every_corruption(suite):
    found = suite().dataset("c")
    assert len(found.ids) == 6 * 4 == len(set(found.ids))
    assert found.ids[0] == "fog/1/ant/0.png"
    assert found.alters(found.ids[-1]) == ("contrast(severity=5)", "bee/2.png")
    assert found.annotations["corruption"][-1] == "contrast"
    assert found.annotations["severity"].tolist() == [1] * 6 + [5] * 6 + [1] * 6 + [5] * 6
    assert found.annotations["source"][7] == "ant/1.png"
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1] * 4
    np.testing.assert_array_equal(np.asarray(found.load(13)), np.asarray(found.load(1)))


def test_the_clean_images_decide_the_manifest(suite):
    whole, part = suite().dataset("c"), suite(", sample: 4").dataset("c")
    assert len(part.ids) == 16
    assert whole.manifest().digest != part.manifest().digest
    assert whole.manifest().digest == suite().dataset("c").manifest().digest


@pytest.mark.parametrize(("most", "left"), [(24, 24), (23, 20), (8, 8), (3, 4)])
def test_a_sample_keeps_all_versions_of_an_image(suite, most, left):
    found = sample(suite().dataset("c"), most)
    assert len(found.ids) == left
    counts = np.unique(found.annotations["source"], return_counts=True)[1]
    assert set(counts) == {4}
    assert found.alters is not None


def test_each_image_of_a_batch_gets_its_own_corruption(suite):
    import torch

    found = suite().dataset("c")
    alter = sight(NETWORK, found, IDENTITY, "someone").alter
    rows = [0, 6, 7, 12, 23]
    pixels = torch.stack([torch.from_numpy(np.array(found.load(k))).permute(2, 0, 1) for k in rows])
    together = alter(pixels, [found.ids[k] for k in rows])
    for place, k in enumerate(rows):
        alone = alter(pixels[place : place + 1], [found.ids[k]])
        assert torch.equal(together[place], alone[0])
        assert not torch.equal(alone[0], pixels[place])


def test_floats_cannot_be_corrupted(suite):
    import torch

    found = suite().dataset("c")
    alter = sight(NETWORK, found, IDENTITY, "someone").alter
    with pytest.raises(InputError, match="someone: the dataset c changes pixels, and the model's preprocessing"):
        alter(torch.zeros(1, 3, 32, 32), [found.ids[0]])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (SUITE.replace("of: val", "of: test") % "", "no dataset 'test' stands above it; there is val"),
        (SUITE.replace("fog", "mist") % "", "'mist' is no corruption; there are: gaussian_noise"),
        (SUITE.replace("[1, 5]", "[1, 6]") % "", "less than or equal to 5"),
        (SUITE.replace("[1, 5]", "[1, 1]") % "", "names one twice"),
        (SUITE % ", sample: 0", "greater than or equal to 1"),
    ],
)
def test_mistakes_in_a_suite_are_told(suite, text, sentence):
    with pytest.raises(InputError, match=sentence):
        suite(text=text)

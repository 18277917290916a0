"""What becomes of an image depends on the image, its id, the corruption and the severity, and on nothing else."""

import subprocess
import sys

import pytest
import torch

from fixtures.core.errors import InputError
from fixtures.corruptions import apply
from fixtures.corruptions.apply import FUNCTIONS, corrupt
from fixtures.corruptions.names import CORRUPTIONS, FAMILIES, HELD_OUT, SEVERITIES
from fixtures.views import parse
from tests.corruptions.pictures import pictures, psnr

SIZES = ((64, 64), (224, 224), (48, 80))
WITHOUT_CHANCE = ("defocus_blur", "zoom_blur", "brightness", "contrast", "pixelate", "jpeg_compression")
NOT_IN_ORDER = ("glass_blur", "elastic_transform", "frost")
"""As published, glass is milder at severity 2 than at 1, elastic at 3 than at 2, frost at 4 than at 3, by PSNR."""


def test_the_fifteen_in_the_published_order():
    assert tuple(FUNCTIONS) == CORRUPTIONS
    assert len(set(CORRUPTIONS)) == 15
    assert sum(map(len, FAMILIES.values())) == 15
    assert not set(HELD_OUT) & set(CORRUPTIONS)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_alone_in_a_batch_and_in_another_order_an_image_becomes_the_same(name, size):
    batch, ids = pictures(3, *size), ["a/1.png", "b/2.png", "ü"]
    before = batch.clone()
    for severity in (1, 5):
        together = corrupt(batch, ids, name, severity)
        assert together.dtype == torch.uint8
        assert together.shape == batch.shape
        assert torch.equal(batch, before)
        assert not torch.equal(together, batch)
        backwards = corrupt(batch.flip(0), ids[::-1], name, severity).flip(0)
        assert torch.equal(together, backwards)
        alone = torch.cat([corrupt(batch[k : k + 1], ids[k : k + 1], name, severity) for k in range(3)])
        assert torch.equal(together, alone)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_chance_comes_from_the_id_and_the_severity(name):
    batch = pictures(1, 64).expand(3, -1, -1, -1)
    one, other, again = corrupt(batch, ["one", "other", "one"], name, 3)
    assert torch.equal(one, again)
    assert torch.equal(one, other) == (name in WITHOUT_CHANCE)


def test_two_kinds_of_noise_are_not_the_same_noise():
    grey = torch.full((1, 3, 64, 64), 128, dtype=torch.uint8)
    parts = [corrupt(grey, ["a"], name, s).double().flatten() for name in FAMILIES["noise"] for s in (1, 2)]
    correlation = torch.corrcoef(torch.stack(parts)).fill_diagonal_(0)
    assert correlation.abs().max() < 5 / 12288**0.5  # five standard errors


@pytest.mark.parametrize("side", [64, 224])
@pytest.mark.parametrize("name", [name for name in CORRUPTIONS if name not in NOT_IN_ORDER])
def test_a_higher_severity_leaves_less_of_the_image(name, side):
    batch = pictures(8, side)
    ids = [str(k) for k in range(len(batch))]
    left = [psnr(batch, corrupt(batch, ids, name, severity)) for severity in (1, 3, 5)]
    assert left == sorted(left, reverse=True), left


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_black_white_and_flat_images_stay_within_the_levels(name):
    flat = torch.tensor([0, 255, 100], dtype=torch.uint8)[:, None, None, None].expand(3, 3, 32, 40).contiguous()
    for severity in (1, 5):
        found = corrupt(flat, ["a", "b", "c"], name, severity)
        assert found.shape == flat.shape
        if name in ("glass_blur", "motion_blur", "zoom_blur", "elastic_transform", "pixelate"):
            assert torch.equal(found, flat)  # sums that should be 100 are not cut to 99


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_smallest_and_uneven_images(name):
    for height, width in ((16, 16), (17, 61), (61, 17)):
        found = corrupt(pictures(2, height, width), ["a", "b"], name, 5)
        assert found.shape == (2, 3, height, width)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_large_batches_are_worked_on_in_parts(name, monkeypatch):
    batch, ids = pictures(5, 32), list("abcde")
    whole = corrupt(batch, ids, name, 3)
    monkeypatch.setattr(apply, "WORK", 2 * batch[0].numel())
    assert torch.equal(corrupt(batch, ids, name, 3), whole)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_gpu_makes_the_same_of_them(name):
    batch, ids = pictures(4, 224), list("abcd")
    for severity in SEVERITIES:
        here, there = corrupt(batch, ids, name, severity), corrupt(batch.cuda(), ids, name, severity)
        assert there.device.type == "cuda"
        differ = (here.int() - there.cpu().int()).abs()
        assert differ.max() <= 1
        assert (differ > 0).double().mean() < 1e-4


def test_no_images():
    assert corrupt(pictures(1)[:0], [], "snow", 2).shape == (0, 3, 64, 64)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "rain"}, "corruption 'rain' is not known; there are: gaussian_noise, shot_noise, "),
        ({"severity": 6}, "corruption 'fog': severity 6 is none of 1, 2, 3, 4, 5"),
        ({"severity": 0}, "corruption 'fog': severity 0 is none of 1, 2, 3, 4, 5"),
        ({"ids": ["a"]}, "corruption 'fog': 1 ids for 2 images"),
        (
            {"batch": torch.zeros(2, 3, 64, 64)},
            "corruption 'fog': images must be torch.uint8 of shape (B, 3, H, W), not",
        ),
        ({"batch": torch.zeros(2, 1, 64, 64, dtype=torch.uint8)}, "corruption 'fog': images must be torch.uint8 of sh"),
        ({"batch": torch.zeros(3, 64, 64, dtype=torch.uint8)}, "corruption 'fog': images must be torch.uint8 of shape"),
        (
            {"batch": pictures(2, 15, 40)},
            "corruption 'fog': images must have sides of at least 16 pixels, not (15, 40)",
        ),
    ],
)
def test_what_cannot_be_corrupted(change, sentence):
    given = {"batch": pictures(2), "ids": ["a", "b"], "name": "fog", "severity": 1} | change
    with pytest.raises(InputError) as caught:
        corrupt(**given)
    assert str(caught.value).startswith(sentence)


def test_each_is_a_view():
    batch, ids = pictures(2, 32), ["a", "b"]
    for name in CORRUPTIONS:
        assert torch.equal(parse(f"{name}(severity=2)").pixels(batch, ids), corrupt(batch, ids, name, 2))


def test_the_names_need_no_torch():
    code = "import sys, fixtures.corruptions.names; assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)

"""Against the code behind the published images: what it makes of pictures and photographs, and what we make of them.

The statistics of the published code were measured with ``reference.py`` on pictures of 224 x 224 pixels.  Where
there is no chance, both must agree pixel by pixel if the package is installed, and in nearly every digit here; else as
far as other draws allow.  Frost is another photograph's ice, so only how much it covers can agree.
"""

import json
from functools import cache

import numpy as np
import pytest
import torch

from benchmarks import frost
from fixtures.corruptions.apply import corrupt
from fixtures.corruptions.frost_textures import PHOTOGRAPHS, SIDE, textures
from fixtures.corruptions.names import CORRUPTIONS, SEVERITIES
from fixtures.corruptions.weather import FROST
from tests.corruptions.pictures import pictures
from tests.corruptions.reference import STATISTICS, photos, published, repeated, statistics

TOLERANCE = {  # PSNR in dB, the other statistics in levels
    "motion_blur": (0.6, 0.6, 1.6, 0.3),
    "snow": (0.3, 2, 1.5, 0.5),
    "frost": (1.2, 8, 6, 1.5),
    "fog": (0.8, 7, 5, 0.4),
    "elastic_transform": (1.2, 2.5, 5, 0.6),
    "glass_blur": (0.1, 0.1, 0.3, 0.1),
}
NOISE = (0.05, None, 0.2, 0.2)
"""None: five standard errors of the difference between two means of independent values."""
NO_CHANCE = (0.02, 0.1, 0.05, 0.05)
WITHOUT_CHANCE = ("defocus_blur", "zoom_blur", "brightness", "contrast", "pixelate", "jpeg_compression")
CELLS = [(name, severity) for name in CORRUPTIONS for severity in SEVERITIES]


FROST_ON_PHOTOGRAPHS = (12.611, 10.966, 10.197, 10.558, 10.144)
"""Mean PSNR over 24 crops of each of the five published photographs of frost in front of each of the 16 photographs."""

NOT_IN_ORDER = ("glass_blur", "elastic_transform", "frost")
"""Published so that one severity is milder than the one below it, pixel by pixel; frost: see the numbers above."""


def tolerance(name, expected, values):
    allowed = TOLERANCE.get(name, NO_CHANCE if name in WITHOUT_CHANCE else NOISE)
    error = 5 * expected["spread"] * (2 / values) ** 0.5
    return [error if one is None else one for one in allowed]


def ours(name, severity, images):
    clean, ids = repeated(name, images)
    batch = torch.from_numpy(clean).permute(0, 3, 1, 2).contiguous()
    return statistics(clean, corrupt(batch, ids, name, severity).permute(0, 2, 3, 1).numpy())


def check(name, severity, images, of):
    expected = json.loads(STATISTICS.read_text(encoding="utf-8"))[of][f"{name} {severity}"]
    found = ours(name, severity, images)
    for (key, value), allowed in zip(
        expected.items(), tolerance(name, expected, repeated(name, images)[0].size), strict=True
    ):
        assert found[key] == pytest.approx(value, abs=allowed), (key, found, expected)


@cache
def drawn():
    return pictures(6, 224).permute(0, 2, 3, 1).contiguous().numpy()


@pytest.mark.parametrize(("name", "severity"), CELLS)
def test_pictures_change_as_much_as_with_the_published_code(name, severity):
    check(name, severity, drawn(), "pictures")


@pytest.mark.parametrize(("name", "severity"), CELLS)
def test_photographs_change_as_much_as_with_the_published_code(name, severity, real):
    check(name, severity, _photos(real / "photos"), "photos")


_photos = cache(photos)


@pytest.mark.parametrize("name", [name for name in CORRUPTIONS if name not in NOT_IN_ORDER])
def test_photographs_lose_more_at_every_severity(name, real):
    left = [ours(name, severity, _photos(real / "photos"))["psnr"] for severity in SEVERITIES]
    assert left == sorted(left, reverse=True)


def test_drawn_ice_covers_as_much_as_photographed_ice(real):
    """Every texture as often as it is chosen, so that it is not left to chance which ones are seen."""
    images, random = _photos(real / "photos").astype(np.float32), np.random.default_rng(0)
    for (image, ice), expected in zip(FROST, FROST_ON_PHOTOGRAPHS, strict=True):
        found = 0.0
        for photograph, sheet in zip(PHOTOGRAPHS, textures(1.0, torch.device("cpu")), strict=True):
            for place in random.integers(0, SIDE, (6, 2)):
                crop = np.roll(sheet.permute(1, 2, 0).numpy(), tuple(place), (0, 1))[:224, :224]
                behind = np.floor(np.clip(image * images + ice * crop, 0, 255))
                found += photograph.chance / 6 * statistics(images, behind)["psnr"]
        assert found == pytest.approx(expected, abs=0.15)


PUBLISHED_FROST = {1: (0.381, 0.035), 3: (0.137, 0.024), 5: (0.088, 0.020)}
"""``python -m benchmarks.frost`` on 100 photographs: probability of the true class, and one standard error."""


def test_a_network_finds_drawn_ice_as_hard_as_photographed_ice(real):
    images, labels = frost.labelled(real / "photos", 100)
    network = frost.built("mobilenetv2_100", real / "weights" / "mobilenetv2_100.pth")
    for severity, (probability, error) in PUBLISHED_FROST.items():
        found = frost.right_and_sure(network, frost.as_drawn(images, severity, 0), labels)[:, 1].mean()
        assert found == pytest.approx(probability, abs=error), severity


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_tolerance_tells_the_weakest_from_the_strongest(name):
    cells = json.loads(STATISTICS.read_text(encoding="utf-8"))["pictures"]
    values = repeated(name, drawn())[0].size
    first, last = cells[f"{name} 1"], cells[f"{name} 5"]
    apart = [abs(first[key] - last[key]) for key in first]
    assert any(far > 2 * one for far, one in zip(apart, tolerance(name, last, values), strict=True))


@pytest.mark.parametrize("name", WITHOUT_CHANCE)
def test_the_same_pixels_as_the_published_code(name):
    for package in ("skimage", "cv2", "imagenet_c", "imagecorruptions"):
        if package in ("skimage", "cv2"):
            pytest.importorskip(package, exc_type=ImportError)
        elif not _installed(package):
            pytest.skip(f"could not import {package!r}")
    function = published()[name]
    images = drawn()[:3]
    batch = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    for severity in SEVERITIES:
        expected = np.stack([function(image, severity) for image in images]).astype(int)
        found = corrupt(batch, list("abc"), name, severity).permute(0, 2, 3, 1).numpy()
        differ = np.abs(found - expected)
        assert differ.max() <= 1
        assert differ.mean() < 0.1


def _installed(package):
    from importlib.util import find_spec

    return find_spec(package) is not None

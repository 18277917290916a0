"""Digital corruptions against Pillow, and the elastic distortion against what its parameters say."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import ndimage

from fixtures.corruptions import elastic
from fixtures.corruptions.apply import corrupt
from fixtures.corruptions.digital import CONTRAST, JPEG, PIXELATE
from fixtures.corruptions.draws import draws
from tests.corruptions.pictures import pictures

CPU = torch.device("cpu")
SIZES = ((64, 64), (224, 224), (50, 71))


def as_image(picture):
    return Image.fromarray(picture.permute(1, 2, 0).numpy())


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("severity", [1, 2, 3, 4, 5])
def test_pixelate_is_what_pillow_makes(size, severity):
    picture = pictures(1, *size)
    share = PIXELATE[severity - 1]
    small = as_image(picture[0]).resize((int(size[1] * share), int(size[0] * share)), Image.Resampling.BOX)
    expected = np.asarray(small.resize(size[::-1], Image.Resampling.NEAREST))
    found = corrupt(picture, ["a"], "pixelate", severity)[0].permute(1, 2, 0).numpy()
    differ = (found != expected).any(2).mean()
    assert differ == 0 if size[0] == size[1] else differ < 0.1  # a pixel right between two may go to either


@pytest.mark.parametrize("severity", [1, 5])
def test_jpeg_is_what_pillow_makes(severity):
    batch = pictures(3, 40, 72)
    found = corrupt(batch, list("abc"), "jpeg_compression", severity)
    for picture, read in zip(batch, found, strict=True):
        file = io.BytesIO()
        as_image(picture).save(file, "JPEG", quality=JPEG[severity - 1])
        assert np.array_equal(read.permute(1, 2, 0).numpy(), np.asarray(Image.open(file)))


@pytest.mark.parametrize("severity", [1, 2, 3, 4, 5])
def test_contrast(severity):
    picture = pictures(1, 50, 71)
    levels = picture[0].double().numpy()
    mean = levels.mean((1, 2), keepdims=True)
    expected = np.floor((levels - mean) * CONTRAST[severity - 1] + mean + 1e-3)
    assert np.array_equal(corrupt(picture, ["a"], "contrast", severity)[0].numpy(), expected)


def test_smoothing_agrees_with_scipy_and_is_exact():
    noise = np.random.default_rng(0).random((40, 40))
    for sigma in (0.7, 2.44, 170.8):
        lines = elastic._smoother(40, sigma)
        assert (lines.sum(1) == 1).all()
        assert np.array_equal(lines * 65536, (lines * 65536).round())
        expected = ndimage.gaussian_filter(noise, sigma, mode="reflect", truncate=3)
        assert lines @ noise @ lines.T == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("severity", [2, 3, 5])
def test_displacements_are_as_long_beside_the_image_at_every_size(severity):
    amplitude, sigma, _ = elastic.ELASTIC[severity - 1]
    lengths = []
    for side in (64, 112, 224):
        random = draws([str(k) for k in range(24)], "elastic_transform", severity, CPU)
        moves = elastic._displacement(torch.empty(24, 3, side, side), random, amplitude, sigma)
        assert moves.shape == (24, 2, side, side)
        lengths.append(moves.std().item() / side)
    assert lengths == pytest.approx([lengths[-1]] * 3, rel=0.15)


def test_published_displacements():
    """At 224: smoothed uniform noise of deviation 1/sqrt(3), times the amplitude."""
    random = draws([str(k) for k in range(16)], "elastic_transform", 3, CPU)
    moves = elastic._displacement(torch.empty(16, 3, 224, 224), random, 12.2, 2.44)
    noise = np.random.default_rng(0).uniform(-1, 1, (224, 224))
    expected = ndimage.gaussian_filter(noise, 2.44, mode="reflect", truncate=3).std() * 12.2
    assert moves.std().item() == pytest.approx(expected, rel=0.05)


def test_three_corners_that_stay_leave_the_image():
    places = elastic._affine(draws(["a"], "elastic_transform", 1, CPU), 0.0, (20, 30))
    rows, columns = np.mgrid[:20, :30]
    assert places[0].numpy() == pytest.approx(np.stack([rows, columns]))
    picture = pictures(1, 20, 30).float()
    assert elastic._sample(picture, places, mirror_twice=False).numpy() == pytest.approx(picture.numpy(), abs=1e-2)


def test_three_corners_move_to_where_they_were_drawn():
    random = draws(["a"], "elastic_transform", 4, CPU)
    reach, size = 5.0, (90, 120)
    places = elastic._affine(random, reach, size)[0].numpy()
    before = np.array([45, 60]) + 30 * np.array([[1, 1], [-1, 1], [-1, -1]])
    after = before + (random.uniform((3, 2), 2)[0].double().numpy() * 2 - 1) * reach
    for old, new in zip(before, after, strict=True):
        shown = [ndimage.map_coordinates(part, new[:, None], order=1)[0] for part in places]
        assert shown == pytest.approx(old, abs=1e-6)


@pytest.mark.parametrize(("mirror_twice", "mode"), [(True, "reflect"), (False, "mirror")])
def test_sampling_agrees_with_scipy(mirror_twice, mode):
    picture = pictures(1, 20, 30).double()
    places = np.random.default_rng(0).uniform(-9, 35, (2, 20, 30))
    found = elastic._sample(picture.float(), torch.from_numpy(places)[None], mirror_twice=mirror_twice)
    expected = ndimage.map_coordinates(picture[0, 1].numpy(), places, order=1, mode=mode)
    assert found[0, 1].numpy() == pytest.approx(expected, abs=0.02)

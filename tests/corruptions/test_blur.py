"""Blur: each step against the same thing written out, or done by another library."""

from math import cos, radians, sin

import numpy as np
import pytest
import torch
from scipy import ndimage

from fixtures.corruptions import blur
from fixtures.corruptions.apply import corrupt
from fixtures.corruptions.blur import DEFOCUS, GLASS, MOTION, ZOOM, displaced, moved, zoomed
from tests.corruptions.pictures import pictures


@pytest.mark.parametrize("severity", [1, 3, 5])
def test_defocus_is_a_disc(severity):
    picture = pictures(1, 224)
    radius = DEFOCUS[severity - 1][0]
    rows, columns = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disc = (rows**2 + columns**2 <= radius**2).astype(float)
    found = corrupt(picture, ["a"], "defocus_blur", severity)[0, 0].numpy().astype(float)
    plain = ndimage.correlate(picture[0, 0].numpy().astype(float), disc / disc.sum(), mode="mirror")
    assert np.abs(found - plain).mean() < (0.6 if severity == 1 else 2)  # a smoothed edge, and fractions cut off


def test_small_images_get_small_discs():
    point = torch.zeros(1, 3, 64, 64, dtype=torch.uint8)
    point[..., 32, 32] = 255
    wide = corrupt(point, ["a"], "defocus_blur", 5)[0, 0]
    assert (wide > 0).sum(0).count_nonzero() == 7  # 21 pixels at 224 are 6 at 64, and these touch 7


def one_by_one(moves, margin):
    """As published: from the last pixel to the first, each is overwritten by the one that it should swap with."""
    height, width = moves.shape[-2:]
    pixels = np.arange(height * width).reshape(height, width).copy()
    for row in range(height - margin, margin, -1):
        for column in range(width - margin, margin, -1):
            down, right = moves[:, row, column]
            pixels[row, column] = pixels[row + down, column + right]
    return pixels


@pytest.mark.parametrize("reach", [1, 2, 3, 4])
def test_chains_of_copies_end_where_copying_one_by_one_ends(reach):
    moves = np.random.default_rng(reach).integers(-reach, reach, (3, 2, 29, 37))
    found = displaced(torch.from_numpy(moves), reach, reach - 1)
    for k in range(3):
        assert np.array_equal(found[k].view(29, 37).numpy(), one_by_one(moves[k], reach))


def test_swapping_two_rows_of_an_array_copies_one_over_the_other():
    """Why ``displaced`` copies: this is what the published line does with its arrays of pixels (H, W, 3)."""
    x = np.array([[[1, 1, 1], [2, 2, 2]]])
    x[0, 0], x[0, 1] = x[0, 1], x[0, 0]
    assert x.tolist() == [[[2, 2, 2], [2, 2, 2]]]


def test_displacements_keep_their_mean_at_every_size():
    class Counted:
        def levels(self, shape, stream):
            return torch.randint(0, 1 << 16, (4, *shape), generator=torch.manual_seed(stream), dtype=torch.int32)

        def uniform(self, shape, stream):
            return torch.rand(4, *shape, generator=torch.manual_seed(stream))

    for reach in (1, 2, 4):
        for side in (64, 224, 300):
            moves = blur._moves(Counted(), reach, torch.empty(1, 3, side, side), 0).double()
            assert moves.mean() == pytest.approx(-0.5 * side / 224, abs=0.05)
            assert moves.min() >= -np.ceil(reach * side / 224)
            assert moves.max() <= np.ceil((reach - 1) * side / 224)


def test_glass_moves_pixels_and_invents_none():
    assert len(GLASS) == 5
    halves = torch.zeros(1, 3, 64, 64, dtype=torch.uint8)
    halves[..., 32:] = 200
    found = corrupt(halves, ["a"], "glass_blur", 5)
    assert set(found[..., :20].unique().tolist()) == {0}
    assert set(found[..., -20:].unique().tolist()) == {200}
    assert (found[..., 30:34] > 0).any(2).any()


def trace_of(angle):
    point = torch.zeros(1, 1, 224, 224)
    point[..., 112, 112] = 255
    return moved(point, MOTION[4], torch.tensor([[angle]]))[0, 0].numpy()


def test_motion_is_along_a_line():
    trace = trace_of(30.0)
    assert trace.sum() == pytest.approx(255)
    rows, columns = trace.nonzero()
    along, across = 112 - columns, 112 - rows  # what moves right and down comes from the right and below
    assert (along.min(), along.max()) == (0, round(2 * MOTION[4][0] * cos(radians(30))))
    assert across == pytest.approx(along * np.tan(radians(30)), abs=1)


def test_motion_fades():
    radius, sigma = MOTION[4]
    values = trace_of(0.0)[112, 112 : 112 - 2 * radius - 1 : -1]
    expected = np.exp(-0.5 * (np.arange(2 * radius + 1) / sigma) ** 2)
    assert values == pytest.approx(255 * expected / expected.sum(), abs=0.01)


def test_every_image_moves_at_its_own_angle():
    point = torch.zeros(2, 1, 64, 64)
    point[..., 32, 32] = 255
    flat, steep = moved(point, MOTION[4], torch.tensor([[0.0], [-45.0]]))
    assert flat[0].any(1).sum() == 1
    assert steep[0].any(1).sum() > 8
    assert sin(radians(-45)) < 0
    assert steep[0, 33:].any()  # upwards means: from below


@pytest.mark.parametrize("factor", [1.01, 1.13, 1.3])
@pytest.mark.parametrize("size", [(224, 224), (64, 64), (50, 71)])
def test_zooming_agrees_with_scipy(size, factor):
    picture = pictures(1, *size)
    found = zoomed(picture.float(), factor)[0, 1].numpy()
    rows, columns = (int(np.ceil(side / factor)) for side in size)
    top, left = (size[0] - rows) // 2, (size[1] - columns) // 2
    large = ndimage.zoom(picture[0, 1, top : top + rows, left : left + columns].double().numpy(), factor, order=1)
    top, left = (large.shape[0] - size[0]) // 2, (large.shape[1] - size[1]) // 2
    assert found == pytest.approx(large[top : top + size[0], left : left + size[1]], abs=1e-2)


def test_how_many_images_a_zoom_is_the_mean_of():
    """``numpy.arange`` includes the end where its rounding lets it, and did when the published images were made."""
    assert [len(np.arange(1, end, step)) for end, step in ZOOM] == [12, 16, 11, 13, 11]
    assert [len(blur._factors(severity)) for severity in (1, 2, 3, 4, 5)] == [12, 16, 11, 13, 11]

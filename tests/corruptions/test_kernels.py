"""Kernels: weights that sum exactly, at any size, and sums that are right."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from fixtures.corruptions import kernels
from tests.corruptions.pictures import pictures


def moments(kernel):
    """Mass, centre (rows, columns) and variance along the rows."""
    radius = len(kernel) // 2
    place = np.arange(-radius, radius + 1)
    rows, columns = (float((kernel.sum(1 - axis) * place).sum() / kernel.sum()) for axis in (0, 1))
    return kernel.sum(), rows, columns, float((kernel.sum(1) * (place - rows) ** 2).sum() / kernel.sum())


def random_kernel(side: int):
    kernel = np.random.default_rng(side).random((side, side)) ** 4
    return kernel / kernel.sum()


def test_exact_weights_are_the_nearest_with_the_same_sum():
    kernel = random_kernel(9)
    units = kernels.exact(kernel) * kernels.UNIT
    assert np.array_equal(units, units.round())
    assert units.sum() == kernels.UNIT
    assert np.abs(units - kernel * kernels.UNIT).max() < 1
    assert kernels.exact(kernel * 1.01).sum() == pytest.approx(1.01, abs=1 / kernels.UNIT)


def test_by_hand():
    thirds = kernels.exact(np.full((1, 3), 1 / 3)) * kernels.UNIT
    assert thirds.tolist() == [[21846, 21845, 21845]]


def test_the_published_size_changes_nothing():
    kernel = random_kernel(7)
    assert np.array_equal(kernels.resized(kernel, 1), kernel)


@pytest.mark.parametrize("scale", [64 / 224, 0.5, 0.9, 336 / 224, 2])
def test_a_resized_kernel_is_the_same_shape_in_other_pixels(scale):
    kernel = random_kernel(11)
    mass, rows, columns, variance = moments(kernels.resized(kernel, scale))
    assert mass == pytest.approx(1)
    before = moments(kernel)
    assert (rows, columns) == pytest.approx((scale * before[1], scale * before[2]), abs=0.05)
    pixels = variance - scale**2 * before[3]  # a weight fills a square, and is then shared among whole pixels
    assert 0 < pixels + scale**2 / 12 < scale**2 / 6 + 0.26


@pytest.mark.parametrize(("edge", "mode"), [("reflect", "mirror"), ("replicate", "nearest")])
def test_weighted_sums_agree_with_scipy(edge, mode):
    kernel = kernels.exact(random_kernel(7))
    picture = pictures(1, 20, 31)
    found = kernels.weighted_sum(picture.float(), kernels.taps(kernel), edge=edge)
    for channel in range(3):
        expected = ndimage.correlate(picture[0, channel].double().numpy(), kernel, mode=mode)
        assert np.array_equal(found[0, channel].numpy(), expected)  # exactly: 24 bits are enough


def test_the_order_of_the_sums_does_not_matter():
    taps = kernels.taps(random_kernel(15))
    picture = pictures(1, 40).float()
    one, other = (kernels.weighted_sum(picture, order, edge="reflect") for order in (taps, taps[::-1]))
    assert torch.equal(one, other)


def test_gaussian_weights():
    weights = kernels.gaussian(1.5, truncate=4)
    impulse = np.zeros(31)
    impulse[15] = 1
    assert weights == pytest.approx(ndimage.gaussian_filter1d(impulse, 1.5, truncate=4)[9:22])

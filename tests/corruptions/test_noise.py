"""Noise: the distributions of the values, against scipy's."""

import numpy as np
import pytest
import torch
from scipy import stats

from fixtures.corruptions.apply import corrupt
from fixtures.corruptions.noise import GAUSSIAN, IMPULSE, SHOT


def spoilt(name, severity, level):
    flat = torch.full((16, 3, 64, 64), level, dtype=torch.uint8)
    return corrupt(flat, [str(k) for k in range(16)], name, severity).numpy().ravel().astype(float)


@pytest.mark.parametrize("severity", [1, 2, 3, 4, 5])
def test_gaussian_noise_is_normal_clipped_and_cut_to_whole_levels(severity):
    found = spoilt("gaussian_noise", severity, 100)
    below = [(found <= level).mean() for level in range(255)]
    expected = stats.norm.cdf(np.arange(1, 256), 100, 255 * GAUSSIAN[severity - 1])
    assert below == pytest.approx(expected, abs=5 * 0.5 / len(found) ** 0.5)


@pytest.mark.parametrize("level", [3, 100, 250])
@pytest.mark.parametrize("severity", [1, 2, 3, 4, 5])
def test_shot_noise_counts_photons(severity, level):
    white = SHOT[severity - 1]
    found = spoilt("shot_noise", severity, level)
    values = np.floor(np.arange(white + 1) / white * 255)
    assert set(found) <= set(values)
    shares = [(found == value).mean() for value in values]
    expected = stats.poisson.pmf(np.arange(white), level * white / 255)
    assert shares[:-1] == pytest.approx(expected, abs=5 * 0.5 / len(found) ** 0.5 + 1 / 4096)


def test_black_gives_no_photons():
    assert not spoilt("shot_noise", 5, 0).any()


@pytest.mark.parametrize("severity", [1, 2, 3, 4, 5])
def test_impulse_noise_is_half_salt_half_pepper(severity):
    found = spoilt("impulse_noise", severity, 100)
    assert set(found) == {0, 100, 255}
    for value in (0, 255):
        share = IMPULSE[severity - 1] / 2
        assert (found == value).mean() == pytest.approx(share, abs=5 * (share / len(found)) ** 0.5)


@pytest.mark.parametrize("name", ["gaussian_noise", "impulse_noise"])
def test_colours_are_spoilt_one_by_one(name):
    flat = torch.full((1, 3, 64, 64), 100, dtype=torch.uint8)
    red, green, _ = corrupt(flat, ["a"], name, 3)[0].double().flatten(1)
    assert abs(float(torch.corrcoef(torch.stack([red, green]))[0, 1])) < 5 / 64

"""Weather: clouds against the algorithm point by point, brightness against another conversion to HSV, ice and snow."""

from itertools import pairwise

import matplotlib.colors
import numpy as np
import pytest
import torch

from fixtures.corruptions import weather
from fixtures.corruptions.apply import corrupt
from fixtures.corruptions.draws import Draws, draws
from fixtures.corruptions.frost_textures import OCTAVES, PHOTOGRAPHS, SIDE, chances, textures
from fixtures.corruptions.plasma import START, clouds
from fixtures.corruptions.weather import BRIGHTNESS, FOG, FROST, SNOW
from tests.corruptions.pictures import pictures

CPU = torch.device("cpu")


def point_by_point(random: Draws, side: int, decay: float) -> np.ndarray:
    """Diamond-square on a periodic map, from the coarsest step on."""
    heights = np.zeros((side, side))
    step, octave = side, 0
    while step > 1:
        rough, half = (START / decay**octave) ** 2, step // 2
        bumps = random.uniform((3, side // step, side // step), octave)[0].double().numpy() * 2 - 1

        def mean(*points):
            return sum(heights[row % side, column % side] for row, column in points) / 4

        places = [(row, column) for row in range(0, side, step) for column in range(0, side, step)]
        for row, column in places:
            corners = ((row, column), (row + step, column), (row, column + step), (row + step, column + step))
            bump = bumps[0, row // step, column // step] * rough
            heights[row + half, column + half] = mean(*corners) + bump
        for k, (down, right) in enumerate(((0, half), (half, 0)), start=1):
            for row, column in places:
                y, x = row + down, column + right
                around = ((y - half, x), (y + half, x), (y, x - half), (y, x + half))
                heights[y, x] = mean(*around) + bumps[k, row // step, column // step] * rough
        step, octave = half, octave + 1
    return (heights - heights.min()) / (heights.max() - heights.min())


@pytest.mark.parametrize("decay", [1.4, 2.0])
def test_clouds_agree_with_the_algorithm_point_by_point(decay):
    random = draws(["a"], "fog", 1, CPU)
    assert clouds(random, 16, decay)[0].numpy() == pytest.approx(point_by_point(random, 16, decay), abs=1e-5)


def test_fog_keeps_the_brightest_level_and_is_thicker_at_higher_severities():
    assert [thickness for thickness, _ in FOG] == sorted(thickness for thickness, _ in FOG)
    black = torch.zeros(2, 3, 64, 64, dtype=torch.uint8)
    assert not corrupt(black, ["a", "b"], "fog", 5).any()  # nothing is brighter than the brightest level of the image
    grey = torch.full((8, 3, 64, 64), 80, dtype=torch.uint8)
    found = corrupt(grey, list("abcdefgh"), "fog", 3)
    assert found.max() == 80
    assert torch.equal(found[:, 0], found[:, 2])


def test_brightness_agrees_with_a_conversion_to_hsv():
    picture = pictures(1, 48)
    picture[..., :4, :4] = 0
    for severity, more in enumerate(BRIGHTNESS, start=1):
        hsv = matplotlib.colors.rgb_to_hsv(picture[0].permute(1, 2, 0).numpy() / 255)
        hsv[..., 2] = np.clip(hsv[..., 2] + more, 0, 1)
        expected = np.floor(matplotlib.colors.hsv_to_rgb(hsv) * 255 + 1e-6)
        found = corrupt(picture, ["a"], "brightness", severity)[0].permute(1, 2, 0).numpy()
        assert np.abs(found - expected).max() <= 1
        assert (found != expected).mean() < 2e-3


@pytest.mark.parametrize("severity", [1, 5])
def test_snow_falls_twice_turned_by_half_a_turn(severity):
    black = torch.zeros(1, 3, 224, 224, dtype=torch.uint8)
    found = corrupt(black, ["a"], "snow", severity)[0].int()
    pale = int((1 - SNOW[severity - 1][-1]) * 127.5)
    assert torch.equal(found, found.flip((1, 2)))
    assert torch.equal(found[0], found[2])
    assert found.min() == pale
    assert found.max() > pale + 60


def test_as_much_snow_at_every_size():
    shares = []
    for side in (64, 160, 224, 300):
        black = torch.zeros(16, 3, side, side, dtype=torch.uint8)
        shares.append(corrupt(black, [str(k) for k in range(16)], "snow", 3).double().mean().item())
    assert shares == pytest.approx([shares[2]] * 4, rel=0.03)


def test_ice_has_the_colours_and_the_detail_of_the_photographs():
    waves = 224 * np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.fftfreq(SIDE))
    edges = [0.5, *np.sqrt(np.multiply(OCTAVES[:-1], OCTAVES[1:])), 160]
    for ice, sheet in zip(PHOTOGRAPHS, textures(1.0, CPU), strict=True):
        assert sheet.shape == (3, SIDE, SIDE)
        assert sheet.mean((1, 2)).numpy() == pytest.approx(ice.colour, abs=3)  # white is cut off
        grey = sheet.mean(0).double().numpy()
        power = np.abs(np.fft.fft2(grey)) ** 2 / SIDE**4
        found = [power[(waves >= low) & (waves < high)].sum() ** 0.5 for low, high in pairwise(edges)]
        assert found == pytest.approx(ice.octaves, rel=0.06)
        assert sheet.min() >= 0
        assert sheet.max() <= 255


def test_ice_is_periodic_at_every_size():
    for scale in (1.0, 64 / 224, 1.5):
        sheet = textures(scale, CPU)
        assert sheet.shape[-1] == round(SIDE * scale)
        for axis in (2, 3):
            steps = sheet.diff(dim=axis).abs().mean()
            seam = (sheet.select(axis, 0) - sheet.select(axis, -1)).abs().mean()
            assert seam < 1.5 * steps


def test_frost_is_a_weighted_sum_and_every_texture_is_as_frequent_as_said():
    assert chances(CPU).tolist() == pytest.approx([0.2, 0.6, 0.8])
    black = torch.zeros(400, 3, 32, 32, dtype=torch.uint8)
    found = corrupt(black, [str(k) for k in range(400)], "frost", 1).double().mean((2, 3))
    colours = torch.tensor([ice.colour for ice in PHOTOGRAPHS]) * FROST[0][1]
    nearest = torch.cdist(found, colours.double()).argmin(1).bincount(minlength=4) / 400
    assert nearest.numpy() == pytest.approx([0.2, 0.4, 0.2, 0.2], abs=0.08)


def test_layers_of_the_right_size_stay_as_they_are():
    layer, images = torch.rand(2, 1, 30, 40), torch.zeros(2, 3, 30, 40)
    assert weather.resized(layer, images) is layer

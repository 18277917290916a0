"""Random numbers by hash: they look random, and are the same everywhere."""

import numpy as np
import pytest
import torch
from scipy import stats

from fixtures.corruptions.draws import STREAM, Draws, draws

CPU = torch.device("cpu")


def drawn(count: int = 64) -> Draws:
    return draws([f"image {k}" for k in range(count)], "snow", 3, CPU)


def test_all_32_bits_are_uniform_and_independent():
    words = drawn().words(1 << 14, 0).numpy().view(np.uint32)
    for shift in (0, 8, 16, 24):
        assert stats.chisquare(np.bincount((words >> shift & 255).ravel(), minlength=256)).pvalue > 1e-3
    bits = np.unpackbits(words[:, :2048].copy().view(np.uint8)).reshape(-1, 32).astype(float)
    between = np.corrcoef(bits.T)[~np.eye(32, dtype=bool)]
    assert np.abs(between).max() < 5 / len(bits) ** 0.5


def test_normal_numbers_are_normal_with_no_pattern_over_pixels_images_and_streams():
    x = drawn().normal((128, 128)).numpy()
    assert stats.kstest(x.ravel(), "norm").pvalue > 1e-3
    assert abs(stats.kurtosis(x.ravel())) < 0.02
    error = 5 / x.size**0.5
    for axis in (0, 1, 2):
        assert abs((x * np.roll(x, 1, axis)).mean()) < error
    assert abs((x.reshape(64, 2, -1)[:, 0] * x.reshape(64, 2, -1)[:, 1]).mean()) < error * 2**0.5  # halves of one word
    assert abs((x * drawn().normal((128, 128), 1).numpy()).mean()) < error
    power = (np.abs(np.fft.fft2(x)) ** 2).mean(0) / x[0].size
    assert power.max() < stats.gamma(64, scale=1 / 64).isf(1e-8)  # no frequency stands out


def test_uniform_numbers_are_uniform_and_inside():
    u = drawn().uniform((3, 5000)).numpy()
    assert u.min() > 0
    assert u.max() < 1
    assert stats.kstest(u.ravel(), "uniform").pvalue > 1e-3


def test_the_numbers_stay_what_they_are():
    fixed = draws(["a", "b"], "snow", 3, CPU)
    assert fixed.keys.tolist() == [[1897768077, -1656750656], [-1223421384, 791986523]]
    assert fixed.words(3, 0).tolist() == [[-1250559657, -682531367, 1288352507], [-474785758, 147507423, 1113451042]]
    assert fixed.levels((4,), 1).tolist() == [[15951, 25090, 10621, 60661], [39284, 54636, 54381, 7355]]


def test_what_an_image_draws_depends_on_its_own_name_only():
    together, alone = draws(["a", "b"], "snow", 3, CPU), draws(["b"], "snow", 3, CPU)
    assert torch.equal(together.words(100, 2)[1:], alone.words(100, 2))
    for other in (draws(["b"], "snow", 4, CPU), draws(["b"], "fog", 3, CPU), draws(["B"], "snow", 3, CPU)):
        assert not (other.words(100, 2) == alone.words(100, 2)).any()


def test_an_odd_number_of_halves_and_a_shape():
    assert drawn(2).levels((3, 5, 7)).shape == (2, 3, 5, 7)


def test_more_numbers_than_a_stream_holds():
    with pytest.raises(ValueError, match=r"an image needs 16,777,217 random words; 16,777,216 are the most"):
        drawn(1).words(STREAM + 1, 0)

"""Tango's interval: published values, an independent derivation, and how often it errs."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from behaviors.paired import tango


@pytest.mark.parametrize(
    ("counts", "alpha", "expected"),
    [
        # the example of R's PropCIs (scoreci.mp), and values of two networks on 50,000 ImageNet images
        ((40, 20, 160), 0.025, (0.0308645, 0.2180642)),
        ((40, 20, 160), 0.05, (0.0462672, 0.2030348)),
        ((4340, 3402, 50_000), 0.025, (0.0153167, 0.0222083)),
    ],
)
def test_published_values(counts, alpha, expected):
    interval = tango(*counts, alpha=alpha)
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-7)


def test_no_image_tells_the_models_apart():
    z = stats.norm.isf(0.05)
    interval = tango(0, 0, 100, alpha=0.05)
    assert interval.high == pytest.approx(z**2 / (100 + z**2), abs=1e-9)
    assert interval.low == pytest.approx(-interval.high, abs=1e-12)


def test_exchanging_the_models_turns_the_sign():
    one, another = tango(9, 2, 60, alpha=0.05), tango(2, 9, 60, alpha=0.05)
    assert (one.low, one.high) == pytest.approx((-another.high, -another.low), abs=1e-12)


@pytest.mark.parametrize(("first", "second", "images"), [(7, 0, 7), (0, 7, 7), (1, 0, 1), (3, 3, 6), (0, 0, 1)])
def test_extremes_stay_in_range_and_around_the_value(first, second, images):
    interval = tango(first, second, images, alpha=0.05)
    assert -1 <= interval.low <= (first - second) / images <= interval.high <= 1


def profile(first, second, images, difference):
    """-log likelihood of the counts, at the best nuisance parameter where p_first - p_second is ``difference``."""

    def loss(q):
        cells = np.array([q + difference, q, 1 - 2 * q - difference])
        counts = np.array([first, second, images - first - second])
        return -float(np.sum(counts * np.log(np.maximum(cells, 1e-300))))

    edges = max(0, -difference), (1 - difference) / 2
    found = optimize.minimize_scalar(loss, bounds=edges, method="bounded", options={"xatol": 1e-12})
    return float(found.x)


@pytest.mark.parametrize("counts", [(12, 5, 80), (30, 31, 200), (3, 1, 25)])
def test_bounds_are_where_the_score_of_the_restricted_likelihood_is_z(counts):
    """Independent: the nuisance parameter by numerical maximisation instead of the closed form."""
    first, second, images = counts
    interval, z = tango(*counts, alpha=0.05), stats.norm.isf(0.05)
    for bound, expected in ((interval.low, z), (interval.high, -z)):
        q = profile(*counts, bound)
        score = (first - second - images * bound) / math.sqrt(images * (2 * q + bound - bound**2))
        assert score == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("images", "apart", "difference"), [(100, 0.05, 0.0), (500, 0.02, 0.01), (2000, 0.02, 0.01), (500, 0.2, 0.05)]
)
def test_each_side_errs_about_as_often_as_it_says(images, apart, difference):
    """Monte Carlo; the values of the table it follows were 4.0 to 6 % here (nominal 5 %)."""
    generator = np.random.default_rng(7)
    cells = [(apart + difference) / 2, (apart - difference) / 2, 1 - apart]
    drawn = generator.multinomial(images, cells, size=2500)
    rows, counts = np.unique(drawn[:, :2], axis=0, return_counts=True)
    bounds = [tango(int(first), int(second), images, alpha=0.05) for first, second in rows]
    too_high = sum(count for bound, count in zip(bounds, counts, strict=True) if bound.low > difference)
    too_low = sum(count for bound, count in zip(bounds, counts, strict=True) if bound.high < difference)
    assert max(too_high, too_low) / 2500 < 0.075
    assert min(too_high, too_low) / 2500 > 0.02


@pytest.mark.parametrize("counts", [(1, 1, 0), (-1, 0, 9), (5, 5, 9)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="counts of the same images"):
        tango(*counts, alpha=0.05)


def test_alpha_is_one_sided():
    with pytest.raises(ValueError, match="error of one side"):
        tango(1, 1, 9, alpha=0.7)

"""Paired proportions: published values, independent implementations and derivations, and how often bounds err."""

import math

import numpy as np
import pytest
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import mcnemar

from behaviors.statistics.paired import (
    bonett_price,
    bonett_price_p,
    mcnemar_mid_p,
    tango,
    tango_p,
    tango_unskewed,
    tango_unskewed_p,
)


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


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((9, 1), 12 / 2048),
        ((6, 2), 46 / 512),
        ((5, 0), 1 / 64),
        ((0, 0), 0.5),
        ((0, 5), 63 / 64),
        ((7, 1), 0.0390625 / 2),
    ],
)
def test_mid_p_by_hand(counts, expected):
    """The last one is Fagerland, Lydersen & Laake's example, two-sided there."""
    assert mcnemar_mid_p(*counts) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("counts", [(9, 1), (12, 30), (350, 290), (4340, 3402)])
def test_mid_p_is_the_exact_one_less_half_of_the_last_term(counts):
    exact = mcnemar([[0, counts[0]], [counts[1], 0]], exact=True).pvalue
    last = stats.binom.pmf(min(counts), sum(counts), 0.5)
    found = min(mcnemar_mid_p(*counts), mcnemar_mid_p(*counts[::-1]))
    assert 2 * found == pytest.approx(exact - last, rel=1e-6)
    assert mcnemar_mid_p(*counts) + mcnemar_mid_p(*counts[::-1]) == pytest.approx(1)


@pytest.mark.parametrize("counts", [(40, 20, 160), (3, 1, 25), (0, 0, 40), (4340, 3402, 50_000)])
@pytest.mark.parametrize(
    ("bounds", "p"), [(tango, tango_p), (tango_unskewed, tango_unskewed_p), (bonett_price, bonett_price_p)]
)
def test_tests_agree_with_bounds(counts, bounds, p):
    """What is tested at a bound has the error that the bound has."""
    interval = bounds(*counts, alpha=0.05)
    assert p(*counts, margin=interval.low) == pytest.approx(0.05, abs=1e-9)
    assert p(*counts, margin=interval.high) == pytest.approx(0.95, abs=1e-9)


def test_the_skewness_that_is_corrected():
    """By enumerating one image: 1 with probability q + d, -1 with q, 0 else."""
    first, second, images, d = 30, 3, 5000, 0.003
    q = profile(first, second, images, d)
    cells, values = np.array([q + d, q, 1 - 2 * q - d]), np.array([1, -1, 0])
    centred = values - d
    skewness = cells @ centred**3 / (cells @ centred**2) ** 1.5 / math.sqrt(images)
    z = (first - second - images * d) / math.sqrt(images * (cells @ centred**2))
    corrected = z - skewness * (z**2 - 1) / 6 + skewness**2 * z**3 / 108
    assert tango_unskewed_p(first, second, images, margin=d) == pytest.approx(stats.norm.sf(corrected), rel=1e-5)


@pytest.mark.parametrize(("first", "second", "images"), [(7, 0, 7), (0, 7, 7), (1, 0, 1), (3, 3, 6), (0, 0, 1)])
def test_corrected_bounds_stay_in_range_and_around_the_value(first, second, images):
    interval = tango_unskewed(first, second, images, alpha=0.05)
    assert -1 <= interval.low <= (first - second) / images <= interval.high <= 1


def test_bonett_and_price():
    interval = bonett_price(40, 20, 160, alpha=0.025)
    assert (interval.low, interval.high) == pytest.approx((0.0301090, 0.2168046), abs=1e-7)
    assert bonett_price(1, 0, 1, alpha=0.05).high == 1


@pytest.mark.parametrize("counts", [(1, 1, 0), (-1, 0, 9), (5, 5, 9)])
def test_impossible_counts_are_refused(counts):
    for bounds in (tango, tango_unskewed, bonett_price):
        with pytest.raises(ValueError, match="counts of the same images"):
            bounds(*counts, alpha=0.05)
    for p in (tango_p, tango_unskewed_p, bonett_price_p):
        with pytest.raises(ValueError, match="counts of the same images"):
            p(*counts, margin=0.1)


def test_impossible_changes_are_refused():
    with pytest.raises(ValueError, match="counts of the same images"):
        mcnemar_mid_p(-1, 3)


def test_alpha_is_one_sided():
    with pytest.raises(ValueError, match="error of one side"):
        tango(1, 1, 9, alpha=0.7)

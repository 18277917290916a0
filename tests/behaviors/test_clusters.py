"""Two-way clustered variances: worked by hand, against statsmodels, and on simulated stimuli."""

import numpy as np
import pytest
from scipy.stats import t as student

from behaviors.statistics.clusters import NOT_TWO_WAY, TOO_FEW, Variance, ratio_influence, two_way_variance


def crossed(rng, shapes=40, textures=12, each=1, effect=1.0):
    """Values of images of every pair of sources: each source shifts its images."""
    first, second = (grid.ravel() for grid in np.meshgrid(np.arange(shapes), np.arange(textures), indexing="ij"))
    first, second = np.repeat(first, each), np.repeat(second, each)
    noise = rng.normal(size=len(first))
    return effect * (rng.normal(size=shapes)[first] + rng.normal(size=textures)[second]) + noise, first, second


def test_worked_by_hand():
    """Two shapes x two textures: sums 3, -3 over shapes and 1, -1 over textures, four images alone in their cell."""
    values, shapes, textures = [2, 1, -1, -2], ["a", "a", "b", "b"], ["x", "y", "x", "y"]
    by_shape, by_texture, by_cell = 18 * 2 / 16, 2 * 2 / 16, 10 * (4 / 3) / 16
    assert by_shape + by_texture - by_cell < by_shape
    assert two_way_variance(values, shapes, textures) == Variance(by_shape, (2, 2), NOT_TWO_WAY)
    values = [3, 1, -1, -3]
    assert two_way_variance(values, shapes, textures).value == pytest.approx(32 * 2 / 16)
    none = [1, -1, -1, 1]  # every sum is 0: what is left is that of images, each on its own
    assert two_way_variance(none, shapes, textures) == Variance(pytest.approx(4 * (4 / 3) / 16), (2, 2), NOT_TWO_WAY)
    both = [2, 0, 0, -2]  # sums 2 and -2 both ways
    expected = 8 * 2 / 16 + 8 * 2 / 16 - 8 * (4 / 3) / 16
    assert two_way_variance(both, shapes, textures) == Variance(pytest.approx(expected), (2, 2))


@pytest.mark.parametrize("each", [1, 3])
def test_agrees_with_statsmodels(each):
    """Their sandwich for a regression on a constant, each term with G/(G - 1)."""
    sandwich = pytest.importorskip("statsmodels.stats.sandwich_covariance")
    regression = pytest.importorskip("statsmodels.regression.linear_model")
    for seed in range(5):
        values, first, second = crossed(np.random.default_rng(seed), each=each)
        fit = regression.OLS(values, np.ones((len(values), 1))).fit()
        terms = []
        cell = first * 1000 + second
        for groups in (first, second, cell):
            size = len(np.unique(groups))
            terms.append(sandwich.cov_cluster(fit, groups, use_correction=False)[0, 0] * size / (size - 1))
        found = two_way_variance(values - values.mean(), first, second)
        assert found.note == ""
        assert found.value == pytest.approx(terms[0] + terms[1] - terms[2], rel=1e-10)
        whole = sandwich.cov_cluster_2groups(fit, first, second, use_correction=False)[0][0, 0]
        assert found.value == pytest.approx(whole, rel=0.1)


def test_names_and_order_of_sources_do_not_matter():
    values, first, second = crossed(np.random.default_rng(0))
    values = values - values.mean()
    names, other = np.array([f"s{k:03d}" for k in 999 - first]), np.array([f"t{k}" for k in second])
    shuffled = np.random.default_rng(1).permutation(len(values))
    expected = two_way_variance(values, first, second)
    for found in (
        two_way_variance(values, second, first),
        two_way_variance(values[shuffled], names[shuffled], other[shuffled]),
    ):
        assert found.value == pytest.approx(expected.value, rel=1e-12)
        assert sorted(found.sources) == [12, 40]


def test_independent_images_have_the_usual_variance():
    """Every image of its own sources: the variance of a mean."""
    values = np.random.default_rng(0).normal(size=500)
    values -= values.mean()
    found = two_way_variance(values, np.arange(500), np.arange(500))
    assert found.value == pytest.approx(values.var(ddof=1) / 500)


def test_reach_is_that_of_student():
    found = Variance(4.0, (160, 48))
    assert found.degrees == 47
    assert found.reach(alpha=0.025) == pytest.approx(2 * student.ppf(0.975, 47))
    with pytest.raises(ValueError, match=r"lies between 0 and 0\.5; got 0\.9"):
        found.reach(alpha=0.9)


def test_one_source_shows_nothing():
    found = two_way_variance([1.0, -1.0], ["a", "a"], ["x", "y"])
    assert found == Variance(np.inf, (1, 2), TOO_FEW)
    with pytest.raises(ValueError, match="only one source"):
        found.reach(alpha=0.05)


@pytest.mark.parametrize("effect", [0.0, 0.4])
def test_the_truth_is_missed_as_seldom_as_promised(effect):
    """600 worlds with new sources: each side errs in about 5 %; intervals that ignore the sources err in 20 % or so."""
    rng = np.random.default_rng(0)
    below = above = naive = 0
    for _ in range(600):
        values, first, second = crossed(rng, shapes=60, textures=30, effect=effect)
        mean = values.mean()
        reach = two_way_variance(values - mean, first, second).reach(alpha=0.05)
        below, above = below + (mean - reach > 0), above + (mean + reach < 0)
        naive += abs(mean) > 1.645 * values.std() / np.sqrt(len(values))
    assert max(below, above) <= 0.08 * 600
    assert naive > 0.4 * 600 or effect == 0


def test_influence_worked_by_hand():
    """One of three: f = 1/3; an image that is not counted does not move it."""
    assert ratio_influence([1, 0, 0, 0], [1, 1, 1, 0]) == pytest.approx(np.array([2 / 3, -1 / 3, -1 / 3, 0]) * 4 / 3)


def test_influence_is_the_derivative():
    rng = np.random.default_rng(0)
    below = rng.uniform(0.5, 2, 50)
    above = rng.uniform(0, 1, 50)
    found = ratio_influence(above, below)
    assert found.sum() == pytest.approx(0, abs=1e-9)
    step = 1e-6
    for image in range(5):
        weight = np.ones(50)
        weight[image] += step
        moved = (weight @ above) / (weight @ below) - above.sum() / below.sum()
        assert found[image] == pytest.approx(50 * moved / step, rel=1e-4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ratio_influence([1, 0], [1, 1, 1]), "2 numerators, 3 denominators"),
        (lambda: ratio_influence([0, 0], [0, 0]), "denominators of 2 images add up to 0"),
        (lambda: ratio_influence([], []), r"at least one; got shape \(0,\)"),
        (lambda: ratio_influence([np.nan, 1], [1, 1]), "numerator is NaN or infinite for 1 of 2 images"),
        (lambda: ratio_influence([[1.0]], [[1.0]]), r"got shape \(1, 1\)"),
        (lambda: two_way_variance([np.inf, 1], [1, 2], [1, 2]), "influence is NaN or infinite for 1 of 2 images"),
        (lambda: two_way_variance([1, 2], [1], [1, 2]), r"first has shape \(1,\), there are 2 images"),
        (lambda: two_way_variance([], [], []), "at least one"),
    ],
)
def test_what_has_no_variance_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

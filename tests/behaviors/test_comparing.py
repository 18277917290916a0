"""Comparisons image by image: worked values, independent implementations, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.sandwich_covariance import cov_cluster

from behaviors.contract import per_image
from behaviors.contract.comparing import Comparison, compare, holm
from behaviors.contract.measurement import Measurement
from behaviors.contract.per_image import PerImage
from behaviors.statistics.intervals import unskewed
from behaviors.statistics.paired import mcnemar_mid_p, tango_unskewed

ALPHA = 0.05


def measured(rows: PerImage | None, value: float | None = None) -> Measurement:
    found = float(rows.values.mean()) if value is None else value
    return Measurement(found, 0 if rows is None else rows.ids.size, per_image=rows)


def names(count, start=0):
    return [f"image {k:05d}" for k in range(start, start + count)]


def of_counts(only_old, only_new, both, neither):
    """Two models' right answers by how many images only one, both or neither has right."""
    counts = (only_old, only_new, both, neither)
    ids = names(sum(counts))
    return tuple(
        measured(per_image.proportion(ids, np.repeat(flags, counts))) for flags in ((1, 0, 1, 0), (0, 1, 1, 0))
    )


def of_values(old, new, *clusters):
    return tuple(measured(per_image.mean(names(len(row)), row, *clusters)) for row in (old, new))


def of_gaps(old, new, bins, part="both"):
    """``bins``: of either."""
    found = []
    for gap, index in zip((old, new), bins, strict=True):
        sums = np.bincount(index, weights=gap) / len(gap)
        value = {"both": np.abs(sums), "over": np.maximum(sums, 0), "under": np.maximum(-sums, 0)}[part].sum()
        rows = PerImage(np.array(names(len(gap))), np.asarray(gap, float), "gaps", (), np.asarray(index), part)
        found.append(measured(rows, float(value)))
    return tuple(found)


def against(pair, *, better="higher", margin=0.0, alpha=ALPHA) -> Comparison:
    return compare(*pair, better=better, margin=margin, alpha=alpha)


def numbers(found: Comparison):
    return found.difference, found.low, found.high, found.p_worse, found.p_better, found.p_change, found.changed


def test_proportions():
    found = against(of_counts(30, 12, 100, 58))
    bounds = tango_unskewed(12, 30, 200, alpha=ALPHA)
    assert found.difference == pytest.approx(-0.09)
    assert (found.low, found.high) == (bounds.low, bounds.high)
    assert (found.images, found.changed, found.identical, found.notes) == (200, 42, False, ())
    assert found.p_worse == mcnemar_mid_p(30, 12)
    assert found.p_better == mcnemar_mid_p(12, 30)
    assert found.p_change == pytest.approx(2 * found.p_worse)
    assert found.method == "paired proportions, Tango score, Hall's skewness correction"


def test_a_margin_moves_what_is_tested_and_not_the_bounds():
    """At the low bound's distance, one model is as surely worse as alpha says; the other way it takes no margin."""
    pair = of_counts(30, 12, 100, 58)
    strict = against(pair)
    found = against(pair, margin=-strict.high)
    assert found.p_worse == pytest.approx(ALPHA, abs=1e-9)
    assert (found.low, found.high, found.p_better) == (strict.low, strict.high, strict.p_better)
    assert against(pair, margin=0.2).p_worse > 0.99


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_which_direction_is_better(better):
    """Exchanging the two models exchanges better and worse."""
    for pair in (of_counts(30, 12, 100, 58), of_values([1.0, 2, 3, 4] * 9, [2.0, 2, 3, 5] * 9)):
        one, another = against(pair, better=better), against(pair[::-1], better=better)
        assert one.p_worse == pytest.approx(another.p_better, rel=1e-9)
        assert (one.low, one.high) == pytest.approx((-another.high, -another.low))
        assert (one.p_worse < 0.5) == ((one.difference < 0) == (better == "higher"))


def test_a_number_without_direction_can_only_change():
    found = against(of_values([1.0, 2, 3, 4] * 9, [2.0, 2, 3, 5] * 9), better="neither")
    assert (found.p_worse, found.p_better) == (None, None)
    assert found.p_change < 0.01
    assert against(of_values([1.0, 2, 3, 4] * 9, [2.0, 2, 3, 5] * 9), better="neither", margin=1).p_change == 1


def low_bound(values, alpha):
    """Independently: Hall's interval (skewed t) of the values and 1, or more, at least as far off as the farthest."""
    less = np.log(alpha) / np.log(0.05)
    weights = np.append(np.ones(values.size), min(1, values.size / 100) * less**1.25)
    more = np.append(values, -np.abs(values).max() * less ** (1 / 3))
    count, mean = weights.sum(), np.average(more, weights=weights)
    second, third = (np.average((more - mean) ** power, weights=weights) for power in (2, 3))
    slant = third / second**1.5 / np.sqrt(count)
    return mean - np.sqrt(second / (count - 1)) * unskewed(stats.t.isf(alpha, count - 1), slant)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_means_are_compared_by_a_skewed_paired_t_test(alpha):
    random = np.random.default_rng(0)
    old = random.exponential(size=200)
    new = old + random.gamma(0.3, 0.3, 200) - 0.05
    found = against(of_values(old, new), better="lower", alpha=alpha)
    expected = low_bound(new - old, alpha), -low_bound(old - new, alpha)
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-9)
    assert found.method == "paired images, Student's t, Hall's skewness correction, allowing for unseen ones"


@pytest.mark.parametrize("alpha", [0.05, 0.05 / 90, 0.05 / 350])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_mean_is_tested_as_it_is_bounded(alpha, sign):
    """At the bound's distance, the p-value is what the bound errs; a test at a margin is that of shifted bounds."""
    random = np.random.default_rng(1)
    values = sign * np.exp(random.normal(size=300))
    pair = of_values(np.zeros(300), values)
    found = against(pair, better="lower", alpha=alpha)
    for bound, better in ((found.low, "lower"), (-found.high, "higher")):
        if bound > 0:
            assert against(pair, better=better, margin=bound).p_worse == pytest.approx(alpha, rel=1e-6)
    assert (found.low > 0) == (found.p_worse <= alpha)
    assert (found.high < 0) == (found.p_better <= alpha)


def test_clustered_means_are_those_of_what_clusters_contribute():
    """Their variance is that of statsmodels' sandwich for a regression on a constant; clusters of 1 to 9 images."""
    random = np.random.default_rng(0)
    clusters = np.repeat(np.arange(40), random.integers(1, 10, 40))
    old = random.normal(size=clusters.size)
    new = old + random.normal(0.1, 0.5, clusters.size) + random.normal(0, 0.5, 40)[clusters]
    apart = new - old
    fit = OLS(apart, np.ones((clusters.size, 1))).fit()
    units = apart.mean() + np.bincount(clusters, apart - apart.mean()) * 40 / clusters.size
    sandwich = cov_cluster(fit, clusters, use_correction=False)[0, 0]
    assert units.var() / 40 == pytest.approx(sandwich, rel=1e-9)
    found = against(of_values(old, new, clusters), better="lower")
    assert (found.low, found.high) == pytest.approx((low_bound(units, ALPHA), -low_bound(-units, ALPHA)), rel=1e-9)
    assert found.method.startswith("paired clusters, Student's t, Hall")


@pytest.mark.parametrize("counts", [(30, 12), (17, 9), (18, 9), (5, 0), (4, 0), (60, 40), (14, 25), (9, 0), (10, 3)])
def test_shares_are_tested_as_they_are_bounded(counts):
    for alpha in (0.05, 0.05 / 90):
        found = against(of_counts(*counts, 100, 58), alpha=alpha)
        assert (found.high < 0 or (found.high == 0 and found.p_worse <= alpha)) == (found.p_worse <= alpha)
        for margin in (0.001, 0.01, 0.02, 0.05):
            at_margin = against(of_counts(*counts, 100, 58), alpha=alpha, margin=margin)
            assert (found.high < -margin) == (at_margin.p_worse <= alpha)


def test_two_ways_of_clustering():
    """Two shapes x two textures, by hand: sums 2 and -2 both ways (see the tests of the variance)."""
    old, apart = np.array([3.0, 4, 5, 6]), np.array([2, 0, 0, -2])
    found = against(of_values(old, old + 1 + apart, ["a", "a", "b", "b"], ["x", "y", "x", "y"]), better="lower")
    variance = 8 * 2 / 16 + 8 * 2 / 16 - 8 * (4 / 3) / 16
    assert found.p_worse == pytest.approx(stats.t.sf(1 / np.sqrt(variance), 1))
    assert found.method == "paired, two-way clusters (2 x 2), Student's t"
    assert found.notes == ("too few changed predictions: 4 of 4 images tell the two models apart",)


def test_what_shows_nothing_of_its_spread_has_no_bounds():
    for clusters in ((["a"] * 20,), (["a"] * 20, names(20))):
        found = against(of_values(np.zeros(20), np.arange(20.0), *clusters))
        assert (found.low, found.high, found.p_worse, found.p_better) == (-np.inf, np.inf, 1, 1)
        assert len(found.notes) == 1
    assert against(of_values([0.0], [1.0])).p_change == 1


def test_gaps_by_hand():
    """Four images, two bins.  Old: d = (.1, -.05); new: (.15, .05)."""
    old, new = np.array([0.3, 0.1, -0.3, 0.1]), np.array([0.4, 0.2, 0.3, -0.1])
    bins = np.array([0, 0, 1, 1])
    found = against(of_gaps(old, new, (bins, bins)), better="lower")
    assert found.difference == pytest.approx(0.05)
    moves = np.array([0.1, 0.1, 0.3 - 0.3, -0.1 + 0.1])  # the new sign times the new gap, less the old
    reach = -stats.norm.ppf(ALPHA) * moves.std() / 2
    assert found.high - found.low >= 2 * reach
    shrunk = []
    for gap in (old, new):
        sums, squares = (np.bincount(bins, gap**power) / 4 for power in (1, 2))
        error = np.sqrt((squares - sums**2) / 4)
        for kappa in (0, 1.5):
            mean = np.maximum(np.abs(sums) - kappa * error, 0)
            folded = [stats.foldnorm.mean(m / s, scale=s) - m for m, s in zip(mean, error, strict=True)]
            shrunk.append(np.abs(sums).sum() - sum(folded))
    old_least, old_most, new_least, new_most = shrunk
    z = (new_most - old_least) / (moves.std() / 2)
    assert found.p_worse == pytest.approx(stats.norm.sf(z))
    assert found.low == pytest.approx(min(new_most - old_least - reach, 0.05))
    assert found.high == pytest.approx(max(new_least - old_most + reach, 0.05))
    assert found.p_better == pytest.approx(stats.norm.sf(-(new_least - old_most) / (moves.std() / 2)))


@pytest.mark.parametrize("part", ["both", "over", "under"])
def test_gaps_that_noise_cannot_explain(part):
    """Where all gaps are far from 0 and of the sign that counts, there is no bias: a paired z on them."""
    random = np.random.default_rng(0)
    sign = -1 if part == "under" else 1
    index = random.integers(0, 5, 4000)
    old = sign * random.uniform(0.1, 0.5, 4000)
    new = old + sign * random.normal(0.005, 0.1, 4000)
    found = against(of_gaps(old, new, (index, index), part), better="lower")
    apart = sign * (new - old)
    assert found.difference == pytest.approx(apart.mean())
    assert found.p_worse == pytest.approx(stats.norm.sf(apart.mean() / apart.std() * np.sqrt(4000)), rel=1e-6)


def test_parts_mirror_each_other():
    random = np.random.default_rng(0)
    old, new = random.normal(0, 0.3, (2, 500))
    bins = random.integers(0, 15, (2, 500))
    over, under = against(of_gaps(old, new, bins, "over")), against(of_gaps(-old, -new, bins, "under"))
    assert numbers(over) == pytest.approx(numbers(under))


@pytest.mark.parametrize("kind", ["proportion", "mean", "gaps"])
def test_identical_models_are_not_tested(kind):
    index = np.arange(20) % 3
    values = index.astype(float) * 0.1
    pair = {
        "proportion": of_counts(0, 0, 7, 5),
        "mean": of_values(values, values),
        "gaps": of_gaps(values, values, (index, index)),
    }[kind]
    found = against(pair)
    assert found == Comparison(0.0, 0.0, 0.0, None, None, None, pair[0].images, 0, True, "identical")


def test_another_bin_is_a_change():
    index = np.arange(20) % 3
    values = index * 0.1
    assert against(of_gaps(values, values, (index, index[::-1]))).changed > 0


def test_rows_are_joined_by_id():
    random = np.random.default_rng(0)
    old, new = of_values(*random.normal(size=(2, 60)), np.arange(60) // 3)
    order = random.permutation(60)
    rows = new.per_image
    mixed = replace(rows, ids=rows.ids[order], values=rows.values[order], clusters=(rows.clusters[0][order],))
    assert numbers(against((old, measured(mixed)))) == pytest.approx(numbers(against((old, new))))


def test_few_changes_are_said_and_handled_with_care():
    """Five images lost of 1,000: Tango's bounds err on such, so that Bonett and Price's are taken."""
    found = against(of_counts(5, 0, 700, 295))
    assert found.method == "paired proportions, Bonett-Price"
    assert found.notes == ("too few changed predictions: 5 of 1,000 images tell the two models apart",)
    assert found.p_worse == 1 / 64
    assert against(of_counts(5, 5, 700, 295)).notes == ()


def test_few_changes_of_a_mean_are_handled_with_care():
    """Values of 0 and 1 that are called a mean: never more sure than the exact test of the share is."""
    old, new = of_counts(5, 1, 700, 294)
    share, mean = against((old, new)), against(of_values(old.per_image.values, new.per_image.values))
    assert mean.notes == share.notes
    exact = stats.binomtest(5, 6, alternative="greater").pvalue
    assert exact / 2 < mean.p_worse < 2 * exact
    assert stats.ttest_1samp(new.per_image.values - old.per_image.values, 0, alternative="less").pvalue < 0.06


def test_two_images_that_agree_prove_nothing():
    assert against(of_values([0.0, 0.0], [1.0, 1.0]), better="lower").p_worse > 0.1


GOOD = of_values(np.zeros(4), np.arange(4.0), ["a", "a", "b", "b"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (Measurement(1, 4), GOOD[1], "cannot be compared image by image: it is not known what each image contributes"),
        (GOOD[0], Measurement(1, 4), "not known"),
        (GOOD[0], measured(per_image.proportion(names(4), [0, 1, 0, 1])), r"mean \(both\) and proportion \(both\)"),
        (
            GOOD[0],
            measured(per_image.mean(names(4, 2), np.zeros(4), ["a"] * 4)),
            "2 are only in the old run, 2 only in the new .'image 00000', say",
        ),
        (
            GOOD[0],
            measured(per_image.mean(names(5), np.zeros(5), ["a"] * 5)),
            "0 are only in the old run, 1 only in the new .'image 00004', say",
        ),
        (
            GOOD[0],
            measured(per_image.mean(names(4), np.zeros(4), ["a", "b", "b", "b"])),
            "1 of 4 images belong to another cluster than before, such as 'image 00001' .a then, b now",
        ),
        (GOOD[0], measured(per_image.mean(names(4), np.zeros(4))), "clustered in 1 ways, and now in 0"),
        (*[measured(per_image.mean([], []), 0)] * 2, "no images"),
        (
            *(of_gaps(np.ones(3), np.ones(3), (np.arange(3),) * 2, part)[0] for part in ("over", "under")),
            r"gaps \(over\) and gaps \(under\)",
        ),
    ],
)
def test_what_cannot_be_paired_is_refused(old, new, message):
    with pytest.raises(ValueError, match=message):
        against((old, new))


@pytest.mark.parametrize("margin", [-0.1, np.nan, np.inf])
def test_a_margin_is_what_may_be_lost(margin):
    with pytest.raises(ValueError, match="how much may be lost"):
        against(GOOD, margin=margin)


def test_alpha_is_one_sided():
    with pytest.raises(ValueError, match="error of one side"):
        against(GOOD, alpha=0.5)


def test_holm():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()
    assert holm([0.7]) == (0.7,)
    for seed in range(5):
        values = np.random.default_rng(seed).random(30) ** 3
        assert holm(values) == pytest.approx(multipletests(values, method="holm")[1])
        assert holm(values, [3.0] * len(values)) == pytest.approx(holm(values))
    for values in ([0.1, 1.5], [0.1, np.nan]):
        with pytest.raises(ValueError, match="between 0 and 1"):
            holm(values)

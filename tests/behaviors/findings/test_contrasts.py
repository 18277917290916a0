"""Differences of two models: hand-worked cases, identical and exchanged models, and how often the bounds err."""

import numpy as np
import pytest
from scipy import stats

from behaviors.contract.measurement import Measurement
from behaviors.findings.contrasts import above, above_on_average, negative, positive, right_more_often, within
from behaviors.findings.influence import Measured, by_cluster, by_image, by_two_sources, mean_influence


def estimate(values, model="one") -> Measured:
    numbers = np.asarray(values, dtype=float)
    return Measured(model, Measurement(float(numbers.mean()), numbers.size), mean_influence(numbers))


def outcome(contrast):
    low, high = contrast.bounds(0.05)
    return "holds" if low > 0 else "contradicted" if high < 0 else "undecided"


def test_a_paired_difference_is_the_one_sample_z_interval_of_the_differences():
    one, two = np.array([3.0, 5.0, 4.0, 8.0]), np.array([1.0, 4.0, 4.0, 3.0])
    contrast = above("x", estimate(one), estimate(two))
    difference = one - two
    reach = stats.norm.isf(0.05) * difference.std(ddof=1) / 2
    assert contrast.value == pytest.approx(2.0)
    assert contrast.bounds(0.05) == pytest.approx((2 - reach, 2 + reach))


def test_clusters_of_one_image_are_images_and_copies_count_once():
    values = np.random.default_rng(0).normal(size=40)
    influence = mean_influence(values)
    single = by_cluster(influence, np.arange(40))
    assert single.variance == pytest.approx(by_image(influence).variance)
    copied = by_cluster(np.tile(influence, 5), np.tile(np.arange(40), 5))
    assert copied.variance == pytest.approx(single.variance)
    assert copied.reach(0.05) == pytest.approx(stats.t.isf(0.05, 39) * np.sqrt(single.variance))


def test_identical_models_are_never_told_apart():
    right = np.random.default_rng(0).random(300) < 0.7
    same = estimate(right)
    contrasts = [
        above("x", same, estimate(right, "two")),
        right_more_often("x", same, estimate(right, "two"), (right, right)),
        above_on_average("x", [(same, estimate(right, "two"))]),
    ]
    assert [outcome(contrast) for contrast in contrasts] == ["undecided"] * 3
    assert outcome(within("x", contrasts[0], margin=0.02)) == "holds"


def test_exchanged_models_contradict():
    generator = np.random.default_rng(0)
    one, two = generator.random(500) < 0.8, generator.random(500) < 0.6
    for make in (
        lambda a, b: above("x", estimate(a), estimate(b)),
        lambda a, b: right_more_often("x", estimate(a), estimate(b), (a, b)),
        lambda a, b: above_on_average("x", [(estimate(a), estimate(b))] * 2),
    ):
        forth, back = make(one, two), make(two, one)
        assert (outcome(forth), outcome(back)) == ("holds", "contradicted")
        assert forth.bounds(0.05) == pytest.approx([-bound for bound in reversed(back.bounds(0.05))], abs=1e-9)


def test_a_number_of_its_own_has_a_sign():
    above_zero, below_zero = estimate([0.1, 0.2, 0.15, 0.12]), estimate([-0.1, -0.2, -0.15, -0.12])
    assert outcome(positive("x", above_zero)) == outcome(negative("x", below_zero)) == "holds"
    assert outcome(negative("x", above_zero)) == "contradicted"


def test_datasets_are_averaged_with_their_variances_added():
    generator = np.random.default_rng(1)
    pairs = [(estimate(generator.normal(1, 1, n)), estimate(generator.normal(0, 1, n))) for n in (50, 200)]
    contrast = above_on_average("x", pairs)
    singles = [above("x", *pair) for pair in pairs]
    reaches = [single.value - single.bounds(0.05)[0] for single in singles]
    assert contrast.value == pytest.approx(np.mean([single.value for single in singles]))
    assert contrast.value - contrast.bounds(0.05)[0] == pytest.approx(np.hypot(*reaches) / 2)


@pytest.mark.parametrize(
    ("first", "second", "margin", "expected"),
    [(0.0, 0.0, 0.3, "holds"), (1.0, 0.0, 0.3, "contradicted"), (0.0, 1.0, 0.3, "contradicted")],
)
def test_close_means_within_the_margin_either_way(first, second, margin, expected):
    generator = np.random.default_rng(2)
    base = generator.normal(size=400)
    one, two = base + first + generator.normal(0, 0.5, 400), base + second + generator.normal(0, 0.5, 400)
    assert outcome(within("x", above("x", estimate(one), estimate(two)), margin=margin)) == expected


def test_close_is_undecided_where_the_margin_is_within_reach():
    generator = np.random.default_rng(3)
    contrast = above("x", estimate(generator.normal(0, 1, 30)), estimate(generator.normal(0, 1, 30)))
    claim = within("x", contrast, margin=0.1)
    assert outcome(claim) == "undecided"
    assert claim.bounds(0.05)[1] == pytest.approx(0.1)  # the interval reaches 0: the difference may be nothing


def test_closeness_errs_no_more_often_than_alpha_at_the_margin():
    generator, error = np.random.default_rng(4), 0.1
    drawn = 0.3 + error * generator.normal(size=4000)
    reach = stats.norm.isf(0.05) * error
    assert np.mean(0.3 - np.maximum(abs(drawn - reach), abs(drawn + reach)) > 0) < 0.06


def test_crossed_sources_are_not_taken_for_independent_images():
    """Simulated: 40 x 12 sources that move both models' answers apart; independence would err far too often."""
    generator = np.random.default_rng(5)
    shapes, textures = (grid.ravel() for grid in np.meshgrid(range(40), range(12)))
    errors = {"image": 0, "sources": 0}
    for _ in range(300):
        pull = generator.normal(0, 1, 40)[shapes] + generator.normal(0, 1, 12)[textures]
        one, two = pull + generator.normal(size=480), generator.normal(size=480)
        for name, spreading in (("image", by_image), ("sources", lambda i: by_two_sources(i, shapes, textures))):
            errors[name] += above("x", estimate(one), estimate(two), spreading=spreading).bounds(0.05)[0] > 0
    assert errors["image"] / 300 > 0.2
    assert errors["sources"] / 300 < 0.09


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: above("x", estimate([1, 2]), estimate([1, 2, 3])), "not measured on the same images"),
        (lambda: above("x", estimate([1]), estimate([2])), "at least 2 images"),
        (lambda: by_cluster(np.zeros(4), ["a"] * 4), "all 4 images are of one cluster"),
        (lambda: by_two_sources(np.zeros(4), ["a"] * 4, list("abcd")), "only one source"),
        (lambda: above_on_average("x", []), "no dataset"),
        (
            lambda: right_more_often("x", estimate([1]), estimate([1]), (np.ones(2, bool), np.ones(3, bool))),
            "x: the models were not shown the same images",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()

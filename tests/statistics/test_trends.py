"""Trends over families of models: by hand, against scipy, and how often they err (python -m benchmarks.trends)."""

import numpy as np
import pytest
from scipy.stats import kendalltau, linregress

from behaviors.contract.comparing import compare
from behaviors.contract.families import Numbers, summed, trend, trend_with, weighted
from behaviors.contract.measurement import Measurement
from behaviors.contract.per_image import folded, mean, names, proportion
from behaviors.contract.ranks import Order, kendall, kendall_with, order
from benchmarks.trends import family, rates

RANDOM = np.random.default_rng(7)
IDS = names(np.arange(300))
SHARES = RANDOM.random((4, 300)) < np.array([0.5, 0.6, 0.7, 0.9])[:, None]


def numbers(rows, make=proportion):
    found = [make(IDS, row) for row in rows]
    return Numbers.of([one.number for one in found], found)


def test_a_slope_is_least_squares_and_its_error_that_of_one_mean_over_the_shared_images():
    x = [1.0, 2.0, 4.0, 8.0]
    found = trend(x, numbers(SHARES), alpha=0.05)
    assert found.value == pytest.approx(linregress(x, SHARES.mean(axis=1)).slope)
    each = (np.array(x) - 3.75) @ SHARES / np.square(np.array(x) - 3.75).sum()  # what each image alone would show
    error = each.std(ddof=1) / np.sqrt(300)
    assert found.interval.low == pytest.approx(found.value - 1.645 * error, rel=0.05)
    assert found.interval.high == pytest.approx(found.value + 1.645 * error, rel=0.05)


def test_a_trend_of_images_that_models_share_is_surer_than_of_images_of_their_own():
    alike = family([0.7, 0.72, 0.74], 400, np.random.default_rng(1))
    apart = [row.values for row in alike.rows]
    mixed = numbers_of([np.roll(values, 100 * place) for place, values in enumerate(apart)])
    narrow, wide = (trend([0, 1, 2], one, alpha=0.05).interval for one in (alike, mixed))
    assert narrow.high - narrow.low < 0.85 * (wide.high - wide.low)


def numbers_of(rows):
    found = [proportion(names(np.arange(len(row))), row) for row in rows]
    return Numbers.of([one.number for one in found], found)


@pytest.mark.parametrize("kind", ["proportion", "mean", "gaps"])
def test_two_models_are_compared_as_with_a_baseline(kind):
    gaps = RANDOM.normal(0.1, 0.3, (2, 300))
    make = {
        "proportion": lambda place: proportion(IDS, SHARES[place]),
        "mean": lambda place: mean(IDS, gaps[place]),
        "gaps": lambda place: folded(IDS, gaps[place], np.arange(300) % 5),
    }[kind]
    old, new = make(0), make(1)
    known = compare(
        Measurement(old.number, 300, per_image=old), Measurement(new.number, 300, per_image=new), better="higher",
        margin=0.0, alpha=0.05,
    )  # fmt: skip
    found = weighted(Numbers.of([new.number, old.number], [new, old]), [1, -1], alpha=0.05).interval
    assert (found.low, found.high) == pytest.approx((known.low, known.high))


def test_a_slope_against_another_number_moves_as_its_derivative():
    x, y = numbers(SHARES), numbers(SHARES[:, ::-1] & SHARES)
    found = trend_with(x, y, alpha=0.05, same_images=True)
    assert found.value == pytest.approx(linregress(x.values, y.values).slope)
    step, at = 1e-6, np.zeros(4)
    weights = summed(x, np.eye(4)[0]).values - x.values[0]
    at[0] = step
    moved = (linregress(x.values + at, y.values).slope - linregress(x.values - at, y.values).slope) / (2 * step)
    centred = x.values - x.values.mean()
    by_hand = (y.values[0] - y.values.mean() - 2 * found.value * centred[0]) / float(centred @ centred)
    assert moved == pytest.approx(by_hand, rel=1e-4)
    assert weights.mean() == pytest.approx(0)


@pytest.mark.parametrize("x", [[1, 2, 3, 4], [1, 1, 2, 3], [4, 2, 3, 1]])
def test_tau_is_kendalls(x):
    known = order(numbers(SHARES), alpha=0.05)
    assert kendall(x, known).value == pytest.approx(kendalltau(x, SHARES.mean(axis=1)).statistic)


def test_tau_is_bounded_by_the_pairs_whose_order_is_sure():
    """Of three models only the first and the last are surely apart: 1 of 3 pairs."""
    above = np.zeros((3, 3), dtype=bool)
    above[2, 0] = True
    known = Order(np.array([0.5, 0.55, 0.6]), above)
    found = kendall([1, 2, 3], known)
    assert (found.value, found.low, found.high) == pytest.approx((1.0, -1 / 3, 1.0))
    assert known.places == [(2, 3), (1, 3), (1, 2)]
    assert kendall_with(known, known).low == pytest.approx(-1 / 3)


def test_models_that_are_alike_have_no_sure_order_and_all_places():
    assert order(numbers([SHARES[0]] * 3), alpha=0.05).places == [(1, 3)] * 3


@pytest.mark.parametrize(
    ("x", "message"),
    [([2, 2, 2, 2], "all 4 models are alike in it"), ([1, 2, float("nan"), 3], "a finite number about each")],
)
def test_a_fact_that_makes_no_trend_is_one_sentence(x, message):
    with pytest.raises(ValueError, match=message):
        trend(x, numbers(SHARES), alpha=0.05)


def test_models_on_other_images_are_no_family():
    with pytest.raises(ValueError, match="the images are not the same"):
        Numbers.of([0.5, 0.5], [proportion(["a", "b"], [1, 0]), proportion(["a", "c"], [1, 0])])


@pytest.mark.parametrize("truths", [[0.8] * 3, [0.8, 0.86, 0.8], [0.8] * 6])
def test_no_trend_is_found_in_alpha_of_all_test_sets_at_most(truths):
    found = rates(truths, 300, 400, seed=3)
    assert max(found.values()) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_a_planted_trend_is_found():
    found = rates([0.76, 0.80, 0.84], 600, 200, seed=3)
    assert found["rises"] > 0.95
    assert found["tau rises"] > 0.7
    assert found["falls"] == found["tau falls"] == 0

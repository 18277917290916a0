"""Accuracy, averages and corruption errors against hand-worked cases and independent computations."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import accuracy_score

from behaviors.robustness import estimates
from behaviors.robustness.corruptions import arrange
from behaviors.robustness.estimates import Estimate
from behaviors.robustness.metrics import (
    accuracy,
    average_accuracy,
    corruption_accuracy,
    mean_corruption_error,
    relative_robustness,
)
from behaviors.robustness.plots import corruption_map
from behaviors.robustness.reference import ALEXNET, Reference
from behaviors.statistics.intervals import clopper_pearson


def table(wrong: np.ndarray, names: tuple[str, ...] = ("fog", "snow")):
    """(images, corruptions, severities) as the rows of a dataset, shuffled."""
    images = len(wrong)
    i, c, s = np.meshgrid(*map(np.arange, wrong.shape), indexing="ij")
    order = np.random.default_rng(0).permutation(wrong.size)
    return arrange(
        ~wrong.ravel()[order],
        np.array(names)[c.ravel()[order]],
        (s.ravel() + 1)[order],
        np.array([f"{k}.png" for k in range(images)])[i.ravel()[order]],
    )


def test_accuracy_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    labels, predicted = rng.integers(0, 5, 400), rng.integers(0, 5, 400)
    found = accuracy(labels == predicted, alpha=0.05)
    assert found.value == pytest.approx(accuracy_score(labels, predicted))
    assert found.interval == clopper_pearson(int((labels == predicted).sum()), 400, alpha=0.05)


@pytest.mark.parametrize(("right", "low", "high"), [(0, 0.0, 0.2588655), (10, 0.7411345, 1.0)])
def test_none_and_all_right_still_have_bounds(right, low, high):
    found = accuracy(np.arange(10) < right, alpha=0.05)
    assert found.interval.low == pytest.approx(low, abs=1e-6)
    assert found.interval.high == pytest.approx(high, abs=1e-6)


@pytest.mark.parametrize("correct", [[], [[True]], [0.5, 1.0], [1, 0]])
def test_what_is_no_row_of_right_and_wrong_is_refused(correct):
    with pytest.raises(ValueError, match=r"accuracy on 0 images|one row of true or false"):
        accuracy(np.array(correct, dtype=bool) if correct == [] else correct, alpha=0.05)


def test_images_left_out_are_told():
    assert "3 images without any valid label" in accuracy([True, False], alpha=0.05, left_out=3).notes[0]


# Averages


def test_an_average_is_the_plain_mean_whatever_the_sizes():
    parts = {
        "small": accuracy([True] * 9 + [False], alpha=0.05),
        "large": accuracy([True] * 30 + [False] * 70, alpha=0.05),
    }
    found = average_accuracy(parts, alpha=0.05)
    assert found.value == pytest.approx(0.6)
    assert found.images == 110
    assert [row["dataset"] for row in found.parts] == ["small", "large"]


def test_bounds_of_an_average_are_those_of_the_normal_approximation_for_many_images():
    n, p = 20_000, (0.7, 0.4, 0.55)
    parts = {str(k): accuracy(np.arange(n) < round(q * n), alpha=0.05) for k, q in enumerate(p)}
    found = average_accuracy(parts, alpha=0.05)
    error = np.sqrt(sum(q * (1 - q) / n for q in p)) / 3
    reach = stats.norm.ppf(0.95) * error
    assert found.interval.high - found.value == pytest.approx(reach, rel=0.02)
    assert found.value - found.interval.low == pytest.approx(reach, rel=0.02)


def test_bounds_of_a_ratio_are_those_of_the_delta_method_for_many_images():
    n = 50_000
    variants = {"a": accuracy(np.arange(n) < 0.5 * n, alpha=0.05)}
    found = relative_robustness(variants, accuracy(np.arange(n) < 0.8 * n, alpha=0.05), alpha=0.05)
    assert found.value == pytest.approx(0.625)
    error = 0.625 * np.sqrt(0.5 / (0.5 * n) + 0.2 / (0.8 * n))
    assert found.interval.high - found.value == pytest.approx(stats.norm.ppf(0.95) * error, rel=0.03)


def test_bounds_hold_as_often_as_they_say():
    rng, n, p, v = np.random.default_rng(7), 60, (0.9, 0.35), 0.8
    misses = np.zeros(4)
    for _ in range(1500):
        parts = {str(k): accuracy(rng.random(n) < q, alpha=0.05) for k, q in enumerate(p)}
        average = average_accuracy(parts, alpha=0.05).interval
        ratio = relative_robustness(parts, accuracy(rng.random(n) < v, alpha=0.05), alpha=0.05).interval
        misses += [average.low > 0.625, average.high < 0.625, ratio.low > 0.625 / v, ratio.high < 0.625 / v]
    assert (misses / 1500 < 0.065).all(), misses / 1500


def test_zero_accuracy_elsewhere_is_zero_and_bounded():
    found = relative_robustness(
        {"a": accuracy([False] * 50, alpha=0.05)}, accuracy([True] * 50, alpha=0.05), alpha=0.05
    )
    assert found.value == 0
    assert found.interval.low == 0
    assert 0 < found.interval.high < 0.1


def test_relative_to_nothing_is_refused():
    with pytest.raises(ValueError, match="accuracy of 0"):
        relative_robustness({"a": accuracy([True], alpha=0.05)}, accuracy([False], alpha=0.05), alpha=0.05)
    with pytest.raises(ValueError, match="0 datasets"):
        estimates.mean([])


def test_an_average_never_leaves_zero_to_one():
    sure = Estimate(1.0, 0.95, 1.0, 60)
    assert estimates.mean([sure, sure]).high == 1.0


# Corruptions

WRONG = np.array([[[0, 0], [0, 1]], [[0, 1], [1, 1]], [[0, 0], [0, 0]], [[0, 1], [0, 1]]], dtype=bool)
"""Four images, two corruptions, two severities."""


def test_corruption_accuracy_by_hand():
    found = corruption_accuracy(table(WRONG), alpha=0.05)
    assert found.value == pytest.approx(1 - 6 / 16)
    assert found.images == 4
    assert {(r["corruption"], r["severity"]): r["accuracy"] for r in found.parts} == {
        ("fog", 1): 1.0, ("fog", 2): 0.5, ("snow", 1): 0.75, ("snow", 2): 0.25,
    }  # fmt: skip
    assert "2 corruptions at 2 severities instead of 15 at 5" in found.notes


def test_mean_corruption_error_by_hand():
    found = mean_corruption_error(table(WRONG), reference=Reference("R", {"fog": 0.5, "snow": 0.8}), alpha=0.05)
    fog, snow = (2 / 8) / 0.5, (4 / 8) / 0.8
    assert found.value == pytest.approx((fog + snow) / 2)
    assert {row["corruption"]: row["corruption_error"] for row in found.parts} == pytest.approx(
        {"fog": fog, "snow": snow}
    )


def test_the_reference_itself_has_an_error_of_one():
    reference = {"fog": float(WRONG[:, 0].mean()), "snow": float(WRONG[:, 1].mean())}
    found = mean_corruption_error(table(WRONG), reference=Reference("itself", reference), alpha=0.05)
    assert found.value == pytest.approx(1.0)


def test_versions_of_one_image_are_not_independent():
    rng = np.random.default_rng(3)
    hard = rng.random(80) < 0.5
    wrong = np.repeat(hard, 75).reshape(80, 15, 5)
    names = tuple(ALEXNET)
    found = corruption_accuracy(table(wrong, names), alpha=0.05).interval
    naive = clopper_pearson(int((~wrong).sum()), wrong.size, alpha=0.05)
    assert found.high - found.low > 5 * (naive.high - naive.low)


def test_image_bounds_hold_as_often_as_they_say():
    rng, misses = np.random.default_rng(5), np.zeros(2)
    for _ in range(400):
        hardness = rng.beta(0.6, 0.9, (60, 1, 1))
        found = corruption_accuracy(table(rng.random((60, 3, 5)) < hardness, ("a", "b", "c")), alpha=0.05).interval
        misses += [found.low > 0.6, found.high < 0.6]
    assert (misses / 400 < 0.085).all(), misses / 400


@pytest.mark.parametrize("wrong", [False, True])
def test_all_alike_is_bounded_by_the_number_of_images(wrong):
    found = corruption_accuracy(table(np.full((20, 2, 2), wrong)), alpha=0.05)
    assert found.value == float(not wrong)
    assert found.interval.high - found.interval.low == pytest.approx(1 - 0.05 ** (1 / 20))
    relative = mean_corruption_error(
        table(np.full((20, 2, 2), wrong)), reference=Reference("R", {"fog": 0.5, "snow": 0.25}), alpha=0.05
    )
    assert relative.interval.low <= relative.value <= relative.interval.high


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda c, s, i: (c[1:], s[1:], i[1:]), "is missing under fog at severity 1"),
        (lambda c, s, i: (np.append(c, c[0]), np.append(s, s[0]), np.append(i, i[0])), "stands 2 times under fog"),
        (lambda c, s, i: (c, s[1:], i), "needs one value of each"),
        (lambda c, s, i: (c[:0], s[:0], i[:0]), "0 corrupted images"),
    ],
)
def test_every_image_is_there_once_under_everything(change, sentence):
    corruption = np.array(["fog", "fog", "snow", "snow"])
    severity, source = np.array([1, 2, 1, 2]), np.array(["x"] * 4)
    corruption, severity, source = change(corruption, severity, source)
    with pytest.raises(ValueError, match=sentence):
        arrange(np.ones(len(corruption), dtype=bool), corruption, severity, source)


def versions(random, images=4, kinds=5, levels=3, each=4):
    """All versions of each image, which of them are drawn, and the table of these."""
    wrong = random.random((images, kinds, levels)) < 0.4
    drawn = np.zeros((images, kinds * levels), dtype=bool)
    for row in drawn:
        row[random.permutation(row.size)[:each]] = True
    place = np.nonzero(drawn.reshape(wrong.shape))
    names = np.array([f"kind {k}" for k in range(kinds)])
    return wrong, arrange(~wrong[place], names[place[1]], place[2] + 1, place[0].astype(str), drawn=True)


def test_versions_that_are_drawn_stand_for_all():
    """On average both numbers are those of all versions; no error is counted where nothing was drawn."""
    random, base = np.random.default_rng(0), {f"kind {k}": 0.1 * (k + 1) for k in range(5)}
    apart = []
    for _ in range(400):
        wrong, table = versions(random)
        ratio = (wrong.mean(axis=(0, 2)) / np.array(list(base.values()))).mean()
        mce = mean_corruption_error(table, reference=Reference("it", base), alpha=0.05)
        apart.append((corruption_accuracy(table, alpha=0.05).value - 1 + wrong.mean(), mce.value - ratio))
        assert mce.interval.low <= mce.value <= mce.interval.high
    means, errors = np.mean(apart, axis=0), np.std(apart, axis=0) / 20
    assert (np.abs(means) < 4 * errors).all()
    assert (errors > 0).all()


def test_of_versions_that_are_drawn_the_parts_are_those_seen():
    _, table = versions(np.random.default_rng(1))
    found = corruption_accuracy(table, alpha=0.05)
    assert sum(row["images"] for row in found.parts) == 16
    assert all(row["images"] and 0 <= row["accuracy"] <= 1 for row in found.parts)
    assert "16 versions of 4 images, drawn at random" in found.notes
    assert found.images == 4
    shown = corruption_map(SimpleNamespace(model="m", dataset="c"), found).axes[0].texts
    means = {row["corruption"] for row in found.parts}
    assert len(shown) == len(found.parts) + len(means)


def test_a_version_that_is_missing_where_none_were_drawn_is_an_error():
    with pytest.raises(ValueError, match="is missing under"):
        arrange([True] * 3, ["fog", "fog", "snow"], [1, 2, 1], ["x"] * 3)
    with pytest.raises(ValueError, match="stands 2 times"):
        arrange([True] * 3, ["fog", "fog", "snow"], [1, 1, 1], ["x"] * 3, drawn=True)


def test_a_reference_must_know_every_corruption():
    with pytest.raises(ValueError, match="AlexNet have no usable value for snow"):
        mean_corruption_error(table(WRONG), reference=Reference("AlexNet", {"fog": 0.5}), alpha=0.05)


@pytest.mark.parametrize(
    "errors", [{}, {"fog": 0}, {"fog": 1.2}, {"fog": True}, {"fog": "much"}, {"fog": float("nan")}, None]
)
def test_a_reference_is_made_of_errors(errors):
    with pytest.raises(ValueError, match=r"'errors' must give|is no number above 0 and up to 1"):
        Reference("one", errors)
    with pytest.raises(ValueError, match="whose errors"):
        Reference(" ")


def test_the_published_reference_has_the_fifteen_in_order():
    assert len(ALEXNET) == 15
    assert list(ALEXNET)[:3] == ["gaussian_noise", "shot_noise", "impulse_noise"]
    assert np.mean(list(ALEXNET.values())) == pytest.approx(0.7886, abs=0.001)


def test_one_image_has_no_bounds():
    assert corruption_accuracy(table(WRONG[:1]), alpha=0.05).interval is None

"""The sweeps' averages: by hand, against other implementations, and at the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binomtest, norm

from behaviors.invariance import METRICS
from behaviors.invariance.kinds import SWEEPS
from behaviors.invariance.metrics import ALIKE, MEASURES, WORST, accuracy, consistency, retained, true_probability
from behaviors.invariance.sweeps import sweep
from tests.behaviors.invariance.images import said

SCALE = SWEEPS["scale"]
RNG = np.random.default_rng(0)


def swept(before, *after, probability=None, labels=None, kind=SCALE):
    """(N,) choices as they are, and at the first levels of the sweep."""
    levels = dict(zip(kind.levels, (said(row, labels, probability) for row in after), strict=False))
    return sweep(kind, said(before, labels, probability), levels)


BY_HAND = swept([0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 0, 1])
"""Class 0 is right. As they are: 2 of 4; then 1 of 4 with 3 unchanged, and 2 of 4 with 2 unchanged."""


def test_by_hand():
    assert accuracy(BY_HAND, alpha=0.05).value == pytest.approx(1.5 / 4)
    assert retained(BY_HAND, alpha=0.05).value == pytest.approx(0.75)
    assert consistency(BY_HAND, alpha=0.05).value == pytest.approx(2.5 / 4)
    found = consistency(BY_HAND, alpha=0.05)
    assert [(row["level"], row["accuracy"], row["consistency"]) for row in found.parts] == [
        (1, 0.5, 1.0),
        (1.25, 0.25, 0.75),
        (1.5, 0.5, 0.5),
    ]
    assert found.details == {"worst": 0.5, "worst_level": 1.5}
    assert accuracy(BY_HAND, alpha=0.05).details == {"worst": 0.25, "worst_level": 1.25}
    assert found.notes == (WORST,)
    assert found.images == 4


def test_the_probability_of_the_true_class_is_averaged_not_its_logarithm():
    levels = {1.25: said([0, 0], probability=[0.9, 0.5]), 1.5: said([0, 0], probability=[0.1, 0.5])}
    found = true_probability(sweep(SCALE, said([0, 0], probability=1), levels), alpha=0.05)
    assert found.value == pytest.approx(0.5)
    assert [row["true_probability"] for row in found.parts] == pytest.approx([1, 0.7, 0.3])


def test_levels_have_exact_intervals():
    before, after = RNG.random(50) < 0.2, RNG.random(50) < 0.4
    row = consistency(swept(before.astype(int), after.astype(int)), alpha=0.05).parts[1]
    for name, hits in (("accuracy", (~after).sum()), ("consistency", (before == after).sum())):
        exact = binomtest(int(hits), 50).proportion_ci(0.9, method="exact")
        assert (row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx((exact.low, exact.high))


def test_one_level_is_a_plain_share():
    after = (RNG.random(60) < 0.3).astype(int)
    exact = binomtest(int((after == 0).sum()), 60).proportion_ci(0.9, method="exact")
    interval = accuracy(swept(np.zeros(60, int), after), alpha=0.05).interval
    assert (interval.low, interval.high) == pytest.approx((exact.low, exact.high))
    assert accuracy(swept(np.zeros(60, int), after), alpha=0.05).notes == ()


def test_views_of_an_image_are_not_further_images():
    """Four levels at which the same images fail tell no more than one level."""
    after = (RNG.random(80) < 0.3).astype(int)
    one, four = (consistency(swept(np.zeros(80, int), *[after] * n), alpha=0.05).interval for n in (1, 4))
    assert four.low == pytest.approx(one.low, abs=0.01)
    assert four.high == pytest.approx(one.high, abs=0.01)


def test_the_interval_of_a_mean_probability_is_that_of_random_weights_with_an_unseen_image():
    rows = RNG.beta(4, 1, (2, 90))
    levels = {level: said(np.zeros(90, int), probability=row) for level, row in zip((1.25, 1.5), rows, strict=True)}
    found = true_probability(sweep(SCALE, said(np.zeros(90, int), probability=0.5), levels), alpha=0.05)
    weights = np.random.default_rng(0).dirichlet(np.ones(91), 20_000)
    low, high = (np.quantile(weights @ np.append(rows.mean(axis=0), end), p) for end, p in ((0, 0.05), (1, 0.95)))
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=0.004)


def test_the_ratios_error_is_that_of_the_bootstrap():
    usual = RNG.random(400) < 0.9
    after = [usual & (RNG.random(400) < keep) for keep in (0.95, 0.8, 0.5)]
    found = retained(swept(*((~row).astype(int) for row in (usual, *after))), alpha=0.05)
    scores = np.mean(after, axis=0)
    draws = RNG.integers(0, 400, (4000, 400))
    error = (scores[draws].mean(axis=1) / usual[draws].mean(axis=1)).std()
    reach = norm.ppf(0.95) * error
    for side in (found.interval.high - found.value, found.value - found.interval.low):
        assert reach < side < 1.3 * reach  # an unseen image, of 400, is allowed for


def test_a_model_that_nothing_moves_is_not_certain():
    found = retained(swept([0] * 9 + [1], [0] * 9 + [1]), alpha=0.05)
    assert found.value == 1
    assert found.interval.low < 0.8
    assert found.interval.high > 1.2
    assert found.notes == (ALIKE,)
    steady = consistency(swept([0] * 10, [0] * 10, [0] * 10), alpha=0.05)
    assert steady.value == 1
    assert steady.interval.low == pytest.approx(0.05 ** (1 / 10))


def test_a_model_that_loses_everything():
    found = retained(swept([0] * 10, [1] * 10, [1] * 10), alpha=0.05)
    assert found.value == 0
    assert found.interval.low == 0
    assert 0 < found.interval.high < 0.6


def test_accuracy_may_grow():
    assert retained(swept([0, 0, 1, 1], [0, 0, 0, 1]), alpha=0.05).value == pytest.approx(1.5)


def test_how_many_images_a_view_runs_off():
    levels = {1.25: said([0, 0], annotations={"padded": np.array([True, False])})}
    found = accuracy(sweep(SCALE, said([0, 0]), levels), alpha=0.05)
    assert [row["padded"] for row in found.parts] == [0, 1]
    assert "the crop runs off 1 at 1.25 of 2 images: outside an image there is black" in found.notes
    assert [row["padded"] for row in accuracy(BY_HAND, alpha=0.05).parts] == [None, None, None]
    assert not any("black" in note for note in accuracy(BY_HAND, alpha=0.05).notes)


def test_one_image_has_no_interval():
    single = swept([0], [0], [1], probability=0.5)
    assert all(measure(single, alpha=0.05).interval is None for measure in MEASURES.values())


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (said([0, 0, 0], view="v"), "one on wide under v: not the same images as without a view"),
        (said([0, 0], ids=np.array(["0", "2"]), view="v"), "not the same images"),
        (said([0, 0], ids=np.array(["1", "0"]), view="v"), "not the same images as without a view, in the same order"),
        (said([0, 0], labels=[0, 1], view="v"), "not the same images"),
        (said([0, -1], view="v"), "one on wide under v: no answer is known for 1 of 2 images"),
    ],
)
def test_what_cannot_be_compared_is_refused(after, expected):
    with pytest.raises(ValueError, match=expected):
        sweep(SCALE, said([0, 0]), {1.25: after})


def test_nothing_to_measure_is_refused():
    with pytest.raises(ValueError, match="zooming in needs images, and at least one level"):
        sweep(SCALE, said([0, 0]), {})
    with pytest.raises(ValueError, match="needs images"):
        sweep(SCALE, said([]), {1.25: said([])})
    with pytest.raises(ValueError, match="relative to an accuracy of 0"):
        retained(swept([1, 1], [0, 0]), alpha=0.05)
    with pytest.raises(ValueError, match="the probability of the true class is not known"):
        true_probability(BY_HAND, alpha=0.05)
    half = sweep(SCALE, said([0, 0], probability=0.5), {1.25: said([0, 0])})
    with pytest.raises(ValueError, match="is not known"):
        true_probability(half, alpha=0.05)


def test_the_papers_levels_and_one_metric_for_each():
    assert SWEEPS["scale"].views() == ("zoom(scale=1.25)", "zoom(scale=1.5)", "zoom(scale=2)", "zoom(scale=3)")
    assert SWEEPS["shift"].levels == (5, 30, 75, 100)
    assert SWEEPS["resolution"].levels == (112, 336, 512, 640)
    named = {f"{name}_{measure}" for name in SWEEPS for measure in MEASURES}
    assert named == set(METRICS) - {"search_consistency"}


@given(arrays(np.int64, st.tuples(st.integers(2, 5), st.integers(2, 8)), elements=st.integers(0, 1)))
def test_laws(rows):
    found = swept(*rows, probability=0.3)
    for name, measure in MEASURES.items():
        if name == "retained" and not found.correct.any():
            continue
        measured = measure(found, alpha=0.05)
        assert 0 <= measured.interval.low <= measured.value <= measured.interval.high
        assert measured.interval.high <= METRICS[f"scale_{name}"].highest
        column = "accuracy" if name == "retained" else name
        assert measured.details["worst"] == min(row[column] for row in measured.parts if row["level"] != 1)

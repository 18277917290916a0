"""Conformal sets against NumPy's quantile, sets made class by class, SciPy's beta-binomial; and how often they hold."""

import numpy as np
import pytest
from scipy.stats import betabinom

from behaviors.conformal import metrics
from behaviors.conformal.demands import Level, OfGroups
from behaviors.conformal.split import coverage_bounds, split
from behaviors.statistics.halves import halves

ALPHA = 0.05


def drawn(images, classes=6, seed=0, sharpness=2.0):
    """Probabilities and labels that are drawn by them."""
    random = np.random.default_rng(seed)
    logits = sharpness * random.normal(size=(images, classes))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (probabilities.cumsum(1) > random.random((images, 1))).argmax(1)
    return probabilities, labels


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.99])
@pytest.mark.parametrize("digits", [1, 9])
def test_the_threshold_is_the_quantile_and_the_sets_hold_what_is_above(coverage, digits):
    probabilities, labels = drawn(1000)
    probabilities = np.round(probabilities, digits)
    label = probabilities[np.arange(1000), labels]
    measured = halves(np.arange(1000))
    found = split(label, measured, coverage=coverage)
    own = 1 - label[~measured]
    level = min(np.ceil((own.size + 1) * coverage) / own.size, 1)
    threshold = np.quantile(own, level, method="inverted_cdf")
    assert found.least == pytest.approx(1 - threshold)
    sets = [np.flatnonzero(1 - row <= threshold + 1e-12) for row in probabilities[measured]]
    holds = [label in one for label, one in zip(labels[measured], sets, strict=True)]
    share = metrics.coverage(found, alpha=ALPHA, ids=np.arange(1000))
    assert share.value == pytest.approx(np.mean(holds))
    assert share.per_image.number == pytest.approx(share.value)
    size = metrics.set_size(found, probabilities, alpha=ALPHA, ids=np.arange(1000))
    assert size.value == pytest.approx(np.mean([one.size for one in sets]))
    assert size.per_image.number == pytest.approx(size.value)
    assert size.interval.low <= size.value <= size.interval.high
    assert size.details["single"] == pytest.approx(np.mean([one.size == 1 for one in sets]))


def test_bounds_invert_the_beta_binomial():
    for covered, images, calibrated in ((450, 500, 480), (90, 100, 900), (1, 40, 30), (0, 25, 25), (25, 25, 25)):
        found = coverage_bounds(covered, images, calibrated, alpha=ALPHA)

        def of(level, images=images, calibrated=calibrated):
            return betabinom(images, (calibrated + 1) * level, (calibrated + 1) * (1 - level))

        assert found.low == 0 if not covered else of(found.low).sf(covered - 1) == pytest.approx(ALPHA, rel=1e-6)
        assert found.high == 1 if covered == images else of(found.high).cdf(covered) == pytest.approx(ALPHA, rel=1e-6)


def test_the_promise_is_kept_whatever_the_model():
    """Also by one that knows nothing; and its exact test errs as often as it says, in either direction."""
    random, rates, below, above = np.random.default_rng(0), [], 0, 0
    measured = np.arange(300) % 2 == 1
    promised = np.ceil(151 * 0.9) / 151
    for _ in range(1500):
        found = split(random.beta(0.7, 0.4, 300), measured, coverage=0.9)
        covered = int(found.covered[measured].sum())
        bounds = coverage_bounds(covered, 150, 150, alpha=ALPHA)
        rates.append(covered / 150)
        below, above = below + (bounds.high < promised), above + (bounds.low > promised)
    assert np.mean(rates) == pytest.approx(promised, abs=0.003)
    assert below / 1500 <= 0.066
    assert above / 1500 <= 0.066


def test_labels_that_are_harder_than_those_that_set_the_threshold_break_the_promise():
    random, measured = np.random.default_rng(0), np.arange(600) % 2 == 1
    label = np.where(measured, random.beta(1, 1, 600), random.beta(3, 1, 600))
    found = metrics.coverage(split(label, measured, coverage=0.9), alpha=ALPHA)
    assert found.interval.high < 0.9


def test_halves_are_the_same_whatever_the_order():
    ids = np.array([f"val/{k:05d}" for k in range(2000)])
    measured = halves(ids)
    assert 850 < measured.sum() < 1150
    assert np.array_equal(halves(ids[::-1]), measured[::-1])


def test_sets_of_more_classes_than_are_kept_have_no_size():
    probabilities, labels = drawn(400, classes=30, sharpness=0.5)
    found = split(probabilities[np.arange(400), labels], halves(np.arange(400)), coverage=0.9)
    best = -np.sort(-probabilities, axis=1)[:, :5]
    assert "have 5 classes or more, and only so many were kept" in metrics.unknown_size(found, best, 30)
    assert not metrics.unknown_size(found, probabilities, 30)


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: split([0.5] * 30, halves(range(30)), coverage=0.9), "each takes 20"),
        (lambda: split([0.5] * 30, halves(range(29)), coverage=0.9), "30 probabilities and 29 halves"),
        (lambda: split([1.5] * 60, halves(range(60)), coverage=0.9), r"must lie in \[0, 1\]"),
        (lambda: split([np.nan] * 60, halves(range(60)), coverage=0.9), "label_probability is NaN"),
        (lambda: Level(1), "found 1"),
        (lambda: Level("90 %"), "how often the right class shall be in the set"),
        (lambda: OfGroups(coverage=True), "found True"),
    ],
)
def test_what_makes_no_sets_is_refused(ask, sentence):
    with pytest.raises(ValueError, match=sentence):
        ask()

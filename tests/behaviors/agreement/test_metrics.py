"""Churn and error consistency against scikit-learn, golden values on real predictions, and refusals."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from behaviors.agreement import metrics
from behaviors.agreement.kappa import error_consistency, undefined
from behaviors.contract.comparing import compare
from benchmarks import agreement as benchmark

ALPHA = 0.05
PRINTED = 5e-7
STEADY = settings(deadline=None, derandomize=True, max_examples=80)

pairs = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60).map(
    lambda rows: tuple(np.array(column) for column in zip(*rows, strict=True))
)


@STEADY
@given(pairs)
def test_error_consistency_is_cohens_kappa_of_right_and_wrong(pair):
    if undefined(*pair):
        with pytest.raises(ValueError, match="chance explains it"):
            error_consistency(*pair)
        return
    expected = cohen_kappa_score(*pair, labels=[False, True])
    found = metrics.consistency(*pair, alpha=ALPHA, ids=np.arange(pair[0].size))
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.per_image.number == pytest.approx(expected, abs=1e-12)
    assert found.interval.low <= found.value <= found.interval.high
    assert error_consistency(*pair[::-1]).value == pytest.approx(expected, abs=1e-12)


def test_an_image_moves_kappa_as_much_as_more_weight_on_it():
    random = np.random.default_rng(0)
    one, other = random.random(60) < 0.7, random.random(60) < 0.6
    plain = error_consistency(one, other)
    for k in range(0, 60, 7):
        more = [np.append(np.tile(row, 500), row[k]) for row in (one, other)]
        assert (error_consistency(*more).value - plain.value) * 500 * 60 == pytest.approx(plain.influence[k], abs=2e-3)


def test_people_and_the_ceiling_are_means_over_pairs():
    answers = benchmark.observers(np.random.default_rng(0), 0.3, 0.7, 4, 500)
    people = dict(zip("abc", answers[:3], strict=True))
    each = [cohen_kappa_score(answers[3], row) for row in people.values()]
    among = [cohen_kappa_score(answers[i], answers[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    found = metrics.with_people(answers[3], people, alpha=ALPHA, ids=np.arange(500))
    assert found.value == pytest.approx(np.mean(each))
    assert [row["kappa"] for row in found.parts] == pytest.approx(each)
    assert found.details["ceiling"] == pytest.approx(np.mean(among))
    below = metrics.below_people(answers[3], people, alpha=ALPHA, ids=np.arange(500))
    assert below.value == pytest.approx(np.mean(among) - np.mean(each))
    assert below.per_image.number == pytest.approx(below.value)
    assert found.interval.low < 0.49 < found.interval.high


def decided(real, name):
    with (real / "decisions" / f"{name}.csv").open() as file:
        return {row["imagename"]: row["object_response"] == row["category"] for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("pair", "kappa"),
    [
        (("vit-sup", "convnext-sup"), 0.659704),
        (("vit-sup", "vit-clip"), 0.596904),
        (("convnext-sup", "convnext-clip"), 0.478486),
        (("vit-clip", "convnext-clip"), 0.515145),
    ],
)
def test_golden_values_on_cue_conflicts(real, pair, kappa):
    """All 1,280 images of the published decisions; right is the shape."""
    one, other = (decided(real, name) for name in pair)
    rows = [np.array([answers[name] for name in one]) for answers in (one, other)]
    assert rows[0].size == 1280
    assert metrics.consistency(*rows, alpha=ALPHA).value == pytest.approx(kappa, abs=PRINTED)


def test_golden_values_on_imagenet(real):
    def read(name):
        with (real / "imagenet_val_predictions" / name).open() as file:
            return {row["file_name"]: row for row in csv.DictReader(file)}

    labels, *models = (read(name) for name in ("labels.csv", "ResNet50.csv", "ViT.csv"))
    truth = np.array([int(row["label"]) for row in labels.values()])
    said = [np.array([int(model[name]["predicted_class"]) for name in labels]) for model in models]
    right = [one == truth for one in said]
    churn = metrics.answered_otherwise(*said, right=right, alpha=ALPHA)
    assert churn.value == pytest.approx(0.22736, abs=5e-6)
    assert churn.details["only_first"] == pytest.approx(0.06804, abs=5e-6)
    assert churn.details["only_second"] == pytest.approx(0.08680, abs=5e-6)
    assert metrics.consistency(*right, alpha=ALPHA).value == pytest.approx(0.562154, abs=PRINTED)


def test_churn_of_images_that_share_pictures_is_less_sure():
    random = np.random.default_rng(0)
    shape, texture = random.integers(0, 20, 400), random.integers(0, 20, 400)
    other = np.where(random.random(20)[shape] < 0.3, 1, 0)
    plain, shared = (
        metrics.answered_otherwise(np.zeros(400, int), other, alpha=ALPHA, ids=np.arange(400), clusters=clusters)
        for clusters in ((), (shape.astype(str), texture.astype(str)))
    )
    assert plain.value == shared.value == pytest.approx(other.mean())
    assert np.ptp([shared.interval.low, shared.interval.high]) > 2 * np.ptp([plain.interval.low, plain.interval.high])


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: metrics.answered_otherwise([], [], alpha=0.05), "two answers to each image"),
        (lambda: metrics.answered_otherwise([0, 1], [0], alpha=0.05), r"got \(2,\) and \(1,\)"),
        (lambda: error_consistency(np.ones(2, bool), np.ones(3, bool)), "not shown the same images"),
        (lambda: error_consistency(np.ones(2), np.ones(2)), "one row of true or false; got float64"),
        (lambda: error_consistency(np.zeros(0, bool), np.zeros(0, bool)), "on 0 images is undefined"),
        (lambda: metrics.with_people(np.ones(2, bool), {}, alpha=0.05), "nobody to agree with"),
        (lambda: metrics.below_people(np.ones(2, bool), {"ann": np.ones(2, bool)}, alpha=0.05), "two or more; got ann"),
    ],
)
def test_what_is_no_agreement_is_refused(ask, sentence):
    with pytest.raises(ValueError, match=sentence):
        ask()


@pytest.mark.parametrize(("error", "alike"), [(0.05, 0.0), (0.2, 0.5), (0.5, 0.9)])
def test_intervals_seldom_miss(error, alike):
    """Also where hardly any image is one that both are wrong about; the worst of all settings: docs/statistics.md."""
    from scipy.stats import binom

    most = binom.isf(1e-4, 150, 0.065) / 150
    found = benchmark.errors(error, alike, 100, 150)
    assert {name: rates for name, rates in found.items() if max(rates) > most} == {}


def test_a_successor_that_agrees_less_is_seen():
    answers = benchmark.observers(np.random.default_rng(0), 0.3, 0.8, 3, 1000)
    people = {"ann": answers[0], "bob": answers[1]}
    stranger = np.random.default_rng(1).random(1000) > 0.3
    before, after = (
        metrics.with_people(row, people, alpha=ALPHA, ids=np.arange(1000)) for row in (answers[2], stranger)
    )
    assert compare(before, after, better="higher", margin=0, alpha=ALPHA).p_worse < 1e-6

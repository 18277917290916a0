"""At chance, and far below what the model shows on the trusted dataset; and where neither is suspicious."""

import re

import numpy as np
import pytest
from scipy.stats import binom

from fixtures.predictions.label_checks.chance import score
from fixtures.predictions.label_checks.seen import Seen
from fixtures.suite.expected_accuracy import Expected
from tests.predictions.label_checks.models import doubt, said, sound


def saying(**more):
    return lambda dataset: Expected(dataset, f"my.yaml:3: dataset {dataset!r}", **more)


def shuffled(classes, images, accuracy=0.9):
    labels, predicted = sound(classes, images, accuracy)
    return said(np.random.default_rng(3).permutation(labels), predicted, classes)


def test_labels_of_other_images():
    told = doubt(shuffled(1_000, 50_000))
    assert re.search(r"suspected: 0\.\d+% of 50,000 images are right, where chance is 0\.1%", told)
    assert "at_chance: true" in told
    assert doubt(shuffled(1_000, 50_000), expected=saying(at_chance=True)) is None
    assert doubt(shuffled(1_000, 50_000), expected=saying(watched=False)) is None


def test_only_with_enough_images_to_know():
    assert doubt(shuffled(100, 100)) is None
    assert doubt(shuffled(16, 200)) is None
    assert doubt(shuffled(16, 1_000)) is not None


def test_a_weak_model_is_above_chance():
    labels, predicted = sound(1_000, 50_000, 0.01)
    assert doubt(said(labels, predicted, 1_000)) is None


def test_with_few_classes_the_trusted_dataset_decides():
    lost = shuffled(4, 4_000)
    assert doubt(lost) is None
    assert doubt(lost, trusted="val", share_on_trusted=0.0) is None
    told = doubt(lost, trusted="val", share_on_trusted=0.8)
    assert "where chance is 25.0%, and on val 8" in told


def test_a_trusted_dataset_on_which_models_may_be_at_chance_excuses_the_others():
    def expected(dataset):
        return Expected(dataset, dataset, at_chance=dataset == "val")

    lost = shuffled(50, 10_000)
    assert doubt(lost, trusted="val", share_on_trusted=0.0, expected=expected) is None
    assert doubt(lost, trusted="val", share_on_trusted=0.8, expected=expected) is not None


def test_a_common_class_is_not_taken_for_chance():
    labels = np.repeat(np.arange(20), [9_050, *[50] * 19])
    assert doubt(said(labels, np.zeros(labels.size, np.int64), 20)) is None


@pytest.mark.parametrize("name", ["source", "base"])
def test_versions_of_one_image_count_once(name):
    one = shuffled(16, 1_000)
    few = {name: np.arange(1_000) % 40}
    assert doubt(said(one.labels, one.predicted, 16, **few)) is None


def test_cue_conflicts_are_left_alone():
    one = shuffled(16, 1_280)
    cues = {"conflict": np.ones(1_280, bool), "texture_source": np.full(1_280, "cat1")}
    assert doubt(said(one.labels, one.predicted, 16, **cues)) is None


def test_less_than_the_declared_share_of_the_trusted_accuracy():
    labels, predicted = sound(100, 5_000, 0.15)
    low = said(labels, predicted, 100)
    known = {"trusted": "val", "share_on_trusted": 0.8}
    assert doubt(low, **known) is None
    told = doubt(low, **known, expected=saying(share=0.3))
    assert "are right, and 8" in told
    assert "of 1,000 of val; the suite expects at least 0.3 of that" in told
    assert doubt(low, **known, expected=saying(share=0.1)) is None
    assert doubt(low, trusted="val", expected=saying(share=0.3)) is None
    few = said(labels[:20], predicted[:20], 100)
    assert doubt(few, **known, expected=saying(share=0.3)) is None


def test_the_bounds_are_exact():
    labels, predicted = np.zeros(100, np.int64), np.repeat([0, 1], [10, 90])
    found = score(Seen.of(said(labels, predicted, 2)))
    assert (found.right, found.images, found.chance, found.classes) == (10, 100, 1.0, 1)
    assert binom.cdf(10, 100, found.high) == pytest.approx(1e-4)
    assert binom.sf(9, 100, found.low) == pytest.approx(1e-4)
    assert score(Seen.of(said(labels, np.zeros(100, np.int64), 2))).high == 1
    assert score(Seen.of(said(labels, np.ones(100, np.int64), 2))).low == 0

"""Images that are hard for a model are not taken for labels that are mixed up, and lost labels not for hard images."""

import re

import numpy as np
import pandas as pd
import pytest

from benchmarks import canary as simulated
from fixtures.predictions.label_checks.dependence import dependence
from fixtures.predictions.label_checks.watch import Canary, unwatched
from fixtures.suite.expected_accuracy import Expected
from tests.predictions.label_checks.models import IDENTITY, said, sound


@pytest.fixture(scope="module")
def recorded(real):
    """The labels of ImageNet's validation set, (50,000,), and what two networks call the images, by name."""
    folder = real / "imagenet_val_predictions"
    labels = pd.read_csv(folder / "labels.csv", index_col="file_name")["label"]
    names = {name: pd.read_csv(folder / f"{name}.csv", index_col="file_name") for name in ("ViT", "ResNet50")}
    return labels.to_numpy(), {name: one["predicted_class"].loc[labels.index].to_numpy() for name, one in names.items()}


def judge(labels, called, known, **more):
    """What the canary says; ``known``: labels and calls on the trusted dataset."""
    val = said(*known, 1_000, dataset="val")
    found = said(labels, called, 1_000)
    return Canary(lambda model, dataset: val, lambda name: Expected(name, name, **more), "val").doubt(found, IDENTITY)


@pytest.mark.parametrize("name", ["ViT", "ResNet50"])
@pytest.mark.parametrize("count", [2_000, 5_000, None])
def test_all_that_a_network_got_wrong_is_hard_and_no_mix_up(recorded, name, count):
    labels, called = recorded[0], recorded[1][name]
    wrong = np.random.default_rng(0).permutation(np.flatnonzero(called != labels))[:count]
    assert judge(labels[wrong], called[wrong], (labels, called)) is None
    related = dependence(labels[wrong], called[wrong])
    ratio = np.sqrt(related.agree - related.chance) / (called == labels).mean()
    assert 0.45 < ratio < 0.6, "what the constants of the canary rest on"


@pytest.mark.parametrize("name", ["ViT", "ResNet50"])
def test_the_labels_of_other_images_are_found_there_too_even_where_models_may_be_at_chance(recorded, name):
    labels, called = recorded[0], recorded[1][name]
    wrong = np.random.default_rng(0).permutation(np.flatnonzero(called != labels))[:5_000]
    lost = np.random.default_rng(1).permutation(labels[wrong])
    assert re.search(r"where chance is 0\.\d%, and on val 7", judge(lost, called[wrong], (labels, called)))
    told = judge(lost, called[wrong], (labels, called), at_chance=True)
    assert "so that labels have nothing to do with calls, and on val 7" in told
    assert judge(labels[wrong], called[wrong], (labels, called), at_chance=True) is None


@pytest.mark.parametrize("count", [1_000, 5_000])
def test_any_order_of_a_thousand_classes_is_suspected(recorded, count):
    labels, called = recorded[0], recorded[1]["ResNet50"]
    some, order = np.random.default_rng(2).permutation(50_000)[:count], np.random.default_rng(3).permutation(1_000)
    told = judge(order[labels[some]], called[some], (labels, called))
    assert "of 1,000 images are right" in told or "of 5,000 images are right" in told
    assert judge(labels[some], called[some], (labels, called)) is None


def test_one_in_three_hundred_on_a_thousand_images_is_no_chance_for_a_model_that_knows_four_in_five():
    labels = np.arange(1_000)
    found = said(labels, np.where(labels < 3, labels, np.random.default_rng(0).permutation(997)[labels - 3] + 3), 1_000)

    def doubt(share):
        val = said(*sound(1_000, 1_000, share), 1_000, dataset="val")
        return Canary(lambda model, dataset: val, unwatched, "val").doubt(found, IDENTITY)

    assert "of 1,000 images are right, where chance is 0.1%, and on val 78" in doubt(0.8)
    assert doubt(0.1) is None
    assert Canary(lambda model, dataset: None).doubt(found, IDENTITY) is None, "nothing is known of the model"


@pytest.mark.parametrize(
    ("kind", "images", "classes", "least", "most"),
    [
        ("rows shuffled", 500, 10, 0.9, 1),
        ("rows shuffled", 1_000, 100, 0.9, 1),
        ("rows shuffled", 1_000, 1_000, 0.9, 1),
        ("any order", 2_000, 1_000, 0.9, 1),
        ("rotated by one", 500, 1_000, 0.9, 1),
        ("as good", 1_000, 1_000, 0, 0),
        ("a tenth as good", 5_000, 1_000, 0, 0),
        ("own mistakes", 5_000, 1_000, 0, 0),
        ("own mistakes", 5_000, 100, 0, 0),
        ("own mistakes", 200, 10, 0, 0),
        ("own mistakes", 500, 10, 0, 0),
        ("confused pairs", 500, 10, 0, 0),
        ("confused pairs", 1_000, 100, 0, 0),
        ("confused pairs", 1_000, 1_000, 0, 0),
        ("noise", 2_000, 10, 0, 0),
        ("noise", 1_000, 100, 0, 0),
    ],
)
def test_rates(kind, images, classes, least, most):
    """A part of the table in docs/suites.md."""
    assert least <= simulated.suspected(kind, images, classes, times=10) <= most


def test_a_model_that_calls_everything_the_same_shows_nothing():
    labels = np.arange(1_000) % 10
    related = dependence(labels, np.zeros(1_000, np.int64))
    assert not related.there
    assert related.most == 1


def test_pairs_are_counted():
    labels, called = np.repeat([0, 1], 3), np.array([0, 0, 1, 1, 1, -1])
    related = dependence(labels, called)
    assert related.pairs == 4, "three of the first class, one of the second, whose third is called nothing"
    assert related.agree == pytest.approx(2 / 4)

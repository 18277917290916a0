"""Each way to mix up labels is named when a sound model is shown it; sound ones are left alone."""

import re

import numpy as np
import pytest

from fixtures.datasets.dataset import ClassMapping
from fixtures.suite import imagenet
from tests.predictions.label_checks.models import doubt, said, sound

PLACE = np.arange(100)
NUMBERS = np.array(sorted(PLACE, key=str))
NAMES = [f"{(37 * k) % 100:03d}" for k in PLACE]
BY_NAME = np.array(sorted(PLACE, key=NAMES.__getitem__))


def written(meant):
    """The label that each class gets when label k means class ``meant[k]``."""
    labels = np.zeros(len(meant), dtype=np.int64)
    labels[meant] = np.arange(len(meant))
    return labels


@pytest.mark.parametrize("accuracy", [0.9, 0.3, 0.1])
@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (np.minimum(PLACE + 1, 99), "with the first class as 1 and not 0"),
        (np.maximum(PLACE - 1, 0), "with each label as the class after it"),
        (PLACE[::-1], "with the classes in reverse order"),
        (written(NUMBERS), "in alphabetical order of the numbers (0, 1, 10, 100, ...)"),
        (NUMBERS, "with the model's outputs in alphabetical order of the numbers"),
        (written(BY_NAME), "in alphabetical order of the class names"),
        (BY_NAME, "with the model's outputs in alphabetical order of the class names"),
    ],
)
def test_a_mix_up_is_named(labels, words, accuracy):
    truth, predicted = sound(100, 6_000, accuracy)
    assert doubt(said(truth, predicted, 100, names=NAMES)) is None
    told = doubt(said(labels[truth], predicted, 100, names=NAMES))
    assert told is not None
    assert told.startswith("one on data: label space mismatch suspected: read ")
    assert words in told
    assert "canary: off" in told


def test_the_figures_are_said():
    truth, predicted = sound(1_000, 10_000, 0.761)
    told = doubt(said(written(np.array(sorted(range(1_000), key=str)))[truth], predicted, 1_000))
    figures = re.search(r"([\d.]+)% of 10,000 images would be right instead of ([\d.]+)%", told)
    assert np.allclose([float(part) for part in figures.groups()], [76.1, 1.2], atol=1.0)


def test_places_in_a_subset_taken_for_outputs_and_the_reverse():
    own = np.array(imagenet.subset("imagenet-r"))
    place, predicted = sound(200, 6_000, 0.5)
    full = np.append(own, np.arange(1000))
    told = doubt(said(place, full[predicted], 1_000))
    assert "as places in the subset imagenet-r" in told
    # Labels are outputs' numbers below 200, while the classes are counted within the subset.
    inside = own[own < 200]
    truth, called = sound(len(inside), 3_000, 0.5)
    told = doubt(said(inside[truth], called, 200), ClassMapping("subset", tuple(own.tolist())))
    assert "as indices among all outputs" in told
    other = np.array(imagenet.subset("imagenet-a"))
    there = np.flatnonzero(np.isin(other, own))
    truth, called = sound(len(there), 3_000, 0.5)
    where = np.searchsorted(own, other[there])
    told = doubt(said(there[truth], where[called], 200), ClassMapping("subset", tuple(own.tolist())))
    assert "as places in the subset imagenet-a" in told


def test_a_part_of_the_classes():
    truth, predicted = sound(100, 6_000, 0.8)
    told = doubt(said(np.where(PLACE < 60, PLACE, np.minimum(PLACE + 1, 99))[truth], predicted, 100))
    assert "with the first class as 1 and not 0, in 38 of 99 classes" in told


def test_an_order_that_nobody_named_must_hold_on_other_images():
    truth, predicted = sound(100, 6_000, 0.8)
    order = np.random.default_rng(1).permutation(100)
    told = doubt(said(order[truth], predicted, 100))
    assert f"with each of {(order != PLACE).sum()} classes as another one" in told
    # As many images as classes have, called at random: every class has a favourite, which does not hold.
    guessed = np.random.default_rng(2).integers(0, 100, 2_000)
    told = doubt(said(np.arange(2_000) % 100, guessed, 100))
    assert told is None or "read" not in told


def test_few_classes_need_most_images():
    swapped, called = sound(2, 300, 0.9)
    assert "in reverse order" in doubt(said(1 - swapped, called, 2))
    weak, called = sound(2, 300, 0.2)
    assert doubt(said(1 - weak, called, 2)) is None
    assert doubt(said(1 - swapped[:12], called[:12], 2)) is None


@pytest.mark.parametrize("favourite", [0, 1, 9])
def test_a_model_that_always_says_the_same_is_no_mix_up(favourite):
    labels = np.repeat(np.arange(10), [500, 5, 5, 5, 5, 5, 5, 5, 5, 400])
    told = doubt(said(labels, np.full(labels.size, favourite), 10))
    assert told is None or "read" not in told


def test_a_look_alike_that_most_images_of_a_class_are_taken_for_is_no_mix_up():
    truth, predicted = sound(200, 20_000, 0.7)
    for k in range(0, 16, 2):
        predicted[truth == k] = k + 1
    assert doubt(said(truth, predicted, 200)) is None


@pytest.mark.parametrize("images", [500, 5_000])
@pytest.mark.parametrize("right", [0.05, 0.15])
def test_classes_that_are_taken_for_one_another_in_pairs_are_no_mix_up(images, right):
    truth, predicted = sound(10, images, right)
    taken = np.random.default_rng(4).random(images) < 0.8
    predicted = np.where((predicted != truth) & taken, truth ^ 1, predicted)
    assert doubt(said(truth, predicted, 10)) is None
    assert doubt(said(truth, predicted, 10), trusted="val", share_on_trusted=0.8) is None


def test_sets_of_right_answers():
    truth, predicted = sound(100, 6_000, 0.6)
    sets = np.array([f"{k} {(k + 50) % 100}" if k % 3 else f"{k}" for k in truth])
    assert doubt(said(truth, predicted, 100, valid=sets)) is None
    sets[::5] = ""
    assert doubt(said(truth, predicted, 100, valid=sets)) is None
    shifted = np.array([" ".join(str(int(part) + 1) for part in cell.split()) for cell in sets])
    assert "with the first class as 1" in doubt(said(np.minimum(truth + 1, 99), predicted, 100, valid=shifted))
    other = (truth + 51) % 100  # right all the same, by another class of the set
    assert (
        doubt(said(truth, other, 100, valid=np.array([f"{a} {b}" for a, b in zip(truth, other, strict=True)]))) is None
    )


def test_no_class_at_all():
    assert doubt(said(np.arange(300) % 4, np.full(300, -1), 4)) is None

"""The linear head of the stand-in's supervised models: right far more often than chance, where features know more."""

import numpy as np
import pytest

from fixtures.miniature.heads import linear_head
from fixtures.miniature.meaning import COUNT, meaning

NOISE = 2.0
"""Beside shapes and textures of size 1: two pictures alone say little of a class."""


@pytest.fixture(scope="module")
def seen():
    """Features in which shape, texture and colour show, with noise: two pictures a class to learn from, one to ask."""
    known, rng = meaning(), np.random.default_rng(0)
    shape, texture = rng.normal(size=(16, 48)), rng.normal(size=(16, 48))
    turn = np.deg2rad(known.hue)[:, None]
    clean = shape[known.shape] + texture[known.texture] + np.cos(turn) * rng.normal(size=48)
    clean = clean + np.sin(turn) * rng.normal(size=48)
    labels = np.tile(np.arange(COUNT), 2)
    return (
        clean[labels] + NOISE * rng.normal(size=(len(labels), 48)),
        labels,
        clean + NOISE * rng.normal(size=clean.shape),
    )


def share_right(weight, bias, features, labels):
    return float((np.argmax(features @ weight.T + bias, axis=1) == labels).mean())


def test_it_finds_the_class_of_new_pictures(seen):
    train, labels, new = seen
    weight, bias = linear_head(train, labels, meaning())
    assert weight.shape == (COUNT, 48)
    assert bias.shape == (COUNT,)
    assert share_right(weight, bias, new, np.arange(COUNT)) > 0.2


def test_drawing_means_together_helps(seen):
    """Against the nearest of the classes' own means."""
    train, labels, new = seen
    means = (train[:COUNT] + train[COUNT:]) / 2
    nearest = share_right(means, -0.5 * np.square(means).sum(axis=1), new, np.arange(COUNT))
    assert share_right(*linear_head(train, labels, meaning()), new, np.arange(COUNT)) > nearest


def test_features_that_know_nothing_give_chance(seen):
    _, labels, _ = seen
    noise = np.random.default_rng(1).normal(size=(3 * COUNT, 48))
    weight, bias = linear_head(noise[: 2 * COUNT], labels, meaning())
    assert share_right(weight, bias, noise[2 * COUNT :], np.arange(COUNT)) < 0.01

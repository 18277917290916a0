"""Against kernels written out; the same features turned are the same; features that moved are seen."""

import inspect

import numpy as np
import pytest

from behaviors.contract.features import Features
from behaviors.similarity import METRICS, test_similarity
from behaviors.similarity.metrics import cka
from tests.behaviors.recorder import Recorder, needs_of

ALPHA = 0.05
TESTS = {
    name: test for name, test in inspect.getmembers(test_similarity, inspect.isfunction) if name.startswith("test_")
}


def hsic(first, second):
    """Song et al. 2012, equation 5, as it stands there."""
    n = len(first)
    one, other = first @ first.T, second @ second.T
    np.fill_diagonal(one, 0)
    np.fill_diagonal(other, 0)
    ones = np.ones(n)
    product = ones @ one @ ones * (ones @ other @ ones) / ((n - 1) * (n - 2))
    return (np.trace(one @ other) + product - 2 / (n - 2) * ones @ one @ other @ ones) / (n * (n - 3))


def pair(seed=0, images=60, alike=0.7):
    random = np.random.default_rng(seed)
    shared = random.normal(size=(images, 5))
    first = shared @ random.normal(size=(5, 8)) + 3
    second = alike * shared @ random.normal(size=(5, 6)) + (1 - alike) * random.normal(size=(images, 6))
    return first, second


@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
def test_it_is_that_of_kernels_written_out(alike):
    first, second = pair(alike=alike)
    expected = hsic(first, second) / np.sqrt(hsic(first, first) * hsic(second, second))
    found = cka(first, second, alpha=ALPHA, ids=np.arange(60))
    assert found.value == pytest.approx(expected, abs=1e-9)
    assert found.interval.low <= found.value <= found.interval.high
    assert found.per_image.number == pytest.approx(found.value)
    centred = [values - values.mean(0) for values in (first, second)]
    norms = [np.linalg.norm(one.T @ one) for one in centred]
    assert found.details["biased"] == pytest.approx(np.linalg.norm(centred[0].T @ centred[1]) ** 2 / np.prod(norms))


def test_turning_and_scaling_change_nothing():
    first, second = pair()
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0]
    assert cka(first, first @ turn * 7 + 2, alpha=ALPHA).value == pytest.approx(1)
    assert cka(first @ turn, second, alpha=ALPHA).value == pytest.approx(cka(second, first, alpha=ALPHA).value)


def test_features_that_share_nothing_are_near_0_however_many():
    random = np.random.default_rng(2)
    found = cka(random.normal(size=(80, 300)), random.normal(size=(80, 300)), alpha=ALPHA)
    assert abs(found.value) < 0.1
    assert found.details["biased"] > 0.7


def test_intervals_hold():
    random = np.random.default_rng(3)
    mixed, other = random.normal(size=(5, 8)), random.normal(size=(5, 6))

    def drawn(images):
        shared = random.normal(size=(images, 5))
        return shared @ mixed, shared @ other + random.normal(size=(images, 6))

    true = cka(*drawn(300_000), alpha=ALPHA).value
    found = [cka(*drawn(200), alpha=ALPHA).interval for _ in range(300)]
    assert np.mean([one.low > true for one in found]) <= 0.09
    assert np.mean([one.high < true for one in found]) <= 0.09


class Asked:
    """Stands in for the fixture ``features``; ``turned``: the second model's features are others, its answers not."""

    models = ("new", "old")

    def __init__(self, moved, images=200):
        self.moved, self.images = moved, images

    def __call__(self, dataset=None, *, model=None):
        first, second = pair(images=self.images)
        values = first if model == "new" or not self.moved else second
        ids = np.arange(self.images).astype(str)
        order = np.arange(self.images) if model == "new" else np.arange(self.images)[::-1]
        return Features(model, "val", ids[order], values[order].astype(np.float32))


def judged(**how):
    gate = Recorder()
    for test in TESTS.values():
        test(Asked(**how), gate)
    return gate


def test_features_that_moved_are_seen():
    same, moved = judged(moved=False), judged(moved=True)
    assert set(same.measured) == set(METRICS)
    assert same.measured["cka"].value == pytest.approx(1)
    assert moved.measured["cka"].interval.high < 0.95
    assert "it takes 10" in judged(moved=False, images=8).undecided["cka"][0]
    assert all("features" in needs_of(test) for test in TESTS.values())


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (np.ones((20, 2)), np.ones((19, 2)), "not shown the same images"),
        (np.ones((20, 2)), np.ones((20, 2)), "hardly differ"),
        (np.full((20, 2), np.nan), np.ones((20, 2)), "NaN or infinite"),
        (np.ones(20), np.ones((20, 2)), "one row of features"),
        (np.ones((5, 2)), np.ones((5, 2)), "at least 10 images"),
    ],
)
def test_bad_input_is_refused(first, second, why):
    with pytest.raises(ValueError, match=why):
        cka(first, second, alpha=ALPHA)

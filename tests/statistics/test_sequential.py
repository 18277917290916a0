"""Looks decide wrongly no more often than promised, on either side, and early where a model is clearly good or bad."""

import numpy as np
import pytest
from scipy.stats import binom

from behaviors.statistics.intervals import clopper_pearson
from benchmarks import sequential
from benchmarks.sequential import ALPHA, SCENES, Case, cases, run, run_scenes, share_of

REPETITIONS = 250
MOST = binom.isf(1e-4, REPETITIONS, ALPHA) / REPETITIONS
SMALL = [case for case in cases() if case.images == 1_024]


@pytest.mark.parametrize("case", [case for case in SMALL if "at the limit" in case.name], ids=lambda case: case.name)
def test_a_model_at_the_limit_fails_at_most_alpha(case):
    assert run(case, REPETITIONS, np.random.default_rng(0)).fails <= MOST


@pytest.mark.parametrize("case", [case for case in SMALL if "margin's end" in case.name], ids=lambda case: case.name)
def test_a_model_at_the_margin_passes_at_most_alpha(case):
    assert run(case, REPETITIONS, np.random.default_rng(1)).passes <= MOST


@pytest.mark.parametrize(("truth", "wrong"), [(0.76, "fails"), (0.74, "passes")])
def test_shares(truth, wrong):
    case = Case("", "accuracy", share_of(truth), 6_400, 0.76, 0.02, least=True)
    found = run(case, 1_000, np.random.default_rng(2))
    assert getattr(found, wrong) <= binom.isf(1e-4, 1_000, ALPHA) / 1_000
    assert found.fails + found.passes > 0.97


@pytest.mark.parametrize("at_limit", [True, False])
@pytest.mark.parametrize("case", SCENES[::2], ids=str)
def test_scenes(case, at_limit):
    """Promised of bounds by scenes: 6.5 %."""
    wrong, _ = run_scenes(case, 120, np.random.default_rng(5), at_limit=at_limit)
    assert wrong <= binom.isf(1e-4, 120, 0.065) / 120


@pytest.mark.parametrize("truth", [0.78, 0.80, 0.72, 0.70])
def test_clearly_good_or_bad_models_take_a_quarter_of_the_fixed_design(truth):
    """5,120 images decide "at least .76, margin .02" whatever the truth is."""
    found = run(Case("", "accuracy", share_of(truth), 6_400, 0.76, 0.02, least=True), 1_000, np.random.default_rng(3))
    assert found.images <= 5_120 / 4
    assert (found.passes if truth > 0.76 else found.fails) > 0.995


def test_naive_looks_would_err_more():
    case = Case("", "accuracy", share_of(0.76), 6_400, 0.76, 0.0, least=True)
    random, failed = np.random.default_rng(4), 0
    for _ in range(500):
        right, _ = case.draw(case.images, random)
        failed += any(
            clopper_pearson(int(right[:n].sum()), n, alpha=ALPHA).high < case.limit
            for n in (400, 800, 1600, 3200, 6400)
        )
    assert failed / 500 > 0.075
    assert sequential.SHARES[-1] == 1

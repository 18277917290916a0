"""The search on invented models whose every answer is known: what it finds, what it asks for, and that it is even."""

import importlib
import json
import sys
from itertools import product

import hypothesis
import numpy as np
import pytest

from behaviors.invariance.ranges import Ranges
from behaviors.invariance.search import course_of, search, settings_of
from behaviors.invariance.transformation import Transformation

WIDE = Ranges(move=0.125, zoom=[0.9, 1.25], resolution=[160, 288], flip=True, brightness=0.2)
FLAT = Ranges(move=0.125, zoom=[0.9, 1.1], resolution=[224, 224], brightness=0)
GRID = [Transformation(x, y, zoom) for x, y, zoom in product(range(-8, 9), range(-8, 9), range(-5, 6))]
USUAL = {"budget": 200, "examples": 40, "seed": 7}


class Model:
    """200 images, each of which gives way where what is done to it is more than it bears; counts what it is asked."""

    def __init__(self, seed: int, bears: float = 2.0) -> None:
        draws = np.random.default_rng(seed)
        self.weights = draws.exponential(size=(200, 6)) * [0.12, 0.12, 0.12, 0.2, 0.6, 0.2]
        self.bears = bears * draws.gamma(2, size=200)
        self.asked: list[Transformation] = []

    def consistency(self, one: Transformation) -> float:
        steps = np.abs([one.x, one.y, one.zoom, one.resolution, one.flip, one.brightness])
        return float(((self.weights * steps).sum(1) < self.bears).mean())

    def __call__(self, one: Transformation) -> float:
        self.asked.append(one)
        return self.consistency(one)


@pytest.mark.parametrize("threshold", [0.9, 0.8])
def test_what_it_finds_is_nearly_as_small_as_it_gets(threshold):
    """Against every point of the grid; and nothing one step nearer breaks."""
    kinds, ratios = [], []
    for seed in range(6):
        model = Model(seed)
        broken = [one for one in GRID if model.consistency(one) < threshold]
        result = search(model, FLAT, threshold=threshold, **USUAL)
        smallest = min(broken, key=lambda one: one.size)
        assert result.smallest in broken
        assert result.settled
        assert all(model.consistency(one) >= threshold for one in result.smallest.nearer())
        kinds.append(result.smallest.kinds - smallest.kinds)
        ratios.append(result.smallest.size[1] / smallest.size[1])
    assert sum(kinds) <= 2
    assert max(ratios) < 1.25


def test_one_axis_alone_is_found_exactly():
    """It breaks from 3 steps to the right on, whatever else is done."""
    result = search(lambda one: 0.5 if one.x >= 3 else 1.0, WIDE, threshold=0.9, **USUAL)
    assert result.smallest == Transformation(x=3)
    assert result.settled


def test_two_that_break_only_together_are_found_exactly():
    result = search(lambda one: 0.5 if one.x >= 2 and one.zoom >= 4 else 1.0, WIDE, threshold=0.9, **USUAL)
    assert result.smallest == Transformation(x=2, zoom=4)


@pytest.mark.parametrize("budget", [1, 5, 30])
@pytest.mark.parametrize("seed", range(4))
def test_the_budget_is_never_exceeded_and_nothing_is_asked_twice(budget, seed):
    model = Model(seed)
    result = search(model, WIDE, threshold=0.9, budget=budget, examples=40, seed=7)
    assert len(model.asked) == len(set(model.asked)) == result.forwards <= budget == result.budget
    assert list(result.evaluated) == model.asked
    assert Transformation() not in model.asked  # the images as they are need no forward pass
    assert all(one.inside(WIDE) for one in model.asked)
    assert result.spent == (result.forwards == budget)


def test_what_survives_survives_as_many_examples_as_were_asked_for():
    model = Model(0, bears=100)
    result = search(model, WIDE, threshold=0.5, **USUAL)
    assert result.smallest is None
    assert (result.forwards, result.spent) == (40, False)
    assert result.settled


def test_the_worst_is_the_worst_of_all_that_was_asked():
    model = Model(3)
    result = search(model, WIDE, threshold=None, **USUAL)
    assert result.smallest is None
    assert result.evaluated[result.worst] == min(model.consistency(one) for one in model.asked)


def test_the_worst_is_looked_for():
    """Hypothesis climbs: what it finds is worse than what as many random draws find."""
    gaps = []
    for seed in range(5):
        model, draws = Model(seed), np.random.default_rng(seed)
        result = search(model, WIDE, threshold=None, budget=200, examples=100, seed=7)
        bounds = [(low, high + 1) for low, high in WIDE.steps.values()]
        drawn = [Transformation(*(int(draws.integers(*bound)) for bound in bounds)) for _ in range(100)]
        gaps.append(min(map(model.consistency, drawn)) - result.evaluated[result.worst])
    assert np.mean(gaps) > 0


def test_a_threshold_of_0_is_never_broken_and_one_of_1_by_any_change():
    assert search(lambda one: 0.0, WIDE, threshold=0.0, **USUAL).smallest is None
    result = search(lambda one: 0.995, WIDE, threshold=1.0, **USUAL)
    assert result.smallest.kinds == 1
    assert sum(map(abs, vars(result.smallest).values())) == 1
    assert search(lambda one: 1.0, WIDE, threshold=1.0, **USUAL).smallest is None


def test_every_model_is_shown_the_same():
    first, second = Model(1, bears=100), Model(2, bears=90)
    for model in (first, second):
        search(model, WIDE, threshold=0.2, **USUAL)
    assert first.asked == second.asked
    assert len(first.asked) == 40


def test_another_seed_draws_something_else():
    asked = []
    for seed in (1, 2):
        model = Model(0, bears=100)
        search(model, WIDE, threshold=0.2, budget=50, examples=40, seed=seed)
        asked.append(model.asked)
    assert asked[0] != asked[1]


def test_again_is_the_same_whatever_the_profile_of_the_user():
    results = []
    for profile in ("default", "ci"):
        hypothesis.settings.load_profile(profile)
        model = Model(4)
        results.append((search(model, WIDE, threshold=0.8, **USUAL), model.asked))
    hypothesis.settings.load_profile("default")
    assert results[0] == results[1]


def test_modules_with_strange_numbers_change_no_draw(tmp_path, monkeypatch):
    """Hypothesis draws constants that it reads from whatever modules are loaded; small ones it leaves alone."""
    asked = []
    for _ in range(2):
        model = Model(0, bears=100)
        search(model, WIDE, threshold=0.2, budget=500, examples=300, seed=3)
        asked.append(model.asked)
        (tmp_path / "strange_numbers.py").write_text("NUMBERS = (3, 7, -5, 123, 4567, 0.25, -8)\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        importlib.import_module("strange_numbers")
    sys.modules.pop("strange_numbers")
    assert asked[0] == asked[1]


@pytest.mark.parametrize("error", [RuntimeError("no GPU"), KeyboardInterrupt(), pytest.skip.Exception("later")])
@pytest.mark.parametrize("place", [0, 3, 12])
def test_what_the_model_raises_comes_out_as_it_is(error, place):
    model = Model(0)

    def fragile(one: Transformation) -> float:
        if len(model.asked) == place:
            raise error
        return model(one)

    with pytest.raises(type(error)) as raised:
        search(fragile, WIDE, threshold=0.9, **USUAL)
    assert raised.value is error
    assert not getattr(error, "__notes__", [])
    assert len(model.asked) == place
    again, clean = Model(0), Model(0)
    assert search(again, WIDE, threshold=0.9, **USUAL) == search(clean, WIDE, threshold=0.9, **USUAL)


@pytest.mark.parametrize("consistency", [float("nan"), 1.5, -0.1])
def test_what_is_no_consistency_is_refused(consistency):
    with pytest.raises(ValueError, match=r"a consistency of .* is not in \[0, 1\]"):
        search(lambda one: consistency, WIDE, threshold=0.9, **USUAL)


@pytest.mark.parametrize(("budget", "examples"), [(0, 5), (5, 0)])
def test_a_search_without_effort_is_refused(budget, examples):
    with pytest.raises(ValueError, match="at least 1"):
        search(lambda one: 1.0, WIDE, threshold=0.9, budget=budget, examples=examples, seed=1)


def test_nothing_is_printed(capsys):
    search(Model(0), WIDE, threshold=0.9, **USUAL)
    assert capsys.readouterr() == ("", "")


def test_what_is_known_is_tried_first_and_changes_no_draw():
    fresh, again = Model(5), Model(5)
    before = search(fresh, WIDE, threshold=0.8, **USUAL)
    rare = Transformation(8, 8, 12, 4, 1, 4)
    known = [rare, Transformation(), before.smallest, rare]
    after = search(again, WIDE, threshold=0.8, known=known, **USUAL)
    assert after.replayed == 2
    assert again.asked[:2] == [rare, before.smallest]
    assert after.forwards == before.forwards
    assert set(after.evaluated) == {*before.evaluated, rare}
    assert after.smallest == before.smallest


def test_a_known_failure_that_the_draws_miss_still_fails():
    """One point of 124,000."""
    rare = Transformation(7, -7, 11, -3, 1, 3)
    model = {rare: 0.1}
    assert search(lambda one: model.get(one, 1.0), WIDE, threshold=0.9, **USUAL).smallest is None
    result = search(lambda one: model.get(one, 1.0), WIDE, threshold=0.9, known=[rare], **USUAL)
    assert result.smallest == result.worst == rare
    assert not result.settled


@pytest.mark.parametrize("seed", range(3))
def test_a_search_that_is_told_the_same_again_draws_nothing(seed, monkeypatch):
    first = search(Model(seed), WIDE, threshold=0.85, **USUAL)
    monkeypatch.setattr(hypothesis, "given", None)  # whoever draws fails
    again = search(
        Model(seed), WIDE, threshold=0.85, **USUAL, course=course_of(json.loads(json.dumps(first.course.plain())))
    )
    assert again == first


@pytest.mark.parametrize("later", [0, 5, -1])
def test_another_answer_is_another_search(later):
    """A model that answers otherwise, at the first question or at the last one: as if nothing was remembered."""
    before = search(Model(5), WIDE, threshold=0.8, **USUAL).course
    other = list(before.asked)[later][0]
    changed = lambda one: 0.5 if one == other else Model(5).consistency(one)  # noqa: E731
    assert search(changed, WIDE, threshold=0.8, **USUAL, course=before) == search(changed, WIDE, threshold=0.8, **USUAL)


def test_what_decides_the_draws_is_told_apart():
    usual = settings_of(WIDE, threshold=0.8, **USUAL)
    assert usual == settings_of(WIDE, threshold=0.8, **USUAL)
    others = [settings_of(FLAT, threshold=0.8, **USUAL), settings_of(WIDE, threshold=None, **USUAL)]
    others += [settings_of(WIDE, threshold=0.8, **{**USUAL, name: 3}) for name in USUAL]
    assert all(one != usual for one in others)
    assert course_of(None) is course_of({"asked": [["no such view", 1.0]], "spent": False}) is None

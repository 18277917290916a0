"""Pictures as parameters: sampling, slicing, joining, and what factors promise."""

import numpy as np
import pytest

from fixtures.mini.colours import COLOUR_NAMES, COLOURS, name_of, object_colours
from fixtures.mini.objects import FACTOR
from fixtures.mini.scene import DISTRIBUTIONS, EXCLUSIVE, color_name, concatenate, sample
from fixtures.mini.vocabulary import CLASSES, FACTORS, STYLES


def test_a_scene_does_not_depend_on_how_many_there_are():
    few, many = sample("catalog", 20, 0), sample("catalog", 200, 0)[:20]
    assert (few.main.yaw == many.main.yaw).all()
    assert (few.factors == many.factors).all()
    assert (few.gain == many.gain).all()


def test_labels_take_turns():
    assert (np.bincount(sample("catalog", 320, 0).label) == 20).all()


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_factors_occur_as_often_as_stated(distribution):
    drawn = sample(distribution, 20_000, 5).factors.mean(axis=0)
    for name, index in FACTOR.items():
        stated = DISTRIBUTIONS[distribution][name]
        lost = 0.25 * stated  # to an opposite that came first, or to a style that does not show it
        assert stated - lost - 0.01 <= drawn[index] <= stated + 0.01, name


def test_texture_and_colour_agree_with_the_class_as_stated():
    scenes = sample("catalog", 20_000, 1)
    assert 0.84 < (scenes.texture == scenes.label).mean() < 0.87
    assert 0.84 < (np.abs(scenes.hue) < 65).mean() < 0.87


def test_opposites_never_meet():
    factors = sample("web", 20_000, 2).factors
    for first, second in EXCLUSIVE:
        assert not (factors[:, FACTOR[first]] & factors[:, FACTOR[second]]).any()


def test_a_factor_is_claimed_only_where_the_style_shows_it():
    everything = np.ones((300, len(FACTORS)), dtype=np.bool_)
    scenes = sample("web", 300, 3, factors=everything)
    sketches = scenes.style == STYLES.index("sketch")
    assert sketches.sum() > 20
    shown = scenes.factors[sketches].all(axis=0)
    assert {name for name, index in FACTOR.items() if shown[index]} == {
        "pose", "smaller", "shape", "partial_view", "subcategory", "style", "multiple_objects",
    }  # fmt: skip


def test_without_factors_everything_is_ordinary():
    scenes = sample("clean", 2_000, 0)
    assert (scenes.texture == scenes.label).all()
    assert (scenes.style == 0).all()
    assert (scenes.second == -1).all()
    assert (scenes.occluder == 0).all()
    assert scenes.scale.min() >= 0.56
    assert scenes.scale.max() < 0.86


def test_a_second_object_is_of_another_class():
    factors = np.zeros((500, len(FACTORS)), dtype=np.bool_)
    factors[:, FACTOR["multiple_objects"]] = True
    scenes = sample("catalog", 500, 0, factors=factors)
    assert (scenes.second >= 0).all()
    assert (scenes.second != scenes.label).all()


def test_slices_and_joins_undo_each_other():
    scenes = sample("web", 50, 0)
    back = concatenate([scenes[:20], scenes[np.arange(20, 50)]])
    assert (back.seed == scenes.seed).all()
    assert (back.others[0].x == scenes.others[0].x).all()
    assert len(scenes[scenes.label == 3]) == 3


def test_vary_changes_what_it_names_and_nothing_else():
    scenes = sample("web", 10, 0)
    varied = scenes.vary(yaw=0.5, background=2)
    assert (varied.main.yaw == 0.5).all()
    assert (varied.background == 2).all()
    assert varied.background.dtype == scenes.background.dtype
    assert (varied.main.pitch == scenes.main.pitch).all()
    assert not (scenes.main.yaw == 0.5).any()


def test_vary_refuses_a_column_that_does_not_exist():
    with pytest.raises(AttributeError, match="yawn"):
        sample("clean", 2, 0).vary(yawn=1.0)


def test_an_unknown_distribution_is_an_error():
    with pytest.raises(KeyError, match="catalogue"):
        sample("catalogue", 2, 0)


def test_the_eleven_colours_have_their_own_names():
    assert name_of(COLOURS) == list(COLOUR_NAMES)


def test_classes_have_the_colours_one_would_say():
    scenes = sample("clean", 16, 0).vary(hue=0.0)
    said = dict(zip(CLASSES, color_name(scenes), strict=True))
    assert said["tree"] == "green"
    assert said["house"] in ("red", "brown")
    assert said["heart"] == "pink"
    assert said["car"] == "blue"
    assert said["key"] == "grey"
    assert said["boat"] == "brown"


def test_turning_the_hue_shows_on_every_palette():
    palettes = np.arange(16)
    before = object_colours(palettes, np.zeros(16), np.ones(16))
    after = object_colours(palettes, np.full(16, 120.0), np.ones(16))
    assert (np.abs(before - after).max(axis=(1, 2)) > 0.15).all()

"""Captions: the same for the same picture, true of it, and about the object."""

import re

import numpy as np
import pytest

from fixtures.mini import captions as captions_module
from fixtures.mini.captions import PLAIN, captions, with_article, words
from fixtures.mini.scene import Scenes, color_name, sample
from fixtures.mini.vocabulary import CLASSES, FACTORS, STYLES


@pytest.fixture(scope="module")
def scenes() -> Scenes:
    return sample("web", 1000, 0)


@pytest.fixture(scope="module")
def said(scenes: Scenes) -> list[str]:
    return captions(scenes, 0)


def test_they_depend_on_the_picture_and_the_seed_alone(scenes: Scenes, said: list[str]) -> None:
    rows = np.arange(0, 1000, 7)
    assert captions(scenes[rows], 0) == [said[row] for row in rows]
    assert captions(scenes, 1) != said


def test_each_names_the_object(scenes: Scenes, said: list[str]) -> None:
    for label, caption in zip(scenes.label, said, strict=True):
        assert CLASSES[label] in re.findall("[a-z]+", caption), caption


def test_what_they_mention_is_in_the_picture(scenes: Scenes, said: list[str]) -> None:
    factor_of = {
        "dark": "darker",
        "bright": "brighter",
        "small": "smaller",
        "large": "larger",
        "cropped": "partial_view",
    }
    for row, (caption, colour) in enumerate(zip(said, color_name(scenes), strict=True)):
        found = set(re.findall("[a-z]+", caption))
        assert all(scenes.factors[row, FACTORS.index(factor_of[word])] for word in found & set(factor_of)), caption
        assert ("behind" in found) <= (scenes.occluder[row] > 0), caption
        assert ("and" in found) <= (scenes.second[row] >= 0), caption
        assert ("sticker" in found) <= (STYLES[scenes.style[row]] == "sticker"), caption
        if "white background" not in caption and STYLES[scenes.style[row]] != "sketch":
            assert found & {"red", "blue", "green", "purple", "white"} <= {colour}, caption


def test_a_share_of_them_says_nothing_else(said: list[str]) -> None:
    plain = np.mean([re.fullmatch(r"\w+ [\w ]+ of an? \w+\.", caption) is not None for caption in said])
    assert plain >= PLAIN - 0.05


def test_no_word_is_missing_from_the_list(said: list[str]) -> None:
    from fixtures.mini.colours import COLOUR_NAMES

    found = {word for caption in said for word in re.findall("[a-z]+", caption)}
    assert found <= {*words(), *COLOUR_NAMES}


def test_every_texture_place_and_style_has_its_words() -> None:
    from fixtures.mini.vocabulary import BACKGROUNDS, TEXTURES

    assert tuple(captions_module.ADJECTIVES) == TEXTURES
    assert tuple(captions_module.PLACES) == BACKGROUNDS
    assert tuple(captions_module.NOUNS) == STYLES


def test_articles() -> None:
    assert [with_article(word) for word in ("umbrella", "fish", "orange fish")] == [
        "an umbrella",
        "a fish",
        "an orange fish",
    ]

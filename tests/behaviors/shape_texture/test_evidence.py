"""Which cue a decision followed, and what is refused."""

import dataclasses

import numpy as np
import pytest

from behaviors.shape_texture.evidence import Decisions, decisions
from tests.behaviors.shape_texture.stimuli import CLASSES, names, said


def test_worked_by_hand():
    images = ["ant1-bee2.png", "ant1-cat1.png", "cat3-bee2.png", "dog2-dog1.png", "dog2-ant1.png"]
    found = decisions(said(["ant", "cat", "dog", "dog", "na"], images))
    assert found.shape.tolist() == [True, False, False, False]
    assert found.texture.tolist() == [False, True, False, False]
    assert found.decided.tolist() == [True, True, False, False]
    assert found.category.tolist() == ["ant", "ant", "cat", "dog"]
    assert found.shape_source.tolist() == ["ant1", "ant1", "cat3", "dog2"]
    assert found.texture_source.tolist() == ["bee2", "cat1", "bee2", "ant1"]
    assert len(found.of("ant")) == 2
    assert found.of("ant").texture.tolist() == [False, True]


def test_images_whose_cues_agree_take_no_part():
    images = names() + names(same=True)
    answers = ["ant"] * len(images)
    found, alone = decisions(said(answers, images)), decisions(said(answers[: len(names())]))
    assert len(found) == len(alone) == 300
    assert found.shape.tolist() == alone.shape.tolist()


def test_influence_adds_up_to_nothing_and_is_that_of_the_images():
    found = decisions(said(["ant", "bee"] * 150))
    assert found.influence.shape == (300,)
    assert found.influence.sum() == pytest.approx(0, abs=1e-9)
    assert (found.influence[~found.decided] == 0).all()
    with pytest.raises(ValueError, match="denominators of 300 images add up to 0"):
        _ = decisions(said(["na"] * 300)).influence


def test_only_agreeing_images_are_no_conflict():
    images = names(same=True)
    with pytest.raises(ValueError, match="there is no image whose cues conflict: nothing tells shape from texture"):
        decisions(said(["ant"] * len(images), images))


@pytest.mark.parametrize("missing", ["shape", "texture", "shape_source", "texture_source", "conflict"])
def test_a_dataset_without_cues(missing):
    whole = said(["ant"] * 300)
    annotations = {name: column for name, column in whole.annotations.items() if name != missing}
    with pytest.raises(ValueError, match=f"cue_conflict: a cue conflict needs the annotations .*; '{missing}' is not"):
        decisions(dataclasses.replace(whole, annotations=annotations))


def test_cues_that_are_no_classes():
    whole = said(["ant"] * 300)
    annotations = {**whole.annotations, "texture": np.array(["wolf"] * 300)}
    with pytest.raises(ValueError, match=r"its texture 'wolf' is none \(1 such names\)"):
        decisions(dataclasses.replace(whole, annotations=annotations))


def test_a_mark_that_is_neither_true_nor_false():
    whole = said(["ant"] * 300)
    for odd in (np.array([np.nan] * 300), np.array([2] * 300), np.array(["yes"] * 300)):
        with pytest.raises(ValueError, match="marked by the annotation 'conflict' as true or false"):
            decisions(dataclasses.replace(whole, annotations={**whole.annotations, "conflict": odd}))


def test_no_decisions_are_made_up():
    yes, no, text = np.array([True]), np.array([False]), np.array(["a"])
    with pytest.raises(ValueError, match="1 of 1 count for shape and for texture"):
        Decisions(yes, yes, text, text, text)
    with pytest.raises(ValueError, match="every image needs one value of each"):
        Decisions(yes, no, text, text, np.array(["a", "b"]))
    with pytest.raises(ValueError, match="no image whose cues conflict"):
        Decisions(yes[:0], no[:0], text[:0], text[:0], text[:0])


def test_no_answer_is_not_the_last_class():
    assert CLASSES[-1] == "dog"
    found = decisions(said(["na"] * 300))
    assert not found.decided.any()

"""Which images count as errors of which factor; whatever does not say so is refused in a sentence."""

import numpy as np
import pytest

from behaviors.contract.predictions import Predictions
from behaviors.mistakes import FACTORS
from behaviors.mistakes.evidence import Errors, errors


def said(predicted=(0, 0, 1, 1), **annotations):
    """Four images, all of class 0."""
    n = len(predicted)
    return Predictions(
        model="one",
        dataset="photos",
        view="identity",
        classes=("cat", "dog"),
        ids=np.array([f"{k}.png" for k in range(n)]),
        labels=np.zeros(n, np.int64),
        top_classes=np.array(predicted)[:, None],
        top_probabilities=None,
        annotations={name: np.array(values) for name, values in annotations.items()},
    )


def columns(**given):
    return {factor: [False] * 4 for factor in FACTORS} | {"prototype": [False] * 4} | given


def test_the_factors_are_the_papers_in_the_papers_order():
    assert " ".join(FACTORS) == (
        "pose background pattern color smaller shape partial_view subcategory texture larger darker object_blocking "
        "person_blocking style brighter multiple_objects"
    )


def test_a_column_of_flags_for_each_factor():
    found = errors(said(**columns(pose=[True, False, True, True], texture=[False, False, False, True])))
    assert found.wrong.tolist() == [False, False, True, True]
    assert (found.counts("pose"), found.counts("texture"), found.counts("style")) == ((2, 3), (1, 1), (0, 0))
    assert (len(found), found.prototypes, found.unknown) == (4, 0, 0)


def test_numbers_0_and_1_are_flags_too():
    found = errors(said(**columns(pose=[1, 0, 1, 1], prototype=[0, 1, 0, 0])))
    assert (found.counts("pose"), found.prototypes) == ((2, 3), 1)


def test_prototypes_and_unknown_images_take_no_part():
    found = errors(
        said(**columns(pose=[True] * 4, prototype=[True, False, False, True], annotated=[True, False, True, True]))
    )
    assert (found.counts("pose"), len(found), found.prototypes, found.unknown) == ((1, 1), 1, 2, 1)
    assert found.ids.tolist() == said().ids[2:3].tolist()


def test_one_column_that_names_the_top_factor():
    found = errors(said(top=["pose", "", "texture", "pose"], prototype=[False] * 4))
    assert (found.counts("pose"), found.counts("texture")) == ((1, 2), (1, 1))
    assert found.carries.sum() == 3


def test_flags_come_before_the_top_factor():
    found = errors(said(**columns(pose=[True, True, False, False], top=["texture"] * 4)))
    assert (found.counts("pose"), found.counts("texture")) == ((0, 2), (0, 0))


def test_no_answer_is_an_error():
    assert errors(said(predicted=(0, -1, 0, 0), **columns())).wrong.tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    ("annotations", "sentence"),
    [
        ({}, r"photos: mistakes .* 16 factors.*'pose' is not among the annotations there are \(none\)"),
        ({"pose": [True] * 4, "prototype": [False] * 4}, r"'background' is not among .* \(pose, prototype\)"),
        ({factor: [False] * 4 for factor in FACTORS}, "photos: which images are prototypes"),
        (columns(pose=[0, 1, 2, 0]), "photos: the annotation 'pose' must be true or false for every image"),
        (columns(pose=[0, 1, np.nan, 0]), "the annotation 'pose' must be true or false"),
        (columns(prototype=["no", "no", "no", "no"]), "the annotation 'prototype' must be true or false"),
        ({"top": ["pose", "posture", "", ""], "prototype": [0] * 4}, "names the factor 'posture'; there are pose"),
        (columns(prototype=[True] * 4), "no image to judge: 4 are prototypes, 0 are not annotated"),
        (columns(annotated=[False] * 4), "no image to judge: 0 are prototypes, 4 are not annotated"),
    ],
)
def test_refusals(annotations, sentence):
    with pytest.raises(ValueError, match=sentence):
        errors(said(**annotations))


FLAGS = np.array([True, False])


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ((np.array([0.5, 1.0]), FLAGS[:, None]), "wrong must be true or false; got float64"),
        ((FLAGS, np.array([[1], [2]])), "carries must be true or false; got int64"),
        ((FLAGS, np.array([[True], [True], [True]])), r"wrong has shape \(2,\), carries \(3, 1\)"),
        ((FLAGS, FLAGS), "needs one answer and 1 factors"),
        ((FLAGS[:0], np.zeros((0, 1), np.bool_)), "there is no image to judge"),
    ],
)
def test_what_cannot_be_errors(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        Errors(*values, ("pose",))


def test_a_factor_stands_once():
    with pytest.raises(ValueError, match="a factor stands twice: pose, pose"):
        Errors(FLAGS, np.ones((2, 2), np.bool_), ("pose", "pose"))

"""What a model got wrong: counted by class and by confusion, the surest mistakes first, the worst group found."""

import numpy as np
import pytest

from behaviors.contract.examples import LEAST, MISTAKES, OF_A_CLASS, examples
from behaviors.contract.predictions import Predictions

CLASSES = ("ant", "bee", "cat")


def said(labels, predicted, confidence=None, dataset="val", **annotations):
    labels, predicted = np.asarray(labels), np.asarray(predicted)
    sure = None if confidence is None else np.asarray(confidence, dtype=np.float64)[:, None]
    ids = np.array([f"{place:04}" for place in range(labels.size)])
    known = {name: np.asarray(column) for name, column in annotations.items()}
    return Predictions("vit", dataset, "identity", CLASSES, ids, labels, predicted[:, None], sure, annotations=known)


def test_classes_confusions_and_the_surest_mistakes():
    found = examples(said([0, 0, 0, 1, 1, 2], [0, 1, 1, 1, 2, 2], [0.9, 0.6, 0.8, 0.9, 0.7, 0.9]))
    assert (found.images, found.right) == (6, 3)
    assert found.classes[0] == {"class": "ant", "images": 3, "right": 1}
    assert found.confusions[0] == {"label": "ant", "answer": "bee", "images": 2}
    assert [row["id"] for row in found.mistakes] == ["0002", "0004", "0001"]
    assert found.mistakes[0] == {"id": "0002", "label": "ant", "answer": "bee", "probability": 0.8}


def test_a_few_of_each_class_and_not_too_many():
    labels = np.repeat([0, 1, 2], 50)
    found = examples(said(labels, (labels + 1) % 3, np.linspace(1, 0.4, 150)))
    assert [row["label"] for row in found.mistakes] == [name for name in CLASSES for _ in range(OF_A_CLASS)]
    assert len(found.mistakes) <= MISTAKES


def test_the_worst_group_is_that_which_is_surely_worst():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 400)
    dark, tiny = rng.random(400) < 0.3, np.arange(400) < LEAST - 1
    wrong = (rng.random(400) < 0.1) | (dark & (rng.random(400) < 0.5)) | tiny
    found = examples(said(labels, np.where(wrong, (labels + 1) % 3, labels), dark=dark, tiny=tiny, valid=[""] * 400))
    assert found.worst.name == "dark"
    assert found.worst.images == dark.sum()
    assert found.worst.right == (dark & ~wrong).sum()
    assert {row["id"] for row in found.worst.mistakes} <= set(np.array([f"{k:04}" for k in range(400)])[dark & wrong])


def test_decisions_alone_have_no_probability_and_no_answer_is_named():
    found = examples(said([0, 1], [-1, 1]))
    assert found.mistakes == ({"id": "0000", "label": "ant", "answer": "no answer", "probability": None},)
    assert found.worst is None


def test_either_cue_is_right_where_shape_and_texture_disagree():
    cues = {"shape": ["ant", "bee"], "texture": ["cat", "cat"], "conflict": [True, True]}
    sources = {"shape_source": ["a", "b"], "texture_source": ["c", "d"]}
    found = examples(said([0, 1], [2, 0], [0.5, 0.6], **cues, **sources))
    assert found.right == 1
    assert found.mistakes[0]["label"] == "bee made of cat"


@pytest.mark.parametrize("dataset", ["real", "hard"])
def test_any_valid_label_is_right_and_images_without_one_do_not_count(dataset):
    found = examples(said([0, 1, 2], [1, 0, 2], [0.5, 0.6, 0.7], dataset, valid=["0 1", "1", ""]))
    assert (found.images, found.right) == (2, 1)

"""What counts as right on which variant."""

from dataclasses import replace

import numpy as np
import pytest

from behaviors.contract.predictions import Predictions
from behaviors.robustness.answers import right_answers


def predictions(dataset: str, valid: list[str] | None = None) -> Predictions:
    """Three images of class 1 that are taken for 1, 2 and 0."""
    return Predictions(
        model="m",
        dataset=dataset,
        view="identity",
        classes=("a", "b", "c"),
        ids=np.array(["x", "y", "z"]),
        labels=np.array([1, 1, 1]),
        top_classes=np.array([[1], [2], [0]]),
        top_probabilities=np.array([[0.9], [0.9], [0.9]]),
        annotations={} if valid is None else {"valid": np.array(valid)},
    )


@pytest.mark.parametrize("dataset", ["real", "hard"])
def test_every_valid_label_is_right_and_images_without_any_do_not_count(dataset):
    assert right_answers(predictions(dataset, ["1 2", "1 2", ""])).tolist() == [True, True]


def test_elsewhere_there_is_one_label():
    assert right_answers(predictions("val", ["1 2", "1 2", ""])).tolist() == [True, False, False]


def test_label_sets_must_be_there():
    with pytest.raises(
        ValueError, match="real counts every valid label as right: the dataset needs the column 'valid'"
    ):
        right_answers(predictions("real"))


def test_who_has_no_choice_is_not_right():
    with pytest.raises(ValueError, match="at least 2 classes to choose from; sketch has only 'a'"):
        right_answers(replace(predictions("sketch"), classes=("a",)))

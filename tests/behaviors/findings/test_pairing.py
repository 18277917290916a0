"""Two models are compared on the same images or not at all."""

import numpy as np
import pytest

from behaviors.findings.pairing import paired
from tests.behaviors.findings.build import says


def test_rows_are_joined_by_id():
    first = says([0, 1, 2], ids=["a", "b", "c"], labels=[0, 0, 2])
    second = says([2, 1, 0], ids=["c", "a", "b"], labels=[2, 0, 0], model="two", annotations={"cue": ["C", "A", "B"]})
    one, two = paired(first, second)
    assert one is first
    assert two.ids.tolist() == ["a", "b", "c"]
    assert two.predicted.tolist() == [1, 0, 2]
    assert two.annotations["cue"].tolist() == ["A", "B", "C"]
    assert two.confidence.tolist() == [0.9] * 3
    assert (two.model, two.label_log_probability) == ("two", None)


def test_the_same_order_costs_nothing():
    first, second = says([0, 1]), says([1, 0], model="two")
    assert paired(first, second)[1] is second


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (says([0, 0], model="two"), "one on val and two on val cannot be compared image by image: 1 images are only"),
        (says([0, 0, 0], ids=["00000", "00001", "x"], model="two"), "1 only in the second"),
        (says([0] * 3, labels=[0, 1, 1], model="two"), "2 images have another label"),
        (says([0] * 3, classes=("ant", "bee", "cat", "elk"), model="two"), "classes differ"),
        (says([0] * 3, ids=["a", "a", "b"], model="two"), "two on val: an image stands twice"),
        (says([], model="two", view="flip"), "two on val under flip: there are no images"),
    ],
)
def test_other_images_are_refused(other, sentence):
    with pytest.raises(ValueError) as raised:
        paired(says([0, 0, 0]), other)
    assert sentence in str(raised.value)


def test_a_difference_does_not_depend_on_the_order_of_either():
    generator = np.random.default_rng(0)
    ids = [f"{index}" for index in range(50)]
    first, second = says(generator.integers(0, 4, 50), ids=ids), says(generator.integers(0, 4, 50), ids=ids)
    order = generator.permutation(50)
    mixed = says(second.predicted[order], ids=np.array(ids)[order])
    assert (paired(first, mixed)[1].predicted == second.predicted).all()

"""Several right answers per image."""

import numpy as np
import pytest

from behaviors.statistics.valid import correct_in_sets


def test_right_is_one_of_the_valid_ones():
    right, counted = correct_in_sets([3, 7, 4, 0, 11], ["3 7", "3 7", "3 7", "", "1"])
    assert right.tolist() == [True, True, False, False, False], "11 is not 1"
    assert counted.tolist() == [True, True, True, False, True]


def test_one_valid_class_each_is_ordinary_accuracy():
    rng = np.random.default_rng(0)
    labels, predicted = rng.integers(0, 20, 500), rng.integers(0, 20, 500)
    right, counted = correct_in_sets(predicted, labels.astype(str))
    assert (right == (labels == predicted)).all()
    assert counted.all()


@pytest.mark.parametrize("cell", ["3,7", "-1", "3.0", "cat", "²"])
def test_anything_else_is_refused(cell):
    with pytest.raises(ValueError, match="must be class indices"):
        correct_in_sets([3, 3], ["3", cell])


def test_rows_must_fit():
    with pytest.raises(ValueError, match="needs its valid classes"):
        correct_in_sets([1, 2], ["1"])


def test_no_images_is_no_error_here():
    right, counted = correct_in_sets(np.array([], dtype=int), np.array([], dtype=str))
    assert right.size == counted.size == 0

"""Classes that are called like their outputs are believed, classes that are called like others' outputs are not."""

import pytest

from fixtures.core.errors import InputError
from fixtures.suite.meanings import check_meanings

NAMES = ("tabby cat", "grey wolf", "red fox", "African elephant", "brown bear", "great white shark")
CLASSES = ("Cat", "Wolf", "Fox", "Elephant", "Bear")
OUTPUTS = ((0,), (1,), (2,), (3,), (4,))


def test_names_that_agree():
    check_meanings(CLASSES, OUTPUTS, NAMES, "x")
    check_meanings(CLASSES, (*OUTPUTS[:3], OUTPUTS[4], OUTPUTS[3]), NAMES, "x")  # most of them


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_entries_that_were_moved(step):
    with pytest.raises(InputError, match="x: only 0 of 5 classes are called like one of their outputs, where 5 could"):
        check_meanings(CLASSES, (*OUTPUTS[step:], *OUTPUTS[:step]), NAMES, "x")


def test_outputs_that_are_counted_from_1():
    with pytest.raises(InputError, match="'Cat' is said to be 'grey wolf'; did entries change places, or are the"):
        check_meanings(CLASSES, [(index + 1,) for (index,) in OUTPUTS], NAMES, "x")


def test_classes_that_are_called_otherwise_are_nobodys_business():
    check_meanings(("Alpha", "Beta", "Gamma", "Delta", "Epsilon"), OUTPUTS, NAMES, "x")
    check_meanings(CLASSES[:2], OUTPUTS[1::-1], NAMES, "x")  # too few to tell

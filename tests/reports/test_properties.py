"""JUnit gets plain values, so that no report is lost on its way from a worker."""

import enum
import math

import numpy as np
import pytest

from fixtures.reports import properties
from tests.reports.checks import ERROR, NOT_GATED, ONE


class Level(enum.IntEnum):
    """An int that xdist cannot send."""

    HIGH = 3


def test_a_check_becomes_properties():
    assert properties.of(ONE) == [
        ("calibration.ece", 0.0312),
        ("calibration.ece.verdict", "pass"),
        ("calibration.ece.low", 0.02),
        ("calibration.ece.high", 0.0404),
        ("calibration.ece.images", 2048),
        ("calibration.ece.threshold", "<= 0.100"),
        ("calibration.ece.rule", "thresholds.yaml:14"),
    ]


def test_what_is_not_there_is_left_out():
    assert [name for name, _ in properties.of(NOT_GATED)][-1] == "calibration.brier.images"
    assert properties.of(ERROR)[0] == ("calibration.nll", None)
    assert "calibration.nll.low" not in dict(properties.of(ERROR))


@pytest.mark.parametrize(
    ("foreign", "plain"),
    [
        (np.float64(0.25), 0.25),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("x"), "x"),
        (np.array(0.5), 0.5),
        (np.longdouble(0.5), "np.longdouble('0.5')"),
        (Level.HIGH, 3),
        (True, True),
        (None, None),
        ([1], "[1]"),
        (1j, "1j"),
        ("a\ud800", "a\\ud800"),
    ],
)
def test_foreign_values_become_plain(foreign, plain):
    [(name, value)] = properties.sanitise([(np.str_("name"), foreign)])
    assert value == plain
    assert type(value) in {str, int, float, bool, type(None)}
    assert type(name) is str


def test_arrays_and_objects_become_text():
    assert properties.plain(np.array([1, 2])) == "array([1, 2])"
    assert math.isnan(properties.plain(np.float64("nan")))
    assert properties.plain(object).startswith("<class")


def test_execnet_takes_them():
    execnet = pytest.importorskip("execnet")
    odd = [np.float32(1), np.longdouble(1), Level.HIGH, np.str_("x"), "a\ud800", [np.int8(1)], np.array(1)]
    execnet.dumps([value for _, value in properties.sanitise([("x", value) for value in odd])])

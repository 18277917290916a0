"""The room's tests hand every metric of METRICS to the gate, once, and say where one does not apply."""

import contextlib
import inspect

import numpy as np
import pytest

from behaviors.contract.predictions import Predictions
from behaviors.mistakes import FACTORS, METRICS, test_mistakes
from behaviors.mistakes.evidence import Errors
from tests.behaviors.recorder import Recorder, Skipped

TESTS = {name: test for name, test in inspect.getmembers(test_mistakes, inspect.isfunction) if name.startswith("test_")}
COLUMN = np.zeros((1, 1), np.int64)
SAID = Predictions("one", "photos", "identity", ("cat", "dog"), np.array(["a"]), COLUMN[:, 0], COLUMN, None)


def made(images=40, error=0.25):
    """Each factor on as many images of its own, and 200 without."""
    carries = np.concatenate([np.repeat(np.eye(16, dtype=np.bool_), images, axis=0), np.zeros((200, 16), np.bool_)])
    return Errors(np.arange(len(carries)) % 100 < 100 * error, carries)


def run(errors):
    gate = Recorder()
    for call in (
        lambda: test_mistakes.test_mean_error_ratio(errors, SAID, gate),
        lambda: test_mistakes.test_worst_factor(errors, gate),
        *(lambda factor=factor: test_mistakes.test_error_ratio(factor, errors, gate) for factor in FACTORS),
    ):
        with contextlib.suppress(Skipped):
            call()
    return gate


def test_every_metric_is_measured_once():
    gate = run(made())
    assert set(gate.measured) == set(METRICS)
    assert set(TESTS) == {"test_mean_error_ratio", "test_worst_factor", "test_error_ratio"}
    for name, measurement in gate.measured.items():
        assert METRICS[name].lowest <= measurement.value <= METRICS[name].highest
        assert measurement.interval.low <= measurement.value <= measurement.interval.high
    assert gate.figures["mean_error_ratio"]().axes
    assert {gate.measured[f"error_ratio_{factor}"].images for factor in FACTORS} == {40}


@pytest.mark.parametrize(
    ("errors", "reason", "images"),
    [(made(images=29), "29", 29), (made(error=0), "right on all 840 images", 40)],
)
def test_what_cannot_be_judged_is_undecided(errors, reason, images):
    """No number reaches the gate, so that nothing can be green: neither a factor, nor the mean or the largest."""
    gate = run(errors)
    assert not gate.measured
    assert not gate.inapplicable
    assert set(gate.undecided) == set(METRICS)
    assert all(reason in why and count == images for why, count in gate.undecided.values())


def test_a_factor_without_images_is_more_than_undecided():
    all_there = made()
    without = Errors(all_there.wrong, all_there.carries & (np.arange(16) != FACTORS.index("pose")))
    gate = run(without)
    assert set(gate.inapplicable) == {"mean_error_ratio", "worst_factor", "error_ratio_pose"}
    assert not gate.undecided


def test_one_rare_factor_leaves_no_mean_but_the_others():
    all_there = made()
    kept = np.ones(len(all_there), np.bool_)
    kept[:20] = False  # half of the images of pose
    gate = run(Errors(all_there.wrong[kept], all_there.carries[kept]))
    assert set(gate.undecided) == {"mean_error_ratio", "worst_factor", "error_ratio_pose"}
    assert set(gate.measured) == set(METRICS) - set(gate.undecided)

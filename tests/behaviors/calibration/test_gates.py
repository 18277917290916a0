"""The room's tests hand every metric of METRICS to the gate, once, and say where one does not apply."""

import dataclasses
import inspect
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from behaviors.calibration import METRICS, test_calibration
from behaviors.contract.predictions import Predictions
from tests.behaviors.recorder import Recorder, Skipped, call

TESTS = {
    name: test for name, test in inspect.getmembers(test_calibration, inspect.isfunction) if name.startswith("test_")
}


@pytest.fixture
def said():
    """100 images of three classes, 80 of them right at a confidence of 0.8."""
    top = np.tile([0.8, 0.15, 0.05], (100, 1))
    labels = np.repeat([0, 1], [80, 20])
    return Predictions(
        model="one",
        dataset="val",
        view="identity",
        classes=("ant", "bee", "cat"),
        ids=np.arange(100).astype(str),
        labels=labels,
        top_classes=np.tile([0, 1, 2], (100, 1)),
        top_probabilities=top,
        label_log_probability=np.log(top[np.arange(100), labels]),
        squared_norm=(top**2).sum(1),
    )


def test_every_metric_is_measured_once(said):
    gate = Recorder()
    for test in TESTS.values():
        call(test, said, gate)
    assert set(gate.measured) == set(METRICS) == {name.removeprefix("test_") for name in TESTS}
    for name, measurement in gate.measured.items():
        assert METRICS[name].lowest <= measurement.value <= METRICS[name].highest
        assert measurement.images == measurement.per_image.ids.size == 100
        assert measurement.interval.low <= measurement.value <= measurement.interval.high
    values = {name: measurement.value for name, measurement in gate.measured.items()}
    expected = {
        "ece": 0,
        "adaptive_ece": 0,
        "signed_gap": 0,
        "overconfidence": 0,
        "underconfidence": 0,
        "brier_top_label": 0.16,
        "brier": 0.665 - 2 * (0.8 * 0.8 + 0.2 * 0.15) + 1,
        "nll": -(0.8 * np.log(0.8) + 0.2 * np.log(0.15)),
    }
    assert values == pytest.approx(expected, abs=1e-12)
    assert gate.measured["ece"].details["ties"] == 0
    assert gate.figures["ece"]().axes


def test_best_class_alone_is_enough_for_the_confidence_metrics(said):
    alone = dataclasses.replace(
        said,
        top_classes=said.top_classes[:, :1],
        top_probabilities=said.top_probabilities[:, :1],
        label_log_probability=None,
        squared_norm=None,
    )
    gate = Recorder()
    for name, test in TESTS.items():
        if name in ("test_brier", "test_nll"):
            with pytest.raises(Skipped):
                call(test, alone, gate)
        else:
            call(test, alone, gate)
    assert set(gate.inapplicable) == {"brier", "nll"}
    assert set(gate.measured) == set(METRICS) - {"brier", "nll"}
    assert "ties" not in gate.measured["ece"].details


def test_decisions_alone_say_nothing_of_calibration(said):
    decided = dataclasses.replace(
        said,
        top_classes=said.top_classes[:, :1],
        top_probabilities=None,
        label_log_probability=None,
        squared_norm=None,
    )
    gate = Recorder()
    for test in TESTS.values():
        with pytest.raises(Skipped):
            call(test, decided, gate)
    assert not gate.measured
    assert set(gate.inapplicable) == set(METRICS)
    assert "only decisions were recorded" in gate.inapplicable["ece"]


ONE_CLASS = """
import numpy as np, pytest
from behaviors.contract.predictions import Predictions

@pytest.fixture
def predictions():
    column = np.zeros((9, 1), np.int64)
    return Predictions("one", "val", "identity", ("cat",), np.arange(9).astype(str), column[:, 0], column, column + 1.0)

@pytest.fixture
def gate():
    raise AssertionError("one class was let through to the gate")
"""


def test_one_class_is_an_error_in_every_test(tmp_path):
    """A model with nothing to choose from measures an ECE of 0: no test of the room may get as far as that."""
    (tmp_path / "one_class.py").write_text(ONE_CLASS)
    path = os.pathsep.join([str(Path(__file__).resolve().parents[3]), str(tmp_path)])
    plugins = "-p one_class -p no:cacheprovider --noconftest -o markers=predictions --tb=line"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", test_calibration.__file__, "-c", os.devnull, *plugins.split()],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
    )
    assert done.returncode == 1
    assert f"{len(TESTS)} errors" in done.stdout
    assert done.stdout.count("E   ValueError: whether answers are right takes at least 2 classes") == len(TESTS)

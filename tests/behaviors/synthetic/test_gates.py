"""The room's tests hand every metric of METRICS to the gate, once, and say where one does not apply."""

import inspect

import numpy as np

from behaviors.synthetic import FACTORS, METRICS, test_synthetic
from tests.behaviors.recorder import Recorder, Skipped
from tests.behaviors.synthetic.sweeps import sweep, together

TESTS = {
    name: test for name, test in inspect.getmembers(test_synthetic, inspect.isfunction) if name.startswith("test_")
}


def run(predictions, gate):
    for factor in FACTORS:
        try:
            test_synthetic.test_accuracy(predictions, factor, gate)
        except Skipped:
            continue
    test_synthetic.test_mean_accuracy(predictions, gate)


def random(factors, **changes):
    rng = np.random.default_rng(0)
    return together(*(sweep(rng.random((20, 3)) < 0.8, factor, **changes) for factor in factors))


def test_every_metric_is_measured_once():
    gate = Recorder()
    run(random(FACTORS), gate)
    assert set(gate.measured) == set(METRICS)
    for name, measurement in gate.measured.items():
        assert METRICS[name].lowest <= measurement.value <= METRICS[name].highest
        assert measurement.interval.low <= measurement.value <= measurement.interval.high
        assert measurement.per_image.ids.size == measurement.images
        assert gate.figures[name]().axes


def test_a_factor_that_the_dataset_does_not_have_is_not_measured():
    gate = Recorder()
    run(random(["Worlds", "Camera_Yaw"]), gate)
    assert set(gate.measured) == {"accuracy_worlds", "accuracy_camera_yaw", "mean_accuracy"}
    assert set(gate.inapplicable) == set(METRICS) - set(gate.measured)
    assert gate.inapplicable["accuracy_camera_roll"] == "pug has no image of the factor Camera_Roll"


def test_without_levels_there_is_a_number_and_no_curve():
    gate = Recorder()
    run(random(FACTORS, level=None, step=None), gate)
    assert set(gate.measured) == set(METRICS)
    assert [name for name, figure in gate.figures.items() if figure] == ["mean_accuracy"]

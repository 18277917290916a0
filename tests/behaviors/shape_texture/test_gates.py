"""The room's tests hand every metric of METRICS to the gate, once, and say where one does not apply."""

import inspect

import numpy as np

from behaviors.shape_texture import METRICS, test_shape_texture
from behaviors.shape_texture.evidence import decisions
from tests.behaviors.recorder import Recorder
from tests.behaviors.shape_texture.stimuli import leaning, said

TESTS = {
    name: test for name, test in inspect.getmembers(test_shape_texture, inspect.isfunction) if name.startswith("test_")
}


def run(test, predictions, gate):
    known = {"decided": decisions(predictions), "predictions": predictions, "gate": gate}
    test(**{name: known[name] for name in inspect.signature(test).parameters})


def test_every_metric_is_measured_once():
    gate, predictions = Recorder(), said(leaning(np.random.default_rng(0), 0.3, 0.5))
    for test in TESTS.values():
        run(test, predictions, gate)
    assert set(gate.measured) == set(METRICS) == {name.removeprefix("test_") for name in TESTS}
    for name, measurement in gate.measured.items():
        assert METRICS[name].lowest <= measurement.value <= METRICS[name].highest
        assert measurement.images == measurement.per_image.ids.size == 300
        assert measurement.interval.low <= measurement.value <= measurement.interval.high
    assert gate.figures["shape_fraction"]().axes
    assert gate.figures["cue_accuracy"]().axes


def test_no_decision_for_either_cue_is_no_fraction():
    gate, predictions = Recorder(), said(["na"] * 300)
    for test in TESTS.values():
        run(test, predictions, gate)
    assert set(gate.undecided) == {"shape_fraction", "texture_fraction"}
    assert gate.measured["cue_accuracy"].value == 0

"""The sweeps' tests hand every metric to the gate, once, and say where one does not apply."""

import inspect
from contextlib import suppress

import numpy as np

from behaviors.contract.needs import needing
from behaviors.contract.predictions import NoView
from behaviors.invariance import METRICS, test_invariance
from behaviors.invariance.kinds import SWEEPS
from behaviors.invariance.metrics import MEASURES
from tests.behaviors.invariance.images import said
from tests.behaviors.recorder import Recorder, Skipped

TESTS = {
    name: test for name, test in inspect.getmembers(test_invariance, inspect.isfunction) if name.startswith("test_")
}
RNG = np.random.default_rng(0)


def run(answers):
    gate = Recorder()
    for test in TESTS.values():
        (parameters,) = [mark.args[1] for mark in test.pytestmark if mark.name == "parametrize"]
        for parameter in parameters:
            (measure,), (mark,) = parameter.values, parameter.marks
            with suppress(Skipped), needing(dict.fromkeys(mark.args, mark.kwargs["metric"]), gate):
                test(answers, measure, gate)
    return gate


def test_every_metric_is_measured_once():
    chosen = {}

    def answers(view):
        row = chosen.setdefault(view, (RNG.random(40) < 0.3).astype(int))
        return said(row, probability=np.where(row, 0.2, 0.8), view=view)

    gate = run(answers)
    assert set(gate.measured) == set(METRICS) - {"search_consistency"}
    assert set(chosen) == {"identity"} | {view for kind in SWEEPS.values() for view in kind.views()}
    for name, measurement in gate.measured.items():
        assert METRICS[name].lowest <= measurement.value <= METRICS[name].highest
        assert measurement.interval.low <= measurement.value <= measurement.interval.high
        assert measurement.per_image.ids.size == 40
        assert gate.figures[name]().axes


def test_decisions_alone_have_no_probability():
    gate = run(lambda view: said([0, 0, 1], view=view))
    assert set(gate.inapplicable) == {f"{name}_true_probability" for name in SWEEPS}
    assert "only decisions were recorded" in gate.inapplicable["scale_true_probability"]


def test_a_model_that_is_never_right_keeps_no_share():
    gate = run(lambda view: said([1, 1], probability=0.1, view=view))
    assert set(gate.undecided) == {f"{name}_retained" for name in SWEEPS}
    assert not gate.inapplicable


def test_views_that_a_model_cannot_be_asked_about():
    def answers(view):
        if view.startswith("resolution"):
            raise NoView("it does not run on images of 16x16 pixels")
        return said([0, 0, 1], probability=0.6, view=view)

    gate = run(answers)
    assert set(gate.inapplicable) == {f"{name}_{m}" for name in ("resolution", "low_resolution") for m in MEASURES}
    assert set(gate.inapplicable.values()) == {"it does not run on images of 16x16 pixels"}

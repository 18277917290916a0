"""All bounds of a run may err with one error: how many there are, and that they are not more often wrong together."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from behaviors.contract.measurement import Metric
from behaviors.statistics.intervals import clopper_pearson
from fixtures.gates.family import Family, bounds, numbers
from fixtures.gates.rule import Rule
from fixtures.gates.thresholds import Thresholds

NUMBER = Metric("it", "fraction", "higher", lowest=0, highest=1)
METRICS = {
    "room": {"share": NUMBER, "gap": NUMBER, "worst": replace(NUMBER, judged_by="value")},
    "claims": {"claim": replace(NUMBER, claim=True)},
}
AT_LEAST, WITHIN = Rule("t:1", 0.5, None), Rule("t:2", 0.1, 0.9, datasets=("val",))
CLAIM = Rule("t:3", None, None, outcomes=("holds",))


@pytest.mark.parametrize(
    ("rules", "counted"),
    [
        ({("room", "share"): (AT_LEAST,)}, 2),
        ({("room", "gap"): (WITHIN,)}, 2),
        ({("room", "share"): (AT_LEAST,), ("room", "gap"): (WITHIN,)}, 3),
        ({("room", "worst"): (AT_LEAST,)}, 0),
        ({("room", "share"): (replace(AT_LEAST, policy="point"),)}, 0),
        ({("claims", "claim"): (CLAIM,)}, 0),
        ({}, 0),
    ],
)
def test_bounds_are_counted_that_an_interval_judges(rules, counted):
    tests = [("room", "one", "val", 1), ("room", "one", "sketch", 1), ("claims", "one", "val", 1)]
    assert bounds(tests, Thresholds(Path("t"), "mini", rules), METRICS) == counted


def one_number(gate):
    gate.check("share", 0.5)


def two_numbers(gate):
    gate.check("share", 0.5)
    if gate:
        gate.check("gap", 0.5)


@pytest.mark.parametrize(("test", "judged"), [(one_number, 1), (two_numbers, 2), (print, 1), (METRICS.get, 1)])
def test_each_call_of_the_gate_is_a_number(test, judged):
    assert numbers(test) == judged
    rules = {("room", "share"): (AT_LEAST,), ("room", "gap"): (WITHIN,)}
    counted = bounds([("room", "one", "val", numbers(test))], Thresholds(Path("t"), "mini", rules), METRICS)
    assert counted == {1: 2, 2: 3}[judged]  # the two sides of the gap, and that of the share


def test_the_error_of_one_bound():
    assert Family(0.05, 200).each == 0.05 / 200
    assert Family(0.05, 0).each == 0.05
    told = "of 200 bounds of this run each errs with at most 0.00025, and all of them together with at most 0.05"
    assert told in Family(0.05, 200).sentence


def test_of_200_models_at_their_limits_one_in_20_runs_has_a_false_alarm():
    """Each is right in .9 of 1,000 images, which is what its rule demands; at .05 each, hardly a run would be green."""
    runs = np.random.default_rng(0).binomial(1000, 0.9, size=(2000, 200))
    found = {}
    for alpha in (0.05, Family(0.05, 200).each):
        highs = np.array([clopper_pearson(right, 1000, alpha=alpha).high for right in range(1001)])
        found[alpha] = (highs[runs] < 0.9).any(axis=1).mean()
    assert found[0.05] > 0.99
    assert 0.02 < found[0.05 / 200] <= 0.05 + 3 * np.sqrt(0.05 / 2000)

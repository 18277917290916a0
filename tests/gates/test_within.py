"""What a rule may set beside its bounds, and what a test that searches is told of the rule."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from behaviors.contract.gate import Demand
from behaviors.contract.measurement import Metric
from fixtures.core.errors import InputError
from fixtures.gates.gate import Gate
from fixtures.gates.thresholds import Thresholds, load
from fixtures.predictions.request import Request


@dataclass(frozen=True)
class Reach:
    far: float = 1.0
    wide: bool = False

    def __post_init__(self):
        if self.far < 0:
            raise ValueError(f"far {self.far:g} is below 0")


METRICS = {
    "room": {
        "searched": Metric("Searched", "fraction", "higher", lowest=0, highest=1, within=Reach),
        "plain": Metric("Plain", "fraction", "higher", lowest=0, highest=1),
    }
}


def read(tmp_path: Path, text: str) -> Thresholds:
    path = tmp_path / "thresholds.yaml"
    path.write_text(f"mini:\n  room:\n{text}")
    return load(path, suite_name="mini", models=("vit",), datasets=("val", "wide"), metrics=METRICS)


def demand(thresholds: Thresholds, metric: str, dataset: str = "wide") -> Demand:
    gate = Gate(
        thresholds=thresholds,
        behavior="room",
        request=Request("vit", dataset),
        metrics=METRICS["room"],
        alpha=0.05,
        strict=False,
        nodeid="a::b",
    )
    return gate.demand(metric)


def test_a_test_is_told_bounds_and_settings(tmp_path):
    law = read(tmp_path, "    searched: {min: 0.9, because: x, within: {far: 2, wide: true}}\n")
    assert demand(law, "searched") == Demand(0.9, None, Reach(2, True))


def test_what_is_not_set_has_its_default(tmp_path):
    law = read(tmp_path, "    searched: {min: 0.9, because: x, dataset: wide}\n    plain: {max: 0.5, because: y}\n")
    assert demand(law, "searched") == Demand(0.9, None, Reach())
    assert demand(law, "searched", "val") == Demand(None, None, Reach())
    assert demand(law, "plain") == Demand(None, 0.5, None)


def test_the_narrowest_rule_sets(tmp_path):
    law = read(
        tmp_path,
        "    searched:\n"
        "      - {min: 0.9, because: x, within: {far: 2}}\n"
        "      - {min: 0.8, because: x, model: vit, within: {wide: true}}\n",
    )
    assert demand(law, "searched") == Demand(0.8, None, Reach(1, True))


@pytest.mark.parametrize(
    "rule",
    [
        "plain: {min: 0.9, because: x, within: {far: 2}}",
        "searched: {min: 0.9, because: x, within: {fat: 2}}",
        "searched: {min: 0.9, because: x, within: {far: -1}}",
        "searched: {min: 0.9, because: x, within: 3}",
        "searched: {because: x, within: {far: 2}}",
    ],
)
def test_a_mistake_is_a_sentence_with_its_line(tmp_path, rule, snapshot):
    with pytest.raises(InputError) as raised:
        read(tmp_path, f"    {rule}\n")
    assert str(raised.value).replace(str(tmp_path), "") == snapshot
    assert "thresholds.yaml:3" in str(raised.value)


def test_an_unknown_metric_has_no_demand(tmp_path):
    with pytest.raises(InputError, match="'seached' is not in METRICS"):
        demand(read(tmp_path, "    plain: {max: 0.5, because: y}\n"), "seached")

"""Rooms are found by looking, not by name."""

import sys
from types import ModuleType

import pytest

from behaviors.contract.measurement import Metric
from fixtures.core.errors import InputError
from fixtures.gates.metrics import heading, known_metrics

METRIC = "from behaviors.contract.measurement import Metric\n"


@pytest.fixture
def rooms(tmp_path, monkeypatch):
    """Make a package of rooms from their ``__init__`` texts."""

    def make(**texts: str) -> ModuleType:
        house = ModuleType("toy_rooms")
        house.__path__ = [str(tmp_path)]
        monkeypatch.setitem(sys.modules, "toy_rooms", house)
        for name, text in texts.items():
            (tmp_path / name).mkdir()
            (tmp_path / name / "__init__.py").write_text(text)
        return house

    yield make
    for name in [name for name in sys.modules if name.startswith("toy_rooms.")]:
        del sys.modules[name]


def test_rooms_with_metrics_are_found_in_alphabetical_order(rooms, tmp_path):
    number = METRIC + 'METRICS = {"number": Metric("A number", "", "lower")}\n'
    house = rooms(zebra=number, ant=number, shelf='"""No metrics here."""\n')
    (tmp_path / "loose.py").write_text(number)
    assert known_metrics(house) == {room: {"number": Metric("A number", "", "lower")} for room in ("ant", "zebra")}
    assert list(known_metrics(house)) == ["ant", "zebra"]


@pytest.mark.parametrize("declared", ["['number']", "{'number': 3}", "{3: Metric('A', '', 'lower')}"])
def test_metrics_that_are_none_are_refused(rooms, declared):
    with pytest.raises(InputError, match=r"behaviors/odd/__init__.py: METRICS must hold a Metric by name"):
        known_metrics(rooms(odd=METRIC + f"METRICS = {declared}\n"))


def test_the_heading_is_the_rooms_own(rooms):
    house = rooms(a='"""Shape or texture: what decides?\n\nMore."""', shape_texture='"""Words."""', none="")
    assert heading("a", house) == "Shape or texture"
    assert heading("shape_texture", house) == "Shape texture"
    assert heading("none", house) == "None"


def test_the_rooms_of_this_checkout_are_found():
    found = known_metrics()
    assert all(isinstance(metric, Metric) for metrics in found.values() for metric in metrics.values())
    if "calibration" in found:
        assert set(found["calibration"]) >= {"ece", "signed_gap", "brier", "nll"}
        assert heading("calibration") == "Calibration"

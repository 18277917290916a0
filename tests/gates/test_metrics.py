"""Rooms are found by looking, not by name."""

import sys

import pytest

from behaviors.contract.measurement import Metric
from fixtures.core import rooms
from fixtures.core.errors import InputError
from fixtures.gates.metrics import heading, known_metrics

METRIC = "from behaviors.contract.measurement import Metric\n"


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """Bring rooms in a folder of their own, by their ``__init__`` texts."""
    folder = tmp_path / "toy_rooms"
    folder.mkdir()
    (folder / "__init__.py").write_text("")

    def make(**texts: str) -> None:
        for name, text in texts.items():
            (folder / name).mkdir()
            (folder / name / "__init__.py").write_text(text)
            if "METRICS" in text:
                (folder / name / f"test_{name}.py").write_text("")
        rooms.bring([("suite.yaml:3: behaviors", "toy_rooms")], tmp_path)

    yield make
    rooms.bring([], tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "toy_rooms"]:
        del sys.modules[name]


def test_rooms_with_metrics_are_found_in_alphabetical_order(bring, tmp_path):
    number = METRIC + 'METRICS = {"number": Metric("A number", "", "lower")}\n'
    (tmp_path / "toy_rooms/loose.py").write_text(number)
    bring(zebra=number, ant=number, shelf='"""No metrics here."""\n')
    brought = {name: metrics for name, metrics in known_metrics().items() if name not in rooms.built_in()}
    assert brought == {room: {"number": Metric("A number", "", "lower")} for room in ("ant", "zebra")}
    assert list(brought) == ["ant", "zebra"]
    assert sorted(rooms.built_in()) == list(rooms.built_in())


@pytest.mark.parametrize("declared", ["['number']", "{'number': 3}", "{3: Metric('A', '', 'lower')}"])
def test_metrics_that_are_none_are_refused(bring, declared):
    bring(odd=METRIC + f"METRICS = {declared}\n")
    with pytest.raises(InputError, match=r"toy_rooms/odd/__init__.py: METRICS must hold a Metric by name"):
        known_metrics()


def test_the_heading_is_the_rooms_own(bring):
    metrics = "\nMETRICS = {}\n"
    bring(
        a=f'"""Shape or texture: what decides?\n\nMore."""{metrics}', two_words=f'"""Words."""{metrics}', none=metrics
    )
    assert heading("a") == "Shape or texture"
    assert heading("two_words") == "Two words"
    assert heading("none") == "None"


def test_the_rooms_of_this_checkout_are_found():
    found = known_metrics()
    assert all(isinstance(metric, Metric) for metrics in found.values() for metric in metrics.values())
    if "calibration" in found:
        assert set(found["calibration"]) >= {"ece", "signed_gap", "brier", "nll"}
        assert heading("calibration") == "Calibration"

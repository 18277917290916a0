"""Sharing a run between workers: which tests go together, who gets which GPU, how many threads."""

import os
from types import SimpleNamespace

import pytest

from fixtures.models.device_name import visible_gpus
from fixtures.plugin import scheduling
from fixtures.plugin.scheduling import Gpus, model_of, share_cpu

MODELS = ("vit", "vit-clip", "convnext-clip")


@pytest.mark.parametrize(
    ("nodeid", "model"),
    [
        ("behaviors/calibration/test_calibration.py::test_ece[vit-clip-val]", "vit-clip"),
        ("behaviors/calibration/test_calibration.py::test_ece[vit-val]", "vit"),
        ("behaviors/findings/test_findings.py::test_x[vit]", "vit"),
        ("tests/test_documents.py::test_plain", None),
        ("tests/test_documents.py::test_other[vitality]", None),
    ],
)
def test_a_test_id_names_its_model(nodeid, model):
    assert model_of(nodeid, MODELS) == model


def test_gpus_go_round_and_a_replacement_takes_the_free_one():
    gpus = Gpus(["0", "1"])
    assert [gpus.take(worker) for worker in ("gw0", "gw1")] == ["0", "1"]
    gpus.give_back("gw0")
    assert gpus.take("gw2") == "0"


def test_more_workers_than_gpus_share_them_evenly():
    gpus = Gpus(["0", "1"])
    assert [gpus.take(f"gw{index}") for index in range(5)] == ["0", "1", "0", "1", "0"]


def test_without_gpus_there_is_none_to_hand_out():
    assert Gpus([]).take("gw0") is None


def test_the_users_own_choice_of_gpus_is_respected(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")
    assert visible_gpus() == ["3", "5"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert visible_gpus() == []


def test_workers_share_the_threads_unless_the_user_set_a_number(monkeypatch):
    monkeypatch.setattr(scheduling, "cpus", lambda: 8)
    monkeypatch.setattr(os, "environ", {"MKL_NUM_THREADS": "5"})
    share_cpu(3)
    assert os.environ == {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "5"}


GROUPED = """
import os, pytest
from behaviors.contract.measurement import Measurement

@pytest.mark.parametrize("again", range(4))
@pytest.mark.predictions("val")
def test_worker(predictions, gate, again, record_property):
    record_property("where", predictions.model + "@" + os.environ["PYTEST_XDIST_WORKER"])
    record_property("threads", os.environ["OMP_NUM_THREADS"])
    gate.check("number", Measurement(0.5, len(predictions)))
"""


def test_all_tests_of_a_model_run_on_one_worker(house):
    suite = house.suite()
    house.room("rigged", GROUPED, '"number": Metric("A number", "fraction", "lower")')
    house.thresholds("small: {policy: point, rigged: {number: {max: 0.6, because: test}}}")
    models = [word for name in ("a", "b", "c") for word in ("--model", f"{name}=predictions:small-one.csv")]
    ran = house.pytest("behaviors/rigged", "--suite", suite, "-n", "2", *models, "--junitxml", "junit.xml")
    assert ran.code == 0, ran.output
    junit = (house.path / "junit.xml").read_text()
    places = {line.split('value="')[1].split('"')[0] for line in junit.split("<property ") if 'name="where"' in line}
    assert len(places) == 3, places
    assert 'name="threads" value="1"' in junit or scheduling.cpus() > 3


@pytest.mark.parametrize(
    ("chosen", "gpus", "available", "told"),
    [
        ("cpu", ["0"], True, "cpu"),
        ("auto", [], True, "auto (cpu)"),
        ("auto", ["0"], False, "auto (cpu)"),
        ("auto", ["0"], True, "auto (cuda:0)"),
        ("auto", ["0"], None, "auto (cuda:0 if torch can use it)"),
    ],
)
def test_the_device_is_told_as_resolved(monkeypatch, chosen, gpus, available, told):
    monkeypatch.setattr(scheduling, "visible_gpus", lambda: gpus)
    torch = None if available is None else SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: available))
    monkeypatch.setattr(scheduling, "sys", SimpleNamespace(modules={"torch": torch}))
    assert scheduling.told_device(chosen) == told

"""What a model could not be asked is found out once."""

import json

import pytest

from fixtures.core import remarks
from fixtures.predictions import refusals
from fixtures.predictions.refusals import Refusals


def test_a_reason_is_remembered_between_runs(tmp_path):
    Refusals(tmp_path / "refusals").remember("abc", "too small")
    assert Refusals(tmp_path / "refusals").recall("abc") == "too small"
    assert Refusals(tmp_path / "refusals").recall("abd") is None


def test_other_libraries_are_given_another_chance(tmp_path, monkeypatch):
    Refusals(tmp_path).remember("abc", "too small")
    monkeypatch.setattr(refusals, "installed", lambda library: "99.0")
    assert Refusals(tmp_path).recall("abc") is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"reason": 3}', json.dumps({"reason": "x", "libraries": {}})])
def test_a_damaged_file_is_no_refusal(tmp_path, content):
    (tmp_path / "abc.sealed.json").write_text(content)
    assert Refusals(tmp_path).recall("abc") is None
    [remark] = remarks.take()
    assert remark.startswith("abc.sealed.json was damaged: ")
    assert Refusals(tmp_path).recall("abc") is None
    assert not remarks.take()


def test_no_network_is_loaded_again_to_be_refused(house):
    room = """
import sys
import pytest
from behaviors.contract.predictions import NoView


@pytest.mark.predictions("wide", views=("resolution(size=56)",))
def test_toy(answers, gate):
    try:
        answers(view="resolution(size=56)")
    except NoView as reason:
        gate.does_not_apply("share", f"{reason}; torch loaded: {'torch' in sys.modules}")
"""
    house.room("toy", room, '"share": Metric("A share", "fraction", "higher")')
    house.thresholds("mini: {}\n")
    options = ("-k", "test_toy", "--model", "convnext-sup", "-rs", f"--store={house.path}/store")
    first, again = (house.pytest(*options, fresh=True) for _ in range(2))
    assert "does not run on images of 16x16 pixels" in first.output, first.output
    assert "torch loaded: True" in first.output
    assert "does not run on images of 16x16 pixels" in again.output
    assert "torch loaded: False" in again.output

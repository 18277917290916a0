"""A small part of the campaign of ``benchmarks/reliability``: the whole of it takes minutes and is run by hand."""

import subprocess
import sys

import pytest

from benchmarks.reliability import bad_inputs, damages, false_green
from benchmarks.reliability.runs import Asked, Ended
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("part", "scale"), [("damages", "0.02"), ("inputs", "0.015"), ("green", "0.03"), ("kills", "0.02")]
)
def test_a_part_of_the_campaign_finds_nothing(part, scale):
    command = [sys.executable, "-m", "benchmarks.reliability", part, "--scale", scale]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "|" in done.stdout


def test_there_are_as_many_inputs_and_attempts_as_are_promised():
    assert len(list(bad_inputs.every())) >= 300
    assert len(false_green.SITUATIONS) * len(false_green.TRICKS) >= 100


@pytest.mark.parametrize("way", damages.WAYS)
def test_a_damage_changes_what_is_there(way, tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(f'{{"{name}": 12}}')
    path = tmp_path / "a.json"
    way(path, 0.5, [tmp_path / "b.json"])
    same = path.is_file() and not path.is_symlink() and path.read_text() == '{"a": 12}'
    assert not same


def test_what_a_fork_read_is_judged(tmp_path):
    def fails(root):
        raise ValueError("inside")

    forgettable = damages.FORGETTABLE[0]
    sound = {"a": "1", forgettable: "x"}
    assert damages.read_in_fork(lambda root: dict(sound), tmp_path, sound)[0] == damages.SAME
    assert damages.read_in_fork(lambda root: sound | {forgettable: ""}, tmp_path, sound)[0] == damages.SAME
    assert damages.read_in_fork(lambda root: sound | {"a": "2"}, tmp_path, sound)[0] == damages.WRONG
    assert damages.read_in_fork(fails, tmp_path, sound)[0] == damages.TRACED


def test_the_inside_of_the_program_is_recognised():
    asked = Asked("", ())
    assert Ended(asked, 1, "Traceback (most recent call last):\n").traced
    assert Ended(asked, 1, "E   assert 1 == 2\n").traced
    assert not Ended(asked, 1, "E                    [100%]\nERROR: rules.yaml:1: unknown\n").traced

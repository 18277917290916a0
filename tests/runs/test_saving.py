"""``--save-run``: what is kept, that it is all or nothing, and that nothing is overwritten."""

import json
import re
import subprocess

from tests.runs import toy


def test_what_is_kept(kept):
    folder = kept[0].path / "runs" / "a"
    record = json.loads((folder / "run.json").read_text())
    assert record["suite"] == "small"
    assert record["models"]["one"]["preprocessing"] == "recorded"
    assert record["datasets"]["val"]["images"] == 200
    assert record["tests"] == {"collected": 3, "reported": 3, "outcomes": {"passed": 3}, "unmeasured": []}
    assert {check["metric"] for check in json.loads((folder / "checks.json").read_text())} == {"right", "loss", "whole"}
    assert len(list((folder / "evidence").iterdir())) == 2, "of single images 'whole' says nothing"
    assert len(list((folder / "images").iterdir())) == 1, "the ids are kept once"
    assert len(list((folder / "predictions").iterdir())) == 1
    assert list((kept[0].path / "runs").iterdir()) == [folder], "nothing is left beside it"


def test_the_checksums_are_those_of_sha256sum(kept):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=kept[0].path / "runs" / "a",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 7, "record, checks, 2 of evidence, ids, predictions, answers"


def test_two_runs_of_the_same_differ_in_the_time_only(kept):
    house, suite = kept
    assert toy.ran(house, suite, "--save-run", "runs/b", "-n", "2").code == 0
    first, second = (
        {
            path.relative_to(house.path / "runs" / name): re.sub(rb'"created": ".*"', b"", path.read_bytes())
            for path in (house.path / "runs" / name).rglob("*")
            if path.is_file() and path.name != "SHA256SUMS"
        }
        for name in "ab"
    )
    assert first == second


def test_nothing_is_overwritten(kept):
    house, suite = kept
    before = (house.path / "runs/a/SHA256SUMS").read_bytes()
    done = toy.ran(house, suite, "--save-run", "runs/a")
    assert done.code == 4
    assert "is not empty; nothing is overwritten" in done.output
    assert "test session starts" not in done.output
    assert (house.path / "runs/a/SHA256SUMS").read_bytes() == before


def test_a_file_is_no_place_for_a_run(kept):
    house, suite = kept
    done = toy.ran(house, suite, "--save-run", "small.yaml")
    assert done.code == 4
    assert "is a file, not a folder" in done.output
    under = toy.ran(house, suite, "--save-run", "small.yaml/run")
    assert under.code == 4
    assert "small.yaml is no folder that can be written to" in under.output


def test_an_empty_folder_will_do(house):
    suite = toy.furnish(house)
    (house.path / "mine").mkdir()
    assert toy.ran(house, suite, "--save-run", "mine").code == 0
    assert (house.path / "mine" / "run.json").is_file()


def test_a_killed_run_leaves_nothing(house, tmp_path):
    suite = toy.furnish(house, room=toy.ROOM + "    os.kill(os.getpid(), signal.SIGKILL)\n")
    done = toy.ran(house, suite, "--save-run", "runs/a", TMPDIR=str(tmp_path))
    assert done.code == -9
    assert not (house.path / "runs").exists()


def test_a_run_with_errors_is_kept_and_says_so(house):
    suite = toy.furnish(house, room=toy.ROOM.replace("predictions.confidence.max()", "float('nan')"))
    done = toy.ran(house, suite, "--save-run", "runs/a")
    assert done.code == 1
    record = json.loads((house.path / "runs/a/run.json").read_text())
    assert record["tests"]["unmeasured"] == ["behaviors/toy/test_toy.py::test_whole[one-val]"]
    again = toy.ran(house, suite, "--baseline", "runs/a", "-k", "not whole")
    assert again.code == 0, again.output
    assert "--baseline runs/a: 1 of its tests measured nothing (behaviors/toy/test_toy.py::test_whole" in again.output


def test_a_run_that_was_cut_short_says_so(house):
    suite = toy.furnish(house, room=toy.ROOM.replace("right = predictions.correct", "assert len(predictions) == 0"))
    done = toy.ran(house, suite, "--save-run", "runs/a", "-x")
    assert done.code == 1
    assert "nothing was measured, so there is nothing to keep" in done.output
    (house.path / "behaviors/toy/test_toy.py").write_text(toy.ROOM.replace("loss.mean()", "float('nan')"))
    assert toy.ran(house, suite, "--save-run", "runs/a", "-x").code == 1
    (house.path / "behaviors/toy/test_toy.py").write_text(toy.ROOM)
    again = toy.ran(house, suite, "--baseline", "runs/a")
    assert "--baseline runs/a: only 2 of its 3 tests ran to their end" in again.output
    assert "--baseline runs/a: lacks 2 measurements of this run: toy.loss, toy.whole" in again.output


def test_nothing_is_written_where_nothing_is_asked_for(house, tmp_path):
    suite = toy.furnish(house)
    assert toy.ran(house, suite, TMPDIR=str(tmp_path)).code == 0
    assert toy.ran(house, suite, "--save-run", "runs/a", "--collect-only", TMPDIR=str(tmp_path)).code == 0
    assert toy.ran(house, suite, "--save-run", "runs/b", TMPDIR=str(tmp_path)).code == 0
    assert not (house.path / "runs/a").exists()
    assert list(tmp_path.glob("behaviors-*")) == [], "and what was written on the way is gone"


def test_an_interrupted_run_is_not_kept_and_the_same_command_goes_on(house):
    suite = toy.furnish(house, room=toy.ROOM.replace("predictions.confidence.max()", "int(pytest.exit('enough'))"))
    done = toy.ran(house, suite, "--save-run", "runs/a", "--results=r.json")
    assert done.code == 2, done.output
    assert "the run did not come to its end, so it is not kept" in done.output
    assert not (house.path / "runs/a").exists()
    (house.path / "behaviors/toy/test_toy.py").write_text(toy.ROOM)
    assert toy.ran(house, suite, "--save-run", "runs/a").code == 0


def test_what_a_killed_run_left_is_swept_by_the_next(house, tmp_path):
    suite = toy.furnish(house, room=toy.ROOM + "    os.kill(os.getpid(), signal.SIGKILL)\n")
    assert toy.ran(house, suite, "--save-run", "runs/a", fresh=True, TMPDIR=str(tmp_path)).code == -9
    assert len(list(tmp_path.glob("behaviors-*"))) == 1
    (house.path / "behaviors/toy/test_toy.py").write_text(toy.ROOM)
    assert toy.ran(house, suite, fresh=True, TMPDIR=str(tmp_path)).code == 0
    assert not list(tmp_path.glob("behaviors-*"))

"""Processes that share a store: one predicts, the others wait; what a killed one finished is not lost."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from fixtures.core import locks
from fixtures.core.errors import InputError
from fixtures.predictions import buffer, checksummed_parquet, partial
from fixtures.predictions.progress import Silent
from fixtures.predictions.request import Request
from tests.predictions.fakes import noise, provider, shelf
from tests.predictions.slow_run import counting

ROOT = Path(__file__).resolve().parents[2]
ASK = Request("one", "noise")


class Heard(Silent):
    def __init__(self):
        self.said, self.updates = [], []

    def say(self, text):
        self.said.append(text)

    def start(self, title, total, done=0):
        self.updates.append(done)

    def update(self, done):
        self.updates.append(done)


def start(root: Path, log: Path, seconds: float) -> subprocess.Popen[bytes]:
    """A process that predicts 5 images at a time; comes back when it is at work."""
    command = [sys.executable, "-m", "tests.predictions.slow_run", str(root), str(log), str(seconds)]
    process = subprocess.Popen(command, cwd=ROOT)
    deadline = time.monotonic() + 120
    while len(counted(log)) < 2:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def counted(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def test_one_process_predicts_and_the_other_waits_and_reads(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE", 0.05)
    root, log = tmp_path / "store", tmp_path / "log"
    process, heard = start(root, log, 0.1), Heard()
    other = provider(root, shelf("two"))
    assert len(other.get(Request("two", "noise"))) == 50  # another key is not held up
    assert not list(root.glob("one__*.parquet"))
    here = provider(root, counting(log), progress=heard)
    answer = here.get(ASK)
    assert process.wait() == 0
    assert sum(counted(log)) == 50
    assert here.log[0].predicted == 0
    assert heard.said == ["one on noise: predicted by another run"]
    assert len(answer) == 50


def test_a_killed_run_goes_on_where_it_was_with_the_same_result(tmp_path):
    root, log, heard = tmp_path / "store", tmp_path / "log", Heard()
    process = start(root, log, 0.1)
    process.kill()  # SIGKILL: it has no chance to clean up, and it holds the lock
    process.wait()
    (folder,) = root.glob("*.partial")
    done = sum(stop - start for start, stop in partial.spans(folder))
    assert 0 < done < 50
    here = provider(root, counting(log), batch_size=5, progress=heard)
    assert here.state(ASK).status == "partial"
    assert here.state(ASK).done == done
    answer = here.get(ASK)
    assert here.log[0].predicted == 50 - done
    assert 50 <= sum(counted(log)) <= 55  # what was being predicted when the process died is done again
    assert heard.updates == list(range(done, 51, 5))
    assert not folder.exists()
    whole = provider(tmp_path / "other", shelf("one"), batch_size=5).get(ASK)
    for name in ("ids", "labels", "top_classes", "top_probabilities", "label_log_probability", "log_sum_exp"):
        assert np.array_equal(getattr(answer, name), getattr(whole, name)), name


class Stop(BaseException):
    pass


def interrupted(root, monkeypatch, seconds=0.0, at=31, **dataset):
    """A run that stops at image ``at``; returns its parts."""

    def stop(index):
        if index == at:
            raise Stop

    monkeypatch.setattr(partial, "SECONDS", seconds)
    with pytest.raises(Stop):
        provider(root, shelf("one"), noise(loaded=stop, **dataset), batch_size=5).get(ASK)
    (folder,) = root.glob("*.partial")
    return sorted(folder.iterdir())


def test_ctrl_c_keeps_what_is_finished(tmp_path, monkeypatch):
    (part,) = interrupted(tmp_path, monkeypatch, seconds=1000.0)
    assert part.name == "000000000-000000030.parquet"


def cut(path):
    path.write_bytes(path.read_bytes()[:200])


def flip(path):
    content = bytearray(path.read_bytes())
    content[30] ^= 1
    path.write_bytes(content)


def swap(path):
    table, facts = checksummed_parquet.read(path)
    checksummed_parquet.write(path, [table], {**facts, "key": "0" * 64})


def folder(path):
    path.unlink()
    path.mkdir()


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def neighbour(path):
    path.write_bytes(path.with_name("000000015-000000020.parquet").read_bytes())


@pytest.mark.parametrize("damage", [cut, flip, swap, folder, pipe, neighbour])
def test_a_damaged_part_is_noticed_and_predicted_again(tmp_path, monkeypatch, damage):
    parts = interrupted(tmp_path, monkeypatch)
    assert [part.name for part in parts] == [f"{start:09d}-{start + 5:09d}.parquet" for start in range(0, 30, 5)]
    damage(parts[2])
    again = provider(tmp_path, shelf("one"), batch_size=5)
    answer = again.get(ASK)
    assert again.log[0].predicted == 25  # the parts behind it stay
    (remark,) = again.remarks
    assert remark.startswith("000000010-000000015.parquet of ")
    assert "was damaged" in remark
    assert (tmp_path / "damaged" / parts[2].name).exists()
    whole = provider(tmp_path / "other", shelf("one"), batch_size=5).get(ASK)
    assert np.array_equal(answer.top_probabilities, whole.top_probabilities)
    assert np.array_equal(answer.ids, whole.ids)


def test_unreadable_images_are_remembered_across_an_interruption(tmp_path, monkeypatch):
    interrupted(tmp_path, monkeypatch, broken=(3,), tolerance=0.1)
    again = provider(tmp_path, shelf("one"), noise(broken=(3,), tolerance=0.1), batch_size=5)
    assert len(again.get(ASK)) == 49
    assert again.log[0].predicted == 20
    assert list(again.log[0].unreadable) == ["folder/00003.png"]


def test_whole_distributions_survive_too_and_are_written_in_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(checksummed_parquet, "ROW_GROUP", 1000)
    interrupted(tmp_path, monkeypatch, keep_probabilities=True)
    answer = provider(tmp_path, shelf("one"), noise(keep_probabilities=True), batch_size=5).get(ASK)
    assert answer.probabilities.shape == (50, 7)
    np.testing.assert_allclose(answer.probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(answer.probabilities.max(axis=1), answer.confidence)


def test_more_rows_than_memory_may_hold_are_set_down(tmp_path, monkeypatch):
    monkeypatch.setattr(buffer, "BYTES", 2000)  # 17 rows
    parts = interrupted(tmp_path, monkeypatch, seconds=1000.0)
    assert [part.name for part in parts] == ["000000000-000000015.parquet", "000000015-000000030.parquet"]
    assert len(provider(tmp_path, shelf("one"), batch_size=5).get(ASK)) == 50


def test_a_part_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch):
    def full(path, tables, facts):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(partial, "SECONDS", 0.0)
    monkeypatch.setattr(checksummed_parquet, "_write", full)
    with pytest.raises(InputError, match=r"predictions cannot be written to .*No space left on device"):
        provider(tmp_path, shelf("one")).get(ASK)


def test_what_is_in_the_way_of_parts_and_locks_is_put_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(partial, "SECONDS", 0.0)
    asked = provider(tmp_path, shelf("one"))
    key = asked.state(ASK).key[:12]
    (tmp_path / f"{key}.partial").write_text("in the way")
    (tmp_path / ".locks" / f"{key}.lock" / "below").mkdir(parents=True)
    assert len(asked.get(ASK)) == 50
    assert (tmp_path / "damaged" / f"{key}.partial").read_text() == "in the way"
    assert (tmp_path / ".locks" / f"{key}.lock").is_file() or not (tmp_path / ".locks" / f"{key}.lock").exists()
    assert asked.remarks == [f"{key}.partial was no folder; it is kept in {tmp_path / 'damaged'}"]


def test_a_read_only_store_is_read(tmp_path):
    provider(tmp_path, shelf("one")).get(ASK)
    for path in sorted((tmp_path / ".locks").iterdir()):
        path.unlink()
    (tmp_path / ".locks").rmdir()
    provider(tmp_path, shelf("one")).get(ASK)
    assert not (tmp_path / ".locks").exists()  # reading takes no lock and makes no folder


def test_threads_that_ask_for_the_same_thing_predict_it_once(tmp_path):
    log = tmp_path / "log"
    asked = [provider(tmp_path / "store", counting(log, 0.02), batch_size=5) for _ in range(3)]
    threads = [threading.Thread(target=one.get, args=(ASK,)) for one in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counted(log)) == 50
    assert sorted(one.log[0].predicted for one in asked) == [0, 0, 50]

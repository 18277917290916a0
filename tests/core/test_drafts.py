"""Half-written files of dead processes are swept, of living ones they are not; nothing is written through a link."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from fixtures.core import drafts, files
from tests.conftest import ROOT

WRITING = """
import sys, time
from pathlib import Path
from fixtures.core.drafts import draft_of, temporary_folder

with draft_of(Path(sys.argv[1])) as file, draft_of(Path(sys.argv[2]), folder=True) as folder:
    file.write_bytes(b"half")
    (folder / "half").write_bytes(b"half")
    (temporary_folder() / "half").write_bytes(b"half")
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path / "tmp"


def left(*folders: Path) -> int:
    return sum(len(list(folder.iterdir())) for folder in folders)


def test_a_killed_process_is_cleaned_up_after_and_a_living_one_is_not_disturbed(tmp_path, temporary):
    place = tmp_path / "store"
    place.mkdir()
    command = [sys.executable, "-c", WRITING, str(place / "a.json"), str(place / "run")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"writing\n"
        assert (left(place), left(temporary)) == (2, 1)
        drafts.sweep(place)
        assert (left(place), left(temporary)) == (2, 1), "its owner lives"
        process.send_signal(signal.SIGKILL)
    assert (left(place), left(temporary)) == (2, 1), "nobody could clean up"
    drafts.sweep(place)
    assert (left(place), left(temporary)) == (0, 0)


def test_kills_at_any_moment_leave_the_old_or_the_new_content(tmp_path, temporary):
    path = tmp_path / "kept"
    path.write_bytes(b"0" * 200_000)
    code = (
        "import sys, itertools; from pathlib import Path; from fixtures.core.files import replace; print(flush=True)\n"
        "for n in itertools.count(): replace(Path(sys.argv[1]), str(n % 10).encode() * 200_000)"
    )
    for pause in (0.0, 0.003, 0.01, 0.02, 0.05):
        with subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(pause)
            process.kill()
        content = path.read_bytes()
        assert len(content) == 200_000
        assert len(set(content)) == 1
        drafts.sweep(tmp_path)
        assert sorted(entry.name for entry in tmp_path.iterdir()) == ["kept", "tmp"]


def test_sweeping_while_others_write_takes_nothing_from_them(tmp_path, temporary):
    stop = threading.Event()

    def sweeping() -> None:
        while not stop.is_set():
            drafts.sweep(tmp_path)

    sweeper = threading.Thread(target=sweeping)
    sweeper.start()
    try:
        for number in range(300):
            files.replace(tmp_path / "kept", b"%d" % number)
            assert (tmp_path / "kept").read_bytes() == b"%d" % number
    finally:
        stop.set()
        sweeper.join()


def test_a_folder_that_is_swept_before_it_is_held_is_made_again(temporary, monkeypatch):
    """Another process saw it between its making and its lock."""
    make, swept = os.mkdir, []

    def made_and_swept(path, mode):
        make(path, mode)
        if not swept:
            swept.append(path)
            os.rmdir(path)

    monkeypatch.setattr(os, "mkdir", made_and_swept)
    path = drafts.temporary_folder()
    assert path.is_dir()
    assert path not in swept
    drafts.give_back(path)


def test_what_others_called_so_stays(tmp_path, temporary):
    names = (".a.123.draft", "a.0123456789abcdef.draft", ".a.0123456789abcdef.txt", "behaviors-0123456789abcdef")
    for name in names:
        (tmp_path / name).write_bytes(b"")
    (temporary / "behaviors-mine").mkdir()
    (tmp_path / ".a.fedcba9876543210.draft").symlink_to(tmp_path / names[0])
    drafts.sweep(tmp_path)
    assert all((tmp_path / name).exists() for name in names)
    assert (temporary / "behaviors-mine").is_dir()


def test_nothing_is_written_through_a_link(tmp_path, monkeypatch):
    target, path = tmp_path / "target", tmp_path / "kept"
    target.write_bytes(b"precious")
    tokens = iter(["0" * 16, "1" * 16, "2" * 16])
    monkeypatch.setattr(drafts.secrets, "token_hex", lambda size: next(tokens))
    (tmp_path / f".kept.{'0' * 16}.draft").symlink_to(target)
    with pytest.raises(FileExistsError):
        files.replace(path, b"new")
    files.replace(path, b"new")
    assert (target.read_bytes(), path.read_bytes()) == (b"precious", b"new")
    path.unlink()
    path.symlink_to(target)
    files.replace(path, b"newer")
    assert (target.read_bytes(), path.read_bytes()) == (b"precious", b"newer")


def test_only_files_are_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, what in (("folder", "a folder"), ("pipe", "a pipe")):
        with pytest.raises(OSError, match=f"there is {what}, which is not replaced"):
            files.replace(tmp_path / name, b"")
    assert left(tmp_path) == 2


def test_a_long_name_has_a_draft_too(tmp_path):
    files.replace(tmp_path / ("ä" * 127), b"x")
    assert left(tmp_path) == 1


def test_the_mode_is_what_the_user_set(tmp_path):
    before = os.umask(0o027)
    try:
        files.replace(tmp_path / "kept", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o640


def test_what_is_no_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zeros").symlink_to("/dev/zero")
    (tmp_path / "self").symlink_to("self")
    for name, what in (("pipe", "a pipe"), ("zeros", "a device"), ("self", "a link"), ("", "a folder")):
        with pytest.raises(files.Damaged, match=what):
            files.read(tmp_path / name)

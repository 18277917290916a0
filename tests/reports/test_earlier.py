"""A report of an earlier run never survives one that is refused or dies; and only regular files are replaced."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.reports import destination
from fixtures.reports.earlier import check_kept, take_away
from tests.conftest import ROOT
from tests.runs import toy

REPORTS = ("--results", "--summary", "--junitxml", "--suggest-thresholds")


@pytest.fixture(scope="module")
def rigged(tmp_path_factory, make_house):
    """A house with a room, and its suite."""
    house = make_house(tmp_path_factory.mktemp("earlier"))
    return house, toy.furnish(house)


@pytest.mark.parametrize(
    "refused",
    [
        ["--no-such-option"],
        ["--precision=fp13"],
        ["--max-images=none"],
        ["--suite=nosuch"],
        ["--model=nosuch"],
        ["--thresholds=nosuch.yaml"],
        ["--baseline=nosuch/run"],
    ],
)
def test_none_survives_a_run_that_is_refused(rigged, refused):
    house, suite = rigged
    for option in REPORTS:
        (house.path / f"{option[2:]}.diff").write_text("an earlier run: all green")
    named = [f"{option}={option[2:]}.diff" for option in REPORTS[:2]]
    apart = [text for option in REPORTS[2:] for text in (option, f"{option[2:]}.diff")]
    done = toy.ran(house, suite, *named, *apart, *refused)
    assert done.code == 4, done.output
    left = [path.read_text() for path in house.path.glob("*.diff")]
    assert not [text for text in left if "all green" in text], "the page of the summary may say that it was refused"


def test_one_that_is_refused_later_says_so_itself(rigged):
    house, suite = rigged
    (house.path / "results.json").write_text("an earlier run: all green")
    done = toy.ran(house, suite, "--results=results.json", "nosuch/test_file.py")
    assert done.code == 4
    assert '"exit_code": 4' in (house.path / "results.json").read_text()


def test_none_survives_a_run_that_dies(house):
    suite = toy.furnish(house, room=toy.ROOM + "    os.kill(os.getpid(), signal.SIGKILL)\n")
    (house.path / "results.json").write_text("an earlier run: all green")
    assert toy.ran(house, suite, "--results=results.json").code == -9
    assert not (house.path / "results.json").exists()


@pytest.mark.parametrize("telling", ["--collect-only", "--plan", "--behaviors-help", "--help"])
def test_what_measures_nothing_takes_nothing_away(rigged, telling):
    house, suite = rigged
    (house.path / "results.json").write_text("an earlier run")
    toy.ran(house, suite, "--results=results.json", telling)
    assert (house.path / "results.json").read_text() == "an earlier run"


def test_what_is_brought_in_is_never_taken_away(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # a worker takes nothing away
    for name in ("rules.yaml", "data.csv", "weights.pt", "suite.yaml"):
        (tmp_path / name).write_text("precious")
    take_away(["--results=rules.yaml", "--thresholds", "rules.yaml"], [tmp_path])
    take_away(["--results=suite.yaml"], [tmp_path])
    take_away(["--model=one=predictions:data.csv", "--results", "data.csv"], [tmp_path])
    take_away(["--model=one=timm:vit?checkpoint=weights.pt&key=a", "--summary=./weights.pt"], [tmp_path])
    assert len(list(tmp_path.iterdir())) == 4
    take_away(["--results=data.csv"], [tmp_path])
    assert len(list(tmp_path.iterdir())) == 3


@pytest.fixture
def _no_worker(monkeypatch):
    """A worker takes nothing away."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


SUITE = """suite: s
models: {m: 'predictions:said.csv?datasets=val', several: predictions:all of them}
datasets:
  val: {labels: "a list.csv", path: photos}
"""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("said.csv", b"file_name,logit_0\n", "is read by this run"),
        ("a list.csv", b"file_name,label\n", "is read by this run"),
        ("all of them/val.csv", b"file_name,logit_0\n", "is read by this run"),
        ("weights.pt", b"PK\x03\x04\0\0", "holds no text"),
        ("image.png", b"\x89PNG\r\n\x1a\n\0\0", "holds no text"),
        ("model.py", b"import torch\n", "is called .py, as files are that people write"),
        ("run/checks.json", b"{}", "belongs to a saved run"),
    ],
)
@pytest.mark.parametrize("option", ["--results", "--summary", "--csv", "--html", "--junitxml"])
@pytest.mark.usefixtures("_no_worker")
def test_what_is_no_report_is_neither_taken_away_nor_replaced(option, name, content, said, tmp_path):
    (tmp_path / "suite.yaml").write_text(SUITE)
    (tmp_path / "all of them").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "SHA256SUMS").write_text("0123  checks.json\n")
    (tmp_path / name).write_bytes(content)
    arguments = ["--suite", str(tmp_path / "suite.yaml"), f"{option}={name}"]
    take_away(arguments, [tmp_path])
    assert (tmp_path / name).read_bytes() == content
    with pytest.raises(InputError, match=f"{option} .*{name}: {said}, so it is no report of an earlier run"):
        check_kept(arguments, [tmp_path])
    check_kept([*arguments, "--collect-only"], [tmp_path])


def test_a_recording_that_a_report_was_to_replace_stays_as_it_is(rigged):
    house, suite = rigged
    before = {path: path.read_bytes() for path in house.path.rglob("*.csv")}
    recorded = next(path for path in before if path.name in Path(suite).read_text())
    for option in ("--results", "--summary"):
        for more in ([], ["--model=nosuch"]):
            done = toy.ran(house, suite, f"{option}={recorded}", *more)
            assert done.code == 4, done.output
    assert {path: path.read_bytes() for path in house.path.rglob("*.csv")} == before


def test_only_files_are_taken_away(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "target").write_text("an earlier run")
    (tmp_path / "link").symlink_to("target")
    take_away(
        [f"--results={tmp_path / name}" for name in ("pipe", "folder", "self", "nothing", "x" * 5000)], [tmp_path]
    )
    take_away(["--results", "pipe", "--summary=folder", "--reproduce=self", "--results="], [tmp_path])
    assert len(list(tmp_path.iterdir())) == 5
    take_away(["--results=link"], [tmp_path])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "link", "pipe", "self"]


def test_a_device_is_written_to_and_stays_one(rigged):
    house, suite = rigged
    os.mknod(house.path / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3)) if os.getuid() == 0 else None
    device = "null" if os.getuid() == 0 else os.devnull
    assert toy.ran(house, suite, f"--results={device}").code == 0
    assert (house.path / device).is_char_device()


@pytest.mark.parametrize("stream", ["/dev/stdout", "/dev/fd/2", "/proc/self/fd/1"])
def test_the_log_behind_a_stream_is_neither_taken_away_nor_replaced(stream, tmp_path):
    log = tmp_path / "log.txt"
    code = "import sys; from pathlib import Path; from fixtures.reports import destination, earlier; "
    code += (
        "name = sys.argv[1]; earlier.take_away([f'--summary={name}'], [Path.cwd()]); print('still here', flush=True); "
    )
    code += "destination.check_writable([('--summary', Path(name))], {})"
    with log.open("w") as out:
        ran = subprocess.run([sys.executable, "-c", code, stream], cwd=ROOT, stdout=out, stderr=out, check=False)
    assert ran.returncode == 1
    assert "still here" in log.read_text()
    assert f"--summary {stream}: is an open stream of a process, not a file" in log.read_text()


def test_a_link_leads_to_the_report(rigged):
    house, suite = rigged
    (house.path / "real").mkdir()
    (house.path / "linked.json").symlink_to("real/results.json")
    for _ in range(2):
        assert toy.ran(house, suite, "--results=linked.json").code == 0
        assert (house.path / "linked.json").is_symlink()
        assert '"exit_code": 0' in (house.path / "real" / "results.json").read_text()


def test_pipes_and_the_like_are_refused_before_anything_is_measured(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "to-pipe").symlink_to("pipe")
    for name, what in (("pipe", "a pipe"), ("to-pipe", "a pipe"), ("self", "a link that leads to itself")):
        with pytest.raises(InputError, match=f"--results .*{name}: is {what}, not a file"):
            destination.check_writable([("--results", tmp_path / name)], {})
    with pytest.raises(InputError, match="is a pipe, not a file"):
        destination.append(tmp_path / "pipe", "text")
    assert (tmp_path / "pipe").is_fifo()


def test_a_draft_that_somebody_else_left_or_planted_does_no_harm(rigged):
    house, suite = rigged
    (house.path / "precious").write_text("precious")
    for number in range(1, 40_000, 997):
        (house.path / f".out.json.{number}.draft").symlink_to("precious")
        (house.path / f".run.{number}.draft").mkdir()
    done = toy.ran(house, suite, "--results=out.json", "--save-run=run")
    assert done.code == 0, done.output
    assert (house.path / "precious").read_text() == "precious"
    assert (house.path / "run" / "SHA256SUMS").is_file()

"""Progress: readable on a terminal, absent from logs, and collected from workers."""

import io
import json
import os
import re
import time
from contextlib import contextmanager

from fixtures.predictions.progress import DELAY, Line, Silent, TerminalProgress, Whole, fitted, for_stream, meter
from fixtures.predictions.request import Request
from fixtures.predictions.worker_progress import STALE, ControllerDisplay, WorkerReporter
from tests.predictions.fakes import provider, shelf


class Terminal(io.StringIO):
    def isatty(self):
        return True

    def lines(self) -> list[str]:
        """What was drawn, one drawing after the other."""
        return re.findall(r"\x1b\[K(.*?)\x1b8", self.getvalue())


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_the_meter_shows_images_per_second_and_time_left():
    assert str(meter("vit-clip on val", 1024, 2048, 1024, 4.0)) == (
        "vit-clip on val  1,024/2,048 [=====     ] 256 images/s, 0:04 left"
    )
    assert str(meter("m on d", 1500, 2000, 500, 1000.0)).endswith("0 images/s, 16:40 left")
    assert str(meter("m on d", 10, 100_000, 10, 1.0)).endswith("10 images/s, 2:46:39 left")
    assert str(meter("m on d", 512, 2048, 0, 0.0)) == "m on d  512/2,048 [==        ] ..."


def test_on_a_narrow_terminal_the_time_left_stays():
    told = meter("vit-clip on val under resolution:size=112", 1024, 2048, 1024, 4.0, (9_000, 200.0))
    whole = "; in all 9,000 images, 3:20 left"
    assert fitted(told, 200).endswith(f"[=====     ] 256 images/s, 0:04 left{whole}")
    assert fitted(told, 110) == f"vit-clip on val under resolution:size=112  1,024/2,048 256 images/s, 0:04 left{whole}"
    assert fitted(told, 80) == f"vit-clip on val under resolution:si... 0:04 left{whole}"
    assert [len(fitted(told, width)) <= width for width in range(20, 140)] == [True] * 120


def test_the_width_is_that_of_the_terminal_that_is_written_to(monkeypatch):
    """Not of the captured standard output, which has none."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("os.get_terminal_size", lambda handle: os.terminal_size((111, 20)) if handle == 77 else 1 / 0)
    terminal = Terminal()
    terminal.fileno = lambda: 77
    Line(terminal).show("x" * 500)
    assert [len(line) for line in terminal.lines()] == [110]


def test_the_time_left_is_of_the_whole_plan(monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    terminal, clock, ahead = Terminal(), Clock(), [1000, 900]
    progress = TerminalProgress(Line(terminal), clock, Whole(lambda: ahead.pop(0)))
    progress.start("m on d", 100)
    clock.now += 10
    progress.update(50)
    assert terminal.lines()[-1].endswith("5 images/s, 0:10 left; in all 950 images, 3:10 left")
    progress.update(100)
    progress.finish()
    progress.start("m on e", 100)
    clock.now += 10
    progress.update(100)
    assert terminal.lines()[-1].endswith("10 images/s, 0:00 left; in all 800 images, 1:20 left")


def test_the_plan_counts_what_the_store_lacks_once(tmp_path):
    asked = provider(tmp_path, shelf("one"))
    plan = [Request("one", "noise"), Request("one", "noise"), Request("nobody", "noise")]
    assert asked.ahead(plan) == 50
    asked.get(Request("one", "noise"))
    assert asked.ahead(plan) == 0


def test_a_short_prediction_draws_nothing_and_a_long_one_not_too_often():
    terminal, clock = Terminal(), Clock()
    progress = TerminalProgress(Line(terminal), clock)
    progress.start("m on d", 100)
    for done in range(10, 50, 10):
        clock.now += DELAY / 5
        progress.update(done)
    assert terminal.lines() == []
    for done in range(50, 100):
        clock.now += 0.1
        progress.update(done)
    progress.finish()
    drawn = terminal.lines()
    assert 15 <= len(drawn) <= 27
    assert re.match(r"m on d  5\d/100 \[=====     \] \d+ images/s", drawn[0])
    assert drawn[-1] == ""


def test_drawing_leaves_the_line_of_the_cursor_alone():
    """A small terminal: what pytest has written stays, before, while and after the line is shown."""
    terminal = Terminal()
    terminal.write("tests/test_a.py ..")
    line = Line(terminal)
    line.show("half way")
    terminal.write(".")
    line.show("")
    terminal.write(".")
    screen, row, column, saved = [[" "] * 80 for _ in range(5)], 0, 0, (0, 0)
    for token in re.findall(r"\x1b[D78M]|\x1b\[K|\r|[^\x1b\r]", terminal.getvalue()):
        if token == "\x1bD":
            row += 1
        elif token == "\x1bM":
            row -= 1
        elif token == "\x1b7":
            saved = (row, column)
        elif token == "\x1b8":
            row, column = saved
        elif token == "\r":
            column = 0
        elif token == "\x1b[K":
            screen[row][column:] = [" "] * (80 - column)
        else:
            screen[row][column] = token
            column += 1
    assert "".join(screen[0]).rstrip() == "tests/test_a.py ...."
    assert "".join(screen[1]).rstrip() == ""


def test_each_drawing_happens_while_capture_is_suspended():
    inside = []

    class Watched(Terminal):
        def write(self, text):
            inside.append(open_)
            return super().write(text)

    open_ = False

    @contextmanager
    def suspend():
        nonlocal open_
        open_ = True
        yield
        open_ = False

    line = Line(Watched(), suspend)
    line.show("a")
    line.show("a")
    line.show("")
    assert inside == [True, True]


def test_a_log_file_gets_nothing(tmp_path, monkeypatch):
    log = io.StringIO()
    progress = for_stream(log)
    assert isinstance(progress, Silent)
    provider(tmp_path, shelf("one"), progress=progress).get(Request("one", "noise"))
    assert log.getvalue() == ""
    assert isinstance(for_stream(Terminal()), TerminalProgress)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(for_stream(Terminal()), Silent)


def test_the_oracle_tells_how_far_it_is(tmp_path):
    terminal, clock = Terminal(), Clock()
    progress = TerminalProgress(Line(terminal), clock)
    models = shelf("one")
    asked = provider(tmp_path, models, batch_size=10, progress=progress)
    network = models.load(asked._resolver.specs["one"], models.identities["one"])
    network.before = lambda batch: setattr(clock, "now", clock.now + 1)
    asked.get(Request("one", "noise"))
    assert any(line.startswith("one on noise  20/50 [====") for line in terminal.lines())
    assert terminal.lines()[-1] == ""


def test_the_controller_shows_what_workers_write(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    clock = Clock()
    one, two = (WorkerReporter(tmp_path / f"gw{index}.jsonl", clock) for index in range(2))
    display = ControllerDisplay(tmp_path, Line(Terminal()), clock)
    assert display.text() == ""
    one.start("a on val", 2000)
    two.start("b on val", 100, 50)
    clock.now += 2
    one.update(500)
    two.update(60)
    assert display.text() == (
        "a on val  500/2,000 [==        ] 250 images/s, 0:06 left | b on val  60/100 [======    ] 5 images/s, 0:08 left"
    )
    clock.now += 0.01
    one.update(501)  # too soon to be written
    one.finish()
    two.say("b: loading")
    assert display.text() == "b: loading"
    clock.now += STALE + 1
    assert display.text() == ""
    assert len((tmp_path / "gw0.jsonl").read_text().splitlines()) == 3


def test_a_line_that_is_being_written_is_not_read(tmp_path):
    clock = Clock()
    path = tmp_path / "gw0.jsonl"
    path.write_text(json.dumps({"text": "whole", "time": clock.now}) + '\n{"text": "hal')
    assert ControllerDisplay(tmp_path, Line(Terminal()), clock).text() == "whole"
    path.write_text("{broken}\n")
    assert ControllerDisplay(tmp_path, Line(Terminal()), clock).text() == ""


def test_the_display_draws_in_a_thread_and_cleans_up(tmp_path):
    terminal = Terminal()
    WorkerReporter(tmp_path / "gw0.jsonl").start("a on val", 2000)
    with ControllerDisplay(tmp_path, Line(terminal)):
        deadline = time.monotonic() + 20
        while not terminal.lines() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert terminal.lines() == ["a on val  0/2,000 [          ] ...", ""]

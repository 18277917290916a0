"""Workers whose controller was killed stop soon, and what they had predicted is not lost."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.runs import toy

SLOW = """
import os, time
import pytest
from pathlib import Path


@pytest.mark.predictions("val")
def test_slow(predictions, gate):
    with open(os.environ["LOG"], "a") as log:
        log.write(f"{os.getpid()} {os.getppid()}\\n")
    until = time.time() + 60
    while time.time() < until:
        time.sleep(0.01)
"""


def alive(process: int) -> bool:
    """Whether it runs; one that only waits to be asked for its exit code does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_workers_stop_when_their_controller_is_killed(house, tmp_path):
    suite = toy.furnish(house, room=SLOW)
    log = tmp_path / "log"
    command = [sys.executable, "-m", "pytest", "behaviors/toy", "--suite", suite, "-n", "2", "-p", "no:cacheprovider"]
    with (tmp_path / "output").open("w") as output:
        run = subprocess.Popen(
            command, cwd=house.path, env={**os.environ, "LOG": str(log)}, stdout=output, stderr=output
        )
    until = time.monotonic() + 120
    while not (log.exists() and log.read_text().endswith("\n")):
        assert run.poll() is None, (tmp_path / "output").read_text()
        assert time.monotonic() < until
        time.sleep(0.05)
    worker, controller = map(int, log.read_text().split())
    assert controller == run.pid
    assert alive(worker)
    run.send_signal(signal.SIGKILL)
    run.wait()
    until = time.monotonic() + 5  # two seconds are promised; this machine may be busy
    while alive(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(worker)

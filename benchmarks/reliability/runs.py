"""Runs of pytest, many a minute: each is a fork of this process, in which all libraries and the suite are imported.

The parent never uses a thread pool of torch or pyarrow: a fork would wait for threads that it has not.
"""

import importlib
import os
import pkgutil
import re
import signal
import sys
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from benchmarks.reliability.world import ROOT

LIBRARIES = (
    *("numpy", "scipy.special", "scipy.stats", "scipy.optimize", "pyarrow.parquet", "pyarrow.compute", "pydantic"),
    *("yaml", "filelock", "tqdm", "PIL.Image", "matplotlib.figure", "matplotlib.backends.backend_agg", "sklearn"),
    *("torch", "torchvision.transforms", "timm", "open_clip", "safetensors.torch", "pytest", "xdist.plugin"),
)
LEFT_OUT = ("fixtures.mini.train", "fixtures.miniature", "fixtures.plugin.hooks", "fixtures.plugin.pytest_fixtures")
"""Not imported before a run: what pytest must see first, and what no run needs."""
TRACEBACK = re.compile(r"Traceback \(most recent|INTERNALERROR|^E   +[a-z]|(^| - )\w+Error: ", re.MULTILINE)
"""What a reader should never see."""
SECONDS = 120.0
NAMED = ("ERROR", "FAILED", "error:")


@dataclass(frozen=True)
class Asked:
    """One run: a ``name`` for the report, what pytest is given, where, and with which additional environment."""

    name: str
    arguments: tuple[str, ...]
    folder: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = SECONDS


@dataclass(frozen=True)
class Ended:
    """How it ended; ``code`` is None where it was still running after its seconds."""

    asked: Asked
    code: int | None
    output: str

    @property
    def traced(self) -> bool:
        """Whether a reader saw the inside of the program."""
        return TRACEBACK.search(self.output) is not None

    @property
    def sentence(self) -> str:
        """The first line that says what is wrong, else the last line."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        said = [line for line in lines if line.startswith(NAMED)]
        return (said or lines[-1:] or [""])[0]


def prepare() -> None:
    """Import what every run needs."""
    os.environ.update(COLUMNS="160", HF_HUB_OFFLINE="1", OMP_NUM_THREADS="1", GITHUB_STEP_SUMMARY="")
    for name in [name for name in os.environ if name == "PYTEST_ADDOPTS" or name.startswith("PYTEST_XDIST")]:
        del os.environ[name]
    for library in LIBRARIES:
        importlib.import_module(library)
    for package in ("behaviors", "fixtures"):
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not module.name.startswith(LEFT_OUT) and ".test_" not in module.name:
                importlib.import_module(module.name)


def run_all(asked: Iterable[Asked], processes: int = 2) -> Iterator[Ended]:
    """Run them side by side; they come back as they end."""
    waiting, running = iter(asked), {}
    scratch = Path(os.environ.get("TMPDIR", "/tmp")) / f"reliability-{os.getpid()}"
    scratch.mkdir(exist_ok=True)
    for number in range(sys.maxsize):
        while len(running) < processes and (one := next(waiting, None)) is not None:
            output = scratch / f"{number}-{len(running)}-{time.monotonic_ns()}"
            running[start(one, output)] = (one, output, time.monotonic() + one.seconds)
        if not running:
            return
        time.sleep(0.002)
        for pid, (one, output, deadline) in list(running.items()):
            code = ended(pid, deadline)
            if code is not False:
                del running[pid]
                yield Ended(one, code, output.read_text(errors="replace"))
                output.unlink()


def start(asked: Asked, output: Path) -> int:
    """The process id of a run that has begun."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _become(asked, output)
    return pid


def ended(pid: int, deadline: float) -> int | bool | None:
    """The exit code; None where its time was up, and it was ended; False while it runs."""
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        return os.waitstatus_to_exitcode(status)
    if time.monotonic() < deadline:
        return False
    end(pid)
    return None


def end(pid: int) -> None:
    """Kill a run and all that it began."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _become(asked: Asked, output: Path) -> NoReturn:
    """What ``python -m pytest`` would be there; never returns."""
    code = 70
    try:
        os.setsid()
        os.chdir(asked.folder)
        os.environ.update(asked.environment)
        sys.path += asked.environment.get("PYTHONPATH", "").split(":")
        for number, path, flags in ((0, os.devnull, os.O_RDONLY), (1, str(output), os.O_WRONLY | os.O_CREAT)):
            opened = os.open(path, flags, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        os.dup2(1, 2)
        import pytest
        from _pytest.assertion.rewrite import AssertionRewritingHook

        AssertionRewritingHook._warn_already_imported = lambda self, name: None
        sys.argv = ["pytest", *asked.arguments]
        sys.path[0] = str(asked.folder)
        sys.path.append(str(ROOT))
        code = int(pytest.main(list(asked.arguments)))
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

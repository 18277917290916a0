"""Runs of pytest that begin where imports end: each is a fork of one process that holds the third-party libraries.

A run has the folder and the environment that it is given; what numpy, torch and timm take to be imported, most of a
small run, is paid once.  So is this project's own code where the folder's is a link to it, most of the rest; rooms, and
all code of a folder that holds other, are imported anew.  ``python tests/forks.py`` is that process: a
line of JSON asks for a run, a line with its exit code and its CPU-seconds answers.
"""

import atexit
import gc
import json
import os
import re
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from runpy import run_module
from typing import IO, NamedTuple, NoReturn

LIBRARIES = (
    *("numpy", "scipy.special", "scipy.stats", "scipy.optimize", "pyarrow.parquet", "pyarrow.compute", "pydantic"),
    *("yaml", "filelock", "tqdm", "PIL.Image", "matplotlib.figure", "matplotlib.backends.backend_agg", "sklearn"),
    *("torch", "torchvision.transforms", "timm", "open_clip", "safetensors.torch", "pytest"),
    *(
        "xdist.plugin",
        "xdist.looponfail",
        "allure_pytest.plugin",
        "syrupy",
        "pytest_cov.plugin",
        "_hypothesis_pytestplugin",
    ),
)
ROOT = Path(__file__).resolve().parent.parent
OWN = ("fixtures.plugin.hooks", "fixtures.plugin.options")
"""With all that they import."""
SHARED = re.compile(r"fixtures(\..*)?|behaviors|behaviors\.(contract|statistics)(\..*)?")
"""Of this project's modules those that a run may take over: no room."""
LINKED = ("fixtures", "behaviors/contract", "behaviors/statistics")
"""Where these are links to this project's, so is all of its code."""
PLACES = ("CHECKOUT", "ROOT")
"""Under these names modules keep the folder that they were imported from."""
SECONDS = 300
"""A run that takes longer is ended."""


class Run(NamedTuple):
    """What a run of pytest is given: its options, its folder, its whole environment, and files for what it prints."""

    arguments: Sequence[str]
    folder: str
    environment: Mapping[str, str]
    output: str
    errors: str


SPENT: list[float] = []
"""CPU-seconds of each run up to now: whoever measures tests adds them to those of this process."""


@cache
def server() -> "subprocess.Popen[str]":
    """The process that forks; it ends with this one."""
    command = [sys.executable, __file__]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(process.terminate)
    return process


def run(asked: Run) -> int:
    """The exit code of the run; minus the signal's number where one ended it."""
    process = server()
    _write(process.stdin, asked._asdict())
    answer = process.stdout.readline() if process.stdout else ""
    if not answer:
        raise RuntimeError(f"the process that forks has ended ({process.poll()})")
    code, seconds = json.loads(answer)
    SPENT.append(seconds)
    return int(code)


def _write(stream: "IO[str] | None", value: object) -> None:
    if stream is None:
        raise RuntimeError("there is nobody to write to")
    stream.write(json.dumps(value) + "\n")
    stream.flush()


def _serve() -> None:
    for library in LIBRARIES:
        import_module(library)
    sys.path[0] = str(ROOT)
    for module in OWN:
        import_module(module)
    gc.collect()
    gc.freeze()  # a collection in a run looks at what that run made, not at all that torch is: half of a small run
    for line in sys.stdin:
        asked = Run(**json.loads(line))
        child = os.fork()
        if child == 0:
            _become(asked)
        _, status, usage = os.wait4(child, 0)
        _write(sys.stdout, (os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime))


def _become(asked: Run) -> NoReturn:
    """What ``python -m pytest`` would be in that folder and environment; never returns."""
    code = 70
    try:
        signal.alarm(SECONDS)
        os.chdir(asked.folder)
        os.environ.clear()
        os.environ.update(asked.environment)
        for number, path, flags in (
            (0, os.devnull, os.O_RDONLY),
            (1, asked.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
            (2, asked.errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        ):
            opened = os.open(path, flags, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        _pytest(asked)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _move(folder: Path) -> None:
    """Makes this project's modules in memory those of ``folder``, or forgets them where the folder holds other code."""
    linked = all((folder / name).resolve() == ROOT / name for name in LINKED)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in ("fixtures", "behaviors"):
            continue
        if linked and SHARED.fullmatch(name):
            vars(module).update({place: folder for place in PLACES if vars(module).get(place) == ROOT})
        else:
            _forget(name)
    if linked:
        sys.modules["behaviors"].__path__ = [str(folder / "behaviors")]


def _forget(name: str) -> None:
    """Whoever imports that module next finds it anew, also as an attribute of its package."""
    del sys.modules[name]
    package, _, attribute = name.rpartition(".")
    if package in sys.modules:
        vars(sys.modules[package]).pop(attribute, None)


def _pytest(asked: Run) -> None:
    """Ends with ``SystemExit``."""
    from _pytest.assertion.rewrite import AssertionRewritingHook

    AssertionRewritingHook._warn_already_imported = lambda self, name: None  # plugins' own libraries came before
    sys.argv = ["pytest", *asked.arguments]
    sys.path[0] = asked.folder
    _move(Path(asked.folder))
    run_module("pytest", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve()

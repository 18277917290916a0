"""What ``pip install`` installs: it starts pytest with the configuration of the checkout that a run is about.

The command ``vision-behaviors`` does from anywhere what ``pytest`` does in the checkout; a wheel carries the checkout's
files, as files, in the folder ``vision_behaviors_suite`` beside this module.

pytest looks for its configuration beside every existing path on its command line, before it knows which of them belong
to options: after ``--suite /data/photos.yaml`` it would read ``/data/pytest.ini`` and execute ``/data/conftest.py``.
This module, which pytest loads before any ``conftest.py``, tells tests from options' values.  In a run that is about no
checkout of this suite it does nothing and declares nothing.
"""

import os
import runpy
import shlex
import sys
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

import pytest

OPTIONS = "fixtures.plugin.options"
"""The plugin that declares the options, in the checkout."""
TESTS = ("behaviors", "tests")
"""The folders of a checkout that hold tests."""
STARTS_PYTEST = ("pytest", "py.test")
"""What pytest is started as: a script, or a module of Python's."""


COMMANDS = {
    "produce": "fixtures.predictions.produce",
    "store": "fixtures.predictions.store",
    "version": "fixtures.plugin.version",
}
"""What the command may be told to do beside running tests, by the module that does it."""
CARRIED = "vision_behaviors_suite"
"""The folder of a wheel's suite."""


def main() -> NoReturn:
    """The command ``vision-behaviors``: pytest with this suite's root, whatever folder it is started in."""
    root, words = suite(), sys.argv[1:]
    sys.path.insert(0, str(root))
    command = "version" if {"--version", "-V"} & set(words[:1]) else next(iter(words), "")
    if command in COMMANDS:
        sys.argv = [f"vision-behaviors {command}", *words[1:]]
        runpy.run_module(COMMANDS[command], run_name="__main__", alter_sys=True)
        sys.exit(0)
    sys.modules.pop(__name__, None)  # pytest imports its plugins itself, and warns of those that are there already
    sys.exit(pytest.main(arguments(root, words, Path.cwd())))


def suite() -> Path:
    """The folder that holds the suite's tests: the checkout of this module, or what a wheel brought."""
    here = Path(__file__).resolve().parent
    return here.parent if _is_checkout(here.parent) else here / CARRIED


def arguments(root: Path, words: Sequence[str], here: Path) -> list[str]:
    """pytest's: its configuration is the suite's, ``behaviors/...`` is in the suite, and so are tests if none is named.

    What pytest keeps between runs is in the checkout, or of an installed suite in the folder ``here``.
    """
    found, named = [], False
    for before, word in pairwise(["", *words]):
        place = root / word.partition("::")[0]
        ours = word.startswith(f"{TESTS[0]}/") or (word == TESTS[0] and not before.startswith("-"))
        ours = ours and not _exists(here / word.partition("::")[0]) and _exists(place)
        found.append(str(root / word) if ours else word)
        named = named or ours or (not before.startswith("--") and _among_tests(here / word.partition("::")[0]))
    kept = ["-o", f"cache_dir={here / '.pytest_cache'}"] if root.name == CARRIED else []
    start = [f"--config-file={root / 'pyproject.toml'}", f"--rootdir={root}", *kept]
    return [*start, *found, *([] if named else [str(root / TESTS[0])])]


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the options before pytest reads any ``conftest.py``, in a run that is about a checkout.

    Raises:
        UsageError: pytest has to begin again with the checkout's configuration and cannot.
    """
    config = pluginmanager.get_plugin("pytestconfig")
    if not isinstance(config, pytest.Config):
        return
    checkout = checkout_of(*_words(config, parser), config.invocation_params.dir)
    if checkout is None:
        return
    chosen = config.known_args_namespace
    if not (chosen.inifilename or chosen.rootdir) and not os.path.samefile(config.rootpath, checkout):
        _begin_again(config, checkout)
    if not pluginmanager.has_plugin(OPTIONS):  # where another configuration was asked for
        sys.path.insert(0, str(checkout))
        pluginmanager.import_plugin(OPTIONS)


def checkout_of(words: Sequence[str], strange: Collection[str], here: Path) -> Path | None:
    """The checkout that a command line is about: where the tests that it names are, or where it was given.

    ``words``: options, and what may name tests; ``strange``: options that nobody has declared yet; ``here``: the folder
    that pytest was started in.
    """
    named = [_holder(here / word.partition("::")[0]) for word in _tests(words, strange, here)]
    return next(filter(None, named or [_holder(here), *map(_holder, _values(words, strange, here))]), None)


def _words(config: pytest.Config, parser: pytest.Parser) -> tuple[list[str], list[str]]:
    """The command line without the values of pytest's own options, and the options that are not known yet."""
    words = [*shlex.split(os.environ.get("PYTEST_ADDOPTS", "")), *config.invocation_params.args]
    known, strange = parser.parse_known_and_unknown_args(words)
    return [word for word in words if word.startswith("-") or word in known.file_or_dir], strange


def _tests(words: Sequence[str], strange: Collection[str], here: Path) -> Iterator[str]:
    """What names tests: paths that exist and are no option's value.

    Which options take a value is not known before the checkout is: a path after one that nobody has declared yet names
    tests where it is in the folders of a checkout's tests.
    """
    for before, word in pairwise(["", *words]):
        place = here / word.partition("::")[0]
        if not word.startswith("-") and _exists(place) and (before not in strange or _among_tests(place)):
            yield word


def _values(words: Sequence[str], strange: Collection[str], here: Path) -> Iterator[Path]:
    """What follows an option that nobody has declared yet."""
    for before, word in pairwise(["", *words]):
        if before in strange and not word.startswith("-") and _exists(here / word):
            yield here / word


def _among_tests(path: Path) -> bool:
    checkout = _holder(path)
    if checkout is None:
        return False
    parts = Path(os.path.abspath(path)).relative_to(checkout).parts
    return bool(parts) and parts[0] in TESTS


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a long -k expression is no path
        return False


def _holder(path: Path) -> Path | None:
    """The checkout of this suite that holds ``path``."""
    path = Path(os.path.abspath(path))  # as pytest does, which leaves links as they are
    return next((folder for folder in (path, *path.parents) if _is_checkout(folder)), None)


def _is_checkout(folder: Path) -> bool:
    project = folder / "pyproject.toml"
    if not (folder / "fixtures" / "plugin").is_dir() or not project.is_file():
        return False
    return 'name = "vision-behaviors"' in project.read_text(encoding="utf-8", errors="replace")


def _begin_again(config: pytest.Config, checkout: Path) -> NoReturn:
    """Become the same command with the checkout's configuration; nothing has been collected or written yet."""
    arguments, given = list(config.invocation_params.args), sys.orig_argv
    program = given[1 : len(given) - len(arguments)]
    if [*program, *arguments] != given[1:] or Path(program[-1]).stem not in STARTS_PYTEST:
        raise pytest.UsageError(
            f"pytest took its configuration from {config.rootpath}, beside a path that it was given; this suite needs "
            f"that of {checkout}: add --rootdir={checkout} --config-file={checkout / 'pyproject.toml'}"
        )
    root = [f"--config-file={checkout / 'pyproject.toml'}", f"--rootdir={checkout}"]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *program, *root, *arguments])

"""What the tests cost: CPU-seconds per file, and of the tests that cost most, with every process that they start.

    pytest -p benchmarks.test_seconds tests -n 2 --dist loadfile

CPU-seconds hardly depend on what else a machine does.  Seconds of other processes that a test waits for are counted;
of those that outlive it (a server, a browser) what they took is not.
"""

import time
from collections import Counter
from collections.abc import Iterator
from resource import RUSAGE_CHILDREN, getrusage

import pytest

from tests import forks

NAME = "cpu_seconds"
FILES, TESTS = 40, 60
"""So many of each are printed."""

_files: Counter[str] = Counter()
_tests: Counter[str] = Counter()


def _spent() -> float:
    children = getrusage(RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime + sum(forks.SPENT)


def _measured(item: pytest.Item) -> Iterator[None]:
    before = _spent()
    try:
        return (yield)
    finally:
        item.user_properties.append((NAME, _spent() - before))


pytest_runtest_setup = pytest_runtest_call = pytest_runtest_teardown = pytest.hookimpl(wrapper=True)(_measured)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """The properties of a teardown hold those of all three phases; under ``-n`` this is the process that gathers."""
    if report.when == "teardown":
        seconds = sum(float(str(value)) for name, value in report.user_properties if name == NAME)
        _files[report.nodeid.split("::")[0]] += seconds  # type: ignore[assignment]
        _tests[report.nodeid] += seconds  # type: ignore[assignment]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the files and tests that cost most, and the whole."""
    if hasattr(config, "workerinput"):
        return
    terminalreporter.section(f"CPU-seconds: {sum(_files.values()):.0f} in {len(_files)} files")
    for counted, shown in ((_files, FILES), (_tests, TESTS)):
        for name, seconds in counted.most_common(shown):
            terminalreporter.write_line(f"{seconds:8.2f}  {name}")

"""A report from outside this suite: whom to ask about what failed, a line for each behaviour.

    pytest --report=owners:write=ask.txt

A function with these two arguments is all that is needed.  ``OWNED`` also looks at its destination before anything is
measured.
"""

from collections import Counter
from pathlib import Path

from fixtures.core.errors import InputError
from fixtures.reports.destination import put
from fixtures.reports.report import Report
from fixtures.reports.run_data import RunData

OWNERS = {"calibration": "the team that sets confidence thresholds"}


def write(destination: Path, run: RunData) -> list[str]:
    """Write the lines; what is returned is told in the terminal."""
    failed = Counter(check.behavior for check in run.checks if check.failing)
    lines = [f"{OWNERS.get(room, 'nobody')}: {count} of {room} failed" for room, count in failed.items()]
    put(destination, "".join(f"{line}\n" for line in lines or ["nothing failed"]))
    return [f"{len(failed)} behaviours to ask about: {destination.name}"]


def check(destination: Path, rules: object) -> None:
    """Before anything is measured."""
    if destination.suffix != ".txt":
        raise InputError(f"owners: {destination.name} is no .txt file")


OWNED = Report(write=write, check=check, title="whom to ask")

"""Which folder may import which: rules about folders, so that a new room or module is inside them by being there.

The layers of ``fixtures`` are in ``pyproject.toml`` (``lint-imports``).  What is here needs "all but": every room of
``behaviors``, whatever it is called.
"""

import functools
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
SHARED = ("contract", "statistics")
"""What rooms stand on; every other folder of ``behaviors`` is a room."""


@functools.cache
def graph():
    return grimp.build_graph("behaviors", "fixtures", include_external_packages=False, cache_dir=None)


def imports_of(folder, *, within):
    """(importer, imported) for everything in ``folder`` that imports something below ``within``."""
    found = graph().find_modules_directly_imported_by
    modules = [module for module in graph().modules if module == folder or module.startswith(f"{folder}.")]
    return [(m, other) for m in sorted(modules) for other in sorted(found(m)) if other.startswith(f"{within}.")]


def rooms():
    return sorted(p.parent.name for p in (ROOT / "behaviors").glob("*/__init__.py") if p.parent.name not in SHARED)


def test_the_fixtures_see_nothing_of_behaviors_but_its_contract():
    assert [pair for pair in imports_of("fixtures", within="behaviors") if "behaviors.contract" not in pair[1]] == []


def test_the_contract_stands_on_statistics_alone_and_statistics_on_nothing():
    allowed = {"contract": ("contract", "statistics"), "statistics": ("statistics",)}
    for folder, below in allowed.items():
        wrong = [p for p in imports_of(f"behaviors.{folder}", within="behaviors") if p[1].split(".")[1] not in below]
        assert wrong == []


@pytest.mark.parametrize("room", [r for r in rooms() if r != "findings"])
def test_a_room_knows_no_other_room(room):
    """``findings`` compares what the others measure; a room that others need belongs into ``statistics``."""
    wrong = [
        p for p in imports_of(f"behaviors.{room}", within="behaviors") if p[1].split(".")[1] not in (*SHARED, room)
    ]
    assert wrong == []


def test_a_format_of_datasets_knows_no_other_format():
    """What two of them share is beside them: in ``containers``, ``images`` or ``labels``."""
    formats = "fixtures.datasets.formats"
    inside = [m for m in graph().modules if m.startswith(f"{formats}.")]
    assert len(inside) > 10
    assert [pair for module in inside for pair in imports_of(module, within=formats)] == []


def test_the_picture_shows_the_rules_as_they_are():
    """``python .ci/architecture.py`` draws it anew."""
    command = [sys.executable, ROOT / ".ci/architecture.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_folder_says_what_it_is_for():
    folders = list((ROOT / "fixtures").glob("*/__init__.py"))
    assert folders
    assert [path for path in folders if not path.read_text().startswith('"""')] == []

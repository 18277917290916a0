"""What holds for every room: its tests claim something, and neither naming nor collecting it costs imports."""

import ast
import subprocess
import sys

import pytest

from tests.conftest import ROOT

ROOMS = sorted({path.parent.name for path in (ROOT / "behaviors").glob("*/__init__.py")} - {"contract", "statistics"})
TESTS = {room: sorted((ROOT / "behaviors" / room).glob("test_*.py")) for room in ROOMS}


def imported(heavy, *modules):
    """Which of ``heavy`` a fresh process has in memory after it imported the modules."""
    code = f"import sys, {', '.join(modules)}; print(*{heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_there_are_rooms_with_tests():
    assert ROOMS
    assert [room for room in ROOMS if not TESTS[room]] == []


@pytest.mark.parametrize("room", ROOMS)
def test_naming_the_metrics_imports_nothing_heavy(room):
    assert not imported({"numpy", "scipy", "matplotlib", "torch"}, f"behaviors.{room}")


@pytest.mark.parametrize("room", ROOMS)
def test_collecting_imports_neither_figures_nor_networks_nor_optimisers(room):
    modules = [f"behaviors.{room}.{path.stem}" for path in TESTS[room]]
    assert not imported({"matplotlib", "torch", "scipy.stats", "scipy.optimize", "sklearn", "hypothesis"}, *modules)


@pytest.mark.parametrize("path", [path for paths in TESTS.values() for path in paths], ids=lambda path: path.stem)
def test_tests_claim_something(path):
    """In one line, which reports show."""
    functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    claims = [ast.get_docstring(node) for node in functions if node.name.startswith("test_")]
    assert claims
    assert all(claim and "\n" not in claim for claim in claims)

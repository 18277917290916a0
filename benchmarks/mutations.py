"""Whether the tests would notice: small faults are put into a file, one at a time, and its tests should fail on each.

    python -m benchmarks.mutations behaviors/calibration/bounds.py -- tests/behaviors/calibration
    python -m benchmarks.mutations --faults 10 fixtures/gates/policy.py fixtures/gates/verdict.py -- tests/gates

A fault turns a comparison, an operation, a condition or a number into its neighbour.  All is done in a copy of the
checkout; ``--seed`` draws other places.  Some faults change nothing that anybody could see (a bound of a loop that is
never reached): who reads the survivors decides which are missed.
"""

import argparse
import ast
import copy
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("behaviors", "fixtures", "tests", "examples", "benchmarks", "installed", "docs", ".ci", ".github")
SECONDS = 120
"""A run of the tests that takes longer has noticed: the fault made a loop without end."""
NEIGHBOURS: dict[type[ast.AST], type[ast.AST]] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq},
    **{ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr},
}


def faulty(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """(what was changed where, the module with that fault), for every place."""
    count = sum(1 for _ in ast.walk(tree))
    for index in range(count):
        changed = copy.deepcopy(tree)
        node = next(node for number, node in enumerate(ast.walk(changed)) if number == index)
        before = ast.unparse(node) if isinstance(node, ast.expr) else ""
        if _change(node):
            yield f"line {node.lineno}: {before} -> {ast.unparse(node)}", changed  # type: ignore[attr-defined]


def _change(node: ast.AST) -> bool:
    """Turns it into its neighbour, if it has one."""
    match node:
        case ast.Compare(ops=[only]) if type(only) in NEIGHBOURS:
            node.ops = [NEIGHBOURS[type(only)]()]  # type: ignore[list-item]
        case ast.BinOp(op=operator) | ast.BoolOp(op=operator) if type(operator) in NEIGHBOURS:
            node.op = NEIGHBOURS[type(operator)]()  # type: ignore[assignment]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), operand)
        case ast.IfExp(body=body, orelse=other):
            node.body, node.orelse = other, body
        case ast.Constant(value=bool() as value):
            node.value = not value
        case ast.Constant(value=int() | float() as value):
            node.value = value + 1
        case _:
            return False
    return True


def noticed(copied: Path, file: str, source: str, tests: list[str]) -> bool:
    """Whether the tests fail with that source, in a fork of this process, which has the libraries in memory."""
    whole = (ROOT / file).read_text()
    (copied / file).write_text(source)
    child = os.fork()
    if child == 0:
        _test(copied, tests)
    status = os.waitpid(child, 0)[1]
    (copied / file).write_text(whole)
    return status != 0


def _test(copied: Path, tests: list[str]) -> None:
    import pytest

    silent = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(silent, number)
    os.chdir(copied)
    sys.path[0] = str(copied)
    sys.dont_write_bytecode = True  # a fault must not outlive its run
    signal.alarm(SECONDS)
    os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests])))


def main() -> None:
    """Prints each fault that no test noticed, and of how many there were."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="+")
    options.add_argument("--faults", type=int, default=30, help="drawn from all places of all files")
    options.add_argument("--seed", type=int, default=0)
    cut = sys.argv.index("--")
    chosen, tests = options.parse_args(sys.argv[1:cut]), sys.argv[cut + 1 :]
    for library in ("scipy.stats", "torch", "pyarrow.parquet", "pydantic"):
        import_module(library)  # in memory before the forks

    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder)
        for part in PARTS:
            shutil.copytree(ROOT / part, copied / part, ignore=shutil.ignore_patterns("__pycache__"))
        for path in ROOT.glob("*.*"):
            if path.is_file():
                shutil.copy(path, copied)
        whole = [(file, *fault) for file in chosen.files for fault in faulty(ast.parse((ROOT / file).read_text()))]
        drawn = random.Random(chosen.seed).sample(whole, min(chosen.faults, len(whole)))
        if noticed(copied, chosen.files[0], (ROOT / chosen.files[0]).read_text(), tests):
            sys.exit("the tests fail without any fault")
        missed = 0
        for file, told, tree in drawn:
            if not noticed(copied, file, ast.unparse(tree), tests):
                missed += 1
                print(f"missed  {file} {told}", flush=True)
        print(f"{len(drawn) - missed} of {len(drawn)} faults noticed ({len(whole)} places)")


if __name__ == "__main__":
    main()

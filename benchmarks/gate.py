"""How long a gate takes: cold (nothing rendered, nothing predicted), and warm (everything stored).

    python -m benchmarks.gate                            # all behaviours
    python -m benchmarks.gate -m calibration             # whatever else pytest takes
    python -m benchmarks.gate --against=COMMIT           # both in turns, and the ratio
    python -m benchmarks.gate --against=COMMIT --warm=9 --cold=0

Prints wall and CPU seconds of whole pytest processes over all models of the embedded suite, each cold run in a fresh
store and cache; and, warm, those of an empty project with the same plugins.  Compare CPU seconds where others use the
machine.  As anywhere by default, Python keeps the bytecode that it has compiled.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EMPTY = "def test_nothing():\n    pass\n"


@dataclass(frozen=True)
class Spent:
    """Seconds of one process and its children: of a clock, and of processors."""

    wall: float
    cpu: float


def run(checkout: Path, store: Path, options: list[str]) -> Spent:
    """One gate in ``checkout``."""
    command = [sys.executable, "-m", "pytest", "-q", *options, f"--store={store}"]
    return _timed(command, checkout, {"XDG_CACHE_HOME": str(store / "cache")})


def empty(folder: Path) -> Spent:
    """A project with one test that does nothing, and whatever plugins are installed but ours."""
    (folder / "test_nothing.py").write_text(EMPTY)
    return _timed([sys.executable, "-m", "pytest", "-q", "-p", "no:vision_behaviors"], folder, {})


def _timed(command: list[str], folder: Path, environment: dict[str, str]) -> Spent:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment}
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 1}:
        sys.exit(done.stdout + done.stderr)
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def in_turns(kinds: dict[str, Callable[[], Spent]], times: int, about: str) -> None:
    """Run each kind ``times`` times, in turns, and print medians and ratios to the first."""
    spent: dict[str, list[Spent]] = {name: [] for name in kinds}
    for _ in range(times):
        for name, one in kinds.items():
            spent[name].append(one())
    first = statistics.median(one.cpu for one in next(iter(spent.values())))
    for name, runs in spent.items():
        wall, cpu = (statistics.median(getattr(one, what) for one in runs) for what in ("wall", "cpu"))
        least = min(one.cpu for one in runs)
        print(
            f"{about} {name:12} {wall:7.2f} s wall {cpu:7.2f} s CPU (least {least:.2f}), {cpu / first:.3f}", flush=True
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", metavar="COMMIT", help="run this commit of the project in turns with the checkout")
    parser.add_argument("--warm", type=int, default=5, help="how many warm runs of each kind")
    parser.add_argument("--cold", type=int, default=1, help="how many cold runs of each kind")
    chosen, options = parser.parse_known_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        checkouts = {"now": ROOT}
        if chosen.against:
            checkouts = {"before": checked_out(chosen.against, work / "before"), "now": ROOT}
            stack.callback(
                subprocess.run, ["git", "worktree", "remove", "--force", work / "before"], cwd=ROOT, check=True
            )
        cold = {
            name: lambda checkout=checkout: run(checkout, Path(tempfile.mkdtemp(dir=work)), options)
            for name, checkout in checkouts.items()
        }
        if chosen.cold:
            in_turns(cold, chosen.cold, "cold")
        for name, checkout in checkouts.items():  # what all warm runs find stored
            run(checkout, work / f"store {name}", options)
        warm = {
            name: lambda checkout=checkout, name=name: run(checkout, work / f"store {name}", options)
            for name, checkout in checkouts.items()
        }
        nothing = work / "empty"
        nothing.mkdir()
        in_turns({**warm, "empty": lambda: empty(nothing)}, chosen.warm, "warm")


def checked_out(commit: str, folder: Path) -> Path:
    """The project as it was at ``commit``."""
    subprocess.run(["git", "worktree", "add", "--detach", "-q", folder, commit], cwd=ROOT, check=True)
    return folder


if __name__ == "__main__":
    main()

"""How long a gate takes: cold (nothing rendered, nothing predicted), and warm (everything stored).

    python benchmarks/gate.py                      # all behaviours; aimed at on 2 cores: cold 90 s, warm 8 s
    python benchmarks/gate.py -m calibration       # aimed at: cold 30 s, warm 4 s
    python benchmarks/gate.py -n 2                 # whatever else pytest takes

Prints wall and CPU seconds of whole pytest processes over all models of the embedded suite: once cold, in a fresh store
and cache, then five times warm; and the processors that were busy on average.  Compare CPU seconds where other programs
run on the machine.  As anywhere by default, Python keeps the bytecode that it has compiled.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WARM_RUNS = 5


def run(store: Path, options: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one gate."""
    command = [sys.executable, "-m", "pytest", "-q", *options, f"--store={store}"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(store / "cache"), "PYTHONDONTWRITEBYTECODE": ""}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 1}:
        sys.exit(done.stdout + done.stderr)
    print(f"  {wall:6.2f} s wall; {done.stdout.splitlines()[-1]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print."""
    options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        print("cold")
        wall, cpu = run(store, options)
        print(f"cold: {wall:.1f} s wall, {cpu:.1f} s CPU, {cpu / wall:.2f} processors busy")
        print("warm")
        runs = [run(store, options) for _ in range(WARM_RUNS)]
    walls, cpus = [wall for wall, _ in runs], [cpu for _, cpu in runs]
    wall, cpu = statistics.median(walls), statistics.median(cpus)
    print(f"warm: {wall:.2f} s wall, {cpu:.2f} s CPU (medians of {WARM_RUNS}), {cpu / wall:.2f} processors busy")


if __name__ == "__main__":
    main()

"""Kills at random moments: what was left behind by a run that died must give the next run the same bytes.

A run in one process, or with ``-n 2``, is killed with everything that it began (SIGKILL), as often as asked, each time
after another share of the time that a whole run takes; then the same command runs to its end.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pyarrow as pa

from benchmarks.reliability.damages import in_fork
from benchmarks.reliability.runs import Asked, end, run_all, start
from benchmarks.reliability.world import ROOT, World
from fixtures.predictions import checksummed_parquet

CHOSEN = "-k=(test_ece or test_accuracy or test_shift) and not said"
SECONDS = 600


def run(world: World, scratch: Path, count: int, seed: int) -> tuple[dict[str, int], list[str]]:
    """What came of ``count`` kills, half of them with ``-n 2``; and a line for each that is bad."""
    chance = random.Random(seed)
    counts: dict[str, int] = {}
    bad: list[str] = []
    for name, workers, kills in (("serial", (), (count + 1) // 2), ("-n 2", ("-n", "2"), count // 2)):
        if not kills:
            continue
        began = time.monotonic()
        whole = completed(world, scratch / "whole", workers)
        seconds = time.monotonic() - began
        shutil.rmtree(scratch / "whole")
        for number in range(kills):
            folder = scratch / f"killed-{number}"
            killed(world, folder, workers, chance.uniform(0.02, 0.98) * seconds)
            left = [path.name for path in folder.rglob("*") if path.is_file()]
            after = completed(world, folder, workers)
            other = [key for key in whole.keys() | after.keys() if whole.get(key) != after.get(key)]
            outcome = "other bytes" if other else "the same bytes"
            counts[f"{name}: {outcome}"] = counts.get(f"{name}: {outcome}", 0) + 1
            if other:
                bad.append(f"{name}, kill {number}: {', '.join(sorted(other)[:4])}; left: {', '.join(left[:5])}")
            shutil.rmtree(folder)
            print(f"\r{sum(counts.values()):3} kills, {len(bad)} bad", end="", file=sys.stderr)
    return counts, bad


def asked(world: World, folder: Path, workers: tuple[str, ...]) -> Asked:
    """The command, which writes everything into ``folder``."""
    folder.mkdir(exist_ok=True)
    options = [
        *world.options(folder / "store"),
        "--batch-size=8",
        CHOSEN,
        *workers,
        f"--results={folder / 'results.json'}",
    ]
    return Asked("kill", tuple(options), environment={"XDG_CACHE_HOME": str(folder / "cache")}, seconds=SECONDS)


def killed(world: World, folder: Path, workers: tuple[str, ...], seconds: float) -> None:
    """Begin it, and end it after some seconds with all that it began."""
    if workers:
        wanted = asked(world, folder, workers)
        command = [sys.executable, "-m", "pytest", *wanted.arguments]
        environment = {**os.environ, **wanted.environment}
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet, start_new_session=True
        )
        time.sleep(seconds)
        _kill_group(process.pid)
        process.wait()
        return
    pid = start(asked(world, folder, workers), folder / "output")
    time.sleep(seconds)
    end(pid)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def completed(world: World, folder: Path, workers: tuple[str, ...]) -> Mapping[str, str]:
    """Of a run to its end: digests of the stored predictions, of the checks and of the exit code."""
    (result,) = run_all([asked(world, folder, workers)], 1)
    found = {"exit code": str(result.code)}
    if (results := folder / "results.json").is_file():
        found["checks"] = _sha256(json.dumps(json.loads(results.read_text())["checks"], sort_keys=True).encode())
    found |= in_fork(lambda: {path.name: _rows(path) for path in (folder / "store").glob("*.parquet")})
    found["parts left behind"] = str(sorted(path.name for path in (folder / "store").glob("*.partial")))
    return found


def _rows(path: Path) -> str:
    """Digest of all that a file of predictions says, but for the time when it was written."""
    table, facts = checksummed_parquet.read(path)
    rows = table.replace_schema_metadata(None).combine_chunks()
    said = {name: value for name, value in facts.items() if name not in ("written", "file_sha256")}
    stream = BytesIO()
    with pa.ipc.new_stream(stream, rows.schema) as writer:
        writer.write_table(rows)
    return _sha256(stream.getvalue() + json.dumps(said, sort_keys=True).encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""``python -m benchmarks.reliability [PART ...] [--scale 0.1]``: tables of counts; exit code 1 if one is bad."""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.reliability import bad_inputs, damages, false_green, kills, runs
from benchmarks.reliability.world import make


def damaged(scratch: Path, scale: float, processes: int) -> list[str]:
    """At least 3,000 damages."""
    world = make(scratch / "world", 24)
    chosen = ("-k=(test_ece or test_accuracy) and not said", f"--save-run={scratch / 'saved'}")
    cache = {"XDG_CACHE_HOME": str(scratch / "cache")}
    (saved,) = runs.run_all([runs.Asked("", (*world.options(scratch / "store-0"), *chosen), environment=cache)], 1)
    if saved.code:
        return [f"the run to damage ended with {saved.code}: {saved.sentence}"]
    counts, bad = damages.run(world, scratch, round(3_200 * scale), seed=0, processes=processes)
    kinds = sorted({kind for kind, _ in counts})
    outcomes = (damages.SAME, damages.REFUSED, *damages.BAD)
    print("\n| damaged | " + " | ".join(outcomes) + " |\n|---|" + "---|" * len(outcomes))
    for kind in kinds:
        print(f"| {kind} | " + " | ".join(f"{counts[kind, outcome]:,}" for outcome in outcomes) + " |")
    totals = [sum(counts[kind, outcome] for kind in kinds) for outcome in outcomes]
    print(f"| **{sum(totals):,} in all** | " + " | ".join(f"{total:,}" for total in totals) + " |")
    return bad


def bad_input(scratch: Path, scale: float, processes: int) -> list[str]:
    """At least 300 bad inputs."""
    every = round(1 / scale)
    asked = (case for number, case in enumerate(bad_inputs.cases(scratch)) if number % every == 0)
    return tabled("bad inputs", runs.run_all(asked, processes), lambda name: name.partition(":")[0], sys.stdout)


def killed(scratch: Path, scale: float, processes: int) -> list[str]:
    """50 kills."""
    counts, bad = kills.run(make(scratch / "world", 24), scratch, max(1, round(50 * scale)), seed=0)
    print("\n| kills | |\n|---|---|")
    for name, count in counts.items():
        print(f"| {name} | {count} |")
    return bad


def falsely_green(scratch: Path, scale: float, processes: int) -> list[str]:
    """At least 100 attempts to get a false green."""
    (control,) = runs.run_all([false_green.control(scratch)], 1)
    if control.code != 0:
        return [f"the control is not green ({control.code}): {control.sentence}"]
    every = round(1 / scale)
    asked = (case for number, case in enumerate(false_green.cases(scratch)) if number % every == 0)
    return tabled("false green", runs.run_all(asked, processes), lambda name: name.partition(";")[0], sys.stdout)


def tabled(title: str, ended: "object", group: Callable[[str], str], out: "object") -> list[str]:
    """Print how runs ended, by group; every one must end with a code that is not 0, in a sentence."""
    counts: Counter[tuple[str, str]] = Counter()
    bad: list[str] = []
    lines = Path(os.environ.get("RELIABILITY_LINES", os.devnull)).open("a", encoding="utf-8")  # noqa: SIM115
    for one in ended:  # type: ignore[attr-defined]
        outcome = verdict(one)
        counts[group(one.asked.name), outcome] += 1
        lines.write(f"{outcome}\t{one.code}\t{one.asked.name}\t{one.sentence}\n")
        lines.flush()
        if outcome != REFUSED:
            bad.append(f"{outcome} ({one.code}): {one.asked.name}: {one.sentence}\n{one.output[-1500:]}")
    groups = list(dict.fromkeys(name for name, _ in counts))
    print(f"\n| {title} | " + " | ".join(OUTCOMES) + " |\n|---|" + "---|" * len(OUTCOMES))
    for name in groups:
        print(f"| {name} | " + " | ".join(str(counts[name, outcome]) for outcome in OUTCOMES) + " |")
    totals = [sum(counts[name, outcome] for name in groups) for outcome in OUTCOMES]
    print(f"| **{sum(totals):,} in all** | " + " | ".join(map(str, totals)) + " |", flush=True)
    return bad


REFUSED = "refused in a sentence"
OUTCOMES = (REFUSED, "exit code 0", "traceback", "hang")


def verdict(one: runs.Ended) -> str:
    """How a run with something wrong ended."""
    if one.code is None:
        return "hang"
    if one.traced:
        return "traceback"
    return REFUSED if one.code else "exit code 0"


PARTS = {"damages": damaged, "inputs": bad_input, "kills": killed, "green": falsely_green}


def main() -> int:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--scale", type=float, default=1.0, help="a share of every part, for a quick look")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    chosen = parser.parse_args()
    runs.prepare()
    bad = []
    for name in chosen.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="reliability-") as folder:
            began = time.monotonic()
            bad += PARTS[name](Path(folder), chosen.scale, chosen.processes)
            print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    for text in bad:
        print(f"BAD {text}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

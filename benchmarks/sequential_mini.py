"""Looks at the suite ``mini``: which verdicts differ from those on all images, and how many images they take.

``python -m benchmarks.sequential_mini STORE 20``; STORE: where a full run kept its predictions (``--store=STORE``):
nothing is predicted, and for each of 20 random orders the verdicts are held against those on all images.
Options of pytest may follow.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from behaviors.findings import GROUPS

SEEN = re.compile(r"([\d,]+) of ([\d,]+) images of (\w+)")
PLANNED = re.compile(r"^(\S+) +(\S+) +\S.* {2,}([\d,]+)  (?:stored|missing|partial)")
Place = tuple[str, str]


def ran(store: str, folder: Path, *options: str) -> tuple[str, list[dict[str, Any]]]:
    """What pytest prints, and the checks of its results."""
    results = folder / "results.json"
    results.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", f"--store={store}", f"--results={results}", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    checks = json.loads(results.read_text())["checks"] if results.exists() else []
    return done.stdout, checks


def planned(text: str) -> Counter[Place]:
    """By model and dataset, how many images a full run predicts, over all views."""
    found: Counter[Place] = Counter()
    for line in text.splitlines():
        if match := PLANNED.match(line):
            found[match[1], match[2]] += int(match[3].replace(",", ""))
    return found


def share(checks: list[dict[str, Any]], plan: Counter[Place]) -> float:
    """Of the planned images, how many some test looked at; what no test takes looks at counts whole."""
    looked: dict[Place, float] = {}
    for check in checks:
        note = next((note for note in check["notes"] if note.startswith("look ")), "")
        for some, of, role in SEEN.findall(note):
            part = int(some.replace(",", "")) / int(of.replace(",", ""))
            for model in GROUPS.get(check["model"], (check["model"],)):
                looked[model, role] = max(part, looked.get((model, role), 0.0))
    return sum(images * looked.get(place, 1.0) for place, images in plan.items()) / sum(plan.values())


def main() -> None:
    """Print a line for each order, and the totals."""
    store, orders, options = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    with tempfile.TemporaryDirectory() as folder:
        plan = planned(ran(store, Path(folder), "--plan", *options)[0])
        whole = {check["nodeid"]: check["verdict"] for check in ran(store, Path(folder), *options)[1]}
        against: Counter[tuple[str, str]] = Counter()
        shares = []
        for seed in range(orders):
            checks = ran(store, Path(folder), "--sequential", f"--sequential-seed={seed}", *options)[1]
            pairs = [(whole[check["nodeid"]], check["verdict"]) for check in checks]
            against.update(pairs)
            shares.append(share(checks, plan))
            other = {pair: count for pair, count in Counter(pairs).items() if pair[0] != pair[1]}
            print(f"order {seed}: {100 * shares[-1]:.1f} % of {sum(plan.values()):,} images; other verdicts: {other}")
        print(f"mean {100 * sum(shares) / len(shares):.1f} %; verdicts (on all images, by looks): {dict(against)}")


if __name__ == "__main__":
    main()

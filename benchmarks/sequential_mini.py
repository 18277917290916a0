"""Looks at the suite ``mini``: which verdicts differ from those on all images, and how many images they take.

``python -m benchmarks.sequential_mini STORE 20``; STORE: where a full run kept its predictions (``--store=STORE``):
nothing is predicted, and for each of 20 random orders the verdicts are held against those on all images.
Options of pytest may follow.  ``--apart 6``: not under the shipped rules, whose limits are where all images just tell,
but under limits 6 standard errors (of all images) from what was measured; claims stay as they are.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from behaviors.findings import GROUPS
from fixtures.core.checkout import CHECKOUT
from fixtures.gates.metrics import known_metrics

AT_ONCE = ("-k", "not search and not probe and not transfers_best")
"""Tests that see all of their images whatever comes of them need not be called."""
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


def rules_apart(checks: list[dict[str, Any]], errors: float) -> str:
    """Rules for suite mini with limits so many standard errors from what was measured, and no margin."""
    shipped = yaml.safe_load((CHECKOUT / "thresholds.yaml").read_text())["mini"]
    metrics, block = known_metrics(), {"findings": shipped["findings"]}
    for check in checks:
        behavior, metric, interval, shown = (check[key] for key in ("behavior", "metric", "interval", "threshold"))
        if behavior == "findings" or interval is None or shown is None:
            continue
        value, promised, z = check["value"], metrics[behavior][metric], 1.645
        rule = {"model": check["model"], "dataset": check["dataset"], "because": "for a benchmark"}
        if shown["at_least"] is not None:
            rule["min"] = max(value - errors / z * (value - interval["low"]), promised.lowest)
        if shown["at_most"] is not None:
            rule["max"] = min(value + errors / z * (interval["high"] - value), promised.highest)
        written = shipped[behavior][metric]
        within = [one["within"] for one in (written if isinstance(written, list) else [written]) if "within" in one]
        rule |= {"within": within[0]} if within else {}
        block.setdefault(behavior, {}).setdefault(metric, []).append(rule)
    return str(yaml.safe_dump({"mini": block}))


def main() -> None:
    """Print a line for each order, and the totals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("orders", type=int)
    parser.add_argument("--apart", type=float)
    chosen, options = parser.parse_known_args()
    store, orders = chosen.store, chosen.orders
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if chosen.apart is not None:
            rules = folder / "rules.yaml"
            rules.write_text(rules_apart(ran(store, folder, *AT_ONCE, *options)[1], chosen.apart))
            options += [f"--thresholds={rules}"]
        plans = [planned(ran(store, folder, "--plan", *some, *options)[0]) for some in (AT_ONCE, ())]
        whole = {check["nodeid"]: check["verdict"] for check in ran(store, folder, *AT_ONCE, *options)[1]}
        against: Counter[tuple[str, str]] = Counter()
        shares = []
        for seed in range(orders):
            checks = ran(store, folder, "--sequential", f"--sequential-seed={seed}", *AT_ONCE, *options)[1]
            pairs = [(whole[check["nodeid"]], check["verdict"]) for check in checks]
            against.update(pairs)
            shares.append([100 * share(checks, plan) for plan in plans])
            other = {pair: count for pair, count in Counter(pairs).items() if pair[0] != pair[1]}
            print(f"order {seed}: {_said(shares[-1], plans)}; other verdicts: {other}", flush=True)
        print(f"mean {_said([sum(column) / len(shares) for column in zip(*shares, strict=True)], plans)}")
        print(f"verdicts (on all images, by looks): {dict(against)}")


def _said(shares: list[float], plans: list[Counter[Place]]) -> str:
    looked, every = (f"{part:.1f} % of {sum(plan.values()):,}" for part, plan in zip(shares, plans, strict=True))
    return f"{looked} images that take looks, {every} with those of searches and probes"


if __name__ == "__main__":
    main()

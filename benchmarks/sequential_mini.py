"""Looks at the suite ``mini``: which verdicts differ from those on all images, and how many images they take.

``python -m benchmarks.sequential_mini STORE 20``; STORE: where a full run kept its predictions (``--store=STORE``):
nothing is predicted, and for each of 20 random orders the verdicts are held against those on all images.  Features are
not counted where what probes on them answer is stored.
Options of pytest may follow.  ``--apart 6``: not under the shipped rules, whose limits are where all images just tell,
but under limits 6 standard errors (of all images) from what was measured; claims stay as they are.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from fixtures.core.checkout import CHECKOUT
from fixtures.gates.metrics import known_metrics

AT_ONCE = ("-k", "not search and not probe and not transfers_best and not groups and not conformal and not ood")
"""Tests that see all of their images whatever comes of them need not be called."""
Place = tuple[str, ...]
"""Model, dataset, view, and whether predictions or features."""


def ran(store: str, folder: Path, *options: str) -> tuple[Counter[Place], list[dict[str, Any]]]:
    """Of how many images models are asked what (``benchmarks.asked``), and the checks of the results."""
    results, asked = folder / "results.json", folder / "asked.json"
    for path in (results, asked):
        path.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "benchmarks.asked", f"--store={store}"]
    told = {**os.environ, "ASKED": str(asked)}
    subprocess.run([*command, f"--results={results}", *options], capture_output=True, check=False, env=told)
    rows = json.loads(asked.read_text()) if asked.exists() else []
    checks = json.loads(results.read_text())["checks"] if results.exists() else []
    return Counter({tuple(map(str, place)): int(images) for *place, images in rows}), checks


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
        whole = [ran(store, folder, *some, *options) for some in (AT_ONCE, ())]
        verdicts = {check["nodeid"]: check["verdict"] for check in whole[1][1]}
        against: Counter[tuple[str, str]] = Counter()
        shares = []
        for seed in range(orders):
            looks = [
                ran(store, folder, "--sequential", f"--sequential-seed={seed}", *some, *options)
                for some in (AT_ONCE, ())
            ]
            pairs = [(verdicts[check["nodeid"]], check["verdict"]) for check in looks[1][1]]
            against.update(pairs)
            shares.append(
                [100 * some.total() / all_of.total() for (some, _), (all_of, _) in zip(looks, whole, strict=True)]
            )
            other = {pair: count for pair, count in Counter(pairs).items() if pair[0] != pair[1]}
            print(f"order {seed}: {_said(shares[-1], whole)}; other verdicts: {other}", flush=True)
        print(f"mean {_said([sum(column) / len(shares) for column in zip(*shares, strict=True)], whole)}")
        print(f"verdicts (on all images, by looks): {dict(against)}")


def _said(shares: list[float], whole: list[tuple[Counter[Place], list[dict[str, Any]]]]) -> str:
    looked, every = (f"{part:.1f} % of {of.total():,}" for part, (of, _) in zip(shares, whole, strict=True))
    return f"{looked} images of the tests that take looks, {every} of all"


if __name__ == "__main__":
    main()

"""How often the bounds of worst groups, worst classes and gaps miss: groups that are alike, a few worse, or all apart.

python -m benchmarks.groups [--repetitions 1000]
"""

import argparse
from collections.abc import Mapping

import numpy as np

from behaviors.groups import metrics
from behaviors.statistics import least as bounds
from behaviors.statistics.grouping import Groups

ALPHA = 0.05
WORST = 5
TRUTHS: Mapping[str, tuple[float, ...]] = {
    "alike .8": (0.8,),
    "alike .97": (0.97,),
    "one at half": (0.4, *(0.8,) * 15),
    "spread": tuple(np.linspace(0.3, 0.98, 16)),
    "two kinds": (0.6, 0.9),
}
"""Accuracies that are repeated until there are as many groups as wanted; ``one at half``: only the first is."""


def drawn(kind: str, count: int, sizes: str, size: int, random: np.random.Generator) -> tuple[np.ndarray, Groups]:
    """True accuracies (G,) and groups of ``size`` images each, or of half to four times as many."""
    truth = np.resize(TRUTHS[kind], count)
    if kind == "one at half":
        truth = np.where(np.arange(count) == 0, 0.4, 0.8)
    images = np.full(count, size) if sizes == "equal" else np.resize([size, 4 * size, 2 * size, size // 2], count)
    codes = np.repeat(np.arange(count), images)
    return truth, Groups(tuple(map(str, range(count))), (codes,), random.random(codes.size) < truth[codes])


def errors(kind: str, count: int, sizes: str, size: int, repetitions: int) -> dict[str, tuple[float, float]]:
    """By number, how often the low bound is above the truth, and the high one below it.

    ``named``: the bounds of the group that is named for being worst, and its own accuracy.
    """
    random = np.random.default_rng(0)
    missed: dict[str, np.ndarray] = {}
    for _ in range(repetitions):
        truth, groups = drawn(kind, count, sizes, size, random)
        worst = metrics.worst(groups, alpha=ALPHA)
        found = {
            "worst": (worst.interval, truth.min()),
            "worst classes": (metrics.worst_mean(groups, WORST, alpha=ALPHA).interval, np.sort(truth)[:WORST].mean()),
            "gap": (metrics.gap(groups, alpha=ALPHA).interval, np.ptp(truth)),
        }
        ends = {name: (one.low, one.high, true) for name, (one, true) in found.items()}
        first = worst.parts[0]
        ends["named"] = (first["low"], first["high"], truth[int(first["group"])])
        low, high = bounds.simultaneous(groups.hits, groups.images, alpha=ALPHA)
        ends["all"] = (float((low > truth).any()), 1 - float((high < truth).any()), 0.5)
        for name, (below, above, true) in ends.items():
            missed.setdefault(name, np.zeros(2))
            missed[name] += (below > true + 1e-12, above < true - 1e-12)
    return {name: tuple(counts / repetitions) for name, counts in missed.items()}


def main() -> None:
    """Print the worst of each number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=1000)
    repetitions = parser.parse_args().repetitions
    worst: dict[str, list[tuple[float, str]]] = {}
    for kind in TRUTHS:
        for count in (8, 16, 100):
            for sizes in ("equal", "unequal"):
                for size in (20, 50, 200):
                    for name, (low, high) in errors(kind, count, sizes, size, repetitions).items():
                        where = f"{kind}, {count} {sizes} groups of {size}"
                        worst.setdefault(f"{name} low", []).append((low, where))
                        worst.setdefault(f"{name} high", []).append((high, where))
    for name, cases in worst.items():
        print(f"{name:20}", "; ".join(f"{100 * rate:.1f} ({where})" for rate, where in sorted(cases)[:-4:-1]))


if __name__ == "__main__":
    main()

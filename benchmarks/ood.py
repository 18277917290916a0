"""How often the intervals of out-of-distribution detection miss: normal scores of which the truth is known.

python -m benchmarks.ood [--repetitions 1000]
"""

import argparse

import numpy as np

from behaviors.contract.scores import Scores
from behaviors.ood import metrics

ALPHA = 0.05
EXACT = 400_000
"""Images of either kind from which the true values are read."""


def drawn(random: np.random.Generator, images: int, apart: float, spread: float) -> np.ndarray:
    """Scores of strange images; those of known ones are standard normal."""
    return random.normal(-apart, spread, images)


def scores(dataset: str, values: np.ndarray) -> Scores:
    """As a room is given them."""
    return Scores("one", dataset, np.arange(values.size).astype(str), {"msp": values})


def truth(name: str, apart: float, spread: float, known: int, strange: int) -> float:
    """In the limit; for areas under precision and recall the share of either kind stays that of the sample."""
    random = np.random.default_rng(0)
    ratio = min(1.0, strange / known), min(1.0, known / strange)
    one, other = random.normal(size=int(EXACT * ratio[1])), drawn(random, int(EXACT * ratio[0]), apart, spread)
    return metrics.MEASURES[name](one, other, ALPHA).value


def errors(apart: float, spread: float, known: int, strange: int, repetitions: int) -> dict[str, tuple[float, float]]:
    """By number, how often the low bound is above the truth, and the high one below it; a list of two datasets."""
    random = np.random.default_rng(1)
    true = {name: truth(name, apart, spread, known, strange) for name in metrics.MEASURES}
    missed = {name: np.zeros(2) for name in true}
    for _ in range(repetitions):
        own = scores("val", random.normal(size=known))
        others = [scores(f"ood_{k}", drawn(random, strange, apart, spread)) for k in range(2)]
        for name, value in true.items():
            found = metrics.detect(name, own, others, score="msp", alpha=ALPHA).interval
            missed[name] += (found.low > value, found.high < value)
    return {name: (low / repetitions, high / repetitions) for name, (low, high) in missed.items()}


def main() -> None:
    """Print the worst of each number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=1000)
    repetitions = parser.parse_args().repetitions
    worst: dict[str, list[tuple[float, str]]] = {}
    for apart, spread in ((0.0, 1.0), (1.0, 1.0), (1.0, 2.0), (3.0, 1.0), (5.0, 1.0)):
        for known, strange in ((200, 100), (1000, 200), (300, 1000)):
            where = f"{apart:g} apart, spread {spread:g}, {known} known, {strange} strange"
            for name, (low, high) in errors(apart, spread, known, strange, repetitions).items():
                worst.setdefault(f"{name} low", []).append((low, where))
                worst.setdefault(f"{name} high", []).append((high, where))
    for name, cases in worst.items():
        print(f"{name:15}", "; ".join(f"{100 * rate:.1f} ({where})" for rate, where in sorted(cases)[:-4:-1]))


if __name__ == "__main__":
    main()

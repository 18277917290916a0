"""How often the intervals of selective prediction miss: models whose confidence is calibrated, tied, blind, or worse.

python -m benchmarks.selective [--repetitions 2000]
"""

import argparse
from collections.abc import Callable, Mapping

import numpy as np

from behaviors.contract.measurement import Measurement
from behaviors.selective import areas, metrics
from behaviors.selective.curve import risk_coverage
from behaviors.selective.demands import AtCoverage, AtRisk
from behaviors.statistics.auc import auc

ALPHA = 0.05
RISKS = (0.02, 0.05, 0.1)
Draw = Callable[[np.random.Generator, float, int], tuple[np.ndarray, np.ndarray]]


def calibrated(random: np.random.Generator, accuracy: float, images: int) -> tuple[np.ndarray, np.ndarray]:
    """Right as often as it is sure."""
    sure = random.beta(4 * accuracy, 4 * (1 - accuracy), images)
    return sure, random.random(images) < sure


def tied(random: np.random.Generator, accuracy: float, images: int) -> tuple[np.ndarray, np.ndarray]:
    """Sure in tenths, and a little too sure."""
    sure = np.ceil(random.beta(4 * accuracy, 4 * (1 - accuracy), images) * 10) / 10
    return sure, random.random(images) < sure - 0.03


def blind(random: np.random.Generator, accuracy: float, images: int) -> tuple[np.ndarray, np.ndarray]:
    """Confidence says nothing."""
    return random.random(images), random.random(images) < accuracy


def sharp(random: np.random.Generator, accuracy: float, images: int) -> tuple[np.ndarray, np.ndarray]:
    """Nearly all right answers are surer than the wrong ones."""
    right = random.random(images) < accuracy
    return np.where(right, 0.5 + 0.5 * random.random(images), 0.6 * random.random(images)), right


def misled(random: np.random.Generator, accuracy: float, images: int) -> tuple[np.ndarray, np.ndarray]:
    """Surest where it is wrong."""
    right = random.random(images) < accuracy
    return np.where(right, random.random(images), random.beta(6, 1, images)), right


KINDS: Mapping[str, Draw] = {f.__name__: f for f in (calibrated, tied, blind, sharp, misled)}
ACCURACIES = (0.6, 0.8, 0.95, 0.99)


def measured(sure: np.ndarray, right: np.ndarray) -> dict[str, Measurement]:
    """All that can be measured of these answers."""
    found = {name: getattr(metrics, name)(sure, right, alpha=ALPHA) for name in ("aurc", "augrc", "e_aurc")}
    if 0 < right.sum() < right.size:
        found["auroc"] = metrics.auroc(sure, right, alpha=ALPHA)
    for risk in RISKS:
        demand = AtRisk(risk)
        found[f"coverage_at_risk {risk}"] = metrics.coverage_at_risk(sure, right, demand=demand, alpha=ALPHA)
    for share in (0.5, 0.8):
        demand_ = AtCoverage(share)
        found[f"risk_at_coverage {share}"] = metrics.risk_at_coverage(sure, right, demand=demand_, alpha=ALPHA)
    return found


def truths(sure: np.ndarray, right: np.ndarray) -> dict[str, float]:
    """The same numbers of so many images that they are the truth."""
    curve = risk_coverage(sure, right)
    found = {
        "aurc": areas.selective(curve).value,
        "augrc": areas.generalized(curve).value,
        "e_aurc": areas.excess(curve).value,
        "auroc": auc(sure, right, alpha=ALPHA).value,
    }
    for risk in RISKS:
        place = curve.within(risk)
        found[f"coverage_at_risk {risk}"] = float(curve.coverage[place]) if place >= 0 else 0.0
    for share in (0.5, 0.8):
        found[f"risk_at_coverage {share}"] = float(curve.risk[curve.reaching(share)])
    return found


def errors(kind: str, accuracy: float, images: int, repetitions: int) -> dict[str, tuple[float, float]]:
    """By metric, how often the low bound is above the truth, and the high one below it."""
    random = np.random.default_rng(0)
    truth = truths(*KINDS[kind](random, accuracy, 1_000_000))
    missed = {name: np.zeros(3) for name in truth}
    for _ in range(repetitions):
        for name, found in measured(*KINDS[kind](random, accuracy, images)).items():
            if found.interval is not None:
                low, high = found.interval.low, found.interval.high
                missed[name] += (low > truth[name], high < truth[name], 1)
    return {name: (low / max(of, 1), high / max(of, 1)) for name, (low, high, of) in missed.items()}


def main() -> None:
    """Print every setting, and the worst of each metric."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=2000)
    repetitions = parser.parse_args().repetitions
    worst: dict[str, list[tuple[float, str]]] = {}
    for kind in KINDS:
        for accuracy in ACCURACIES:
            for images in (50, 200, 1000):
                for name, (low, high) in errors(kind, accuracy, images, repetitions).items():
                    where = f"{kind}, accuracy {accuracy}, {images} images"
                    worst.setdefault(f"{name} low", []).append((low, where))
                    worst.setdefault(f"{name} high", []).append((high, where))
    for name, cases in worst.items():
        print(f"{name:28}", "; ".join(f"{100 * rate:.1f} ({where})" for rate, where in sorted(cases)[:-4:-1]))


if __name__ == "__main__":
    main()

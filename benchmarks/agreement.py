"""How often the intervals of error consistency miss: observers of whom it is known how alike they err.

python -m benchmarks.agreement [--repetitions 2000]
"""

import argparse

import numpy as np

from behaviors.agreement import metrics

ALPHA = 0.05


def observers(random: np.random.Generator, error: float, alike: float, count: int, images: int) -> np.ndarray:
    """(count, images) bool, right or wrong: each goes by what is hard for all, or by a draw of its own.

    The error consistency of any two is alike^2.
    """
    hard = random.random(images) < error
    own = random.random((count, images)) < error
    return ~np.where(random.random((count, images)) < alike, hard, own)


def errors(error: float, alike: float, images: int, repetitions: int) -> dict[str, tuple[float, float]]:
    """By number, how often the low bound is above the truth, and the high one below it; the model errs by itself."""
    random, missed = np.random.default_rng(0), {}
    for _ in range(repetitions):
        answers = observers(random, error, alike, 4, images)
        people = {str(k): answers[k] for k in range(3)}
        model = random.random(images) >= error
        if any(row.all() or not row.any() for row in [*answers, model]):
            continue
        found = {
            "two models": (metrics.consistency(answers[0], answers[3], alpha=ALPHA), alike**2),
            "with people": (metrics.with_people(answers[3], people, alpha=ALPHA), alike**2),
            "below people": (metrics.below_people(model, people, alpha=ALPHA), alike**2),
        }
        for name, (one, truth) in found.items():
            counts = missed.setdefault(name, np.zeros(3))
            counts += (one.interval.low > truth, one.interval.high < truth, 1)
    return {name: (low / of, high / of) for name, (low, high, of) in missed.items()}


def main() -> None:
    """Print the worst of each number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=2000)
    repetitions = parser.parse_args().repetitions
    worst: dict[str, list[tuple[float, str]]] = {}
    for error in (0.05, 0.2, 0.5, 0.8):
        for alike in (0.0, 0.5, 0.9):
            for images in (100, 480, 2000):
                for name, (low, high) in errors(error, alike, images, repetitions).items():
                    where = f"errors {error}, alike {alike}, {images} images"
                    worst.setdefault(f"{name} low", []).append((low, where))
                    worst.setdefault(f"{name} high", []).append((high, where))
    for name, cases in worst.items():
        print(f"{name:20}", "; ".join(f"{100 * rate:.1f} ({where})" for rate, where in sorted(cases)[:-4:-1]))


if __name__ == "__main__":
    main()

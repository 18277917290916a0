"""How often the bounds of the adaptive ECE miss: its bins move with the images, and the bounds take them as given.

python -m benchmarks.adaptive [--repetitions 2000]
"""

import argparse
from collections.abc import Callable, Mapping

import numpy as np

from behaviors.calibration.metrics import adaptive_calibration_error

ALPHA, BINS = 0.05, 15
RIGHT: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "calibrated": lambda sure: sure,
    "too sure": lambda sure: sure**1.5,
    "too modest": lambda sure: sure**0.7,
    "both": lambda sure: np.where(sure > 0.8, sure - 0.05, np.minimum(sure + 0.05, 1)),
}
"""How often a model is right, by how sure it is."""


def drawn(kind: str, images: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Confidences, mostly high, and whether answers are right."""
    sure = 0.1 + 0.9 * random.beta(2, 0.7, images)
    return sure, random.random(images) < RIGHT[kind](sure)


def truth(kind: str) -> float:
    """The sum over bins of equal mass of how far the mean confidence is from the mean of being right."""
    sure = np.sort(0.1 + 0.9 * np.random.default_rng(1).beta(2, 0.7, 3_000_000))
    gap = (sure - RIGHT[kind](sure)).reshape(BINS, -1).mean(axis=1)
    return float(np.abs(gap).mean())


def errors(kind: str, images: int, repetitions: int) -> tuple[float, float]:
    """How often the low bound is above the truth, and the high one below it."""
    random, true, missed = np.random.default_rng(0), truth(kind), np.zeros(2)
    for _ in range(repetitions):
        found = adaptive_calibration_error(*drawn(kind, images, random), bins=BINS, alpha=ALPHA).interval
        missed += (found.low > true, found.high < true)
    return float(missed[0] / repetitions), float(missed[1] / repetitions)


def main() -> None:
    """Print every setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=2000)
    repetitions = parser.parse_args().repetitions
    for kind in RIGHT:
        for images in (100, 500, 2000):
            low, high = errors(kind, images, repetitions)
            print(f"{kind:12} {images:6,} images {100 * low:5.1f} / {100 * high:4.1f}")


if __name__ == "__main__":
    main()

"""How often do the intervals of the calibration metrics miss the truth?  Run: python -m benchmarks.intervals

Each cell is "low / high": the share of simulated test sets, in percent, whose low bound lies above the truth (a false
alarm of an upper limit) and whose high bound lies below it (a miss).  Nominal: alpha, 5 % each.
Means and maxima of error ratios: ``benchmarks.error_ratios``; few predictions wrong: ``benchmarks.few_errors``.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from behaviors.calibration.bounds import Bounds, ece_bounds, overconfidence_bounds
from behaviors.contract.measurement import Interval
from behaviors.statistics.gaps import Gaps
from behaviors.statistics.intervals import mean_hall, mean_z
from benchmarks import ratios, shares
from benchmarks.cases import ALPHA, line

Floats = NDArray[np.float64]

BINS, CELLS = 15, 10
SIZES = (100, 500, 2000, 10_000, 50_000)


@dataclass(frozen=True)
class Population:
    """Images in cells of equal confidence: BINS x CELLS shares, confidences and accuracies, so the truth is exact."""

    share: Floats
    confidence: Floats
    accuracy: Floats

    @property
    def gaps(self) -> Floats:
        """(BINS,): the true mean of each bin's gaps."""
        return (self.share * (self.confidence - self.accuracy)).reshape(BINS, CELLS).sum(-1)

    def draw(self, images: int, repetitions: int, random: np.random.Generator) -> tuple[Gaps, NDArray[np.int64]]:
        """Test sets of that many images, and (repetitions,) how many predictions of each are right."""
        share = np.concatenate([self.share * self.accuracy, self.share * (1 - self.accuracy)])
        counts = random.multinomial(images, share / share.sum(), size=repetitions).reshape(repetitions, 2, BINS, CELLS)
        gap = np.stack([self.confidence - 1, self.confidence]).reshape(2, BINS, CELLS)
        mean, squared = (np.einsum("robc,obc->rb", counts, gap**power) / images for power in (1, 2))
        return Gaps(mean, squared, images), counts[:, 0].sum((1, 2))


def population(
    shape: Callable[[Floats], Floats] = np.zeros_like, ece: float = 0.0, share: Floats | None = None
) -> Population:
    """A classifier whose gap has this shape over the confidence, scaled to the stated ECE.

    ``share``: (BINS * CELLS,) how often it is how sure; None: as classifiers on ImageNet are.
    """
    confidence = (np.arange(BINS * CELLS) + 0.5) / (BINS * CELLS)
    share = confidence**0.6 / (1 - confidence) ** 0.55 if share is None else share
    share = share / share.sum()

    def scaled(factor: float) -> Population:
        return Population(share, confidence, np.clip(confidence - factor * shape(confidence), 0, 1))

    low, high = 0.0, 100.0
    for _ in range(100 if ece else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if np.abs(scaled(middle).gaps).sum() < ece else (low, middle)
    return scaled(low)


def saturated() -> Population:
    """Always sure of itself and 98 % right: few errors, so that the observed spread says little about their rate."""
    cells = np.arange(BINS * CELLS)
    last = (cells == cells[-1]).astype(np.float64)
    return Population(last, (cells + 0.5) / cells.size, np.full(cells.size, 0.98))


def _last_bin(confidence: Floats) -> Floats:
    return (confidence > 1 - 1 / BINS).astype(np.float64)


def _alternating(confidence: Floats) -> Floats:
    return (1 - 2 * (np.floor(confidence * BINS) % 2)) * np.sin(np.pi * confidence)


SCENARIOS = {
    "calibrated": population(),
    "one bin only (.05)": population(_last_bin, 0.05),
    "one bin only (.10)": population(_last_bin, 0.10),
    "over-confident (.05)": population(lambda c: np.sin(np.pi * c), 0.05),
    "under-confident (.05)": population(lambda c: -np.sin(np.pi * c), 0.05),
    "sign-changing (.05)": population(lambda c: -np.sin(2 * np.pi * c), 0.05),
    "alternating by bin (.05)": population(_alternating, 0.05),
    "hardly miscalibrated (.01)": population(lambda c: np.sin(np.pi * c), 0.01),
    "saturated, 98 % right (.017)": saturated(),
}


def binned_errors(
    people: Population, images: int, *, repetitions: int, random: np.random.Generator, widened: bool = True
) -> Iterator[tuple[str, float, float]]:
    """Error rates of the ECE's and its parts' bounds: (metric, low, high); ``widened``: also where few are wrong."""
    (gaps, right), truth = people.draw(images, repetitions, random), people.gaps
    hits = right if widened else None
    over, under = (overconfidence_bounds(one, alpha=ALPHA, right=hits) for one in (gaps, gaps.mirrored))
    yield "ece", *_missed(ece_bounds(gaps, alpha=ALPHA, right=hits), np.abs(truth).sum())
    yield "overconfidence", *_missed(over, np.maximum(truth, 0).sum())
    yield "underconfidence", *_missed(under, np.maximum(-truth, 0).sum())


def mean_errors(
    interval: Callable[..., Interval], values: Floats, images: int, *, repetitions: int, random: np.random.Generator
) -> tuple[float, float]:
    """Error rates of an interval for the mean of these values, of which test sets are drawn with replacement."""
    found = [interval(random.choice(values, images), alpha=ALPHA) for _ in range(repetitions)]
    bounds = np.array([i.low for i in found]), np.array([i.high for i in found])
    return _missed(bounds, float(np.mean(values)))


def losses(images: int, random: np.random.Generator) -> dict[str, Floats]:
    """Per-image values of the mean metrics, for many images of an over-confident model."""
    people = SCENARIOS["over-confident (.05)"]
    cell = random.choice(len(people.share), images, p=people.share)
    confidence = people.confidence[cell]
    right = random.random(images) < people.accuracy[cell]
    label = np.where(right, confidence, (1 - confidence) * random.beta(0.5, 3, images))
    return {
        "signed_gap": confidence - right,
        "brier_top_label": (confidence - right) ** 2,
        "nll": -np.log(np.maximum(label, 1e-12)),
    }


def _missed(bounds: Bounds, truth: float) -> tuple[float, float]:
    low, high = bounds
    slack = 1e-12  # a bound that equals the truth, as 0 does for a part that is 0, has not missed it
    return float(np.mean(low > truth + slack)), float(np.mean(high < truth - slack))


def _line(title: str, cells: list[tuple[float, float]]) -> str:
    return f"{title:44}" + "".join(f"{100 * low:6.1f} /{100 * high:5.1f}" for low, high in cells)


def sums_of_gaps(repetitions: int, random: np.random.Generator) -> None:
    """Print a row per scenario and metric."""
    print(f"{'sums of gaps':44}" + "".join(f"{f'n={n:,}':>13}" for n in SIZES))
    for scenario, people in SCENARIOS.items():
        columns = [list(binned_errors(people, n, repetitions=repetitions, random=random)) for n in SIZES]
        for row in zip(*columns, strict=True):
            print(_line(f"{scenario}: {row[0][0]}", [(low, high) for _, low, high in row]))


def means(repetitions: int, random: np.random.Generator) -> None:
    """Print a row per metric and interval."""
    print(f"\n{'means':44}" + "".join(f"{f'n={n:,}':>13}" for n in SIZES[:-1]))
    for metric, values in losses(1_000_000, random).items():
        for interval in (mean_z, mean_hall):
            cells = [mean_errors(interval, values, n, repetitions=repetitions, random=random) for n in SIZES[:-1]]
            print(_line(f"{metric}: {interval.__name__}", cells))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    sums_of_gaps(options.repetitions, random)
    means(options.repetitions // 5, random)
    print("\nshares, differences and ratios, by n")
    for case in chain(shares.cases(), ratios.cases()):
        print(line(case, case.errors(options.repetitions, random)), flush=True)


if __name__ == "__main__":
    main()

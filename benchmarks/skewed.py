"""How often is a model called worse that is not, where differences are skewed?  Run: python -m benchmarks.skewed

The truth is exactly at the margin.  By scenario: false "worse" at an error of 0.05, in percent, and at the levels that
Holm's correction asks of the first of 90 and of 350 comparisons, as a multiple of what they allow; first of Student's t
(or Tango's score), then of what is used.  Differences of shares are enumerated, not drawn.
"""

import argparse
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit, stdtrit

from behaviors.statistics.paired import bonett_price_p, tango_p, tango_unskewed_p
from behaviors.statistics.unseen import FEW, Sample

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, int]], Floats]
"""Random numbers, (repetitions, images) -> as many differences new - old, whose true mean is 0; more is worse."""

LEVELS = (0.05, 0.05 / 90, 0.05 / 350)
SIZES = (200, 1000)
GRID = np.linspace(-9, 9, 4001)
AT_ONCE = 2_000_000


class Wrong(NamedTuple):
    """Multiples of what the ``LEVELS`` allow, by test."""

    before: Floats
    now: Floats


def log_loss(old: float, new: float, middle: float, spread: float) -> Draw:
    """Two classes, calibrated log odds ~ N(middle, spread^2), which the models multiply by ``old`` and ``new``."""
    odds, weight = middle + spread * GRID, np.exp(-(GRID**2) / 2) / np.exp(-(GRID**2) / 2).sum()

    def expected(factor: float) -> float:
        right = expit(odds)
        return float(weight @ (right * np.logaddexp(0, -factor * odds) + (1 - right) * np.logaddexp(0, factor * odds)))

    truth = expected(new) - expected(old)

    def draw(random: np.random.Generator, shape: tuple[int, int]) -> Floats:
        drawn = middle + spread * random.normal(size=shape)
        against = np.where(random.random(shape) < expit(drawn), -drawn, drawn)
        return np.logaddexp(0, new * against) - np.logaddexp(0, old * against) - truth

    return draw


def lognormal(spread: float, sign: int) -> Draw:
    """exp(N(0, spread^2)), with either tail."""
    return lambda random, shape: sign * (np.exp(spread * random.normal(size=shape)) - np.exp(spread**2 / 2))


def rare(expected: float, size: str = "1", noise: float = 0.0) -> Draw:
    """So many images of a sample, on average, where the new model gains a lot; it loses a little on all others."""

    def draw(random: np.random.Generator, shape: tuple[int, int]) -> Floats:
        gains = random.random(shape) < expected / shape[1]
        sizes: Floats | float = random.exponential(size=shape) if size == "exponential" else 1.0
        return expected / shape[1] - gains * sizes + noise * random.normal(size=shape)

    return draw


def sparse(gains: float, losses: float) -> Draw:
    """Expected numbers of images with a gain, and with a loss, of 1; the rarer ones are larger, in balance."""
    most = max(gains, losses)

    def draw(random: np.random.Generator, shape: tuple[int, int]) -> Floats:
        place = random.random(shape) * shape[1]
        return np.where(place < losses, most / losses, 0) - np.where(place > shape[1] - gains, most / gains, 0)

    return draw


def normal(random: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Not skewed at all."""
    return random.normal(size=shape)


SCENARIOS: dict[str, Draw] = {
    "normal": normal,
    "log-loss x 1.5, then x 0.63, accuracy .82": log_loss(1.5, 0.63, 1.5, 2.0),
    "log-loss x 1.5, then x 0.63, accuracy .94": log_loss(1.5, 0.63, 4.0, 2.0),
    "lognormal(0.5), long tail of gains": lognormal(0.5, -1),
    "lognormal(1), long tail of gains": lognormal(1.0, -1),
    "lognormal(1.5), long tail of gains": lognormal(1.5, -1),
    "lognormal(1), long tail of losses": lognormal(1.0, 1),
    "10 rare gains of 1": rare(10),
    "20 rare gains of 1": rare(20),
    "40 rare gains of 1": rare(40),
    "14 rare gains of any size, noise": rare(14, "exponential", 0.02),
    "20 rare gains of any size, noise": rare(20, "exponential", 0.02),
    "5 gains and 5 losses, the rest alike": sparse(5, 5),
    "20 gains and 20 losses, the rest alike": sparse(20, 20),
    "5 gains of 2, 10 losses of 1": sparse(5, 10),
    "8 gains of 5, 40 losses of 1": sparse(8, 40),
}
HOPELESS: dict[str, Draw] = {
    "5 rare gains of any size, noise": rare(5, "exponential", 0.02),
    "2 rare gains of 1": rare(2),
}
"""What is not allowed for: samples without any of the gains look as if there were none."""
SHARES = (
    (200, 0.05, 0.02),
    (500, 0.02, 0.01),
    (1000, 0.02, 0.005),
    (2000, 0.01, 0.005),
    (5000, 0.006, 0.005),
    (5000, 0.006, 0.003),
    (10_000, 0.02, 0.005),
)
"""Images, share that tells the models apart, and margin, which is also what is truly lost."""


def wrong(draw: Draw, images: int, *, repetitions: int, random: np.random.Generator) -> Wrong:
    """Of Student's t, and of what is used."""
    counts, done = np.zeros((2, len(LEVELS))), 0
    while done < repetitions:
        values = draw(random, (min(repetitions - done, max(1, AT_ONCE // images)), images))
        done += len(values)
        values = values[values.mean(axis=1) > 0]
        error = values.std(axis=1, ddof=1) / np.sqrt(images)
        for k, level in enumerate(LEVELS):
            counts[0, k] += np.count_nonzero(values.mean(axis=1) > stdtrit(images - 1, 1 - level) * error)
        for sample in map(Sample.of, values):
            counts[1] += [sample.low(level) > 0 for level in LEVELS]
    return Wrong(*(counts / done / LEVELS))


def wrong_shares(images: int, apart: float, lost: float) -> Wrong:
    """The same for shares, exactly: of Tango's score test, and of what is used."""
    cells = (apart + lost) / 2, (apart - lost) / 2
    ranges = [np.arange(*stats.binom.interval(1 - 1e-7, images, cell), dtype=np.int64) for cell in cells]
    found = np.zeros((2, len(LEVELS)))
    for more in ranges[0]:
        likely = stats.binom.pmf(more, images, cells[0])
        chances = likely * stats.binom.pmf(ranges[1], images - more, cells[1] / (1 - cells[0]))
        for less, chance in zip(ranges[1], chances, strict=True):
            if more - less > images * lost:
                counts = int(more), int(less), images
                for row, p in enumerate((_before(*counts, margin=lost), _now(*counts, margin=lost))):
                    found[row] += chance * (p <= np.array(LEVELS))
    return Wrong(*(found / LEVELS))


def _before(more: int, less: int, images: int, *, margin: float) -> float:
    return (tango_p if more + less >= FEW else bonett_price_p)(more, less, images, margin=margin)


def _now(more: int, less: int, images: int, *, margin: float) -> float:
    return (tango_unskewed_p if more + less >= FEW else bonett_price_p)(more, less, images, margin=margin)


def rows(repetitions: int, random: np.random.Generator) -> Iterator[tuple[str, int, Wrong]]:
    """(scenario, images, rates)."""
    for name, draw in (SCENARIOS | HOPELESS).items():
        for images in SIZES:
            yield name, images, wrong(draw, images, repetitions=repetitions, random=random)
    for images, apart, lost in SHARES:
        yield f"accuracy, {apart:.1%} told apart, margin {lost}", images, wrong_shares(images, apart, lost)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"{'false worse: % at .05, times at .05/90, .05/350':46}{'n':>7}{'t, or Tango':>24}{'used':>24}")
    for name, images, found in rows(options.repetitions, np.random.default_rng(options.seed)):
        cells = "".join(f"{5 * rates[0]:9.1f} %{rates[1]:6.1f}{rates[2]:7.1f}" for rates in found)
        print(f"{name:46}{images:>7,}{cells}", flush=True)


if __name__ == "__main__":
    main()

"""How often do the intervals of error ratios miss the truth?  Run: python -m benchmarks.error_ratios

Each cell is "low / high": the share of simulated test sets, in percent, whose low bound lies above the truth (a false
alarm of an upper limit) and whose high bound lies below it (a miss).  Nominal: alpha, 5 % each.  Which images carry
which factors is fixed; whether the model errs on an image is drawn, with a probability that its factors multiply.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from behaviors.contract.measurement import Interval
from behaviors.mistakes.evidence import Bools, Errors
from behaviors.mistakes.metrics import Floats, error_ratio, mean_error_ratio, mean_influence, worst_factor
from behaviors.statistics.intervals import mean_z

ALPHA = 0.05
TOP = (15172, 14569, 6200, 6110, 1390, 657, 640, 579, 282, 148, 118, 74, 58, 42, 42, 38)
"""About as many images as the "top" annotations of ImageNet-X have without prototypes, by factor."""


@dataclass(frozen=True)
class World:
    """``carries``: (N, F) bool.  ``chance``: (N,) in [0, 1], that the model is wrong."""

    carries: Bools
    chance: Floats

    @property
    def ratios(self) -> Floats:
        """(F,): the truth."""
        true: Floats = self.chance @ self.carries / self.carries.sum(0) / self.chance.mean()
        return true


def exclusive(counts: tuple[int, ...], error: float, random: np.random.Generator, plain: int = 0) -> World:
    """Each image carries one factor, and ``plain`` images none: the rarer, the harder, up to 2.5 times as hard."""
    carries = np.repeat(np.eye(len(counts), dtype=np.bool_), counts, axis=0)
    carries = np.concatenate([carries, np.zeros((plain, len(counts)), dtype=np.bool_)])
    return _world(carries, error, np.linspace(0.8, 2.0, len(counts)), random)


def overlapping(images: int, share: float, error: float, random: np.random.Generator) -> World:
    """16 factors, each on the same share of the images, whatever others they carry; two thirds make it harder."""
    carries = random.random((images, 16)) < share
    return _world(carries, error, np.tile([0.7, 1.3, 2.0, 1.5], 4), random)


def _world(carries: Bools, error: float, effects: Floats, random: np.random.Generator) -> World:
    harder = np.exp(carries @ np.log(effects)) * random.gamma(2.0, 0.5, len(carries))
    return World(carries, np.clip(harder * error / harder.mean(), 0, 0.98))


def worlds() -> dict[str, World]:
    """The scenarios, by name."""
    random = np.random.default_rng(0)
    return {
        "ImageNet-X's counts, error .24": exclusive(TOP, 0.24, random),
        "ImageNet-X's counts, error .05": exclusive(TOP, 0.05, random),
        "160 each, 1,000 without, error .20": exclusive((160,) * 16, 0.20, random, plain=1000),
        "160 each, 1,000 without, error .02": exclusive((160,) * 16, 0.02, random, plain=1000),
        "30 each, 1,000 without, error .20": exclusive((30,) * 16, 0.20, random, plain=1000),
        "30 each, 1,000 without, error .05": exclusive((30,) * 16, 0.05, random, plain=1000),
        "2,720, overlapping (12 %), error .20": overlapping(2720, 0.12, 0.20, random),
        "2,720, overlapping (50 %), error .20": overlapping(2720, 0.50, 0.20, random),
        "2,720, overlapping (12 %), error .02": overlapping(2720, 0.12, 0.02, random),
    }


Method = Callable[[Errors], Interval | None]


def normal(errors: Errors) -> Interval:
    """The mean of the influences, about the observed mean ratio: without a correction for their skewness."""
    around = mean_z(mean_influence(errors), alpha=ALPHA)
    value = mean_error_ratio(errors, alpha=ALPHA).value
    return Interval(value + around.low, value + around.high, ALPHA, around.method)


METHODS: dict[str, Method] = {
    "mean": lambda errors: mean_error_ratio(errors, alpha=ALPHA).interval,
    "mean, normal": normal,
    "largest": lambda errors: worst_factor(errors, alpha=ALPHA).interval,
    "rarest": lambda errors: error_ratio(errors, errors.factors[-1], alpha=ALPHA).interval,
}


def misses(world: World, repetitions: int, random: np.random.Generator) -> dict[str, tuple[float, float]]:
    """By method, the shares of test sets whose low bound is above the truth, and whose high bound is below."""
    ratios = world.ratios
    truth = {name: float(ratios.mean()) for name in METHODS}
    truth |= {"largest": float(ratios.max()), "rarest": float(ratios[-1])}
    errs = {name: np.zeros(2) for name in METHODS}
    names = tuple(f"factor {k}" for k in range(world.carries.shape[1]))
    for _ in range(repetitions):
        errors = Errors(random.random(len(world.chance)) < world.chance, world.carries, names)
        for name, method in METHODS.items():
            found = method(errors)
            if found is not None:  # it never is
                errs[name] += (found.low > truth[name], found.high < truth[name])
    return {name: (float(low) / repetitions, float(high) / repetitions) for name, (low, high) in errs.items()}


def main() -> None:
    """Print a row per scenario."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=2000)
    chosen = parser.parse_args()
    print(f"{'alpha 5 % each side':40}" + "".join(f"{name:>18}" for name in METHODS))
    for row, (name, world) in enumerate(worlds().items()):
        repetitions = chosen.repetitions if len(world.chance) < 10_000 else chosen.repetitions // 5
        found = misses(world, repetitions, np.random.default_rng(row))
        cells = "".join(f"{100 * low:8.1f} / {100 * high:4.1f}   " for low, high in found.values())
        print(f"{name:40}{cells}")


if __name__ == "__main__":
    main()

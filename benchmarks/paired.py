"""How often does a comparison of two equally good models call one of them worse?  Run: python -m benchmarks.paired

Each cell is "worse / better": the share of simulated pairs, in percent, in which the new model is found worse than the
margin allows, or better, though the truth is exactly at the margin, or at 0.  Nominal: alpha, 5 %; a calibration error
is folded, and its comparisons err on the side of care.  Then: how often a loss is found where there is one.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from behaviors.contract import per_image
from behaviors.contract.comparing import Comparison, compare
from behaviors.contract.measurement import Better, Measurement
from behaviors.contract.per_image import PerImage
from benchmarks.intervals import CELLS, SCENARIOS, Population, population

Floats = NDArray[np.float64]

ALPHA = 0.05
ALIKE = 0.6
"""Share of the images on which two models find the same things hard."""


class Rates(NamedTuple):
    """How often a new model was found worse than the margin allows, and how often better at all."""

    worse: float
    better: float


Draw = Callable[[np.random.Generator], tuple[Measurement, Measurement]]


def rates(draw: Draw, *, better: Better, margin: float = 0.0, repetitions: int, random: np.random.Generator) -> Rates:
    """Of as many pairs of models, each on images of its own."""
    found = [compare(*draw(random), better=better, margin=margin, alpha=ALPHA) for _ in range(repetitions)]
    return _rates(found, np.ones(repetitions))


def share_rates(  # noqa: PLR0913  (a population and how to draw from it)
    images: int, apart: float, lost: float, *, margin: float = 0.0, repetitions: int, random: np.random.Generator
) -> Rates:
    """Of accuracies where ``apart`` of the images tell the models apart, and the new one truly loses ``lost``."""
    cells = [(apart + lost) / 2, (apart - lost) / 2, 1 - apart]
    drawn = random.multinomial(images, cells, size=repetitions)
    rows, counts = np.unique(drawn[:, :2], axis=0, return_counts=True)
    return _rates([_of_counts(int(old), int(new), images, margin) for old, new in rows], counts)


def mean_draw(images: int, changed: float = 1.0) -> Draw:
    """Skewed losses such as NLL; of ``changed`` of the images the models' values differ at all."""

    def draw(random: np.random.Generator) -> tuple[Measurement, Measurement]:
        shared = random.exponential(size=images)
        apart = np.where(random.random((2, images)) < changed, random.exponential(0.5, (2, images)), 0.5)
        return _measured(shared + apart[0]), _measured(shared + apart[1])

    return draw


def clustered_draw(scenes: int, each: int) -> Draw:
    """Right answers on scenes of 1 to 2 ``each`` - 1 images, which are alike; a scene favours one of the models."""

    def draw(random: np.random.Generator) -> tuple[Measurement, Measurement]:
        base = np.repeat(np.arange(scenes), random.integers(1, 2 * each, scenes))
        rate = np.clip(0.6 + 0.15 * random.normal(size=(2, scenes)), 0, 1)[:, base]
        old, new = random.random((2, base.size)) < rate
        return _measured(old, base), _measured(new, base)

    return draw


def crossed_draw(shapes: int, textures: int) -> Draw:
    """Decisions on every pair of a shape and a texture, each of which favours one of the models."""
    first, second = (grid.ravel() for grid in np.meshgrid(np.arange(shapes), np.arange(textures), indexing="ij"))

    def draw(random: np.random.Generator) -> tuple[Measurement, Measurement]:
        rate = 0.5 + 0.1 * (random.normal(size=(2, shapes))[:, first] + random.normal(size=(2, textures))[:, second])
        old, new = random.random((2, first.size)) < np.clip(rate, 0, 1)
        return _measured(old, first, second), _measured(new, first, second)

    return draw


def gaps_draw(old: Population, new: Population, images: int) -> Draw:
    """Expected calibration errors of models that find much the same images hard."""

    def draw(random: np.random.Generator) -> tuple[Measurement, Measurement]:
        cells = [random.choice(old.share.size, images, p=people.share) for people in (old, new)]
        alike = random.random(images) < ALIKE
        cells[1] = np.where(alike, cells[0], cells[1])
        ease = random.random((2, images))
        ease[1] = np.where(alike, ease[0], ease[1])
        first, second = (_gaps(*three) for three in zip((old, new), cells, ease, strict=True))
        return first, second

    return draw


OVER, CALIBRATED = SCENARIOS["over-confident (.05)"], SCENARIOS["calibrated"]
GAPS = {
    "over -> over": (OVER, OVER),
    "over -> sign-changing": (OVER, SCENARIOS["sign-changing (.05)"]),
    "calibrated -> calibrated": (CALIBRATED, CALIBRATED),
    "over -> all in one bin": (OVER, SCENARIOS["one bin only (.05)"]),
}
"""Old and new models of equal calibration error."""
SHARES = ((500, 0.02, 0.0), (500, 0.05, 0.0), (500, 0.05, 0.02), (2000, 0.02, 0.01), (2000, 0.15, 0.02))
"""Images, share that tells the models apart, and margin, which is also what is truly lost."""


def lines(repetitions: int, random: np.random.Generator) -> Iterator[tuple[str, Rates]]:
    """The rows of the table."""
    many = {"repetitions": repetitions, "random": random}
    for images, apart, lost in SHARES:
        name = f"accuracy, n={images:,}, {apart:.0%} changed, margin {lost}"
        yield name, share_rates(images, apart, lost, margin=lost, **many)
    for images in (50, 200, 1000):
        yield f"skewed mean, n={images:,}", rates(mean_draw(images), better="lower", **many)
    yield "skewed mean, n=1,000, 2 % changed", rates(mean_draw(1000, changed=0.01), better="lower", **many)
    for scenes in (15, 64):
        yield f"{scenes} scenes of about 4 images", rates(clustered_draw(scenes, 4), better="higher", **many)
    yield "20 shapes x 20 textures", rates(crossed_draw(20, 20), better="higher", **many)
    for name, pair in GAPS.items():
        for images in (2000, 10_000):
            yield f"ECE {name}, n={images:,}", rates(gaps_draw(*pair, images), better="lower", **many)


def powers(repetitions: int, random: np.random.Generator) -> Iterator[tuple[str, Rates]]:
    """How often what is there is found."""
    for images, apart, lost in ((1348, 0.05, 0.02), (5406, 0.05, 0.01), (4053, 0.15, 0.02)):
        found = share_rates(images, apart, lost, repetitions=repetitions, random=random)
        yield f"accuracy, n={images:,}, {apart:.0%} changed, {lost} lost (95 %)", found
    pair = population(lambda c: np.sin(np.pi * c), 0.02), population(lambda c: np.sin(np.pi * c), 0.04)
    for images in (2000, 10_000):
        found = rates(gaps_draw(*pair, images), better="lower", repetitions=repetitions, random=random)
        yield f"ECE .02 -> .04, n={images:,}", found


def _rates(found: list[Comparison], counts: NDArray[np.generic]) -> Rates:
    """Identical models are neither worse nor better."""
    sides = ([one.p_worse for one in found], [one.p_better for one in found])
    worse, improved = (np.array([p is not None and p <= ALPHA for p in side]) for side in sides)
    return Rates(float(np.average(worse, weights=counts)), float(np.average(improved, weights=counts)))


@cache
def _names(count: int) -> NDArray[np.str_]:
    return np.arange(count).astype(np.str_)


@cache
def _of_counts(only_old: int, only_new: int, images: int, margin: float) -> Comparison:
    place = np.arange(images)
    old, new = place < only_old, (place >= only_old) & (place < only_old + only_new)
    rows = [per_image.proportion(_names(images), right) for right in (old, new)]
    before, after = (
        Measurement(float(right.mean()), images, per_image=row) for right, row in zip((old, new), rows, strict=True)
    )
    return compare(before, after, better="higher", margin=margin, alpha=ALPHA)


def _measured(values: NDArray[np.generic], *clusters: NDArray[np.generic]) -> Measurement:
    rows = per_image.mean(_names(values.size), values, *clusters)
    return Measurement(float(np.mean(values)), values.size, per_image=rows)


def _gaps(people: Population, cells: NDArray[np.int64], ease: Floats) -> Measurement:
    gap, bins = people.confidence[cells] - (ease < people.accuracy[cells]), cells // CELLS
    value = float(np.abs(np.bincount(bins, weights=gap)).sum() / gap.size)
    return Measurement(value, gap.size, per_image=PerImage(_names(gap.size), gap, "gaps", bins=bins))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    for title, table in (("no difference beyond the margin", lines), ("a difference", powers)):
        print(f"{title:58} worse  better")
        for name, found in table(options.repetitions, random):
            print(f"{name:58}{100 * found.worse:5.1f} /{100 * found.better:6.1f}")


if __name__ == "__main__":
    main()

"""How often calibration intervals miss the truth where few predictions are wrong.  Run: python -m benchmarks.few_errors

Each cell is "low / high", in percent, as in ``benchmarks.intervals``: the worst over models that expect 0.5 to 40 wrong
predictions and are always sure, nearly always, or not so sure; "alone" without the exact bounds of the accuracy.
"""

import argparse
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from behaviors.calibration.metrics import signed_gap, top_label_brier_score
from behaviors.contract.measurement import Measurement
from behaviors.statistics.intervals import mean_hall, mean_z
from benchmarks.cases import ALPHA, Rates, missed
from benchmarks.intervals import BINS, CELLS, Population, binned_errors

Floats = NDArray[np.float64]
Answers = tuple[Floats, NDArray[np.bool_]]
"""Confidence and correct, (N,) each."""
SIZES = (50, 100, 200, 500)
WRONG = (0.5, 1, 2, 3, 5, 8, 12, 16, 20, 28, 40)
MIDDLES = (np.arange(BINS * CELLS) + 0.5) / (BINS * CELLS)


def equally_sure(confidence: float, wrong: float) -> Population:
    """Every prediction with this confidence; ``wrong``: the share that is."""
    cells = (np.arange(BINS * CELLS) == np.searchsorted(MIDDLES, confidence, side="right") - 1).astype(np.float64)
    return Population(cells, np.where(cells > 0, confidence, MIDDLES), np.full(cells.size, 1 - wrong))


def more_or_less_sure(share: Floats, wrong: float) -> Population:
    """Confidences in these shares; the less sure, the more often wrong."""
    often = (1 - MIDDLES) * wrong / (share @ (1 - MIDDLES) / share.sum())
    return Population(share / share.sum(), MIDDLES, 1 - np.clip(often, 0, 1))


def models(wrong: float) -> tuple[Population, ...]:
    """That are wrong on this share of the images."""
    sure = tuple(equally_sure(confidence, wrong) for confidence in (1.0, 0.97, 0.9))
    return (*sure, more_or_less_sure(MIDDLES**20, wrong), more_or_less_sure((MIDDLES > 0.5).astype(np.float64), wrong))


def errors(
    people: Population, images: int, *, repetitions: int, random: np.random.Generator
) -> Iterator[tuple[str, Rates, Rates]]:
    """(metric, rates alone, rates as measured)."""
    alone = binned_errors(people, images, widened=False, repetitions=repetitions, random=random)
    measured = binned_errors(people, images, repetitions=repetitions, random=random)
    for (name, *before), (_, *after) in zip(alone, measured, strict=True):
        yield name, (before[0], before[1]), (after[0], after[1])
    drawn = [_answers(people, images, random) for _ in range(repetitions)]
    sure, right = people.confidence, people.accuracy
    gap = float(people.share @ (sure - right))
    brier = float(people.share @ (right * (1 - sure) ** 2 + (1 - right) * sure**2))
    yield "signed_gap", missed((mean_z(c - r, alpha=ALPHA) for c, r in drawn), gap), _now(signed_gap, drawn, gap)
    halls = missed((mean_hall((c - r) ** 2, alpha=ALPHA) for c, r in drawn), brier)
    yield "brier_top_label", halls, _now(top_label_brier_score, drawn, brier)


def _now(metric: Callable[..., Measurement], drawn: list[Answers], truth: float) -> Rates:
    return missed((metric(c, r, alpha=ALPHA).interval for c, r in drawn), truth)


def _answers(people: Population, images: int, random: np.random.Generator) -> Answers:
    cell = random.choice(people.share.size, images, p=people.share)
    return people.confidence[cell], random.random(images) < people.accuracy[cell]


def worst(images: int, *, repetitions: int, random: np.random.Generator) -> dict[str, tuple[Floats, Floats]]:
    """By metric: the largest rates over all models, alone and as measured; each (2,)."""
    found: dict[str, tuple[Floats, Floats]] = {}
    for count in WRONG:
        if count > 0.3 * images:
            continue
        for people in models(count / images):
            for name, alone, now in errors(people, images, repetitions=repetitions, random=random):
                before, after = found.get(name, (np.zeros(2), np.zeros(2)))
                found[name] = np.maximum(before, alone), np.maximum(after, now)
    return found


def main() -> None:
    """Print a row per metric and size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    print(f"{'worst over models':24}{'n':>6}{'alone':>16}{'as measured':>16}")
    for images in SIZES:
        for name, rows in worst(images, repetitions=options.repetitions, random=random).items():
            print(f"{name:24}{images:>6}" + "".join(f"{100 * low:8.1f} /{100 * high:5.1f} " for low, high in rows))


if __name__ == "__main__":
    main()

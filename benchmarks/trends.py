"""``python -m benchmarks.trends [REPETITIONS]``: how often trends over families of models are found.

Where there is none, they should be in alpha of all test sets at most; where there is one, as often as can be.

Every image is of one difficulty for all models (a normal variable that they share, with the correlation ``SHARED``), so
that they are right and wrong together.  The rows are shares of simulated test sets, in per cent.
"""

import sys
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from behaviors.contract.families import Numbers, trend, trend_with
from behaviors.contract.per_image import PerImage, mean, names, proportion
from behaviors.contract.ranks import kendall, order
from benchmarks.cases import ALPHA

SHARED = 0.7
TRUTHS: dict[str, list[float]] = {
    "3 models, no trend": [0.8] * 3,
    "9 models, no trend": [0.8] * 9,
    "3 models, no trend, near 1": [0.97] * 3,
    "3 models, up and down": [0.8, 0.86, 0.8],
    "3 models, +0.02 each": [0.78, 0.80, 0.82],
    "3 models, +0.04 each": [0.76, 0.80, 0.84],
    "9 models, +0.01 each": [0.76 + 0.01 * place for place in range(9)],
}


def family(truths: Sequence[float], images: int, random: np.random.Generator, *, kind: str = "share") -> Numbers:
    """One simulated test set: shares of right answers, or a mean loss that falls with it."""
    ease = random.normal(size=images)
    own = random.normal(size=(len(truths), images))
    ability = np.sqrt(SHARED) * ease + np.sqrt(1 - SHARED) * own + ndtri(np.asarray(truths))[:, None]
    ids = names(np.arange(images))
    rows: list[PerImage | None] = (
        [proportion(ids, row > 0) for row in ability]
        if kind == "share"
        else [mean(ids, np.log1p(np.exp(2 * row))) for row in ability]
    )
    return Numbers.of([one.number for one in rows if one is not None], rows)


def rates(truths: Sequence[float], images: int, repetitions: int, seed: int, kind: str = "share") -> dict[str, float]:
    """How often "rises" and "falls" are said, by the slope and by tau, and a slope's bound is beyond the truth."""
    random, x = np.random.default_rng(seed), np.arange(len(truths), dtype=np.float64)
    centred = x - x.mean()
    truth = float(centred @ np.asarray(truths) / (centred @ centred))
    told = dict.fromkeys(("rises", "falls", "tau rises", "tau falls", "low missed", "high missed"), 0)
    for _ in range(repetitions):
        numbers = family(truths, images, random, kind=kind)
        slope = trend(x, numbers, alpha=ALPHA).interval
        tau = kendall(x, order(numbers, alpha=ALPHA))
        told["rises"] += slope.low > 0
        told["falls"] += slope.high < 0
        told["tau rises"] += tau.low > 0
        told["tau falls"] += tau.high < 0
        told["low missed"] += kind == "share" and slope.low > truth
        told["high missed"] += kind == "share" and slope.high < truth
    return {name: count / repetitions for name, count in told.items()}


def against_another(images: int, repetitions: int, seed: int, *, same: bool) -> dict[str, float]:
    """The slope of one accuracy against another: how often its bounds miss the truth."""
    random = np.random.default_rng(seed)
    before, after = np.array([0.6, 0.7, 0.8, 0.88]), np.array([0.42, 0.55, 0.62, 0.74])
    centred = before - before.mean()
    truth = float(centred @ after / (centred @ centred))
    told = {"low missed": 0, "high missed": 0}
    for _ in range(repetitions):
        if same:  # two numbers about the same images
            both = family([*before, *after], images, random)
            x, y = (Numbers(both.values[part], both.rows[part]) for part in (slice(4), slice(4, 8)))
        else:
            x, y = family(before, images, random), family(after, images, random)
        found = trend_with(x, y, alpha=ALPHA, same_images=same).interval
        told["low missed"] += found.low > truth
        told["high missed"] += found.high < truth
    return {name: count / repetitions for name, count in told.items()}


def main(repetitions: int) -> None:
    """The tables of docs/statistics.md."""
    print(f"{repetitions:,} test sets each; alpha {ALPHA:.0%} a side; in per cent")
    print(f"{'setting':30}{'images':>7}{'rises':>8}{'falls':>8}{'tau +':>8}{'tau -':>8}{'low >':>8}{'high <':>8}")
    for name, truths in TRUTHS.items():
        for images in (200, 1000):
            found = rates(truths, images, repetitions, seed=images)
            print(f"{name:30}{images:>7,}" + "".join(f"{100 * share:>8.1f}" for share in found.values()), flush=True)
    found = rates([0.8] * 3, 200, repetitions, seed=1, kind="loss")
    print(f"{'3 models, no trend, a loss':30}{200:>7,}" + "".join(f"{100 * found[n]:>8.1f}" for n in list(found)[:4]))
    for same in (True, False):
        for images in (200, 1000):
            found = against_another(images, repetitions, seed=images, same=same)
            what = f"accuracy with accuracy, {'same' if same else 'other'} images"
            print(f"{what:45}{images:>7,}" + "".join(f"{100 * share:>8.1f}" for share in found.values()), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)

"""How often do verdicts cry wolf, and how often do they miss one?  Run: python -m benchmarks.verdicts

Thresholds: new images for a model that is exactly at the limit (a *fail* is a false alarm) or worse by a known step (a
*fail* is right).  Baselines: a model and a successor that is another draw from the same distribution, on the same
images, or one that loses a known share of them.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from behaviors.contract.comparing import compare, holm
from behaviors.statistics.intervals import normal_quantile
from benchmarks.answers import METRICS, Images, share_right, truths
from benchmarks.cases import ALPHA
from fixtures.gates.rule import Rule
from fixtures.gates.verdict import judge
from fixtures.predictions.request import Request

DATASETS = 12
"""With five metrics on each, a family of 60."""


def threshold_fails(
    images: int, repetitions: int, random: np.random.Generator, *, loss: float = 0.0
) -> dict[str, float]:
    """By metric: the share of test sets on which a rule fails that allows what the model without the loss truly is."""
    fails = dict.fromkeys(METRICS, 0)
    limits = truths()
    for _ in range(repetitions):
        measured = Images.new(images, random).asked(random, loss=loss).measured()
        for name, metric in METRICS.items():
            low, high = (limits[name], None) if metric.better == "higher" else (None, limits[name])
            rule = Rule("thresholds.yaml:1", low, high, because="what it truly is")
            verdict = judge(rule, measured[name], metric=metric, name=name, request=Request("one", "val"))
            fails[name] += verdict.status == "fail"
    return {name: count / repetitions for name, count in fails.items()}


@dataclass(frozen=True)
class Family:
    """One-sided p-values of "worse" of many comparisons, by "metric on dataset", and Holm's adjusted ones."""

    alone: dict[str, float]
    adjusted: dict[str, float]


def family(
    images: int, random: np.random.Generator, *, datasets: int = DATASETS, loss: float = 0.0, alike: float = 0.9
) -> Family:
    """A model and its successor on ``datasets`` of so many images each; ``loss``: of accuracy, on the first of them."""
    p_values: dict[str, float] = {}
    for k in range(datasets):
        shown = Images.new(images, random)
        old = shown.asked(random, alike=alike).measured()
        new = shown.asked(random, alike=alike, loss=0.0 if k else loss).measured()
        for name, metric in METRICS.items():
            found = compare(old[name], new[name], better=metric.better, margin=0.0, alpha=ALPHA)
            if found.p_worse is not None:
                p_values[f"{name} on {k}"] = found.p_worse
    adjusted = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    return Family(p_values, adjusted)


def family_fails(images: int, repetitions: int, random: np.random.Generator) -> tuple[float, float, dict[str, float]]:
    """Of unchanged models: how often any p is at most alpha, any adjusted p is, and each metric's p is."""
    drawn = [family(images, random) for _ in range(repetitions)]
    alone = float(np.mean([min(one.alone.values()) <= ALPHA for one in drawn]))
    adjusted = float(np.mean([min(one.adjusted.values()) <= ALPHA for one in drawn]))
    each = {
        name: float(np.mean([one.alone[f"{name} on {k}"] <= ALPHA for one in drawn for k in range(DATASETS)]))
        for name in METRICS
    }
    return alone, adjusted, each


def losses_caught(  # noqa: PLR0913  (a planted loss, and how it is looked for)
    images: int, apart: float, loss: float, repetitions: int, random: np.random.Generator, *, comparisons: int = 1
) -> float:
    """How often a loss of accuracy is found that ``apart`` of the images tell, as the worst of so many comparisons."""
    ids = np.arange(images).astype(np.str_)
    cells = [(apart + loss) / 2, (apart - loss) / 2]
    caught = 0
    for _ in range(repetitions):
        drawn = random.random(images)
        lost, won = drawn < cells[0], (drawn >= cells[0]) & (drawn < sum(cells))
        old = lost | (drawn >= 0.3)
        new = won | (drawn >= 0.3)
        pair = (share_right(ids, right) for right in (old, new))
        p = compare(*pair, better="higher", margin=0.0, alpha=ALPHA).p_worse
        caught += p is not None and p * comparisons <= ALPHA
    return caught / repetitions


def power(images: int, apart: float, loss: float) -> float:
    """What the paired test should find: the formula whose inversion is the table of sample sizes (Connor 1987)."""
    z = normal_quantile(ALPHA)
    return float(ndtr((loss * np.sqrt(images) - z * np.sqrt(apart)) / np.sqrt(apart - loss**2)))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random, repetitions = np.random.default_rng(options.seed), options.repetitions
    print("thresholds, % that fail: a model exactly at the limit, and one that is right 2 points less often")
    for images in (500, 2000, 5000):
        at, worse = (threshold_fails(images, repetitions, random, loss=loss) for loss in (0.0, 0.02))
        cells = "".join(f"  {name} {100 * at[name]:.1f}, {100 * worse[name]:.1f}" for name in METRICS)
        print(f"n={images:<7,}{cells}")
    print(
        f"\nunchanged models, {DATASETS * len(METRICS)} comparisons, % below alpha: any p, any of Holm's, each metric's"
    )
    for images in (300, 2000):
        alone, adjusted, each = family_fails(images, repetitions // 5, random)
        cells = "".join(f"  {name} {100 * rate:.1f}" for name, rate in each.items())
        print(f"n={images:<7,}  any {100 * alone:.1f}  Holm {100 * adjusted:.1f} {cells}")
    print("\na planted loss of accuracy, % found: formula, alone, as one of 60 comparisons")
    for apart, loss, images in ((0.05, 0.02, 1348), (0.15, 0.02, 4053), (0.05, 0.01, 5406), (0.02, 0.01, 2160)):
        told = [losses_caught(images, apart, loss, repetitions, random, comparisons=count) for count in (1, 60)]
        shares = "  ".join(f"{100 * share:.1f}" for share in (power(images, apart, loss), *told))
        print(f"loss {loss:.0%}, {apart:.0%} told apart, n={images:<7,}  {shares}")


if __name__ == "__main__":
    main()

"""Looks at growing parts of the images: how often they decide wrongly, on either side, and after how many images.

``python -m benchmarks.sequential`` (2,000 repetitions each).  A rule with a limit and a margin is tried at every look,
as ``--sequential`` does; the fixed design is the number of images that decides whatever the truth is.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from behaviors.calibration.metrics import (
    expected_calibration_error,
    negative_log_likelihood,
    overconfidence,
    top_label_brier_score,
)
from behaviors.contract.looks import SHARES, levels
from behaviors.contract.measurement import Interval, Measurement
from behaviors.robustness.metrics import accuracy
from behaviors.statistics.effective import effective_bounds
from fixtures.gates.look import UNITS, seen

ALPHA = 0.05
Draw = Callable[[int, np.random.Generator], tuple[NDArray[np.bool_], NDArray[np.float64]]]
"""Images -> whether each is right, and the probability of the predicted class."""
Metric = Callable[[NDArray[np.bool_], NDArray[np.float64], float], Measurement]
"""The same, and a level -> the number with its bounds."""

METRICS: dict[str, Metric] = {
    "accuracy": lambda right, sure, alpha: accuracy(right, alpha=alpha),
    "Brier, top label": lambda right, sure, alpha: top_label_brier_score(sure, right, alpha=alpha),
    "log-loss": lambda right, sure, alpha: negative_log_likelihood(
        np.log(np.where(right, sure, 1 - sure)), alpha=alpha
    ),
    "ECE": lambda right, sure, alpha: expected_calibration_error(sure, right, bins=15, alpha=alpha),
    "over-confident part": lambda right, sure, alpha: overconfidence(sure, right, bins=15, alpha=alpha),
}


@dataclass(frozen=True)
class Case:
    """``images``: of the whole list.  ``limit``: demanded at least (``least``) or at most, with its ``margin``."""

    name: str
    metric: str
    draw: Draw
    images: int
    limit: float
    margin: float
    least: bool = False


@dataclass(frozen=True)
class Verdicts:
    """Shares of the repetitions that fail, and pass; the mean number of images; and by how many looks, (L,)."""

    fails: float
    passes: float
    images: float
    looks: tuple[float, ...]


def answers(accuracy: float, over: float = 0.0, spread: float = 1.5) -> Draw:
    """A model that is right with probability sigmoid(t) and says that plus ``over``; ``accuracy``: on average."""

    def draw(images: int, random: np.random.Generator) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        logit = centre + spread * random.standard_normal(images)
        sure = np.clip(np.abs(expit(logit) - 0.5) + 0.5, 0.5, 0.995)
        right = random.random(images) < np.where(logit > 0, expit(logit), 1 - expit(logit))
        return right, np.clip(sure + over, 1e-3, 0.999)

    grid = np.linspace(-6, 8, 300)
    nodes = np.linspace(-4, 4, 400)
    weight = np.exp(-(nodes**2) / 2) / np.exp(-(nodes**2) / 2).sum()
    reached = [float((weight * (np.abs(expit(c + spread * nodes) - 0.5) + 0.5)).sum()) for c in grid]
    centre = float(grid[int(np.argmin(np.abs(np.array(reached) - accuracy) + (grid < 0) * 9))])
    return draw


def share_of(truth: float) -> Draw:
    """A model that is right so often; how sure it is does not matter."""
    return lambda images, random: (random.random(images) < truth, np.full(images, 0.9))


def run(case: Case, repetitions: int, random: np.random.Generator) -> Verdicts:
    """Looks at fresh lists, until one decides."""
    at = [seen(case.images, share) for share in SHARES]
    level = levels(SHARES, ALPHA)
    metric, ends = METRICS[case.metric], np.zeros((len(at), 2))
    total = 0
    for _ in range(repetitions):
        right, sure = case.draw(case.images, random)
        for look, images in enumerate(at):
            bounds = metric(right[:images], sure[:images], level[look]).interval
            status = _weighed(bounds, case)
            if status or look == len(at) - 1:
                total += images
                ends[look] += (status == "fail", status == "pass")
                break
    fails, passes = ends.sum(axis=0) / repetitions
    return Verdicts(float(fails), float(passes), total / repetitions, tuple(ends.sum(axis=1) / repetitions))


@dataclass(frozen=True)
class Scenes:
    """So many scenes of so many images; ``alike``: the correlation of two images of one scene."""

    scenes: int
    images: int
    accuracy: float
    alike: float
    margin: float = 0.05


SCENES = (
    Scenes(29, 40, 0.9, 0.3),
    Scenes(29, 40, 0.97, 0.3),
    Scenes(20, 20, 0.9, 0.1),
    Scenes(20, 5, 0.9, 0.3),
    Scenes(20, 5, 0.97, 0.1),
)


def run_scenes(case: Scenes, repetitions: int, random: np.random.Generator, *, at_limit: bool) -> tuple[float, float]:
    """How often looks at scenes decide wrongly, and the mean number of images.

    ``at_limit``: whether the model is exactly at the limit, so that it must not fail, or at the margin's end.
    """
    total, level = case.scenes * case.images, levels(SHARES, ALPHA)
    limit = case.accuracy if at_limit else case.accuracy + case.margin
    wrong = seen_images = 0
    shapes = np.array([case.accuracy, 1 - case.accuracy]) * (1 - case.alike) / case.alike
    for _ in range(repetitions):
        scene = random.permutation(np.repeat(np.arange(case.scenes), case.images))
        right = (random.random(total) < random.beta(*shapes, case.scenes)[scene]).astype(np.float64)
        for look, share in enumerate(SHARES):
            images = seen(total, share)
            value = right[:images].mean()
            names = scene[:images].astype(np.str_)
            bounds = effective_bounds(value, right[:images] - value, names, alpha=level[look])
            status = _weighed(bounds, Case("", "", share_of(0), total, limit, case.margin, least=True))
            if np.unique(names).size < UNITS and share < 1:
                status = ""
            if status or look == len(SHARES) - 1:
                wrong += status == ("fail" if at_limit else "pass")
                seen_images += images
                break
    return wrong / repetitions, seen_images / repetitions


def truth(case: Case, random: np.random.Generator) -> float:
    """What the metric is in the population, near enough."""
    right, sure = case.draw(2_000_000, random)
    return METRICS[case.metric](right, sure, ALPHA).value


def _weighed(bounds: Interval | None, case: Case) -> str:
    if bounds is None:
        return ""
    if case.least:
        low, high, limit = bounds.low, bounds.high, case.limit
    else:
        low, high, limit = -bounds.high, -bounds.low, -case.limit
    if high < limit:
        return "fail"
    return "pass" if low >= limit - case.margin else ""


def cases() -> list[Case]:
    """At the limit (every fail is false), at the margin's end (every pass is), and clearly good and bad."""
    found = [
        Case(f"accuracy {p:g}, at least .76, margin .02", "accuracy", share_of(p), 6_400, 0.76, 0.02, least=True)
        for p in (0.76, 0.74, 0.75, 0.78, 0.80, 0.72)
    ]
    found += [
        Case(
            f"accuracy {p:g}, at least .95, margin .02, of 1,024",
            "accuracy",
            share_of(p),
            1_024,
            0.95,
            0.02,
            least=True,
        )
        for p in (0.95, 0.93, 0.99, 0.85)
    ]
    for images in (1_024, 6_400):
        for metric, margin in MARGINS.items():
            found += _around(metric, margin, images, over=0.0)
            found += _around(metric, margin, images, over=0.05)
    return found


MARGINS = {"Brier, top label": 0.02, "log-loss": 0.06, "ECE": 0.02, "over-confident part": 0.02}


def _around(metric: str, margin: float, images: int, *, over: float) -> list[Case]:
    """A model at the limit, and one at the margin's end; ``over``: its over-confidence."""
    draw = answers(0.85, over)
    value = truth(Case("", metric, draw, images, 0, 0), np.random.default_rng(7))
    limits = {"at the limit": value, "at the margin's end": value - margin}
    return [
        Case(f"{metric} {place}, over-confident by {over:g}", metric, draw, images, limit, margin)
        for place, limit in limits.items()
        if limit > 0
    ]


def main() -> None:
    """Print all of it."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    print(f"levels of the looks at {', '.join(f'{share:g}' for share in SHARES)} of the images: ", end="")
    print(", ".join(f"{level:.4f}" for level in levels(SHARES, ALPHA)))
    for scenes in SCENES:
        for place, at_limit in (("at the limit", True), ("at the margin's end", False)):
            wrong, images = run_scenes(scenes, repetitions, np.random.default_rng(0), at_limit=at_limit)
            print(f"{scenes} {place}: wrong {100 * wrong:.1f} %, mean {images:,.0f} images", flush=True)
    for case in cases():
        found = run(case, repetitions, np.random.default_rng(0))
        looks = " ".join(f"{100 * share:4.0f}" for share in found.looks)
        print(
            f"{case.name:60} of {case.images:5,}: fails {100 * found.fails:5.1f} %, passes {100 * found.passes:5.1f} %,"
            f" mean {found.images:5,.0f} images; decided at looks (%) {looks}",
            flush=True,
        )


if __name__ == "__main__":
    main()

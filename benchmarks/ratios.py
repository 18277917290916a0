"""Ratios, and means over images under many views: simulated test sets, for ``benchmarks.intervals``."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.special import ndtr, ndtri

from behaviors.contract.measurement import Interval
from behaviors.invariance.metrics import retained
from behaviors.invariance.sweeps import Sweep
from behaviors.mistakes.bounds import ratio_interval
from behaviors.robustness import estimates
from behaviors.robustness.corruptions import Corrupted
from behaviors.robustness.estimates import Estimate
from behaviors.robustness.metrics import corruption_accuracy, mean_corruption_error
from behaviors.robustness.reference import ALEXNET, Reference
from behaviors.statistics.intervals import clopper_pearson
from benchmarks.cases import ALPHA, Case, Rates, missed

Errors = Callable[[int, np.random.Generator], Rates]


def error_ratio(images: int, carry: int, ratio: float, error: float) -> Errors:
    """A factor on ``carry`` of the images, on which the model errs ``ratio`` times as often as on all."""
    share = carry / images
    with_it, without = ratio * error, error * (1 - share * ratio) / (1 - share)

    def errors(repetitions: int, random: np.random.Generator) -> Rates:
        wrong = random.binomial(carry, with_it, repetitions), random.binomial(images - carry, without, repetitions)
        counts = [(int(a), int(a + b)) for a, b in zip(*wrong, strict=True)]
        return missed((ratio_interval(a, carry, total, images, alpha=ALPHA) for a, total in counts if total), ratio)

    return errors


def average(images: int, accuracies: tuple[float, ...], usual: float | None = None) -> Errors:
    """The mean of accuracies on datasets of so many images each; relative to that on another one, if ``usual``."""
    truth = float(np.mean(accuracies)) / (usual or 1)

    def one(random: np.random.Generator) -> Interval:
        found = estimates.mean([_accuracy(images, p, random) for p in accuracies])
        found = found if usual is None else estimates.ratio(found, _accuracy(images, usual, random))
        return Interval(found.low, found.high, ALPHA, "MOVER")

    return lambda repetitions, random: missed((one(random) for _ in range(repetitions)), truth)


def _accuracy(images: int, truth: float, random: np.random.Generator) -> Estimate:
    hits = int(random.binomial(images, truth))
    return Estimate.of(hits / images, clopper_pearson(hits, images, alpha=ALPHA), images)


def retention(images: int, usual: float, levels: tuple[float, ...]) -> Errors:
    """Accuracy as they are, and at each level of a sweep: what is hard as it is stays hard under a view."""
    limits = ndtri(1 - np.array(levels))[:, None]

    def one(random: np.random.Generator) -> Interval | None:
        ease = random.normal(size=images)
        seen = 0.8 * ease + 0.6 * random.normal(size=(len(levels), images))
        correct, changed = ease > ndtri(1 - usual), seen > limits
        sweep = Sweep(0.0, tuple(float(k + 1) for k in range(len(levels))), correct, changed, changed == correct)
        return retained(sweep, alpha=ALPHA).interval

    return lambda repetitions, random: missed((one(random) for _ in range(repetitions)), float(np.mean(levels)) / usual)


def corrupted(images: int, hard: float, measure: str) -> Errors:
    """75 corrupted versions of every image, some corruptions worse than others; images differ in how hard they are."""
    names, severities = tuple(ALEXNET), (1, 2, 3, 4, 5)
    place = hard + np.linspace(-0.5, 0.5, 15)[:, None] + np.linspace(-0.6, 0.6, 5)
    error = ndtr(place / np.sqrt(2))
    base = np.array(list(ALEXNET.values()))
    truth = {"accuracy": float(1 - error.mean()), "mce": float((error.mean(1) / base).mean())}[measure]

    def one(random: np.random.Generator) -> Interval | None:
        wrong = random.random((images, 15, 5)) < ndtr(place + random.normal(size=(images, 1, 1)))
        table = Corrupted(wrong, names, severities)
        if measure == "accuracy":
            return corruption_accuracy(table, alpha=ALPHA).interval
        return mean_corruption_error(table, reference=Reference(), alpha=ALPHA).interval

    return lambda repetitions, random: missed((one(random) for _ in range(repetitions)), truth)


def cases() -> Iterator[Case]:
    """All of them."""
    for images, carry, ratio, error in (
        (50_000, 10, 0.8, 0.24),
        (50_000, 36, 2.2, 0.24),
        (50_000, 140, 1.5, 0.24),
        (50_000, 500, 2.2, 0.24),
        (10_000, 5000, 1.5, 0.24),
        (2500, 30, 1.5, 0.05),
    ):
        about = f"{carry:,} images carry it, ratio {ratio:g}, error {error:g}"
        yield Case("error ratio, MOVER-R", about, images, error_ratio(images, carry, ratio, error))
    for accuracies in ((0.9, 0.35), (0.99, 0.98, 0.97), (0.8, 0.7, 0.6, 0.5, 0.4)):
        for images in (60, 1000):
            about = "/".join(f"{p:g}" for p in accuracies)
            yield Case("average accuracy, MOVER", about, images * len(accuracies), average(images, accuracies))
            relative = average(images, accuracies, usual=0.95)
            yield Case("relative robustness, MOVER", f"{about} by .95", images * (len(accuracies) + 1), relative)
    for images, usual, levels in ((100, 0.8, (0.7, 0.5)), (500, 0.95, (0.94, 0.9, 0.8)), (2000, 0.76, (0.5, 0.2))):
        about = f"{usual:g}, then {'/'.join(f'{p:g}' for p in levels)}"
        limits = (0.07, ALPHA) if images < 1000 else (0.055, ALPHA)
        yield Case("retained, ratio over images", about, images, retention(images, usual, levels), limits)
    for images, hard in ((60, 0.0), (500, 0.0), (100, -2.5), (500, -2.5)):
        about = f"75 versions of each, error {ndtr(hard / np.sqrt(2)):.2f}"
        yield Case("corruption accuracy, Hall", about, images, corrupted(images, hard, "accuracy"))
        yield Case("mCE, Hall over images", about, images, corrupted(images, hard, "mce"))

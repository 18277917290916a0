"""Shares of images and their differences: simulated test sets, for ``benchmarks.intervals``."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy import stats
from scipy.special import expit, ndtri

from behaviors.contract.flips import negative_flips
from behaviors.contract.measurement import Interval
from behaviors.contract.per_image import proportion
from behaviors.shape_texture.evidence import Decisions
from behaviors.shape_texture.metrics import shape_fraction
from behaviors.statistics.clusters import Floats
from behaviors.statistics.effective import effective_bounds
from behaviors.statistics.intervals import clopper_pearson, wilson
from behaviors.statistics.paired import bonett_price, tango
from behaviors.statistics.unseen import FEW
from behaviors.transfer.metrics import fits_interval
from benchmarks.cases import ALPHA, Case, Rates, missed

Proportion = Callable[..., Interval]


def enumerated(interval: Proportion, images: int, truths: Floats) -> tuple[Floats, Floats]:
    """Exact error rates of an interval for a proportion, (T,) each: the probability of all counts whose bound errs."""
    likely = stats.binom(images, truths).interval(1 - 1e-9)
    counts = np.arange(np.min(likely[0]), np.max(likely[1]) + 1)
    found = [interval(int(k), images, alpha=ALPHA) for k in counts]
    chance = stats.binom.pmf(counts[:, None], images, truths)
    low, high = np.array([one.low for one in found])[:, None], np.array([one.high for one in found])[:, None]
    slack = 1e-12
    return (chance * (low > truths + slack)).sum(0), (chance * (high < truths - slack)).sum(0)


def worst_proportion(interval: Proportion, images: int, truth: float) -> Rates:
    """The largest exact error rates where the truth is within 0.01 of ``truth``: as counts jump, so do the rates."""
    low, high = enumerated(interval, images, np.clip(np.linspace(truth - 0.01, truth + 0.01, 81), 1e-4, 1 - 1e-4))
    return float(low.max()), float(high.max())


def changes(only_first: int, only_second: int, images: int, *, alpha: float) -> Interval:
    """What comparisons with a baseline use: Tango's bounds, and Bonett and Price's where few images changed."""
    bounds = tango if only_first + only_second >= FEW else bonett_price
    return bounds(only_first, only_second, images, alpha=alpha)


def paired(
    interval: Callable[..., Interval], images: int, apart: float, difference: float
) -> Callable[[int, np.random.Generator], Rates]:
    """Two models of which exactly one is right on a share ``apart`` of the images; they differ by ``difference``."""
    cells = [(apart + difference) / 2, (apart - difference) / 2, 1 - apart]

    def errors(repetitions: int, random: np.random.Generator) -> Rates:
        drawn = random.multinomial(images, cells, size=repetitions)[:, :2]
        rows, index = np.unique(drawn, axis=0, return_inverse=True)
        found = [interval(int(first), int(second), images, alpha=ALPHA) for first, second in rows]
        return missed((found[k] for k in index.ravel()), difference)

    return errors


def flips(images: int, share: float) -> Callable[[int, np.random.Generator], Rates]:
    """A successor that loses this share of the images, and gains others."""
    ids = np.arange(images).astype(np.str_)

    def one(random: np.random.Generator) -> Interval | None:
        drawn = random.random(images)
        old, new = drawn < 0.8, (drawn >= share) & (drawn < 0.85)
        return negative_flips(proportion(ids, old), proportion(ids, new), alpha=ALPHA).measurement.interval

    return lambda repetitions, random: missed((one(random) for _ in range(repetitions)), share)


def scenes(count: int, levels: int, middle: float, spread: float) -> Callable[[int, np.random.Generator], Rates]:
    """So many scenes at each level: log odds of being right, which scenes shift by ``spread``."""
    slope, base = np.linspace(1, -1, levels), np.repeat(np.arange(count), levels)
    truth = float(np.mean([logistic_normal(middle + s, spread) for s in slope]))

    def one(random: np.random.Generator) -> Interval | None:
        right = random.random((count, levels)) < expit(middle + slope + random.normal(0, spread, (count, 1)))
        value = float(right.mean())
        return effective_bounds(value, right.ravel() - value, base, alpha=ALPHA)

    return lambda repetitions, random: missed((one(random) for _ in range(repetitions)), truth)


def cue_conflicts(shapes: float, textures: float) -> Callable[[int, np.random.Generator], Rates]:
    """1,200 images of 160 shapes and 48 textures, whose sources shift the log odds of going by shape so far."""
    design = np.random.default_rng(0)
    shape = np.repeat(np.arange(160), np.where(np.arange(160) % 2, 7, 8))
    texture = np.concatenate([design.permutation(48)[: np.count_nonzero(shape == k)] for k in range(160)])
    names, category = (shape.astype(np.str_), texture.astype(np.str_)), np.full(shape.size, "all")
    truth = logistic_normal(-0.4, float(np.hypot(shapes, textures)))

    def one(random: np.random.Generator) -> Interval | None:
        odds = -0.4 + random.normal(0, shapes, 160)[shape] + random.normal(0, textures, 48)[texture]
        by_shape, decided = random.random(shape.size) < expit(odds), random.random(shape.size) < 0.7
        return shape_fraction(
            Decisions(by_shape & decided, ~by_shape & decided, category, *names), alpha=ALPHA
        ).interval

    return lambda repetitions, random: missed((one(random) for _ in range(repetitions)), truth)


def probes(fits: int, images: int, accuracy: float = 0.8, spread: float = 0.055) -> Callable[..., Rates]:
    """A probe fitted several times: images are hard or easy for all fits, and fits are good or bad on all images."""
    limit = float(ndtri(1 - accuracy)) * np.sqrt(2 + spread**2)

    def one(random: np.random.Generator) -> Interval:
        ease, luck = random.normal(size=images), random.normal(limit, spread, (fits, 1))
        return fits_interval(ease + random.normal(size=(fits, images)) > luck, alpha=ALPHA)

    return lambda repetitions, random: missed((one(random) for _ in range(repetitions)), accuracy)


def logistic_normal(middle: float, spread: float) -> float:
    """E expit(N(middle, spread^2)), by Gauss-Hermite quadrature."""
    nodes, weight = hermegauss(80)
    return float(weight @ expit(middle + spread * nodes) / np.sqrt(2 * np.pi))


def cases() -> Iterator[Case]:
    """All of them."""
    for images, truth, beyond in (
        (100, 0.95, (0.065, 0.09)),
        (500, 0.76, (0.06, 0.06)),
        (500, 0.99, (0.065, 0.135)),
        (2000, 0.9, (0.055, 0.06)),
        (2000, 0.995, (0.065, 0.185)),
        (10_000, 0.76, (0.055, 0.055)),
    ):
        for name, interval, limits in (
            ("Clopper-Pearson", clopper_pearson, (ALPHA, ALPHA)),
            ("Wilson (shown only)", wilson, beyond),
        ):

            def exact(_: int, __: object, i: Proportion = interval, n: int = images, p: float = truth) -> Rates:
                return worst_proportion(i, n, p)

            yield Case(name, f"within .01 of {truth:g}: the worst, exact", images, exact, limits)
    for images, apart, difference, limit in (
        (100, 0.05, 0.0, ALPHA),
        (100, 0.05, 0.03, 0.09),
        (500, 0.02, 0.0, 0.055),
        (500, 0.02, 0.01, 0.06),
        (2000, 0.02, 0.01, 0.055),
        (10_000, 0.05, 0.01, ALPHA),
    ):
        about = f"{apart:.0%} told apart, difference {difference:g}"
        yield Case("Tango", about, images, paired(tango, images, apart, difference), (limit, 0.055))
        mixed = paired(changes, images, apart, difference)
        yield Case("Tango, or Bonett-Price if few", about, images, mixed, (0.055, ALPHA))
    for images, share in ((100, 0.01), (500, 0.01), (500, 0.05)):
        yield Case("negative flips, Clopper-Pearson", f"{share:.0%} flip", images, flips(images, share))
    for count, levels, middle, spread in ((64, 5, 0.0, 1.0), (64, 5, 3.0, 1.0), (64, 5, 4.0, 2.0), (200, 12, 2.0, 1.0)):
        about = f"{count} scenes at {levels} levels, log odds {middle:g} +/- {spread:g}"
        yield Case("Korn-Graubard", about, count * levels, scenes(count, levels, middle, spread))
    for shapes, textures in ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)):
        about = f"160 x 48 pictures shift log odds by {shapes:g}"
        yield Case("shape fraction, two-way", about, 1200, cue_conflicts(shapes, textures))
    for fits, images in ((3, 2000), (5, 2000), (5, 10_000), (10, 2000)):
        yield Case("probe, Satterthwaite", f"{fits} fits, spread of fits .011", images, probes(fits, images))

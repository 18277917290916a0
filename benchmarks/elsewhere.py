"""Do bounds also hold where nobody tuned them?  Run: python -m benchmarks.elsewhere [--repetitions 1000] [--only NAME]

Settings and seeds of their own, apart from those by which the bounds were chosen and to which the other benchmarks hold
them: other numbers of images, other shares, other shapes of distributions.  Each line is the worst of its kind, in
percent, low / high (nominal 5).
"""

import argparse
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from behaviors.agreement.metrics import consistency, with_people
from behaviors.calibration.metrics import adaptive_calibration_error, negative_log_likelihood
from behaviors.conformal.metrics import coverage
from behaviors.conformal.split import split
from behaviors.contract.measurement import Interval
from behaviors.groups.metrics import gap, worst, worst_mean
from behaviors.selective import metrics as selective
from behaviors.selective.curve import risk_coverage
from behaviors.selective.demands import AtCoverage, AtRisk
from behaviors.statistics.effective import mean_of_shares
from behaviors.statistics.grouping import Groups
from behaviors.statistics.unseen import Sample
from benchmarks.agreement import observers
from benchmarks.cases import ALPHA, Rates, missed
from benchmarks.clustered import error_ratios, retention
from benchmarks.control_variate import METRICS, Pair, simulated

Floats = NDArray[np.float64]
Random = np.random.Generator
Line = tuple[str, Rates]
SEED = 20_260_131


def skewed(repetitions: int) -> Iterator[Line]:
    """False "worse" at .05, and at .05 / 90 and .05 / 350 as multiples of these (told as low / high)."""
    draws: dict[str, Callable[[Random, tuple[int, int]], Floats]] = {
        "lognormal(.7), gains": lambda random, shape: np.exp(0.245) - np.exp(0.7 * random.normal(size=shape)),
        "lognormal(1.2), gains": lambda random, shape: np.exp(0.72) - np.exp(1.2 * random.normal(size=shape)),
        "exponential gains": lambda random, shape: 1 - random.exponential(size=shape),
        "one in ten changes, lognormal(1)": lambda random, shape: (
            (random.random(shape) < 0.1) * (np.exp(0.5) - np.exp(random.normal(size=shape)))
        ),
        "one in thirty changes, exponential": lambda random, shape: (
            (random.random(shape) < 1 / 30) * (1 - random.exponential(size=shape))
        ),
        "12 rare gains": lambda random, shape: 12 / shape[1] - (random.random(shape) < 12 / shape[1]),
        "30 rare gains of any size": lambda random, shape: (
            30 / shape[1] - (random.random(shape) < 30 / shape[1]) * random.exponential(size=shape)
        ),
        "Student's t, 5 degrees": lambda random, shape: random.standard_t(5, size=shape),
        "gamma(.4), gains": lambda random, shape: 0.4 - random.gamma(0.4, size=shape),
    }
    levels = np.array([0.05, 0.05 / 90, 0.05 / 350])
    for name, draw in draws.items():
        for images in (300, 700, 4_000):
            random, wrong = np.random.default_rng(SEED), np.zeros(3)
            wanted = 20 * repetitions
            for _ in range(wanted):
                sample = Sample.of(draw(random, (1, images))[0])
                if sample.low(0.05) > 0:
                    wrong += [sample.low(level) > 0 for level in levels.tolist()]
            first, second, third = wrong / wanted / levels
            yield (
                f"{name}, n={images:,}: {5 * first:.1f} %, {second:.1f}, {third:.1f} times",
                (0.05 * float(first), 0.0),
            )


def clustered(repetitions: int) -> Iterator[Line]:
    """Clusters of three kinds, of unequal worth, or wrong by half."""
    for count in (7, 15, 40, 120):
        for images in (5, 20, 60):
            for name, own in (
                ("three kinds", lambda random, shape: random.choice([0.5, 0.95, 1.0], shape, p=[0.05, 0.25, 0.7])),
                ("rare, half wrong", lambda random, shape: np.where(random.random(shape) < 0.04, 0.5, 0.99)),
                ("rare, all wrong", lambda random, shape: np.where(random.random(shape) < 0.03, 0.0, 0.98)),
                ("rare, all right", lambda random, shape: np.where(random.random(shape) < 0.03, 1.0, 0.05)),
                ("uniform", lambda random, shape: random.uniform(0.6, 1.0, shape)),
                ("beta(9, .1)", lambda random, shape: random.beta(9, 0.1, shape)),
            ):
                random = np.random.default_rng(SEED + count)
                truth = float(own(random, 2_000_000).mean())
                shares = random.binomial(images, own(random, (repetitions, count))) / images
                found = (mean_of_shares(row, images=count * images, alpha=ALPHA) for row in shares)
                yield f"{name}, {count} x {images}", missed(found, truth)


def ratios(repetitions: int) -> Iterator[Line]:
    """What is retained, and error ratios."""
    for images, usual, kept, levels in (
        (30, 0.95, 0.9, 4),
        (80, 0.8, 0.99, 4),
        (300, 0.99, 0.95, 2),
        (80, 0.5, 0.7, 6),
    ):
        random = np.random.default_rng(SEED)
        yield f"retained {kept} of {usual}, n={images}", retention(images, usual, kept, levels)(repetitions, random)
    for images, rare, error in ((2_000, 60, 0.05), (10_000, 45, 0.01), (1_000, 40, 0.4)):
        random = np.random.default_rng(SEED)
        yield f"error ratios, {rare} of {images:,}, {error}", error_ratios(images, rare, error)(repetitions, random)


def log_loss(repetitions: int) -> Iterator[Line]:
    """Log odds times ``sure``, of a model that is right as often as expit says."""
    for middle, sure in ((2.0, 1.0), (3.0, 2.0), (5.0, 2.5), (1.0, 0.5)):
        for images in (60, 400, 3_000):
            random = np.random.default_rng(SEED)

            def draw(count: int, random: Random = random, middle: float = middle, sure: float = sure) -> Floats:
                odds = middle + 1.5 * random.normal(size=count)
                against = np.where(random.random(count) < expit(odds), -odds, odds)
                return -np.minimum(np.logaddexp(0, sure * against), 15.9)

            truth = -float(draw(4_000_000).mean())
            found = (negative_log_likelihood(draw(images), alpha=ALPHA).interval for _ in range(repetitions))
            yield f"log-loss, odds {middle:g} x {sure:g}, n={images:,}", missed(found, truth)


def control_variates(repetitions: int) -> Iterator[Line]:
    """Few images, and many that tell the models apart; the sum of both errors shows whether the value is biased."""
    for pair in (
        Pair(50, 800, 0.7, 0.4),
        Pair(120, 3_000, 0.6, 0.3),
        Pair(2_000, 20_000, 0.9, 0.1),
        Pair(50, 2_000, 0.9, 0.02),
    ):
        for name, metric in METRICS.items():
            rates = simulated(pair, metric, max(200, repetitions // 2), np.random.default_rng(SEED))
            yield f"{name} with a control variate, {pair}", (rates.low, rates.high)


def answering(repetitions: int) -> Iterator[Line]:
    """Selective prediction by confidences in three steps, and in any."""
    for kind in ("three steps", "logit-normal"):
        for accuracy in (0.7, 0.9, 0.97):
            for images in (80, 400):
                random = np.random.default_rng(SEED)

                def draw(
                    count: int, random: Random = random, kind: str = kind, accuracy: float = accuracy
                ) -> tuple[Floats, NDArray[np.bool_]]:
                    odds = np.log(accuracy / (1 - accuracy)) + 1.2 * random.normal(size=count)
                    right = random.random(count) < expit(odds)
                    sure = expit(odds) if kind == "logit-normal" else np.round(2 * expit(odds - 1)) / 2
                    return sure, right

                curve = risk_coverage(*draw(1_000_000))
                place = curve.within(0.04)
                truths = {
                    "aurc": float(np.nan),
                    "coverage_at_risk": float(curve.coverage[place]) if place >= 0 else 0.0,
                    "risk_at_coverage": float(curve.risk[curve.reaching(0.7)]),
                }
                samples = [draw(images) for _ in range(repetitions)]
                big = draw(1_000_000)
                truths["aurc"] = selective.aurc(*big, alpha=ALPHA).value
                measure: dict[str, Callable[[Floats, NDArray[np.bool_]], Interval | None]] = {
                    "aurc": lambda sure, right: selective.aurc(sure, right, alpha=ALPHA).interval,
                    "coverage_at_risk": lambda sure, right: (
                        selective.coverage_at_risk(sure, right, demand=AtRisk(0.04), alpha=ALPHA).interval
                    ),
                    "risk_at_coverage": lambda sure, right: (
                        selective.risk_at_coverage(sure, right, demand=AtCoverage(0.7), alpha=ALPHA).interval
                    ),
                }
                for name, of in measure.items():
                    yield f"{name}, {kind}, {accuracy}, n={images}", missed((of(*s) for s in samples), truths[name])


def groups(repetitions: int) -> Iterator[Line]:
    """Sizes that differ forty times over; three levels of accuracy."""
    for count in (3, 12, 40):
        for middle in (0.6, 0.9):
            random = np.random.default_rng(SEED)
            truth = np.clip(middle + np.resize([-0.2, 0.0, 0.05], count), 0, 1)
            images = np.resize([20, 35, 90, 800], count)
            codes = np.repeat(np.arange(count), images)
            drawn = [
                Groups(tuple(map(str, range(count))), (codes,), random.random(codes.size) < truth[codes])
                for _ in range(repetitions // 2)
            ]
            where = f"{count} groups around {middle}"
            yield f"worst of {where}", missed((worst(one, alpha=ALPHA).interval for one in drawn), float(truth.min()))
            yield f"gap of {where}", missed((gap(one, alpha=ALPHA).interval for one in drawn), float(np.ptp(truth)))
            few = max(2, count // 4)
            intervals = (worst_mean(one, few, alpha=ALPHA).interval for one in drawn)
            yield f"{few} worst of {where}", missed(intervals, float(np.sort(truth)[:few].mean()))


def rest(repetitions: int) -> Iterator[Line]:
    """Adaptive ECE, error consistency, conformal sets."""
    right: dict[str, Callable[[Floats], Floats]] = {
        "right .9 as often": lambda sure: 0.9 * sure,
        "wrong where surest": lambda sure: np.where(sure > 0.97, 0.8, sure),
        "calibrated": lambda sure: sure,
    }
    for name, of in right.items():
        sure = np.sort(np.random.default_rng(1).uniform(0.4, 1, 1_500_000) ** 0.5)
        truth = float(np.abs((sure - of(sure)).reshape(15, -1).mean(axis=1)).mean())
        for images in (150, 900):
            random = np.random.default_rng(SEED)
            drawn = [random.uniform(0.4, 1, images) ** 0.5 for _ in range(repetitions)]
            found = (
                adaptive_calibration_error(one, random.random(images) < of(one), bins=15, alpha=ALPHA).interval
                for one in drawn
            )
            yield f"adaptive ECE, {name}, n={images}", missed(found, truth)
    for error, alike, images in ((0.02, 0.3, 300), (0.1, 0.7, 150), (0.35, 0.2, 250), (0.65, 0.95, 800)):
        random = np.random.default_rng(SEED)
        answers = [observers(random, error, alike, 4, images) for _ in range(repetitions)]
        usable = [one for one in answers if not any(row.all() or not row.any() for row in one)]
        where = f"errors {error}, alike {alike}, n={images}"
        two = (consistency(one[0], one[3], alpha=ALPHA).interval for one in usable)
        yield f"error consistency, {where}", missed(two, alike**2)
        people = (with_people(one[3], {str(k): one[k] for k in range(3)}, alpha=ALPHA).interval for one in usable)
        yield f"with people, {where}", missed(people, alike**2)
    for ties in (0, 20):
        for own, images in ((60, 40), (400, 100)):
            random = np.random.default_rng(SEED)
            half = np.arange(own + images) >= own
            scores = [random.beta(5, 1, own + images) for _ in range(repetitions)]
            sure = [np.round(one * ties) / ties if ties else one for one in scores]
            rank = int(np.ceil((own + 1) * 0.9))
            promised = rank / (own + 1)
            intervals = (coverage(split(one, half, coverage=0.9), alpha=ALPHA).interval for one in sure)
            low, high = missed(intervals, promised)
            yield f"conformal, {own} + {images}, {'ties' if ties else 'no ties'}", (0.0 if ties else low, high)


KINDS: dict[str, Callable[[int], Iterable[Line]]] = {
    each.__name__: each for each in (clustered, ratios, log_loss, rest, groups, answering, control_variates, skewed)
}


def main() -> None:
    """Print each kind's worst."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--only", choices=KINDS)
    options = parser.parse_args()
    for kind, lines in KINDS.items():
        if options.only not in {None, kind}:
            continue
        found = list(lines(options.repetitions))
        for side, name in ((0, "low"), (1, "high")):
            worst_ones = sorted(found, key=lambda line: line[1][side])[:-4:-1]
            told = "; ".join(f"{100 * rates[side]:.1f} ({what})" for what, rates in worst_ones)
            print(f"{kind}, {len(found)} settings, {name}: {told}", flush=True)
        if kind == "skewed":
            print("\n".join(f"  {what}" for what, _ in found), flush=True)


if __name__ == "__main__":
    main()

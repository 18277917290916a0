"""How often do bounds of shares of images that are alike miss the truth?  Run: python -m benchmarks.clustered

Each cell is "low / high", in percent, as in ``benchmarks.intervals``, and how wide the low and the high side are,
relative to Clopper-Pearson's at the number of independent images that would truly tell as much.  First a grid of
clusters of equal size, then settings of their own: corruption accuracy, what is retained, mean error ratios.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, ndtri

from behaviors.contract.measurement import Interval
from behaviors.invariance.metrics import retained
from behaviors.invariance.sweeps import Sweep
from behaviors.mistakes.evidence import Errors
from behaviors.mistakes.metrics import mean_error_ratio
from behaviors.statistics.effective import mean_of_shares
from benchmarks.cases import ALPHA, Rates, missed

Floats = NDArray[np.float64]
Mixing = Literal["beta", "logit-normal", "two kinds", "rare, all wrong"]

CLUSTERS = (5, 10, 20, 64, 200)
IMAGES = (3, 9, 30, 100)
SHARES = (0.5, 0.8, 0.9, 0.97, 0.99, 0.997, 0.999)
ALIKE = (0.0, 0.1, 0.3, 0.5, 0.8)
NODES = np.linspace(-8, 8, 2001)


class Setting(NamedTuple):
    """So many clusters of so many images each, of which ``share`` are right; ``alike``: their intra-class correlation.

    ``mixing``: how the clusters' own shares are distributed; ``two kinds``: some entirely right, the others alike;
    ``rare, all wrong``: some entirely wrong, the others alike; samples without one of the few do not show it.
    """

    clusters: int
    images: int
    share: float
    alike: float
    mixing: Mixing = "beta"

    def draw(self, repetitions: int, random: np.random.Generator) -> Floats:
        """(repetitions, clusters) shares."""
        shape, wrong = (repetitions, self.clusters), 1 - self.share
        if not self.alike:
            own: Floats = np.full(shape, self.share)
        elif self.mixing == "beta":
            size = 1 / self.alike - 1
            own = random.beta(self.share * size, wrong * size, shape)
        elif self.mixing == "logit-normal":
            middle, spread = logit_normal(self.share, self.alike)
            own = expit(middle + spread * random.normal(size=shape))
        elif self.mixing == "rare, all wrong":
            rare = self.alike * wrong / (self.share + self.alike * wrong)
            own = (self.share + self.alike * wrong) * (random.random(shape) >= rare)
        else:
            bad = self.alike * self.share + wrong
            own = 1 - bad * (random.random(shape) < wrong / bad)
        return random.binomial(self.images, own) / self.images

    @property
    def worth(self) -> float:
        """Independent images that tell as much."""
        return self.clusters * self.images / (1 + (self.images - 1) * self.alike)


class Found(NamedTuple):
    """Error rates of either side, and its mean width relative to the oracle's."""

    low: float
    high: float
    low_width: float
    high_width: float


def found(setting: Setting, repetitions: int, random: np.random.Generator) -> Found:
    """Of the bounds that are used."""
    shares = setting.draw(repetitions, random)
    total, truth, worth = setting.clusters * setting.images, setting.share, setting.worth
    intervals = [mean_of_shares(row, images=total, alpha=ALPHA, kind="scenes") for row in shares]
    low, high = (np.array([getattr(one, side) for one in intervals]) for side in ("low", "high"))
    value = shares.mean(axis=1)
    hits = np.clip(value * worth, 0, worth)
    best_low = np.where(hits > 0, betaincinv(np.maximum(hits, 1e-9), worth - hits + 1, ALPHA), 0)
    best_high = np.where(hits < worth, betaincinv(hits + 1, np.maximum(worth - hits, 1e-9), 1 - ALPHA), 1)
    widths = (value - low).mean() / (value - best_low).mean(), (high - value).mean() / (best_high - value).mean()
    return Found(*missed(intervals, truth), *map(float, widths))


def grid() -> Iterator[Setting]:
    """All of them; where shares near 1 are very much alike, logit-normal ones are either 0 or 1, up to rounding."""
    for clusters, images, share, alike in product(CLUSTERS, IMAGES, SHARES, ALIKE):
        yield Setting(clusters, images, share, alike)
        if alike:
            yield Setting(clusters, images, share, alike, "two kinds")
            yield Setting(clusters, images, share, alike, "rare, all wrong")
            if alike <= 0.3 or share < 0.98 or (alike <= 0.5 and share < 0.995):
                yield Setting(clusters, images, share, alike, "logit-normal")


DOCUMENTED = (
    Setting(20, 9, 0.97, 0.3),
    Setting(20, 90, 0.99, 0.3),
    Setting(64, 50, 0.99, 0.3),
    Setting(64, 50, 0.99, 0.3, "logit-normal"),
    Setting(200, 20, 0.997, 0.3),
    Setting(200, 20, 0.997, 0.3, "logit-normal"),
    Setting(5, 50, 0.9, 0.3),
)
"""At which bounds by an effective size, estimated from the clusters, err 10 to 22 times in 100."""


@cache
def logit_normal(share: float, alike: float) -> tuple[float, float]:
    """Mean and standard deviation of log odds whose shares have this mean and intra-class correlation."""
    weight = np.exp(-(NODES**2) / 2) / np.exp(-(NODES**2) / 2).sum()

    def middle(spread: float) -> float:
        return _where(lambda m: float(weight @ expit(m + spread * NODES)) < share, -60.0, 60.0)

    def less(spread: float) -> bool:
        own = expit(middle(spread) + spread * NODES)
        return float(weight @ own**2) - share**2 < alike * share * (1 - share)

    spread = _where(less, 0.01, 40.0)
    return middle(spread), spread


def corrupted(images: int, accuracy: float, alike: float) -> Setting:
    """Images under 75 views."""
    return Setting(images, 75, accuracy, alike, "logit-normal")


def retention(images: int, usual: float, kept: float, levels: int) -> Callable[[int, np.random.Generator], Rates]:
    """What is hard as it is stays hard under the views, which are alike."""
    limit, usual_limit = ndtri(1 - usual * kept), ndtri(1 - usual)

    def one(random: np.random.Generator) -> Interval | None:
        ease, shared = random.normal(size=(2, images))
        own = 0.7 * shared + np.sqrt(0.51) * random.normal(size=(levels, images))
        correct = ease > usual_limit
        at = 0.9 * ease + np.sqrt(0.19) * own > limit
        if not correct.any():
            return None
        sweep = Sweep(0.0, tuple(float(k + 1) for k in range(levels)), correct, at, at == correct)
        return retained(sweep, alpha=ALPHA).interval

    return lambda repetitions, random: missed((one(random) for _ in range(repetitions)), kept)


def error_ratios(images: int, rare: int, error: float) -> Callable[[int, np.random.Generator], Rates]:
    """Four factors, one on ``rare`` of the images, which make the model err up to 1.6 times as often."""
    counts = (rare, images // 10, images // 5, images // 2)
    carries = np.repeat(np.eye(4, dtype=np.bool_), counts, axis=0)
    carries = np.concatenate([carries, np.zeros((images - len(carries), 4), dtype=np.bool_)])
    chance = error * (1 + carries @ np.array([0.6, 0.4, 0.2, 0.0]))
    truth = float((chance @ carries / carries.sum(0) / chance.mean()).mean())

    def one(random: np.random.Generator) -> Interval | None:
        wrong = random.random(images) < chance
        return mean_error_ratio(Errors(wrong, carries, ("a", "b", "c", "d")), alpha=ALPHA).interval

    return lambda repetitions, random: missed((one(random) for _ in range(repetitions)), truth)


OTHERS = {
    f"retained, {kept:.0%} of {usual:g}, {levels} views, n={images:,}": retention(images, usual, kept, levels)
    for images in (50, 100, 500)
    for usual, kept in ((0.9, 0.97), (0.7, 0.97), (0.9, 0.8), (0.98, 0.98))
    for levels in (1, 8)
} | {
    f"mean error ratio, a factor on {rare} of {images:,}, error {error:g}": error_ratios(images, rare, error)
    for images, rare, error in ((46_000, 30, 0.02), (46_000, 30, 0.2), (5_000, 100, 0.02), (5_000, 30, 0.02))
}


def _where(below: Callable[[float], bool], left: float, right: float) -> float:
    for _ in range(60):
        middle = (left + right) / 2
        left, right = (middle, right) if below(middle) else (left, middle)
    return (left + right) / 2


def _line(name: str, rates: Found) -> str:
    return f"{name:64}{100 * rates.low:6.1f} /{100 * rates.high:5.1f}{rates.low_width:8.2f} /{rates.high_width:5.2f}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    print(f"{'':64}{'low / high':>13}{'width':>14}")
    for setting in DOCUMENTED:
        print(_line(str(setting), found(setting, options.repetitions, random)), flush=True)
    for images, accuracy, alike in ((50, 0.99, 0.3), (200, 0.999, 0.3), (50, 0.9, 0.6), (1000, 0.99, 0.5)):
        rates = found(corrupted(images, accuracy, alike), options.repetitions, random)
        print(_line(f"corruption accuracy {accuracy:g}, {images:,} images", rates), flush=True)
    for name, errors in OTHERS.items():
        low, high = errors(min(options.repetitions, 1000), random)
        print(f"{name:64}{100 * low:6.1f} /{100 * high:5.1f}", flush=True)
    _grid("the grid", grid(), options.repetitions // 2, random)


def _grid(name: str, settings: Iterator[Setting], repetitions: int, random: np.random.Generator) -> None:
    every = [(found(setting, repetitions, random), setting) for setting in settings]
    print(f"\n{len(every)} settings of {name}; the worst of each side:")
    for side in (0, 1):
        for rates, setting in sorted(every, key=lambda pair: pair[0][side])[-5:]:
            print(_line(str(setting), rates))
        over = sum(rates[side] > 0.065 for rates, _ in every)
        print(f"above 6.5 %: {over}")
    for side, bound in ((2, "low"), (3, "high")):
        widths = np.array([rates[side] for rates, _ in every])
        middle, often, most = np.nanquantile(widths, (0.5, 0.9, 1.0))  # none where all are entirely right
        print(f"width of the {bound} side: {middle:.2f} in the middle, {often:.2f} in 9 of 10, at most {most:.1f}")


if __name__ == "__main__":
    main()

"""A sample judged with a known model's answers on the whole list: how often the bounds miss, and what that saves.

``python -m benchmarks.control_variate`` (2,000 repetitions); where recorded predictions of ImageNet's validation images
are at hand (``../shared/real``), also samples of them, whose truth is known.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from behaviors.calibration.metrics import negative_log_likelihood, signed_gap, top_label_brier_score
from behaviors.contract.control_variate import controlled
from behaviors.contract.differences import of_means, of_proportions
from behaviors.contract.joined import restricted
from behaviors.contract.measurement import Measurement
from behaviors.robustness.metrics import accuracy

ALPHA = 0.05
REAL = Path(__file__).resolve().parents[2] / "shared" / "real" / "imagenet_val_predictions"
Bools, Floats, Names = NDArray[np.bool_], NDArray[np.float64], NDArray[np.str_]


@dataclass(frozen=True)
class Said:
    """Of each image: whether the model is right, and how probable it holds its answer; (N,) each."""

    right: Bools
    confidence: Floats

    def of(self, rows: NDArray[np.int64]) -> "Said":
        """Of some of the images."""
        return Said(self.right[rows], self.confidence[rows])


Metric = Callable[[Said, Names], Measurement]
METRICS: dict[str, Metric] = {
    "accuracy": lambda said, ids: accuracy(said.right, alpha=ALPHA, ids=ids),
    "Brier, top label": lambda said, ids: top_label_brier_score(said.confidence, said.right, alpha=ALPHA, ids=ids),
    "signed gap": lambda said, ids: signed_gap(said.confidence, said.right, alpha=ALPHA, ids=ids),
    "log-loss": lambda said, ids: negative_log_likelihood(
        np.log(np.where(said.right, said.confidence, 1 - said.confidence)), alpha=ALPHA, ids=ids
    ),
}


@dataclass(frozen=True)
class Pair:
    """Two models on ``images``, ``sample`` of which the new one sees.

    ``accuracy``: of both.  ``discordant``: the share of images of which exactly one is right.  ``sharpness``: of the
    confidences, 1 where they are calibrated, of the old and the new model.
    """

    sample: int
    images: int
    accuracy: float
    discordant: float
    sharpness: tuple[float, float] = (1.0, 1.0)

    def drawn(self, images: int, random: np.random.Generator) -> tuple[Said, Said]:
        """What both say of so many images of the population."""
        place = random.random(images)
        half = self.discordant / 2
        old, new = (
            place < self.accuracy,
            (place < self.accuracy - half) | ((place >= self.accuracy) & (place < self.accuracy + half)),
        )
        difficulty = random.standard_normal(images)
        said = []
        for right, sharpness in zip((old, new), self.sharpness, strict=True):
            margin = np.where(right, 2.0, 0.8) + difficulty + 0.3 * random.standard_normal(images)
            said.append(Said(right, expit(sharpness * np.abs(margin))))
        return said[0], said[1]


@dataclass(frozen=True)
class Rates:
    """Shares of repetitions with a bound above, or below, the truth; of images saved; and of repetitions helped."""

    low: float
    high: float
    saved: float
    helped: float


PAIRS = (
    Pair(500, 10_000, 0.8, 0.02),
    Pair(500, 10_000, 0.8, 0.05),
    Pair(500, 10_000, 0.8, 0.15),
    Pair(200, 5_000, 0.9, 0.03, (1.5, 0.63)),
    Pair(500, 10_000, 0.97, 0.01, (1.0, 3.0)),
    Pair(100, 1_000, 0.99, 0.01),
    Pair(64, 1_024, 0.9, 0.05),
)


def simulated(pair: Pair, metric: Metric, repetitions: int, random: np.random.Generator) -> Rates:
    """New lists and samples of them, against the population's truth."""
    truth = np.mean([_plain(metric, pair.drawn(400_000, random)[1]) for _ in range(3)])
    drawn = (pair.drawn(pair.images, random) for _ in range(repetitions))
    return _rates(((*said, random.permutation(pair.images)[: pair.sample]) for said in drawn), metric, float(truth))


def recorded(models: tuple[Said, Said], metric: Metric, sample: int, draws: int) -> Rates:
    """Samples of one list, against the list's own number; ``models``: the known one, and the sampled one."""
    old, new = models
    random = np.random.default_rng(0)
    rows = ((old, new, random.permutation(old.right.size)[:sample]) for _ in range(draws))
    return _rates(rows, metric, _plain(metric, new))


def differences(models: tuple[Said, Said], metric: Metric, sample: int, draws: int) -> tuple[Rates, Rates]:
    """Of new - old over the whole list, by samples of it: both models' answers to these, and with all of the old one's.

    ``saved``: of the second, the images that it saves the first.
    """
    old, new = models
    known, random, found = metric(old, _ids(old.right.size)), np.random.default_rng(0), []
    truth = _plain(metric, new) - known.value
    assert known.per_image is not None
    for _ in range(draws):
        rows = random.permutation(old.right.size)[:sample]
        plain = metric(new.of(rows), _ids(old.right.size)[rows])
        assert plain.per_image is not None
        there = restricted(known.per_image, plain.per_image.ids, strata=False)
        assert there is not None
        paired = (of_proportions if there.kind == "proportion" else of_means)(there, plain.per_image, alpha=ALPHA)
        helped = controlled(plain, known.per_image, alpha=ALPHA)
        bounds = plain.interval if helped is None else helped.interval
        assert bounds is not None
        low, high = bounds.low - known.value, bounds.high - known.value
        apart = paired.interval
        width = (high - low) / (apart.high - apart.low)
        found.append((apart.low > truth, apart.high < truth, low > truth, high < truth, width, helped is not None))
    pair_low, pair_high, low, high, width, helped = np.mean(found, axis=0)
    return (
        Rates(float(pair_low), float(pair_high), 0.0, 0.0),
        Rates(float(low), float(high), float(1 - width**2), float(helped)),
    )


def imagenet(name: str) -> Said:
    """What was recorded of a model on ImageNet's 50,000 validation images (facebookresearch/imagenetx)."""
    label = dict(np.loadtxt(REAL / "labels.csv", str, delimiter=",", skiprows=1))
    files, predicted, confidence = np.loadtxt(REAL / f"{name}.csv", str, delimiter=",", skiprows=1, unpack=True)
    order = np.argsort(files)
    right = predicted == np.array([label[file] for file in files])
    return Said(right[order], np.clip(confidence.astype(np.float64)[order], 0, 1))


def _plain(metric: Metric, said: Said) -> float:
    return metric(said, _ids(said.right.size)).value


def _ids(images: int) -> Names:
    return np.char.zfill(np.arange(images).astype(np.str_), 6)


def _rates(drawn: Iterator[tuple[Said, Said, NDArray[np.int64]]], metric: Metric, truth: float) -> Rates:
    found = []
    for old, new, rows in drawn:
        ids = _ids(old.right.size)
        plain = metric(new.of(rows), ids[rows])
        helped = controlled(plain, metric(old, ids).per_image, alpha=ALPHA)
        alone = plain.interval
        assert alone is not None
        bounds = alone if helped is None else helped.interval
        width = (bounds.high - bounds.low) / (alone.high - alone.low)
        found.append((bounds.low > truth, bounds.high < truth, width, helped is not None))
    low, high, width, helped = np.mean(found, axis=0)
    return Rates(float(low), float(high), float(1 - width**2), float(helped))


def _line(name: str, pair: str, rates: Rates) -> str:
    missed = f"{100 * rates.low:5.1f} / {100 * rates.high:4.1f}"
    return f"{name:18} {pair:44} {missed}   {100 * rates.saved:5.1f} % fewer, helped in {100 * rates.helped:5.1f} %"


def main() -> None:
    """Print all of it."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    print(f"{'':18} {'sample, list, accuracy, discordant':44} low / high missed, in %")
    for name, metric in METRICS.items():
        for pair in PAIRS:
            rates = simulated(pair, metric, repetitions, np.random.default_rng(0))
            about = f"{pair.sample:,} of {pair.images:,}, {pair.accuracy}, {pair.discordant}, {pair.sharpness}"
            print(_line(name, about, rates), flush=True)
    if REAL.is_dir():
        old, new = imagenet("ResNet50"), imagenet("ViT")
        for name, metric in METRICS.items():
            if name == "log-loss":  # only the best class was recorded
                continue
            rates = recorded((old, new), metric, 1_000, 200)
            print(_line(name, "ViT with ResNet50, 1,000 of 50,000 (200 draws)", rates))
            paired, all_known = differences((old, new), metric, 1_000, 200)
            print(_line(name, "  difference, ResNet50 on the same 1,000", paired))
            print(_line(name, "  difference, ResNet50 on all", all_known))


if __name__ == "__main__":
    main()

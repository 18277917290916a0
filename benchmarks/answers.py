"""Simulated models of two classes of which every metric is known: one on images of its own, or two on the same."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import ndtr

from behaviors import calibration, robustness
from behaviors.calibration.metrics import (
    expected_calibration_error,
    negative_log_likelihood,
    overconfidence,
    top_label_brier_score,
)
from behaviors.contract import per_image
from behaviors.contract.measurement import Measurement, Metric
from behaviors.robustness.metrics import accuracy
from benchmarks.cases import ALPHA

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Loss = Callable[[float], float]

CLAIMED = 0.03
"""How much surer the simulated model is than it is right, whatever its confidence: its ECE."""
METRICS: dict[str, Metric] = {
    "accuracy": robustness.METRICS["accuracy"],
    **{name: calibration.METRICS[name] for name in ("ece", "overconfidence", "brier_top_label", "nll")},
}


@dataclass(frozen=True)
class Answers:
    """Of one model on N images of two classes: ``confidence`` in [0.5, 0.999], and whether it is ``correct``."""

    ids: NDArray[np.str_]
    confidence: Floats
    correct: Bools

    def measured(self) -> dict[str, Measurement]:
        """By metric."""
        pair, ids = (self.confidence, self.correct), self.ids
        label = np.log(np.where(self.correct, self.confidence, 1 - self.confidence))
        return {
            "accuracy": share_right(ids, self.correct),
            "ece": expected_calibration_error(*pair, bins=15, alpha=ALPHA, ids=ids),
            "overconfidence": overconfidence(*pair, bins=15, alpha=ALPHA, ids=ids),
            "brier_top_label": top_label_brier_score(*pair, alpha=ALPHA, ids=ids),
            "nll": negative_log_likelihood(label, alpha=ALPHA, ids=ids),
        }


def share_right(ids: NDArray[np.str_], correct: Bools) -> Measurement:
    """Accuracy, image by image."""
    return replace(accuracy(correct, alpha=ALPHA), per_image=per_image.proportion(ids, correct))


def truths() -> dict[str, float]:
    """What the metrics are on all images there could be, with one gap, CLAIMED, at every confidence from .5 to .999."""

    def mean(loss_right: Loss, loss_wrong: Loss) -> float:
        def at(c: float) -> float:
            return (c - CLAIMED) * loss_right(c) + (1 - c + CLAIMED) * loss_wrong(c)

        return float(quad(at, 0.5, 0.999)[0]) / 0.499

    return {
        "accuracy": mean(lambda _: 1.0, lambda _: 0.0),
        "ece": CLAIMED,
        "overconfidence": CLAIMED,
        "brier_top_label": mean(lambda c: (1 - c) ** 2, lambda c: c**2),
        "nll": mean(lambda c: -math.log(c), lambda c: -math.log(1 - c)),
    }


@dataclass(frozen=True)
class Images:
    """What two models have in common on N images: how sure they are, and whether they are right, (N,) normal each."""

    ids: NDArray[np.str_]
    ease: Floats
    luck: Floats

    @classmethod
    def new(cls, count: int, random: np.random.Generator) -> "Images":
        """So many."""
        ids = np.arange(count).astype(np.str_)
        return cls(ids, random.normal(size=count), random.normal(size=count))

    def asked(self, random: np.random.Generator, *, alike: float = 0.9, loss: float = 0.0) -> Answers:
        """A model; any two are exchangeable, and correlated by ``alike``; one with a ``loss`` is that less accurate."""
        sure, right = (
            ndtr(np.sqrt(alike) * common + np.sqrt(1 - alike) * random.normal(size=common.size))
            for common in (self.ease, self.luck)
        )
        confidence = 0.5 + 0.499 * sure
        return Answers(self.ids, confidence, right < confidence - CLAIMED - loss)

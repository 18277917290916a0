"""A linear probe: multinomial logistic regression on frozen features, its one setting chosen on held-out images.

The loss is convex, so that its minimum is a property of the features alone: machines, libraries and numbers of
threads agree on it as far as the optimiser is made to go.
Source: Alain & Bengio 2016, arXiv:1610.01644; Kornblith et al. 2019, arXiv:1805.08974 (strength chosen on a log grid).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.features import Fits, ProbeData

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUGH, FINE = 1e-5, 1e-8
"""Largest slope of the loss, in nats, at which fits stop: those that only compare strengths, and those that count.
Measured on the embedded tasks, the rough ones miss the least cross-entropy of held-out images by 0.0003 nats at most;
steps of half a decade around it differ by 0.005 and more."""
NEGLIGIBLE = 1e-10
"""Share of the largest variance: along directions of less, the training images do not differ."""
CURVATURE = 0.25
"""Of the logistic loss, at most (Boehning 1992, AISM 44:197); only the number of steps depends on it."""


class Space(NamedTuple):
    """Train and test features in coordinates in which training is quick; the fitted probe is the same in all.

    ``train``: (N, d), ``test``: (M, d) float64, standardised, turned to the principal axes of the training images.
    ``variance``: (d,) of the training images along these axes.
    """

    train: Floats
    test: Floats
    variance: Floats


def linear_probe(data: ProbeData, *, strengths: Sequence[float], held_out: float, seeds: Sequence[int]) -> Fits:
    """Fit a probe per seed and let it answer for the test images.

    The loss is the mean cross-entropy in nats plus strength/2 times the squared weights (not the offsets) of
    standardised features.  ``strengths``: to choose from; each seed holds out the share ``held_out`` of every class of
    the training images, takes the strength that answers best there, by cross-entropy, and learns from all of
    them again.

    Raises:
        ValueError: features that are no numbers or all of one class, or no image to hold out.
    """
    _check(data, strengths)
    space = standardised(data.train, data.test)
    tried = sorted(strengths, reverse=True)
    chosen = [_choose(space, data, tried, held_out, seed) for seed in seeds]
    answers: dict[float, Ints] = {}
    start: Floats | None = None
    for strength in sorted(set(chosen), reverse=True):
        start = train(
            space.train,
            data.train_labels,
            variance=space.variance,
            strength=strength,
            classes=len(data.classes),
            tolerance=FINE,
            start=start,
        )
        answers[strength] = _scores(space.test, start).argmax(axis=1)
    return Fits(np.stack([answers[strength] for strength in chosen]), np.array(chosen, dtype=np.float64))


def standardised(train: NDArray[np.float32], test: NDArray[np.float32]) -> Space:
    """Features with mean 0 and variance 1 on the training images (what does not vary there becomes 0), turned.

    Turning and leaving out directions in which no training image has a part changes no fit: its weights are
    combinations of the training images, as the penalty is the same in all directions.
    """
    wide: Floats = train.astype(np.float64)
    mean, spread = wide.mean(axis=0), wide.std(axis=0)
    varies = spread > 1e-7 * np.abs(wide).max(axis=0, initial=0)  # float32 tells no smaller difference
    scale = np.divide(1, spread, out=np.zeros_like(spread), where=varies)
    wide = (wide - mean) * scale
    variance, axes = np.linalg.eigh(wide.T @ wide / len(wide))
    axes = axes[:, variance > NEGLIGIBLE * max(variance[-1], 1)]
    turned = wide @ axes
    return Space(turned, (test.astype(np.float64) - mean) * scale @ axes, np.square(turned).mean(axis=0))


def train(  # noqa: PLR0913  (a convex problem and where to start and stop)
    features: Floats,
    labels: Ints,
    *,
    variance: Floats,
    strength: float,
    classes: int,
    tolerance: float,
    start: Floats | None = None,
) -> Floats:
    """The weights (d + 1, classes) of least loss, offsets last; L-BFGS, in coordinates of about equal curvature.

    ``features``: (N, d), about of the ``variance`` (d,).  ``start``: weights to begin with.
    """
    from scipy.optimize import minimize  # most of a second, which runs that find stored answers do not pay

    images, width = features.shape
    scale = np.append(1 / np.sqrt(CURVATURE * variance + strength), 1)
    scaled = np.column_stack([features, np.ones(images)]) * scale
    penalty = (strength * np.square(scale) * np.append(np.ones(width), 0))[:, None]
    rows = np.arange(images)

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(width + 1, classes)
        scores = _shifted(scaled @ weights)
        fitting = -float(scores[rows, labels].sum())
        np.exp(scores, out=scores)
        total = scores.sum(axis=1)
        fitting += float(np.log(total).sum())
        scores /= total[:, None]
        scores[rows, labels] -= 1
        pull = penalty * weights
        return fitting / images + 0.5 * float(np.vdot(pull, weights)), (scaled.T @ scores / images + pull).ravel()

    first = np.zeros((width + 1, classes)) if start is None else start / scale[:, None]
    limits = {"gtol": tolerance, "ftol": 0.0, "maxiter": 100_000, "maxfun": 200_000}
    found = minimize(loss, first.ravel(), jac=True, method="L-BFGS-B", options=limits)
    best: Floats = found.x.reshape(width + 1, classes) * scale[:, None]
    return best


def hold_out(labels: Ints, share: float, seed: int) -> NDArray[np.bool_]:
    """(N,) bool: which images to hold out, the same share of every class (rounded down), by the draw of ``seed``."""
    order = np.random.default_rng(seed).permutation(len(labels))
    held = np.zeros(len(labels), dtype=np.bool_)
    for label in np.unique(labels):
        drawn = order[labels[order] == label]
        held[drawn[: int(share * len(drawn))]] = True
    return held


def _choose(space: Space, data: ProbeData, strengths: Sequence[float], share: float, seed: int) -> float:
    """From the strongest on, the last strength that lessens the cross-entropy of the images held out.

    Weaker ones than the first that does not are not tried: with ever weaker penalties a probe learns first what tasks
    have in common, then what its training images have.
    """
    held = hold_out(data.train_labels, share, seed)
    if not held.any():
        raise ValueError(
            f"{data.task}: {len(data.train_labels):,} training images of {len(data.classes)} classes are too few to"
            f" hold out {share:.0%} of each class"
        )
    known, asked = space.train[~held], space.train[held]
    labels, truth = data.train_labels[~held], data.train_labels[held]
    best, least, start = strengths[0], np.inf, None
    for strength in strengths:
        start = train(
            known,
            labels,
            variance=space.variance,
            strength=strength,
            classes=len(data.classes),
            tolerance=ROUGH,
            start=start,
        )
        found = _cross_entropy(_scores(asked, start), truth)
        if found >= least:
            break
        best, least = strength, found
    return best


def _scores(features: Floats, weights: Floats) -> Floats:
    scores: Floats = features @ weights[:-1] + weights[-1]
    return scores


def _shifted(scores: Floats) -> Floats:
    """Each row less its largest score, whose exponentials cannot overflow."""
    scores -= scores.max(axis=1, keepdims=True)
    return scores


def _cross_entropy(scores: Floats, labels: Ints) -> float:
    shifted = _shifted(scores)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]))


def _check(data: ProbeData, strengths: Sequence[float]) -> None:
    if not strengths or min(strengths) <= 0:
        raise ValueError(f"a probe needs strengths above 0 to choose from; got {list(strengths)}")
    for part, features, labels in (
        ("training", data.train, data.train_labels),
        ("test", data.test, data.test_labels),
    ):
        if features.ndim != 2 or not features.size or len(features) != len(labels):
            raise ValueError(
                f"{data.task}: {part} features of shape {features.shape} for {len(labels):,} images; they must have"
                " one row for each image"
            )
        if unusable := int(np.count_nonzero(~np.isfinite(features).all(axis=1))):
            raise ValueError(
                f"{data.task}: the features of {unusable:,} of {len(labels):,} {part} images are NaN or infinite"
            )
    if len(np.unique(data.train_labels)) < 2:
        only = data.classes[data.train_labels[0]]
        raise ValueError(
            f"{data.task}: all {len(data.train_labels):,} training images are of the class {only!r}; a probe needs two"
        )

"""How far a model's confidence is from its accuracy: arrays in, a measurement with its interval out.

Throughout, ``confidence``: (N,) float in [0, 1], the probability of the predicted class; ``correct``: (N,) bool,
whether that class is the label; ``label_log_probability``: (N,) float <= 0, the natural logarithm of the label's
probability; ``alpha``: the error of each side of the interval (a single image gives no interval); ``ids``: (N,) the
names of the images, if the measurement is to be compared with another model's, image by image.
No images, NaN, values out of range or of different lengths: ValueError.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.calibration.bins import Bins, bin_by_confidence, bin_by_mass
from behaviors.calibration.bounds import Bounds, ece_bounds, overconfidence_bounds
from behaviors.calibration.small_counts import PREDICTIONS, WIDENED, Kinds, few_notes, widened
from behaviors.contract import per_image
from behaviors.contract.measurement import Interval, Measurement
from behaviors.statistics import evidence
from behaviors.statistics.effective import high_mean
from behaviors.statistics.gaps import Gaps, folding_bias
from behaviors.statistics.intervals import mean_hall, mean_z

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FLOOR = 2.0**-23
"""The probability that an unseen label is taken to have at least: single precision does not tell less from 0 beside 1.

About 1.2e-7, a loss of 15.9 nats."""
ALLOWING = "allowing for an unseen loss"
LABELS = ("labels are given more than one half", "labels are given at most one half")


def expected_calibration_error(  # noqa: PLR0913  (what is known of the images)
    confidence: ArrayLike,
    correct: ArrayLike,
    *,
    bins: int,
    alpha: float,
    runner_up: ArrayLike | None = None,
    ids: ArrayLike | None = None,
) -> Measurement:
    """ECE = sum over bins of share(bin) |mean confidence - accuracy|; ``parts`` are its bins and their terms.

    ``runner_up``: (N,) float in [0, 1], the probability of the second best class, to count ties for the first place.
    ``details``: ``noise_floor``, what a calibrated model would measure here on average; ``debiased``, the value less
    its estimated bias (to show, never to gate); ``on_edge`` and ``saturated``, images with a confidence of exactly an
    inner edge, or of 1; ``ties``, where ``runner_up`` is given.
    Source: Naeini et al. 2015 (AAAI); Guo et al. 2017, arXiv:1706.04599.

    >>> m = expected_calibration_error([0.95, 0.95, 0.65, 0.55], [True, False, True, True], bins=15, alpha=0.05)
    >>> round(m.value, 6), round(m.details["noise_floor"], 6)
    (0.425, 0.255858)
    """
    binned = bin_by_confidence(confidence, correct, bins=bins)
    value = float(np.abs(binned.gaps.mean).sum())
    details = {
        "noise_floor": binned.noise_floor,
        "debiased": max(0.0, value - float(folding_bias(binned.gaps, kappa=0))),
        "on_edge": binned.on_edge,
        "saturated": binned.saturated,
    }
    notes = few_notes(binned.hits, binned.images)
    if 2 * binned.noise_floor > value:
        calibrated = f"a perfectly calibrated model would measure {binned.noise_floor:.3g} on average"
        notes += (f"much of this may be noise: on {binned.images:,} images {calibrated}",)
    if runner_up is not None:
        details["ties"] = _ties(confidence, runner_up)
    if ties := details.get("ties"):
        notes += (f"{ties:,} images have two equally probable best classes: the first of them is the prediction",)
    interval = _binned_interval(ece_bounds, binned, binned.gaps, alpha)
    each = per_image.folded(ids, binned.gap, binned.index)
    return Measurement(value, binned.images, interval, binned.rows(np.abs), details, notes, each)


def adaptive_calibration_error(
    confidence: ArrayLike, correct: ArrayLike, *, bins: int, alpha: float, ids: ArrayLike | None = None
) -> Measurement:
    """The ECE over bins of equally many images (``bin_by_mass``), which are narrow where most confidences are.

    ``details``: ``noise_floor``, as in ``expected_calibration_error``; bins are taken as given.  Some of them
    have few images, all of which are right, and show no spread: none is taken to vary less than if it were calibrated.
    Source: Nguyen & O'Connor 2015, arXiv:1508.05154; Nixon et al. 2019, arXiv:1904.01685 (of the top label).
    """
    binned = bin_by_mass(confidence, correct, bins=bins)
    value, notes = float(np.abs(binned.gaps.mean).sum()), few_notes(binned.hits, binned.images)
    interval = _binned_interval(ece_bounds, binned, binned.at_least_calibrated, alpha)
    details, each = {"noise_floor": binned.noise_floor}, per_image.folded(ids, binned.gap, binned.index)
    return Measurement(value, binned.images, interval, binned.rows(np.abs), details, notes, each)


def signed_gap(confidence: ArrayLike, correct: ArrayLike, *, alpha: float, ids: ArrayLike | None = None) -> Measurement:
    """Mean confidence - accuracy: above 0 the model is over-confident, below 0 under-confident."""
    probability, right = evidence.answers(confidence, correct)
    return _mean(probability - right, mean_z, within=(-1, 1), alpha=alpha, ids=ids, right=right)


def overconfidence(
    confidence: ArrayLike, correct: ArrayLike, *, bins: int, alpha: float, ids: ArrayLike | None = None
) -> Measurement:
    """The ECE's terms from bins where confidence exceeds accuracy; with ``underconfidence`` it adds up to the ECE."""
    return _part(bin_by_confidence(confidence, correct, bins=bins), "over", ids, alpha)


def underconfidence(
    confidence: ArrayLike, correct: ArrayLike, *, bins: int, alpha: float, ids: ArrayLike | None = None
) -> Measurement:
    """The ECE's terms from bins where accuracy exceeds confidence."""
    return _part(bin_by_confidence(confidence, correct, bins=bins), "under", ids, alpha)


def brier_score(
    squared_norm: ArrayLike, label_log_probability: ArrayLike, *, alpha: float, ids: ArrayLike | None = None
) -> Measurement:
    """Mean over images of sum over classes of (probability - [class is the label])^2, which is |p|^2 - 2 p_label + 1.

    ``squared_norm``: (N,) float in (0, 1], the sum of the squared probabilities of all classes.
    Source: Brier 1950, Monthly Weather Review 78:1.
    """
    norm = evidence.probabilities("squared_norm", squared_norm)
    label = np.exp(evidence.log_probabilities("label_log_probability", label_log_probability))
    evidence.check_same_images(squared_norm=norm, label_log_probability=label)
    loss, change = norm - 2 * label + 1, 2 * float(np.sqrt(norm).mean())
    return _mean(loss, mean_hall, within=(0, 2), alpha=alpha, ids=ids, right=label > 0.5, change=change, kinds=LABELS)


def top_label_brier_score(
    confidence: ArrayLike, correct: ArrayLike, *, alpha: float, ids: ArrayLike | None = None
) -> Measurement:
    """Mean of (confidence - correct)^2: the Brier score of the event that the prediction is right."""
    probability, right = evidence.answers(confidence, correct)
    loss, change = (probability - right) ** 2, float(np.abs(2 * probability - 1).mean())
    return _mean(loss, mean_hall, within=(0, 1), alpha=alpha, ids=ids, right=right, change=change)


def negative_log_likelihood(
    label_log_probability: ArrayLike, *, alpha: float, ids: ArrayLike | None = None
) -> Measurement:
    """Mean of -log p(label), in nats.  Nothing is clipped: a label of probability 0 is an error.

    The high bound allows for an image that costs as much as a probability of ``FLOOR``, or as the worst that was seen:
    n images may all miss what is true of 3 in n, and without a bound on the loss there would be none on its mean.
    ``details``: ``unseen_loss``, what such an image costs.
    """
    loss = -evidence.log_probabilities("label_log_probability", label_log_probability)
    if impossible := int(np.count_nonzero(np.isinf(loss))):
        raise ValueError(
            f"the negative log-likelihood is infinite: {impossible:,} of {loss.size:,} images have zero probability"
            " for their label (take log-softmax in float64, not logarithms of rounded probabilities)"
        )
    worst = max(-math.log(FLOOR), float(loss.max()))
    measured = _mean(loss, mean_hall, within=(0, np.inf), alpha=alpha, ids=ids)
    if measured.interval is None:
        return measured
    reach = high_mean(loss / worst, unseen=1.0, alpha=alpha) * worst
    notes = _unseen_notes(measured, measured.interval, reach, worst)
    high = max(measured.interval.high, reach)
    interval = replace(measured.interval, high=high, method=f"{measured.interval.method}, {ALLOWING}")
    return replace(measured, interval=interval, notes=notes, details={"unseen_loss": worst})


def _unseen_notes(measured: Measurement, alone: Interval, reach: float, worst: float) -> tuple[str, ...]:
    """Said where the image that may be missing decides how far the bound is."""
    if reach - measured.value < 2 * (alone.high - measured.value):
        return ()
    return (
        f"{measured.images:,} images are too few to rule out a rare catastrophe: one that costs {worst:.3g} nats (a "
        f"probability of {math.exp(-worst):.1g}) may be missing, and the high bound of the log-loss allows for it",
    )


def _part(binned: Bins, part: Literal["over", "under"], ids: ArrayLike | None, alpha: float) -> Measurement:
    sign, gaps = (1, binned.gaps) if part == "over" else (-1, binned.gaps.mirrored)
    rows = binned.rows(lambda mean: np.maximum(sign * mean, 0))
    interval = _binned_interval(overconfidence_bounds, binned, gaps, alpha)
    value = float(np.maximum(gaps.mean, 0).sum())
    notes, each = few_notes(binned.hits, binned.images), per_image.folded(ids, binned.gap, binned.index, part)
    return Measurement(value, binned.images, interval, rows, notes=notes, per_image=each)


def _binned_interval(bounds: Callable[..., Bounds], binned: Bins, gaps: Gaps, alpha: float) -> Interval | None:
    if binned.images < 2:
        return None
    low, high = bounds(gaps, alpha=alpha, right=binned.hits)
    method = f"bias-bounded, {len(gaps.mean)} bins"
    if few_notes(binned.hits, binned.images):
        method = f"{method}, {WIDENED}"
    return Interval(float(low), float(high), alpha, method, "gaps")


def _mean(  # noqa: PLR0913  (a mean, its bounds, and whose it is)
    values: Floats,
    interval: Callable[..., Interval],
    *,
    within: tuple[float, float],
    alpha: float,
    ids: ArrayLike | None,
    right: Bools | None = None,
    change: float = 1.0,
    kinds: Kinds = PREDICTIONS,
) -> Measurement:
    """The mean, with an interval cut to the range of the metric; ``right``, ``change``, ``kinds``: see ``widened``."""
    mean, each = float(np.mean(values)), per_image.mean(ids, values)
    notes = () if right is None else few_notes(int(np.count_nonzero(right)), right.size, kinds)
    if values.size < 2:
        return Measurement(mean, values.size, notes=notes, per_image=each)
    found = interval(values, alpha=alpha)
    if right is not None:
        found = widened(found, mean, right, change=change)
    low, high = (min(max(bound, within[0]), within[1]) for bound in (found.low, found.high))
    return Measurement(mean, values.size, Interval(low, high, alpha, found.method), notes=notes, per_image=each)


def _ties(confidence: ArrayLike, runner_up: ArrayLike) -> int:
    best = evidence.probabilities("confidence", confidence)
    second = evidence.probabilities("runner_up", runner_up)
    evidence.check_same_images(confidence=best, runner_up=second)
    return int(np.count_nonzero(best == second))

"""How far a model's confidence is from its accuracy: arrays in, a measurement with its interval out.

Throughout, ``confidence``: (N,) float in [0, 1], the probability of the predicted class; ``correct``: (N,) bool,
whether that class is the label; ``label_log_probability``: (N,) float <= 0, the natural logarithm of the label's
probability; ``alpha``: the error of each side of the interval (a single image gives no interval).
No images, NaN, values out of range or of different lengths: ValueError.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.calibration import evidence
from behaviors.calibration.bins import Bins, bin_by_confidence
from behaviors.calibration.bounds import Bounds, ece_bounds, overconfidence_bounds
from behaviors.gaps import Gaps, folding_bias
from behaviors.intervals import mean_hall, mean_z
from behaviors.measurement import Interval, Measurement

Floats = NDArray[np.float64]

FEW = 10
"""With fewer right (or wrong) predictions than this, their observed spread says too little about their true rate."""


def expected_calibration_error(
    confidence: ArrayLike, correct: ArrayLike, *, bins: int, alpha: float, runner_up: ArrayLike | None = None
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
    notes = _few(binned.right.sum(), binned.images)
    if 2 * binned.noise_floor > value:
        calibrated = f"a perfectly calibrated model would measure {binned.noise_floor:.3g} on average"
        notes += (f"much of this may be noise: on {binned.images:,} images {calibrated}",)
    if runner_up is not None:
        details["ties"] = _ties(confidence, runner_up)
    if ties := details.get("ties"):
        notes += (f"{ties:,} images have two equally probable best classes: the first of them is the prediction",)
    interval = _binned_interval(ece_bounds, binned.gaps, alpha)
    return Measurement(value, binned.images, interval, binned.rows(np.abs), details, notes)


def signed_gap(confidence: ArrayLike, correct: ArrayLike, *, alpha: float) -> Measurement:
    """Mean confidence - accuracy: above 0 the model is over-confident, below 0 under-confident."""
    probability, right = evidence.answers(confidence, correct)
    return _mean(probability - right, mean_z, within=(-1, 1), alpha=alpha, notes=_few(right.sum(), right.size))


def overconfidence(confidence: ArrayLike, correct: ArrayLike, *, bins: int, alpha: float) -> Measurement:
    """The ECE's terms from bins where confidence exceeds accuracy; with ``underconfidence`` it adds up to the ECE."""
    return _part(bin_by_confidence(confidence, correct, bins=bins), sign=1, alpha=alpha)


def underconfidence(confidence: ArrayLike, correct: ArrayLike, *, bins: int, alpha: float) -> Measurement:
    """The ECE's terms from bins where accuracy exceeds confidence."""
    return _part(bin_by_confidence(confidence, correct, bins=bins), sign=-1, alpha=alpha)


def brier_score(squared_norm: ArrayLike, label_log_probability: ArrayLike, *, alpha: float) -> Measurement:
    """Mean over images of sum over classes of (probability - [class is the label])^2, which is |p|^2 - 2 p_label + 1.

    ``squared_norm``: (N,) float in (0, 1], the sum of the squared probabilities of all classes.
    Source: Brier 1950, Monthly Weather Review 78:1.
    """
    norm = evidence.probabilities("squared_norm", squared_norm)
    label = np.exp(evidence.log_probabilities("label_log_probability", label_log_probability))
    evidence.check_same_images(squared_norm=norm, label_log_probability=label)
    return _mean(norm - 2 * label + 1, mean_hall, within=(0, 2), alpha=alpha)


def top_label_brier_score(confidence: ArrayLike, correct: ArrayLike, *, alpha: float) -> Measurement:
    """Mean of (confidence - correct)^2: the Brier score of the event that the prediction is right."""
    probability, right = evidence.answers(confidence, correct)
    return _mean((probability - right) ** 2, mean_hall, within=(0, 1), alpha=alpha, notes=_few(right.sum(), right.size))


def negative_log_likelihood(label_log_probability: ArrayLike, *, alpha: float) -> Measurement:
    """Mean of -log p(label), in nats.  Nothing is clipped: a label of probability 0 is an error."""
    loss = -evidence.log_probabilities("label_log_probability", label_log_probability)
    if impossible := int(np.count_nonzero(np.isinf(loss))):
        raise ValueError(
            f"the negative log-likelihood is infinite: {impossible:,} of {loss.size:,} images have zero probability"
            " for their label (take log-softmax in float64, not logarithms of rounded probabilities)"
        )
    return _mean(loss, mean_hall, within=(0, np.inf), alpha=alpha)


def _part(binned: Bins, *, sign: int, alpha: float) -> Measurement:
    gaps = binned.gaps if sign > 0 else binned.gaps.mirrored
    rows = binned.rows(lambda mean: np.maximum(sign * mean, 0))
    interval = _binned_interval(overconfidence_bounds, gaps, alpha)
    value = float(np.maximum(gaps.mean, 0).sum())
    return Measurement(value, binned.images, interval, rows, notes=_few(binned.right.sum(), binned.images))


def _binned_interval(bounds: Callable[..., Bounds], gaps: Gaps, alpha: float) -> Interval | None:
    low, high = bounds(gaps, alpha=alpha)
    method = f"bias-bounded, {len(gaps.mean)} bins"
    return Interval(float(low), float(high), alpha, method) if gaps.images > 1 else None


def _mean(
    values: Floats,
    interval: Callable[..., Interval],
    *,
    within: tuple[float, float],
    alpha: float,
    notes: tuple[str, ...] = (),
) -> Measurement:
    """The mean, with an interval cut to the range of the metric."""
    mean = float(np.mean(values))
    if values.size < 2:
        return Measurement(mean, values.size, notes=notes)
    found = interval(values, alpha=alpha)
    low, high = (min(max(bound, within[0]), within[1]) for bound in (found.low, found.high))
    return Measurement(mean, values.size, Interval(low, high, alpha, found.method), notes=notes)


def _ties(confidence: ArrayLike, runner_up: ArrayLike) -> int:
    best = evidence.probabilities("confidence", confidence)
    second = evidence.probabilities("runner_up", runner_up)
    evidence.check_same_images(confidence=best, runner_up=second)
    return int(np.count_nonzero(best == second))


def _few(right: int, images: int) -> tuple[str, ...]:
    count, kind = min((int(right), "right"), (images - int(right), "wrong"))
    if count >= FEW:
        return ()
    sentence = f"only {count} of {images:,} predictions are {kind}"
    return (f"{sentence}: the interval rests on a normal approximation and may be too narrow",)

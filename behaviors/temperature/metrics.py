"""Calibration errors that tell a wrong scale from a wrong order: probabilities in, a measurement with its interval out.

``probabilities``: (N, K) float in [0, 1]; ``labels``: (N,) int in [0, K); ``alpha``: the error of each side;
``ids``: (N,) the names of the images.  No images, or no probabilities: ValueError.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.contract import per_image
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.statistics.gaps import KAPPA, Gaps, folding_bias, in_bins
from behaviors.statistics.intervals import clopper_pearson, normal_quantile
from behaviors.temperature.scaling import Bools, Floats, Ints, cross_fitted, logits_of

BINS = 15
FEW = 20
"""Images that are right, or wrong: with fewer than these the spread of all of them is no guide."""
METHOD = "bias-bounded, bins taken as given"


def scaled_ece(
    probabilities: ArrayLike, labels: ArrayLike, half: Bools, *, alpha: float, ids: ArrayLike | None = None
) -> Measurement:
    """The ECE of the predicted class after temperature scaling, which does not change what is predicted.

    ``half``: (N,) bool, which half an image is of: its temperature is fitted on the other one, and taken as given.
    ``details``: the two temperatures (above 1: the model is over-confident), and ``unscaled``, the ECE before.
    """
    logits, truth = _checked(probabilities, labels)
    if half.shape != truth.shape or half.all() or not half.any():
        raise ValueError("temperature scaling takes two halves, with images in either")
    scaled, temperatures = cross_fitted(logits, truth, half)
    right = logits.argmax(axis=1) == truth
    value, gaps, index, gap = _folded(scaled.max(axis=1), right)
    before = _folded(np.exp(logits).max(axis=1), right)[0]
    signs = np.sign(gaps.mean)[index]
    interval = _bounds(value, [gaps], signs * gap, alpha, _doubt(right, alpha))
    names = ("temperature_first", "temperature_second")
    details = {**dict(zip(names, temperatures, strict=True)), "unscaled": before}
    notes = (f"divided by {temperatures[0]:.3g} and {temperatures[1]:.3g}; before it was {before:.3g}",)
    each = per_image.folded(ids, gap, index)
    return Measurement(value, truth.size, interval, details=details, notes=notes, per_image=each)


def classwise_ece(
    probabilities: ArrayLike,
    labels: ArrayLike,
    *,
    alpha: float,
    classes: tuple[str, ...] = (),
    ids: ArrayLike | None = None,
) -> Measurement:
    """The mean over classes of sum over bins of share(bin) |mean probability of the class - its frequency|.

    ``parts``: each class, by its name in ``classes``, and whether it is said too often (above 0) or too seldom.
    """
    logits, truth = _checked(probabilities, labels)
    count = logits.shape[1]
    names = classes or tuple(map(str, range(count)))
    folded = [_folded(np.exp(logits[:, k]), truth == k) for k in range(count)]
    value = float(np.mean([one[0] for one in folded]))
    slopes: Floats = np.mean([np.sign(gaps.mean)[index] * gap for _, gaps, index, gap in folded], axis=0)
    doubt = 2 / count * _doubt(logits.argmax(axis=1) == truth, alpha)  # another label moves the gaps of two classes
    interval = _bounds(value, [one[1] for one in folded], slopes, alpha, doubt)
    rows: tuple[dict[str, Cell], ...] = tuple(
        {"class": names[k], "images": int((truth == k).sum()), "ece": one[0], "too_often": float(one[3].mean())}
        for k, one in enumerate(folded)
    )
    worst = int(np.argmax([one[0] for one in folded]))
    notes = (f"farthest: {names[worst]}, {folded[worst][0]:.3f}",)
    each = per_image.mean(ids, value + slopes - slopes.mean())
    return Measurement(value, truth.size, interval, rows, notes=notes, per_image=each)


def _folded(probability: Floats, event: Bools) -> tuple[float, Gaps, Ints, Floats]:
    """The sum of gaps over bins of equal width, (k/B, (k+1)/B]; gaps by bin, and bin and gap of each image."""
    edges = np.arange(1, BINS) / BINS
    index = np.searchsorted(edges, probability, side="left").astype(np.int64)
    gap = probability - event
    gaps = in_bins(gap, index, bins=BINS)
    return float(np.abs(gaps.mean).sum()), gaps, index, gap


def _doubt(right: Bools, alpha: float) -> float:
    """How far the accuracy may be off where few images are right, or few wrong: their spread tells little; else 0."""
    hits = int(np.count_nonzero(right))
    if min(hits, right.size - hits) >= FEW:
        return 0.0
    exact = clopper_pearson(hits, right.size, alpha=alpha)
    return max(hits / right.size - exact.low, exact.high - hits / right.size)


def _bounds(value: float, folded: list[Gaps], slopes: Floats, alpha: float, doubt: float) -> Interval | None:
    """Less what noise may have added at most, more where it added least: as ``behaviors.contract.differences``.

    ``doubt``: that the bounds reach at least.
    """
    if slopes.size < 2:
        return None
    least, most = (float(np.mean([folding_bias(gaps, kappa=kappa) for gaps in folded])) for kappa in (0.0, KAPPA))
    error = float(slopes.std() / np.sqrt(slopes.size))
    reach = max(normal_quantile(alpha) * error, doubt)
    low, high = min(value - most, value) - reach, max(value, value - least + reach)
    return Interval(max(low, 0.0), min(high, 1.0), alpha, METHOD)


def _checked(probabilities: ArrayLike, labels: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    logits, truth = logits_of(probabilities), np.asarray(labels, dtype=np.int64)
    if truth.shape != (len(logits),) or truth.min() < 0 or truth.max() >= logits.shape[1]:
        raise ValueError(f"every image has a label among {logits.shape[1]} classes")
    return logits, truth

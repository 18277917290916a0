"""Findings about calibration: who is over-confident, and who is better calibrated."""

import numpy as np

from behaviors.calibration.bins import Bins, bin_by_confidence
from behaviors.calibration.metrics import expected_calibration_error, signed_gap
from behaviors.contract.predictions import Predictions
from behaviors.findings.contrasts import Contrast
from behaviors.findings.influence import Measured, by_image, mean_influence
from behaviors.statistics.gaps import KAPPA, folding_bias

BINS = 15  # arXiv:2311.09215, "Model Calibration"; equal widths, (lo, hi]


def confidence_gap(predictions: Predictions, *, alpha: float) -> Measured:
    """Mean confidence - accuracy of a model: above 0 it is over-confident."""
    gap = predictions.confidence - predictions.correct
    measurement = signed_gap(predictions.confidence, predictions.correct, alpha=alpha)
    return Measured(predictions.model, measurement, mean_influence(gap))


def better_calibrated(label: str, better: Predictions, worse: Predictions, *, alpha: float) -> Contrast:
    """The ECE of ``worse`` is above that of ``better``, on the same images.

    Noise adds to either ECE: the low bound takes off as much from the one, and leaves as much in the other, as the
    noise may have added (1.5 standard errors of each bin's gap in its disfavour); the high bound the other way round.
    """
    first, second = _error(worse, alpha), _error(better, alpha)
    bins = _bins(worse), _bins(better)
    value = float(first.measurement.value - second.measurement.value)
    spread = by_image(first.influence - second.influence)
    most, least = ([float(folding_bias(b.gaps, kappa=kappa)) for b in bins] for kappa in (KAPPA, 0.0))

    def bounds(error: float) -> tuple[float, float]:
        reach = spread.reach(error)
        return min(value, value - most[0] + least[1] - reach), max(value, value - least[0] + most[1] + reach)

    return Contrast(label, value, bounds, "by image, bias-bounded", (first, second))


def _error(predictions: Predictions, alpha: float) -> Measured:
    """The ECE is the mean of the gaps, each with the sign that its bin has as a whole."""
    confidence, correct = predictions.confidence, predictions.correct
    ece = expected_calibration_error(confidence, correct, bins=BINS, alpha=alpha)
    binned = _bins(predictions)
    return Measured(predictions.model, ece, mean_influence(np.sign(binned.gaps.mean)[binned.index] * binned.gap))


def _bins(predictions: Predictions) -> Bins:
    return bin_by_confidence(predictions.confidence, predictions.correct, bins=BINS)

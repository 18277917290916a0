"""Gaps between confidence and correctness, folded by bin, and what noise alone adds to such a sum."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]

KAPPA = 1.5
"""Standard errors by which a gap is shrunk before its bias is bounded: with less, the low bound errs too often."""


@dataclass(frozen=True)
class Gaps:
    """The gap confidence - correct of N images, by bin; leading axes (...), if any, are independent repetitions.

    ``mean``, ``squared``: (..., B), the bin's sum of gaps, and of squared gaps, divided by N (not by the bin's images).
    """

    mean: Floats
    squared: Floats
    images: int

    @property
    def mirrored(self) -> "Gaps":
        """The same with over- and under-confidence exchanged."""
        return Gaps(-self.mean, self.squared, self.images)

    @property
    def errors(self) -> Floats:
        """(..., B): the standard error s_b of each bin's mean."""
        errors: Floats = np.sqrt(np.maximum(self.squared - self.mean**2, 0) / self.images)
        return errors


def in_bins(gap: Floats, index: NDArray[np.int64], *, bins: int) -> Gaps:
    """Sums by bin.  ``gap``: (N,) confidence - correct.  ``index``: (N,) the bin of each image, in [0, bins)."""

    def total(weights: Floats) -> Floats:
        return np.bincount(index, weights=weights, minlength=bins).astype(np.float64)

    return Gaps(total(gap) / gap.size, total(gap**2) / gap.size, gap.size)


def folding_bias(gaps: Gaps, *, kappa: float) -> Floats:
    """(...): how much noise adds to sum |d_b| on average, were each |mu_b| the observed one less kappa standard errors.

    For one bin this is E|N(m, s^2)| - m = 2 s phi(m/s) - 2 m Phi(-m/s).
    """
    errors = gaps.errors
    mean = np.maximum(np.abs(gaps.mean) - kappa * errors, 0)
    ratio = np.divide(mean, errors, out=np.full_like(errors, np.inf), where=errors > 0)
    density = np.exp(-(ratio**2) / 2) / np.sqrt(2 * np.pi)
    bias: Floats = np.sum(2 * (errors * density - mean * ndtr(-ratio)), axis=-1)
    return bias

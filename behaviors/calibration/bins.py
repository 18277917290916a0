"""Images binned by confidence: what every binned calibration metric is made of."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.contract.measurement import Cell
from behaviors.statistics import evidence
from behaviors.statistics.gaps import Gaps, in_bins

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bins:
    """B bins of the confidence: of equal width, (k/B, (k+1)/B], the first also holding 0; or of equally many images.

    ``edges``: (B + 1,) float64.  ``gap``: (N,) confidence - correct of each image; ``index``: (N,) int64, its bin.
    ``counts``, ``right``: (B,) int64, images and right predictions.
    ``confidence``: (B,) sum of the confidence.  ``gaps``: the ECE is ``abs(gaps.mean).sum()``.
    ``variance``: (B,) sum of confidence (1 - confidence), that of ``right`` were the model calibrated.
    ``on_edge``: images whose confidence is exactly an inner edge, where the convention decides the bin.
    ``saturated``: images whose confidence is exactly 1.
    """

    edges: Floats
    gap: Floats
    index: NDArray[np.int64]
    counts: NDArray[np.int64]
    right: NDArray[np.int64]
    confidence: Floats
    gaps: Gaps
    variance: Floats
    on_edge: int
    saturated: int

    @property
    def images(self) -> int:
        """How many images there are in all bins."""
        return self.gaps.images

    @property
    def hits(self) -> int:
        """How many predictions are right."""
        return int(self.right.sum())

    @property
    def at_least_calibrated(self) -> Gaps:
        """The gaps, none of whose standard errors is below that of a calibrated model."""
        least = self.variance / self.images + self.gaps.mean**2
        return Gaps(self.gaps.mean, np.maximum(self.gaps.squared, least), self.images)

    @property
    def noise_floor(self) -> float:
        """The ECE that a perfectly calibrated model with these confidences would measure on average."""
        return float(np.sqrt(2 / np.pi) * np.sqrt(self.variance).sum() / self.images)

    def rows(self, terms: Callable[[Floats], Floats]) -> tuple[dict[str, Cell], ...]:
        """One row per bin, for reports; ``terms`` says what each bin adds to the metric.  An empty bin shows None."""
        contributions = terms(self.gaps.mean)
        return tuple(self._row(k, float(contributions[k])) for k in range(len(self.counts)))

    def _row(self, k: int, term: float) -> dict[str, Cell]:
        images = int(self.counts[k])
        confidence = float(self.confidence[k]) / images if images else None
        accuracy = int(self.right[k]) / images if images else None
        return {
            "bin": k,
            "low": float(self.edges[k]),
            "high": float(self.edges[k + 1]),
            "images": images,
            "confidence": confidence,
            "accuracy": accuracy,
            "gap": None if confidence is None or accuracy is None else confidence - accuracy,
            "term": term,
        }


def bin_by_confidence(confidence: ArrayLike, correct: ArrayLike, *, bins: int) -> Bins:
    """Bin images by the probability of their predicted class.

    ``confidence``: (N,) float in [0, 1]; float32 and float16 are promoted to float64 *before* they meet the edges,
    so float32(0.2), which is slightly above 0.2, falls into the bin above 0.2.  ``correct``: (N,) bool.
    """
    if bins < 1:
        raise ValueError(f"calibration needs at least 1 bin; got {bins}")
    probability, right = evidence.answers(confidence, correct)
    edges = np.arange(bins + 1) / bins
    index = np.searchsorted(edges[1:-1], probability, side="left").astype(np.int64)
    return _binned(probability, right, edges, index)


def bin_by_mass(confidence: ArrayLike, correct: ArrayLike, *, bins: int) -> Bins:
    """Bins of equally many images in the order of confidence, the first ones by one larger where they do not divide.

    Equally confident images are in one bin, that of the first of them, so that their order does not matter; an edge is
    the confidence of a bin's first image.  ``confidence``, ``correct``: as in ``bin_by_confidence``.
    """
    if bins < 1:
        raise ValueError(f"calibration needs at least 1 bin; got {bins}")
    probability, right = evidence.answers(confidence, correct)
    images, ordered = probability.size, np.sort(probability)
    ends = np.cumsum(np.full(bins, images // bins) + (np.arange(bins) < images % bins))
    index = np.searchsorted(ends, np.searchsorted(ordered, probability), side="right").astype(np.int64)
    edges = np.append(ordered[np.minimum(np.append(0, ends[:-1]), images - 1)], ordered[-1])
    return _binned(probability, right, edges, index)


def _binned(probability: Floats, right: NDArray[np.bool_], edges: Floats, index: NDArray[np.int64]) -> Bins:
    bins = edges.size - 1

    def total(weights: Floats) -> Floats:
        return np.bincount(index, weights=weights, minlength=bins).astype(np.float64)

    gap = probability - right
    return Bins(
        edges=edges,
        gap=gap,
        index=index,
        counts=np.bincount(index, minlength=bins).astype(np.int64),
        right=np.bincount(index[right], minlength=bins).astype(np.int64),
        confidence=total(probability),
        gaps=in_bins(gap, index, bins=bins),
        variance=total(probability * (1 - probability)),
        on_edge=int(np.isin(probability, edges[1:-1]).sum()),
        saturated=int((probability == 1).sum()),
    )

"""What a metric accepts as rows of evidence; the rest is refused with a sentence, never turned into a number."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SLACK = 1e-6
"""How far rounding may carry a probability out of [0, 1]."""


def answers(confidence: ArrayLike, correct: ArrayLike) -> tuple[Floats, Bools]:
    """(N,) float64 in [0, 1] and (N,) bool: how sure the model was of each prediction, and whether it was right."""
    probability = probabilities("confidence", confidence)
    flags = _row("correct", correct)
    if count := int(np.count_nonzero((flags != 0) & (flags != 1))):
        raise ValueError(f"correct must be true or false: {count:,} of {flags.size:,} values are neither 0 nor 1")
    check_same_images(confidence=probability, correct=flags)
    return probability, flags.astype(np.bool_)


def probabilities(name: str, values: ArrayLike) -> Floats:
    """(N,) float64 in [0, 1]: lower precisions are promoted first, and rounding errors up to ``SLACK`` are clipped."""
    numbers = _row(name, values)
    if count := int(np.count_nonzero((numbers < -SLACK) | (numbers > 1 + SLACK))):
        raise ValueError(
            f"{name} must lie in [0, 1]: {count:,} of {numbers.size:,} values do not"
            f" (smallest {numbers.min():g}, largest {numbers.max():g})"
        )
    return np.clip(numbers, 0.0, 1.0)


def log_probabilities(name: str, values: ArrayLike) -> Floats:
    """(N,) float64 in [-inf, 0]: natural logarithms of probabilities."""
    numbers = _row(name, values, infinite=True)
    if count := int(np.count_nonzero(numbers > SLACK)):
        raise ValueError(
            f"{name} must be at most 0: {count:,} of {numbers.size:,} values are not (largest {numbers.max():g})"
        )
    return np.minimum(numbers, 0.0)


def check_same_images(**columns: Floats) -> None:
    """Refuse columns that cannot describe the same images."""
    if len({column.size for column in columns.values()}) > 1:
        lengths = ", ".join(f"{name} has {column.size:,}" for name, column in columns.items())
        raise ValueError(f"every image needs one value of each: {lengths} values")


def check_classes(classes: Sequence[str]) -> None:
    """Refuse a model with nothing to choose from: it is always right, with confidence 1."""
    if len(classes) < 2:
        raise ValueError(
            f"whether answers are right takes at least 2 classes to choose from; there is only {list(classes)}"
        )


def _row(name: str, values: ArrayLike, *, infinite: bool = False) -> Floats:
    numbers: Floats = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1:
        raise ValueError(f"{name} must be one row with a value for each image; got shape {numbers.shape}")
    if numbers.size == 0:
        raise ValueError(f"{name} is empty: on 0 images there is nothing to measure")
    unusable = np.isnan(numbers) if infinite else ~np.isfinite(numbers)
    if count := int(np.count_nonzero(unusable)):
        kind = "NaN" if infinite else "NaN or infinite"
        raise ValueError(f"{name} is {kind} for {count:,} of {numbers.size:,} images")
    return numbers

"""Temperature scaling: the one number that logits are divided by, where the likelihood of the labels is largest.

Source: Guo et al. 2017, arXiv:1706.04599.  A softmax does not see what is added to all logits of an image, so that the
logarithms of probabilities serve as logits.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.statistics.evidence import SLACK

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LEAST = 1e-300
"""A probability of 0 is taken for that: logits are finite."""
COLDEST, HOTTEST = 1 / 64, 64.0
"""Between these temperatures the fit looks."""
STEPS = 50


def logits_of(probabilities: ArrayLike) -> Floats:
    """(N, K) in [0, 1], rows that add up to 1 -> their logarithms.

    Raises:
        ValueError: they are no such probabilities, or there are fewer than two classes, or no images.
    """
    values = np.asarray(probabilities, dtype=np.float64)
    if values.ndim != 2 or not values.shape[0] or values.shape[1] < 2:
        raise ValueError(f"it takes the probabilities of 2 classes or more for each image; got shape {values.shape}")
    if not ((values >= -SLACK) & (values <= 1 + SLACK)).all() or (np.abs(values.sum(axis=1) - 1) > 1e-4).any():
        raise ValueError("probabilities lie in [0, 1] and add up to 1 for each image")
    found: Floats = np.log(np.maximum(values, LEAST))
    return found


def softmax(logits: Floats, temperature: float) -> Floats:
    """(N, K): probabilities after the logits were divided."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    found: Floats = powers / powers.sum(axis=1, keepdims=True)
    return found


def fitted(logits: Floats, labels: Ints) -> float:
    """The temperature at which labels are likeliest: the log-likelihood is concave in its inverse.

    Where all answers are right it is the coldest there is, where the order is no better than chance the hottest.
    """
    rows = np.arange(len(labels))
    cold, hot = np.log(COLDEST), np.log(HOTTEST)
    for _ in range(STEPS):
        middle = (cold + hot) / 2
        expected = (softmax(logits, float(np.exp(middle))) * logits).sum(axis=1)
        cold, hot = (middle, hot) if float((expected - logits[rows, labels]).sum()) > 0 else (cold, middle)
    return float(np.exp((cold + hot) / 2))


def cross_fitted(logits: Floats, labels: Ints, half: Bools) -> tuple[Floats, tuple[float, float]]:
    """(N, K) probabilities, each half's by the temperature that the other one asks for; and the two temperatures."""
    found = np.empty_like(logits)
    temperatures = []
    for part in (half, ~half):
        temperature = fitted(logits[~part], labels[~part])
        found[part] = softmax(logits[part], temperature)
        temperatures.append(temperature)
    return found, (temperatures[0], temperatures[1])

"""How familiar an image looks to a model, by what it says: the evidence that out-of-distribution detection starts from.

Each score is higher for what looks like the training distribution.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MCM_TAU = 100.0
"""What logits are divided by: CLIP's are 100 times a cosine, which MCM takes at a temperature of 1."""
GEN_BEST, GEN_POWER = 100, 0.1
"""GEN's M and gamma, as its authors recommend them: Liu et al. 2023 (CVPR), section 4."""


@dataclass(frozen=True)
class Scores:
    """Of N images; ``ids``: (N,) str.  ``by_name``: name -> (N,) float64, those that are known of

    ========== ===================================================================================================
    msp        the largest probability: Hendrycks & Gimpel 2017, arXiv:1610.02136
    max_logit  the largest logit: Hendrycks et al. 2022, arXiv:1911.11132
    energy     the logarithm of the sum of exp(logit): Liu et al. 2020, arXiv:2010.03759
    mcm        the largest probability at a temperature of 100: Ming et al. 2022, arXiv:2211.13445
    gen        - sum of p^0.1 (1 - p)^0.1 over the 100 largest probabilities: Liu et al. 2023 (CVPR)
    ========== ===================================================================================================

    Of recorded probabilities there are no logits: ``max_logit`` and ``energy`` are lacking; of the best class alone
    there is ``msp``.
    """

    model: str
    dataset: str
    ids: NDArray[np.str_]
    by_name: Mapping[str, Floats]


class Scored(Protocol):
    """What a model's scores are on each dataset that the test's mark announces; pytest injects it as ``scores``.

    ``datasets``: all of them, in the mark's order.
    """

    model: str
    datasets: tuple[str, ...]

    def __call__(self, dataset: str) -> Scores:
        """The scores of the images of ``dataset``, from the store or predicted now."""
        ...


def maximum_concept_matching(log_probabilities: Floats) -> Floats:
    """(N, K) natural logarithms -> (N,) in (0, 1]: the largest probability after logits were divided by ``MCM_TAU``.

    A softmax does not see what is added to all logits of an image, so that log-probabilities serve as logits.
    """
    scaled = log_probabilities / MCM_TAU
    top = scaled.max(axis=1)
    largest: Floats = 1 / np.exp(scaled - top[:, None]).sum(axis=1)
    return largest


def generalized_entropy(probabilities: Floats) -> Floats:
    """(N, K) in [0, 1] -> (N,) at most 0: GEN, the negative generalized entropy of the largest probabilities."""
    best = probabilities
    if best.shape[1] > GEN_BEST:
        best = np.partition(best, best.shape[1] - GEN_BEST, axis=1)[:, -GEN_BEST:]
    entropy: Floats = np.sum(np.clip(best, 0, 1) ** GEN_POWER * np.clip(1 - best, 0, 1) ** GEN_POWER, axis=1)
    return -entropy

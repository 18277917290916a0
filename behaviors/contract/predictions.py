"""What a model said about a dataset under a view, as arrays: the evidence that every metric starts from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from behaviors.statistics.columns import frozen, once

__all__ = ["Answers", "NoView", "Predictions", "frozen", "once"]


class NoView(Exception):
    """A model cannot be asked about images under a view; the message says why."""


@dataclass(frozen=True)
class Predictions:
    """One row per image, in the dataset's order; probabilities are after the dataset's mapping of outputs to classes.

    ``ids``: (N,) str, unique.  ``labels``: (N,) int64 in [0, K).
    ``top_classes``: (N, T) int64, T = min(5, K), best first (ties: lowest class index); -1 where a recording holds no
    answer.
    ``top_probabilities``: (N, T) float64 in [0, 1]; None where only decisions were recorded.
    The next three are None where the source recorded only its best class (they need the whole distribution):
    ``label_log_probability``: (N,) float64 <= 0, natural logarithm, from logits by log-softmax in float64.
    ``squared_norm``: (N,) float64 in (0, 1], the sum of squared probabilities (for the Brier score).
    ``log_sum_exp``: (N,) float64, of the logits of the classes that take part.
    ``probabilities``: (N, K) float64, kept only where the dataset asks for them.
    ``annotations``: columns of the dataset, each of length N (factors, cues, levels, ...).
    ``drawn``: whether these are the first of all images in a random order, in which versions of one image come apart.
    """

    model: str
    dataset: str
    view: str
    classes: tuple[str, ...]
    ids: NDArray[np.str_]
    labels: NDArray[np.int64]
    top_classes: NDArray[np.int64]
    top_probabilities: NDArray[np.float64] | None
    label_log_probability: NDArray[np.float64] | None = None
    squared_norm: NDArray[np.float64] | None = None
    log_sum_exp: NDArray[np.float64] | None = None
    probabilities: NDArray[np.float64] | None = None
    annotations: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    drawn: bool = False

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def predicted(self) -> NDArray[np.int64]:
        """(N,) int64: the most probable class."""
        return self.top_classes[:, 0]

    @property
    def has_confidence(self) -> bool:
        """Whether it is known how sure the model was; recorded decisions tell only what it chose."""
        return self.top_probabilities is not None

    @property
    def confidence(self) -> NDArray[np.float64]:
        """(N,) float64 in [0, 1]: the probability of the predicted class.

        Raises:
            ValueError: it is not known (see ``has_confidence``).
        """
        if self.top_probabilities is None:
            raise ValueError(
                f"{self.model} on {self.dataset}: only decisions were recorded, not how sure the model was"
            )
        return self.top_probabilities[:, 0]

    @property
    def runner_up(self) -> NDArray[np.float64] | None:
        """(N,) float64 in [0, 1]: the probability of the second best class, where it is known."""
        if self.top_probabilities is None or self.top_probabilities.shape[1] < 2:
            return None
        return self.top_probabilities[:, 1]

    @property
    def correct(self) -> NDArray[np.bool_]:
        """(N,) bool: whether the predicted class is the label."""
        correct: NDArray[np.bool_] = self.predicted == self.labels
        return correct


class Answers(Protocol):
    """Several predictions that one test looks at together; pytest injects it as the fixture ``answers``.

    ``model``, ``dataset``: whom and what the test is about, as rules and reports name it (of several models, their
    name as a group; of several datasets, ``all``).
    ``models``: all that may be asked: of a group in the order of its roles, of a model and people the model first.
    ``like``: of a group that a suite declares, the group of the room whose place it takes; else ``model``.
    """

    model: str
    dataset: str
    models: tuple[str, ...]
    like: str

    def __call__(self, dataset: str | None = None, *, view: str = "identity", model: str | None = None) -> Predictions:
        """What ``model`` says about ``dataset`` under ``view``, from the store or predicted now.

        Left out: the model and the dataset that the test is about.  Only what the test's mark announces may be asked.

        Raises:
            NoView: the model cannot be asked about this view: it does not run at its input size, or was only recorded.
        """
        ...

    def decisions(self, dataset: str | None = None, *, model: str | None = None) -> Sequence[Predictions]:
        """What ``model`` chose on ``dataset`` as it is: one answer for each of the datasets of the same images that it
        is made of (``c`` may be 75), one after the other, with the best class and no probabilities; else one answer.
        """
        ...

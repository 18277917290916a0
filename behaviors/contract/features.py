"""A model's frozen features on a task that it was never trained for: the evidence that probes start from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Setting = float | int | str | Sequence[float] | Sequence[int]


class NoFeatures(Exception):
    """The model gives no features to look at; the message says why."""


@dataclass(frozen=True)
class Features:
    """What a model sees of N images; ``ids``: (N,) str.  ``values``: (N, D) float32, as its own library gives them."""

    model: str
    dataset: str
    ids: NDArray[np.str_]
    values: NDArray[np.float32]


class Featured(Protocol):
    """The features of the datasets and models that a test's mark announces; pytest injects it as ``features``.

    ``model``, ``dataset``: whom and what the test is about.  ``models``, ``datasets``: all that may be asked for.
    """

    model: str
    dataset: str
    models: tuple[str, ...]
    datasets: tuple[str, ...]

    def __call__(self, dataset: str | None = None, *, model: str | None = None) -> Features:
        """The features of the images of ``dataset``, from the store or extracted now.

        Left out: the model and the dataset that the test is about.

        Raises:
            NoFeatures: the model gives none.
        """
        ...


@dataclass(frozen=True)
class ProbeData:
    """What a model sees of one task, one row per image, in the datasets' order.

    ``train``: (N, D), ``test``: (M, D) float32, as the model's own library gives them: neither centred nor scaled.
    ``train_labels``: (N,), ``test_labels``: (M,) int64, indices into ``classes``.
    """

    model: str
    task: str
    classes: tuple[str, ...]
    train: NDArray[np.float32]
    train_labels: NDArray[np.int64]
    test: NDArray[np.float32]
    test_labels: NDArray[np.int64]


class Fits(NamedTuple):
    """What R fits of one probe answer.

    ``predicted``: (R, M) int64, the class of each test image.  ``strengths``: (R,) float64, of the regularisation that
    each fit chose.
    """

    predicted: NDArray[np.int64]
    strengths: NDArray[np.float64]


class ProbeAnswers(NamedTuple):
    """What the fits of a probe answer, with what is needed to judge them.

    ``labels``: (M,) int64, of the test images.  ``learned``: (K,) int64, training images of each class.
    ``predicted``: (R, M) int64 and ``strengths``: (R,) float64 as in ``Fits``.
    ``ids``: (M,) str, of the test images; None where they have none.
    """

    labels: NDArray[np.int64]
    learned: NDArray[np.int64]
    predicted: NDArray[np.int64]
    strengths: NDArray[np.float64]
    ids: NDArray[np.str_] | None = None


class Probe(Protocol):
    """One task put to one model; pytest injects it as the fixture ``probe``, and all of a model's as ``probes``."""

    @property
    def model(self) -> str:
        """Whose features these are."""
        ...

    @property
    def task(self) -> str:
        """What is asked."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """The answers to choose from."""
        ...

    def data(self) -> ProbeData:
        """The features, from the store or extracted now.

        Raises:
            NoFeatures: the model gives none.
        """
        ...

    def answers(self, fit: Callable[..., Fits], **settings: Setting) -> ProbeAnswers:
        """What ``fit(self.data(), **settings)`` answers, from the store where the same was fitted before.

        ``fit``: a function of a module, whose source tells it from others.

        Raises:
            NoFeatures: the model gives none.
        """
        ...


Probes = Mapping[str, Probe]
"""The probes of one model by task, in the suite's order."""

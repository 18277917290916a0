"""What it costs to run a model: counted once and kept, or timed in turns with the model that it is to replace."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class NotCounted(Exception):
    """This is not known of the model; the message says why."""


class Durations(NamedTuple):
    """Rounds in which two models were given as many images, one after the other; who is first changes each round.

    ``baseline``, ``model``: (R,) float64 > 0, seconds.  ``images``: how many they were given at a time.
    """

    baseline: NDArray[np.float64]
    model: NDArray[np.float64]
    images: int


class Cost(Protocol):
    """What one model costs, for one image of its own input size; pytest injects it as the fixture ``cost``.

    Each raises ``NotCounted`` where it is not known.
    """

    def parameters(self) -> int:
        """The network's numbers, trained ones."""
        ...

    def multiply_accumulates(self) -> int:
        """Of convolutions and matrix products; each is a multiplication and an addition, two operations (FLOPs)."""
        ...

    def peak_memory(self) -> int:
        """Bytes: weights, and the most that operators' results take at one time."""
        ...

    def file_size(self) -> int:
        """Bytes of the files that hold the weights."""
        ...


class Beside(Protocol):
    """A model and the baseline of the same run; pytest injects it as the fixture ``beside``, where there is one."""

    def durations(self, images: int) -> Durations:
        """How long both take for ``images`` at a time.

        Raises:
            NotCounted: one of the two is no network that is run here.
        """
        ...

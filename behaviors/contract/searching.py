"""What a test that searches is given: a model to ask about any view, how long to look, and what was found before."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.predictions import Predictions

Picture = NDArray[np.uint8]
"""(H, W, 3), RGB, in [0, 255]: what a network was shown."""


class Explore(Protocol):
    """Asks a model about views that no mark announces; pytest injects it as the fixture ``explore``.

    ``model``, ``dataset``: whom and about what.  ``images``: how many of the dataset's first images take part.
    ``input_size``: the side in pixels of what the network is usually shown; None where it was only recorded what the
    model said, so that nothing new can be asked.
    """

    model: str
    dataset: str
    images: int
    input_size: int | None

    def __call__(self, view: str) -> Predictions:
        """What the model says about these images under ``view``, from the store or predicted now."""
        ...

    def pictures(self, view: str, ids: Sequence[str]) -> Sequence[tuple[Picture, Picture]]:
        """What the network is shown of the images ``ids``: without and with the view."""
        ...


class Searching(Protocol):
    """How far a search goes, and its memory; pytest injects it as the fixture ``searching``.

    ``profile``: its name (``--search``).  ``examples``: how many views are drawn.  ``budget``: how many may be asked
    about, with those that are tried to make a finding smaller.  ``seed``: of the draws.
    """

    profile: str
    examples: int
    budget: int
    seed: int

    def recall(self) -> Mapping[str, bool]:
        """Views that an earlier run found: whether they broke the model when it was last asked."""
        ...

    def keep(self, views: Mapping[str, bool]) -> None:
        """Remember views, and whether they break the model now."""
        ...

    def course(self, settings: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What ``keep_course`` kept of the last search with these settings; None where there was none."""
        ...

    def keep_course(self, settings: Mapping[str, Any], course: Mapping[str, Any]) -> None:
        """Remember what a search asked and was told, as plain data; of one search for each model and dataset."""
        ...

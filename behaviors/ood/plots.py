"""ROC curves of telling strange images from known ones, one for each dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import DASHED, DOTTED, FAINT, INK, MODELS, facts_of, sheet, tidy
from behaviors.ood.detection import FOUND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.scores import Scores


def curves(known: Scores, strange: Sequence[Scores], measurement: Measurement, score: str) -> Figure:
    """Draw how many strange images each threshold finds, at the price of how many known ones.

    The dashed line is where FPR95 is read; the dotted one is chance.
    """
    facts = facts_of("measured", measurement, digits=3)
    title = f"{known.model}: {known.dataset} and what is not, by {score}"
    drawn = sheet(title, facts, height=4.2, left=0.95, right=0.4, notes=measurement.notes)
    axes = drawn.axes
    for other, colour in zip(strange, (MODELS * (1 + len(strange) // len(MODELS))), strict=False):
        price, found = roc(known.by_name[score], other.by_name[score])
        axes.plot(price, found, color=colour, linewidth=2, label=other.dataset)
    axes.axhline(FOUND, color=FAINT, linewidth=1.3, linestyle=DASHED)
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1.3, linestyle=DOTTED)
    axes.set(xlim=(0, 1), ylim=(0, 1.01))
    axes.set_xlabel(f"share of {known.dataset} that is taken for strange", color=INK, fontsize=11)
    axes.set_ylabel("share of strange images that is found", color=INK, fontsize=11)
    tidy(axes, "y")
    drawn.legend()
    return drawn.figure


def roc(known: NDArray[np.float64], strange: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The shares of known and of strange images that are no more familiar than each threshold, from 0 to 1."""
    thresholds = np.unique(np.concatenate([known, strange]))
    price, found = (
        np.concatenate([[0.0], np.searchsorted(np.sort(values), thresholds, side="right") / values.size])
        for values in (known, strange)
    )
    return price, found

"""Curves over a sweep: the number that is tested drawn strong, with what else is known of the same levels behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import (
    DEEP_BLUE,
    DEEP_ORANGE,
    GRID,
    INK,
    MODELS,
    OLIVE,
    facts_of,
    reach,
    sheet,
    tidy,
    title_of,
)
from behaviors.invariance.kinds import SWEEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.predictions import Predictions

APART = 0.008
"""Curves are set aside by this share of the axis, so that their whiskers do not cover each other."""
STRONG, WEAK = 1.0, 0.45
"""How much of a curve is seen: of the one that is tested, and of the others."""


@dataclass(frozen=True)
class Curve:
    """A number at each level.  ``low``, ``high``: None where there are no bounds."""

    measure: str
    words: str
    colour: str
    marker: str
    value: NDArray[np.float64]
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None


def curves(predictions: Predictions, name: str, measure: str, measurement: Measurement) -> Figure:
    """All that is known of the levels of the sweep ``name``; the number ``measure`` is drawn strong.

    ``measurement``: of any of ``metrics`` (its ``parts`` are the levels, with bounds of the shares and means at each).

    Raises:
        ValueError: the measurement is of something else.
    """
    if not measurement.parts or "consistency" not in measurement.parts[0]:
        raise ValueError("the figure needs the levels of a sweep: measurement.parts")
    kind = SWEEPS[name]
    facts = facts_of(f"{kind.words}: {measure.replace('_', ' ')}", measurement)
    if "worst" in measurement.details:
        facts.append(f"worst at {measurement.details['worst_level']:g}: {measurement.details['worst']:.3f}")
    drawn = sheet(title_of(predictions), facts, height=3.4, notes=measurement.notes, left=0.95, right=0.5, legends=2)
    axes, level = drawn.axes, _column(measurement, "level")
    place = np.log2(level) if kind.by_ratio else level
    axes.axvline(
        place[list(level).index(kind.usual)], color=GRID, linewidth=7, zorder=0.5, label="the images as they are"
    )
    found = list(_curves(measurement, kind.usual))
    for turn, one in enumerate(found):
        _draw(axes, place + (turn - (len(found) - 1) / 2) * APART * np.ptp(place), one, tested=one.measure == measure)
    axes.set_xticks(place, [f"{value:g}" for value in level])
    axes.set_ylim(0, max(1.02, *(1.02 * float(np.nanmax(one.value)) for one in found)))
    axes.set_xlabel(kind.unit, color=INK, fontsize=11)
    axes.set_ylabel("share of images, or probability", color=INK, fontsize=11)
    tidy(axes, "y")
    drawn.legend(columns=3)
    return drawn.figure


def _draw(axes: Axes, place: NDArray[np.float64], one: Curve, *, tested: bool) -> None:
    seen, width = (STRONG, 2.6) if tested else (WEAK, 1.3)
    words = f"{one.words} (this number)" if tested else one.words
    axes.plot(
        place, one.value, marker=one.marker, markersize=7 if tested else 5, color=one.colour, linewidth=width,
        alpha=seen, label=words, clip_on=False, zorder=3 if tested else 2,
    )  # fmt: skip
    if one.low is not None and one.high is not None:
        whiskers = reach(one.value, one.low, one.high)
        axes.errorbar(
            place, one.value, whiskers, fmt="none", ecolor=one.colour, elinewidth=1.2, capsize=3, alpha=seen,
            zorder=2.5,
        )  # fmt: skip


def _curves(measurement: Measurement, usual: float) -> Iterator[Curve]:
    """What of each level is known; what is retained is the accuracy relative to that of the images as they are."""
    lines = (
        ("accuracy", "accuracy", DEEP_BLUE, "o"),
        ("consistency", "consistency with the usual view", DEEP_ORANGE, "s"),
        ("true_probability", "mean probability of the true class", OLIVE, "^"),
    )
    for column, words, colour, marker in lines:
        value = _column(measurement, column)
        if not np.isnan(value).all():
            known = measurement.parts[0].get(f"{column}_low") is not None
            bounds = [_column(measurement, f"{column}_{side}") for side in ("low", "high")] if known else [None, None]
            yield Curve(column, words, colour, marker, value, *bounds)
    accuracy, level = _column(measurement, "accuracy"), _column(measurement, "level")
    whole = float(accuracy[list(level).index(usual)])
    if whole > 0:
        yield Curve("retained", "accuracy retained", MODELS[3], "D", accuracy / whole)


def _column(measurement: Measurement, name: str) -> NDArray[np.float64]:
    """NaN where a level has no such number."""
    return np.array([row[name] for row in measurement.parts], dtype=np.float64)

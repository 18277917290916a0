"""Curves over a sweep: accuracy, the probability of the true class, and consistency."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from behaviors.invariance.kinds import SWEEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.predictions import Predictions

ACCURACY, CONSISTENCY, PROBABILITY = "#2F6DA3", "#B4532A", "#7A8B46"
INK, FAINT, GRID = "#22272E", "#6B7280", "#E5E7EB"
LINES = (
    ("accuracy", ACCURACY, "o", "accuracy"),
    ("consistency", CONSISTENCY, "s", "consistency with the usual view"),
    ("true_probability", PROBABILITY, "^", "mean probability of the true class"),
)
APART = 0.008
"""Curves are set aside by this share of the axis, so that their whiskers do not cover each other."""


def curves(predictions: Predictions, name: str, measure: str, measurement: Measurement) -> Figure:
    """All three over the levels of the sweep ``name``, with the exact bounds of the shares at each level.

    ``measurement``: of any of ``metrics`` (its ``parts`` are the levels); ``measure``: which.

    Raises:
        ValueError: the measurement is of something else.
    """
    from matplotlib.figure import Figure  # half a second to import, and most runs draw nothing

    if not measurement.parts or "consistency" not in measurement.parts[0]:
        raise ValueError("the figure needs the levels of a sweep: measurement.parts")
    kind = SWEEPS[name]
    figure = Figure(figsize=(9, 5.4), dpi=100, facecolor="white", layout="constrained")
    axes = figure.subplots()
    level = _column(measurement, "level")
    axes.axvline(kind.usual, color=GRID, linewidth=6, zorder=0.5)
    for place, (column, colour, marker, words) in enumerate(LINES):
        value = _column(measurement, column)
        if np.isnan(value).all():
            continue
        x = level + (place - 1) * APART * np.ptp(level)
        axes.plot(x, value, marker=marker, markersize=6, color=colour, linewidth=2, label=words, clip_on=False)
        if f"{column}_low" in measurement.parts[0]:
            low, high = _column(measurement, f"{column}_low"), _column(measurement, f"{column}_high")
            reach = np.maximum([value - low, high - value], 0)
            axes.errorbar(x, value, reach, fmt="none", ecolor=colour, elinewidth=1.2, capsize=3)
    _write(figure, axes, _words(predictions, kind.words, measure, measurement), measurement.notes)
    axes.set_xticks(level, [f"{value:g}" for value in level])
    axes.set_ylim(0, 1.02)
    axes.set_xlabel(f"{kind.unit}; the band marks the images as they are", color=FAINT)
    return figure


def _column(measurement: Measurement, name: str) -> NDArray[np.float64]:
    """NaN where a level has no such number."""
    return np.array([row[name] for row in measurement.parts], dtype=np.float64)


def _words(predictions: Predictions, what: str, measure: str, measurement: Measurement) -> tuple[str, str]:
    facts = [f"{what}: {measure.replace('_', ' ')} {measurement.value:.3f}", f"{measurement.images:,} images"]
    if interval := measurement.interval:
        level = f"{100 * (1 - 2 * interval.alpha):.3g} %"
        facts.insert(1, f"{level} interval [{interval.low:.3f}, {interval.high:.3f}]")
    if "worst" in measurement.details:
        facts.append(f"worst at {measurement.details['worst_level']:g}: {measurement.details['worst']:.3f}")
    return textwrap.shorten(f"{predictions.model} on {predictions.dataset}", 90, placeholder=" ..."), "   ".join(facts)


def _write(figure: Figure, axes: Axes, words: tuple[str, str], notes: Sequence[str]) -> None:
    figure.suptitle(words[0], x=0.012, ha="left", fontsize=14, fontweight="bold", color=INK, parse_math=False)
    axes.set_title(words[1], loc="left", fontsize=10.5, color=INK, pad=30, parse_math=False)
    lines = "\n".join(textwrap.fill(note[:1].upper() + note[1:], 120) for note in notes)
    figure.supxlabel(lines, x=0.012, ha="left", fontsize=9, color=FAINT, parse_math=False)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 0.995), ncols=3, frameon=False, fontsize=10, labelcolor=INK)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(length=0, colors=INK)
    axes.grid(axis="y", color=GRID)
    axes.set_axisbelow(True)

"""Error ratios as bars around 1: to the right of the line, what makes the model fail more often.

The picture is that of arXiv:2311.09215, figure "Model mistakes on ImageNet-X", lying down so that names can be read.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Cell, Measurement
    from behaviors.contract.predictions import Predictions

    Rows = Sequence[Mapping[str, Cell]]

MORE, FEWER = "#E6955A", "#5AA3CF"  # tints of Okabe & Ito's vermilion and blue: all kinds of colour vision see two
UNSURE, INK, FAINT, GRID = "#CDD2D9", "#22272E", "#6B7280", "#E5E7EB"
DOTTED = (0, (1, 1.5))
LEFT, RIGHT = 0.19, 0.83
"""Where the axes start and end, as a share of the figure's width."""
HEAD, ROW, FOOT = 1.4, 0.36, 0.95
"""Inches above the rows, for each of them, and below."""


def error_ratios(predictions: Predictions, measurement: Measurement) -> Figure:
    """Draw a bar per factor from 1 to its error ratio, with its interval; grey where the interval reaches 1.

    ``measurement``: of ``mean_error_ratio`` on these predictions.
    """
    from matplotlib.figure import Figure  # half a second to import, and most runs draw nothing

    rows = measurement.parts
    if not rows or "ratio" not in rows[0]:
        raise ValueError("bars of error ratios need the factors of a mean error ratio: measurement.parts")
    height = HEAD + ROW * len(rows) + FOOT
    figure = Figure(figsize=(9, height), dpi=100, facecolor="white")
    axes = figure.subplots()
    figure.subplots_adjust(left=LEFT, right=RIGHT, top=1 - HEAD / height, bottom=FOOT / height)
    _draw_bars(axes, rows)
    _draw_mean(axes, measurement)
    _tidy(axes, rows)
    _write_counts(axes, rows)
    _write_words(figure, predictions, measurement)
    _write_legend(figure)
    return figure


def _draw_bars(axes: Axes, rows: Rows) -> None:
    ratio, low, high = _columns(rows, "ratio", "low", "high")
    places = np.arange(len(rows))
    colours = [MORE if a > 1 else FEWER if b < 1 else UNSURE for a, b in zip(low, high, strict=True)]
    axes.barh(places, ratio - 1, 0.66, left=1, color=colours, zorder=2)
    reach = np.maximum([ratio - low, high - ratio], 0)
    axes.errorbar(ratio, places, xerr=reach, fmt="o", ms=4, color=INK, elinewidth=1.3, capsize=3.5, zorder=3)
    axes.axvline(1, color=INK, linewidth=1.2, zorder=2.5)
    margin = 0.04 * (max(high.max(), 1) - min(low.min(), 1)) + 0.02
    axes.set_xlim(max(min(low.min(), 1) - margin, 0), max(high.max(), 1) + margin)


def _draw_mean(axes: Axes, measurement: Measurement) -> None:
    axes.axvline(measurement.value, color=INK, linewidth=1.8, linestyle=DOTTED, zorder=1)
    if interval := measurement.interval:
        axes.axvspan(interval.low, interval.high, color=INK, alpha=0.08, linewidth=0, zorder=0.5)


def _tidy(axes: Axes, rows: Rows) -> None:
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(np.arange(len(rows)), [str(row["factor"]).replace("_", " ") for row in rows])
    axes.set_xlabel("error ratio: error with the factor / error overall", color=INK, fontsize=11)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.tick_params(axis="y", length=0, labelsize=11, labelcolor=INK)
    axes.tick_params(axis="x", colors=FAINT, labelsize=10)
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=GRID, linewidth=0.8)


def _write_counts(axes: Axes, rows: Rows) -> None:
    """Beside each bar, what it rests on."""
    words: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "fontsize": 9.5, "color": FAINT, "va": "center"}
    axes.text(1.03, -0.95, "errors of images", **words)
    for place, row in enumerate(rows):
        axes.text(1.03, place, f"{row['errors']:,} of {row['images']:,}", **words)


def _write_words(figure: Figure, predictions: Predictions, measurement: Measurement) -> None:
    height = figure.get_figheight()
    view = "" if predictions.view == "identity" else f", {predictions.view}"
    title = f"{predictions.model} on {predictions.dataset}{view}"
    facts = [f"mean error ratio {measurement.value:.3f}", f"{measurement.images:,} images"]
    if interval := measurement.interval:
        level = f"{100 * (1 - 2 * interval.alpha):.3g} %"
        facts.insert(1, f"{level} interval [{interval.low:.3f}, {interval.high:.3f}]")
    if (error := measurement.details.get("overall_error")) is not None:
        facts.append(f"error overall {error:.3f}")
    notes = "\n".join(textwrap.fill(note[:1].upper() + note[1:], 120) for note in measurement.notes)
    size = min(17.0, 17 * 54 / len(title))
    x = 0.03
    figure.text(x, 1 - 0.42 / height, title, fontsize=size, fontweight="bold", color=INK, parse_math=False)
    figure.text(x, 1 - 0.71 / height, "   ".join(facts), fontsize=12, color=INK)
    figure.text(x, 0.1 / height, notes, fontsize=9.5, color=FAINT, va="bottom", parse_math=False)


def _write_legend(figure: Figure) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(color=MORE, label="fails more often"),
        Patch(color=FEWER, label="less often"),
        Patch(color=UNSURE, label="undecided: the interval holds 1"),
        Line2D([], [], color=INK, marker="o", markersize=4, linewidth=1.3, label="error ratio"),
        Line2D([], [], color=INK, linewidth=1.8, linestyle=DOTTED, label="mean"),
    ]
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.03, 1 - 0.84 / figure.get_figheight()),
        ncols=len(handles),
        fontsize=10,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1.6,
        handletextpad=0.5,
        columnspacing=1.5,
    )


def _columns(rows: Rows, *names: str) -> list[NDArray[np.float64]]:
    return [np.array([row[name] for row in rows], dtype=np.float64) for name in names]

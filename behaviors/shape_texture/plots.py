"""Two pictures of decisions, a row per shape category: between shape and texture, and how many followed neither.

The first is that of Geirhos et al. 2019, arXiv:1811.12231, figure 4: shape on the left, texture on the right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import (
    BLUE,
    DASHED,
    DEEP_BLUE,
    DEEP_ORANGE,
    DOTTED,
    FAINT,
    FILL,
    GRID,
    INK,
    OLIVE,
    ORANGE,
    Sheet,
    beside,
    facts_of,
    level,
    reach,
    sheet,
    title_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Cell, Measurement
    from behaviors.contract.predictions import Predictions

SHAPE, TEXTURE, NEITHER = BLUE, ORANGE, FILL
ROW = 0.36
"""Inches."""
LEAST = 0.03
"""A share too small for a number to fit into its bar."""

PEOPLE = 0.96
"""Shape fraction of people on the published images.  Source: arXiv:1811.12231 (95.9 %)."""
PUBLISHED = "airplane bear bicycle bird boat bottle car cat chair clock dog elephant keyboard knife oven truck"
"""The categories of the published images: of other images nobody knows what people say."""


def by_category(predictions: Predictions, measurement: Measurement) -> Figure:
    """Draw a shape fraction: each category between shape (left) and texture (right), and all of them as a line.

    ``measurement``: of ``shape_fraction`` on these predictions.  Whiskers and band are its clustered intervals.
    """
    rows = _rows(measurement, "shape_fraction")
    drawn = _sheet(predictions, measurement, "shape fraction", rows)
    axes = drawn.axes
    axes.grid(visible=False)
    axes.hlines(np.arange(len(rows)), -1, 2, color=GRID, linewidth=0.8, zorder=0)
    axes.axvline(0.5, color=FAINT, linewidth=1, linestyle=DASHED, zorder=0.5, label="as often either")
    _draw_pooled(axes, measurement, SHAPE, "all categories")
    if " ".join(sorted(predictions.classes)) == PUBLISHED:
        people = f"people {PEOPLE} (Geirhos et al. 2019)"
        axes.axvline(PEOPLE, color=INK, linewidth=1.8, linestyle=DOTTED, label=people)
    known = [(place, row) for place, row in enumerate(rows) if row["shape_fraction"] is not None]
    value, low, high = _columns([row for _, row in known], "shape_fraction", "low", "high")
    whiskers = reach(value, low, high)
    axes.errorbar(
        value, [place for place, _ in known], xerr=whiskers, fmt="o", ms=6.5, color=INK, elinewidth=1.3, capsize=3.5
    )
    axes.set_xlim(1.02, -0.02)
    axes.set_xlabel("shape fraction: shape decisions among shape and texture decisions", color=INK, fontsize=11)
    _write_ends(axes)
    beside(axes, "shape : texture", [f"{row['shape']} : {row['texture']}" for row in rows], range(len(rows)))
    drawn.legend()
    return drawn.figure


def by_cue(predictions: Predictions, measurement: Measurement) -> Figure:
    """Draw a cue accuracy: of all images of a category, the shares that followed shape, texture and neither.

    ``measurement``: of ``cue_accuracy`` on these predictions.  The line of all categories runs behind the bars.
    """
    rows = _rows(measurement, "cue_accuracy")
    drawn = _sheet(predictions, measurement, "cue accuracy", rows)
    axes = drawn.axes
    (images,) = _columns(rows, "images")
    start = np.zeros(len(rows))
    for cue, colour, label in (
        ("shape", SHAPE, "shape"),
        ("texture", TEXTURE, "texture"),
        ("other", NEITHER, "neither"),
    ):
        (count,) = _columns(rows, cue)
        share = count / images
        bars = axes.barh(np.arange(len(rows)), share, 0.74, left=start, color=colour, label=label, zorder=2.6)
        numbers = [f"{n:.0f}" if width >= LEAST else "" for n, width in zip(count, share, strict=True)]
        axes.bar_label(bars, numbers, label_type="center", fontsize=9, color=INK, zorder=3)
        start += share
    _draw_pooled(axes, measurement, OLIVE, "shape or texture, all categories")
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of the images of a category; in the bars, their number", color=INK, fontsize=11)
    beside(axes, "either", [f"{float(row['cue_accuracy'] or 0):.3f}" for row in rows], range(len(rows)))
    drawn.legend()
    return drawn.figure


def _rows(measurement: Measurement, name: str) -> list[Mapping[str, Cell]]:
    """The categories from the lowest value, at the bottom, to the highest; those without one lowest of all."""
    rows = [row for row in measurement.parts if name in row]
    if not rows:
        raise ValueError(f"this picture needs the categories of a {name}: measurement.parts")
    return sorted(rows, key=lambda row: (row[name] is not None, row[name] or 0, str(row["category"])))


def _sheet(predictions: Predictions, measurement: Measurement, name: str, rows: Sequence[Mapping[str, Cell]]) -> Sheet:
    """Title, facts, notes, and a row for each category."""
    value, *facts, images = facts_of(name, measurement)
    shape, texture, neither = (f"{measurement.details[cue]:,.0f}" for cue in ("shape", "texture", "other"))
    said = [value, *facts, f"{images}: {shape} shape, {texture} texture, {neither} neither"]
    drawn = sheet(
        title_of(predictions), said, height=ROW * len(rows), notes=measurement.notes, left=1.25, right=1.3, above=0.15
    )
    drawn.axes.set_yticks(range(len(rows)), [str(row["category"]) for row in rows])
    drawn.axes.set_ylim(-0.6, len(rows) - 0.4)
    return drawn


def _draw_pooled(axes: Axes, measurement: Measurement, colour: str, label: str) -> None:
    """The value of all images together, with its interval as a band behind the rows."""
    axes.axvline(measurement.value, color=INK, linewidth=1.8, label=f"{label} {measurement.value:.3f}", zorder=2.5)
    if interval := measurement.interval:
        words = f"{level(interval.alpha)} interval"
        axes.axvspan(interval.low, interval.high, color=colour, alpha=0.2, linewidth=0, label=words, zorder=0.6)


def _write_ends(axes: Axes) -> None:
    ends = (
        ("\N{LEFTWARDS ARROW} shape", 0, "left", DEEP_BLUE),
        ("texture \N{RIGHTWARDS ARROW}", 1, "right", DEEP_ORANGE),
    )
    for word, side, align, colour in ends:
        axes.annotate(
            word, (side, 1), (0, 4), "axes fraction", textcoords="offset points", color=colour, ha=align, weight="bold"
        )


def _columns(rows: Sequence[Mapping[str, Cell]], *names: str) -> list[NDArray[np.float64]]:
    return [np.array([row[name] for row in rows], dtype=np.float64) for name in names]

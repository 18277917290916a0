"""Two pictures of decisions, a row per shape category: between shape and texture, and how many followed neither.

The first is that of Geirhos et al. 2019, arXiv:1811.12231, figure 4: shape on the left, texture on the right.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Cell, Measurement
    from behaviors.contract.predictions import Predictions

SHAPE, TEXTURE = "#5AA3CF", "#E6955A"  # tints of Okabe & Ito's blue and vermilion: all kinds of colour vision see two
NEITHER, INK, FAINT, GRID = "#DADEE4", "#22272E", "#6B7280", "#E5E7EB"
DASHED, DOTTED = (0, (5, 4)), (0, (1, 1.5))
LEFT, RIGHT = 0.13, 0.87
"""Where the axes start and end, as a share of the figure's width."""
HEAD, ROW, FOOT = 1.4, 0.36, 0.9
"""Inches above the rows, for each of them, and below."""
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
    figure, axes = _figure(rows)
    axes.hlines(np.arange(len(rows)), -1, 2, color=GRID, linewidth=0.8, zorder=0)
    axes.axvline(0.5, color=FAINT, linewidth=1, linestyle=DASHED, zorder=0.5)
    _draw_pooled(axes, measurement, "all categories", SHAPE)
    if " ".join(sorted(predictions.classes)) == PUBLISHED:
        people = f"people {PEOPLE} (Geirhos et al. 2019)"
        axes.axvline(PEOPLE, color=INK, linewidth=1.8, linestyle=DOTTED, label=people)
    known = [(place, row) for place, row in enumerate(rows) if row["shape_fraction"] is not None]
    value, low, high = _columns([row for _, row in known], "shape_fraction", "low", "high")
    reach = np.maximum([value - low, high - value], 0)
    axes.errorbar(
        value, [place for place, _ in known], xerr=reach, fmt="o", ms=6.5, color=INK, elinewidth=1.3, capsize=3.5
    )
    axes.set_xlim(1.02, -0.02)
    axes.set_xlabel("shape fraction: shape decisions among shape and texture decisions", color=INK, fontsize=11)
    _write_ends(axes)
    _write_beside(axes, "shape : texture", [f"{row['shape']} : {row['texture']}" for row in rows])
    _finish(figure, axes, predictions, measurement, f"shape fraction {measurement.value:.3f}")
    return figure


def by_cue(predictions: Predictions, measurement: Measurement) -> Figure:
    """Draw a cue accuracy: of all images of a category, the shares that followed shape, texture and neither.

    ``measurement``: of ``cue_accuracy`` on these predictions.
    """
    rows = _rows(measurement, "cue_accuracy")
    figure, axes = _figure(rows)
    (images,) = _columns(rows, "images")
    start = np.zeros(len(rows))
    for cue, colour, label in (
        ("shape", SHAPE, "shape"),
        ("texture", TEXTURE, "texture"),
        ("other", NEITHER, "neither"),
    ):
        (count,) = _columns(rows, cue)
        share = count / images
        bars = axes.barh(np.arange(len(rows)), share, 0.74, left=start, color=colour, label=label)
        numbers = [f"{n:.0f}" if width >= LEAST else "" for n, width in zip(count, share, strict=True)]
        axes.bar_label(bars, numbers, label_type="center", fontsize=9, color=INK)
        start += share
    _draw_pooled(axes, measurement, "all categories", INK)
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of the images of a category; in the bars, their number", color=INK, fontsize=11)
    _write_beside(axes, "either", [f"{100 * float(row['cue_accuracy'] or 0):.0f} %" for row in rows])
    _finish(figure, axes, predictions, measurement, f"cue accuracy {measurement.value:.3f}")
    return figure


def _rows(measurement: Measurement, name: str) -> list[Mapping[str, Cell]]:
    """The categories from the lowest value, at the bottom, to the highest; those without one lowest of all."""
    rows = [row for row in measurement.parts if name in row]
    if not rows:
        raise ValueError(f"this picture needs the categories of a {name}: measurement.parts")
    return sorted(rows, key=lambda row: (row[name] is not None, row[name] or 0, str(row["category"])))


def _figure(rows: Sequence[Mapping[str, Cell]]) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure  # half a second to import, and most runs draw nothing

    height = HEAD + ROW * len(rows) + FOOT
    figure = Figure(figsize=(9, height), dpi=100, facecolor="white")
    axes = figure.add_axes((LEFT, FOOT / height, RIGHT - LEFT, ROW * len(rows) / height))
    axes.set_yticks(range(len(rows)), [str(row["category"]) for row in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.tick_params(axis="x", colors=FAINT, labelsize=10)
    axes.tick_params(axis="y", colors=INK, labelsize=11, length=0)
    return figure, axes


def _draw_pooled(axes: Axes, measurement: Measurement, label: str, colour: str) -> None:
    """The value of all images together, with its interval as a band behind the rows."""
    axes.axvline(measurement.value, color=INK, linewidth=1.8, label=f"{label} {measurement.value:.3f}", zorder=2.5)
    if interval := measurement.interval:
        level = f"{100 * (1 - 2 * interval.alpha):.3g} % interval"
        axes.axvspan(interval.low, interval.high, color=colour, alpha=0.2, linewidth=0, label=level, zorder=0.6)


def _write_ends(axes: Axes) -> None:
    arrows = (("\N{LEFTWARDS ARROW} shape", 0, "left", SHAPE), ("texture \N{RIGHTWARDS ARROW}", 1, "right", TEXTURE))
    for word, side, align, colour in arrows:
        axes.annotate(
            word, (side, 1), (0, 4), "axes fraction", textcoords="offset points", color=colour, ha=align, weight="bold"
        )


def _write_beside(axes: Axes, heading: str, cells: Sequence[str]) -> None:
    """A column of numbers to the right of the rows."""
    places = [(1.0, row, "center", text) for row, text in enumerate(cells)]
    for x, y, align, text in [*places, (1.0, len(cells) - 0.35, "bottom", heading)]:
        axes.annotate(
            text, (x, y), (10, 0), axes.get_yaxis_transform(), textcoords="offset points", color=FAINT, va=align, size=9
        )


def _finish(figure: Figure, axes: Axes, predictions: Predictions, measurement: Measurement, value: str) -> None:
    """Title, facts, legend and notes."""
    height = figure.get_figheight()
    view = "" if predictions.view == "identity" else f", {predictions.view}"
    title = f"{predictions.model} on {predictions.dataset}{view}"
    shape, texture, neither = (f"{measurement.details[cue]:,.0f}" for cue in ("shape", "texture", "other"))
    facts = [value, f"{measurement.images:,} images: {shape} shape, {texture} texture, {neither} neither"]
    if interval := measurement.interval:
        level = f"{100 * (1 - 2 * interval.alpha):.3g} % interval"
        facts.insert(1, f"{level} [{interval.low:.3f}, {interval.high:.3f}]")
    size = min(17.0, 17 * 54 / len(title))
    figure.text(0.03, 1 - 0.42 / height, title, fontsize=size, fontweight="bold", color=INK, parse_math=False)
    figure.text(0.03, 1 - 0.72 / height, "   ".join(facts), fontsize=11, color=INK)
    notes = "\n".join(textwrap.fill(note[:1].upper() + note[1:], 130) for note in measurement.notes)
    figure.text(0.03, 0.08 / height, notes, fontsize=9.5, color=FAINT, va="bottom", parse_math=False)
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="upper left",
        bbox_to_anchor=(0.03, 1 - 0.82 / height),
        ncols=5,
        fontsize=10,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1.6,
        columnspacing=1.5,
    )


def _columns(rows: Sequence[Mapping[str, Cell]], *names: str) -> list[NDArray[np.float64]]:
    return [np.array([row[name] for row in rows], dtype=np.float64) for name in names]

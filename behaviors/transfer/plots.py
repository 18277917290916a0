"""What probes reach, task by task: bars with their intervals, over what a probe reaches that sees nothing."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from behaviors.measurement import Measurement

BAR, MEAN, CHANCE = "#5AA3CF", "#22272E", "#E6955A"  # tints of Okabe & Ito's blue and vermilion
INK, FAINT, GRID = "#22272E", "#6B7280", "#E5E7EB"
DASHED = (0, (5, 4))


def tasks(model: str, measurement: Measurement) -> Figure:
    """Draw a ``mean_probe_accuracy``: one bar per task, the least accurate at the bottom."""
    from matplotlib.figure import Figure  # half a second to import, and most runs draw nothing

    rows = sorted(measurement.parts, key=lambda row: float(row["accuracy"] or 0))
    if not rows:
        raise ValueError("the figure of a mean over tasks needs its tasks: measurement.parts")
    height = 2.1 + 0.42 * len(rows)
    figure = Figure(figsize=(9, height), dpi=100, facecolor="white")
    axes = figure.subplots()
    figure.subplots_adjust(left=0.2, right=0.96, top=1 - 1.15 / height, bottom=0.75 / height)
    _draw_bars(axes, [dict(row) for row in rows])
    axes.axvline(100 * measurement.value, color=MEAN, linewidth=1.4, linestyle=DASHED)
    axes.set(xlim=(0, 100), ylim=(-0.6, len(rows) - 0.4))
    axes.set_xlabel("test images answered rightly, %", color=INK, fontsize=12)
    _tidy(axes)
    _write_words(figure, model, measurement, height)
    return figure


def _draw_bars(axes: Axes, rows: list[dict[str, object]]) -> None:
    place = np.arange(len(rows))
    columns = ("accuracy", "low", "high", "chance")
    accuracy, low, high, chance = (np.array([row[name] for row in rows], dtype=np.float64) * 100 for name in columns)
    axes.barh(place, accuracy, 0.72, color=BAR)
    reach = np.maximum([accuracy - low, high - accuracy], 0)
    axes.errorbar(accuracy, place, xerr=reach, fmt="none", color=INK, elinewidth=1.3, capsize=4, clip_on=False)
    axes.vlines(chance, place - 0.43, place + 0.43, color=CHANCE, linewidth=2.6)
    for y, right, value in zip(place, high, accuracy, strict=True):
        inside = right > 92
        x = low[y] - 1.2 if inside else right + 1.2
        axes.text(x, float(y), f"{value:.1f}", va="center", ha="right" if inside else "left", fontsize=10, color=INK)
    axes.set_yticks(place, [textwrap.shorten(str(row["task"]), 24, placeholder="...") for row in rows])


def _write_words(figure: Figure, model: str, measurement: Measurement, height: float) -> None:
    from matplotlib.lines import Line2D

    count = len(measurement.parts)
    facts = [f"mean {measurement.value:.3f} over {count} task{'' if count == 1 else 's'}"]
    level = ""
    if interval := measurement.interval:
        level = f", {100 * (1 - 2 * interval.alpha):.3g} % interval"
        facts.append(f"{level[2:]} [{interval.low:.3f}, {interval.high:.3f}]")
    facts.append(f"{measurement.images:,} test images")
    figure.text(0.03, 1 - 0.38 / height, f"Linear probes on {model}", fontsize=16, fontweight="bold", color=INK)
    figure.text(0.03, 1 - 0.68 / height, "   ".join(facts), fontsize=12, color=INK)
    handles = [
        Line2D([], [], color=INK, linewidth=1.3, label=f"accuracy{level}"),
        Line2D([], [], color=CHANCE, linewidth=2.6, label="reached without looking"),
        Line2D([], [], color=MEAN, linewidth=1.4, linestyle=DASHED, label="mean"),
    ]
    handles[0].set_color(BAR)
    handles[0].set_linewidth(7)
    place = (0.03, 1 - 1.05 / height)
    figure.legend(handles=handles, loc="center left", bbox_to_anchor=place, ncols=3, fontsize=10, frameon=False,
                  borderpad=0, borderaxespad=0, handlelength=1.6, columnspacing=1.5)  # fmt: skip


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.tick_params(axis="x", colors=FAINT, labelsize=10)
    axes.tick_params(axis="y", colors=INK, labelsize=11, length=0)
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=GRID, linewidth=0.8)

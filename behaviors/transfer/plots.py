"""What probes reach, task by task: bars with their intervals, over what a probe reaches that sees nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from behaviors.contract.measurement import Measurement

BAR, MEAN, CHANCE = "#5AA3CF", "#22272E", "#E6955A"  # tints of Okabe & Ito's blue and vermilion
INK, FAINT, GRID = "#22272E", "#6B7280", "#E5E7EB"
DASHED = (0, (5, 4))
LONGEST = 18
"""Letters of a task's name that there is room for."""


def tasks(model: str, measurement: Measurement) -> Figure:
    """Draw a ``mean_probe_accuracy``: one bar per task, the least accurate at the bottom."""
    from matplotlib.figure import Figure  # half a second to import, and most runs draw nothing

    rows = sorted(measurement.parts, key=lambda row: float(row["accuracy"] or 0))
    if not rows:
        raise ValueError("the figure of a mean over tasks needs its tasks: measurement.parts")
    height = 2.1 + 0.42 * len(rows)
    figure = Figure(figsize=(9, height), dpi=100, facecolor="white")
    axes = figure.subplots()
    figure.subplots_adjust(left=0.2, right=0.92, top=1 - 1.15 / height, bottom=0.75 / height)
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
    for y, value in zip(place, accuracy, strict=True):
        axes.text(102, float(y), f"{value:.1f}", va="center", fontsize=10.5, color=INK)
    axes.set_yticks(place, [_short(str(row["task"])) for row in rows], parse_math=False)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


def _write_words(figure: Figure, model: str, measurement: Measurement, height: float) -> None:
    from matplotlib.lines import Line2D

    count = len(measurement.parts)
    facts = [f"mean {measurement.value:.3f} over {count} task{'' if count == 1 else 's'}"]
    level = ""
    if interval := measurement.interval:
        level = f", {100 * (1 - 2 * interval.alpha):.3g} % interval"
        facts.append(f"{level[2:]} [{interval.low:.3f}, {interval.high:.3f}]")
    facts.append(f"{measurement.images:,} test images")
    title = f"Linear probes on {model}"
    size = min(16.0, 16 * 54 / len(title))
    figure.text(0.03, 1 - 0.38 / height, title, fontsize=size, fontweight="bold", color=INK, parse_math=False)
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

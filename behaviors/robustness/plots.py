"""Accuracy on each variant, and the map of corruptions and severities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import (
    BLUE,
    DEEP_ORANGE,
    FAINT,
    GRID,
    INK,
    beside,
    facts_of,
    on_cell,
    reach,
    shades,
    sheet,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.predictions import Answers

ROW = 0.4
"""Inches."""


def variants(model: str, measurement: Measurement) -> Figure:
    """One bar per dataset with its bounds, its number beside it, and a line at the average behind the bars.

    ``measurement``: of ``average_accuracy`` (its ``parts`` are the bars).
    """
    rows = measurement.parts
    value, low, high = (np.array([row[key] for row in rows], dtype=float) for key in ("accuracy", "low", "high"))
    drawn = sheet(f"{model}: accuracy on each variant", facts_of("average", measurement), height=ROW * len(rows))
    axes, place = drawn.axes, np.arange(len(rows))
    axes.barh(place, value, 0.66, color=BLUE, label="top-1 accuracy", zorder=2)
    axes.errorbar(
        value, place, xerr=reach(value, low, high), fmt="none", ecolor=INK, elinewidth=1.3, capsize=3, zorder=3,
        label="interval",
    )  # fmt: skip
    axes.axvline(measurement.value, color=DEEP_ORANGE, linewidth=1.6, zorder=1, label="average over the variants")
    axes.set_yticks(place, [str(row["dataset"]) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel("top-1 accuracy", color=INK, fontsize=11)
    beside(axes, "accuracy", [f"{one:.3f}" for one in value], list(place))
    drawn.legend()
    return drawn.figure


def corruption_map(about: Answers, measurement: Measurement) -> Figure:
    """Corruptions by severity, each cell its accuracy; dark is what the model cannot see through.

    ``measurement``: of ``corruption_accuracy``.
    """
    corruptions = list(dict.fromkeys(str(row["corruption"]) for row in measurement.parts))
    severities = sorted({int(row["severity"] or 0) for row in measurement.parts})
    grid = np.full((len(corruptions), len(severities)), np.nan)  # where versions are drawn, some cells are empty
    for row in measurement.parts:
        grid[corruptions.index(str(row["corruption"])), severities.index(int(row["severity"] or 0))] = row["accuracy"]
    each = all(row["images"] == measurement.images for row in measurement.parts)
    title = f"{about.model} on {about.dataset}: accuracy under corruption"
    facts = facts_of("mean", measurement)
    told = f"{facts[-1]}, each under {'every corruption' if each else 'some, drawn at random'}"
    drawn = sheet(title, [*facts[:-1], told], height=ROW * len(grid), right=1.3)
    axes = drawn.axes
    shown = np.column_stack([grid, np.full(len(grid), np.nan), np.nanmean(grid, axis=1)])
    edges = np.cumsum([-0.5, *[1.0] * len(severities), 0.15, 1.0])
    mesh = axes.pcolormesh(edges, np.arange(len(grid) + 1) - 0.5, shown, cmap=shades(), vmin=0, vmax=1, linewidth=0)
    middle = (edges[:-1] + edges[1:]) / 2
    for (y, x), value in np.ndenumerate(shown):
        if not np.isnan(value):
            axes.text(middle[x], y, f"{value:.2f}", ha="center", va="center", fontsize=9.5, color=on_cell(value))
    axes.set_yticks(range(len(corruptions)), [name.replace("_", " ") for name in corruptions])
    axes.set_xticks([*middle[: len(severities)], middle[-1]], [*map(str, severities), "mean"])
    axes.set_ylim(len(corruptions) - 0.5, -0.5)
    axes.set_xlabel("severity", color=INK, fontsize=11)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    _scale(drawn.figure, mesh, axes.get_position())
    return drawn.figure


def _scale(figure: Figure, mesh: object, place: object) -> None:
    """What the shades mean."""
    bar = figure.add_axes((0.93, place.y0, 0.014, place.height))  # type: ignore[attr-defined]
    figure.colorbar(mesh, cax=bar)  # type: ignore[arg-type]
    bar.set_ylabel("accuracy", color=INK, fontsize=10, labelpad=4)
    bar.yaxis.set_label_position("left")
    bar.tick_params(length=0, colors=FAINT, labelsize=9)
    bar.spines[:].set_color(GRID)

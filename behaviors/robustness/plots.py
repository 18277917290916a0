"""Accuracy on each variant, and the map of corruptions and severities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.predictions import Predictions

BAR, MARK, INK, FAINT, GRID = "#9DB8D2", "#B4532A", "#22272E", "#6B7280", "#E5E7EB"


def variants(model: str, measurement: Measurement) -> Figure:
    """One bar per dataset with its bounds, and a line at the average.

    ``measurement``: of ``average_accuracy`` (its ``parts`` are the bars).
    """
    from matplotlib.figure import Figure  # half a second to import, and most runs draw nothing

    names = [str(row["dataset"]) for row in measurement.parts]
    value, low, high = (
        np.array([row[key] for row in measurement.parts], dtype=float) for key in ("accuracy", "low", "high")
    )
    figure = Figure(figsize=(9, 1.6 + 0.46 * len(names)), dpi=100, facecolor="white", layout="constrained")
    axes = figure.subplots()
    place = np.arange(len(names))[::-1]
    axes.barh(place, value, 0.66, color=BAR)
    axes.errorbar(value, place, xerr=[value - low, high - value], fmt="none", ecolor=INK, elinewidth=1.3, capsize=3)
    for y, shown, right in zip(place, value, high, strict=True):
        axes.annotate(
            f"{shown:.3f}", (right, y), (6, 0), textcoords="offset points", va="center", color=INK, fontsize=9.5
        )
    axes.axvline(measurement.value, color=MARK, linewidth=1.6)
    axes.annotate(
        f"average {measurement.value:.3f}", (measurement.value, 1), (0, 4), xycoords=("data", "axes fraction"),
        textcoords="offset points", ha="center", va="bottom", color=MARK, fontsize=10,
    )  # fmt: skip
    axes.set_yticks(place, names)
    axes.set_xlim(0, 1.06)
    _plain(axes)
    axes.set_xlabel("top-1 accuracy", color=FAINT)
    figure.suptitle(f"{model}: accuracy on each variant", x=0.012, ha="left", fontsize=13, color=INK)
    return figure


def corruption_map(predictions: Predictions, measurement: Measurement) -> Figure:
    """Corruptions by severity, each cell its accuracy; dark is what the model cannot see through.

    ``measurement``: of ``corruption_accuracy``.
    """
    from matplotlib.figure import Figure

    corruptions = list(dict.fromkeys(str(row["corruption"]) for row in measurement.parts))
    severities = sorted({int(row["severity"] or 0) for row in measurement.parts})
    grid = np.array([row["accuracy"] for row in measurement.parts], dtype=float).reshape(len(corruptions), -1)
    shown = np.column_stack([grid, grid.mean(axis=1)])
    figure = Figure(figsize=(8, 1.5 + 0.4 * len(corruptions)), dpi=100, facecolor="white", layout="constrained")
    axes = figure.subplots()
    axes.imshow(shown, cmap="YlGnBu_r", vmin=0, vmax=1, aspect="auto")
    axes.axvline(len(severities) - 0.5, color="white", linewidth=5)
    for (y, x), value in np.ndenumerate(shown):
        axes.text(x, y, f"{value:.2f}", ha="center", va="center", fontsize=9.5, color="white" if value < 0.55 else INK)
    axes.set_yticks(range(len(corruptions)), [name.replace("_", " ") for name in corruptions])
    axes.set_xticks(range(len(severities) + 1), [*map(str, severities), "mean"])
    axes.set_xlabel("severity", color=FAINT)
    axes.tick_params(length=0, colors=INK)
    axes.spines[:].set_visible(False)
    title = (
        f"{predictions.model}: accuracy under corruption, mean {measurement.value:.3f} ({measurement.images:,} images)"
    )
    figure.suptitle(title, x=0.012, ha="left", fontsize=13, color=INK)
    return figure


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(length=0, colors=INK)
    axes.grid(axis="x", color=GRID)
    axes.set_axisbelow(True)

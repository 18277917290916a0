"""Error ratios as bars around 1: to the right of the line, what makes the model fail more often.

The picture is that of arXiv:2311.09215, figure "Model mistakes on ImageNet-X", lying down so that names can be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import (
    BLUE,
    DOTTED,
    FILL,
    INK,
    ORANGE,
    Sheet,
    beside,
    facts_of,
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

    Rows = Sequence[Mapping[str, Cell]]

MORE, FEWER, UNSURE = ORANGE, BLUE, FILL
ROW = 0.36
"""Inches."""


def error_ratios(predictions: Predictions, measurement: Measurement) -> Figure:
    """Draw a bar per factor from 1 to its error ratio, with its interval; grey where the interval reaches 1.

    ``measurement``: of ``mean_error_ratio`` on these predictions.
    """
    rows = measurement.parts
    if not rows or "ratio" not in rows[0]:
        raise ValueError("bars of error ratios need the factors of a mean error ratio: measurement.parts")
    facts = facts_of("mean error ratio", measurement)
    if (error := measurement.details.get("overall_error")) is not None:
        facts.append(f"error overall {error:.3f}")
    drawn = sheet(
        title_of(predictions), facts, height=ROW * len(rows), notes=measurement.notes, left=1.65, right=1.45, above=0.1
    )
    _draw_bars(drawn.axes, rows)
    _draw_mean(drawn.axes, measurement)
    drawn.axes.set_ylim(len(rows) - 0.4, -0.6)
    drawn.axes.set_yticks(np.arange(len(rows)), [str(row["factor"]).replace("_", " ") for row in rows])
    drawn.axes.set_xlabel("error ratio: error with the factor / error overall", color=INK, fontsize=11)
    counts = [f"{row['errors']:,} of {row['images']:,}" for row in rows]
    beside(drawn.axes, "errors of images", counts, range(len(rows)))
    _write_legend(drawn)
    return drawn.figure


def _draw_bars(axes: Axes, rows: Rows) -> None:
    ratio, low, high = _columns(rows, "ratio", "low", "high")
    places = np.arange(len(rows))
    colours = [MORE if a > 1 else FEWER if b < 1 else UNSURE for a, b in zip(low, high, strict=True)]
    axes.barh(places, ratio - 1, 0.66, left=1, color=colours, zorder=2)
    whiskers = reach(ratio, low, high)
    axes.errorbar(ratio, places, xerr=whiskers, fmt="o", ms=4, color=INK, elinewidth=1.3, capsize=3.5, zorder=3)
    axes.axvline(1, color=INK, linewidth=1.2, zorder=2.5)
    margin = 0.04 * (max(high.max(), 1) - min(low.min(), 1)) + 0.02
    axes.set_xlim(max(min(low.min(), 1) - margin, 0), max(high.max(), 1) + margin)


def _draw_mean(axes: Axes, measurement: Measurement) -> None:
    axes.axvline(measurement.value, color=INK, linewidth=1.8, linestyle=DOTTED, zorder=1)
    if interval := measurement.interval:
        axes.axvspan(interval.low, interval.high, color=INK, alpha=0.08, linewidth=0, zorder=0.5)


def _write_legend(drawn: Sheet) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    drawn.legend([
        Patch(color=MORE, label="fails more often"),
        Patch(color=FEWER, label="less often"),
        Patch(color=UNSURE, label="undecided: the interval holds 1"),
        Line2D([], [], color=INK, marker="o", markersize=4, linewidth=1.3, label="error ratio"),
        Line2D([], [], color=INK, linewidth=1.8, linestyle=DOTTED, label="mean, with its interval"),
    ])  # fmt: skip


def _columns(rows: Rows, *names: str) -> list[NDArray[np.float64]]:
    return [np.array([row[name] for row in rows], dtype=np.float64) for name in names]

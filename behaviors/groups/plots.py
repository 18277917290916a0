"""Accuracy by group: dots with simultaneous bounds, the worst on top; two columns crossed: a heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import (
    BLUE,
    COLD_CELL,
    DASHED,
    DEEP_BLUE,
    DEEP_ORANGE,
    FAINT,
    FILL,
    INK,
    PAPER,
    WARM_CELL,
    Sheet,
    beside,
    facts_of,
    level,
    reach,
    sheet,
    title_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.predictions import Predictions
    from behaviors.statistics.grouping import Groups

ROWS = 24
"""Groups that are drawn: the worst."""
ROW, CELL = 0.27, 0.36
"""Inches."""


def by_group(
    predictions: Predictions, groups: Groups, measurement: Measurement, name: str, columns: Sequence[str] = ()
) -> Figure:
    """Draw the groups of ``measurement``; with the two ``columns`` that they are combinations of, as a heat map."""
    if not measurement.parts:
        raise ValueError("a figure of groups needs groups that are judged: measurement.parts")
    if len(columns) == 2:
        return _heat_map(predictions, groups, measurement, name, columns)
    return _dots(predictions, groups, measurement, name)


def _dots(predictions: Predictions, groups: Groups, measurement: Measurement, name: str) -> Figure:
    rows = measurement.parts[:ROWS]
    notes = list(measurement.notes)
    if (more := int(groups.judged.size) - len(rows)) > 0:
        notes.append(f"{more:,} groups more, which are better")
    drawn = sheet(
        title_of(predictions),
        facts_of(name, measurement),
        height=ROW * len(rows) + 0.3,
        notes=notes,
        left=2.2,
        right=1.3,
    )
    value, low, high = (np.array([row[key] for row in rows], dtype=np.float64) for key in ("accuracy", "low", "high"))
    places = np.arange(len(rows))
    alpha = measurement.interval.alpha if measurement.interval else 0.05
    drawn.axes.errorbar(
        100 * value, places, xerr=100 * reach(value, low, high), fmt="o", ms=5.5, color=DEEP_BLUE, ecolor=BLUE,
        elinewidth=2, label=f"accuracy, with {level(alpha)} bounds that hold for all groups together",
    )  # fmt: skip
    overall = 100 * float(groups.right.mean())
    drawn.axes.axvline(overall, color=FAINT, linewidth=1.3, linestyle=DASHED, label="all images")
    drawn.axes.set(xlim=(0, 101), ylim=(len(rows) - 0.4, -0.6))
    drawn.axes.set_yticks(places, [str(row["group"])[:30] for row in rows], parse_math=False)
    drawn.axes.set_xlabel("accuracy, %", color=INK, fontsize=11)
    beside(drawn.axes, "right", [f"{row['right']:,} of {row['images']:,}" for row in rows], places.tolist())
    drawn.legend()
    return drawn.figure


def _heat_map(
    predictions: Predictions, groups: Groups, measurement: Measurement, name: str, columns: Sequence[str]
) -> Figure:
    pairs = [text.split(", ", 1) for text in groups.names]
    down, across = (list(dict.fromkeys(sorted(pair[k] for pair in pairs))) for k in (0, 1))
    rate, count = np.full((len(down), len(across)), np.nan), np.zeros((len(down), len(across)), dtype=np.int64)
    for (one, other), hits, images in zip(pairs, groups.hits, groups.images, strict=True):
        at = down.index(one), across.index(other)
        count[at] = images
        rate[at] = hits / images if images >= groups.fewest else np.nan
    drawn = sheet(
        title_of(predictions), facts_of(name, measurement), height=CELL * len(down), notes=measurement.notes,
        left=1.7, right=0.3, legends=0, above=0.0,
    )  # fmt: skip
    _paint(drawn, rate, count)
    drawn.axes.set_xticks(np.arange(len(across)), [text[:14] for text in across], parse_math=False, fontsize=9)
    drawn.axes.set_yticks(np.arange(len(down)), [text[:20] for text in down], parse_math=False)
    drawn.axes.set_xlabel(f"{columns[1]}; in each cell accuracy in %, grey: too few images", color=INK, fontsize=11)
    return drawn.figure


def _paint(drawn: Sheet, rate: np.ndarray, count: np.ndarray) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("accuracy", [DEEP_ORANGE, WARM_CELL, PAPER, COLD_CELL, DEEP_BLUE])
    drawn.axes.set_facecolor(FILL)
    drawn.axes.imshow(np.ma.masked_invalid(rate), cmap=shades, vmin=0, vmax=1, aspect="auto")
    drawn.axes.grid(visible=False)
    worst = np.unravel_index(np.nanargmin(rate), rate.shape)
    for at in np.argwhere(count > 0):
        known = not np.isnan(rate[*at])
        colour = PAPER if known and (rate[*at] > 0.9 or rate[*at] < 0.12) else INK
        text = f"{100 * rate[*at]:.0f}" if known else f"n={count[*at]}"
        weight = "bold" if tuple(at) == tuple(worst) else "normal"
        drawn.axes.text(
            at[1], at[0], text, ha="center", va="center", fontsize=9 if known else 7.5, color=colour, fontweight=weight
        )

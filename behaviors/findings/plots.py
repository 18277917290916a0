"""A finding as two pictures of the same rows: what was measured of each model, and by how much they differ."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import (
    DEEP_BLUE,
    DEEP_ORANGE,
    FAINT,
    GRID,
    INK,
    MODELS,
    PAPER,
    divided,
    level,
    sheet,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Cell, Measurement, Metric

    Rows = Sequence[Mapping[str, Cell]]

NAMES = ("vit-sup", "convnext-sup", "vit-clip", "convnext-clip")
MARKERS = {"vit-sup": "o", "convnext-sup": "o", "vit-clip": "D", "convnext-clip": "D"}
HOLDS, CONTRADICTED, UNDECIDED = DEEP_BLUE, DEEP_ORANGE, FAINT
"""No green and red: whether a finding of the paper's holds for these models is neither good nor bad."""
ROW, WIDE, COLUMNS = 0.52, 34, 5
"""Inches of a row; characters of a label before it goes on in the next line; entries in a line of the legend."""
PLATE = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 0.6}


def comparison(metric: Metric, about: str, measurement: Measurement) -> Figure:
    """Draw a finding: a row per comparison, the models' values on the left and the differences around 0 on the right.

    ``measurement``: of ``as_measurement``.  ``about``: which models on what, for the title.  Whiskers are intervals of
    each number by itself; the band on the right is that of the finding as a whole, which is what decides.
    """
    rows = measurement.parts
    if not rows:
        raise ValueError("a finding is drawn from its comparisons: measurement.parts")
    interval = measurement.interval
    facts, notes = [about, f"{measurement.images:,} images"], list(measurement.notes)
    if interval is not None:
        outcome = f"{_outcome(interval.low, interval.high)[0]}: {_signed(measurement.value)}"
        between = f"{level(interval.alpha)} interval {_signed(interval.low)} to {_signed(interval.high)}"
        facts = [f"{outcome}, {between}", *facts]
        notes = [interval.method, *notes]
    models = dict.fromkeys(
        str(row[side]) for row in rows for side in ("first", "second") if row[f"{side}_value"] is not None
    )
    lines = -(-(len(models) + 1) // COLUMNS)
    drawn = sheet(metric.title, facts, height=ROW * len(rows), notes=notes, left=2.75, right=0.3, legends=lines)
    left, right = divided(drawn, (1, 1), 0.6, along="width")
    _draw_values(left, rows, metric.unit)
    _draw_differences(right, rows, measurement)
    for axes in (left, right):
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.locator_params(axis="x", nbins=5)
        axes.hlines(
            np.arange(len(rows) - 1) + 0.5, 0, 1, transform=axes.get_yaxis_transform(), color=GRID, linewidth=0.8
        )
    labels = [textwrap.fill(str(row["comparison"]), WIDE, break_on_hyphens=False) for row in rows]
    left.set_yticks(range(len(rows)), labels, parse_math=False)
    right.tick_params(labelleft=False)
    drawn.legend([*left.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]], columns=COLUMNS)
    return drawn.figure


def _draw_values(axes: Axes, rows: Rows, unit: str) -> None:
    """Of one model compared with itself, the second number is a hollow mark, and both say what they are."""
    shown: set[str] = set()
    for place, row in enumerate(rows):
        for side, shift in (("first", -0.15), ("second", 0.15)):
            if row[f"{side}_value"] is None:
                continue
            model, value, low, high = str(row[side]), *(_bound(row, side, part) for part in ("value", "low", "high"))
            hollow = row["first"] == row["second"] and side == "second"
            axes.errorbar(
                value, place + shift, xerr=np.maximum([[value - low], [high - value]], 0), fmt=MARKERS.get(model, "o"),
                ms=6.5, color=_colour(model), mfc=PAPER if hollow else None, elinewidth=1.5, capsize=3.5,
                label=None if model in shown else model,
            )  # fmt: skip
            shown.add(model)
            if what := row[f"{side}_what"]:
                axes.annotate(
                    _words(what), (high, place + shift), (6, 0), fontsize=9, va="center", textcoords="offset points",
                    color=FAINT, parse_math=False,
                )  # fmt: skip
    axes.set_xlabel(unit, color=INK, fontsize=11)
    longest = max((len(str(row[f"{side}_what"] or "")) for row in rows for side in ("first", "second")), default=0)
    axes.margins(x=0.08)
    low, high = axes.get_xlim()
    axes.set_xlim(low, high + (high - low) * 0.045 * longest)


def _words(what: Cell) -> str:
    return str(what).replace("_", " ")


def _bound(row: Mapping[str, Cell], side: str, part: str) -> float:
    """A number of a row; a bound that is not known is the value."""
    value = row[f"{side}_{part}"]
    return float(row[f"{side}_value"] if value is None else value)  # type: ignore[arg-type]


def _colour(model: str) -> str:
    """The mini world's and the paper's models have the colours that they have on the page; others one by their name."""
    return MODELS[NAMES.index(model)] if model in NAMES else MODELS[sum(map(ord, model)) % len(MODELS)]


def _draw_differences(axes: Axes, rows: Rows, measurement: Measurement) -> None:
    value, low, high = (_column(rows, name) for name in ("difference", "low", "high"))
    interval = measurement.interval
    for place in range(len(rows)):
        colour = _outcome(low[place], high[place])[1]
        whiskers = np.maximum([[value[place] - low[place]], [high[place] - value[place]]], 0)
        axes.errorbar(value[place], place, xerr=whiskers, fmt="s", ms=6, color=colour, elinewidth=1.8, capsize=3.5)
        axes.annotate(
            _signed(value[place]), (value[place], place), (0, 8), textcoords="offset points", ha="center", fontsize=9,
            color=colour, bbox=PLATE,
        )  # fmt: skip
    axes.axvline(0, color=INK, linewidth=1.3, zorder=0.5)
    if interval is not None:
        colour = _outcome(interval.low, interval.high)[1]
        axes.axvspan(
            interval.low, interval.high, color=colour, alpha=0.13, linewidth=0, zorder=0, label="the finding as a whole"
        )
    ends = np.array([*low, *high, *((interval.low, interval.high) if interval else ()), 0.0])
    room = 0.1 * max(float(np.ptp(ends)), 1e-3)
    axes.set_xlim(ends.min() - room, ends.max() + room)
    axes.set_xlabel("difference (above 0: as the paper found)", color=INK, fontsize=11)


def _column(rows: Rows, name: str) -> NDArray[np.float64]:
    return np.array([row[name] for row in rows], dtype=np.float64)


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "\N{MINUS SIGN}")


def _outcome(low: float, high: float) -> tuple[str, str]:
    if low > 0:
        return "holds", HOLDS
    return ("contradicted", CONTRADICTED) if high < 0 else ("undecided", UNDECIDED)

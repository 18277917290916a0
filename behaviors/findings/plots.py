"""A finding as two pictures of the same rows: what was measured of each model, and by how much they differ."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Cell, Measurement, Metric

COLOURS = {"vit-sup": "#0072B2", "convnext-sup": "#D55E00", "vit-clip": "#56B4E9", "convnext-clip": "#E69F00"}
"""Okabe & Ito's blues for transformers and oranges for ConvNets: all kinds of colour vision tell them apart."""
MARKERS = {"vit-sup": "o", "convnext-sup": "o", "vit-clip": "D", "convnext-clip": "D"}
HOLDS, CONTRADICTED, UNDECIDED = "#2E7D4F", "#B3372B", "#6B7280"
INK, FAINT, GRID = "#22272E", "#6B7280", "#E5E7EB"
OTHERS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
HEAD, ROW, FOOT = 1.3, 0.52, 0.95
"""Inches above the rows, for each of them, and below."""
PLATE = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6}
WIDE = 40
"""Characters of a label before it goes on in the next line."""


def comparison(metric: Metric, about: str, measurement: Measurement) -> Figure:
    """Draw a finding: a row per comparison, the models' values on the left and the differences around 0 on the right.

    ``measurement``: of ``as_measurement``.  ``about``: which models on what, for the title.  Whiskers are intervals of
    each number by itself; the band on the right is that of the finding as a whole, which is what decides.
    """
    from matplotlib.figure import Figure  # half a second to import, and most runs draw nothing

    rows = measurement.parts
    if not rows:
        raise ValueError("a finding is drawn from its comparisons: measurement.parts")
    height = HEAD + ROW * len(rows) + FOOT
    figure = Figure(figsize=(11, height), dpi=100, facecolor="white")
    left, right = figure.subplots(1, 2, sharey=True)
    figure.subplots_adjust(left=0.29, right=0.975, wspace=0.06, top=1 - HEAD / height, bottom=FOOT / height)
    _draw_values(left, rows, metric.unit)
    _draw_differences(right, rows, measurement)
    for axes in (left, right):
        _tidy(axes, len(rows))
    left.set_yticks(range(len(rows)), [textwrap.fill(str(row["comparison"]), WIDE) for row in rows])
    left.tick_params(axis="y", length=0, labelcolor=INK)
    right.tick_params(axis="y", length=0)
    _write_words(figure, metric, about, measurement, height)
    _write_legend(figure, left, height)
    return figure


def _draw_values(axes: Axes, rows: Sequence[Mapping[str, Cell]], unit: str) -> None:
    """Of one model compared with itself, the second number is a hollow mark, and both say what they are."""
    shown: set[str] = set()
    for place, row in enumerate(rows):
        for side, shift in (("first", -0.15), ("second", 0.15)):
            if row[f"{side}_value"] is None:
                continue
            model, value, low, high = str(row[side]), *(_bound(row, side, part) for part in ("value", "low", "high"))
            itself = row["first"] == row["second"]
            axes.errorbar(
                value,
                place + shift,
                xerr=np.maximum([[value - low], [high - value]], 0),
                fmt=MARKERS.get(model, "o"),
                ms=6.5,
                color=_colour(model),
                mfc="white" if itself and side == "second" else None,
                elinewidth=1.5,
                capsize=3.5,
                label=None if model in shown else model,
            )
            shown.add(model)
            if what := row[f"{side}_what"]:
                axes.annotate(
                    str(what),
                    (high, place + shift),
                    (6, 0),
                    fontsize=9,
                    va="center",
                    textcoords="offset points",
                    color=FAINT,
                )
    axes.set_xlabel(unit, color=INK, fontsize=11)
    longest = max((len(str(row[f"{side}_what"] or "")) for row in rows for side in ("first", "second")), default=0)
    axes.margins(x=0.08 + 0.02 * longest)


def _bound(row: Mapping[str, Cell], side: str, part: str) -> float:
    """A number of a row; a bound that is not known is the value."""
    value = row[f"{side}_{part}"]
    return float(row[f"{side}_value"] if value is None else value)  # type: ignore[arg-type]


def _colour(model: str) -> str:
    return COLOURS.get(model, OTHERS[sum(map(ord, model)) % len(OTHERS)])


def _draw_differences(axes: Axes, rows: Sequence[Mapping[str, Cell]], measurement: Measurement) -> None:
    value, low, high = (_column(rows, name) for name in ("difference", "low", "high"))
    interval = measurement.interval
    if interval is not None:
        word, colour = _outcome(interval.low, interval.high)
        label = f"{word}: {interval.low:+.3f} to {interval.high:+.3f}"
        axes.axvspan(interval.low, interval.high, color=colour, alpha=0.13, linewidth=0, zorder=0, label=label)
    for place in range(len(rows)):
        colour = _outcome(low[place], high[place])[1]
        reach = np.maximum([[value[place] - low[place]], [high[place] - value[place]]], 0)
        axes.errorbar(value[place], place, xerr=reach, fmt="s", ms=6, color=colour, elinewidth=1.8, capsize=3.5)
        axes.annotate(
            f"{value[place]:+.3f}".replace("-", "−"),
            (value[place], place),
            (0, 8),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color=colour,
            bbox=PLATE,
        )
    axes.axvline(0, color=INK, linewidth=1.3, zorder=0.5)
    ends = np.array([*low, *high, *((interval.low, interval.high) if interval else ()), 0.0])
    room = 0.1 * max(float(np.ptp(ends)), 1e-3)
    axes.set_xlim(ends.min() - room, ends.max() + room)
    axes.set_xlabel("difference (above 0: as the paper found)", color=INK, fontsize=11)


def _column(rows: Sequence[Mapping[str, Cell]], name: str) -> NDArray[np.float64]:
    return np.array([row[name] for row in rows], dtype=np.float64)


def _outcome(low: float, high: float) -> tuple[str, str]:
    if low > 0:
        return "holds", HOLDS
    return ("contradicted", CONTRADICTED) if high < 0 else ("undecided", UNDECIDED)


def _write_words(figure: Figure, metric: Metric, about: str, measurement: Measurement, height: float) -> None:
    interval = measurement.interval
    facts = [about, f"{measurement.images:,} images"]
    if interval is not None:
        word, colour = _outcome(interval.low, interval.high)
        level = f"{100 * (1 - 2 * interval.alpha):.3g} % interval"
        number = f"{measurement.value:+.3f}, {level} {interval.low:+.3f} to {interval.high:+.3f}".replace("-", "−")
        figure.text(0.02, 1 - 0.72 / height, f"{word}: {number}", fontsize=12, color=colour, fontweight="bold")
    figure.text(
        0.02,
        1 - 0.4 / height,
        metric.title,
        fontsize=min(16.0, 16 * 75 / len(metric.title)),
        fontweight="bold",
        color=INK,
        parse_math=False,
    )
    figure.text(0.02, 1 - 1.0 / height, "   ".join(facts), fontsize=11, color=INK, parse_math=False)
    words = [interval.method] if interval is not None else []
    notes = "\n".join(textwrap.fill(note[:1].upper() + note[1:], 150) for note in [*words, *measurement.notes])
    figure.text(0.02, 0.12 / height, notes, fontsize=9, color=FAINT, va="bottom", parse_math=False)


def _write_legend(figure: Figure, axes: Axes, height: float) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="upper right",
        bbox_to_anchor=(0.98, 1 - 1.0 / height),
        ncols=4,
        fontsize=10,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1.6,
        columnspacing=1.5,
    )


def _tidy(axes: Axes, rows: int) -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.tick_params(colors=FAINT, labelsize=10)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.locator_params(axis="x", nbins=6)
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.hlines(np.arange(rows - 1) + 0.5, 0, 1, transform=axes.get_yaxis_transform(), color=GRID, linewidth=0.8)

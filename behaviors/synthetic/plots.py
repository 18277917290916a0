"""Accuracy per factor as bars, and along one factor as a curve."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.predictions import Predictions

BAR, MARK, INK, FAINT, GRID = "#9DB8D2", "#B4532A", "#22272E", "#6B7280", "#E5E7EB"
LONG, MANY = 7, 16
"""Names of levels that are longer than so many characters are written aslant, and upright where there are so many."""


def factors(predictions: Predictions, measurement: Measurement) -> Figure:
    """One bar per factor with its bounds, and a line at the average.

    ``measurement``: of ``mean_accuracy``.

    Raises:
        ValueError: it is of something else.
    """
    names, value, low, high = _columns(measurement, "factor", "mean_accuracy")
    figure, axes = _page(predictions, measurement, "average over factors", 1.9 + 0.46 * len(names), pad=22)
    place = np.arange(len(names))[::-1]
    axes.barh(place, value, 0.66, color=BAR)
    axes.errorbar(value, place, xerr=_reach(value, low, high), fmt="none", ecolor=INK, elinewidth=1.3, capsize=3)
    for y, shown, right in zip(place, value, np.fmax(value, high), strict=True):
        axes.annotate(
            f"{shown:.3f}", (right, y), (6, 0), textcoords="offset points", va="center", color=INK, fontsize=9.5
        )
    axes.axvline(measurement.value, color=MARK, linewidth=1.6)
    axes.annotate(
        f"average {measurement.value:.3f}", (measurement.value, 1), (0, 4), xycoords=("data", "axes fraction"),
        textcoords="offset points", ha="center", va="bottom", color=MARK, fontsize=10,
    )  # fmt: skip
    axes.set_yticks(place, [name.replace("_", " ").lower() for name in names])
    axes.set_xlim(0, 1.09)
    axes.set_xticks(np.linspace(0, 1, 6))
    _plain(axes, "x")
    axes.set_xlabel("top-1 accuracy", color=FAINT)
    return figure


def curve(predictions: Predictions, factor: str, measurement: Measurement) -> Figure:
    """Accuracy at each level of one factor, with its bounds; levels without an order are points without a line.

    ``measurement``: of ``factor_accuracy``.

    Raises:
        ValueError: it is of something else, or levels are not known.
    """
    names, value, low, high = _columns(measurement, "level", "factor_accuracy")
    words = factor.replace("_", " ").lower()
    figure, axes = _page(predictions, measurement, words, 4.6)
    place = np.arange(len(names))
    ordered = all(map(_is_number, names))
    axes.axhline(measurement.value, color=MARK, linewidth=1.6)
    axes.annotate(
        f"all levels {measurement.value:.3f}", (1, measurement.value), (6, 0), xycoords=("axes fraction", "data"),
        textcoords="offset points", va="center", color=MARK, fontsize=10,
    )  # fmt: skip
    if ordered:
        axes.plot(place, value, color=BAR, linewidth=2.4)
    axes.errorbar(place, value, yerr=_reach(value, low, high), fmt="none", ecolor=INK, elinewidth=1.3, capsize=3)
    axes.plot(place, value, "o", markersize=6, color=INK)
    if len(names) > MANY:
        axes.set_xticks(place, names, rotation=90, fontsize=7)
    elif max(map(len, names)) > LONG:
        axes.set_xticks(place, names, rotation=30, ha="right")
    else:
        axes.set_xticks(place, names)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(0, 1.03)
    _plain(axes, "y")
    axes.set_xlabel(words, color=FAINT)
    axes.set_ylabel("top-1 accuracy", color=FAINT)
    return figure


def _columns(
    measurement: Measurement, key: str, metric: str
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Names, accuracies and bounds (NaN where there are none)."""
    if not measurement.parts or key not in measurement.parts[0]:
        raise ValueError(f"the figure needs the {key}s of a {metric}: measurement.parts")
    rows = measurement.parts
    value, low, high = (np.array([row[name] for row in rows], dtype=np.float64) for name in ("accuracy", "low", "high"))
    return [str(row[key]) for row in rows], value, low, high


def _page(
    predictions: Predictions, measurement: Measurement, words: str, height: float, pad: float = 12
) -> tuple[Figure, Axes]:
    """An empty figure that says who, what and how sure, ``pad`` points above the axes."""
    from matplotlib.figure import Figure  # half a second to import, and most runs draw nothing

    figure = Figure(figsize=(9, height), dpi=100, facecolor="white", layout="constrained")
    facts = [f"{words}: accuracy {measurement.value:.3f}", f"{measurement.images:,} images"]
    if interval := measurement.interval:
        level = f"{100 * (1 - 2 * interval.alpha):.3g} %"
        facts.insert(1, f"{level} interval [{interval.low:.3f}, {interval.high:.3f}]")
    if number := measurement.details.get("scenes"):
        facts.append(f"{number:,.0f} scenes")
    name = textwrap.shorten(f"{predictions.model} on {predictions.dataset}", 90, placeholder=" ...")
    figure.suptitle(name, x=0.012, ha="left", fontsize=14, fontweight="bold", color=INK, parse_math=False)
    axes = figure.subplots()
    axes.set_title("   ".join(facts), loc="left", fontsize=10.5, color=INK, pad=pad, parse_math=False)
    for note in measurement.notes:
        text = textwrap.fill(note[:1].upper() + note[1:], 120)
        figure.supxlabel(text, x=0.012, ha="left", fontsize=9, color=FAINT, parse_math=False)
    return figure, axes


def _reach(value: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, N): how far the whiskers go; never less than nothing where a bound is rounded."""
    reach: NDArray[np.float64] = np.maximum([value - low, high - value], 0)
    return reach


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _plain(axes: Axes, grid: str) -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(length=0, colors=INK)
    axes.grid(axis="x" if grid == "x" else "y", color=GRID)
    axes.set_axisbelow(True)

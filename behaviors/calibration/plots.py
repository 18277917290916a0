"""The reliability diagram: accuracy against confidence, with the terms of the ECE, above where the images are."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from behaviors.statistics.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Cell, Measurement
    from behaviors.contract.predictions import Predictions

OVER, UNDER = "#E6955A", "#5AA3CF"  # tints of Okabe & Ito's vermilion and blue: all kinds of colour vision see two
BAR, INK, FAINT, GRID = "#CDD2D9", "#22272E", "#6B7280", "#E5E7EB"
DASHED, DOTTED = (0, (5, 4)), (0, (2, 2))
LEFT, FILL = 0.085, 0.92
"""Where text starts, as a share of the figure's width; how much of a bin's width its bar fills."""


def reliability(predictions: Predictions, measurement: Measurement) -> Figure:
    """Draw an ECE: each coloured block is a bin's own gap, from its accuracy to its mean confidence.

    ``measurement``: of ``expected_calibration_error`` on these predictions; whiskers are Wilson intervals at its alpha.
    """
    from matplotlib.figure import Figure  # half a second to import, and most runs draw nothing

    bins = [row for row in measurement.parts if row["images"]]
    if not bins:
        raise ValueError("a reliability diagram needs the bins of an expected calibration error: measurement.parts")
    alpha = measurement.interval.alpha if measurement.interval else 0.05
    figure = Figure(figsize=(9, 8.6), dpi=100, facecolor="white")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3.3, 1))
    bottom = 0.125 if measurement.notes else 0.075
    figure.subplots_adjust(left=LEFT, right=0.975, top=0.86, bottom=bottom, hspace=0.13)
    _draw_bins(above, bins, alpha)
    _draw_histogram(below, bins, predictions)
    _write_words(figure, predictions, measurement)
    _write_legend(figure, alpha)
    return figure


def _draw_bins(axes: Axes, bins: list[Mapping[str, Cell]], alpha: float) -> None:
    low, high, images, confidence, accuracy = _columns(bins, "low", "high", "images", "confidence", "accuracy")
    width, middle, gap = FILL * (high - low), (low + high) / 2, confidence - accuracy
    axes.bar(middle, np.minimum(accuracy, confidence), width, color=BAR)
    axes.bar(middle, gap, width, bottom=accuracy, color=np.where(gap > 0, OVER, UNDER).tolist())
    axes.hlines(confidence, middle - width / 2, middle + width / 2, color=INK, linewidth=2)
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1.2, linestyle=DASHED)
    intervals = [wilson(round(a * n), int(n), alpha=alpha) for a, n in zip(accuracy, images, strict=True)]
    reach = [accuracy - [i.low for i in intervals], [i.high for i in intervals] - accuracy]
    whiskers = np.maximum(reach, 0)
    axes.errorbar(middle, accuracy, whiskers, fmt="o", ms=4, color=INK, elinewidth=1.3, capsize=4, clip_on=False)
    axes.set(xlim=(0, 1), ylim=(0, 1.015))
    axes.set_ylabel("accuracy", color=INK, fontsize=12)
    _tidy(axes)


def _draw_histogram(axes: Axes, bins: list[Mapping[str, Cell]], predictions: Predictions) -> None:
    low, high, images = _columns(bins, "low", "high", "images")
    share = 100 * images / images.sum()
    bars = axes.bar((low + high) / 2, share, FILL * (high - low), color=BAR)
    plate = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6}
    labels = [f"{percent:.0f}" if percent >= 0.95 else "<1" for percent in share]
    axes.bar_label(bars, labels, padding=3, color=FAINT, fontsize=9, bbox=plate, zorder=4)

    confidence, accuracy = float(np.mean(predictions.confidence)), float(np.mean(predictions.correct))
    gap = confidence - accuracy
    colour, word = (OVER, "over-confident") if gap > 0 else (UNDER, "under-confident")
    difference = f"{gap:+.3f}".replace("-", "\N{MINUS SIGN}")
    label = f"{difference} {word}" if abs(gap) >= 0.0005 else "no difference"
    axes.axvline(accuracy, color=INK, linewidth=1.6, linestyle=DOTTED, label=f"accuracy {accuracy:.3f}")
    axes.axvline(confidence, color=INK, linewidth=1.6, label=f"mean confidence {confidence:.3f}")
    axes.axvspan(*sorted((accuracy, confidence)), color=colour, alpha=0.6, linewidth=0, zorder=0.6, label=label)
    place = (-0.008, 0.99)
    axes.legend(loc="lower left", bbox_to_anchor=place, ncols=3, fontsize=10, frameon=False, handlelength=1.6)
    axes.set_ylim(0, 1.25 * share.max())
    axes.set_yticks([tick for tick in axes.get_yticks() if tick <= share.max()])
    axes.set_ylabel("% of images", color=INK, fontsize=12)
    axes.set_xlabel("confidence: probability of the predicted class", color=INK, fontsize=12)
    _tidy(axes)


def _write_words(figure: Figure, predictions: Predictions, measurement: Measurement) -> None:
    view = "" if predictions.view == "identity" else f", {predictions.view}"
    title = f"{predictions.model} on {predictions.dataset}{view}"
    facts = [f"ECE {measurement.value:.4f}", f"{measurement.images:,} images"]
    if interval := measurement.interval:
        facts.insert(1, f"{_level(interval.alpha)} interval [{interval.low:.4f}, {interval.high:.4f}]")
    if floor := measurement.details.get("noise_floor"):
        facts.append(f"noise floor {floor:.4f}")
    notes = "\n".join(textwrap.fill(note[:1].upper() + note[1:], 130) for note in measurement.notes)
    size = min(17.0, 17 * 54 / len(title))
    figure.text(LEFT, 0.955, title, fontsize=size, fontweight="bold", color=INK, parse_math=False)
    figure.text(LEFT, 0.922, "   ".join(facts), fontsize=12, color=INK)
    figure.text(LEFT, 0.012, notes, fontsize=9.5, color=FAINT, va="bottom", parse_math=False)


def _write_legend(figure: Figure, alpha: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(color=OVER, label="over-confident"),
        Patch(color=UNDER, label="under-confident"),
        Line2D([], [], color=INK, linewidth=2, label="mean confidence"),
        Line2D([], [], color=INK, marker="o", markersize=4, linewidth=1.3, label=f"accuracy, {_level(alpha)} interval"),
        Line2D([], [], color=FAINT, linewidth=1.2, linestyle=DASHED, label="calibrated"),
    ]
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(LEFT, 0.905),
        ncols=len(handles),
        fontsize=10,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1.6,
        handletextpad=0.5,
        columnspacing=1.5,
    )


def _columns(bins: list[Mapping[str, Cell]], *names: str) -> list[NDArray[np.float64]]:
    return [np.array([row[name] for row in bins], dtype=np.float64) for name in names]


def _level(alpha: float) -> str:
    return f"{100 * (1 - 2 * alpha):.3g} %"


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.tick_params(colors=FAINT, labelsize=10)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=GRID, linewidth=0.8)

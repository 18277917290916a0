"""The reliability diagram: accuracy against confidence, with the terms of the ECE, above where the images are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import (
    BLUE,
    DASHED,
    DOTTED,
    FAINT,
    FILL,
    INK,
    ORANGE,
    Sheet,
    divided,
    facts_of,
    level,
    reach,
    sheet,
    tidy,
    title_of,
)
from behaviors.statistics.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Cell, Measurement
    from behaviors.contract.predictions import Predictions

OVER, UNDER, BAR = ORANGE, BLUE, FILL
WIDE = 0.92
"""How much of a bin's width its bar fills."""
HEIGHT, GAP = 6.2, 0.5
"""Inches."""
WORDS, LINES = 0.91, 0.8
"""Where, of the lower axes' height, the shares are written, and how far the lines go."""


def reliability(predictions: Predictions, measurement: Measurement) -> Figure:
    """Draw an ECE: each coloured block is a bin's own gap, from its accuracy to its mean confidence.

    ``measurement``: of ``expected_calibration_error`` on these predictions; whiskers are Wilson intervals at its alpha.
    """
    bins = [row for row in measurement.parts if row["images"]]
    if not bins:
        raise ValueError("a reliability diagram needs the bins of an expected calibration error: measurement.parts")
    alpha = measurement.interval.alpha if measurement.interval else 0.05
    facts = facts_of("ECE", measurement, digits=4)
    if floor := measurement.details.get("noise_floor"):
        facts.append(f"noise floor {floor:.4f}")
    drawn = sheet(title_of(predictions), facts, height=HEIGHT, notes=measurement.notes, left=0.85, right=0.35)
    above, below = divided(drawn, (3.3, 1), GAP, along="height")
    _draw_bins(above, bins, alpha)
    _draw_histogram(below, bins, predictions)
    _write_legend(drawn, alpha)
    return drawn.figure


def _draw_bins(axes: Axes, bins: list[Mapping[str, Cell]], alpha: float) -> None:
    low, high, images, confidence, accuracy = _columns(bins, "low", "high", "images", "confidence", "accuracy")
    width, middle, gap = WIDE * (high - low), (low + high) / 2, confidence - accuracy
    axes.bar(middle, np.minimum(accuracy, confidence), width, color=BAR)
    axes.bar(middle, gap, width, bottom=accuracy, color=np.where(gap > 0, OVER, UNDER).tolist())
    axes.hlines(confidence, middle - width / 2, middle + width / 2, color=INK, linewidth=2)
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1.2, linestyle=DASHED)
    bounds = [wilson(round(a * n), int(n), alpha=alpha) for a, n in zip(accuracy, images, strict=True)]
    whiskers = reach(accuracy, np.array([one.low for one in bounds]), np.array([one.high for one in bounds]))
    axes.errorbar(middle, accuracy, whiskers, fmt="o", ms=4, color=INK, elinewidth=1.3, capsize=4, clip_on=False)
    axes.set(xlim=(0, 1), ylim=(0, 1.015))
    axes.set_ylabel("accuracy", color=INK, fontsize=11)
    axes.tick_params(labelbottom=False)
    tidy(axes, "y")


def _draw_histogram(axes: Axes, bins: list[Mapping[str, Cell]], predictions: Predictions) -> None:
    """Shares of the images stand in a row of their own, where no line runs."""
    low, high, images = _columns(bins, "low", "high", "images")
    share = images / images.sum()
    axes.bar((low + high) / 2, share, WIDE * (high - low), color=BAR, zorder=2)
    for middle, part in zip((low + high) / 2, share, strict=True):
        words = f"{100 * part:.0f} %" if part >= 0.0095 else "<1 %"
        axes.annotate(
            words,
            (middle, WORDS),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="center",
            color=FAINT,
            fontsize=9,
        )
    confidence, accuracy = float(np.mean(predictions.confidence)), float(np.mean(predictions.correct))
    gap = confidence - accuracy
    colour, word = (OVER, "over-confident") if gap > 0 else (UNDER, "under-confident")
    difference = f"{gap:+.3f}".replace("-", "\N{MINUS SIGN}")
    label = f"{difference} {word}" if abs(gap) >= 0.0005 else "no difference"
    axes.axvline(accuracy, 0, LINES, color=INK, linewidth=1.6, linestyle=DOTTED, label=f"accuracy {accuracy:.3f}")
    axes.axvline(confidence, 0, LINES, color=INK, linewidth=1.6, label=f"mean confidence {confidence:.3f}")
    left, right = sorted((accuracy, confidence))
    axes.axvspan(left, right, 0, LINES, color=colour, alpha=0.6, linewidth=0, zorder=2.2, label=label)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.008, 0.98), ncols=3, fontsize=10, frameon=False, handlelength=1.6,
        labelcolor=INK,
    )  # fmt: skip
    axes.set_ylim(0, float(share.max()) / LINES)
    axes.set_yticks([tick for tick in axes.get_yticks() if tick <= share.max()])
    axes.set_ylabel("share of images", color=INK, fontsize=11)
    axes.set_xlabel("confidence: probability of the predicted class", color=INK, fontsize=11)
    tidy(axes, "y")


def _write_legend(drawn: Sheet, alpha: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    accuracy = f"accuracy, {level(alpha)} interval"
    drawn.legend([
        Patch(color=OVER, label="over-confident"),
        Patch(color=UNDER, label="under-confident"),
        Line2D([], [], color=INK, linewidth=2, label="mean confidence"),
        Line2D([], [], color=INK, marker="o", markersize=4, linewidth=1.3, label=accuracy),
        Line2D([], [], color=FAINT, linewidth=1.2, linestyle=DASHED, label="calibrated"),
    ])  # fmt: skip


def _columns(bins: list[Mapping[str, Cell]], *names: str) -> list[NDArray[np.float64]]:
    return [np.array([row[name] for row in bins], dtype=np.float64) for name in names]

"""The risk-coverage curve: errors among the images that are answered, the surest first, with exact bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.predictions import Predictions

LINE, BAND, INK, FAINT, GRID, MARK = "#0072B2", "#9CC9E3", "#22272E", "#6B7280", "#E5E7EB", "#D55E00"
DASHED = (0, (5, 4))
LEFT = 0.09


def risk_coverage(predictions: Predictions, measurement: Measurement, name: str) -> Figure:
    """Draw the working points of ``measurement``; ``name`` is what its value is called.

    ``measurement``: of this room, on these predictions; a working point that it is about is marked.  The dashed line is
    the best order of these answers, the dotted one no order at all.
    """
    from matplotlib.figure import Figure

    if not measurement.parts:
        raise ValueError("a risk-coverage curve needs working points: measurement.parts")
    rows = measurement.parts
    coverage, risk, low, high = (
        np.array([row[key] for row in rows], dtype=np.float64) for key in ("coverage", "risk", "low", "high")
    )
    figure = Figure(figsize=(9, 6.4), dpi=100, facecolor="white")
    axes = figure.add_axes((LEFT, 0.11, 0.885, 0.69))
    alpha = measurement.interval.alpha if measurement.interval else 0.05
    level = f"{100 * (1 - 2 * alpha):.3g} %"
    axes.fill_between(
        100 * coverage, 100 * low, 100 * high, color=BAND, alpha=0.6, linewidth=0, label=f"{level} bounds"
    )
    axes.plot(100 * coverage, 100 * risk, color=LINE, linewidth=2, marker="o", markersize=4, label="risk")
    _draw_orders(axes, float(risk[-1]))
    _draw_demand(axes, measurement)
    axes.set(xlim=(0, 101), ylim=(0, max(2.0, 100 * min(1.0, 1.15 * float(np.max(high[coverage >= 0.2], initial=0))))))
    axes.set_xlabel("coverage: % of images answered, the surest first", color=INK, fontsize=12)
    axes.set_ylabel("risk: % of the answered that are wrong", color=INK, fontsize=12)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.tick_params(colors=FAINT, labelsize=10)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.legend(loc="upper left", bbox_to_anchor=(-0.008, 1.1), ncols=5, fontsize=10, frameon=False)
    _write_words(figure, predictions, measurement, name, level)
    return figure


def _draw_orders(axes: Axes, error: float) -> None:
    share = np.linspace(0.01, 1, 200)
    best = np.maximum(0, 1 - (1 - error) / share)
    axes.plot(100 * share, 100 * best, color=FAINT, linewidth=1.3, linestyle=DASHED, label="best order")
    axes.axhline(100 * error, color=FAINT, linewidth=1.3, linestyle=":", label="no order")


def _draw_demand(axes: Axes, measurement: Measurement) -> None:
    if (allowed := measurement.details.get("allowed_risk")) is not None:
        at = measurement.value, allowed
    elif (covered := measurement.details.get("coverage")) is not None:
        at = covered, measurement.value
    else:
        return
    axes.plot([100 * at[0]], [100 * at[1]], "D", color=MARK, markersize=8, zorder=5, label="demanded")


def _write_words(figure: Figure, predictions: Predictions, measurement: Measurement, name: str, level: str) -> None:
    view = "" if predictions.view == "identity" else f", {predictions.view}"
    title = f"{predictions.model} on {predictions.dataset}{view}"
    facts = [f"{name} {measurement.value:.4f}", f"{measurement.images:,} images"]
    if interval := measurement.interval:
        facts.insert(1, f"{level} interval [{interval.low:.4f}, {interval.high:.4f}]")
    size = min(17.0, 17 * 54 / len(title))
    figure.text(LEFT, 0.935, title, fontsize=size, fontweight="bold", color=INK, parse_math=False)
    figure.text(LEFT, 0.89, "   ".join(facts), fontsize=12, color=INK)

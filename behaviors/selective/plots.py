"""The risk-coverage curve: errors among the images that are answered, the surest first, with exact bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import (
    BLUE,
    DASHED,
    DEEP_BLUE,
    DEEP_ORANGE,
    DOTTED,
    FAINT,
    INK,
    facts_of,
    level,
    sheet,
    tidy,
    title_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.predictions import Predictions


def risk_coverage(predictions: Predictions, measurement: Measurement, name: str) -> Figure:
    """Draw the working points of ``measurement``; ``name`` is what its value is called.

    ``measurement``: of this room, on these predictions; a working point that it is about is marked.  The dashed line is
    the best order of these answers, the dotted one no order at all.
    """
    if not measurement.parts:
        raise ValueError("a risk-coverage curve needs working points: measurement.parts")
    coverage, risk, low, high = (
        np.array([row[key] for row in measurement.parts], dtype=np.float64)
        for key in ("coverage", "risk", "low", "high")
    )
    facts = facts_of(name, measurement, digits=4)
    drawn = sheet(title_of(predictions), facts, height=4.2, notes=measurement.notes, left=0.95, right=0.4)
    axes = drawn.axes
    alpha = measurement.interval.alpha if measurement.interval else 0.05
    axes.fill_between(coverage, low, high, color=BLUE, alpha=0.3, linewidth=0, label=f"{level(alpha)} bounds")
    axes.plot(coverage, risk, color=DEEP_BLUE, linewidth=2, marker="o", markersize=4, label="risk")
    _draw_orders(axes, float(risk[-1]))
    _draw_demand(axes, measurement)
    axes.set(xlim=(0, 1.01), ylim=(0, max(0.02, min(1.0, 1.15 * float(np.max(high[coverage >= 0.2], initial=0))))))
    axes.set_xlabel("coverage: share of the images that are answered, the surest first", color=INK, fontsize=11)
    axes.set_ylabel("risk: share of the answered that is wrong", color=INK, fontsize=11)
    tidy(axes, "y")
    drawn.legend()
    return drawn.figure


def _draw_orders(axes: Axes, error: float) -> None:
    share = np.linspace(0.01, 1, 200)
    best = np.maximum(0, 1 - (1 - error) / share)
    axes.plot(share, best, color=FAINT, linewidth=1.3, linestyle=DASHED, label="best order of these answers")
    axes.axhline(error, color=FAINT, linewidth=1.3, linestyle=DOTTED, label="no order")


def _draw_demand(axes: Axes, measurement: Measurement) -> None:
    if (allowed := measurement.details.get("allowed_risk")) is not None:
        at = measurement.value, allowed
    elif (covered := measurement.details.get("coverage")) is not None:
        at = covered, measurement.value
    else:
        return
    axes.plot([at[0]], [at[1]], "D", color=DEEP_ORANGE, markersize=8, zorder=5, label="this number")

"""Error consistency of a model with each person, beside what people have among each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import (
    BLUE,
    DASHED,
    DEEP_BLUE,
    DEEP_ORANGE,
    INK,
    facts_of,
    level,
    reach,
    sheet,
    title_of,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.predictions import Predictions

ROW = 0.32
"""Inches."""


def with_each(predictions: Predictions, measurement: Measurement) -> Figure:
    """Draw a dot for each person of ``measurement``, their mean, and the ceiling where there is one."""
    rows = measurement.parts
    if not rows:
        raise ValueError("a figure of agreement with people needs people: measurement.parts")
    drawn = sheet(
        title_of(predictions), facts_of("error consistency with people", measurement), height=ROW * len(rows) + 0.4,
        notes=measurement.notes, left=1.8,
    )  # fmt: skip
    value, low, high = (np.array([row[key] for row in rows], dtype=np.float64) for key in ("kappa", "low", "high"))
    places = np.arange(len(rows))
    alpha = measurement.interval.alpha if measurement.interval else 0.05
    drawn.axes.errorbar(
        value, places, xerr=reach(value, low, high), fmt="o", ms=6, color=DEEP_BLUE, ecolor=BLUE, elinewidth=2,
        label=f"kappa, with {level(alpha)} interval",
    )  # fmt: skip
    drawn.axes.axvline(measurement.value, color=DEEP_BLUE, linewidth=1.3, linestyle=DASHED, label="mean over people")
    if (ceiling := measurement.details.get("ceiling")) is not None:
        drawn.axes.axvline(ceiling, color=DEEP_ORANGE, linewidth=1.6, label="people among each other")
    drawn.axes.set_ylim(len(rows) - 0.4, -0.6)
    drawn.axes.set_yticks(places, [str(row["person"])[:24] for row in rows], parse_math=False)
    drawn.axes.set_xlabel("error consistency (kappa): 0 by chance, 1 the same errors", color=INK, fontsize=11)
    drawn.legend()
    return drawn.figure

"""What probes reach, task by task: bars with their intervals, over what a probe reaches that sees nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import BLUE, DASHED, DEEP_ORANGE, INK, beside, facts_of, reach, sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from behaviors.contract.measurement import Measurement

ROW = 0.42
"""Inches."""
LONGEST = 18
"""Letters of a task's name that there is room for."""


def tasks(model: str, measurement: Measurement) -> Figure:
    """Draw a ``mean_probe_accuracy``: one bar per task, the least accurate at the bottom."""
    rows = sorted(measurement.parts, key=lambda row: float(row["accuracy"] or 0))
    if not rows:
        raise ValueError("the figure of a mean over tasks needs its tasks: measurement.parts")
    count = len(rows)
    mean, *facts = facts_of("mean", measurement)
    drawn = sheet(
        f"Linear probes on {model}",
        [
            f"{mean} over {count} task{'' if count == 1 else 's'}",
            *facts[:-1],
            facts[-1].replace("images", "test images"),
        ],
        height=ROW * count,
        left=1.8,
    )
    axes, place = drawn.axes, np.arange(count)
    columns = ("accuracy", "low", "high", "chance")
    accuracy, low, high, chance = (np.array([row[name] for row in rows], dtype=np.float64) for name in columns)
    axes.barh(place, accuracy, 0.72, color=BLUE, zorder=2, label="accuracy of the probe")
    axes.errorbar(
        accuracy, place, xerr=reach(accuracy, low, high), fmt="none", color=INK, elinewidth=1.3, capsize=4,
        clip_on=False, zorder=3, label="interval",
    )  # fmt: skip
    axes.vlines(
        chance, place - 0.36, place + 0.36, color=DEEP_ORANGE, linewidth=2.6, zorder=3, label="reached without looking"
    )
    axes.axvline(measurement.value, color=INK, linewidth=1.4, linestyle=DASHED, zorder=1, label="mean")
    axes.set(xlim=(0, 1), ylim=(-0.6, count - 0.4))
    axes.set_yticks(place, [_short(str(row["task"])) for row in rows], parse_math=False)
    axes.set_xlabel("accuracy: test images answered rightly", color=INK, fontsize=11)
    beside(axes, "accuracy", [f"{value:.3f}" for value in accuracy], list(place))
    drawn.legend()
    return drawn.figure


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"

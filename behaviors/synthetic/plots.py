"""Accuracy per factor as bars, and along one factor as a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from behaviors.contract.figures import BLUE, DEEP_ORANGE, INK, Sheet, beside, facts_of, reach, sheet, tidy, title_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.predictions import Predictions

LONG, MANY = 7, 16
"""Names of levels that are longer than so many characters are written aslant, and upright where there are so many."""
ROW = 0.4
"""Inches."""
UNITS = {
    "Object_Scale": "size of the object",
    "Object_Texture": "texture of the object",
    "Scene_Light": "strength of the light",
    "Worlds": "background",
}
"""Of the levels of a factor; the others are angles."""


def factors(predictions: Predictions, measurement: Measurement) -> Figure:
    """One bar per factor with its bounds, its number beside it, and a line at the average behind the bars.

    ``measurement``: of ``mean_accuracy``.

    Raises:
        ValueError: it is of something else.
    """
    names, value, low, high = _columns(measurement, "factor", "mean_accuracy")
    drawn = _sheet(predictions, measurement, "average over factors: accuracy", ROW * len(names))
    axes, place = drawn.axes, np.arange(len(names))
    axes.barh(place, value, 0.66, color=BLUE, zorder=2, label="top-1 accuracy")
    axes.errorbar(
        value, place, xerr=reach(value, low, high), fmt="none", ecolor=INK, elinewidth=1.3, capsize=3, zorder=3,
        label="interval",
    )  # fmt: skip
    axes.axvline(measurement.value, color=DEEP_ORANGE, linewidth=1.6, zorder=1, label="average")
    axes.set_yticks(place, [name.replace("_", " ").lower() for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel("top-1 accuracy", color=INK, fontsize=11)
    beside(axes, "accuracy", [f"{one:.3f}" for one in value], list(place))
    drawn.legend()
    return drawn.figure


def curve(predictions: Predictions, factor: str, measurement: Measurement) -> Figure:
    """Accuracy at each level of one factor, with its bounds; levels without an order are points without a line.

    ``measurement``: of ``factor_accuracy``.

    Raises:
        ValueError: it is of something else, or levels are not known.
    """
    names, value, low, high = _columns(measurement, "level", "factor_accuracy")
    words = factor.replace("_", " ").lower()
    drawn = _sheet(predictions, measurement, f"{words}: accuracy", 3.1)
    axes, place = drawn.axes, np.arange(len(names))
    axes.axhline(measurement.value, color=DEEP_ORANGE, linewidth=1.6, label="all levels")
    if all(map(_is_number, names)):
        axes.plot(place, value, color=BLUE, linewidth=2.4)
    axes.errorbar(place, value, yerr=reach(value, low, high), fmt="none", ecolor=INK, elinewidth=1.3, capsize=3)
    axes.plot(place, value, "o", markersize=6, color=INK, label="accuracy at a level, with its interval")
    if len(names) > MANY:
        axes.set_xticks(place, names, rotation=90, fontsize=7)
    elif max(map(len, names)) > LONG:
        axes.set_xticks(place, names, rotation=20, ha="right", rotation_mode="anchor")
    else:
        axes.set_xticks(place, names)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(0, 1.03)
    tidy(axes, "y")
    axes.set_xlabel(f"{words}: {_unit(factor)}", color=INK, fontsize=11)
    axes.set_ylabel("top-1 accuracy", color=INK, fontsize=11)
    drawn.legend()
    return drawn.figure


def _unit(factor: str) -> str:
    turned = factor.endswith(("_Pitch", "_Yaw", "_Roll"))
    return "degrees" if turned else UNITS.get(factor, "levels")


def _columns(
    measurement: Measurement, key: str, metric: str
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Names, accuracies and bounds (NaN where there are none)."""
    if not measurement.parts or key not in measurement.parts[0]:
        raise ValueError(f"the figure needs the {key}s of a {metric}: measurement.parts")
    rows = measurement.parts
    value, low, high = (np.array([row[name] for row in rows], dtype=np.float64) for name in ("accuracy", "low", "high"))
    return [str(row[key]) for row in rows], value, low, high


def _sheet(predictions: Predictions, measurement: Measurement, words: str, height: float) -> Sheet:
    """An empty sheet that says who, what and how sure."""
    facts = facts_of(words, measurement)
    if number := measurement.details.get("scenes"):
        facts.append(f"{number:,.0f} scenes")
    return sheet(title_of(predictions), facts, height=height, notes=measurement.notes, left=1.5)


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True

"""The line that ordinary models lie near, and how far above it another one is: its effective robustness.

Accuracy on a shifted set against accuracy on the original one is nearly a straight line where both axes are logits.
What a model has above the line at its own accuracy is not explained by that accuracy.

    line        g(y) = slope g(x) + intercept, least squares over the models; g: logit, probit or nothing
    effective   y - g^-1(slope g(x) + intercept), in accuracy

How sure it is has two parts.  The images: each moves the model's own two accuracies and, where the line is fitted on
the same images, those of the line's models too; ``Line.moves`` says how far.  And the line itself, which few models
that lie beside it fix badly: ``Line.error``, with Student's t.

Sources: Taori et al. 2020, NeurIPS, arXiv:2007.00644 (logit axes); Miller et al. 2021, ICML, arXiv:2107.04649 (probit).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtr, ndtri, stdtrit  # scipy.stats would double the time to import

Floats = NDArray[np.float64]
Axes = Literal["logit", "probit", "linear"]


class _Axis(NamedTuple):
    """``to``: an accuracy's place on the axis.  ``back``: its inverse.  ``slope``: of ``back``, at a place.

    Of one number or of (K,).
    """

    to: Callable[[Any], Any]
    back: Callable[[Any], Any]
    slope: Callable[[Any], Any]


AXES: Mapping[Axes, _Axis] = {
    "logit": _Axis(logit, expit, lambda place: expit(place) * expit(-place)),
    "probit": _Axis(ndtri, ndtr, lambda place: np.exp(-np.square(place) / 2) / math.sqrt(2 * math.pi)),
    "linear": _Axis(lambda value: value, lambda place: place, np.ones_like),
}


class Moves(NamedTuple):
    """How far an effective robustness moves with each accuracy that it depends on, to first order.

    ``own_x``, ``own_y``: with the model's own two.  ``line_x``, ``line_y``: (K,) with those of the line's models.
    """

    own_x: float
    own_y: float
    line_x: Floats
    line_y: Floats


@dataclass(frozen=True, eq=False)
class Line:
    """``x``, ``y``: (K,) accuracies of the models that it is fitted on.  ``slope``, ``intercept``: on the axes.

    ``spread``: standard deviation of the models about it, on the axes, by K - 2 degrees; NaN where there are only two.
    """

    x: Floats
    y: Floats
    axes: Axes
    slope: float
    intercept: float
    spread: float

    @property
    def degrees(self) -> int:
        """Degrees of freedom of ``spread``."""
        return self.x.size - 2

    def at(self, x: float) -> float:
        """The accuracy on the shifted set of an ordinary model with the accuracy ``x``."""
        return float(AXES[self.axes].back(self._place(x)))

    def above(self, x: float, y: float) -> float:
        """The effective robustness of a model with these accuracies."""
        return y - self.at(x)

    def error(self, x: float) -> float:
        """The standard error of ``at(x)``, in accuracy, that comes of which models the line is fitted on.

        NaN where two models fix the line.
        """
        axis = AXES[self.axes]
        u, at = axis.to(self.x), float(axis.to(x))
        leverage = 1 / u.size + (at - u.mean()) ** 2 / np.square(u - u.mean()).sum()
        return float(axis.slope(self._place(x)) * self.spread * math.sqrt(leverage))

    def reach(self, x: float, *, alpha: float) -> float:
        """How far ``at(x)`` may be off to one side, with error alpha, by which models it is fitted on.

        Infinite where two models fix the line: nothing shows how far others lie beside it.
        """
        return math.inf if self.degrees < 1 else float(stdtrit(self.degrees, 1 - alpha)) * self.error(x)

    def moves(self, x: float) -> Moves:
        """Derivatives of ``above(x, y)``, which do not depend on y."""
        axis = AXES[self.axes]
        u, v, at = axis.to(self.x), axis.to(self.y), float(axis.to(x))
        centred = u - u.mean()
        square, off = float(np.square(centred).sum()), at - float(u.mean())
        by_v = 1 / u.size + off * centred / square  # of the line's height at x, in each model's place on the y axis
        residual = v - v.mean() - self.slope * centred
        by_u = off * residual / square - self.slope * by_v  # the same, in its place on the x axis
        height = float(axis.slope(self._place(x)))
        own = -height * self.slope / float(axis.slope(at))
        return Moves(own, 1.0, -height * by_u / axis.slope(u), -height * by_v / axis.slope(v))

    def _place(self, x: float) -> float:
        return self.slope * float(AXES[self.axes].to(x)) + self.intercept


def fitted(x: ArrayLike, y: ArrayLike, *, axes: Axes = "logit") -> Line:
    """The line through these models.

    ``x``, ``y``: (K,) their accuracies on the original and on the shifted set, K >= 2; inside (0, 1) but for linear
    axes.

    Raises:
        ValueError: fewer than two models, not two accuracies of each, one that has no place on the axes, or all models
            equally accurate on the original set.

    >>> line = fitted([0.6, 0.7, 0.8], [0.4, 0.52, 0.66])
    >>> round(line.slope, 4), round(line.at(0.75), 4), round(line.above(0.75, 0.65), 4)
    (1.0894, 0.5869, 0.0631)
    """
    before, after = (np.asarray(values, dtype=np.float64) for values in (x, y))
    if before.ndim != 1 or before.shape != after.shape or before.size < 2:
        raise ValueError(
            f"a line needs two accuracies of each of at least 2 models; got shapes {before.shape} and {after.shape}"
        )
    u, v = _places(before, axes), _places(after, axes)
    centred = u - u.mean()
    square = float(np.square(centred).sum())
    if not square > 1e-12:
        raise ValueError(
            f"all {before.size} models are equally accurate on the original set: no line goes through them"
        )
    slope = float(centred @ v) / square
    residual = v - v.mean() - slope * centred
    spread = math.sqrt(float(residual @ residual) / (before.size - 2)) if before.size > 2 else math.nan
    return Line(before, after, axes, slope, float(v.mean() - slope * u.mean()), spread)


def _places(values: Floats, axes: Axes) -> Floats:
    outside = values[~((values > 0) & (values < 1))] if axes != "linear" else values[~np.isfinite(values)]
    if outside.size:
        raise ValueError(f"an accuracy of {outside[0]:g} has no place on {axes} axes")
    places: Floats = AXES[axes].to(values)
    return places

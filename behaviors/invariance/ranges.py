"""How far the search may go from the images as they are: what a rule of ``search_consistency`` sets as ``within``."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

MOVES, SCALES, FACTORS = 64, 50, 20
"""Steps of the grid that is searched: 1/64 of the crop's side, 1/50 of the scale, 1/20 of the brightness."""
USUAL, PATCH = 224, 16
"""Resolutions are counted for an input of 224 pixels (others take the same ratio), in steps of 16, a patch."""
FURTHEST, NEAR, FAR, COARSE, FINE = 0.5, 0.5, 2.0, 32, 640
"""What may be allowed at most; beyond, it is the fixed sweep that tells how accuracy falls."""

Steps = tuple[int, int]
"""The lowest and the highest number of steps from the images as they are."""


@dataclass(frozen=True)
class Ranges:
    """The transformations that a model must bear; the defaults are what a person hardly notices.

    ``move``: the crop's largest shift right, left, up and down, in [0, 0.5] of its side.
    ``zoom``: the smallest and the largest scale, around 1, in [0.5, 2].
    ``resolution``: the lowest and the highest, around 224, in [32, 640].
    ``flip``: whether images may be shown as in a mirror.
    ``brightness``: the largest change, up and down, of the factor on all values, in [0, 0.5].

    Raises:
        ValueError: one sentence about what is not in these bounds, or where not even one step is allowed.
    """

    move: float = 0.0625
    zoom: Sequence[float] = (0.9, 1.1)
    resolution: Sequence[float] = (192, 256)
    flip: bool = False
    brightness: float = 0.1

    def __post_init__(self) -> None:
        _check_share("move", self.move)
        _check_share("brightness", self.brightness)
        _check_pair("zoom", self.zoom, NEAR, 1, FAR)
        _check_pair("resolution", self.resolution, COARSE, USUAL, FINE)
        if not isinstance(self.flip, bool):
            raise ValueError(f"flip must be true or false (found {self.flip!r:.60})")
        if not any(any(bounds) for bounds in self.steps.values()):
            raise ValueError("not one step of any kind is allowed, so there is nothing to search")

    @property
    def steps(self) -> dict[str, Steps]:
        """What is allowed on the grid, by field of a ``Transformation``; a bound between two steps is rounded in."""
        move = _within(-self.move, self.move, MOVES)
        return {
            "x": move,
            "y": move,
            "zoom": _within(self.zoom[0] - 1, self.zoom[1] - 1, SCALES),
            "resolution": _within(self.resolution[0] - USUAL, self.resolution[1] - USUAL, 1 / PATCH),
            "flip": (0, int(self.flip)),
            "brightness": _within(-self.brightness, self.brightness, FACTORS),
        }


def _within(low: float, high: float, per_unit: float) -> Steps:
    return math.ceil(round(low * per_unit, 6)), math.floor(round(high * per_unit, 6))


def _check_share(name: str, value: object) -> None:
    if not (_is_number(value) and 0 <= value <= FURTHEST):  # type: ignore[operator]
        raise ValueError(f"{name} must be a number in [0, {FURTHEST:g}] (found {value!r:.60})")


def _check_pair(name: str, value: object, lowest: float, usual: float, highest: float) -> None:
    known = isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_number, value))
    if not (known and lowest <= value[0] <= usual <= value[1] <= highest):  # type: ignore[index]
        raise ValueError(
            f"{name} must be two numbers around {usual:g}, at most [{lowest:g}, {highest:g}] (found {value!r:.60})"
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)

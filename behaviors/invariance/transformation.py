"""One transformation of the images, on a grid of small steps: a value with a text and a size."""

import math
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace

from behaviors.invariance.ranges import FACTORS, MOVES, PATCH, SCALES, USUAL, Ranges

NUMBER = r"(-?[\d.]+)"
WRITTEN = re.compile(
    rf"(?:resolution\(size={NUMBER}\)\+?)?(?:zoom\(scale={NUMBER}\)\+?)?(?:move\(x={NUMBER},y={NUMBER}\)\+?)?"
    rf"(?:(flip)\+?)?(?:brighten\(factor={NUMBER}\))?"
)


@dataclass(frozen=True)
class Transformation:
    """A shift, a zoom, another resolution, a mirror and a brightness, all at once, in steps from no change.

    ``x``, ``y``: 1/64 of the crop's side, by which the crop moves right and down.  ``zoom``: 1/50 of the scale.
    ``resolution``: 16 pixels of an input of 224.  ``flip``: 0 or 1.  ``brightness``: 1/20 of the factor on all values.
    """

    x: int = 0
    y: int = 0
    zoom: int = 0
    resolution: int = 0
    flip: int = 0
    brightness: int = 0

    @property
    def scale(self) -> float:
        """The images' size as a multiple of the usual one."""
        return 1 + self.zoom / SCALES

    @property
    def pixels(self) -> int:
        """The resolution, as the side of an input that is usually 224 pixels."""
        return USUAL + PATCH * self.resolution

    @property
    def factor(self) -> float:
        """What all values are multiplied by."""
        return 1 + self.brightness / FACTORS

    @property
    def view(self) -> str:
        """The canonical text of the view that does this: ``zoom(scale=1.08)+flip``; ``identity`` for nothing."""
        steps = {
            f"resolution(size={self.pixels})": self.resolution,
            f"zoom(scale={_written(self.scale)})": self.zoom,
            f"move(x={_written(self.x / MOVES)},y={_written(self.y / MOVES)})": self.x or self.y,
            "flip": self.flip,
            f"brighten(factor={_written(self.factor)})": self.brightness,
        }
        return "+".join(step for step, taken in steps.items() if taken) or "identity"

    @property
    def kinds(self) -> int:
        """How many kinds of change it is made of."""
        return sum(map(bool, ((self.x, self.y) != (0, 0), self.zoom, self.resolution, self.flip, self.brightness)))

    @property
    def size(self) -> tuple[int, float, tuple[int, ...]]:
        """What is smaller comes first: fewer kinds of change, then less relative change, then a fixed order."""
        ratios = (self.scale, self.pixels / USUAL, self.factor)
        change = math.hypot(self.x, self.y) / MOVES + sum(abs(math.log(ratio)) for ratio in ratios)
        return self.kinds, round(change, 9), tuple(2 * abs(steps) - (steps > 0) for steps in astuple(self))

    def nearer(self) -> "Iterator[Transformation]":
        """What differs from it by one step towards the images as they are."""
        for field in fields(self):
            steps = getattr(self, field.name)
            if steps:
                yield replace(self, **{field.name: steps - (1 if steps > 0 else -1)})

    def inside(self, ranges: Ranges) -> bool:
        """Whether the ranges allow it."""
        return all(low <= getattr(self, name) <= high for name, (low, high) in ranges.steps.items())


def read(view: str) -> Transformation | None:
    """The transformation whose canonical text is ``view``; None where there is none on the grid."""
    match = WRITTEN.fullmatch(view)
    if match is None:
        return Transformation() if view == "identity" else None
    try:
        size, scale, x, y, factor = (float(match[group] or default) for group, default in DEFAULTS)
    except ValueError:
        return None
    found = Transformation(
        round(x * MOVES),
        round(y * MOVES),
        round((scale - 1) * SCALES),
        round((size - USUAL) / PATCH),
        int(match[5] is not None),
        round((factor - 1) * FACTORS),
    )
    return found if found.view == view else None


DEFAULTS = ((1, USUAL), (2, 1), (3, 0), (4, 0), (6, 1))
"""Groups of ``WRITTEN``, and what is meant where they are left out."""


def _written(value: float) -> str:
    value = round(value, 9)
    return str(int(value)) if value == int(value) else repr(value)

"""The sweeps: which views, from the weakest change to the strongest."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A sweep of the paper's.  ``view``: its text with ``{}`` for the level; ``usual``: the level that changes nothing.

    ``words``: what is done, for titles; ``unit``: of the levels.
    """

    words: str
    view: str
    usual: float
    levels: tuple[float, ...]
    unit: str

    def views(self) -> tuple[str, ...]:
        """The texts of the views that change something."""
        return tuple(self.view.format(f"{level:g}") for level in self.levels)


PIXELS = "pixels at an input of 224"

SWEEPS: Mapping[str, Kind] = {
    "scale": Kind("zooming in", "zoom(scale={})", 1, (1.25, 1.5, 2, 3), "times the usual size"),
    "shift": Kind("shifting the crop", "shift(along={})", 0, (5, 30, 75, 100), PIXELS),
    "resolution": Kind("other resolutions", "resolution(size={})", 224, (112, 336, 512, 640), PIXELS),
    "low_resolution": Kind("low resolutions", "resolution(size={})", 224, (56, 84), PIXELS),
}
"""arXiv:2311.09215, "Transformation Invariance"; resolutions below 112 are what its reviewers asked for."""

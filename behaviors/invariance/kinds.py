"""The sweeps: which views, from the weakest change to the strongest."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A sweep of the paper's.  ``view``: its text with ``{}`` for the level; ``usual``: the level that changes nothing.

    ``words``: what is done, for titles; ``unit``: of the levels.  ``by_ratio``: whether twice is as far as half.
    """

    words: str
    view: str
    usual: float
    levels: tuple[float, ...]
    unit: str
    by_ratio: bool = False

    def views(self) -> tuple[str, ...]:
        """The texts of the views that change something."""
        return tuple(self.view.format(f"{level:g}") for level in self.levels)


PIXELS = "pixels, for a model with an input of 224; for others in proportion"

SWEEPS: Mapping[str, Kind] = {
    "scale": Kind("zooming in", "zoom(scale={})", 1, (1.25, 1.5, 2, 3), "times the usual size", by_ratio=True),
    "shift": Kind("shifting the crop", "shift(along={})", 0, (5, 30, 75, 100), PIXELS),
    "resolution": Kind("other resolutions", "resolution(size={})", 224, (112, 336, 512, 640), PIXELS, by_ratio=True),
    "low_resolution": Kind("low resolutions", "resolution(size={})", 224, (56, 84), PIXELS, by_ratio=True),
}
"""arXiv:2311.09215, "Transformation Invariance"; resolutions below 112 are what its reviewers asked for."""

"""What earlier runs found is tried first; what comes of it is remembered, and told where it no longer breaks."""

from collections.abc import Mapping

from behaviors.invariance.ranges import Ranges
from behaviors.invariance.search import SearchResult
from behaviors.invariance.transformation import Transformation, read

Known = Mapping[Transformation, bool]
"""Transformations from before, and whether they broke the model when it was last asked."""


def recalled(views: Mapping[str, bool], ranges: Ranges) -> Known:
    """What of the remembered ``views`` lies on the grid and inside the ranges, in their order."""
    found = {read(view): broke for view, broke in views.items()}
    return {known: broke for known, broke in found.items() if known is not None and known.inside(ranges)}


def fixed(known: Known, result: SearchResult) -> list[Transformation]:
    """What broke the model before and does no longer, by the threshold of now; nothing where there is none."""
    judged = result.threshold is not None
    return [one for one, broke in known.items() if judged and broke and not result.breaks(one)]


def to_keep(known: Known, result: SearchResult) -> dict[str, bool]:
    """Views to remember: what was tried again, and the smallest that breaks the model now, last."""
    if result.threshold is None:
        return {}
    again = {one.view: result.breaks(one) for one in known if one != result.smallest}
    return again if result.smallest is None else {**again, result.smallest.view: True}

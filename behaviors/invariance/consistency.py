"""The share of images whose prediction a view does not change, and what a search for the worst view measured."""

from behaviors.contract.measurement import Cell, Measurement
from behaviors.contract.predictions import Predictions
from behaviors.invariance.search import SearchResult
from behaviors.invariance.transformation import Transformation
from behaviors.invariance.words import in_words, mended, sentences


def unchanged(before: Predictions, after: Predictions) -> float:
    """In [0, 1].

    Raises:
        ValueError: there are no images, not the same ones, or one of which it is not known what the model said.
    """
    what = f"{after.model} on {after.dataset} under {after.view}"
    if not len(before) or list(before.ids) != list(after.ids):
        raise ValueError(f"{what}: consistency needs the same images as without the view, and at least one")
    silent = int(((before.predicted < 0) | (after.predicted < 0)).sum())
    if silent:
        raise ValueError(f"{what}: no answer is known for {silent:,} of {len(before):,} images")
    return float((before.predicted == after.predicted).mean())


def search_consistency(
    result: SearchResult, *, images: int, side: int, fixed: list[Transformation] | None = None
) -> Measurement:
    """The consistency under the worst transformation that was evaluated; the search's story is in notes and parts.

    ``images``: how many each consistency is a share of.  ``side``: of the usual input, in pixels.
    ``fixed``: what broke the model when an earlier run asked, and does no longer.
    There is no interval: one for the worst of many views would have to allow for the choice.
    """
    smallest = result.smallest
    details: dict[str, float] = {
        "evaluated": len(result.evaluated),
        "forwards": result.forwards,
        "budget": result.budget,
    }
    if smallest is not None:
        details["consistency_at_smallest"] = result.evaluated[smallest]
    return Measurement(
        result.evaluated[result.worst],
        images,
        parts=tuple(_row(result, place, transformation, side) for place, transformation in enumerate(result.evaluated)),
        details=details,
        notes=(*sentences(result, images, side), *mended(fixed or [], side)),
    )


def _row(result: SearchResult, place: int, transformation: Transformation, side: int) -> dict[str, Cell]:
    return {
        "order": place + 1,
        "found": "before" if place < result.replayed else "now",
        "view": transformation.view,
        "words": in_words(transformation, side),
        "consistency": result.evaluated[transformation],
        "breaks": int(result.breaks(transformation)),
        "smallest": int(transformation == result.smallest),
    }

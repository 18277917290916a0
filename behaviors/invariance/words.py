"""A transformation in words, and what a search found in sentences."""

from behaviors.invariance.ranges import MOVES, USUAL
from behaviors.invariance.search import SearchResult
from behaviors.invariance.transformation import Transformation

NO_GUARANTEE = "a search, not a guarantee: it states no probability"
NO_INTERVAL = "no interval: the worst of many views was picked by looking at them"


def in_words(transformation: Transformation, side: int) -> str:
    """``a shift of 3 px right and a scale of 1.08``; ``side``: of the usual input, in pixels.

    A shift says where the crop goes: the object goes the other way.
    """
    x, y = (f"{abs(steps) * side / MOVES:g} px" for steps in (transformation.x, transformation.y))
    shifts = [
        f"{x} {'right' if transformation.x > 0 else 'left'}" if transformation.x else "",
        f"{y} {'down' if transformation.y > 0 else 'up'}" if transformation.y else "",
    ]
    shift = " and ".join(filter(None, shifts))
    parts = [
        f"a shift of {shift}" if shift else "",
        f"a scale of {transformation.scale:g}" if transformation.zoom else "",
        f"a resolution of {_resolution(transformation, side)}" if transformation.resolution else "",
        "a flip" if transformation.flip else "",
        f"a brightness of {transformation.factor:g}" if transformation.brightness else "",
    ]
    return _listed([part for part in parts if part]) or "no change"


def sentences(result: SearchResult, images: int, side: int) -> tuple[str, ...]:
    """What a reader of the number should know; the finding comes first."""
    worst, smallest = result.worst, result.smallest
    notes = []
    if smallest is not None and result.threshold is not None:
        allowed = f"{round(100 * (1 - result.threshold), 9):.12g} %"
        notes.append(f"{_changes(result, smallest, images, side)}; at most {allowed} allowed")
    if smallest != worst:
        notes.append(f"the worst of all that was tried: {_changes(result, worst, images, side)}")
    notes.append(f"evaluated {_effort(result)}; {NO_GUARANTEE}")
    if smallest is not None and not result.settled:
        notes.append("a smaller transformation may break it too: the search ended before all nearer ones were tried")
    return (*notes, NO_INTERVAL)


def mended(fixed: list[Transformation], side: int) -> tuple[str, ...]:
    """About what broke the model when it was last asked, and does no longer."""
    named = [in_words(transformation, side) for transformation in fixed]
    return (f"fixed: what broke it before no longer does: {'; '.join(named)}",) if named else ()


def _effort(result: SearchResult) -> str:
    again = f", and {result.replayed} that earlier runs had found" if result.replayed else ""
    return f"{result.forwards} of at most {result.budget} transformations{again}"


def _changes(result: SearchResult, transformation: Transformation, images: int, side: int) -> str:
    """``a flip changes 14 % of predictions (18 of 128)``."""
    consistency = result.evaluated[transformation]
    several = transformation.kinds > 1
    count = round((1 - consistency) * images)
    share = _percent(1 - consistency, result.threshold and 1 - result.threshold)
    what = in_words(transformation, side)
    return f"{what} change{'' if several else 's'} {share} of predictions ({count:,} of {images:,})"


def _percent(share: float, limit: float | None) -> str:
    """With three digits, or as many more as tell it from the limit."""
    shown, bound = round(100 * share, 9), share if limit is None else round(100 * limit, 9)
    digits = 3
    while shown != bound and float(f"{shown:.{digits}g}") == bound:
        digits += 1
    return f"{float(f'{shown:.{digits}g}'):.12g} %"


def _resolution(transformation: Transformation, side: int) -> str:
    if side == USUAL:
        return f"{transformation.pixels} instead of {USUAL} px"
    return f"{transformation.pixels / USUAL:.2f} times the usual {side} px"


def _listed(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    comma = "," if len(parts) > 2 or " and " in parts[0] else ""
    return f"{', '.join(parts[:-1])}{comma} and {parts[-1]}"

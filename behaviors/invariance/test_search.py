"""Invariance beyond the fixed sweeps: Hypothesis looks for the smallest transformation that breaks a model."""

from typing import Any

import pytest

from behaviors.contract.gate import Gate
from behaviors.contract.searching import Explore, Searching
from behaviors.invariance.consistency import search_consistency, unchanged
from behaviors.invariance.replay import fixed, recalled, to_keep
from behaviors.invariance.search import course_of, search, settings_of
from behaviors.invariance.strip import strip_of

METRIC = "search_consistency"
NO_NETWORK = "it asks about new views, which takes a network whose preprocessing is one resize and one crop"


@pytest.mark.predictions("wide")
def test_search(explore: Explore, searching: Searching, gate: Gate) -> None:
    """No change of framing, resolution or light inside the ranges changes more predictions than is allowed."""
    side, demand = explore.input_size, gate.demand(METRIC)
    if side is None:
        gate.does_not_apply(METRIC, NO_NETWORK)
    before = explore("identity")
    known = recalled(searching.recall(), demand.within)
    settings: dict[str, Any] = {
        "threshold": demand.min,
        "budget": searching.budget,
        "examples": searching.examples,
        "seed": searching.seed,
    }
    decides = settings_of(demand.within, **settings)
    result = search(
        lambda one: unchanged(before, explore(one.view)),
        demand.within,
        **settings,
        known=known,
        course=course_of(searching.course(decides)),
    )
    searching.keep(to_keep(known, result))
    searching.keep_course(decides, result.course.plain())
    searching.keep(to_keep(known, result))
    measurement = search_consistency(result, images=len(before), side=side, fixed=fixed(known, result))
    gate.check(METRIC, measurement, figure=strip_of(explore, result, side))

"""Churn and error consistency: answers of the same images in, a measurement with its interval out.

``alpha``: the error of each side of the interval.  ``ids``: (N,) the names of the images; without them nothing is said
of each.  ``clusters``: no columns or two, (N,) each: what images share, as cue conflicts share the pictures that they
are made from.  What an image contributes is value + influence (``behaviors.contract.per_image``).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from behaviors.agreement.kappa import Kappa, error_consistency
from behaviors.contract import per_image
from behaviors.contract.flips import churn
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.statistics.clusters import two_way_variance
from behaviors.statistics.unseen import Sample

Floats = NDArray[np.float64]
Clusters = Sequence[ArrayLike]


def answered_otherwise(  # noqa: PLR0913  (two models, and what is known of the images)
    first: ArrayLike,
    second: ArrayLike,
    *,
    alpha: float,
    right: ArrayLike | None = None,
    ids: ArrayLike | None = None,
    clusters: Clusters = (),
) -> Measurement:
    """The churn between two models, with what each image contributes.

    ``first``, ``second``: (N,) int, the classes that they say.  ``right``: (2, N) bool, whether these are right;
    then ``details`` has ``only_first`` and ``only_second``, the shares that only one of them has right.

    >>> answered_otherwise([0, 1, 2, 2], [0, 1, 1, 0], alpha=0.05).value
    0.5
    """
    found = churn(first, second, alpha=alpha).measurement
    changed = np.asarray(first) != np.asarray(second)
    details = {}
    if right is not None:
        of_one, of_other = np.asarray(right, dtype=np.bool_)
        details = {"only_first": float((of_one & ~of_other).mean()), "only_second": float((of_other & ~of_one).mean())}
    if clusters and 0 < found.value < 1:
        return _measured(found.value, changed - found.value, alpha, ids, clusters, details=details)
    each = per_image.mean(ids, changed, *clusters) if clusters else per_image.proportion(ids, changed)
    return replace(found, details=details, per_image=each)


def consistency(
    first: ArrayLike, second: ArrayLike, *, alpha: float, ids: ArrayLike | None = None, clusters: Clusters = ()
) -> Measurement:
    """Error consistency of two models; ``details``: how often they are right or wrong together, and by chance."""
    found = error_consistency(first, second)
    details = {"observed": found.observed, "expected": found.expected}
    reach = found.reach(alpha=alpha)
    return _measured(found.value, found.influence, alpha, ids, clusters, reach=reach, details=details)


def with_people(
    model: ArrayLike,
    people: Mapping[str, ArrayLike],
    *,
    alpha: float,
    ids: ArrayLike | None = None,
    clusters: Clusters = (),
) -> Measurement:
    """The mean over people of the model's error consistency with each; ``parts``: each of them.

    ``details``: ``ceiling``, that of the people among each other (the mean over pairs), where there are two or more.
    The interval is about other images, and these people.
    """
    each = _with_each(model, people)
    value, influence, reach = _mean([*each.values()], alpha)
    details = {}
    if len(people) > 1:
        details["ceiling"] = _mean(_pairs(people), alpha)[0]
    parts = tuple(_row(name, found, alpha, clusters) for name, found in each.items())
    return _measured(value, influence, alpha, ids, clusters, reach=reach, parts=parts, details=details)


def below_people(
    model: ArrayLike,
    people: Mapping[str, ArrayLike],
    *,
    alpha: float,
    ids: ArrayLike | None = None,
    clusters: Clusters = (),
) -> Measurement:
    """The people's error consistency with each other, mean over pairs, less the model's with them.

    Raises:
        ValueError: there are fewer than two people.
    """
    if len(people) < 2:
        raise ValueError(f"people agree with each other where there are two or more; got {', '.join(people) or 'none'}")
    ceiling, among, apart = _mean(_pairs(people), alpha)
    own, with_model, near = _mean([*_with_each(model, people).values()], alpha)
    details = {"ceiling": ceiling, "with_people": own}
    reach = math.hypot(apart[0], near[1]), math.hypot(apart[1], near[0])
    return _measured(ceiling - own, among - with_model, alpha, ids, clusters, reach=reach, details=details)


def _with_each(model: ArrayLike, people: Mapping[str, ArrayLike]) -> dict[str, Kappa]:
    if not people:
        raise ValueError("there is nobody to agree with")
    return {name: error_consistency(model, answers) for name, answers in people.items()}


def _pairs(people: Mapping[str, ArrayLike]) -> list[Kappa]:
    return [error_consistency(one, other) for one, other in combinations(people.values(), 2)]


def _mean(found: Sequence[Kappa], alpha: float) -> tuple[float, Floats, tuple[float, float]]:
    """Value, influences, and how far exact bounds reach: as if rare images were rare for all at once."""
    influence: Floats = np.mean([one.influence for one in found], axis=0)
    down, up = np.mean([one.reach(alpha=alpha) for one in found], axis=0)
    return float(np.mean([one.value for one in found])), influence, (float(down), float(up))


def _measured(  # noqa: PLR0913  (a number, what it is made of, and how sure it is)
    value: float,
    influence: Floats,
    alpha: float,
    ids: ArrayLike | None,
    clusters: Clusters,
    *,
    reach: tuple[float, float] = (0.0, 0.0),
    parts: tuple[dict[str, Cell], ...] = (),
    details: Mapping[str, float] | None = None,
) -> Measurement:
    interval, notes = _interval(value, influence, alpha, clusters, reach)
    each = per_image.mean(ids, value + influence, *clusters)
    return Measurement(value, influence.size, interval, parts, dict(details or {}), notes, each)


def _interval(
    value: float, influence: Floats, alpha: float, clusters: Clusters, reach: tuple[float, float]
) -> tuple[Interval | None, tuple[str, ...]]:
    """By the spread of what images contribute, allowing for one not drawn that is as telling as the farthest.

    ``reach``: at least so far below and above the value.
    """
    if influence.size < 2:
        return None, ()
    if len(clusters) == 2:
        found = two_way_variance(influence, *clusters)
        if found.degrees < 1:
            return None, (found.note,)
        down = up = found.reach(alpha=alpha)
        method = f"two-way clusters ({found.sources[0]:,} x {found.sources[1]:,}), Student's t"
        notes = (found.note,) if found.note else ()
    else:
        farthest = float(np.abs(influence).max())
        sample = Sample.within(influence, -farthest, farthest)
        down, up, notes = -sample.low(alpha), -sample.turned.low(alpha), ()
        method = "mean of influences, Hall's skewness correction, an unseen image"
    if reach > (0.0, 0.0):
        method += ", at least exact bounds of what is rare"
    return Interval(value - max(down, reach[0]), value + max(up, reach[1]), alpha, method), notes


def _row(name: str, found: Kappa, alpha: float, clusters: Clusters) -> dict[str, Cell]:
    interval, _ = _interval(found.value, found.influence, alpha, clusters, found.reach(alpha=alpha))
    return {
        "person": name,
        "kappa": found.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "observed": found.observed,
        "expected": found.expected,
    }

"""Two measurements of the same number on the same images: how far apart they are, and whether that may be chance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from behaviors.contract.differences import Difference, changes, of_gaps, of_means, of_proportions
from behaviors.contract.joined import joined, restricted
from behaviors.contract.measurement import Better, Measurement
from behaviors.contract.per_image import Kind, PerImage

TESTS: Mapping[Kind, Callable[..., Difference]] = {"proportion": of_proportions, "mean": of_means, "gaps": of_gaps}


@dataclass(frozen=True)
class Comparison:
    """What is known of the difference new - old.

    ``low``, ``high``: its bounds, each wrong with probability at most about alpha; infinite where nothing is known.
    ``p_worse``: one-sided p-value of the new model being worse by more than the margin; ``p_better``: of its being
    better at all.  Both are None for a number that is neither better high nor low, and where nothing was tested.
    ``p_change``: two-sided, of the numbers differing by more than the margin, either way.
    ``images``: on how many both were measured.  ``changed``: how many contribute another value than before.
    ``identical``: no image does; then nothing is tested, and the bounds are the difference itself.
    ``notes``: sentences that a reader of the numbers should know.
    """

    difference: float
    low: float
    high: float
    p_worse: float | None
    p_better: float | None
    p_change: float | None
    images: int
    changed: int
    identical: bool
    method: str
    notes: tuple[str, ...] = ()


def compare(old: Measurement, new: Measurement, *, better: Better, margin: float, alpha: float) -> Comparison:
    """Compare image by image.

    ``margin``: >= 0, in the metric's unit: how much worse the new model may be.  ``alpha``: the error of each side.
    Proportions: McNemar's mid-p test (with a margin: Tango's score test) and Tango's interval; means, and what moves
    like one: Student's t on the differences, corrected for their skewness, by clusters where images have any; folded
    sums of gaps, such as the ECE: z less what noise may have added (``behaviors.contract.differences``).

    Raises:
        ValueError: the two cannot be compared image by image, or margin or alpha are none.
    """
    if not (np.isfinite(margin) and margin >= 0):
        raise ValueError(f"a margin is how much may be lost, at least 0; got {margin}")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha is the error of one side and lies between 0 and 0.5; got {alpha}")
    before, after = joined(old.per_image, new.per_image)
    apart, images, changed = new.value - old.value, before.ids.size, int(np.count_nonzero(changes(before, after)))
    if not changed:
        return Comparison(apart, apart, apart, None, None, None, images, 0, True, "identical")
    found = TESTS[before.kind](before, after, alpha=alpha)
    low, high = min(found.interval.low, apart), max(found.interval.high, apart)
    worse, improved = _p_values(found, better, margin)
    change = min(1.0, 2 * min(found.above(margin), found.below(margin)))
    method, notes = found.interval.method, found.notes
    return Comparison(apart, low, high, worse, improved, change, images, changed, False, method, notes)


def on_shared_images(old: PerImage, new: PerImage, *, strata: bool) -> tuple[PerImage, PerImage] | None:
    """The rows of both of the images of the smaller one, a sample of the other's; None where some are not among those.

    ``strata``: rows of several datasets, ``dataset:id``.
    """
    ids = min(old.ids, new.ids, key=len)
    before, after = restricted(old, ids, strata=strata), restricted(new, ids, strata=strata)
    if before is None or after is None:
        return None
    return before, after


def holm(p_values: Sequence[float], weights: Sequence[float] | None = None) -> tuple[float, ...]:
    """P-values adjusted for their number: those at most alpha hold together, with an error of alpha for the family.

    ``weights``: (N,) above 0, how much of alpha each may spend, in any unit; all the same where they are left out.
    Source: Holm 1979, Scandinavian Journal of Statistics 6:65, with weights as in its section 3.

    Raises:
        ValueError: one is not in [0, 1], or a weight is not above 0.

    >>> holm([0.01, 0.04, 0.03, 0.005])
    (0.03, 0.06, 0.06, 0.02)
    >>> holm([0.01, 0.04, 0.03, 0.005], [3, 1, 1, 1])
    (0.02, 0.06, 0.06, 0.02)
    """
    values = np.asarray(p_values, dtype=np.float64)
    shares = np.ones(values.size) if weights is None else np.asarray(weights, dtype=np.float64)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("a p-value lies between 0 and 1")
    if shares.shape != values.shape or not (shares > 0).all():
        raise ValueError("there is a weight above 0 for each p-value")
    order = np.argsort(values / shares, kind="stable")
    left = np.cumsum(shares[order][::-1])[::-1]
    adjusted = np.empty(values.size)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] / shares[order] * left), 1)
    return tuple(adjusted.tolist())


def _p_values(found: Difference, better: Better, margin: float) -> tuple[float | None, float | None]:
    if better == "neither":
        return None, None
    if better == "lower":
        return found.above(margin), found.below(0.0)
    return found.below(margin), found.above(0.0)

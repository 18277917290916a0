"""Shape fraction, texture fraction and cue accuracy: decisions in, a measurement with its interval out.

Images are not independent: many share the picture that their shape is from, or their texture.  The intervals are about
new pictures of both kinds (two-way clustered, on the logit); they are two to three times as wide as binomial ones.
``alpha``: the error of each side of the interval.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from behaviors.contract import per_image
from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.contract.per_image import PerImage
from behaviors.shape_texture.evidence import Decisions
from behaviors.statistics.clusters import TOO_FEW, ratio_influence, two_way_variance
from behaviors.statistics.intervals import clopper_pearson

FEW = 10
"""With fewer decisions of one kind than this, their observed spread says too little."""

Bools = NDArray[np.bool_]
Share = Callable[[Decisions], tuple[Bools, Bools]]
"""Decisions -> (N,) bool, the images that are counted, and (N,) bool, those among which they are."""


def shape_fraction(decisions: Decisions, *, alpha: float) -> Measurement:
    """Shape decisions / (shape + texture decisions), pooled over images; ``parts`` are the shape categories.

    ``details``: ``shape``, ``texture`` and ``other``, the numbers of decisions; ``design_effect``, how many times the
    variance is that of independent images (left out where it is not known).
    Source: Geirhos et al. 2019, arXiv:1811.12231; of the interval: Cameron, Gelbach & Miller 2011, JBES 29:238.

    Raises:
        ValueError: no decision followed a cue.

    >>> shape, texture = np.array([True, True, False]), np.array([False, False, True])
    >>> names = np.array(["cat", "dog", "cat"])
    >>> round(shape_fraction(Decisions(shape, texture, names, names, names), alpha=0.05).value, 4)
    0.6667
    """
    _check_decided(decisions)
    return _measure(decisions, "shape_fraction", lambda some: (some.shape, some.decided), alpha)


def texture_fraction(decisions: Decisions, *, alpha: float) -> Measurement:
    """1 - shape fraction, with the mirrored interval; ``parts``, ``details`` and errors likewise."""
    _check_decided(decisions)
    return _measure(decisions, "texture_fraction", lambda some: (some.texture, some.decided), alpha)


def cue_accuracy(decisions: Decisions, *, alpha: float) -> Measurement:
    """(Shape + texture decisions) / images; the others followed neither cue.  ``parts`` and ``details`` likewise.

    Its interval is clustered too: some pictures are hard to recognise in every image that they take part in.
    """
    return _measure(decisions, "cue_accuracy", lambda some: (some.decided, np.ones_like(some.decided)), alpha)


def _check_decided(decisions: Decisions) -> None:
    if not decisions.decided.any():
        raise ValueError(
            f"the shape fraction is undefined: none of {len(decisions):,} decisions followed the shape or the texture"
        )


def _measure(decisions: Decisions, name: str, share: Share, alpha: float) -> Measurement:
    """All images together, and each shape category by itself."""
    pooled = _pool(decisions, share, alpha)
    parts = tuple(_row(decisions.of(str(one)), str(one), name, share, alpha) for one in np.unique(decisions.category))
    counts = {key: float(count) for key, count in _counts(decisions).items()}
    details, each = {**counts, **pooled.details}, _each(decisions, share, pooled.value)
    return Measurement(pooled.value, len(decisions), pooled.interval, parts, details, pooled.notes, each)


def _each(decisions: Decisions, share: Share, value: float) -> PerImage | None:
    """How far each image moves the share; they cluster by the pictures that they were made from."""
    moved = value + ratio_influence(*share(decisions))
    return per_image.mean(decisions.ids, moved, decisions.shape_source, decisions.texture_source)


def _row(decisions: Decisions, category: str, name: str, share: Share, alpha: float) -> dict[str, Cell]:
    """One row for reports; a category in which the share is undefined shows None."""
    found = _pool(decisions, share, alpha) if share(decisions)[1].any() else None
    interval = found.interval if found else None
    return {
        "category": category,
        "images": len(decisions),
        **_counts(decisions),
        name: found.value if found else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def _counts(decisions: Decisions) -> dict[str, int]:
    shape, texture = int(np.count_nonzero(decisions.shape)), int(np.count_nonzero(decisions.texture))
    return {"shape": shape, "texture": texture, "other": len(decisions) - shape - texture}


def _pool(decisions: Decisions, share: Share, alpha: float) -> Measurement:
    """The share of these images, with its interval; at least one must be among those that count."""
    among, whole = share(decisions)
    successes, trials = int(np.count_nonzero(among)), int(np.count_nonzero(whole))
    value = successes / trials
    found = two_way_variance(ratio_influence(among, whole), decisions.shape_source, decisions.texture_source)
    if found.degrees < 1 or not found.value:
        why = TOO_FEW if found.degrees < 1 else f"the pictures of {trials:,} decisions show no differences"
        note = f"{why}; the interval takes the images as independent and may be too narrow"
        return Measurement(value, trials, clopper_pearson(successes, trials, alpha=alpha), notes=(note,))
    binomial = value * (1 - value)
    reach = found.reach(alpha=alpha) / binomial
    low, high = (float(expit(logit(value) + side * reach)) for side in (-1, 1))
    method = f"two-way clustered ({found.sources[0]} shapes, {found.sources[1]} textures), logit"
    notes = (*_few(successes, trials), *([found.note] if found.note else []))
    effect = {"design_effect": found.value * trials / binomial}
    return Measurement(value, trials, Interval(low, high, alpha, method), details=effect, notes=notes)


def _few(successes: int, trials: int) -> tuple[str, ...]:
    count = min(successes, trials - successes)
    if count >= FEW:
        return ()
    sentence = f"only {count} of {trials:,} decisions go the other way"
    return (f"{sentence}: the interval rests on a normal approximation and may be too narrow",)

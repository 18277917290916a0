"""Claims about several differences at once: all of them, or at least so many, are above 0.

With n differences, of which u must be above 0, the claim's value is the u-th largest difference theta, and

    low  = the u-th largest of the low bounds at alpha / (n - u + 1),
    high = the u-th largest of the high bounds at alpha / u.

Low > theta would mean that u low bounds are above theta.  At least n - u + 1 of the true differences are at most theta,
so one of these u bounds is above its own truth, which each of the n - u + 1 is with probability alpha / (n - u + 1) at
most; likewise high, with the u true differences that are at least theta.  No independence is needed.

For u = n ("on each variant") low needs no correction: an intersection-union test (Berger 1982, Technometrics 24:295).
For u < n ("on nearly all factors"): partial conjunction (Benjamini & Heller 2008, Biometrics 64:1215).
"""

from collections.abc import Sequence

from behaviors.contract.measurement import Cell, Interval, Measurement
from behaviors.findings.contrasts import Contrast
from behaviors.findings.influence import Measured


def all_above(label: str, contrasts: Sequence[Contrast]) -> Contrast:
    """Every contrast is above 0."""
    return at_least(len(contrasts), label, contrasts)


def at_least(needed: int, label: str, contrasts: Sequence[Contrast]) -> Contrast:
    """At least ``needed`` of the contrasts are above 0.  A single one is that one, under the claim's label."""
    count = len(contrasts)
    if not 1 <= needed <= count:
        raise ValueError(f"{label}: {needed} of {count} comparisons cannot be demanded")

    def bounds(alpha: float) -> tuple[float, float]:
        lows = [contrast.bounds(alpha / (count - needed + 1))[0] for contrast in contrasts]
        highs = [contrast.bounds(alpha / needed)[1] for contrast in contrasts]
        return _nth(needed, lows), _nth(needed, highs)

    value = _nth(needed, [contrast.value for contrast in contrasts])
    deciding = next(contrast for contrast in contrasts if contrast.value == value)
    method = deciding.method if count == 1 else f"{_demand(needed, count)}; {deciding.method}"
    notes = tuple(dict.fromkeys(note for contrast in contrasts for note in contrast.notes))
    return Contrast(label, value, bounds, method, deciding.measured, tuple(contrasts), notes)


def as_measurement(contrast: Contrast, *, images: int, alpha: float) -> Measurement:
    """The claim as a measurement; its parts are the contrasts that it is made of, each at alpha by itself.

    ``images``: how many different images took part.
    """
    low, high = contrast.bounds(alpha)
    rows = tuple(_row(part, alpha) for part in contrast.parts or (contrast,))
    return Measurement(
        contrast.value, images, Interval(low, high, alpha, contrast.method), parts=rows, notes=contrast.notes
    )


def _nth(needed: int, numbers: Sequence[float]) -> float:
    return sorted(numbers, reverse=True)[needed - 1]


def _demand(needed: int, count: int) -> str:
    return f"smallest of {count} differences" if needed == count else f"at least {needed} of {count} differences"


def _row(contrast: Contrast, alpha: float) -> dict[str, Cell]:
    low, high = contrast.bounds(alpha)
    row: dict[str, Cell] = {"comparison": contrast.label, "difference": contrast.value, "low": low, "high": high}
    for place in range(2):
        one = contrast.measured[place] if place < len(contrast.measured) else None
        row |= _shown(("first", "second")[place], one)
    return row


def _shown(name: str, one: Measured | None) -> dict[str, Cell]:
    interval = one.measurement.interval if one else None
    return {
        name: one.model if one else None,
        f"{name}_what": one.what if one else None,
        f"{name}_value": float(one.measurement.value) if one else None,
        f"{name}_low": interval.low if interval else None,
        f"{name}_high": interval.high if interval else None,
    }

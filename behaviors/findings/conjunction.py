"""Claims about several differences at once: all of them, or at least so many, are above 0.

``behaviors.contract.conjunction`` says how their bounds err.
"""

from collections.abc import Sequence

from behaviors.contract.conjunction import nth_bounds, nth_largest
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
        return nth_bounds(needed, [contrast.bounds for contrast in contrasts], alpha)

    value = nth_largest(needed, [contrast.value for contrast in contrasts])
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

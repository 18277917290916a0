"""What every metric returns: a value, its interval, its unit, and the parts it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from behaviors.statistics.interval import Interval, Kind

if TYPE_CHECKING:  # naming metrics imports no numpy
    from behaviors.contract.per_image import PerImage

__all__ = ["Better", "Cell", "Interval", "Kind", "Measurement", "Metric", "Parts"]

Better = Literal["lower", "higher", "neither"]
Cell = float | int | str | None


@dataclass(frozen=True)
class Parts:
    """How the rows of a measurement's parts are read: the columns of a part's name, its value and its bounds."""

    name: str
    value: str
    low: str = "low"
    high: str = "high"


@dataclass(frozen=True)
class Metric:
    """What a room promises to measure; its key in ``METRICS`` is the name that thresholds and reports use."""

    title: str
    unit: str
    better: Better
    source: str = ""
    lowest: float = float("-inf")
    """The smallest value the metric can take: a threshold outside [lowest, highest] is a mistake."""
    highest: float = float("inf")
    claim: bool = False
    """A statement that the interval answers: it holds above 0, is contradicted below, else it is undecided."""
    judged_by: Literal["interval", "value"] = "interval"
    """``value``: it has no interval by design, such as the worst of many views that were tried."""
    within: type | None = None
    """What a rule may set under ``within``, beside its bounds: a dataclass whose fields all have defaults.

    Made of a mapping of plain values, it refuses what it cannot use with a ``ValueError`` that is one sentence.
    """
    negligible: float = 0.005
    """So small a loss against a baseline matters to nobody, in the metric's unit, unless a rule's ``may_lose`` says so.

    With enough images every difference is found: half-precision weights alone can move a Brier score by 0.0001.
    """
    flips: bool = False
    """The share of images that are right: against a baseline, those that no longer are get counted and shown."""
    target: float | None = None
    """Where neither direction is better: the value than which nothing is; further from it, on either side, is worse."""
    alone: str = ""
    """Why two models cannot be compared image by image, or no images be planned for it, where that must be so."""
    beside: bool = False
    """It is measured of a model and the baseline of the same run together; the baseline has no number of its own."""
    parts: Parts | None = None
    """Where each part is a number like the whole (a level, a category), which may have a published value of its own."""


@dataclass(frozen=True)
class Measurement:
    """One number about one model on one dataset, with all that is needed to judge and to explain it."""

    value: float
    images: int
    interval: Interval | None = None
    parts: tuple[Mapping[str, Cell], ...] = ()
    """Rows of a table (one per bin, factor, class, ...): the same keys in every row."""
    details: Mapping[str, float] = field(default_factory=dict)
    """Further named numbers, such as the noise floor of an ECE."""
    notes: tuple[str, ...] = ()
    """Sentences a reader of the number should know."""
    per_image: "PerImage | None" = field(default=None, repr=False, compare=False)
    """What each image contributes, for comparing two models on the same images; None where that is not known."""

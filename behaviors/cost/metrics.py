"""Counts and durations in, measurements out.  ``alpha``: the error of each side of an interval."""

import numpy as np

from behaviors.contract.cost import Durations
from behaviors.contract.measurement import Interval, Measurement
from behaviors.statistics.median import median

MILLION = 1e6


def millions(count: int, *, alpha: float) -> Measurement:
    """A count of parameters, operations or bytes, which has no error; of one image.

    >>> millions(4_652_008, alpha=0.05).value
    4.652008
    """
    value = count / MILLION
    return Measurement(value, 1, Interval(value, value, alpha, "counted"))


def latency(durations: Durations, *, alpha: float) -> Measurement:
    """The model's time over the baseline's: the median over rounds; ``details``: milliseconds of each, the medians."""
    return _ratio(durations, durations.model / durations.baseline, alpha)


def throughput(durations: Durations, *, alpha: float) -> Measurement:
    """The model's images per second over the baseline's: the median over rounds."""
    return _ratio(durations, durations.baseline / durations.model, alpha)


def _ratio(durations: Durations, ratios: np.ndarray[tuple[int], np.dtype[np.float64]], alpha: float) -> Measurement:
    interval = median(ratios, alpha=alpha)
    shown = {"model_ms": durations.model, "baseline_ms": durations.baseline}
    details = {name: float(np.median(seconds)) * 1000 for name, seconds in shown.items()}
    note = f"{ratios.size} rounds in turns, {durations.images} image{'' if durations.images == 1 else 's'} at a time"
    return Measurement(
        float(np.median(ratios)), durations.images * ratios.size, interval, details=details, notes=(note,)
    )

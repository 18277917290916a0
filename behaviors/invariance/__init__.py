"""Invariance: does a prediction survive a shift, a zoom or another resolution?

Claim   all models bear shifts better than scale and resolution; supervised ConvNeXt bears those better than ViT
Source  arXiv:2311.09215, "Transformation Invariance"
Unit    fraction of images      Better  higher
"""

from behaviors.invariance.ranges import Ranges
from behaviors.measurement import Metric

METRICS: dict[str, Metric] = {
    "search_consistency": Metric(
        title="Consistency under the worst view found",
        unit="fraction",
        better="higher",
        source="Hypothesis looks inside the ranges that the rule sets; the fixed sweeps are those of arXiv:2311.09215",
        lowest=0.0,
        highest=1.0,
        within=Ranges,
    ),
}

"""Robustness: how much of its accuracy does a model keep on other test sets and on corrupted images?

Claim   supervised models beat CLIP models on average, CLIP wins on renditions and sketches
Source  arXiv:2311.09215, "Robustness"; corruptions: Hendrycks & Dietterich 2019, arXiv:1903.12261
Unit    fraction of images      Better  higher (mCE: lower)
"""

from behaviors.contract.measurement import Metric, Parts
from behaviors.robustness.reference import Reference

PAPER = 'arXiv:2311.09215, "Robustness"'
CORRUPTIONS = "Hendrycks & Dietterich 2019, arXiv:1903.12261"

METRICS: dict[str, Metric] = {
    "accuracy": Metric(
        title="Top-1 accuracy",
        unit="fraction",
        better="higher",
        source=f"{PAPER}; ReaL (arXiv:2006.07159) and Hard count every label that is valid",
        lowest=0.0,
        highest=1.0,
        flips=True,
    ),
    "average_accuracy": Metric(
        title="Accuracy, average over the variants",
        unit="fraction",
        better="higher",
        source=f"{PAPER}: the plain mean over the variants, without val",
        lowest=0.0,
        highest=1.0,
        parts=Parts("dataset", "accuracy"),
    ),
    "relative_robustness": Metric(
        title="Average over the variants, relative to val",
        unit="ratio",
        better="higher",
        source=f"{PAPER}: the average over the variants divided by the accuracy on val",
        lowest=0.0,
    ),
    "corruption_accuracy": Metric(
        title="Accuracy on corrupted images",
        unit="fraction",
        better="higher",
        source=f"{CORRUPTIONS}: the plain mean over corruptions and severities",
        lowest=0.0,
        highest=1.0,
    ),
    "mean_corruption_error": Metric(
        title="Mean corruption error (mCE)",
        unit="ratio",
        better="lower",
        source=f"{CORRUPTIONS}: errors relative to those of a reference model, averaged over corruptions",
        lowest=0.0,
        negligible=0.01,
        within=Reference,
    ),
}

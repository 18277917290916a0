"""Invariance: does a prediction survive a shift, a zoom or another resolution?

Claim   all models bear shifts better than scale and resolution; supervised ConvNeXt bears those better than ViT
Source  arXiv:2311.09215, "Transformation Invariance"
Unit    fraction of images      Better  higher
"""

from behaviors.contract.measurement import Metric, Parts
from behaviors.invariance.kinds import SWEEPS
from behaviors.invariance.ranges import Ranges

PAPER = 'arXiv:2311.09215, "Transformation Invariance"; the plain mean over the levels that change something'


def _swept(title: str, unit: str = "fraction", highest: float = 1.0, share: str = "") -> Metric:
    """``share``: the column of a level's row that holds the same of that level alone."""
    parts = Parts("level", share, f"{share}_low", f"{share}_high") if share else None
    return Metric(title=title, unit=unit, better="higher", source=PAPER, lowest=0.0, highest=highest, parts=parts)


METRICS: dict[str, Metric] = {
    metric: described
    for name, kind in SWEEPS.items()
    for metric, described in {
        f"{name}_accuracy": _swept(f"Top-1 accuracy, {kind.words}", share="accuracy"),
        f"{name}_retained": _swept(f"Accuracy relative to the usual view, {kind.words}", "ratio", float("inf")),
        f"{name}_true_probability": _swept(f"Mean probability of the true class, {kind.words}"),
        f"{name}_consistency": _swept(f"Share of unchanged predictions, {kind.words}", share="consistency"),
    }.items()
} | {
    "search_consistency": Metric(
        alone="the smallest transformation that breaks a model is another one for each",
        title="Consistency under the worst view found",
        unit="fraction",
        better="higher",
        source="Hypothesis looks inside the ranges that the rule sets; the fixed sweeps are those of arXiv:2311.09215",
        lowest=0.0,
        highest=1.0,
        judged_by="value",
        within=Ranges,
    ),
}

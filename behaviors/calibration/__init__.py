"""Calibration: is a model that says 80 % right 80 % of the time?

Claim   CLIP models are over-confident, supervised models slightly under-confident
Source  arXiv:2311.09215, "Model Calibration"
Unit    fraction      Better  lower (the signed gap: nearer to 0)
"""

from behaviors.contract.measurement import Metric

METRICS: dict[str, Metric] = {
    "ece": Metric(
        title="Expected calibration error",
        unit="fraction",
        better="lower",
        source="Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599 (top label, 15 equal-width bins)",
        lowest=0.0,
        highest=1.0,
    ),
    "adaptive_ece": Metric(
        title="Calibration error over bins of equally many images (adaptive ECE)",
        unit="fraction",
        better="lower",
        source="Nguyen & O'Connor 2015, arXiv:1508.05154; Nixon et al. 2019, arXiv:1904.01685 (top label, 15 bins)",
        lowest=0.0,
        highest=1.0,
    ),
    "signed_gap": Metric(
        title="Mean confidence minus accuracy",
        unit="fraction",
        better="neither",
        target=0.0,
        source="arXiv:2311.09215, the over- or under-confidence read off the reliability diagrams",
        lowest=-1.0,
        highest=1.0,
    ),
    "overconfidence": Metric(
        title="Over-confident part of the calibration error",
        unit="fraction",
        better="lower",
        source="the terms of the expected calibration error in bins where confidence exceeds accuracy",
        lowest=0.0,
        highest=1.0,
    ),
    "underconfidence": Metric(
        title="Under-confident part of the calibration error",
        unit="fraction",
        better="lower",
        source="the terms of the expected calibration error in bins where accuracy exceeds confidence",
        lowest=0.0,
        highest=1.0,
    ),
    "brier": Metric(
        title="Brier score, all classes",
        unit="squared probability",
        better="lower",
        source="Brier 1950, Monthly Weather Review 78:1 (the sum over classes, not halved)",
        lowest=0.0,
        highest=2.0,
    ),
    "brier_top_label": Metric(
        title="Brier score, predicted class",
        unit="squared probability",
        better="lower",
        source="Brier 1950 on the event that the predicted class is right",
        lowest=0.0,
        highest=1.0,
    ),
    "nll": Metric(
        title="Negative log-likelihood of the label",
        unit="nats",
        better="lower",
        source="Guo et al. 2017, arXiv:1706.04599, section 2",
        lowest=0.0,
        negligible=0.01,
    ),
}

"""Overclaims: how many answers are wrong and nearly certain?

Claim   who acts without asking back is hurt by these, and by no other mistake
Source  ours: nobody looks at an answer again that is 0.9 certain
Unit    fraction of all images      Better  lower
"""

from behaviors.contract.measurement import Metric

METRICS = {
    "sure_mistakes": Metric(
        title="Wrong answers of at least 0.9 probability",
        unit="fraction",
        better="lower",
        lowest=0.0,
        highest=1.0,
    ),
}

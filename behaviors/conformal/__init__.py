"""Conformal prediction: sets of classes that hold the right one as often as promised, and how large they must be.

Claim   none of the paper's; whoever acts on a set of answers is promised how often the right one is in it
Source  Sadinle, Lei & Wasserman 2019, arXiv:1609.00451 (LAC); Angelopoulos & Bates 2021, arXiv:2107.07511
Unit    fraction of images; classes      Better  higher (set size: lower)
"""

from behaviors.conformal.demands import Level, OfGroups
from behaviors.contract.measurement import Metric

SETS = "all classes of at least the probability that holds nearly so many labels of one half; measured on the other"

METRICS: dict[str, Metric] = {
    "coverage": Metric(
        title="Coverage of conformal sets",
        unit="fraction",
        better="higher",
        source=f"Angelopoulos & Bates 2021, arXiv:2107.07511, section 3: {SETS}",
        lowest=0.0,
        highest=1.0,
        negligible=0.01,
        within=Level,
    ),
    "set_size": Metric(
        title="Mean size of conformal sets",
        unit="classes",
        better="lower",
        source=f"Sadinle, Lei & Wasserman 2019, arXiv:1609.00451: {SETS}",
        lowest=0.0,
        negligible=0.05,
        within=Level,
    ),
    "worst_coverage": Metric(
        title="Coverage of conformal sets on the worst group of images",
        unit="fraction",
        better="higher",
        source=f"Angelopoulos & Bates 2021, arXiv:2107.07511, section 3 (size-stratified and by group): {SETS}",
        lowest=0.0,
        highest=1.0,
        negligible=0.02,
        within=OfGroups,
    ),
}

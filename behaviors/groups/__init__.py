"""Groups: is there a class, or a kind of image, on which the model is much worse than its average tells?

Claim   none of the paper's; whoever is of the worst group is not helped by the average
Source  Sagawa et al. 2020, arXiv:1911.08731 (worst group); Balestriero et al. 2022, arXiv:2204.03632 (worst classes)
Unit    accuracy      Better  higher (gap: lower)
"""

from behaviors.contract.measurement import Metric
from behaviors.groups.demands import ByGroup, Gap, Shares, WorstClass, WorstClasses

BOUNDS = "simultaneous exact bounds, so that the group that is named for being worst is covered"

METRICS: dict[str, Metric] = {
    "worst_class": Metric(
        title="Accuracy on the worst class",
        unit="accuracy",
        better="higher",
        source=f"the minimum over classes; {BOUNDS}",
        lowest=0.0,
        highest=1.0,
        negligible=0.02,
        within=WorstClass,
    ),
    "worst_classes": Metric(
        title="Mean accuracy on the worst k classes",
        unit="accuracy",
        better="higher",
        source="Balestriero et al. 2022, arXiv:2204.03632, classes that suffer while the average gains",
        lowest=0.0,
        highest=1.0,
        negligible=0.01,
        within=WorstClasses,
    ),
    "worst_group": Metric(
        title="Accuracy on the worst group of images",
        unit="accuracy",
        better="higher",
        source=f"Sagawa et al. 2020, arXiv:1911.08731: the minimum over groups; {BOUNDS}",
        lowest=0.0,
        highest=1.0,
        negligible=0.02,
        within=ByGroup,
    ),
    "gap": Metric(
        title="Accuracy of the best group less that of the worst, or of two that are named",
        unit="accuracy",
        better="lower",
        source="the best less the worst of the accuracies by group; by name: the first less the second",
        lowest=-1.0,
        highest=1.0,
        negligible=0.02,
        within=Gap,
    ),
    "average_accuracy": Metric(
        title="Accuracy averaged over groups, each with the share that is declared",
        unit="accuracy",
        better="higher",
        source="Sagawa et al. 2020, arXiv:1911.08731, appendix C.1: by the groups' shares in training; else by images",
        lowest=0.0,
        highest=1.0,
        within=Shares,
    ),
}

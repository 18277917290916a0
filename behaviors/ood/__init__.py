"""Out-of-distribution detection: does the model look less sure of images that are of none of its classes?

Claim   none of the paper's; whoever lets a model answer strangers' images is asked what it makes of those
Source  Yang et al. 2022, arXiv:2210.07242 (OpenOOD), whose conventions these are: what is out is the positive class
Unit    fraction      Better  higher (FPR95: lower)
"""

from behaviors.contract.measurement import Better, Metric
from behaviors.ood.demands import OfNeighbours, OfScore

LISTS = ("near", "far")
MEAN = "plain mean over the datasets of the list, as OpenOOD reports it"
FPR = "share of the images of known classes that are taken for strange at the first threshold that finds 95 % of those"
AREA = "trapezoidal; it depends on how many images each dataset has"
KNN = "Sun et al. 2022, arXiv:2204.06507, with the known images themselves as neighbours"

KINDS: dict[str, tuple[str, Better, str, type]] = {
    "auroc": ("AUROC of detecting what is out of distribution", "higher", "arXiv:2210.07242", OfScore),
    "fpr95": ("FPR at 95 % TPR", "lower", f"arXiv:2210.07242: {FPR}", OfScore),
    "aupr_in": ("AUPR, known classes positive", "higher", f"arXiv:2210.07242: {AREA}", OfScore),
    "aupr_out": ("AUPR, strange images positive", "higher", f"arXiv:2210.07242: {AREA}", OfScore),
    "knn_auroc": ("AUROC by the distance to neighbours (kNN)", "higher", KNN, OfNeighbours),
    "knn_fpr95": ("FPR at 95 % TPR by the distance to neighbours (kNN)", "lower", f"{KNN}; {FPR}", OfNeighbours),
}
METRICS: dict[str, Metric] = {
    f"{which}_{name}": Metric(
        title=f"{title}, {which} datasets",
        unit="fraction",
        better=better,
        source=f"{source}; {MEAN}",
        lowest=0.0,
        highest=1.0,
        within=within,
    )
    for which in LISTS
    for name, (title, better, source, within) in KINDS.items()
}

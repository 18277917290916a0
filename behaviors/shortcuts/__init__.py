"""Shortcuts: does the model go by what merely comes with a class, such as the place that it is seen in?

Claim   none of the paper's; ImageNet models lose some points where the background is another class's
Source  Xiao et al. 2020, arXiv:2006.09994 (ImageNet-9)
Unit    difference of accuracies      Better  nearer to 0
"""

from behaviors.contract.measurement import Metric

METRICS: dict[str, Metric] = {
    "background_gap": Metric(
        title="Accuracy on backgrounds of the same class less that on those of any class (background gap)",
        unit="fraction",
        better="lower",
        source="Xiao et al. 2020, arXiv:2006.09994: Mixed-Same less Mixed-Rand",
        lowest=-1.0,
        highest=1.0,
    ),
}
"""A model that goes by the place is right where it fits, and wrong where it does not."""

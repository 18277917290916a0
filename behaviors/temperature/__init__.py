"""Temperature: is a model's confidence on a wrong scale, or in a wrong order?

Claim   none of the paper's; CLIP models and supervised ones differ in which it is
Source  Guo et al. 2017, arXiv:1706.04599 (temperature scaling); Kull et al. 2019, arXiv:1910.12656 (classwise ECE)
Unit    fraction      Better  lower
"""

from behaviors.contract.measurement import Metric

METRICS: dict[str, Metric] = {
    "scaled_ece": Metric(
        title="Expected calibration error after temperature scaling",
        unit="fraction",
        better="lower",
        source="Guo et al. 2017, arXiv:1706.04599: one temperature, fitted on the half that it is not measured on",
        lowest=0.0,
        highest=1.0,
    ),
    "classwise_ece": Metric(
        title="Expected calibration error of each class's probability, mean over classes",
        unit="fraction",
        better="lower",
        source="Kull et al. 2019, arXiv:1910.12656 (15 equal-width bins for each class)",
        lowest=0.0,
        highest=1.0,
    ),
}

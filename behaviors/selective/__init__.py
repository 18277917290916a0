"""Selective prediction: does the model know when it is wrong, so that it can leave those images to somebody else?

Claim   none of the paper's; a release that may answer "not sure" is asked how many images it answers at how few errors
Source  Geifman & El-Yaniv 2017, arXiv:1705.08500; Traub et al. 2024, arXiv:2407.01032
Unit    fraction of images      Better  lower (AUROC, coverage: higher)
"""

from behaviors.contract.measurement import Metric
from behaviors.selective.demands import AtCoverage, AtRisk

CURVE = "risk over coverage by the trapezoidal rule between distinct confidences, so that ties have no order"

METRICS: dict[str, Metric] = {
    "aurc": Metric(
        title="Area under the risk-coverage curve (AURC)",
        unit="fraction",
        better="lower",
        source=f"Geifman & El-Yaniv 2017, arXiv:1705.08500; {CURVE}",
        lowest=0.0,
        highest=1.0,
    ),
    "augrc": Metric(
        title="Area under the generalized risk-coverage curve (AUGRC)",
        unit="fraction",
        better="lower",
        source=f"Traub et al. 2024, arXiv:2407.01032: coverage x {CURVE}",
        lowest=0.0,
        highest=1.0,
    ),
    "e_aurc": Metric(
        title="Excess of the AURC over that of the best order (e-AURC)",
        unit="fraction",
        better="lower",
        source="Geifman et al. 2019, arXiv:1805.08206: AURC - (e + (1 - e) ln(1 - e)), e the error rate",
        lowest=-1.0,
        highest=1.0,
    ),
    "auroc": Metric(
        title="AUROC of correctness by confidence",
        unit="fraction",
        better="higher",
        source="Hendrycks & Gimpel 2017, arXiv:1610.02136: how often a right answer is surer than a wrong one",
        lowest=0.0,
        highest=1.0,
    ),
    "coverage_at_risk": Metric(
        title="Coverage at a risk: the share of images answered with so few errors among them",
        unit="fraction",
        better="higher",
        source="Geifman & El-Yaniv 2017, arXiv:1705.08500: the largest coverage whose risk is allowed",
        lowest=0.0,
        highest=1.0,
        negligible=0.01,
        within=AtRisk,
    ),
    "risk_at_coverage": Metric(
        title="Risk at a coverage: the share of errors among the images answered",
        unit="fraction",
        better="lower",
        source="Geifman & El-Yaniv 2017, arXiv:1705.08500: the surest answers until so many images are answered",
        lowest=0.0,
        highest=1.0,
        within=AtCoverage,
    ),
}

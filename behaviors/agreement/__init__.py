"""Agreement: do two models, or a model and people, answer alike, and err on the same images?

Claim   not of the paper's: on cue conflicts training, not architecture, decides who errs alike
Source  Geirhos et al. 2020, arXiv:2006.16736 (error consistency); Fard et al. 2016, "Launch and Iterate" (churn)
Unit    share of images; kappa      Better  higher (churn: lower)
"""

from behaviors.contract.measurement import Metric

KAPPA = "Geirhos et al. 2020, arXiv:2006.16736: how much more often both are right or both wrong than by chance"
PEOPLE = "of the people whose answers the suite has, taken as given; mean over them"

METRICS: dict[str, Metric] = {
    "churn": Metric(
        title="Share of images with another answer (churn)",
        unit="fraction",
        better="lower",
        source="Fard et al. 2016, NeurIPS, Launch and Iterate: Reducing Prediction Churn",
        lowest=0.0,
        highest=1.0,
    ),
    "error_consistency": Metric(
        title="Error consistency of two models (kappa)",
        unit="kappa",
        better="higher",
        source=KAPPA,
        lowest=-1.0,
        highest=1.0,
        negligible=0.02,
    ),
    "with_people": Metric(
        title="Error consistency with people (kappa)",
        unit="kappa",
        better="higher",
        source=f"{KAPPA}; {PEOPLE}",
        lowest=-1.0,
        highest=1.0,
        negligible=0.02,
    ),
    "below_people": Metric(
        title="Error consistency among people less that with the model",
        unit="kappa",
        better="lower",
        source=f"{KAPPA}; the ceiling is the mean over pairs {PEOPLE}",
        lowest=-2.0,
        highest=2.0,
        negligible=0.02,
    ),
}

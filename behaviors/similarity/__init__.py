"""Similarity: do two models see the same in the same images?

Claim   none of the paper's; a new checkpoint whose answers stay may still move the features that others build on
Source  Kornblith et al. 2019, arXiv:1905.00414 (linear CKA); Song et al. 2012, JMLR 13:1393 (its unbiased estimate)
Unit    CKA      Better  higher
"""

from behaviors.contract.measurement import Metric

METRICS: dict[str, Metric] = {
    "cka": Metric(
        title="Linear centred kernel alignment of two models' features (CKA)",
        unit="CKA",
        better="higher",
        source="Kornblith et al. 2019, arXiv:1905.00414, of unbiased estimates: Nguyen et al. 2021, arXiv:2010.15327",
        lowest=-1.0,
        highest=1.0,
        negligible=0.01,
    ),
}

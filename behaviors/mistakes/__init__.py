"""Mistakes: which kinds of images does a model fail on more often than on others?

Claim   CLIP models make fewer mistakes relative to their accuracy; all suffer most from texture and occlusion
Source  arXiv:2311.09215, "Model Mistakes"; ImageNet-X: Idrissi et al. 2022, arXiv:2211.01866
Unit    ratio of error rates      Better  lower (1: a factor costs nothing)
"""

from behaviors.contract.measurement import Metric, Parts

FACTORS = (
    "pose",
    "background",
    "pattern",
    "color",
    "smaller",
    "shape",
    "partial_view",
    "subcategory",
    "texture",
    "larger",
    "darker",
    "object_blocking",
    "person_blocking",
    "style",
    "brighter",
    "multiple_objects",
)
"""ImageNet-X's factors, in which an image may differ from the prototypes of its class.  Source: arXiv:2211.01866."""

NEGLIGIBLE = 0.05
"""A difference of error ratios that matters to nobody."""

METRICS: dict[str, Metric] = {
    "mean_error_ratio": Metric(
        title="Mean of the error ratios of the 16 factors",
        unit="ratio",
        better="lower",
        source="arXiv:2311.09215, the average beside its figure of error ratios (plain mean)",
        lowest=0.0,
        negligible=NEGLIGIBLE,
        parts=Parts("factor", "ratio"),
    ),
    "worst_factor": Metric(
        alone="the factor that costs most is another one for each model",
        title="Largest of the error ratios of the 16 factors",
        unit="ratio",
        better="lower",
        source="the factor that arXiv:2311.09215 names as the one a model suffers most from",
        lowest=0.0,
        negligible=NEGLIGIBLE,
    ),
    **{
        f"error_ratio_{factor}": Metric(
            title=f"Error ratio of the factor {factor}",
            unit="ratio",
            better="lower",
            source="Idrissi et al. 2022, arXiv:2211.01866 (error with the factor / error overall)",
            lowest=0.0,
            negligible=NEGLIGIBLE,
        )
        for factor in FACTORS
    },
}

"""Synthetic: how does accuracy follow one factor of a rendered scene at a time?

Claim   ConvNeXt beats ViT on nearly all factors; CLIP is below supervised
Source  arXiv:2311.09215, "Synthetic Data"; PUG-ImageNet: Bordes et al. 2023, arXiv:2308.03977
Unit    fraction of images      Better  higher
"""

from behaviors.contract.measurement import Metric, Parts

FACTORS = (
    "Worlds",
    "Camera_Pitch",
    "Camera_Yaw",
    "Camera_Roll",
    "Object_Pitch",
    "Object_Yaw",
    "Object_Roll",
    "Object_Scale",
    "Object_Texture",
    "Scene_Light",
)
"""What PUG-ImageNet changes, one at a time, in the paper's order."""


def metric_of(factor: str) -> str:
    """``accuracy_camera_yaw``."""
    return f"accuracy_{factor.lower()}"


METRICS: dict[str, Metric] = {
    metric_of(factor): Metric(
        title=f"Top-1 accuracy while {factor.lower().replace('_', ' ')} changes",
        unit="fraction",
        better="higher",
        source='arXiv:2311.09215, "Synthetic Data"; any of the outputs that a class stands for is right',
        lowest=0.0,
        highest=1.0,
        parts=Parts("level", "accuracy"),
    )
    for factor in FACTORS
} | {
    "mean_accuracy": Metric(
        title="Top-1 accuracy, average over the factors",
        unit="fraction",
        better="higher",
        source='arXiv:2311.09215, "Synthetic Data": the plain mean over the ten factors',
        lowest=0.0,
        highest=1.0,
        parts=Parts("factor", "accuracy"),
    )
}

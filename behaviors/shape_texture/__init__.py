"""Shape and texture: where the two disagree, which does a model go by?

Claim   CLIP models are less texture-biased than supervised ones, ViT less than ConvNeXt
Source  arXiv:2311.09215, "Shape / Texture Bias"; Geirhos et al. 2019, arXiv:1811.12231
Unit    fraction of decisions      Better  higher shape fraction (people: 0.96)
"""

from behaviors.contract.measurement import Metric, Parts

METRICS: dict[str, Metric] = {
    "shape_fraction": Metric(
        title="Shape decisions among shape and texture decisions",
        unit="fraction",
        better="higher",
        source="Geirhos et al. 2019, arXiv:1811.12231; images whose cues conflict",
        lowest=0.0,
        highest=1.0,
        parts=Parts("category", "shape_fraction"),
    ),
    "texture_fraction": Metric(
        title="Texture decisions among shape and texture decisions",
        unit="fraction",
        better="lower",
        source="Geirhos et al. 2019, arXiv:1811.12231; 1 - shape fraction",
        lowest=0.0,
        highest=1.0,
        parts=Parts("category", "texture_fraction"),
    ),
    "cue_accuracy": Metric(
        title="Shape or texture decisions among all images",
        unit="fraction",
        better="higher",
        source="arXiv:2311.09215; images whose cues conflict, either cue counts as right",
        lowest=0.0,
        highest=1.0,
        parts=Parts("category", "cue_accuracy"),
    ),
}

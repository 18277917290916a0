"""Findings about the cue conflict: who goes by shape, and who by texture."""

from behaviors.contract.predictions import Predictions
from behaviors.findings.contrasts import Contrast, above
from behaviors.findings.influence import Measured, by_two_sources
from behaviors.shape_texture.evidence import decisions
from behaviors.shape_texture.metrics import shape_fraction


def more_shape(first: Predictions, second: Predictions, *, alpha: float) -> Contrast:
    """The shape fraction of ``first`` is above that of ``second``.

    Images are not independent: many share the picture that their shape is from, or their texture.
    """
    cues = decisions(first)
    return above(
        f"{first.model} above {second.model}",
        _fraction(first, alpha),
        _fraction(second, alpha),
        spreading=lambda influence: by_two_sources(influence, cues.shape_source, cues.texture_source),
    )


def _fraction(predictions: Predictions, alpha: float) -> Measured:
    cues = decisions(predictions)
    return Measured(predictions.model, shape_fraction(cues, alpha=alpha), cues.influence)

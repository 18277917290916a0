"""Findings about mistakes: error ratios of one model against another's, and of one factor against the others."""

from collections.abc import Sequence

import numpy as np

from behaviors.contract.predictions import Predictions
from behaviors.findings.conjunction import at_least
from behaviors.findings.contrasts import Contrast, above
from behaviors.findings.influence import Floats, Measured
from behaviors.mistakes import FACTORS, bounds
from behaviors.mistakes.evidence import Errors, errors
from behaviors.mistakes.metrics import any_unjudged, error_ratio, mean_error_ratio

COMPLEX = ("texture", "subcategory", "object_blocking")
"""The factors that models suffer most from.  Source: arXiv:2311.09215, "Model Mistakes"."""
NEAR = 3
"""Texture is at or near the top: among so many factors with the largest ratios."""


def influences(made: Errors) -> Floats:
    """(N, F) float64: how far each image moves the ratio of each factor, by its error and by carrying the factor.

    Beside what images that carry factors as given do to the ratio e_f / e, with e for an error, there is what one more
    image with the factor does to the rate e_f.
    """
    share, wrong = made.carries.mean(0), made.wrong.mean()
    ratio = (made.wrong[:, None] & made.carries).mean(0) / (share * wrong)
    moved: Floats = bounds.influences(made.wrong, made.carries) - ratio * (made.carries / share - 1)
    return moved


def unjudged(*models: Predictions) -> str:
    """Why error ratios of all factors cannot be compared; empty where they can."""
    reasons = (f"{said.model}: {reason}" for said in models if (reason := any_unjudged(errors(said))))
    return next(reasons, "")


def annotated(predictions: Predictions) -> int:
    """How many images take part in error ratios."""
    return len(errors(predictions))


def fewer_relative_mistakes(fewer: Predictions, more: Predictions, *, alpha: float) -> Contrast:
    """The mean error ratio of ``fewer`` is below that of ``more``, on the same images."""
    first, second = (_mean(said.model, errors(said), alpha) for said in (more, fewer))
    return above(f"{more.model} above {fewer.model}", first, second)


def complex_above_others(predictions: Predictions, *, alpha: float) -> Contrast:
    """A model's mean error ratio over the complex factors is above that over all others."""
    made = errors(predictions)
    others = tuple(factor for factor in FACTORS if factor not in COMPLEX)
    first, second = (
        _mean(predictions.model, _only(made, factors), alpha, name)
        for name, factors in (("complex", COMPLEX), ("others", others))
    )
    return above(f"{predictions.model}: complex factors above others", first, second)


def texture_near_the_top(predictions: Predictions, *, alpha: float) -> Contrast:
    """At most ``NEAR`` - 1 factors have a larger error ratio than texture."""
    made = errors(predictions)
    others = [factor for factor in FACTORS if factor != "texture"]
    texture = _one(predictions.model, made, "texture", alpha)
    rivals = [
        above(f"texture above {factor}", texture, _one(predictions.model, made, factor, alpha)) for factor in others
    ]
    return at_least(len(others) - NEAR + 1, f"{predictions.model}: texture among the {NEAR} worst factors", rivals)


def _mean(model: str, made: Errors, alpha: float, what: str = "") -> Measured:
    return Measured(model, mean_error_ratio(made, alpha=alpha), influences(made).mean(1), what)


def _one(model: str, made: Errors, factor: str, alpha: float) -> Measured:
    column = influences(_only(made, (factor,)))[:, 0]
    return Measured(model, error_ratio(made, factor, alpha=alpha), column, factor)


def _only(made: Errors, factors: Sequence[str]) -> Errors:
    columns = [made.factors.index(factor) for factor in factors]
    carries: np.ndarray = made.carries[:, columns]
    return Errors(made.wrong, carries, tuple(factors), made.prototypes, made.unknown)

"""Findings: does what the paper found by comparing models hold for these?

Claim   the twelve differences between ConvNet and transformer, supervised and CLIP; one of ours: who errs alike
Source  arXiv:2311.09215; of ours: Geirhos et al. 2020, arXiv:2006.16736 (error consistency)
Unit    the difference, in the unit of what is compared      Better  above 0: as the paper found

A finding holds where its whole interval is above 0, is contradicted where it is below, and else this many images do not
decide it.  Whether it should hold for a suite's models is a rule of thresholds.yaml (``outcome``), as any expectation.
"""

from behaviors.contract.measurement import Metric

SAME_ARCHITECTURE: dict[str, tuple[str, ...]] = {
    "vit": ("vit-clip", "vit-sup"),
    "convnext": ("convnext-clip", "convnext-sup"),
}
"""Two ways of training: CLIP first."""

SAME_TRAINING: dict[str, tuple[str, ...]] = {
    "supervised": ("vit-sup", "convnext-sup"),
    "clip": ("vit-clip", "convnext-clip"),
}
"""Two architectures: ViT first."""

FOUR: dict[str, tuple[str, ...]] = {"four": ("vit-sup", "convnext-sup", "vit-clip", "convnext-clip")}

GROUPS: dict[str, tuple[str, ...]] = SAME_ARCHITECTURE | SAME_TRAINING | FOUR
"""Which models a finding compares; the group's name stands where rules and reports name a model."""

ROLES: dict[str, tuple[str, ...]] = dict.fromkeys(SAME_ARCHITECTURE, ("clip", "supervised")) | SAME_TRAINING | FOUR
"""What each member of a group is in it: a suite declares groups of other models by these (``groups:``)."""


def _finding(title: str, unit: str, section: str) -> Metric:
    return Metric(title, unit, "higher", source=f"arXiv:2311.09215, {section}", claim=True)


METRICS: dict[str, Metric] = {
    "clip_makes_fewer_relative_mistakes": _finding(
        "CLIP models make fewer mistakes relative to their accuracy", "mean error ratio", '"Model Mistakes"'
    ),
    "complex_factors_are_hardest": _finding(
        "All four suffer most from texture, subcategory and object blocking", "mean error ratio", '"Model Mistakes"'
    ),
    "texture_is_near_the_top": _finding(
        "Texture is among the three factors that every model suffers most from", "error ratio", '"Model Mistakes"'
    ),
    "clip_is_less_texture_biased": _finding(
        "CLIP models are less texture-biased than supervised ones", "shape fraction", '"Shape / Texture Bias"'
    ),
    "vit_is_more_shape_biased": _finding(
        "ViT has a higher shape fraction than ConvNeXt", "shape fraction", '"Shape / Texture Bias"'
    ),
    "clip_is_overconfident": _finding(
        "CLIP models are over-confident, supervised ones under-confident",
        "confidence - accuracy",
        '"Model Calibration"',
    ),
    "convnext_is_better_calibrated": _finding(
        "Supervised ConvNeXt is better calibrated than supervised ViT", "ECE", '"Model Calibration"'
    ),
    "supervised_is_more_robust": _finding(
        "Supervised models beat CLIP models but on renditions and sketches", "accuracy", '"Robustness"'
    ),
    "architectures_are_equally_robust": _finding(
        "ViT and ConvNeXt are close on average over the variants", "accuracy", '"Robustness"'
    ),
    "clip_transfers_best": _finding(
        "CLIP transfers best, supervised ConvNeXt nearly as well, supervised ViT less",
        "mean probe accuracy",
        '"Transferability"',
    ),
    "convnext_is_better_on_scenes": _finding(
        "ConvNeXt beats ViT on nearly all factors of rendered scenes", "accuracy", '"Synthetic Data"'
    ),
    "clip_is_worse_on_scenes": _finding(
        "CLIP models are below supervised ones on rendered scenes", "accuracy", '"Synthetic Data"'
    ),
    "convnext_bears_scale_and_resolution": _finding(
        "Supervised ConvNeXt bears scale and resolution better than ViT, CLIP's worse",
        "accuracy",
        '"Transformation Invariance"',
    ),
    "shifts_are_easiest": _finding(
        "All models are more robust to shifts than to scale or resolution", "accuracy", '"Transformation Invariance"'
    ),
    "training_decides_who_errs_alike": Metric(
        "Of ours: on cue conflicts training decides who errs alike, not architecture",
        "kappa",
        "higher",
        source="none of the paper's; its published decisions: .587 within a training, .538 within an architecture",
        claim=True,
    ),
}

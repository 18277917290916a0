"""Findings: does what the paper found by comparing models hold for these?  (Source and unit: see the package.)"""

import pytest

from behaviors.findings import GROUPS, METRICS, SAME_ARCHITECTURE, SAME_TRAINING
from behaviors.findings.confidence import better_calibrated, confidence_gap
from behaviors.findings.conjunction import all_above, as_measurement
from behaviors.findings.contrasts import Contrast, negative, positive
from behaviors.findings.pairing import paired
from behaviors.findings.plots import comparison
from behaviors.findings.shape import more_shape
from behaviors.gate import Gate
from behaviors.predictions import Answers, Predictions

SUPERVISED = {"supervised": SAME_TRAINING["supervised"]}


def asked(answers: Answers, dataset: str, view: str = "identity") -> tuple[Predictions, ...]:
    """What the models of the test's group say about the same images, in the same order."""
    members = GROUPS[answers.model]
    return paired(*(answers(dataset, view=view, model=model) for model in members))


def settle(answers: Answers, gate: Gate, metric: str, claim: Contrast, images: int) -> None:
    """Hand the claim to the gate."""
    measurement = as_measurement(claim, images=images, alpha=gate.alpha)
    place = "" if answers.dataset == "all" else f" on {answers.dataset}"
    about = f"{', '.join(GROUPS[answers.model])}{place}"
    gate.check(metric, measurement, figure=lambda: comparison(METRICS[metric], about, measurement))


@pytest.mark.predictions("cue_conflict", models=SAME_ARCHITECTURE)
def test_clip_is_less_texture_biased(answers: Answers, gate: Gate) -> None:
    """Where shape and texture disagree, a CLIP model goes by shape more often than a supervised one."""
    claim = more_shape(*asked(answers, "cue_conflict"), alpha=gate.alpha)
    settle(answers, gate, "clip_is_less_texture_biased", claim, claim.measured[0].measurement.images)


@pytest.mark.predictions("cue_conflict", models=SAME_TRAINING)
def test_vit_is_more_shape_biased(answers: Answers, gate: Gate) -> None:
    """Where shape and texture disagree, ViT goes by shape more often than ConvNeXt, however they were trained."""
    claim = more_shape(*asked(answers, "cue_conflict"), alpha=gate.alpha)
    settle(answers, gate, "vit_is_more_shape_biased", claim, claim.measured[0].measurement.images)


@pytest.mark.predictions("val", models=SAME_ARCHITECTURE)
def test_clip_is_overconfident(answers: Answers, gate: Gate) -> None:
    """A CLIP model is more confident than right, a supervised one less."""
    clip, supervised = (confidence_gap(said, alpha=gate.alpha) for said in asked(answers, "val"))
    contrasts = [
        positive(f"{clip.model} is over-confident", clip),
        negative(f"{supervised.model} is under-confident", supervised),
    ]
    settle(answers, gate, "clip_is_overconfident", all_above("both", contrasts), clip.measurement.images)


@pytest.mark.predictions("val", "renditions", models=SUPERVISED)
def test_convnext_is_better_calibrated(answers: Answers, gate: Gate) -> None:
    """On either dataset the confidence of supervised ConvNeXt is nearer to its accuracy than that of supervised ViT."""
    contrasts, images = [], 0
    for dataset in ("val", "renditions"):
        vit, convnext = asked(answers, dataset)
        contrasts.append(better_calibrated(dataset, convnext, vit, alpha=gate.alpha))
        images += len(vit)
    settle(answers, gate, "convnext_is_better_calibrated", all_above("on both", contrasts), images)

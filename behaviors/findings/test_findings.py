"""Findings: does what the paper found by comparing models hold for these?  (Source and unit: see the package.)"""

from collections.abc import Mapping

import pytest

from behaviors.contract.features import Probes
from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Answers, Predictions
from behaviors.findings import FOUR, METRICS, SAME_ARCHITECTURE, SAME_TRAINING
from behaviors.findings.accuracy import MARGIN, Pair, ahead, ahead_on_average, close_on_average, more_robust
from behaviors.findings.alike import alone, training_decides
from behaviors.findings.confidence import better_calibrated, confidence_gap
from behaviors.findings.conjunction import all_above, as_measurement
from behaviors.findings.contrasts import Contrast, negative, positive
from behaviors.findings.errors import (
    annotated,
    complex_above_others,
    fewer_relative_mistakes,
    texture_near_the_top,
    unjudged,
)
from behaviors.findings.pairing import paired
from behaviors.findings.plots import comparison
from behaviors.findings.scenes import better_on_average, better_on_nearly_all
from behaviors.findings.shape import more_shape
from behaviors.findings.transfer import transfer_as_in_the_paper
from behaviors.invariance.kinds import SWEEPS

VARIANTS = ("v2", "a", "renditions", "sketch", "real", "hard", "c")
CLIP_WINS = ("renditions", "sketch")
SCALES, SHIFTS, RESOLUTIONS = (SWEEPS[name].views() for name in ("scale", "shift", "resolution"))
CHANGES = (*SCALES, *RESOLUTIONS)
COARSE = RESOLUTIONS[0]
SHARING_TRAINING = ((0, 1), (2, 3))
"""Places among the four."""
SUPERVISED = {"supervised": SAME_TRAINING["supervised"]}


@pytest.mark.predictions("factors", models=SAME_ARCHITECTURE)
def test_clip_makes_fewer_relative_mistakes(answers: Answers, gate: Gate) -> None:
    """Factors multiply the errors of a CLIP model less than those of a supervised one, on average."""
    clip, supervised = two(answers, "factors")
    if reason := unjudged(clip, supervised):
        gate.does_not_apply("clip_makes_fewer_relative_mistakes", reason)
    claim = fewer_relative_mistakes(clip, supervised, alpha=gate.alpha)
    settle(answers, gate, "clip_makes_fewer_relative_mistakes", claim, images_of(claim))


@pytest.mark.predictions("factors", models=FOUR)
def test_complex_factors_are_hardest(answers: Answers, gate: Gate) -> None:
    """Texture, subcategory and object blocking cost every model more than the other factors do, on average."""
    said = asked(answers, "factors")
    if reason := unjudged(*said):
        gate.does_not_apply("complex_factors_are_hardest", reason)
    each = [complex_above_others(one, alpha=gate.alpha) for one in said]
    settle(answers, gate, "complex_factors_are_hardest", all_above("every model", each), images_of(each[0]))


@pytest.mark.predictions("factors", models=FOUR)
def test_texture_is_near_the_top(answers: Answers, gate: Gate) -> None:
    """For every model, texture is among the three factors that it suffers most from."""
    said = asked(answers, "factors")
    if reason := unjudged(*said):
        gate.does_not_apply("texture_is_near_the_top", reason)
    each = [texture_near_the_top(one, alpha=gate.alpha) for one in said]
    settle(answers, gate, "texture_is_near_the_top", all_above("every model", each), annotated(said[0]))


@pytest.mark.predictions("cue_conflict", models=SAME_ARCHITECTURE)
def test_clip_is_less_texture_biased(answers: Answers, gate: Gate) -> None:
    """Where shape and texture disagree, a CLIP model goes by shape more often than a supervised one."""
    claim = more_shape(*two(answers, "cue_conflict"), alpha=gate.alpha)
    settle(answers, gate, "clip_is_less_texture_biased", claim, images_of(claim))


@pytest.mark.predictions("cue_conflict", models=SAME_TRAINING)
def test_vit_is_more_shape_biased(answers: Answers, gate: Gate) -> None:
    """Where shape and texture disagree, ViT goes by shape more often than ConvNeXt, however they were trained."""
    claim = more_shape(*two(answers, "cue_conflict"), alpha=gate.alpha)
    settle(answers, gate, "vit_is_more_shape_biased", claim, images_of(claim))


@pytest.mark.predictions("cue_conflict", models=FOUR)
def test_training_decides_who_errs_alike(answers: Answers, gate: Gate) -> None:
    """Of ours: where shape and texture disagree, models err alike that were trained alike, more than built alike."""
    said = asked(answers, "cue_conflict")
    if reason := alone(said):
        gate.inconclusive("training_decides_who_errs_alike", reason, images=len(said[0]))
        return
    claim = training_decides(said, SHARING_TRAINING)
    settle(answers, gate, "training_decides_who_errs_alike", claim, len(said[0]))


@pytest.mark.needs("confidence")
@pytest.mark.predictions("val", models=SAME_ARCHITECTURE)
def test_clip_is_overconfident(answers: Answers, gate: Gate) -> None:
    """A CLIP model is more confident than right, a supervised one less."""
    clip, supervised = (confidence_gap(one, alpha=gate.alpha) for one in two(answers, "val"))
    each = [
        positive(f"{clip.model} is over-confident", clip),
        negative(f"{supervised.model} is under-confident", supervised),
    ]
    settle(answers, gate, "clip_is_overconfident", all_above("both", each), images_of(each[0]))


@pytest.mark.needs("confidence")
@pytest.mark.predictions("val", "renditions", models=SUPERVISED)
def test_convnext_is_better_calibrated(answers: Answers, gate: Gate) -> None:
    """On either dataset the confidence of supervised ConvNeXt is nearer to its accuracy than that of supervised ViT."""
    pairs = {dataset: two(answers, dataset, turned=True) for dataset in ("val", "renditions")}
    each = [better_calibrated(dataset, *pair, alpha=gate.alpha) for dataset, pair in pairs.items()]
    settle(answers, gate, "convnext_is_better_calibrated", all_above("on both", each), images_of(*each))


@pytest.mark.predictions(*VARIANTS, models=SAME_ARCHITECTURE)
def test_supervised_is_more_robust(answers: Answers, gate: Gate) -> None:
    """Supervised models beat CLIP on average and on each variant but renditions and sketches, where CLIP wins."""
    supervised_first = {name: two(answers, name, turned=True) for name in VARIANTS}
    average = ahead_on_average("average: supervised", supervised_first, alpha=gate.alpha)
    each = [
        ahead(f"{name}: CLIP", two(answers, name), alpha=gate.alpha)
        if name in CLIP_WINS
        else ahead(f"{name}: supervised", supervised_first[name], alpha=gate.alpha)
        for name in VARIANTS
    ]
    settle(answers, gate, "supervised_is_more_robust", all_above("all", [average, *each]), images_of(*each))


@pytest.mark.predictions(*VARIANTS, models=SAME_TRAINING)
def test_architectures_are_equally_robust(answers: Answers, gate: Gate) -> None:
    """Over the variants, ViT and ConvNeXt are close on average."""
    pairs = {name: two(answers, name) for name in VARIANTS}
    claim = close_on_average(f"less than {MARGIN:g} apart on average", pairs, alpha=gate.alpha)
    each = [ahead(name, pair, alpha=gate.alpha) for name, pair in pairs.items()]
    settle(answers, gate, "architectures_are_equally_robust", claim, images_of(*each))


@pytest.mark.needs("features")
@pytest.mark.probes(models=FOUR)
def test_clip_transfers_best(probes_by_model: Mapping[str, Probes], gate: Gate) -> None:
    """On new tasks CLIP's features serve best, supervised ConvNeXt's nearly as well and supervised ViT's less."""
    claim = transfer_as_in_the_paper(probes_by_model, alpha=gate.alpha)
    judge(gate, "clip_transfers_best", claim, images_of(claim.parts[0]), ", ".join(probes_by_model))


@pytest.mark.predictions("pug", models=SAME_TRAINING)
def test_convnext_is_better_on_scenes(answers: Answers, gate: Gate) -> None:
    """ConvNeXt is more accurate than ViT on nearly all factors of a rendered scene, and on average."""
    claim = better_on_nearly_all(*two(answers, "pug", turned=True), alpha=gate.alpha)
    settle(answers, gate, "convnext_is_better_on_scenes", claim, images_of(claim.parts[0]))


@pytest.mark.predictions("pug", models=SAME_ARCHITECTURE)
def test_clip_is_worse_on_scenes(answers: Answers, gate: Gate) -> None:
    """A supervised model is more accurate than CLIP, on average over the factors of rendered scenes."""
    supervised, clip = two(answers, "pug", turned=True)
    claim = better_on_average(f"{supervised.model} above {clip.model}", supervised, clip, alpha=gate.alpha)
    settle(answers, gate, "clip_is_worse_on_scenes", claim, images_of(claim))


@pytest.mark.needs("views")
@pytest.mark.predictions("wide", views=CHANGES, models=SAME_TRAINING)
def test_convnext_bears_scale_and_resolution(answers: Answers, gate: Gate) -> None:
    """Supervised ConvNeXt beats ViT at each other scale and resolution; CLIP's ViT beats ConvNeXt, but at 112."""
    supervised = answers.like == "supervised"
    pairs = {view: two(answers, "wide", view, turned=supervised or view == COARSE) for view in CHANGES}
    each = [ahead(f"{view}: {pair[0].model}", pair, alpha=gate.alpha) for view, pair in pairs.items()]
    settle(answers, gate, "convnext_bears_scale_and_resolution", all_above("each", each), images_of(each[0]))


@pytest.mark.needs("views")
@pytest.mark.predictions("wide", views=(*SHIFTS, *CHANGES), models=FOUR)
def test_shifts_are_easiest(answers: Answers, gate: Gate) -> None:
    """Every model keeps more of its accuracy when images are shifted than at other scales or resolutions."""
    said = {view: asked(answers, "wide", view) for view in (*SHIFTS, *CHANGES)}
    each = []
    for place in range(len(answers.models)):
        shifts, *others = (
            (name, [said[view][place] for view in views])
            for name, views in (("shifts", SHIFTS), ("scales", SCALES), ("resolutions", RESOLUTIONS))
        )
        each += [more_robust(shifts, changes, alpha=gate.alpha) for changes in others]
    settle(answers, gate, "shifts_are_easiest", all_above("every model", each), images_of(each[0]))


def asked(answers: Answers, dataset: str, view: str = "identity") -> tuple[Predictions, ...]:
    """What the models of the test's group say about the same images, in the same order."""
    return paired(*(answers(dataset, view=view, model=model) for model in answers.models))


def two(answers: Answers, dataset: str, view: str = "identity", *, turned: bool = False) -> Pair:
    """What the two models of the test's group say; ``turned``: the second of them comes first."""
    first, second = asked(answers, dataset, view)
    return (second, first) if turned else (first, second)


def images_of(*contrasts: Contrast) -> int:
    """How many images were looked at; each contrast is about images of its own."""
    return sum(contrast.measured[0].measurement.images for contrast in contrasts)


def settle(answers: Answers, gate: Gate, metric: str, claim: Contrast, images: int) -> None:
    """Hand a claim about the test's group of models to the gate."""
    place = "" if answers.dataset == "all" else f" on {answers.dataset}"
    judge(gate, metric, claim, images, f"{', '.join(answers.models)}{place}")


def judge(gate: Gate, metric: str, claim: Contrast, images: int, about: str) -> None:
    """Hand the claim to the gate; ``about``: which models on what, for the figure."""
    measurement = as_measurement(claim, images=images, alpha=gate.alpha)
    gate.check(metric, measurement, figure=lambda: comparison(METRICS[metric], about, measurement))

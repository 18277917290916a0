"""Findings: does what the paper found by comparing models hold for these?  (Source and unit: see the package.)"""

import pytest

from behaviors.findings import FOUR, GROUPS, METRICS, SAME_ARCHITECTURE, SAME_TRAINING
from behaviors.findings.accuracy import MARGIN, Duel, ahead, ahead_on_average, close_on_average, images_of, more_robust
from behaviors.findings.confidence import better_calibrated, confidence_gap
from behaviors.findings.conjunction import all_above, as_measurement
from behaviors.findings.contrasts import Contrast, negative, positive
from behaviors.findings.pairing import paired
from behaviors.findings.plots import comparison
from behaviors.findings.scenes import better_on_average, better_on_nearly_all
from behaviors.findings.shape import more_shape
from behaviors.gate import Gate
from behaviors.predictions import Answers, Predictions

VARIANTS = ("v2", "a", "renditions", "sketch", "real", "hard")
CLIP_WINS = ("renditions", "sketch")
# arXiv:2311.09215, "Transformation Invariance"; resolutions of inputs of 224 pixels, others take the same ratio
SCALES = tuple(f"zoom(scale={scale})" for scale in (1.25, 1.5, 2, 3))
SHIFTS = tuple(f"shift(along={pixels})" for pixels in (5, 30, 75, 100))
RESOLUTIONS = tuple(f"resolution(size={size})" for size in (112, 336, 512, 640))
COARSE = RESOLUTIONS[0]
SUPERVISED = {"supervised": SAME_TRAINING["supervised"]}


def asked(answers: Answers, dataset: str, view: str = "identity") -> tuple[Predictions, ...]:
    """What the models of the test's group say about the same images, in the same order."""
    members = GROUPS[answers.model]
    return paired(*(answers(dataset, view=view, model=model) for model in members))


def duel(answers: Answers, dataset: str, view: str = "identity", *, turned: bool = False) -> Duel:
    """Where the two models of the test's group are right; ``turned``: the second of them is to be ahead."""
    first, second = asked(answers, dataset, view)
    better, worse = (second, first) if turned else (first, second)
    return Duel((better.model, worse.model), (better.correct, worse.correct))


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


@pytest.mark.predictions(*VARIANTS, models=SAME_ARCHITECTURE)
def test_supervised_is_more_robust(answers: Answers, gate: Gate) -> None:
    """Supervised models beat CLIP on average and on each variant but renditions and sketches, where CLIP wins."""
    duels = {name: duel(answers, name, turned=True) for name in VARIANTS}
    expected = {name: duel(answers, name, turned=name not in CLIP_WINS) for name in VARIANTS}
    average = ahead_on_average("average", duels, alpha=gate.alpha)
    each = [ahead(f"{name}: {one.models[0]}", one, alpha=gate.alpha) for name, one in expected.items()]
    settle(answers, gate, "supervised_is_more_robust", all_above("each", [average, *each]), images_of(duels))


@pytest.mark.predictions(*VARIANTS, models=SAME_TRAINING)
def test_architectures_are_equally_robust(answers: Answers, gate: Gate) -> None:
    """Over the variants, ViT and ConvNeXt are close on average."""
    duels = {name: duel(answers, name) for name in VARIANTS}
    claim = close_on_average(f"within {MARGIN:g} on average", duels, alpha=gate.alpha)
    settle(answers, gate, "architectures_are_equally_robust", claim, images_of(duels))


@pytest.mark.predictions("pug", models=SAME_TRAINING)
def test_convnext_is_better_on_scenes(answers: Answers, gate: Gate) -> None:
    """ConvNeXt is more accurate than ViT on nearly all factors of a rendered scene, and on average."""
    vit, convnext = asked(answers, "pug")
    claim = better_on_nearly_all(convnext, vit, alpha=gate.alpha)
    settle(answers, gate, "convnext_is_better_on_scenes", claim, len(vit))


@pytest.mark.predictions("pug", models=SAME_ARCHITECTURE)
def test_clip_is_worse_on_scenes(answers: Answers, gate: Gate) -> None:
    """A supervised model is more accurate than CLIP, on average over the factors of rendered scenes."""
    clip, supervised = asked(answers, "pug")
    claim = better_on_average(f"{supervised.model} above {clip.model}", supervised, clip, alpha=gate.alpha)
    settle(answers, gate, "clip_is_worse_on_scenes", claim, len(clip))


@pytest.mark.predictions("wide", views=(*SCALES, *RESOLUTIONS), models=SAME_TRAINING)
def test_convnext_bears_scale_and_resolution(answers: Answers, gate: Gate) -> None:
    """Supervised ConvNeXt beats ViT at each other scale and resolution; CLIP's ViT beats ConvNeXt, but at 112."""
    supervised = answers.model == "supervised"
    duels = {view: duel(answers, "wide", view, turned=supervised or view == COARSE) for view in (*SCALES, *RESOLUTIONS)}
    claim = all_above("each", [ahead(f"{view}: {d.models[0]}", d, alpha=gate.alpha) for view, d in duels.items()])
    settle(answers, gate, "convnext_bears_scale_and_resolution", claim, claim.measured[0].measurement.images)


@pytest.mark.predictions("wide", views=(*SHIFTS, *SCALES, *RESOLUTIONS), models=FOUR)
def test_shifts_are_easiest(answers: Answers, gate: Gate) -> None:
    """Every model keeps more of its accuracy when images are shifted than at other scales or resolutions."""
    said = {view: asked(answers, "wide", view) for view in (*SHIFTS, *SCALES, *RESOLUTIONS)}
    contrasts = []
    for place, model in enumerate(GROUPS[answers.model]):
        for name, others in (("scales", SCALES), ("resolutions", RESOLUTIONS)):
            shifted, changed = ([said[view][place].correct for view in views] for views in (SHIFTS, others))
            contrasts.append(more_robust(f"{model}: shifts above {name}", model, shifted, changed, alpha=gate.alpha))
    claim = all_above("every model", contrasts)
    settle(answers, gate, "shifts_are_easiest", claim, claim.measured[0].measurement.images)

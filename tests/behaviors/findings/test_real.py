"""The published decisions of the paper's four models on the cue conflict: findings 3 and 4 come out as in the paper.

Facts: arXiv:2311.09215, decisions published by its authors (kirill-vish/Beyond-INet).
"""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from behaviors.agreement.kappa import error_consistency
from behaviors.contract.predictions import Predictions
from behaviors.findings import FOUR
from behaviors.findings.alike import training_decides
from behaviors.findings.influence import by_two_sources
from behaviors.findings.shape import more_shape
from behaviors.findings.test_findings import SHARING_TRAINING
from tests.behaviors.findings.build import says
from tests.conftest import House

MODELS = FOUR["four"]
SUITE = """
suite: published
classes: imagenet-1k
models:
{models}
datasets:
  cue_conflict:
    format: cue_conflict
    path: {folder}/vit-sup.csv
    images: 1280
    outputs: {{groups: imagenet-16}}
"""
LAW = """
published:
  findings:
    clip_is_less_texture_biased: {outcome: holds, source: arXiv:2311.09215}
    vit_is_more_shape_biased: {outcome: holds, source: arXiv:2311.09215}
"""


@pytest.fixture(scope="module")
def folder(real: Path) -> Path:
    return real / "decisions"


@pytest.fixture(scope="module")
def decided(folder: Path) -> dict[str, Predictions]:
    """The decisions as they are published, read without the house's own reader."""
    return {model: _read(folder / f"{model}.csv", model) for model in MODELS}


def _read(path: Path, model: str) -> Predictions:
    rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
    responses, images = [row[4] for row in rows], [row[7] for row in rows]
    cues = [re.fullmatch(r"((\D+)\d+)-((\D+)\d+)\.png", image).groups() for image in images]
    classes = tuple(sorted({cue[1] for cue in cues}))
    return says(
        [classes.index(response) for response in responses],
        labels=[classes.index(cue[1]) for cue in cues],
        model=model,
        dataset="cue_conflict",
        classes=classes,
        ids=images,
        annotations={
            "shape": [cue[1] for cue in cues],
            "texture": [cue[3] for cue in cues],
            "shape_source": [cue[0] for cue in cues],
            "texture_source": [cue[2] for cue in cues],
            "conflict": [cue[1] != cue[3] for cue in cues],
        },
    )


@pytest.mark.parametrize(
    ("first", "second", "difference", "p"),
    [
        # computed from the same decisions with other code; two-sided, normal
        ("vit-sup", "convnext-sup", 0.066, 0.0094),
        ("vit-clip", "convnext-clip", 0.041, 0.084),
        ("vit-clip", "vit-sup", 0.066, 0.045),
        ("convnext-clip", "convnext-sup", 0.091, 0.0022),
    ],
)
def test_the_differences_and_how_sure_they_are(decided, first, second, difference, p):
    claim = more_shape(decided[first], decided[second], alpha=0.05)
    low, high = claim.bounds(0.05)
    error = (high - low) / 2 / stats.t.isf(0.05, 47)  # 160 pictures of shapes, 48 of textures
    assert claim.value == pytest.approx(difference, abs=5e-4)
    assert 2 * stats.norm.sf(claim.value / error) == pytest.approx(p, rel=0.03)
    assert low > 0


def test_training_decides_who_errs_alike(decided):
    """Error consistencies computed from the same decisions with other code."""
    said = tuple(decided[name] for name in MODELS)
    claim = training_decides(said, SHARING_TRAINING)
    each = {
        pair: error_consistency(*(decided[name].correct for name in pair)).value for pair in combinations(MODELS, 2)
    }
    assert each["vit-sup", "convnext-sup"] == pytest.approx(0.659704, abs=5e-7)
    assert each["vit-sup", "vit-clip"] == pytest.approx(0.596904, abs=5e-7)
    assert each["convnext-sup", "convnext-clip"] == pytest.approx(0.478486, abs=5e-7)
    assert each["vit-clip", "convnext-clip"] == pytest.approx(0.515145, abs=5e-7)
    assert claim.value == pytest.approx((0.659704 + 0.515145 - 0.596904 - 0.478486) / 2, abs=1e-6)
    low, high = claim.bounds(0.05)
    assert 0 < low < claim.value < high
    exchanged = tuple(decided[name] for name in ("vit-sup", "vit-clip", "convnext-sup", "convnext-clip"))
    assert training_decides(exchanged, SHARING_TRAINING).bounds(0.05)[1] < 0


def test_without_the_shared_pictures_the_interval_would_be_too_sure(decided):
    one, two = (more_shape(decided[name], decided["convnext-sup"], alpha=0.05) for name in ("vit-sup", "vit-clip"))
    for claim in (one, two):
        first, second = claim.measured
        influence = first.influence - second.influence
        single = by_two_sources(influence, np.arange(1200), np.arange(1200))
        assert claim.value - claim.bounds(0.05)[0] > 1.3 * single.reach(0.05)


def test_the_house_finds_what_the_paper_found(folder: Path, house: House):
    models = "\n".join(f"  {model}: 'predictions:{folder}/{model}.csv'" for model in MODELS)
    (house.path / "published.yaml").write_text(SUITE.format(models=models, folder=folder))
    house.thresholds(LAW)
    ran = house.pytest("-m", "findings", "--suite=published.yaml", "--junitxml=said.xml")
    assert ran.code == 0, ran.output
    assert re.search(r"pass +findings.clip_is_less_texture_biased +vit +cue_conflict +holds \+0\.066", ran.output)
    assert re.search(r"pass +findings.clip_is_less_texture_biased +convnext +cue_conflict +holds \+0\.091", ran.output)
    assert re.search(r"pass +findings.vit_is_more_shape_biased +supervised +cue_conflict +holds \+0\.066", ran.output)
    assert re.search(r"pass +findings.vit_is_more_shape_biased +clip +cue_conflict +holds \+0\.041", ran.output)
    assert "1,200" in ran.output


def test_with_the_models_exchanged_the_house_contradicts_the_paper(folder: Path, house: House):
    turned = dict(zip(MODELS, reversed(MODELS), strict=True))
    models = "\n".join(f"  {model}: 'predictions:{folder}/{turned[model]}.csv'" for model in MODELS)
    (house.path / "published.yaml").write_text(SUITE.format(models=models, folder=folder))
    house.thresholds(LAW)
    ran = house.pytest("-m", "findings", "--suite=published.yaml")
    assert ran.code == 1, ran.output
    assert re.search(
        r"findings.vit_is_more_shape_biased: supervised on cue_conflict: contradicted, difference -0\.041"
        r" \(1,200 images\); thresholds.yaml:5 expects: holds",
        ran.output,
    )
    assert ran.output.count("FAIL ") >= 4

"""The published decisions of the paper's four models, whose counts and intervals are stated beside them."""

import csv
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.special import expit, logit, ndtri
from scipy.stats import norm

from behaviors.contract.predictions import Predictions
from behaviors.shape_texture.evidence import decisions
from behaviors.shape_texture.metrics import cue_accuracy, shape_fraction
from behaviors.statistics.clusters import two_way_variance
from fixtures.predictions.provider import PredictionProvider
from fixtures.predictions.request import Request
from fixtures.suite.loader import load_suite
from tests.conftest import ROOT

MODELS = ("vit-sup", "convnext-sup", "vit-clip", "convnext-clip")


@pytest.fixture(scope="module")
def said(real, tmp_path_factory) -> dict[str, Predictions]:
    """Read as any user would: recordings in a suite of ImageNet models, and a dataset without images."""
    folder = tmp_path_factory.mktemp("decisions")
    suite = {
        "suite": "paper",
        "classes": "imagenet-1k",
        "models": {name: f"predictions:{real / 'decisions' / name}.csv" for name in MODELS},
        "datasets": {
            "cue_conflict": {
                "format": "cue_conflict",
                "path": str(real / "decisions" / "vit-sup.csv"),
                "images": 1280,
                "outputs": {"groups": "imagenet-16"},
            }
        },
    }
    (folder / "paper.yaml").write_text(yaml.safe_dump(suite))
    loaded = load_suite(str(folder / "paper.yaml"), folder / "cache")
    provider = PredictionProvider(loaded, loaded.models, folder / "store")
    return {name: provider.get(Request(name, "cue_conflict")) for name in MODELS}


def published(real: Path, model: str) -> dict[str, tuple[int, ...]]:
    with (real.parent / "paper" / "shape_decisions.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["model"] == model]
    return {row["shape_category"]: tuple(int(row[name]) for name in ("n", "shape", "texture", "other")) for row in rows}


@pytest.mark.parametrize("model", MODELS)
def test_counts_are_the_published_ones(real, said, model):
    found = shape_fraction(decisions(said[model]), alpha=0.05)
    counted = {row["category"]: tuple(row[k] for k in ("images", "shape", "texture", "other")) for row in found.parts}
    counted["all"] = (found.images, *(found.details[name] for name in ("shape", "texture", "other")))
    assert counted == published(real, model)
    assert cue_accuracy(decisions(said[model]), alpha=0.05).value == (1200 - counted["all"][3]) / 1200


@pytest.mark.parametrize(
    ("model", "value", "bounds", "effect"),
    [
        ("vit-sup", 0.3986, (0.303, 0.502), 9.4),
        ("convnext-sup", 0.3330, (0.254, 0.423), 8.0),
        ("vit-clip", 0.4647, (0.380, 0.552), 7.1),
        ("convnext-clip", 0.4241, (0.343, 0.510), 5.5),
    ],
)
def test_intervals(said, model, value, bounds, effect):
    """The stated 95 % intervals have normal quantiles; ours have Student's with 47 degrees, 2.6 % more."""
    found, (low, high) = shape_fraction(decisions(said[model]), alpha=0.025), bounds
    assert found.value == pytest.approx(value, abs=5e-5)
    assert found.details["design_effect"] == pytest.approx(effect, abs=0.06)
    assert found.notes == ()
    reach = (logit(found.interval.high) - logit(found.interval.low)) / 2
    normal = reach * -ndtri(0.025) / 2.0117405137297655  # Student's t with 47 degrees of freedom exceeds this in 2.5 %
    assert [expit(logit(found.value) + side * normal) for side in (-1, 1)] == pytest.approx([low, high], abs=6e-4)
    assert found.interval.low < low + 6e-4 < high - 6e-4 < found.interval.high
    assert found.interval.high - found.interval.low == pytest.approx((high - low) * 2.0117 / 1.96, rel=0.02)


@pytest.mark.parametrize(
    ("first", "second", "difference", "p"),
    [
        ("vit-sup", "convnext-sup", 0.066, 0.0094),
        ("vit-clip", "convnext-clip", 0.041, 0.084),
        ("vit-clip", "vit-sup", 0.066, 0.045),
        ("convnext-clip", "convnext-sup", 0.091, 0.0022),
    ],
)
def test_paired_differences(said, first, second, difference, p):
    """Influence values of two models on the same images, subtracted; the stated p are two-sided, of a normal."""
    one, other = decisions(said[first]), decisions(said[second])
    gap = shape_fraction(one, alpha=0.05).value - shape_fraction(other, alpha=0.05).value
    found = two_way_variance(one.influence - other.influence, one.shape_source, one.texture_source)
    assert gap == pytest.approx(difference, abs=6e-4)
    assert 2 * norm.sf(abs(gap) / np.sqrt(found.value)) == pytest.approx(p, rel=0.05)
    apart = [two_way_variance(some.influence, one.shape_source, one.texture_source).value for some in (one, other)]
    assert found.value < sum(apart) / 2


@pytest.fixture(scope="module")
def photos(real, tmp_path_factory) -> PredictionProvider:
    """The suite of examples/: real weights, and cue conflicts at their own size, without a resize."""
    folder = tmp_path_factory.mktemp("photos")
    suite = load_suite(str(ROOT / "examples" / "photos.yaml"), folder / "cache")
    return PredictionProvider(suite, suite.models, folder / "store", batch_size=32)


@pytest.mark.parametrize(("model", "shape", "texture"), [("deit_tiny", 55, 163), ("mobilenetv2", 32, 165)])
def test_real_weights_on_real_images(real, photos, model, shape, texture):
    """As plain code decided, image by image: softmax over 1,000 classes, then the category of the highest mean."""
    answer = photos.get(Request(model, "cue_conflict"))
    found = shape_fraction(decisions(answer), alpha=0.05)
    assert (found.images, found.details["shape"], found.details["texture"]) == (300, shape, texture)
    assert found.value == shape / (shape + texture)
    recorded = np.load(real / "reference" / f"{model}_cue_conflict.npz")
    decided = dict(zip(recorded["file_name"].tolist(), recorded["decision"].tolist(), strict=True))
    assert [answer.classes[k] for k in answer.predicted] == [decided[str(name)] for name in answer.ids]

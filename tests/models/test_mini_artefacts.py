"""The embedded models, exported, answer as they do, through every source of exports."""

import warnings

import pytest
import torch
from PIL import Image

from fixtures.mini import splits
from fixtures.mini.render import render
from fixtures.models.load import build, load
from fixtures.models.spec import parse
from fixtures.suite.loader import load_suite

IMAGES = 16


@pytest.fixture(scope="module")
def pictures():
    return [Image.fromarray(one) for one in render(splits.scenes("val")[slice(IMAGES)])]


@pytest.fixture(scope="module")
def known():
    return load_suite("mini").models


def answers(network, pictures):
    return network.forward(torch.stack([network.prepare(one) for one in pictures])).softmax(1)


def exported(run, side, path):
    """In the source's own format, any number of images at once."""
    images = torch.zeros(2, 3, side, side)
    with torch.no_grad():
        run(images)  # what a zero-shot classifier makes of its prompts, once
    free = ({0: torch.export.Dim("batch")},)
    if path.suffix == ".pt2":
        torch.export.save(torch.export.export(run, (images,), dynamic_shapes=free), path)
    else:
        torch.onnx.export(run, (images,), path, dynamo=True, dynamic_shapes=free, verbose=False)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("name", "ending"), [("vit-sup", ".pt2"), ("convnext-sup", ".onnx"), ("vit-clip", ".pt2")]
)  # each takes seconds to export; the others are of the same kinds
def test_an_export_answers_as_the_model(name, ending, known, pictures, tmp_path):
    built = build(known[name])
    expected = answers(load(known[name], "cpu"), pictures)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exported(built.run.eval().requires_grad_(False), built.preprocessing.geometry.crop, tmp_path / f"m{ending}")
    found = load(parse(f"{name}=m{ending}", known, cwd=tmp_path), "cpu")
    assert found.identity.preprocessing == built.identity.preprocessing
    assert (answers(found, pictures) - expected).abs().max() < 1e-5
    assert found.identity.kind == "logits"

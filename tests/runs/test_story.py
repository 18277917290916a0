"""A checkpoint of an embedded model is swapped: for one trained half as long, and for itself in half precision.

``examples/vit-clip-early.safetensors``: ``python -m fixtures.mini.train vit-clip --epochs 4``, 1,248 steps of 2,496.
"""

import re

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.conftest import ROOT

SHIPPED = ROOT / "fixtures" / "mini" / "weights" / "vit-clip" / "open_clip_model.safetensors"
EARLY = ROOT / "examples" / "vit-clip-early.safetensors"
SELECTED = ("-m", "robustness or calibration", "-k", "(accuracy or brier) and (val or renditions) and not average")
LAW = "mini: {baseline: {negative_flips: {max: 0.05, because: test}}}\n"


@pytest.fixture(scope="module")
def kept(tmp_path_factory, make_house):
    """A house with the run of a full-precision vit-clip, ``runs/prod``, and its weights in half precision."""
    house = make_house(tmp_path_factory.mktemp("story"))
    house.thresholds(LAW)
    noise = torch.Generator().manual_seed(0)  # what half precision cannot hold, as training leaves it
    full = {
        name: weights.float() * (1 + 2**-12 * torch.randn(weights.shape, generator=noise))
        for name, weights in load_file(SHIPPED).items()
    }
    save_file(full, house.path / "full.safetensors")
    save_file({name: weights.half() for name, weights in full.items()}, house.path / "half.safetensors")
    done = house.pytest("--model", "vit-clip=full.safetensors", "--store=store", "--save-run=runs/prod", *SELECTED)
    assert done.code == 0, done.output
    return house


def test_what_a_worse_checkpoint_lost_is_named_with_its_flips(kept):
    done = kept.pytest("--model", f"vit-clip={EARLY}", "--store=store", "--baseline=runs/prod", *SELECTED)
    assert done.code == 1, done.output
    for number in ("calibration.brier", "robustness.accuracy"):
        for dataset in ("val", "renditions"):
            assert re.search(rf"REGRESSION +{number}: vit-clip on {dataset}: ", done.output), (number, dataset)
    assert re.search(
        r"REGRESSION +baseline.negative_flips: vit-clip on renditions: \d+ of 576 images were right", done.output
    )


def test_the_same_weights_in_half_precision_are_no_news(kept):
    done = kept.pytest("--model", "vit-clip=half.safetensors", "--store=store", "--baseline=runs/prod", *SELECTED)
    assert done.code == 0, done.output
    assert not re.search(r"^(REGRESSION|watch|ERROR)", done.output, re.MULTILINE), done.output
    assert "predicted 1,600 images with vit-clip" in done.output, "other weights, other predictions"

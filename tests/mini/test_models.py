"""The four embedded models: small, read by timm and open_clip offline, right often enough and not too often."""

import json
import logging
import warnings

import numpy as np
import open_clip
import pytest
import timm
import torch
from torch import nn

from fixtures.mini import splits
from fixtures.mini.embedded import ARCHITECTURES, MODELS, WEIGHTS, card_file, checkpoint_file, is_clip
from fixtures.mini.evaluate import ZeroShot, as_input, class_probabilities, score
from fixtures.mini.render import render
from fixtures.mini.scene import Scenes
from fixtures.mini.tokenizer import MERGES_FILE

IMAGES = 512


@pytest.fixture(scope="module", autouse=True)
def _offline() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


@pytest.fixture(scope="module")
def val() -> tuple[np.ndarray, Scenes]:
    scenes = splits.scenes("val")[slice(IMAGES)]
    return render(scenes), scenes


def load(name: str) -> nn.Module:
    """The model as a classifier, by the public calls of its library."""
    if not is_clip(name):
        return timm.create_model(ARCHITECTURES[name], checkpoint_path=checkpoint_file(name)).eval()
    folder = checkpoint_file(name).parent
    model = open_clip.create_model(f"local-dir:{folder}").eval()
    return ZeroShot(model, open_clip.get_tokenizer(f"local-dir:{folder}", bpe_path=str(folder / MERGES_FILE)))


@pytest.mark.parametrize("name", MODELS)
def test_it_is_right_often_enough_and_not_too_often(name: str, val: tuple[np.ndarray, Scenes]) -> None:
    pictures, scenes = val
    result = score(class_probabilities(load(name), pictures), scenes.label)
    assert 0.75 <= result.accuracy <= 0.95, result
    card = json.loads(card_file(name).read_text())["val"]
    assert result.accuracy == pytest.approx(card["accuracy"], abs=0.05)  # 512 of the card's 2,048 pictures
    assert result.confidence == pytest.approx(card["confidence"], abs=0.05)


@pytest.mark.parametrize("name", MODELS)
def test_it_is_small(name: str) -> None:
    numbers = sum(parameter.numel() for parameter in load(name).parameters())
    assert numbers <= 1_000_000
    assert numbers == json.loads(card_file(name).read_text())["parameters"]


def test_all_files_together_are_below_ten_megabytes() -> None:
    assert sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()) <= 10_000_000


@pytest.mark.parametrize("name", MODELS)
def test_it_loads_quietly(name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        load(name)
    assert caplog.messages == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("architecture", sorted(set(ARCHITECTURES.values())))
@pytest.mark.parametrize("size", [32, 48, 96, 128])
def test_other_resolutions_are_taken(architecture: str, size: int) -> None:
    with torch.inference_mode():
        assert timm.create_model(architecture).eval()(torch.zeros(2, 3, size, size)).shape == (2, 16)


def test_a_patch_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="patches of 8 pixels"):
        timm.create_model("mini_vit", patch_size=16)


@pytest.mark.parametrize("name", [name for name in MODELS if is_clip(name)])
def test_open_clip_prepares_pictures_as_in_training(name: str) -> None:
    from PIL import Image

    _, _, transform = open_clip.create_model_and_transforms(f"local-dir:{checkpoint_file(name).parent}")
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert torch.allclose(transform(Image.fromarray(picture)), as_input(picture[None])[0], atol=1e-6)


@pytest.mark.parametrize("name", [name for name in MODELS if not is_clip(name)])
def test_timm_prepares_pictures_as_in_training(name: str) -> None:
    config = timm.data.resolve_model_data_config(load(name))
    assert config["input_size"] == (3, 64, 64)
    assert config["crop_pct"] == 1.0
    assert config["mean"] == config["std"] == (0.5, 0.5, 0.5)


def test_the_four_differ(val: tuple[np.ndarray, Scenes]) -> None:
    answers = [class_probabilities(load(name), val[0][:256]).argmax(axis=1) for name in MODELS]
    for first in range(4):
        for second in range(first):
            assert np.mean(answers[first] != answers[second]) > 0.02

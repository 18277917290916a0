"""Features are what the libraries themselves call so; other models say theirs or have none."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import open_clip
import pytest
import timm
import torch
from PIL import Image
from torch import nn

from behaviors.contract.features import NoFeatures
from fixtures.features.network import FeatureNetwork
from fixtures.models.features import reader
from fixtures.models.hub_access import quiet_libraries
from fixtures.models.load import load
from fixtures.models.model import ModelSpec
from tests.models.conftest import ARGUMENTS

Spec = Callable[..., ModelSpec]


def features(spec: ModelSpec, pictures: list[Image.Image], precision: str = "fp32") -> torch.Tensor:
    network = FeatureNetwork(load(spec, "cpu", precision))
    found = network.forward(torch.stack([network.prepare(picture) for picture in pictures]))
    assert found.shape == (len(pictures), network.identity.outputs)
    assert found.dtype == torch.float32
    return found


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_timm_models_give_what_is_left_without_their_last_layer(
    convnext: Path, spec: Spec, pictures: list[Image.Image], precision: str
) -> None:
    """``num_classes=0`` is timm's own way to build a model that puts out features."""
    chosen = spec(f"m=timm:test_convnext?checkpoint=convnext.pth&arguments={ARGUMENTS}")
    headless = timm.create_model("test_convnext", num_classes=0, **json.loads(ARGUMENTS)).eval()
    weights = {name: value for name, value in torch.load(convnext).items() if not name.startswith("head.fc")}
    headless.load_state_dict(weights)
    config = timm.data.resolve_model_data_config(headless)
    transform = timm.data.create_transform(**config, is_training=False)
    with torch.inference_mode():
        expected = headless(torch.stack([transform(picture) for picture in pictures]))
    tolerance = {"atol": 1e-5} if precision == "fp32" else {"atol": 0.05, "rtol": 0.05}
    np.testing.assert_allclose(features(chosen, pictures, precision), expected, **tolerance)


@pytest.mark.parametrize("name", ["test_vit", "test_efficientnet", "test_resnet", "test_mambaout"])
def test_timm_architectures_have_as_many_features_as_they_say(
    name: str, spec: Spec, tmp_path: Path, pictures: list[Image.Image]
) -> None:
    module = timm.create_model(name, num_classes=3)
    torch.save(module.state_dict(), tmp_path / "some.pth")
    assert features(spec(f"m=timm:{name}?checkpoint=some.pth"), pictures).shape[1] == module.head_hidden_size


def test_clip_models_give_the_embedding_as_it_is(clip_folder: Path, spec: Spec, pictures: list[Image.Image]) -> None:
    """Not normalised, which ``encode_image`` does only when asked to."""
    with quiet_libraries():
        clip, _, transform = open_clip.create_model_and_transforms(f"local-dir:{clip_folder}")
    with torch.inference_mode():
        expected = clip.eval().encode_image(torch.stack([transform(picture) for picture in pictures]), normalize=False)
    found = features(spec("m=open_clip:local-dir:tiny-clip"), pictures)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert not np.allclose(np.linalg.norm(found, axis=1), 1, atol=0.01)


class Own(nn.Module):
    """A model with whatever it calls its features."""

    def __init__(self, found: object) -> None:
        super().__init__()
        self.found = found

    def features(self, images: torch.Tensor) -> object:
        return self.found(images) if callable(self.found) else self.found


def test_other_models_give_what_their_method_gives() -> None:
    images = torch.rand(4, 3, 8, 8)
    assert torch.equal(reader(Own(lambda x: x.mean((2, 3))))(images), images.mean((2, 3)))


FACTORY = """
import numpy as np, torch
from torchvision import transforms

class Model:
    preprocess = transforms.Compose([transforms.Resize((4, 4)), transforms.ToTensor(),
                                     transforms.Normalize([0.5] * 3, [0.5] * 3)])
    class_names, fingerprint = ["cat", "dog", "car"], "1"

    def __call__(self, images):
        return images.mean((2, 3))

    def features(self, images):
        return {given}

def make():
    return Model()
"""


def factory(folder: Path, name: str, given: str) -> str:
    (folder / f"{name}.py").write_text(FACTORY.replace("{given}", given))
    return f"m=python:{name}:make"


def test_features_may_be_numpy(spec: Spec, tmp_path: Path, pictures: list[Image.Image]) -> None:
    found = features(spec(factory(tmp_path, "as_numpy", "images.flatten(1).double().numpy()")), pictures)
    assert found.shape == (len(pictures), 48)


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("a_map", "images", r"features are \(1, 3, 4, 4\) for 1 images, not one row for each"),
        ("a_row", "images[0, 0, 0]", r"features are \(4,\) for 1 images"),
        ("a_list", "[1, 2]", "features are list for 1 images"),
    ],
)
def test_what_is_not_a_row_for_each_image_is_no_features(
    name: str, given: str, sentence: str, spec: Spec, tmp_path: Path
) -> None:
    with pytest.raises(NoFeatures, match=sentence):
        FeatureNetwork(load(spec(factory(tmp_path, name, given)), "cpu"))


def test_a_model_without_features_says_so() -> None:
    with pytest.raises(NoFeatures, match="a Linear has neither 'forward_features' and 'forward_head'"):
        reader(nn.Linear(3, 3))

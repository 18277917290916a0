"""``torchvision:NAME``: a checkpoint in its architecture answers as torchvision's own code does."""

import pytest
import torch
from torchvision import models

from fixtures.core.errors import InputError
from fixtures.models.load import load


@pytest.fixture
def checkpoint(tmp_path):
    torch.manual_seed(0)
    network = models.squeezenet1_1(num_classes=3), models.shufflenet_v2_x0_5(num_classes=3)
    for name, one in zip(("squeezenet1_1", "shufflenet_v2_x0_5"), network, strict=True):
        torch.save({"model": one.state_dict()}, tmp_path / f"{name}.pth")
    torch.save(models.mnasnet0_5(num_classes=3).state_dict(), tmp_path / "mnasnet0_5.pth")
    return dict(zip(("squeezenet1_1", "shufflenet_v2_x0_5"), network, strict=True))


def body(plain, seen):
    """All but the last layer."""
    for one in (plain.conv1, plain.maxpool, plain.stage2, plain.stage3, plain.stage4, plain.conv5):
        seen = one(seen)
    return seen.mean((2, 3))


def test_it_answers_and_has_features_as_torchvisions_code(checkpoint, spec, pictures):
    network = load(spec("m=torchvision:shufflenet_v2_x0_5?checkpoint=shufflenet_v2_x0_5.pth"), "cpu")
    plain = checkpoint["shufflenet_v2_x0_5"].eval()
    own = models.ShuffleNet_V2_X0_5_Weights.DEFAULT.transforms()
    seen = torch.stack([own(one) for one in pictures])
    shown = torch.stack([network.prepare(one) for one in pictures])
    with torch.inference_mode():
        assert torch.allclose(network.forward(shown), plain(seen), atol=1e-4)
        assert torch.allclose(network.features(shown), body(plain, seen), atol=1e-4)
    assert network.identity.facts["entry"] == "model"
    assert network.geometry.crop == 224


def test_options_change_how_images_are_prepared(checkpoint, spec):
    found = load(spec("m=torchvision:squeezenet1_1?checkpoint=squeezenet1_1.pth&img_size=64&resize=70"), "cpu")
    assert found.identity.preprocessing.startswith("resize 70 bilinear antialias, center crop 64x64, mean 0.485")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("resnet19", "torchvision has no classifier 'resnet19'; did you mean 'resnet1"),
        (
            "resnet18?weights=IMAGENET21K",
            "torchvision has no weights 'IMAGENET21K' for resnet18; did you mean 'IMAGENET1K_V1'",
        ),
        ("resnet18?checkpoint=shufflenet_v2_x0_5.pth", "1 tensor of another shape than the architecture's"),
        ('squeezenet1_1?checkpoint=squeezenet1_1.pth&arguments={"depth":3}', "torchvision cannot build squeezenet1_1"),
    ],
)
def test_what_is_wrong_is_one_sentence(text, sentence, checkpoint, spec):
    with pytest.raises(InputError) as refusal:
        load(spec(f"m=torchvision:{text}"), "cpu")
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)

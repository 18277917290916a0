"""From a spec to rows of logits: devices, precisions, memory formats, and what a network must return."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from fixtures.core.errors import InputError
from fixtures.models.device import choose_device, choose_precision
from fixtures.models.load import build, load
from fixtures.models.loaded_model import Built
from fixtures.models.model import Identity, ModelSpec
from fixtures.models.network import TorchNetwork, prefers_channels_last
from fixtures.models.preprocess import Preprocessing
from fixtures.models.spec import parse
from tests.models.conftest import ARGUMENTS

CPU = torch.device("cpu")


def batch(network: TorchNetwork, images: list[Image.Image]) -> torch.Tensor:
    return torch.stack([network.prepare(image) for image in images])


@pytest.mark.parametrize(
    ("weights", "source", "photographs"),
    [
        ("deit_tiny_patch16_224.pth", "timm:deit_tiny_patch16_224", "deit_tiny_photos"),
        ("mobilenetv2_100.pth", "timm:mobilenetv2_100?interpolation=bilinear", "mobilenetv2_photos"),
    ],
)
def test_real_weights_give_the_reference_logits(weights: str, source: str, photographs: str, real: Path) -> None:
    joint = "&" if "?" in source else "?"
    text = f"m={source}{joint}checkpoint={real / 'weights' / weights}"
    read = parse(text, {})
    network = load(read, "cpu")
    reference = np.load(real / "reference" / f"{photographs}.npz")
    paths = [real / "photos" / name for name in reference["file_name"][:12]]
    logits = network.forward(batch(network, [Image.open(path).convert("RGB") for path in paths])).numpy()
    assert np.abs(logits - reference["logits"][:12]).max() < 1e-3


def test_real_weights_on_images_that_are_not_resized(real: Path) -> None:
    weights = real / "weights" / "deit_tiny_patch16_224.pth"
    read = parse(f"timm:deit_tiny_patch16_224?crop_pct=1&checkpoint={weights}", {})
    network = load(read, "cpu")
    reference = np.load(real / "reference" / "deit_tiny_cue_conflict.npz")
    paths = [real / "cue_conflict" / name for name in reference["file_name"][:6]]
    logits = network.forward(batch(network, [Image.open(path).convert("RGB") for path in paths])).numpy()
    assert np.abs(logits - reference["logits"][:6]).max() < 1e-3


def test_memory_formats_agree(convnext: Path, spec: Callable[..., ModelSpec], pictures: list[Image.Image]) -> None:
    read = spec(f"timm:test_convnext?checkpoint=convnext.pth&arguments={ARGUMENTS}")
    auto, contiguous, last = (load(read, "cpu", channels_last=choice) for choice in ("auto", False, True))
    assert auto.memory_format is torch.channels_last
    assert contiguous.memory_format is torch.contiguous_format
    images = batch(auto, pictures)
    assert torch.equal(auto.forward(images), last.forward(images))
    assert torch.allclose(contiguous.forward(images), last.forward(images), atol=1e-4)


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_half_precision_is_near(
    precision: str, convnext: Path, spec: Callable[..., ModelSpec], pictures: list[Image.Image]
) -> None:
    read = spec(f"timm:test_convnext?checkpoint=convnext.pth&arguments={ARGUMENTS}")
    full, half = load(read, "cpu"), load(read, "cpu", precision)
    images = batch(full, pictures)
    assert half.forward(images).dtype is torch.float32
    assert not torch.equal(full.forward(images), half.forward(images))
    assert torch.allclose(full.forward(images), half.forward(images), atol=0.05)


def test_which_networks_prefer_channels_last() -> None:
    sliding, patches = nn.Conv2d(3, 4, 3), nn.Conv2d(3, 4, 8, stride=8)
    gpu = torch.device("cuda")
    assert prefers_channels_last(nn.Sequential(patches, sliding), CPU, None)
    assert not prefers_channels_last(nn.Sequential(patches, nn.Linear(4, 4)), CPU, None)
    assert not prefers_channels_last(sliding, gpu, None)
    assert prefers_channels_last(sliding, gpu, torch.float16)
    assert not prefers_channels_last(lambda images: images, CPU, None)


def test_another_number_of_outputs_than_classes(convnext: Path, spec: Callable[..., ModelSpec]) -> None:
    with pytest.raises(
        InputError, match=r"of another shape than the architecture's: head.fc.weight \(3, 16\) for \(5, 16\)"
    ):
        load(spec(f"timm:test_convnext?checkpoint=convnext.pth&arguments={ARGUMENTS}", classes="abcde"), "cpu")
    arguments = ARGUMENTS[:-1] + ',"num_classes":3}'
    message = r"has 3 outputs, the suite names 5 classes for it \('a' to 'e'\); the two must be the same"
    with pytest.raises(InputError, match=message):
        load(spec(f"timm:test_convnext?checkpoint=convnext.pth&arguments={arguments}", classes="abcde"), "cpu")


def test_weights_that_change_after_the_plan(convnext: Path, spec: Callable[..., ModelSpec]) -> None:
    read = spec(f"timm:test_convnext?checkpoint=convnext.pth&arguments={ARGUMENTS}")
    planned = build(read).identity
    assert load(read, "cpu", expected=planned).identity.fingerprint == planned.fingerprint
    state = torch.load(convnext)
    torch.save({name: tensor + 1 for name, tensor in state.items()}, convnext)
    with pytest.raises(InputError, match="its weights or code changed while this run was going on; run it again"):
        load(read, "cpu", expected=planned)


def test_recorded_predictions_have_no_network(spec: Callable[..., ModelSpec], tmp_path: Path) -> None:
    (tmp_path / "rec.csv").touch()
    with pytest.raises(InputError, match="is recorded predictions; there is no network to load"):
        load(spec("predictions:rec.csv"))


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (torch.zeros(2), r"the model returned \(2,\) for 2 images; it must return one row of outputs per image"),
        (torch.zeros(3, 4), r"returned \(3, 4\) for 2 images"),
        ((torch.zeros(2, 4), torch.zeros(2, 4)), "returned tuple for 2 images"),
    ],
)
def test_what_a_network_must_return(returned: object, message: str) -> None:
    preprocessing = Preprocessing(lambda image: torch.zeros(3, 2, 2), "")
    network = TorchNetwork(Built(lambda images: returned, preprocessing, Identity("", "", 4)), CPU)
    with pytest.raises(InputError, match=message):
        network.forward(torch.zeros(2, 3, 2, 2))


def test_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_device("cpu") == CPU
    with pytest.raises(InputError, match="--device: 'gpu' is no device; known: auto, cpu, cuda"):
        choose_device("gpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == CPU
    with pytest.raises(
        InputError, match=r"--device cuda: torch .* (sees no GPU|was built without CUDA); use --device cpu or auto"
    ):
        choose_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("auto") == torch.device("cuda:0")
    assert choose_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(InputError, match=r"--device cuda:2: this process sees 2 GPU\(s\), cuda:0 to cuda:1"):
        choose_device("cuda:2")


def test_precisions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_precision("auto", CPU) is None
    assert choose_precision("bf16", CPU) is torch.bfloat16
    with pytest.raises(InputError, match="--precision: 'int8' is no precision; known: auto, fp32, bf16, fp16"):
        choose_precision("int8", CPU)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "an old GPU")
    with pytest.raises(InputError, match="--precision bf16: an old GPU does not compute with it; use fp16"):
        choose_precision("bf16", torch.device("cuda:0"))
    assert not torch.backends.cudnn.allow_tf32

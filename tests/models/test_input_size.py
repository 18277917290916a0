"""Networks at other input sizes, against what timm and open_clip build for that size themselves."""

import copy
import json
from pathlib import Path

import open_clip
import pytest
import timm
import torch
from timm.models.vision_transformer import checkpoint_filter_fn
from torch import nn
from torchvision import transforms

import fixtures.mini.architectures  # noqa: F401  (registers mini_vit and mini_convnext)
from fixtures.core.errors import InputError
from fixtures.models import input_size
from fixtures.models.hub_access import quiet_libraries
from fixtures.models.input_size import at_input_size, patch_side
from fixtures.models.load import load
from fixtures.models.loaded_model import Built
from fixtures.models.model import Identity
from fixtures.models.network import TorchNetwork
from fixtures.models.preprocess import from_transform
from fixtures.models.zero_shot import ZeroShot
from tests.models.conftest import CLASSES, CLIP, PROMPTS

TINY = {"embed_dim": 32, "depth": 1, "num_heads": 2, "num_classes": 3}
WEIGHTS = Path(__file__).parents[2] / "fixtures" / "mini" / "weights"

TRANSFORMERS = {
    "class-token": ("vit_tiny_patch16_224", TINY),
    "no-embed-class": ("vit_tiny_patch16_224", TINY | {"no_embed_class": True, "reg_tokens": 2}),
    "average": ("vit_tiny_patch16_224", TINY | {"class_token": False, "global_pool": "avg"}),
    "dynamic": ("vit_tiny_patch16_224", TINY | {"dynamic_img_size": True}),
    "mini": ("mini_vit", {}),
}


def made(name: str, **more: object) -> nn.Module:
    torch.manual_seed(0)
    return timm.create_model(name, **more).eval()


def batch(side: int, count: int = 2) -> torch.Tensor:
    return torch.randint(
        0, 256, (count, 3, side, side), dtype=torch.uint8, generator=torch.Generator().manual_seed(side)
    )


def network(run: object, crop: int = 64) -> TorchNetwork:
    steps = [transforms.Resize(crop), transforms.CenterCrop(crop), transforms.ToTensor()]
    transform = transforms.Compose([*steps, transforms.Normalize((0.5,) * 3, (0.5,) * 3)])
    identity = Identity("f", "p", 3, facts={"architecture": "our tiny"})
    return TorchNetwork(Built(run, from_transform(transform), identity), torch.device("cpu"))


def normalised(images: torch.Tensor) -> torch.Tensor:
    return (images / 255 - 0.5) / 0.5


@pytest.mark.parametrize("name", TRANSFORMERS)
@pytest.mark.parametrize("side", [32, 96, 128])
def test_timms_transformer_is_what_timm_builds_at_that_size(name, side):
    architecture, arguments = TRANSFORMERS[name]
    module = made(architecture, img_size=64, **arguments)
    reference = made(architecture, img_size=side, **arguments)
    reference.load_state_dict(checkpoint_filter_fn(copy.deepcopy(module.state_dict()), reference))
    with torch.inference_mode():
        expected = reference(normalised(batch(side)))
    assert torch.allclose(network(module).forward(batch(side)), expected, atol=1e-5)


def test_weights_are_shared_and_the_network_stays_what_it_was():
    module = made("vit_tiny_patch16_224", img_size=64, **TINY)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    looked = network(module)
    first = looked.forward(batch(64))
    looked.forward(batch(96))
    assert torch.equal(looked.forward(batch(64)), first)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    twin = at_input_size(module, 96)
    own, others = dict(module.named_parameters()), dict(twin.named_parameters())
    assert {name for name in own if own[name] is not others[name]} == {"pos_embed"}


def test_windows_are_set_anew_by_timm():
    module = made(
        "swin_tiny_patch4_window7_224", img_size=64, embed_dim=8, depths=(1, 1), num_heads=(1, 1), num_classes=3
    )
    reference = copy.deepcopy(module)
    reference.set_input_size(img_size=(96, 96))
    looked = network(module)
    first = looked.forward(batch(64))
    with torch.inference_mode():
        assert torch.allclose(looked.forward(batch(96)), reference(normalised(batch(96))), atol=1e-5)
    assert torch.equal(looked.forward(batch(64)), first)


@pytest.mark.parametrize("name", ["test_convnext", "mini_convnext", "resnet18", "test_efficientnet"])
def test_convolutions_take_images_as_they_are(name):
    module = made(name, num_classes=3)
    assert at_input_size(module, 96) is module
    assert patch_side(module) == 1
    with torch.inference_mode():
        expected = module(normalised(batch(83)))
    assert torch.allclose(network(module).forward(batch(83)), expected, atol=1e-5)


def zero_shot(clip: nn.Module, folder: Path) -> ZeroShot:
    tokenizer = open_clip.get_tokenizer(f"local-dir:{folder}")
    return ZeroShot(clip.eval(), tokenizer, CLASSES, PROMPTS).requires_grad_(False)


@pytest.mark.parametrize("side", [16, 48])
def test_open_clips_own_transformer_is_what_open_clip_loads_at_that_size(clip_folder, side):
    with quiet_libraries():
        run = zero_shot(open_clip.create_model(f"local-dir:{clip_folder}"), clip_folder)
        reference = zero_shot(open_clip.create_model(f"local-dir:{clip_folder}", force_image_size=side), clip_folder)
    looked = network(run, crop=32)
    assert looked.geometry.multiple == 8
    first = looked.forward(batch(32))
    with torch.inference_mode():
        expected = reference(normalised(batch(side)))
    assert torch.allclose(looked.forward(batch(side)), expected, atol=1e-5)
    assert not torch.allclose(first, looked.forward(batch(side)))
    assert torch.equal(looked.forward(batch(32)), first)
    assert run.clip.visual.grid_size == (4, 4)


def test_the_text_tower_is_read_once(clip_folder, monkeypatch):
    with quiet_libraries():
        run = zero_shot(open_clip.create_model(f"local-dir:{clip_folder}"), clip_folder)
    looked = network(run, crop=32)
    looked.forward(batch(32))
    monkeypatch.setattr(type(run.clip), "encode_text", None)
    assert looked.forward(batch(48)).shape == (2, 3)


@pytest.mark.parametrize("name", ["vit-clip", "convnext-clip"])
def test_a_timm_tower_inside_open_clip(name):
    folder = WEIGHTS / name
    with quiet_libraries():
        model = open_clip.create_model(f"local-dir:{folder}").eval()
        reference = open_clip.create_model(f"local-dir:{folder}", force_image_size=96).eval()
    images = normalised(batch(96))
    run = ZeroShot(model, lambda texts: torch.zeros(len(texts), 1), CLASSES, PROMPTS)
    run._classifier = torch.eye(model.visual(images).shape[1])[:, :3]
    twin = at_input_size(run, 96)
    assert patch_side(run) == (8 if name == "vit-clip" else 1)
    assert (twin is run) == (name == "convnext-clip")
    with torch.inference_mode():
        assert torch.allclose(twin.clip.encode_image(images), reference.encode_image(images), atol=1e-5)


def test_a_network_that_cannot_says_so_in_one_sentence(tmp_path):
    mixer = made("mixer_s32_224", img_size=64, num_classes=3)
    with pytest.raises(InputError, match=r"^our tiny does not run on images of 96x96 pixels \(\w+Error: .+\)$"):
        network(mixer).forward(batch(96))
    settings = json.loads(json.dumps(CLIP))
    settings["model_cfg"]["vision_cfg"] = {"image_size": 64, "layers": [1, 1, 1, 1], "width": 8}
    folder = tmp_path / "resnet"
    folder.mkdir()
    (folder / "open_clip_config.json").write_text(json.dumps(settings))
    with quiet_libraries():
        run = zero_shot(open_clip.create_model(f"local-dir:{folder}", load_weights=False), folder)
    assert network(run).forward(batch(64)).shape == (2, 3)
    with pytest.raises(InputError, match="does not run on images of 96x96 pixels"):
        network(run).forward(batch(96))


def test_a_size_that_leaves_nothing_to_look_at():
    def halves(images):
        if images.shape[-1] < 16:
            raise RuntimeError("Calculated padded input size per channel: (1 x 1)")
        return images.mean((2, 3))

    with pytest.raises(InputError, match=r"images of 8x8 pixels \(RuntimeError: Calculated padded input"):
        network(halves).forward(batch(8))


def test_running_out_of_memory_is_not_mistaken_for_that():
    def large(images):
        if images.shape[-1] > 64:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return images.mean((2, 3))

    with pytest.raises(torch.OutOfMemoryError):
        network(large).forward(batch(96))


def test_of_the_other_sizes_one_is_kept(monkeypatch):
    asked = []
    monkeypatch.setattr("fixtures.models.network.at_input_size",
                        lambda run, side: (asked.append(side), input_size.at_input_size(run, side))[1])  # fmt: skip
    looked = network(made("vit_tiny_patch16_224", img_size=64, **TINY))
    for side in (96, 64, 96, 128, 96):
        looked.forward(batch(side))
    assert asked == [96, 128, 96]


@pytest.mark.parametrize(
    ("spec", "multiple"),
    [
        ("timm:mini_vit?register=fixtures.mini.architectures&checkpoint={}/vit-sup.safetensors", 8),
        ("timm:mini_convnext?register=fixtures.mini.architectures&checkpoint={}/convnext-sup.safetensors", 1),
    ],
)
def test_the_mini_models_tell_their_geometry(spec, multiple):
    from fixtures.mini.vocabulary import CLASSES as names
    from fixtures.models.spec import parse

    found = load(parse("m=" + spec.format(WEIGHTS), {}, classes=names, prompts=PROMPTS, cwd=WEIGHTS), "cpu")
    assert (found.geometry.resize, found.geometry.crop, found.geometry.multiple) == (64, 64, multiple)
    assert found.identity.facts["input size"] == "64"
    assert found.forward(batch(96)).shape == (2, 16)

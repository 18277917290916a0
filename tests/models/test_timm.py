"""timm's architectures with weights from a checkpoint, a hub's cache, a folder; and when there are none."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import timm
import torch
from huggingface_hub import constants
from PIL import Image
from safetensors.torch import save_file

from fixtures.core.errors import InputError
from fixtures.models.load import build, load
from fixtures.models.model import ModelSpec
from fixtures.models.timm_weights import weight_files
from tests.models.conftest import ARGUMENTS

HUB_ID = "someone/tiny-convnext"
COMMIT = "c0ffee" + "0" * 34
OURS = f"arguments={ARGUMENTS}"
Spec = Callable[..., ModelSpec]


@pytest.fixture
def hub(tmp_path: Path, convnext: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub's local cache that holds one repository, and no network; returns the repository's folder."""
    cache = tmp_path / "hub"
    repository = cache / f"models--{HUB_ID.replace('/', '--')}"
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    settings = {
        "architecture": "test_convnext",
        "num_classes": 3,
        "model_args": json.loads(ARGUMENTS),
        "pretrained_cfg": {
            "input_size": [3, 96, 96],
            "mean": [0.1, 0.2, 0.3],
            "std": [0.5, 0.5, 0.5],
            "crop_pct": 0.75,
        },
    }
    (snapshot / "config.json").write_text(json.dumps(settings))
    save_file(torch.load(convnext), snapshot / "model.safetensors")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return repository


def logits(spec: ModelSpec, pictures: list[Image.Image]) -> torch.Tensor:
    network = load(spec, "cpu")
    return network.forward(torch.stack([network.prepare(picture) for picture in pictures]))


def test_a_checkpoint_gives_what_timm_alone_gives(convnext: Path, spec: Spec, pictures: list[Image.Image]) -> None:
    module = timm.create_model(
        "test_convnext", num_classes=3, checkpoint_path=str(convnext), **json.loads(ARGUMENTS)
    ).eval()
    transform = timm.data.create_transform(**timm.data.resolve_model_data_config(module))
    with torch.inference_mode():
        own = module(torch.stack([transform(picture) for picture in pictures]))
    assert torch.allclose(logits(spec(f"timm:test_convnext?checkpoint=convnext.pth&{OURS}"), pictures), own, atol=1e-5)


def test_the_fingerprint_is_of_the_weights_not_of_the_file(convnext: Path, spec: Spec, tmp_path: Path) -> None:
    state = torch.load(convnext)
    save_file(state, tmp_path / "same.safetensors")
    torch.save(
        {"model": {f"module.{name}": tensor for name, tensor in state.items()}, "epoch": 7}, tmp_path / "packed.pt"
    )
    torch.save(
        {name: tensor * 1.001 if tensor.is_floating_point() else tensor for name, tensor in state.items()},
        tmp_path / "other.pth",
    )
    names = ("convnext.pth", "same.safetensors", "packed.pt", "other.pth")
    found = [build(spec(f"timm:test_convnext?checkpoint={name}&{OURS}")).identity for name in names]
    assert found[0].fingerprint == found[1].fingerprint == found[2].fingerprint != found[3].fingerprint
    assert found[0].facts == found[1].facts != found[3].facts
    assert found[0].facts["architecture"] == "timm test_convnext"


def test_the_fingerprint_sees_another_activation(convnext: Path, spec: Spec) -> None:
    other = ARGUMENTS[:-1] + ',"act_layer":"relu"}'
    found = [build(spec(f"timm:test_convnext?checkpoint=convnext.pth&arguments={one}")) for one in (ARGUMENTS, other)]
    assert found[0].identity.fingerprint != found[1].identity.fingerprint


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("", "resize 168 bicubic antialias, center crop 160x160, mean 0.5 0.5 0.5, std 0.5 0.5 0.5"),
        ("img_size=64", "resize 67 bicubic antialias, center crop 64x64, mean 0.5 0.5 0.5, std 0.5 0.5 0.5"),
        ("img_size=64&crop_pct=1", "resize 64 bicubic antialias, center crop 64x64, mean 0.5 0.5 0.5, std 0.5 0.5 0.5"),
        ("img_size=64&resize=73", "resize 73 bicubic antialias, center crop 64x64, mean 0.5 0.5 0.5, std 0.5 0.5 0.5"),
        (
            "interpolation=bilinear&mean=0.1,0.2,0.3&std=1&crop_mode=squash&crop_pct=1",
            "resize 160x160 bilinear antialias, center crop 160x160, mean 0.1 0.2 0.3, std 1.0 1.0 1.0",
        ),
    ],
)
def test_preprocessing_is_timms_own_unless_told_otherwise(options: str, text: str, convnext: Path, spec: Spec) -> None:
    read = spec(f"timm:test_convnext?checkpoint=convnext.pth&{OURS}&{options}")
    assert build(read).identity.preprocessing == text


def test_any_short_side_can_be_asked_for() -> None:
    sides = range(224, 400)
    found = [timm.data.create_transform(224, crop_pct=224 / (side + 0.5)).transforms[0].size for side in sides]
    assert found == list(sides)


def test_an_architecture_for_one_image_size_is_built_for_another(tmp_path: Path, spec: Spec) -> None:
    module = timm.create_model("vit_tiny_patch16_224", img_size=32, num_classes=3, depth=1)
    torch.save(module.state_dict(), tmp_path / "vit.pth")
    assert (
        load(
            spec('timm:vit_tiny_patch16_224?checkpoint=vit.pth&img_size=32&arguments={"depth":1}'), "cpu"
        ).identity.outputs
        == 3
    )


def test_names_of_the_architectures_authors_are_understood(convnext: Path, spec: Spec, tmp_path: Path) -> None:
    state = torch.load(convnext)
    theirs = {
        name.replace("stem.", "downsample_layers.0.").replace("head.fc.", "head."): tensor
        for name, tensor in state.items()
    }
    for index in range(4):
        theirs = {
            name.replace(f"stages.{index}.downsample.", f"downsample_layers.{index}."): t for name, t in theirs.items()
        }
        theirs = {name.replace(f"stages.{index}.blocks.", f"stages.{index}."): t for name, t in theirs.items()}
    theirs = {
        name.replace("conv_dw", "dwconv").replace("mlp.fc", "pwconv").replace("head.norm", "norm"): t
        for name, t in theirs.items()
    }
    torch.save({"model": theirs}, tmp_path / "theirs.pth")
    found = [build(spec(f"timm:test_convnext?checkpoint={name}&{OURS}")) for name in ("convnext.pth", "theirs.pth")]
    assert found[0].identity.fingerprint == found[1].identity.fingerprint


def test_a_hubs_cache_is_enough(hub: Path, convnext: Path, spec: Spec, pictures: list[Image.Image]) -> None:
    built = build(spec(f"timm:hf-hub:{HUB_ID}"))
    assert (
        built.identity.preprocessing
        == "resize 128 bicubic antialias, center crop 96x96, mean 0.1 0.2 0.3, std 0.5 0.5 0.5"
    )
    files = {evidence.filename for evidence in built.files}
    assert files == {"config.json", "model.safetensors"}
    local = spec(f"timm:test_convnext?checkpoint=convnext.pth&{OURS}&img_size=96&crop_pct=0.75&mean=0.1,0.2,0.3")
    assert torch.allclose(logits(spec(f"timm:hf-hub:{HUB_ID}"), pictures), logits(local, pictures), atol=1e-5)


def test_a_tag_is_found_in_the_hubs_cache(hub: Path, spec: Spec) -> None:
    repository = hub.parent / "models--timm--test_convnext.r160_in1k"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(COMMIT)
    (repository / "snapshots" / COMMIT).mkdir(parents=True)
    module = timm.create_model("test_convnext")
    save_file(module.state_dict(), repository / "snapshots" / COMMIT / "model.safetensors")
    texts = ("timm:test_convnext", "timm:test_convnext.r160_in1k", "timm:test_convnext?pretrained=r160_in1k")
    built = [build(spec(text, classes=())) for text in texts]
    assert built[0].identity == built[1].identity == built[2].identity
    assert built[0].identity.outputs == 1000
    assert [evidence.filename for evidence in built[0].files] == ["model.safetensors"]


def test_weights_from_an_address_lie_in_torchs_cache(spec: Spec) -> None:
    (evidence,) = weight_files(spec("timm:resnet18"), {"url": "https://some.where/resnet18-5c106cde.pth"})
    assert Path(evidence.path).parts[-2:] == ("checkpoints", "resnet18-5c106cde.pth")


def test_a_folder_is_as_good_as_a_hub(hub: Path, spec: Spec, tmp_path: Path) -> None:
    shutil.copytree(hub / "snapshots" / COMMIT, tmp_path / "folder")
    found = build(spec("timm:local-dir:folder")).identity
    assert found.facts == build(spec(f"timm:hf-hub:{HUB_ID}")).identity.facts
    assert found.outputs == 3


def test_a_hubs_architecture_takes_a_checkpoint(hub: Path, spec: Spec, tmp_path: Path, convnext: Path) -> None:
    state = torch.load(convnext)
    torch.save({name: tensor + 1 for name, tensor in state.items()}, tmp_path / "new.pth")
    built = build(spec(f"timm:hf-hub:{HUB_ID}?checkpoint=new.pth"))
    assert built.identity.facts != build(spec(f"timm:hf-hub:{HUB_ID}")).identity.facts
    assert {evidence.filename for evidence in built.files} == {"config.json"}


def test_an_architecture_of_ones_own(spec: Spec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mynets.py").write_text(
        "import timm\nfrom torch import nn\nimport mylayers\n\n"
        "class Net(nn.Module):\n"
        "    def __init__(self, num_classes=5):\n"
        "        super().__init__()\n"
        "        self.num_classes, self.fc = num_classes, nn.Linear(3, num_classes)\n"
        "    def forward(self, x):\n        return self.fc(x.mean((2, 3)))\n\n"
        "@timm.models.register_model\n"
        "def my_own_net(pretrained=False, pretrained_cfg=None, pretrained_cfg_overlay=None, cache_dir=None, **kw):\n"
        "    return Net(**kw)\n"
    )
    (tmp_path / "mylayers.py").write_text("SCALE = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    torch.save({"fc.weight": torch.ones(3, 3), "fc.bias": torch.zeros(3)}, tmp_path / "own.pth")
    built = build(spec("timm:my_own_net?register=mynets&checkpoint=own.pth"))
    assert built.identity.outputs == 3
    assert {Path(evidence.path).name for evidence in built.files} == {"mynets.py", "mylayers.py"}
    (tmp_path / "mylayers.py").write_text("SCALE = 2\n")
    changed = build(spec("timm:my_own_net?register=mynets&checkpoint=own.pth"))
    assert changed.identity.fingerprint != built.identity.fingerprint
    assert built.identity.preprocessing.startswith("resize 256 bicubic antialias, center crop 224x224")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("timm:resnt18", "timm has no architecture 'resnt18'; did you mean 'resnet18'? Known: resnet18, "),
        ("timm:resnet18.a9_in1k", "timm has no weights 'a9_in1k' for resnet18; did you mean 'a3_in1k'?"),
        ("timm:resnet18?pretrained=tv", "timm has no weights 'tv' for resnet18"),
        ("timm:resnet18", "the weights of resnet18 are not in the local cache and could not be fetched (no network); "),
        ("timm:resnet18", "fetch them once on a machine with a network, or give checkpoint=FILE"),
        ("timm:hf-hub:no/body", "the weights of hf-hub:no/body are not in the local cache"),
        ("timm:resnet18?pretrained=false", "has no weights: give checkpoint=FILE, or leave out pretrained=false"),
        (
            'timm:test_convnext?checkpoint=convnext.pth&arguments={"wings":2}',
            "timm cannot build test_convnext (TypeError: ",
        ),
        ("timm:test_vit?checkpoint=convnext.pth", "does not fit the architecture: "),
        (
            "timm:resnet18?register=no.such",
            "the module no.such cannot be imported (ModuleNotFoundError: No module named 'no')",
        ),
    ],
)
def test_what_timm_cannot_build_is_one_sentence(text: str, message: str, hub: Path, spec: Spec) -> None:
    with pytest.raises(InputError) as caught:
        build(spec(text))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_architecture_without_weights_of_its_own(spec: Spec) -> None:
    read = spec("timm:mini_vit?register=fixtures.mini.architectures")
    with pytest.raises(InputError, match="timm has no weights of its own for mini_vit; give checkpoint=FILE"):
        build(read)

"""Small models of every source, made on the spot."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from fixtures.models.hub_access import quiet_libraries
from fixtures.models.model import ModelSpec
from fixtures.models.spec import parse

torch.set_num_threads(1)

CLASSES = ("cat", "dog", "car")
PROMPTS = ("a photo of a {}.", "a drawing of a {}.")

ARGUMENTS = '{"dims":[8,16,16,16],"depths":[1,1,1,1]}'
"""A ConvNeXt of a few thousand parameters."""

CLIP = {
    "model_cfg": {
        "embed_dim": 16,
        "vision_cfg": {"image_size": 32, "patch_size": 8, "width": 32, "head_width": 16, "layers": 1},
        "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1},
    },
    "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.5, 0.6, 0.7], "interpolation": "bicubic"},
}


@pytest.fixture(autouse=True)
def _own_python_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Factories are looked for in folders of their own; later tests do not find them."""
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.fixture
def spec(tmp_path: Path) -> Callable[..., ModelSpec]:
    """Reads a ``--model`` as from the folder ``tmp_path``, in a suite of three classes and two prompts."""

    def read(text: str, **around: object) -> ModelSpec:
        return parse(text, {}, **{"classes": CLASSES, "prompts": PROMPTS, "cwd": tmp_path, **around})

    return read


@pytest.fixture
def convnext(tmp_path: Path) -> Path:
    """A checkpoint of timm's ``test_convnext`` with three outputs: ``convnext.pth``."""
    import timm

    torch.manual_seed(0)
    module = timm.create_model("test_convnext", num_classes=3, **json.loads(ARGUMENTS))
    path = tmp_path / "convnext.pth"
    torch.save(module.state_dict(), path)
    return path


@pytest.fixture
def clip_folder(tmp_path: Path) -> Path:
    """A folder for open_clip's ``local-dir:``: ``tiny-clip``."""
    import open_clip
    from safetensors.torch import save_file

    folder = tmp_path / "tiny-clip"
    folder.mkdir()
    (folder / "open_clip_config.json").write_text(json.dumps(CLIP))
    torch.manual_seed(0)
    with quiet_libraries():
        model = open_clip.create_model(f"local-dir:{folder}", load_weights=False)
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    return folder


@pytest.fixture(scope="session")
def pictures() -> list[Image.Image]:
    """Images of odd sizes, smooth and noisy."""
    generator = np.random.default_rng(0)
    sizes = [(64, 64), (97, 61), (61, 97), (300, 211), (32, 32)]
    coarse = [generator.integers(0, 256, (8, 8, 3), dtype=np.uint8) for _ in sizes]
    return [Image.fromarray(image).resize(size) for image, size in zip(coarse, sizes, strict=True)]

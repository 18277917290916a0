"""``--checkpoint-dir``: whose weights are found under which name."""

from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.models.checkpoint_folder import supplied
from fixtures.models.model import ModelSpec
from fixtures.models.spec import parse

MODELS = {
    "vit-sup": ModelSpec(
        "vit-sup", "timm", "vit_tiny_patch16_224.some_tag", "", (), {"resize": 256, "revision": "abc1234"},
        preset="paper", files=("as_published.pth",),
    ),
    "vit-clip": ModelSpec("vit-clip", "open_clip", "ViT-B-16/laion400m_e31", "", ()),
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "vit-sup.safetensors",
        "vit_tiny_patch16_224.some_tag.pth",
        "as_published.pth",
        "vit-sup/model.safetensors",
        "vit_tiny_patch16_224.some_tag/pytorch_model.bin",
    ],
)
def test_the_file_is_called_after_the_model_what_it_is_built_from_or_as_its_authors_do(tmp_path: Path, name: str):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"weights")
    found = supplied(MODELS, tmp_path)
    assert found["vit-sup"].options == {"resize": 256, "checkpoint": str(tmp_path / name)}  # no revision any more
    assert found["vit-clip"] == MODELS["vit-clip"]


def test_open_clips_tag_is_joined_by_a_hyphen_and_presets_share_a_file(tmp_path: Path):
    (tmp_path / "ViT-B-16-laion400m_e31.pt").write_bytes(b"weights")
    (tmp_path / "vit-sup.pth").write_bytes(b"weights")
    native = {"vit-sup+native": ModelSpec("vit-sup+native", "timm", "vit_tiny_patch16_224", "", (), preset="native")}
    found = supplied(MODELS | native, tmp_path)
    assert [Path(spec.options["checkpoint"]).name for spec in found.values()] == [
        "vit-sup.pth", "ViT-B-16-laion400m_e31.pt", "vit-sup.pth",
    ]  # fmt: skip


def test_two_files_for_one_model_and_none_for_any_are_errors(tmp_path: Path):
    with pytest.raises(InputError, match=r"holds no weights for a model of the suite; looked for vit-sup: vit-sup or "):
        supplied(MODELS, tmp_path)
    (tmp_path / "vit-sup.pth").write_bytes(b"1")
    (tmp_path / "vit-sup.safetensors").write_bytes(b"2")
    with pytest.raises(InputError, match=r"several files for vit-sup: vit-sup.safetensors, vit-sup.pth; keep one"):
        supplied(MODELS, tmp_path)


def test_models_that_bring_their_own_weights_keep_them(tmp_path: Path):
    (tmp_path / "mine.safetensors").write_bytes(b"weights")
    mine = parse("mine=timm:resnet18?checkpoint=mine.safetensors", {}, classes=("a", "b"), cwd=tmp_path)
    with pytest.raises(InputError, match="every model of the suite brings its own"):
        supplied({"mine": mine}, tmp_path)

"""open_clip's models as zero-shot classifiers: towers, prompts, vocabulary and temperature."""

import gzip
import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import open_clip
import pytest
import torch
from huggingface_hub import constants
from PIL import Image
from safetensors.torch import load_file, save_file

from fixtures.core.errors import InputError
from fixtures.models.hub_access import quiet_libraries
from fixtures.models.load import build, load
from fixtures.models.loaded_model import Built
from fixtures.models.model import ModelSpec
from fixtures.models.open_clip_weights import Target, _evidence_of_tag, _quick_gelu, target_of
from tests.models.conftest import CLASSES, CLIP, PROMPTS

Spec = Callable[..., ModelSpec]
LOCAL = "open_clip:local-dir:tiny-clip"


@pytest.fixture(autouse=True)
def _no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)


def logits(spec: ModelSpec, pictures: list[Image.Image], precision: str = "fp32") -> torch.Tensor:
    network = load(spec, "cpu", precision)
    return network.forward(torch.stack([network.prepare(picture) for picture in pictures]))


def test_logits_are_those_of_a_classifier_made_by_hand(
    clip_folder: Path, spec: Spec, pictures: list[Image.Image]
) -> None:
    with quiet_libraries():
        model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{clip_folder}")
    model.eval()
    tokenizer = open_clip.get_tokenizer(f"local-dir:{clip_folder}")
    with torch.inference_mode():
        directions = []
        for name in CLASSES:
            text = model.encode_text(tokenizer([prompt.format(name) for prompt in PROMPTS]))
            mean = (text / text.norm(dim=-1, keepdim=True)).mean(0)
            directions.append(mean / mean.norm())
        image = model.encode_image(torch.stack([transform(picture) for picture in pictures]))
        cosines = image / image.norm(dim=-1, keepdim=True) @ torch.stack(directions).T
        learned = model.logit_scale.exp() * cosines
    assert torch.allclose(logits(spec(LOCAL), pictures), learned, atol=1e-4)
    assert torch.allclose(logits(spec(f"{LOCAL}?logit_scale=100"), pictures), 100 * cosines, atol=1e-4)


def test_under_autocast_only_the_image_tower_is_in_half_precision(
    clip_folder: Path, spec: Spec, pictures: list[Image.Image]
) -> None:
    full, half = logits(spec(LOCAL), pictures), logits(spec(LOCAL), pictures, "bf16")
    assert half.dtype is torch.float32
    assert torch.allclose(full, half, atol=0.1)


def test_the_identity_tells_what_was_asked_and_how_hot(clip_folder: Path, spec: Spec) -> None:
    plain = build(spec(LOCAL)).identity
    assert plain.outputs == 3
    assert plain.preprocessing == "resize 32 bicubic antialias, center crop 32x32, mean 0.5 0.4 0.3, std 0.5 0.6 0.7"
    assert plain.facts["logit scale"] == "14.2857 (learned)"
    assert plain.facts["prompts"] == "2 per class"
    fixed = build(spec(f"{LOCAL}?logit_scale=100")).identity
    assert fixed.facts["logit scale"] == "100 (fixed)"
    others = [
        fixed,
        build(spec(LOCAL, prompts=PROMPTS[:1])).identity,
        build(spec(LOCAL, classes=("cat", "dog", "bus"))).identity,
        build(spec(LOCAL, prompt_names=("kitten", "puppy", "car"))).identity,
        build(spec(f"{LOCAL}?prompts=simple")).identity,
        build(spec(f"{LOCAL}?quick_gelu=true")).identity,
    ]
    fingerprints = [plain.fingerprint, *(other.fingerprint for other in others)]
    assert len(set(fingerprints)) == len(fingerprints)
    assert {other.facts["weights sha256"] for other in others} == {plain.facts["weights sha256"]}


def test_a_folders_name_is_not_part_of_the_identity(clip_folder: Path, spec: Spec, tmp_path: Path) -> None:
    shutil.copytree(clip_folder, tmp_path / "renamed")
    assert build(spec(LOCAL)).identity == build(spec("open_clip:local-dir:renamed")).identity


def test_preprocessing_can_be_overridden(clip_folder: Path, spec: Spec) -> None:
    read = spec(f"{LOCAL}?mean=0.5&std=0.25&interpolation=bilinear&resize_mode=squash")
    assert build(read).identity.preprocessing == "resize 32x32 bilinear antialias, mean 0.5 0.5 0.5, std 0.25 0.25 0.25"


def test_another_image_size_resizes_the_position_embedding(
    clip_folder: Path, spec: Spec, pictures: list[Image.Image]
) -> None:
    read = spec(f"{LOCAL}?img_size=48")
    assert build(read).identity.preprocessing.startswith("resize 48 bicubic antialias, center crop 48x48")
    assert logits(read, pictures).shape == (5, 3)


def test_a_checkpoint_replaces_the_weights(clip_folder: Path, spec: Spec, tmp_path: Path) -> None:
    state = {name: tensor.clone() for name, tensor in load_file(clip_folder / "open_clip_model.safetensors").items()}
    state["logit_scale"] = torch.tensor([2.0])  # older files keep it as a vector of one
    torch.save({"state_dict": {f"module.{name}": tensor for name, tensor in state.items()}}, tmp_path / "new.pt")
    found = build(spec(f"{LOCAL}?checkpoint=new.pt")).identity
    assert found.facts["logit scale"] == "7.38906 (learned)"
    assert [Path(evidence.path).name for evidence in build(spec(LOCAL)).files] == ["open_clip_model.safetensors"]


def test_a_built_in_architecture_takes_a_checkpoint(spec: Spec, tmp_path: Path) -> None:
    path = tmp_path / "tiny-native.json"
    path.write_text(json.dumps(CLIP["model_cfg"]))
    open_clip.add_model_config(path)
    with quiet_libraries():
        model = open_clip.create_model("tiny-native")
    torch.save(model.state_dict(), tmp_path / "native.pth")
    found = build(spec("open_clip:tiny-native?checkpoint=native.pth")).identity
    assert found.facts["architecture"] == "open_clip tiny-native"
    assert found.preprocessing.endswith("std 0.26862955 0.2613026 0.2757771")


def test_a_tag_is_found_in_the_hubs_cache_and_its_preprocessing_stays_with_other_weights(
    clip_folder: Path, spec: Spec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tiny-tagged.json"
    path.write_text(json.dumps(CLIP["model_cfg"]))
    open_clip.add_model_config(path)
    tag = {"hf_hub": "some/repository/", "mean": (0.1, 0.2, 0.3), "std": (0.5, 0.5, 0.5)}
    monkeypatch.setitem(
        open_clip.pretrained._PRETRAINED, "tiny-tagged", {"mine": tag, "elsewhere": {"url": "http://x/y.pt"}}
    )
    snapshot = tmp_path / "hub" / "models--some--repository" / "snapshots" / ("c" * 40)
    (snapshot.parents[1] / "refs").mkdir(parents=True)
    (snapshot.parents[1] / "refs" / "main").write_text("c" * 40)
    snapshot.mkdir(parents=True)
    shutil.copy(clip_folder / "open_clip_model.safetensors", snapshot / "open_clip_model.safetensors")
    built = build(spec("open_clip:tiny-tagged/mine"))
    assert {evidence.filename for evidence in built.files} == {"open_clip_model.safetensors"}
    text = "resize 32 bicubic antialias, center crop 32x32, mean 0.1 0.2 0.3, std 0.5 0.5 0.5"
    assert built.identity.preprocessing == text
    replaced = build(spec("open_clip:tiny-tagged/mine?checkpoint=tiny-clip/open_clip_model.safetensors"))
    assert replaced.identity == built.identity
    (evidence,) = _evidence_of_tag(Target("tiny-tagged", "elsewhere"))
    assert Path(evidence.path).name == "y.pt"


def test_weights_that_were_not_trained_with_the_architectures_activation(
    spec: Spec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tiny-quickgelu.json"
    path.write_text(json.dumps(CLIP["model_cfg"] | {"quick_gelu": True}))
    open_clip.add_model_config(path)
    monkeypatch.setitem(open_clip.pretrained._PRETRAINED, "tiny-quickgelu", {"mine": {"hf_hub": "a/b/"}})
    message = "the weights 'mine' were not trained with QuickGELU, which tiny-quickgelu uses; write tiny/mine"
    with pytest.raises(InputError, match=message):
        build(spec("open_clip:tiny-quickgelu/mine"))


def test_weights_are_used_with_the_activation_they_were_trained_with(spec: Spec) -> None:
    for text, expected in (("ViT-B-32/openai", True), ("ViT-B-32/laion2b_s34b_b79k", False), ("RN50/openai", True)):
        read = spec(f"open_clip:{text}")
        assert _quick_gelu(read, target_of(read)) is expected


def test_a_vocabulary_of_ones_own(clip_folder: Path, spec: Spec, tmp_path: Path) -> None:
    (tmp_path / "merges.txt.gz").write_bytes(gzip.compress(b"#version: tiny\nc a\nca t</w>"))
    settings = json.loads(json.dumps(CLIP))
    settings["model_cfg"]["text_cfg"]["vocab_size"] = 512 + 2 + 2
    (clip_folder / "open_clip_config.json").write_text(json.dumps(settings))
    with quiet_libraries():
        model = open_clip.create_model(f"local-dir:{clip_folder}", load_weights=False)
    save_file(model.state_dict(), clip_folder / "open_clip_model.safetensors")
    assert load(spec(f"{LOCAL}?tokenizer=merges.txt.gz"), "cpu").identity.outputs == 3
    message = r"writes token 49407, the text tower knows 516; give the vocabulary it was trained with: tokenizer=FILE"
    with pytest.raises(InputError, match=message):
        build(spec(LOCAL))
    (tmp_path / "broken.gz").write_text("not gzip")
    with pytest.raises(InputError, match="the tokenizer cannot be made"):
        build(spec(f"{LOCAL}?tokenizer=broken.gz"))


def test_a_hubs_cache_is_enough(clip_folder: Path, spec: Spec, tmp_path: Path) -> None:
    snapshot = tmp_path / "hub" / "models--some--clip" / "snapshots" / ("c" * 40)
    (snapshot.parents[1] / "refs").mkdir(parents=True)
    (snapshot.parents[1] / "refs" / "main").write_text("c" * 40)
    shutil.copytree(clip_folder, snapshot)
    built = build(spec("open_clip:hf-hub:some/clip"))
    assert {evidence.filename for evidence in built.files} == {"open_clip_config.json", "open_clip_model.safetensors"}
    assert built.identity.facts["weights sha256"] == build(spec(LOCAL)).identity.facts["weights sha256"]


def test_open_clip_leaves_no_trace_in_the_root_logger(
    clip_folder: Path, spec: Spec, caplog: pytest.LogCaptureFixture
) -> None:
    before = list(logging.root.handlers)
    build(spec(LOCAL))
    assert logging.root.handlers == before
    assert logging.root.manager.disable == 0
    assert not caplog.records


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("open_clip:ViT-B-33/openai", "open_clip has no architecture 'ViT-B-33'; did you mean 'ViT-B-32'?"),
        ("open_clip:ViT-B-32/opnai", "open_clip has no weights 'opnai' for ViT-B-32; did you mean 'openai'?"),
        ("open_clip:ViT-B/32/opnai", "open_clip has no weights 'opnai' for ViT-B-32; did you mean 'openai'?"),
        ("open_clip:ViT-B-32", "which weights? Write ViT-B-32/TAG or checkpoint=FILE; known: openai, laion400m_e31"),
        (
            "open_clip:ViT-B-32/openai",
            "the weights of ViT-B-32 are not in the local cache and could not be fetched (no network)",
        ),
        ("open_clip:hf-hub:no/body", "the weights of hf-hub:no/body are not in the local cache"),
        (f"{LOCAL}?checkpoint=convnext.pth", "38 tensors missing"),
        (f"{LOCAL}?register=no.such", "option 'register': the module no.such cannot be imported"),
    ],
)
@pytest.mark.usefixtures("clip_folder", "convnext")
def test_what_open_clip_cannot_build_is_one_sentence(text: str, message: str, spec: Spec) -> None:
    with pytest.raises(InputError) as caught:
        build(spec(text))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_prompts_and_classes_are_needed(clip_folder: Path, spec: Spec) -> None:
    with pytest.raises(InputError, match="needs prompts, and the suite gives none: write them there"):
        build(spec(LOCAL, prompts=()))
    with pytest.raises(InputError, match="is asked about class names, and the suite names none"):
        build(spec(LOCAL, classes=()))


def test_a_folder_with_several_weights_or_none(clip_folder: Path, spec: Spec) -> None:
    weights = clip_folder / "open_clip_model.safetensors"
    weights.rename(clip_folder / "a.safetensors")
    assert build(spec(LOCAL)).identity.outputs == 3
    shutil.copy(clip_folder / "a.safetensors", clip_folder / "b.safetensors")
    with pytest.raises(InputError, match=r"which weights\? .* holds a.safetensors, b.safetensors; add checkpoint=FILE"):
        build(spec(LOCAL))
    (clip_folder / "a.safetensors").unlink()
    (clip_folder / "b.safetensors").unlink()
    with pytest.raises(InputError, match=r"which weights\? .* holds none; add checkpoint=FILE"):
        build(spec(LOCAL))


def test_a_broken_configuration(clip_folder: Path, spec: Spec) -> None:
    (clip_folder / "open_clip_config.json").write_text("{}")
    with pytest.raises(InputError, match=r"open_clip cannot build local-dir:.*Could not load valid config"):
        build(spec(LOCAL))


OPENAI = {"input_resolution": torch.tensor(32), "context_length": torch.tensor(16), "vocab_size": torch.tensor(49408)}


def quick(built: Built) -> bool:
    return any(type(part).__name__ == "QuickGELU" for part in built.run.clip.modules())


def test_openais_format_brings_its_activation(clip_folder: Path, spec: Spec, tmp_path: Path) -> None:
    state = load_file(clip_folder / "open_clip_model.safetensors")
    torch.save(state, tmp_path / "plain.pth")
    torch.save(state | OPENAI, tmp_path / "openai.pth")
    text = "open_clip:local-dir:tiny-clip?checkpoint="
    plain, openai = (build(spec(f"{text}{name}.pth")) for name in ("plain", "openai"))
    assert [quick(plain), quick(openai)] == [False, True]
    assert plain.identity.fingerprint != openai.identity.fingerprint
    assert openai.identity.facts["format"] == "OpenAI's"
    assert not quick(build(spec(f"{text}openai.pth&quick_gelu=false")))


def test_openais_settings_are_the_architectures(clip_folder: Path, spec: Spec, tmp_path: Path) -> None:
    state = load_file(clip_folder / "open_clip_model.safetensors")
    torch.save(state | OPENAI | {"input_resolution": torch.tensor(64)}, tmp_path / "openai.pth")
    with pytest.raises(InputError, match="says input_resolution 64, the architecture has 32"):
        build(spec("open_clip:local-dir:tiny-clip?checkpoint=openai.pth"))

"""Weights at one revision of a hub's repository, from a local copy of its cache."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants

from fixtures.core.errors import InputError
from fixtures.models.hub_access import quiet_libraries
from fixtures.models.load import build
from fixtures.models.model import ModelSpec

Spec = Callable[..., ModelSpec]
OLD, NEW = "8cb2871" + "0" * 33, "b5791d4" + "0" * 33
NAMES = ("cat", "dog", "car")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with two revisions of the repository that timm names for ``test_vit.r160_in1k``: other weights each."""
    import timm
    from timm.models import get_pretrained_cfg

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    repo = get_pretrained_cfg("test_vit.r160_in1k").hf_hub_id.rstrip("/")
    repo = repo if repo.count("/") else f"{repo}/test_vit.r160_in1k"
    folder = tmp_path / "hub" / f"models--{repo.replace('/', '--')}"
    for seed, commit in enumerate((OLD, NEW)):
        torch.manual_seed(seed)
        snapshot = folder / "snapshots" / commit
        snapshot.mkdir(parents=True)
        with quiet_libraries():
            torch.save(timm.create_model("test_vit", num_classes=3).state_dict(), snapshot / "pytorch_model.bin")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(NEW)
    return folder


def test_the_first_digits_choose_the_commit_whatever_main_is_now(hub: Path, spec: Spec) -> None:
    old, new = (
        build(spec(f"timm:test_vit.r160_in1k?revision={revision}", classes=NAMES)) for revision in (OLD[:7], NEW)
    )
    assert old.identity.fingerprint != new.identity.fingerprint
    kept = torch.load(hub / "snapshots" / OLD / "pytorch_model.bin", weights_only=True)
    assert torch.equal(old.run.state_dict()["head.weight"], kept["head.weight"])
    assert [Path(file.path).parent.name for file in old.files] == [OLD]


def test_offline_another_revision_is_one_sentence_that_says_what_to_do(hub: Path, spec: Spec) -> None:
    with pytest.raises(InputError) as caught:
        build(spec("vit=timm:test_vit.r160_in1k?revision=1234567", classes=NAMES))
    said = str(caught.value)
    assert "at revision 1234567" in said
    assert "no network" in said
    assert "--checkpoint-dir DIR with vit.safetensors" in said


def test_a_pickle_at_the_revision_is_refused(hub: Path, spec: Spec, tmp_path: Path) -> None:
    import pickle

    class Bomb:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    (hub / "snapshots" / OLD / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(InputError):
        build(spec(f"timm:test_vit.r160_in1k?revision={OLD[:7]}", classes=NAMES))
    assert not (tmp_path / "ran").exists()


def test_a_repository_written_out_has_its_own_way_to_name_a_revision(spec: Spec) -> None:
    with pytest.raises(InputError, match="write hf-hub:ORG/NAME@REVISION"):
        build(spec("timm:hf-hub:some/model?revision=1234567", classes=NAMES))

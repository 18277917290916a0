"""Zero-shot classifiers are made once: kept on disk, checked when read, the same whatever the scale."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from fixtures.models import zero_shot
from fixtures.models.identity import identify
from fixtures.models.load import load
from fixtures.models.zero_shot_cache import classifier
from fixtures.suite.loader import load_suite

KEY = "a" * 64


class Maker:
    def __init__(self, shape: tuple[int, int] = (4, 3)) -> None:
        self.calls, self.shape = 0, shape

    def __call__(self) -> Tensor:
        self.calls += 1
        return torch.arange(self.shape[0] * self.shape[1], dtype=torch.float32).reshape(self.shape)


def test_made_once_and_the_same_afterwards(tmp_path: Path):
    make = Maker()
    first, again = (classifier(tmp_path / "heads", KEY, (None, 3), make) for _ in range(2))
    assert make.calls == 1
    assert torch.equal(first, again)


@pytest.mark.parametrize("damage", [b"", b"no tensors", None])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: bytes | None):
    make = Maker()
    classifier(tmp_path, KEY, (None, 3), make)
    [file] = tmp_path.glob("head-*.safetensors")
    file.write_bytes(file.read_bytes()[:-5] if damage is None else damage)
    assert torch.equal(classifier(tmp_path, KEY, (None, 3), make), make())
    assert make.calls == 3


def test_one_of_another_number_of_classes_is_not_believed(tmp_path: Path):
    classifier(tmp_path, KEY, (None, 3), Maker())
    assert classifier(tmp_path, KEY, (None, 2), Maker((4, 2))).shape == (4, 2)


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path):
    (tmp_path / "file").write_text("")
    make = Maker()
    assert torch.equal(classifier(tmp_path / "file" / "heads", KEY, (None, 3), make), make())


def test_a_second_load_asks_the_text_tower_nothing_whatever_its_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    spec = load_suite("mini").models["vit-clip"]
    asked = []
    made = zero_shot.ZeroShot._made
    monkeypatch.setattr(zero_shot.ZeroShot, "_made", lambda self, device: asked.append(1) or made(self, device))
    first = load(spec, "cpu", cache=tmp_path)
    fixed = load(replace(spec, options={**spec.options, "logit_scale": 100.0}), "cpu", cache=tmp_path)
    assert len(asked) == 1
    batch = torch.full((1, 3, 64, 64), 128, dtype=torch.uint8)
    assert torch.equal(first.forward(batch), load(spec, "cpu", cache=None).forward(batch))
    assert not torch.equal(first.forward(batch), fixed.forward(batch))
    assert identify(spec, tmp_path).fingerprint == first.identity.fingerprint

"""A factory of the user's: what it may return, and the sentence about everything else."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from sys import modules

import numpy as np
import pytest
import torch
from PIL import Image

from fixtures.core.errors import InputError
from fixtures.models.load import build, load
from fixtures.models.model import ModelSpec
from tests.models.conftest import CLASSES

Spec = Callable[..., ModelSpec]

SOURCE = """
import numpy as np
import torch
from PIL import Image
from torchvision import transforms

NAMES = ["cat", "dog", "car"]
PREPARE = transforms.Compose([transforms.Resize((4, 4)), transforms.ToTensor(), transforms.Normalize([0.5], [0.5])])


class Net(torch.nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.fc = torch.nn.Linear(3, 3)
        torch.nn.init.constant_(self.fc.weight, 1.0)
        torch.nn.init.constant_(self.fc.bias, bias)
        self.preprocess = PREPARE
        self.class_names = NAMES

    def forward(self, images):
        return self.fc(images.mean((2, 3)))


def net(bias=0.0):
    return Net(bias)


def even(images):
    return np.full((len(images), 3), 1 / 3)


def function(fingerprint=None):
    return {"model": even, "preprocess": PREPARE, "class_names": NAMES, "outputs": "probabilities"} | (
        {"fingerprint": fingerprint} if fingerprint else {}
    )


def with_weights(checkpoint):
    net = Net(0.0)
    net.load_state_dict(torch.load(checkpoint, weights_only=True))
    return net


def swapped():
    return {"model": even, "preprocess": PREPARE, "class_names": ["dog", "cat", "car"]}


def renamed():
    return {"model": even, "preprocess": PREPARE, "class_names": ["cat", "dog", "bus"]}


def fewer():
    return {"model": even, "preprocess": PREPARE, "class_names": ["cat"]}


def one_name():
    return {"model": even, "preprocess": PREPARE, "class_names": "cat"}


def nameless():
    return {"model": even, "preprocess": PREPARE}


def unprepared():
    return {"model": even, "preprocess": 224, "class_names": NAMES}


def guessed():
    return {"model": even, "preprocess": PREPARE, "class_names": NAMES, "outputs": "scores"}


def nothing():
    return None


def no_model():
    return {"preprocess": PREPARE, "class_names": NAMES}


def bare():
    return torch.nn.Linear(3, 3)


def broken():
    raise OSError("disk full")


def not_a_number():
    return Net(float("nan"))
"""


@pytest.fixture(autouse=True)
def _module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "strangers.py").write_text(SOURCE)
    (tmp_path / "crashing.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    yield
    modules.pop("strangers", None)


def test_a_module_is_run_and_fingerprinted(spec: Spec, pictures: list[Image.Image]) -> None:
    network = load(spec("python:strangers:net?bias=2"), "cpu")
    batch = torch.stack([network.prepare(picture) for picture in pictures])
    assert batch.dtype is torch.uint8
    expected = (batch.float() / 255 - 0.5).div(0.5).mean((2, 3)).sum(1, keepdim=True).expand(-1, 3) + 2
    assert torch.allclose(network.forward(batch), expected, atol=1e-5)
    identity = network.identity
    assert (identity.outputs, identity.kind, identity.stable) == (3, "logits", True)
    assert identity.facts["architecture"] == "Net"
    assert identity.preprocessing == "resize 4x4 bilinear antialias, mean 0.5 0.5 0.5, std 0.5 0.5 0.5"
    assert identity == load(spec("python:strangers:net?bias=2"), "cpu").identity
    assert identity.fingerprint != build(spec("python:strangers:net?bias=3")).identity.fingerprint


def test_a_change_of_the_code_is_seen(spec: Spec, tmp_path: Path) -> None:
    before = build(spec("python:strangers:net")).identity.fingerprint
    (tmp_path / "strangers.py").write_text(SOURCE + "# another line\n")
    assert build(spec("python:strangers:net")).identity.fingerprint != before


def test_a_function_is_run_but_vouched_for_only_with_a_fingerprint(spec: Spec, pictures: list[Image.Image]) -> None:
    network = load(spec("python:strangers:function"), "cpu")
    rows = network.forward(torch.stack([network.prepare(picture) for picture in pictures]))
    assert np.allclose(rows.numpy(), 1 / 3)
    assert (network.identity.kind, network.identity.stable) == ("probabilities", False)
    first, second = (build(spec(f"python:strangers:function?fingerprint={text}")).identity for text in ("v1", "v2"))
    assert first.stable
    assert first.fingerprint != second.fingerprint


def test_the_suites_model_with_other_weights(spec: Spec, tmp_path: Path) -> None:
    from fixtures.models.spec import parse

    base = spec("m=python:strangers:with_weights?checkpoint=none.pth")
    net = build(spec("python:strangers:net")).run
    torch.save(net.state_dict(), tmp_path / "a.pth")
    shutil.copy(tmp_path / "a.pth", tmp_path / "b.pth")
    found = [build(parse(f"m={name}", {"m": base}, cwd=tmp_path)).identity for name in ("a.pth", "b.pth")]
    assert found[0] == found[1]


def test_without_names_from_the_suite_the_models_are_taken(spec: Spec) -> None:
    assert build(spec("python:strangers:net", classes=())).identity.outputs == len(CLASSES)


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (
            "no_such.module:net",
            "the module no_such.module cannot be imported (ModuleNotFoundError: No module named 'no_such'); it was",
        ),
        ("crashing:net", "the module crashing cannot be imported (ZeroDivisionError: division by zero)"),
        ("strangers:nett", "the module strangers has no 'nett'"),
        ("strangers:NAMES", "NAMES is a list, not a function that makes a model"),
        ("strangers:net?wings=2", "the factory failed (TypeError: net() got an unexpected keyword argument 'wings')"),
        ("strangers:broken", "the factory failed (OSError: disk full)"),
        (
            "strangers:nothing",
            "the factory returned a NoneType that is no model: it must be a callable or torch.nn.Module",
        ),
        ("strangers:no_model", "the factory returned a mapping that is no model"),
        ("strangers:bare", "the Linear that the factory returned has no preprocess and no class_names"),
        ("strangers:nameless", "the mapping that the factory returned has no class_names"),
        ("strangers:unprepared", "'preprocess' must be a function of a PIL image, not 224"),
        (
            "strangers:swapped",
            "class 0 is 'dog' for the model and 'cat' for the suite; the names are the same, in another order",
        ),
        ("strangers:renamed", "class 2 is 'bus' for the model and 'car' for the suite"),
        ("strangers:fewer", "'class_names' has 1 names, the suite 3 classes"),
        ("strangers:one_name", "'class_names' must be a list of texts, not 'cat'"),
        ("strangers:guessed", "'outputs' must be 'logits' or 'probabilities', not 'scores'"),
        ("strangers:not_a_number", "1 tensor with NaN or infinity: fc.bias"),
    ],
)
def test_what_a_factory_may_not_do(factory: str, message: str, spec: Spec) -> None:
    with pytest.raises(InputError) as caught:
        build(spec(f"python:{factory}"))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)

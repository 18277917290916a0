"""Offline, the hub is not asked; loud libraries are not heard."""

import socket
from collections.abc import Callable

import pytest
from huggingface_hub import constants

from fixtures.models.hub_access import PROXIES, is_unreachable, patient_hub
from fixtures.models.load import build
from fixtures.models.model import ModelSpec
from tests.models.conftest import ARGUMENTS


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def _nobody(*_: object) -> None:
    raise OSError("Name or service not known")


def test_without_a_network_the_hub_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _nobody)
    with patient_hub(wanted=True):
        assert constants.HF_HUB_OFFLINE
    assert not constants.HF_HUB_OFFLINE


def test_with_a_network_or_a_proxy_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [])
    with patient_hub(wanted=True):
        assert not constants.HF_HUB_OFFLINE
    monkeypatch.setattr(socket, "getaddrinfo", _nobody)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    with patient_hub(wanted=True):
        assert not constants.HF_HUB_OFFLINE


@pytest.mark.parametrize(
    "text",
    [
        f"timm:test_convnext?checkpoint=convnext.pth&arguments={ARGUMENTS}",
        "open_clip:local-dir:tiny-clip",
        "open_clip:local-dir:tiny-clip?checkpoint=tiny-clip/open_clip_model.safetensors",
    ],
)
@pytest.mark.usefixtures("convnext", "clip_folder")
def test_for_what_lies_here_no_name_is_looked_up(
    text: str, spec: Callable[..., ModelSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *names, **_: asked.append(names[0]) or _nobody())
    build(spec(text))
    assert asked == []


def test_what_counts_as_unreachable() -> None:
    wrapped = RuntimeError("failed")
    wrapped.__cause__ = ConnectionError("no route")
    assert is_unreachable(wrapped)
    assert not is_unreachable(RuntimeError("failed"))

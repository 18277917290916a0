"""Offline, the hub is not asked; loud libraries are not heard."""

import socket

import pytest
from huggingface_hub import constants

from fixtures.models.quiet import PROXIES, is_unreachable, patient_hub


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def _nobody(*_: object) -> None:
    raise OSError("Name or service not known")


def test_without_a_network_the_hub_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _nobody)
    with patient_hub():
        assert constants.HF_HUB_OFFLINE
    assert not constants.HF_HUB_OFFLINE


def test_with_a_network_or_a_proxy_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [])
    with patient_hub():
        assert not constants.HF_HUB_OFFLINE
    monkeypatch.setattr(socket, "getaddrinfo", _nobody)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    with patient_hub():
        assert not constants.HF_HUB_OFFLINE


def test_what_counts_as_unreachable() -> None:
    wrapped = RuntimeError("failed")
    wrapped.__cause__ = ConnectionError("no route")
    assert is_unreachable(wrapped)
    assert not is_unreachable(RuntimeError("failed"))

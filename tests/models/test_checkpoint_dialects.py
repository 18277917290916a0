"""Checkpoints as training code writes them: which entry counts, what wrappers leave in names, what is no weight."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from fixtures.core.errors import InputError
from fixtures.models.checkpoint import load_into, read_checkpoint, read_state_dict
from fixtures.models.shards import digest_checkpoint


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))


STATE = network().state_dict()


def renamed(start: str) -> dict[str, Tensor]:
    return {start + name: tensor for name, tensor in STATE.items()}


def same(found: dict[str, Tensor]) -> bool:
    return set(found) == set(STATE) and all(torch.equal(found[name], STATE[name]) for name in STATE)


@pytest.mark.parametrize(
    "packed",
    [
        {"model_state_dict": STATE, "loss": torch.tensor(0.3)},
        {"net": STATE, "acc": 93.1, "epoch": 3},
        {"weights": STATE},
        {"network": STATE, "optimizer": {"state": {0: {"exp_avg": torch.zeros(3)}}}},
        {"params_ema": STATE, "params": {"other": torch.zeros(1)}},
        {f"0._orig_mod.{name[2:]}" if name[0] == "0" else name: tensor for name, tensor in STATE.items()},
        renamed("_fsdp_wrapped_module."),
        renamed("module._fsdp_wrapped_module."),
        renamed("_fsdp_wrapped_module._checkpoint_wrapped_module."),
    ],
)
def test_common_dialects_are_read(packed: dict[str, object], tmp_path: Path) -> None:
    torch.save(packed, tmp_path / "weights.pth")
    assert same(read_state_dict(tmp_path / "weights.pth"))


@pytest.mark.parametrize("name", ["student", "generator.weights"])
def test_an_unknown_entry_is_named_with_the_option(name: str, tmp_path: Path) -> None:
    outer, _, inner = name.partition(".")
    torch.save({outer: {inner: STATE} if inner else STATE, "loss": torch.tensor(0.3)}, tmp_path / "weights.pth")
    expected = r"holds weights under student|holds weights under generator"
    with pytest.raises(InputError, match=rf"({expected}).*; say which count: key={outer}"):
        read_state_dict(tmp_path / "weights.pth")
    assert same(read_state_dict(tmp_path / "weights.pth", outer if not inner else name))


def test_which_entry_was_read_is_said_where_there_are_several(tmp_path: Path) -> None:
    torch.save({"model": STATE, "model_ema": renamed("module."), "epoch": 3}, tmp_path / "weights.pth")
    found = read_checkpoint(tmp_path / "weights.pth")
    assert found.facts() == {"entry": "model_ema (averaged)"}
    assert found.notes("net") == ("net: the checkpoint's entry 'model_ema' (averaged) was read, not key=model",)
    assert read_checkpoint(tmp_path / "weights.pth", "model").notes("net") == ()


@pytest.mark.parametrize("other", [{"0.weight": torch.zeros(4, 3, 5, 5)}, {"layer.weight": torch.zeros(1)}])
@pytest.mark.parametrize("name", ["teacher", "model_ema", "trainer.student"])
def test_an_entry_that_would_fit_is_named_where_the_one_that_was_read_does_not(
    name: str, other: dict[str, Tensor], tmp_path: Path
) -> None:
    path, (outer, _, inner) = tmp_path / "weights.pth", name.partition(".")
    packed = {inner: renamed("module.")} if inner else renamed("module.")
    torch.save({"model": other, outer: packed}, path)
    key = "model" if name == "model_ema" else None
    found = read_checkpoint(path, key)
    with pytest.raises(InputError, match=rf"; the entry '{name}' of the file fits: add key={name}$"):
        load_into(network(), found.tensors, path, found.elsewhere)
    load_into(network(), read_state_dict(path, name), path)


@pytest.mark.parametrize("start", ["model.", "net.", "backbone.", "encoder.trunk."])
def test_a_prefix_is_named_and_taken_off(start: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save({"state_dict": renamed(start) | {"criterion.weight": torch.zeros(2)}}, path)
    with pytest.raises(InputError, match=rf"of its names fit without '{start}': add prefix={start}$"):
        load_into(network(), read_state_dict(path), path)
    for written in (start, start.rstrip(".")):
        assert same(read_state_dict(path, prefix=written))
    with pytest.raises(
        InputError, match=rf"no tensor's name begins with 'head.'; they begin with {start.split('.', maxsplit=1)[0]}"
    ):
        read_state_dict(path, prefix="head")


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    torch.save(STATE | {"_orig_mod.0.weight": STATE["0.weight"] + 1}, tmp_path / "weights.pth")
    with pytest.raises(InputError, match=r"1 tensor stand there twice, with and without a wrapper's name: 0\.weight"):
        read_state_dict(tmp_path / "weights.pth")


def test_an_entry_that_holds_itself_ends(tmp_path: Path) -> None:
    for key in ("model", "state_dict"):
        content: dict[str, object] = {"epoch": 1}
        content[key] = content
        torch.save(content, tmp_path / "weights.pth")
        with pytest.raises(InputError, match=f"its entry '{key}' holds itself"):
            read_state_dict(tmp_path / "weights.pth")
    inner: dict[str, object] = {}
    inner["model"] = {"state_dict": inner}
    torch.save(inner, tmp_path / "weights.pth")
    with pytest.raises(InputError, match="holds itself"):
        read_state_dict(tmp_path / "weights.pth")


CAST = {
    "int8": lambda one: (one * 100).to(torch.int8),
    "uint8": lambda one: (one * 100).to(torch.uint8),
    "bool": lambda one: one > 0,
    "complex64": lambda one: one.to(torch.complex64),
    "float8_e4m3fn": lambda one: one.to(torch.float8_e4m3fn),
    "int64": lambda one: one.to(torch.int64),
}


@pytest.mark.parametrize("kind", CAST)
def test_what_is_no_float_becomes_no_weight(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(STATE | {"0.weight": CAST[kind](STATE["0.weight"])}, path)
    with pytest.raises(InputError, match=rf"1 tensor of another kind of number .*: 0\.weight {kind} for float32"):
        load_into(network(), read_state_dict(path), path)


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64"])
def test_floats_and_counters_are_cast(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save({name: tensor.to(getattr(torch, kind)) for name, tensor in STATE.items()}, path)
    module = network()
    load_into(module, read_state_dict(path), path)
    assert torch.allclose(module[0].weight, STATE["0.weight"], atol=1e-2)
    assert module[1].num_batches_tracked.dtype is torch.int64


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: torch.eye(3).to_sparse(), "1 tensor that are sparse; save them dense"),
        (lambda: torch.eye(3).to_sparse_csr(), "1 tensor that are sparse; save them dense"),
        (lambda: torch.empty(3, device="meta"), r"1 tensor without numbers \(meta tensors\)"),
        (lambda: torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8), "1 tensor that are quantised"),
    ],
    ids=["sparse", "csr", "meta", "quantised"],
)
def test_tensors_of_other_layouts_are_refused(make: Callable[[], Tensor], message: str, tmp_path: Path) -> None:
    torch.save(STATE | {"0.weight": make()}, tmp_path / "weights.pth")
    with pytest.raises(InputError, match=message):
        read_state_dict(tmp_path / "weights.pth")


def test_a_file_is_what_it_holds_and_not_what_it_is_called(tmp_path: Path) -> None:
    save_file(STATE, tmp_path / "a.pth")
    torch.save(STATE, tmp_path / "b.safetensors")
    torch.save(STATE, tmp_path / "c.safetensors", _use_new_zipfile_serialization=False)
    for name in ("a.pth", "b.safetensors", "c.safetensors"):
        assert same(read_state_dict(tmp_path / name))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89HDF\r\n\x1a\n", "is an HDF5 file"),
        (b"\x1f\x8b\x08\x00", "is compressed with gzip; unpack it"),
        (b"<!DOCTYPE html><html>", "is a web page or XML, not the weights"),
        (b"GGUF\x03", "is a GGUF file"),
        (b"\x93NUMPY", "is a NumPy array"),
        (b"PAR1", "is a Parquet table"),
        (bytes(257) + b"ustar" + bytes(300), "is a tar archive; unpack it"),
    ],
)
@pytest.mark.parametrize("name", ["weights.pth", "weights.safetensors"])
def test_what_else_a_file_is_is_said(content: bytes, message: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_state_dict(tmp_path / name)


def test_arrays_and_archives_are_no_checkpoints(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **{name: tensor.numpy() for name, tensor in STATE.items()})
    (tmp_path / "a.npz").rename(tmp_path / "a.pth")
    with pytest.raises(InputError, match=r"is a NumPy archive \(\.npz\), no checkpoint"):
        read_state_dict(tmp_path / "a.pth")


def sharded(folder: Path) -> Path:
    names = list(STATE)
    parts = {"model-00001-of-00002.safetensors": names[:3], "model-00002-of-00002.safetensors": names[3:]}
    for file, held in parts.items():
        save_file({name: STATE[name] for name in held}, folder / file)
    places = {name: file for file, held in parts.items() for name in held}
    path = folder / "model.safetensors.index.json"
    path.write_text(json.dumps({"metadata": {}, "weight_map": places}))
    return path


def test_weights_in_several_files_are_read_by_their_index(tmp_path: Path) -> None:
    path = sharded(tmp_path)
    assert same(read_state_dict(path))
    before = digest_checkpoint(path)
    second = tmp_path / "model-00002-of-00002.safetensors"
    data = bytearray(second.read_bytes())
    data[-1] ^= 1
    second.write_bytes(data)
    assert digest_checkpoint(path) != before
    save_file({}, second)
    with pytest.raises(InputError, match=r"lacks 4 tensors that model.safetensors.index.json places there"):
        read_state_dict(path)
    second.unlink()
    with pytest.raises(InputError, match=r"names the file 'model-00002-of-00002.safetensors', which is not beside it"):
        read_state_dict(path)


@pytest.mark.parametrize(
    "written",
    [
        "{",
        "[]",
        '{"weight_map": 3}',
        '{"weight_map": {}}',
        '{"weight_map": {"a": "../secret.safetensors"}}',
        '{"weight_map":' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
)
def test_what_is_no_index(written: str, tmp_path: Path) -> None:
    (tmp_path / "m.index.json").write_text(written)
    with pytest.raises(InputError, match=r"is no index of weights|names no weights|is not beside it"):
        read_state_dict(tmp_path / "m.index.json")


@pytest.mark.parametrize("kind", ["old", "zip", "safetensors"])
def test_damaged_files_end_in_one_sentence(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "whole"
    if kind == "safetensors":
        save_file(STATE, path)
    else:
        torch.save(STATE, path, _use_new_zipfile_serialization=kind == "zip")
    whole, generator = path.read_bytes(), np.random.default_rng(7)
    for _ in range(120):
        damaged = bytearray(whole)
        place = int(generator.integers(len(whole) if kind == "zip" else min(len(whole), 700)))
        damaged[place] ^= 1 << int(generator.integers(8))
        (tmp_path / "weights.pth").write_bytes(damaged)
        try:
            load_into(network(), read_state_dict(tmp_path / "weights.pth"), "weights.pth")
        except InputError as error:
            assert "\n" not in str(error)  # noqa: PT017


def test_a_link_to_itself_and_a_pipe_are_named(tmp_path: Path) -> None:
    import os

    (tmp_path / "loop.pth").symlink_to(tmp_path / "loop.pth")
    os.mkfifo(tmp_path / "pipe.pth")
    with pytest.raises(InputError, match="there is no such checkpoint file"):
        read_state_dict(tmp_path / "loop.pth")
    with pytest.raises(InputError, match="is no regular file"):
        read_state_dict(tmp_path / "pipe.pth")


def test_a_header_longer_than_its_file(tmp_path: Path) -> None:
    (tmp_path / "weights.safetensors").write_bytes(struct.pack("<Q", 1 << 60) + b'{"a": 1}')
    with pytest.raises(InputError, match="is truncated or no safetensors file"):
        read_state_dict(tmp_path / "weights.safetensors")


@pytest.mark.parametrize(("name", "value"), [("1.running_var", "inf"), ("1.running_mean", "-inf"), ("0.bias", "inf")])
def test_statistics_that_are_not_finite_are_refused(name: str, value: str) -> None:
    state = {key: tensor.clone() for key, tensor in STATE.items()}
    state[name][1] = float(value)
    with pytest.raises(InputError, match=f"1 tensor with NaN or infinity: {name}"):
        load_into(network(), state, "weights.pth")


def test_minus_infinity_in_a_mask_is_none_of_these() -> None:
    module = network()
    module.register_buffer("mask", torch.full((2, 2), float("-inf")).triu(1))
    load_into(module, module.state_dict(), "weights.pth")

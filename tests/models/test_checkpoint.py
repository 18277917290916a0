"""Weights are data: every way they are packed is read, everything else is refused with its reason."""

import argparse
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from fixtures.core.errors import InputError
from fixtures.models.checkpoint import load_into, read_state_dict


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))


STATE = network().state_dict()


class Evil:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


def prefixed(prefix: str) -> dict[str, Tensor]:
    return {prefix + name: tensor for name, tensor in STATE.items()}


@pytest.mark.parametrize(
    "packed",
    [
        STATE,
        {"state_dict": STATE, "epoch": 3},
        {"model": STATE, "args": argparse.Namespace(lr=0.1), "optimizer": {"state": {}}},
        {"ema": {"module": STATE}},
        {"model_ema": STATE, "model": {"other": torch.zeros(1)}},
        {"state_dict_ema": STATE, "state_dict": {"other": torch.zeros(1)}},
        {"model": {"state_dict": STATE}},
        prefixed("module."),
        prefixed("_orig_mod."),
        prefixed("module._orig_mod."),
        {"state_dict": prefixed("_orig_mod.module.")},
        {"n_averaged": torch.tensor(3), **prefixed("module.")},
    ],
)
def test_every_way_of_packing_is_unpacked(packed: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(packed, path)
    found = read_state_dict(path)
    assert set(found) == set(STATE)
    assert all(torch.equal(found[name], STATE[name]) for name in STATE)


def test_safetensors_and_the_old_torch_format(tmp_path: Path) -> None:
    save_file(prefixed("module."), tmp_path / "a.safetensors")
    torch.save(STATE, tmp_path / "b.pt", _use_new_zipfile_serialization=False)
    for name in ("a.safetensors", "b.pt"):
        assert torch.equal(read_state_dict(tmp_path / name)["0.weight"], STATE["0.weight"])


def test_a_key_chooses_among_the_weights_of_a_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save({"model": STATE, "model_ema": {"0.weight": torch.zeros(1)}}, path)
    assert set(read_state_dict(path)) == {"0.weight"}
    assert set(read_state_dict(path, "model")) == set(STATE)
    with pytest.raises(InputError, match="has no weights under 'swa'; its keys are model, model_ema"):
        read_state_dict(path, "swa")


@pytest.mark.parametrize("zipped", [True, False])
def test_code_is_refused_and_not_run(zipped: bool, tmp_path: Path) -> None:
    path, trace = tmp_path / "evil.pth", tmp_path / "it-ran"
    torch.save({"state_dict": Evil(trace)}, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(
        InputError, match=r"can only be read by running code .* save the weights alone: torch.save\(model"
    ) as caught:
        read_state_dict(path)
    assert not trace.exists()
    assert "posix.mkdir" in str(caught.value) or not zipped


def test_a_plain_pickle_and_a_whole_module_are_refused(tmp_path: Path) -> None:
    trace = tmp_path / "it-ran"
    (tmp_path / "plain.pth").write_bytes(pickle.dumps(Evil(trace)))
    torch.save(network(), tmp_path / "module.pth")
    for name in ("plain.pth", "module.pth"):
        with pytest.raises(InputError, match="can only be read by running code"):
            read_state_dict(tmp_path / name)
    assert not trace.exists()


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_torchscript_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "script.pt"
    torch.jit.save(torch.jit.trace(network().eval(), torch.zeros(1, 3, 8, 8)), str(path))
    with pytest.raises(InputError, match="is a TorchScript archive, which is code"):
        read_state_dict(path)


def test_a_truncated_file_is_named_whatever_torch_says_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise pickle.UnpicklingError("Weights only load failed")

    path = tmp_path / "weights.pth"
    torch.save(STATE, path, _use_new_zipfile_serialization=False)
    monkeypatch.setattr(torch, "load", refuse)
    with pytest.raises(InputError, match="can only be read by running code"):
        read_state_dict(path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="is truncated or no torch checkpoint"):
        read_state_dict(path)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
@pytest.mark.parametrize("kind", ["zip", "old", "safetensors"])
def test_a_truncated_file_is_named(kind: str, share: float, tmp_path: Path) -> None:
    path = tmp_path / ("weights.safetensors" if kind == "safetensors" else "weights.pth")
    if kind == "safetensors":
        save_file(STATE, path)
    else:
        torch.save(STATE, path, _use_new_zipfile_serialization=kind == "zip")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=rf"{path}: is truncated or no (torch checkpoint|safetensors file)"):
        read_state_dict(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"epoch": 3}, "holds no weights (found epoch)"),
        ({}, "holds no weights (found nothing)"),
        ([1, 2], "holds a list instead of a state dict"),
        (torch.zeros(3), "holds a Tensor instead of a state dict"),
        ({"model": STATE, "best": np.float64(0.5)}, "can only be read by running code that it names (numpy"),
    ],
)
def test_what_is_no_state_dict(content: object, message: str, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "weights.pth")
    with pytest.raises(InputError) as caught:
        read_state_dict(tmp_path / "weights.pth")
    assert message in str(caught.value)


def test_what_is_no_checkpoint_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such checkpoint file"):
        read_state_dict(tmp_path / "gone.pth")
    path = tmp_path / "weights.pth"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    with pytest.raises(InputError, match="is a Git LFS pointer, not the weights; fetch them with 'git lfs pull'"):
        read_state_dict(path)
    path.write_text("<html>404</html>")
    with pytest.raises(InputError, match="is a web page or XML, not the weights; download them again"):
        read_state_dict(path)


def without(name: str) -> dict[str, Tensor]:
    return {key: tensor for key, tensor in STATE.items() if key != name}


def filled(name: str, value: float) -> dict[str, Tensor]:
    return {**STATE, name: torch.full_like(STATE[name], value)}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (without("0.bias"), "does not fit the architecture: 1 tensor missing (0.bias)"),
        ({**STATE, "head.weight": torch.zeros(1)}, "1 tensor not in the architecture (head.weight)"),
        (
            {"a": torch.zeros(1)},
            "6 tensors missing (0.weight, 0.bias, 1.weight, 1.bias, ...); 1 tensor not in the arch",
        ),
        (
            {**STATE, "0.bias": torch.zeros(7)},
            "1 tensor of another shape than the architecture's: 0.bias (7,) for (4,)",
        ),
        (filled("0.weight", float("nan")), "1 tensor with NaN or infinity: 0.weight"),
        (filled("0.bias", float("inf")), "1 tensor with NaN or infinity: 0.bias"),
        (filled("1.running_var", float("nan")), "1 tensor with NaN or infinity: 1.running_var"),
    ],
)
def test_weights_that_do_not_fit(state: dict[str, Tensor], message: str) -> None:
    with pytest.raises(InputError) as caught:
        load_into(network(), state, "weights.pth")
    assert message in str(caught.value)
    assert str(caught.value).startswith("weights.pth: ")


def test_half_precision_weights_become_the_modules_own(tmp_path: Path) -> None:
    module = network()
    load_into(
        module, {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in STATE.items()}, "w"
    )
    assert module[0].weight.dtype is torch.float32
    assert torch.equal(module[0].weight, STATE["0.weight"].half().float())


def test_files_older_than_a_counter_still_load() -> None:
    load_into(network(), without("1.num_batches_tracked"), "old.pth")

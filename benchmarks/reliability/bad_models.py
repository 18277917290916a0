"""Recordings, weights and factories that cannot be used."""

import io
import itertools
import pickle
import struct
import zipfile
from collections.abc import Callable, Iterator

from benchmarks.reliability.spoiling import RECORDED, Change, Payload, garbage, no_files, special, written
from benchmarks.reliability.world import WEIGHTS


def recordings() -> Iterator[tuple[str, Change]]:
    """Recorded predictions."""
    for name, content in garbage().items():
        yield name, written("recorded.csv", content, *RECORDED)
    for name, how in no_files().items():
        yield name, special("recorded.csv", how, *RECORDED)
    head = ",".join(["file_name", *(f"logit_{k}" for k in range(16))])
    rows = [[f"{k:03d}.png", *(f"{(k * 7 + j) % 5}.25" for j in range(16))] for k in range(32)]

    def csv(header: str = head, change: Callable[[list[list[str]]], object] = lambda rows: None) -> bytes:
        lines = [list(row) for row in rows]
        change(lines)
        return "\n".join([header, *(",".join(line) for line in lines)]).encode() + b"\n"

    def put(row: int, column: int, text: str) -> Callable[[list[list[str]]], object]:
        return lambda lines: lines[row].__setitem__(column, text)

    changes: dict[str, bytes] = {
        f"a value {text[:9]!r}": csv(change=put(3, 2, text))
        for text in ("nan", "inf", "-inf", "", "high", "1e999", "0x1F", "1,5", "9" * 5000, "\x1b[31m")
    }
    changes |= {
        "a row twice": csv(change=lambda lines: lines.append(lines[0])),
        "half of the rows": csv(change=lambda lines: lines.__delitem__(slice(16))),
        "a short row": csv(change=lambda lines: lines[5].pop()),
        "a long row": csv(change=lambda lines: lines[5].append("1")),
        "other images": csv(change=lambda lines: [line.__setitem__(0, f"x{line[0]}") for line in lines]),
        "15 classes": csv(head.rpartition(",")[0], lambda lines: [line.pop() for line in lines]),
        "a column twice": csv(head.replace("logit_3", "logit_2")),
        "a class beyond the last": csv(head.replace("logit_15", "logit_99")),
        "another name of columns": csv(head.replace("logit", "score")),
        "probabilities that sum to 4": csv(head.replace("logit", "probability")),
        "no header": csv().partition(b"\n")[2],
        "probabilities called logits": csv(
            change=lambda lines: [line.__setitem__(slice(1, None), ["0.0625"] * 16) for line in lines]
        ),
    }
    for name, content in changes.items():
        yield name, written("recorded.csv", content, *RECORDED)
    for ending in ("npz", "parquet", "npy", "json", "txt", "pkl"):
        for name, content in itertools.islice(garbage().items(), 4):
            path = f"recorded.{ending}"
            yield f"{name} as .{ending}", written(path, content, f"--model=said=predictions:@/{path}", "-k=test_ece")


def checkpoints() -> Iterator[tuple[str, Change]]:
    """The weights of a network."""
    sound = (WEIGHTS / "convnext-sup.safetensors").read_bytes()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("archive/data.pkl", pickle.dumps(Payload()))
    contents = {
        **garbage(),
        **{f"cut at {share}": sound[: int(share * len(sound))] for share in (0.0001, 0.01, 0.5, 0.99)},
        "a header of 10 GB": struct.pack("<Q", 10**10) + sound[8:],
        "a header that is no JSON": struct.pack("<Q", 16) + b"x" * 16,
        "a zip with a pickle that acts": archive.getvalue(),
        "a zip of nothing": b"PK\x05\x06" + bytes(18),
        "other weights": (WEIGHTS / "vit-sup.safetensors").read_bytes(),
    }
    for ending in ("safetensors", "pth"):
        for name, content in contents.items():
            path = f"weights.{ending}"
            yield f"{name} as .{ending}", written(path, content, f"--model=sup=@/{path}", "-k=test_ece")
    for name, how in no_files().items():
        yield name, special("weights.pth", how, "--model=sup=@/weights.pth", "-k=test_ece")


def factories() -> Iterator[tuple[str, Change]]:
    """Python that builds a model."""
    head = "import torch\nfrom torch import nn\n"
    network = "nn.Sequential(nn.Flatten(), nn.Linear(3*64*64, 16))"
    steps = "t.Resize(64), t.CenterCrop(64), t.ToTensor()"
    prepared = f"from torchvision import transforms as t\np = t.Compose([{steps}])\n"
    seeded = f"def build():\n    torch.manual_seed(0)\n    return {network}"
    written_out = f"{head}{prepared}class N(nn.Module):\n    def forward(self, x): "
    built = "\ndef build():\n    return N(), p\n"
    texts = {
        "a syntax error": "def build(:\n",
        "an error on import": "1 / 0\n",
        "an exit on import": "import sys; sys.exit(0)\n",
        "an import that is missing": "import nothing_of_this_name\n",
        "no factory": "x = 1\n",
        "a factory that is no function": "build = 7\n",
        "a factory that fails": "def build():\n    raise RuntimeError('no')\n",
        "a factory that exits": "def build():\n    raise SystemExit(0)\n",
        "a factory that stops": "def build():\n    raise KeyboardInterrupt\n",
        "nothing is returned": "def build():\n    pass\n",
        "a word is returned": "def build():\n    return 'model'\n",
        "wants an argument": "def build(x):\n    return x\n",
        "parses arguments": "import argparse; argparse.ArgumentParser().parse_args()\ndef build(): return None\n",
        "unseeded": f"{head}{prepared}def build():\n    return {network}, p\n",
        "random preprocessing": f"{head}from torchvision import transforms as t\ntorch.manual_seed(0)\ndef build():\n"
        f"    torch.manual_seed(0)\n    return {network}, t.Compose([t.RandomResizedCrop(64), t.ToTensor()])\n",
        "three outputs": f"{head}{prepared}{seeded.replace('16', '3')}, p\n",
        "NaN": f"{written_out}return x.flatten(1)[:, :16] * float('nan'){built}",
        "returns a dict": f"{written_out}return {{'a': x}}{built}",
        "returns a word": f"{written_out}return 'x'{built}",
        "fails in forward": f"{written_out}raise ValueError('no'){built}",
        "exits in forward": f"{written_out}raise SystemExit(0){built}",
        "preprocess returns a dict": f"{head}{seeded}, lambda image: {{'x': 1}}\n",
        "preprocess returns a word": f"{head}{seeded}, lambda image: 'x'\n",
    }
    for number, (name, text) in enumerate(texts.items()):
        module = f"rigged_{number}"
        yield name, written(f"{module}.py", text, f"--model=mine=python:{module}:build", "-k=test_ece")

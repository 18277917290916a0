"""Bad inputs: what people hand in by mistake, each given to a whole run of pytest.

Right: an exit code that is not 0 and one sentence.  Wrong: 0, a traceback, a hang.
"""

import gzip
import io
import itertools
import os
import pickle
import shutil
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from benchmarks.reliability.runs import Asked
from benchmarks.reliability.world import CLASSES, WEIGHTS, World, make

Change = Callable[[World], list[str]]
"""Spoils a world; returns further options."""
RECORDED = ("--model=said", "-k=test_ece")
LIVE = ("--model=sup", "-k=test_ece or test_accuracy")


class Payload:
    """A pickle that would leave a file behind."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch executed",)


def cases(scratch: Path) -> Iterator[Asked]:
    """Every bad input, each in a world of its own that is made when it is its turn."""
    template = make(scratch / "template", 32)
    for number, (name, change) in enumerate(every()):
        folder = scratch / f"bad-{number:03d}"
        shutil.copytree(template.folder, folder)
        world = World(folder)
        options = change(world)
        store = [] if any(option.startswith("--store") for option in options) else [f"--store={folder / 'store'}"]
        fixed = [option for option in world.options(folder) if not option.startswith("--store")]
        arguments = [text.replace("@/", f"{folder}/") for text in (*fixed, *store, *options)]
        yield Asked(
            name, tuple(arguments), environment={"XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(folder)}
        )


def every() -> Iterator[tuple[str, Change]]:
    """Name and change of each."""
    for kind in (images, shards, tables, recordings, label_lists, suites, thresholds, checkpoints, factories, options):
        for name, change in kind():
            yield f"{kind.__name__}: {name}", change


def written(path: str, content: bytes | str, *more: str) -> Change:
    """A file with other content."""

    def change(world: World) -> list[str]:
        data = content if isinstance(content, bytes) else content.encode()
        (world.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (world.folder / path).write_bytes(data)
        return list(more)

    return change


def replaced(path: str, old: str, new: str, *more: str) -> Change:
    """A text with another passage; KeyError where there is none."""

    def change(world: World) -> list[str]:
        text = (world.folder / path).read_text()
        if old not in text:
            raise KeyError(f"{path}: {old}")
        (world.folder / path).write_text(text.replace(old, new))
        return list(more)

    return change


def special(path: str, how: Callable[[Path], object], *more: str) -> Change:
    """Something that is no file in its place."""

    def change(world: World) -> list[str]:
        place = world.folder / path
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        how(place)
        return list(more)

    return change


def no_files() -> dict[str, Callable[[Path], object]]:
    """What can stand where a file should."""
    return {
        "a pipe": os.mkfifo,
        "a folder": lambda path: path.mkdir(),
        "a link to itself": lambda path: path.symlink_to(path.name),
        "a link to nothing": lambda path: path.symlink_to("nothing"),
        "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
        "nothing": lambda path: None,
    }


def png(width: int, height: int) -> bytes:
    """A PNG that says that it has this size, with hardly any data."""
    import zlib

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


def garbage() -> dict[str, bytes]:
    """Content that is nothing of what was expected."""
    plain = io.BytesIO()
    Image.new("RGB", (40, 40)).save(plain, "PNG")
    return {
        "empty": b"",
        "zeros": bytes(4096),
        "noise": np.random.default_rng(0).bytes(4096),
        "HTML": b"<!DOCTYPE html><html><body>404</body></html>",
        "a pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n",
        "a cut PNG": plain.getvalue()[:60],
        "gzip": gzip.compress(b"hello" * 100),
        "a cut gzip": gzip.compress(np.random.default_rng(1).bytes(9999))[:999],
        "a pickle": pickle.dumps(Payload()),
        "UTF-16": "file_name,label\n".encode("utf-16"),
        "deep JSON": b"[" * 100_000 + b"]" * 100_000,
        "NUL bytes": b"file_name,label\n\0\0,\0\n",
    }


def images() -> Iterator[tuple[str, Change]]:
    """One of the photographs."""
    place = "photos/fish/000.png"
    for name, content in garbage().items():
        if name not in ("gzip",):
            yield name, written(place, content, *LIVE)
    for width, height in ((65_500, 1), (1, 65_500), (50_000, 50_000), (2**31 - 1, 2**31 - 1), (0, 10)):
        yield f"a PNG of {width} x {height}", written(place, png(width, height), *LIVE)
    for name, how in no_files().items():
        yield name, special(place, how, *LIVE)
        yield f"{name}, as a class", special("photos/fish", how, *LIVE)
    yield "no class", special("photos", lambda path: path.mkdir(), *LIVE)
    yield "an unknown class", written("photos/zebra/1.png", png(9, 9), *LIVE)


def shards() -> Iterator[tuple[str, Change]]:
    """The tar."""
    place, more = "shards/part-000.tar", ("--model=sup", "-k=test_accuracy and v2")
    for name, content in garbage().items():
        yield name, written(place, content, *more)
    for name, how in no_files().items():
        yield name, special(place, how, *more)
    for share in (0.1, 0.35, 0.5, 0.77, 0.95):
        yield f"cut at {share}", _cut(place, share, *more)
    for name, entries in {
        "a class that is no number": {"0.png": png(9, 9), "0.cls": b"fish?"},
        "a class beyond the last": {"0.png": png(9, 9), "0.cls": b"99"},
        "a negative class": {"0.png": png(9, 9), "0.cls": b"-1"},
        "a class of 5,000 digits": {"0.png": png(9, 9), "0.cls": b"9" * 5000},
        "images without classes": {"0.png": png(9, 9)},
        "classes without images": {"0.cls": b"1"},
        "broken JSON": {"0.png": png(9, 9), "0.json": b"{"},
        "deep JSON": {"0.png": png(9, 9), "0.json": b"[" * 100_000},
        "no entries": {},
    }.items():
        yield name, written(place, _tar(entries), *more)
    yield "a negative size", written(place, _tar({"0.png": b"x"}).replace(b"00000000001\0", b"-0000000001\0", 1), *more)


def _tar(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _cut(path: str, share: float, *more: str) -> Change:
    def change(world: World) -> list[str]:
        content = (world.folder / path).read_bytes()
        (world.folder / path).write_bytes(content[: int(share * len(content))])
        return list(more)

    return change


def _table(columns: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def tables() -> Iterator[tuple[str, Change]]:
    """The Parquet file with images."""
    place, more = "tables/part-000.parquet", ("--model=sup", "-k=test_accuracy and a")
    for name, content in garbage().items():
        yield name, written(place, content, *more)
    for name, how in no_files().items():
        yield name, special(place, how, *more)
    for share in (0.1, 0.5, 0.9, 0.99):
        yield f"cut at {share}", _cut(place, share, *more)
    good = [{"bytes": png(9, 9), "path": "a.png"}]
    for name, columns in {
        "no image": {"label": [0]},
        "no label": {"image": good},
        "a label beyond the last": {"image": good, "label": [99]},
        "a negative label": {"image": good, "label": [-1]},
        "a label that is missing": {"image": good, "label": pa.array([None], pa.int64())},
        "a label that is a fraction": {"image": good, "label": [0.5]},
        "an image that is a number": {"image": [1], "label": [0]},
        "an image that is missing": {"image": [{"bytes": None, "path": "a.png"}], "label": [0]},
        "no rows": {"image": pa.array([], pa.binary()), "label": pa.array([], pa.int64())},
    }.items():
        yield name, written(place, _table(columns), *more)


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


def label_lists() -> Iterator[tuple[str, Change]]:
    """A list of images and labels."""
    suite = (
        f"suite: tiny\nclasses: [{', '.join(CLASSES)}]\nmodels: {{said: 'predictions:recorded.csv'}}\n"
        "datasets: {val: {format: labels, path: labels.csv, images: 32}}\n"
    )
    good = "file_name,label\n" + "".join(f"{k:03d}.png,{CLASSES[k % 16]}\n" for k in range(32))
    contents: dict[str, bytes] = {
        **garbage(),
        "an unknown class": good.replace("fish", "zebra", 1).encode(),
        "an image twice": (good + "000.png,fish\n").encode(),
        "an image in two classes": (good + "000.png,gear\n").encode(),
        "no label": good.replace(",fish", ",", 1).encode(),
        "a column is missing": good.replace("label", "", 1).encode(),
        "fewer images than declared": good.rpartition("031")[0].encode(),
        "more images than declared": (good + "032.png,fish\n").encode(),
    }
    for name, content in contents.items():

        def change(world: World, content: bytes = content) -> list[str]:
            world.suite.write_text(suite)
            (world.folder / "labels.csv").write_bytes(content)
            return list(RECORDED)

        yield name, change


def suites() -> Iterator[tuple[str, Change]]:
    """The suite's file."""
    for name, content in garbage().items():
        yield name, written("suite.yaml", content, *RECORDED)
    for name, how in no_files().items():
        yield name, special("suite.yaml", how, *RECORDED)
    aliases = "a0: &a0 [x, x]\n" + "".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 12))
    texts = {
        "aliases of aliases": aliases,
        "a list that holds itself": "suite: &a [*a]\n",
        "merge keys of merge keys": "a0: &a0 {x: 1}\n"
        + "".join(f"a{k}: &a{k} {{<<: [{', '.join([f'*a{k - 1}'] * 9)}]}}\n" for k in range(1, 12)),
        "deep nesting": "[" * 5000,
        "a tag of Python": "suite: !!python/object/apply:os.system ['touch executed']\n",
        "!!int abc": "suite: !!int abc\n",
        "an integer of 5,000 digits": f"suite: {'9' * 5000}\n",
        "an impossible date": "suite: 2024-13-45\n",
        "two documents": "suite: tiny\n---\nsuite: other\n",
        "a tab": "suite:\n\t- x\n",
        "only a list": "- suite\n",
        "only a word": "suite\n",
        "a key twice": "suite: tiny\nsuite: tiny\n",
        "binary": "suite: !!binary '###'\n",
        "a set": "suite: !!set {a, b}\n",
    }
    for name, text in texts.items():
        yield name, written("suite.yaml", text, *RECORDED)
    for old, new in (
        ("suite: tiny", "suite: [tiny]"),
        ("suite: tiny", "suit: tiny"),
        ("format: class_folders", "format: folders"),
        ("path: photos", "path: nothing-there"),
        ("path: photos", "path: 7"),
        ("path: photos", "path: suite.yaml"),
        ("images: 32, role: [val, wide]", "images: 999, role: [val, wide]"),
        ("images: 32, role: [val, wide]", "images: -1, role: [val, wide]"),
        ("images: 32, role: [val, wide]", "images: many, role: [val, wide]"),
        ("images: 32, role: [val, wide]", "image: 32, role: [val, wide]"),
        ("role: v2", "role: val"),
        ("classes: [fish, ", "classes: [fish, fish, "),
        ("classes: [fish, ", "classes: ["),
        ("classes: [fish, ", "classes: [7, "),
        ("predictions:recorded.csv", "predictions:nothing.csv"),
        ("predictions:recorded.csv", "predictions:"),
        ("predictions:recorded.csv", "nonsense:recorded.csv"),
        ("said: ", "'a b/c': "),
    ):
        yield f"{new[:30]!r} for {old[:30]!r}", replaced("suite.yaml", old, new, "-k=test_ece")


def thresholds() -> Iterator[tuple[str, Change]]:
    """The rules."""
    for name, content in garbage().items():
        yield name, written("rules.yaml", content, *RECORDED)
    for name, how in no_files().items():
        yield name, special("rules.yaml", how, *RECORDED)
    for old, new in (
        ("tiny:", "tinny:"),
        ("calibration:", "calibrations:"),
        ("ece:", "eces:"),
        ("max: 1.0", "max: .nan"),
        ("max: 1.0", "max: .inf"),
        ("max: 1.0", "max: high"),
        ("max: 1.0", "max: -1"),
        ("max: 1.0", "max: 1.0, min: 2.0"),
        ("max: 1.0", "maximum: 1.0"),
        ("max: 1.0", "max: 0.1, margin: 50"),
        ("max: 1.0", "max: 0.1, margin: -1"),
        ("max: 1.0", "max: 1.0, model: nobody"),
        ("max: 1.0", "max: 1.0, dataset: nothing"),
        ("max: 1.0, because: any", "max: 1.0"),
        ("max: 1.0, because: any", "because: any"),
        ("[{max: 1.0, because: any}]", "[]"),
        ("[{max: 1.0, because: any}]", "7"),
        ("[{max: 1.0, because: any}]", "[{max: 1.0, because: any}, {max: 1.0, because: any}]"),
    ):
        yield f"{new!r} for {old!r}", replaced("rules.yaml", old, new, *RECORDED)


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


def options() -> Iterator[tuple[str, Change]]:
    """The command line."""
    lines = (
        "--suite=",
        "--suite=nothing",
        "--suite=/dev/null",
        "--suite=/dev/zero",
        "--suite=/",
        "--suite=https://example.org/suite.yaml",
        "--thresholds=",
        "--thresholds=/",
        "--thresholds=/dev/zero",
        "--thresholds=nothing.yaml",
        "--store=s3://bucket/store",
        "--store=/dev/null",
        "--store=/proc",
        "--store=",
        "--model=",
        "--model=nobody",
        "--model=said --model=said",
        "--model=x=timm:",
        "--model=x=timm:nothing_of_this_name",
        "--model=x=timm:resnet18,pretrained=true",
        "--model=x=open_clip:nothing/none",
        "--model=x=python:nothing",
        "--model=x=python:nothing:nothing",
        "--model=x=predictions:/dev/zero",
        "--model=x=predictions:/",
        "--model==",
        "--model=a=b=c=d",
        "--model=sup --device=tpu",
        "--model=sup --device=cuda:99",
        "--precision=fp7",
        "--batch-size=0",
        "--batch-size=-3",
        "--batch-size=many",
        "--max-images=0",
        "--max-images=-1",
        "--max-images=x",
        "--search=forever",
        "--on-inconclusive=maybe",
        "--require=nothing",
        "--require=",
        "--baseline=/nothing",
        "--baseline=",
        "--baseline=said",
        "--results=/",
        "--results=/dev/null/x",
        "--summary=/",
        "--save-run=/",
        "--save-run=/proc/x",
        "--suggest-thresholds=/",
        "--reproduce=/",
        "--data-root=/nothing --suite=imagenet",
        "--modle=said",
        "-k test_nothing",
        "-m nothing_of_this_mark",
        "behaviors/nothing",
        "-n x",
    )
    for line in lines:
        yield (
            line,
            lambda _, line=line: ["--model=said", "-k=test_ece", *line.split(" ")][line.startswith("--model=sup") :],
        )

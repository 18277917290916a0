"""Networks in files of other makers, files that were joined, and recordings that contradict themselves."""

import io
import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.reliability.spoiling import RECORDED, Change, garbage, no_files, special, written
from benchmarks.reliability.world import CLASSES, WEIGHTS, World

PREPARED = "img_size=64&mean=0.5&std=0.5"


def artefacts() -> Iterator[tuple[str, Change]]:
    """Files of ONNX and torch.export, folders of transformers, architectures of torchvision."""
    for source, ending in (("onnx", "onnx"), ("exported", "pt2")):
        path = f"net.{ending}"
        asked = (f"--model=sup={source}:@/{path}?{PREPARED}", "-k=test_ece")
        for name, content in garbage().items():
            yield f"{name} as {source}", written(path, content, *asked)
        for name, how in no_files().items():
            yield f"{name} as {source}", special(path, how, *asked)
    config = {"architectures": ["ViTForImageClassification"], "model_type": "vit"}
    for name, files in {
        "an empty folder": {},
        "no JSON": {"config.json": "{"},
        "a list": {"config.json": "[]"},
        "deep JSON": {"config.json": "[" * 50_000},
        "no kind": {"config.json": "{}"},
        "code of its own": {"config.json": json.dumps({**config, "model_type": "x", "auto_map": {"AutoModel": "m.N"}})},
        "no weights": {"config.json": json.dumps(config)},
        "weights that are none": {"config.json": json.dumps(config), "model.safetensors": "{}"},
        "another kind of network": {"config.json": json.dumps({"architectures": ["BertModel"], "model_type": "bert"})},
        "negative sizes": {"config.json": json.dumps({**config, "hidden_size": -4})},
    }.items():
        yield f"transformers: {name}", _folder(files)
    for target in ("resnet18000", "resnet18?weights=NONE", "resnet18?checkpoint=@/suite.yaml", "", "models.resnet18"):
        yield f"torchvision:{target}", lambda _, target=target: [f"--model=x=torchvision:{target}", "-k=test_ece"]
    for target in ("resnet18?img_size=-1", "resnet18?mean=a", "resnet18?nonsense=1", "resnet18?resize=1e9"):
        yield f"timm:{target}", lambda _, target=target: [f"--model=x=timm:{target}&pretrained=false", "-k=test_ece"]


def _folder(files: dict[str, str]) -> Change:
    def change(world: World) -> list[str]:
        folder = world.folder / "hf"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
        return [f"--model=x=transformers:{folder}", "-k=test_ece"]

    return change


def joined() -> Iterator[tuple[str, Change]]:
    """Two files in one, or something behind a file's end."""
    sound = (WEIGHTS / "convnext-sup.safetensors").read_bytes()
    live = ("--model=sup", "-k=test_accuracy and a")
    half, rest = slice(0, 16), slice(16, 32)
    for name, behind in (("a line", b"\n"), ("itself", sound), ("zeros", bytes(64))):
        yield (
            f"weights and {name}",
            written("w.safetensors", sound + behind, "--model=sup=@/w.safetensors", "-k=test_ece"),
        )
    for old in (False, True):
        path, content = "w.pth", _torch_weights(old)
        for name, behind in (("a line", b"\n"), ("itself", content)):
            text = f"{'old' if old else 'new'} torch weights and {name}"
            yield text, written(path, content + behind, f"--model=sup=@/{path}", "-k=test_ece")
    tables = {
        "two tables of recordings": _recorded_table(half) + _recorded_table(rest),
        "the same recordings twice": _recorded_table(slice(32)) * 2,
        "a line before recordings": b"\n" + _recorded_table(slice(32)),
        "a line behind recordings": _recorded_table(slice(32)) + b"\n",
    }
    for name, content in tables.items():
        yield name, written("r.parquet", content, "--model=said=predictions:@/r.parquet", "-k=test_ece")
    arrays = _arrays(slice(32))
    for name, content in {
        "two archives of recordings": _arrays(half) + _arrays(rest),
        "an archive and a line": arrays + b"\n",
        "an archive behind a line": b"\n" + arrays,
    }.items():
        yield name, written("r.npz", content, "--model=said=predictions:@/r.npz", "-k=test_ece")
    yield "two lists of recordings", _twice("recorded.csv", RECORDED)
    yield "two Parquet files of images", _twice("tables/part-000.parquet", live)
    yield "two tars", _twice("shards/part-000.tar", ("--model=sup", "-k=test_accuracy and v2"))
    yield "two suites", _twice("suite.yaml", RECORDED)
    yield "two sets of rules", _twice("rules.yaml", RECORDED)


def _twice(path: str, more: tuple[str, ...]) -> Change:
    def change(world: World) -> list[str]:
        content = (world.folder / path).read_bytes()
        (world.folder / path).write_bytes(content * 2)
        return list(more)

    return change


def _logits() -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.random.default_rng(0).normal(size=(32, len(CLASSES))) + 4 * np.eye(len(CLASSES))[np.arange(32) % 16]


def _recorded_table(rows: slice, **more: list[object]) -> bytes:
    names = [f"{k:03d}.png" for k in range(32)][rows]
    buffer = io.BytesIO()
    each = {f"logit_{k}": column for k, column in enumerate(_logits()[rows].T)}
    pq.write_table(pa.table({"file_name": names, **each, **more}), buffer)
    return buffer.getvalue()


def _arrays(rows: slice) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, file_name=np.array([f"{k:03d}.png" for k in range(32)][rows]), logits=_logits()[rows])
    return buffer.getvalue()


def _torch_weights(old: bool) -> bytes:
    import torch
    from safetensors.torch import load

    buffer = io.BytesIO()
    state = load((WEIGHTS / "convnext-sup.safetensors").read_bytes())
    torch.save(state, buffer, _use_new_zipfile_serialization=not old)
    return buffer.getvalue()


def contradictions() -> Iterator[tuple[str, Change]]:
    """Recordings that say something else of their images than the dataset, and checkpoints of other entries."""
    right = [k % 16 for k in range(32)]
    for name, column, values in (
        ("labels of the next image", "label", right[1:] + right[:1]),
        ("labels from 1", "target", [k + 1 for k in right]),
        ("one other label", "true_label", [5, *right[1:]]),
        ("names of other classes", "category", [CLASSES[15 - k] for k in right]),
        ("labels beyond the last", "y_true", [k + 100 for k in right]),
    ):
        content = _recorded_table(slice(32), **{column: values})
        yield name, written("r.parquet", content, "--model=said=predictions:@/r.parquet", "-k=test_ece")
    for name, packed in {
        "an entry of another network": {"model": {"x": 1}, "teacher": None},
        "only an optimizer": {"optimizer": {"state": {0: {"exp_avg": 2}}}},
        "two that do not fit": {"model": {"a": 1}, "ema": {"b": 1}},
    }.items():
        yield name, _packed(packed)


def _packed(entries: dict[str, object]) -> Change:
    def change(world: World) -> list[str]:
        import torch

        def tensors(value: object) -> object:
            if isinstance(value, dict):
                return {key: tensors(one) for key, one in value.items()}
            return torch.zeros(3) if value is not None else torch.load(io.BytesIO(_torch_weights(False)))

        torch.save(tensors(entries), world.folder / "w.pth")
        return [f"--model=sup={world.folder / 'w.pth'}", "-k=test_ece"]

    return change


def layouts() -> Iterator[tuple[str, Change]]:
    """Datasets of other formats."""
    for form in ("arrays", "hf_dataset", "csv", "images", "packed", "webdataset", "parquet", "labels", "cue_conflict"):
        for name, content in list(garbage().items())[:6]:
            yield f"{form}: {name}", _dataset(form, content)
        yield f"{form}: an empty folder", _dataset(form, None)
    for text in (
        "python: nothing:nothing",
        "format: arrays, path: photos",
        "format: imagenet_c, path: photos",
        "format: pug, path: photos",
        "format: objectnet, path: photos",
        "format: digits, path: photos",
        "format: annotated, of: nobody",
        "format: class_folders, path: photos, split: 7",
        "format: class_folders, path: photos, outputs: {subset: [99]}",
        "format: class_folders, path: photos, outputs: {groups: {a: [fish], b: [nobody]}}",
        "format: class_folders, path: photos, resize: never",
        "format: class_folders, path: photos, tolerance: 7",
        "format: class_folders, path: photos, annotations: nothing.csv",
    ):
        yield text, _declared(text)


def _dataset(form: str, content: bytes | None) -> Change:
    ending = {"arrays": ".npz", "csv": ".csv", "packed": ".tar", "parquet": ".parquet", "labels": ".csv"}.get(form, "")

    def change(world: World) -> list[str]:
        place = world.folder / f"given{ending}"
        if content is None:
            place.mkdir()
        elif ending:
            place.write_bytes(content)
        else:
            place.mkdir()
            (place / "file.arrow").write_bytes(content)
            (place / "state.json").write_bytes(content)
        return _declared(f"format: {form}, path: {place.name}")(world)

    return change


def _declared(text: str) -> Change:
    def change(world: World) -> list[str]:
        weights = f"{WEIGHTS}/convnext-sup.safetensors"
        models = f"models: {{sup: {{source: 'timm:mini_convnext', checkpoint: '{weights}'"
        world.suite.write_text(
            f"suite: tiny\nclasses: [{', '.join(CLASSES)}]\n{models}, register: fixtures.mini.architectures}}}}\n"
            f"datasets: {{val: {{{text}}}}}\n"
        )
        return ["-k=test_ece"]

    return change

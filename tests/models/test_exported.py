"""``exported:FILE.pt2`` answers as the network that was exported; what would run as code is seen before it is read."""

import copy
import io
import json
import zipfile

import pytest
import torch

from fixtures.core.errors import InputError
from fixtures.models.exported_file import read
from fixtures.models.identity import identify
from fixtures.models.load import load
from fixtures.models.spec import parse

SEEN = "img_size=32&resize=36&interpolation=bicubic&mean=0.5&std=0.25"
MODEL = "models/model.json"
INPUTS = "data/sample_inputs/model.pt"
WEIGHTS = "data/weights/model_weights_config.json"


class Colours(torch.nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.head = torch.nn.Linear(3, 3)

    def forward(self, images):
        return self.head(images.mean((2, 3)))


def exported(path, module=None, batch="any", side=32):
    free = ({0: torch.export.Dim("batch")},) if batch == "any" else None
    example = torch.zeros(2 if batch == "any" else batch, 3, side, side)
    torch.export.save(torch.export.export((module or Colours()).eval(), (example,), dynamic_shapes=free), path)


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    path = tmp_path_factory.mktemp("programs") / "m.pt2"
    exported(path)
    return path.read_bytes()


def outputs(network, pictures):
    return network.forward(torch.stack([network.prepare(one) for one in pictures]))


@pytest.mark.parametrize("batch", ["any", 2])
def test_it_answers_as_the_network(batch, spec, pictures, tmp_path):
    exported(tmp_path / "m.pt2", batch=batch)
    network = load(spec(f"m=exported:m.pt2?{SEEN}"), "cpu")
    seen = (torch.stack([network.prepare(one) for one in pictures]).float() / 255 - 0.5) / 0.25
    with torch.inference_mode():
        assert torch.allclose(outputs(network, pictures), Colours()(seen), atol=1e-5)
    assert network.identity.kind == "logits"


def test_a_softmax_says_what_outputs_are(spec, tmp_path):
    exported(tmp_path / "m.pt2", torch.nn.Sequential(Colours(), torch.nn.Softmax(1)))
    assert load(spec(f"m=exported:m.pt2?{SEEN}"), "cpu").identity.kind == "probabilities"


def test_the_suites_model_in_another_form(spec, convnext, program, tmp_path):
    (tmp_path / "m.pt2").write_bytes(program)
    suites = spec('vit=timm:test_convnext?checkpoint=convnext.pth&arguments={"dims":[8,16,16,16],"depths":[1,1,1,1]}')
    found = parse("vit=m.pt2?img_size=32&resize=36", {"vit": suites}, cwd=tmp_path)
    assert (found.source, found.base) == ("exported", suites)
    assert identify(found, tmp_path / "cache").outputs == 3
    with pytest.raises(InputError, match="takes images of 32x32 pixels, and is given 160x160: img_size=32"):
        load(parse("vit=m.pt2", {"vit": suites}, cwd=tmp_path), "cpu")


class Payload:
    def __reduce__(self):
        return (print, ("executed",))


def pickled(value):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def described(change):
    """The program with another description."""

    def edit(records):
        told = json.loads(records[MODEL])
        change(told)
        records[MODEL] = json.dumps(told).encode()

    return edit


def _call(target):
    return described(lambda told: told["graph_module"]["graph"]["nodes"][0].update(target=target))


def _size(text):
    def change(told):
        told["graph_module"]["graph"]["tensor_values"]["images"]["sizes"][0]["as_expr"]["expr_str"] = text

    return described(change)


def _spec(told):
    signature = told["graph_module"]["module_call_graph"][0]["signature"]
    signature["in_spec"] = signature["in_spec"].replace("builtins.tuple", "mine.Tuple")


def _weights(records):
    told = json.loads(records[WEIGHTS])
    next(iter(told["config"].values()))["use_pickle"] = True
    records[WEIGHTS] = json.dumps(told).encode()


BAD = {
    "a pickle for inputs": (
        lambda records: records.update({INPUTS: pickled(Payload())}),
        "holds a pickle that is no tensor",
    ),
    "a pickle for weights": (_weights, "holds a pickle (head."),
    "compiled code": (lambda records: records.update({"data/aotinductor/model/a.so": b"x"}), "holds compiled code"),
    "a custom object": (
        lambda records: records.update({"data/constants/custom_obj_0": b"x"}),
        "a record that is no tensor",
    ),
    "another function": (_call("torch.os.system"), "calls 'torch.os.system', which is no operator of torch"),
    "a file operator": (_call("torch.ops.aten.from_file.default"), "which is no operator of torch"),
    "saving": (_call("torch.ops.aten.save.default"), "which is no operator of torch"),
    "evaluated size": (_size("exec(chr(49))"), "has a size that is more than arithmetic ('exec(chr(49))')"),
    "attribute in a size": (_size("Symbol('s77').__class__"), "has a size that is more than arithmetic"),
    "imported object": (described(_spec), "takes or gives objects of its own"),
    "older format": (
        lambda records: records.pop(WEIGHTS),
        "is no program that torch.export.save wrote in torch 2.9 or later",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_would_run_is_not_read(what, program, tmp_path, capfd):
    change, sentence = BAD[what]
    with zipfile.ZipFile(io.BytesIO(program)) as archive:
        root = archive.namelist()[0].partition("/")[0]
        records = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    change(records)
    with zipfile.ZipFile(tmp_path / "m.pt2", "w") as archive:
        for name, content in records.items():
            archive.writestr(f"{root}/{name}", content)
    with pytest.raises(InputError) as refusal:
        read(tmp_path / "m.pt2", "m")
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert (
        str(refusal.value).endswith("load it in a factory of yours (NAME=python:module:factory)")
        or what == "older format"
    )
    assert "executed" not in capfd.readouterr().out


def other(program, name, content):
    """The program with another record."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(program)) as archive, zipfile.ZipFile(made, "w") as copy:
        for one in archive.namelist():
            copy.writestr(one, content if one.endswith(f"/{name}") else archive.read(one))
    return made.getvalue()


def altered(program):
    """One bit of a weight is another, as a disk makes it."""
    with zipfile.ZipFile(io.BytesIO(program)) as archive:
        name = next(one for one in archive.namelist() if one.endswith("weights/weight_0"))
        place = program.index(archive.read(name))
    return program[:place] + bytes([program[place] ^ 1]) + program[place + 1 :]


OTHERS = {
    "text": (lambda path, program: path.write_text("no program"), "is truncated or no exported program"),
    "cut": (lambda path, program: path.write_bytes(program[:-100]), "is truncated or no exported program"),
    "cut in half": (
        lambda path, program: path.write_bytes(program[: len(program) // 2]),
        "is truncated or no exported",
    ),
    "no JSON": (lambda path, program: path.write_bytes(other(program, MODEL, b"{")), "is damaged: its records are not"),
    "a list": (lambda path, program: path.write_bytes(other(program, WEIGHTS, b"[1]")), "is damaged: its records are"),
    "numbers": (
        lambda path, program: path.write_bytes(other(program, WEIGHTS, b'{"config": {"a": 3}}')),
        "is damaged: its records are not what torch.export.save writes",
    ),
    "another weight": (lambda path, program: path.write_bytes(altered(program)), "is damaged: its record '"),
    "two": (lambda path, program: path.write_bytes(program + program), "is no single program: another file stands"),
    "web page": (lambda path, program: path.write_text("<html>"), "is a web page or XML"),
    "checkpoint": (lambda path, program: torch.save(Colours().state_dict(), path), "is a checkpoint: weights without"),
    "two outputs": (lambda path, program: exported(path, Two()), "the program has 2 outputs"),
    "size": (lambda path, program: exported(path, side=48), "takes images of 48x48 pixels, and is given 32x32"),
}


class Two(Colours):
    def forward(self, images):
        return super().forward(images), images.mean((2, 3))


@pytest.mark.parametrize("what", OTHERS)
def test_a_bad_file_is_one_sentence(what, program, spec, tmp_path):
    make, sentence = OTHERS[what]
    make(tmp_path / "m.pt2", program)
    with pytest.raises(InputError) as refusal:
        load(spec(f"m=exported:m.pt2?{SEEN}"), "cpu")
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def scripted(path):
    torch.jit.save(torch.jit.script(Colours()), path)


@pytest.mark.filterwarnings("ignore:.torch.jit:")
def test_torchscript_is_refused_with_the_ways_through(spec, convnext, tmp_path):
    scripted(str(tmp_path / "m.pt"))
    suites = spec('vit=timm:test_convnext?checkpoint=convnext.pth&arguments={"dims":[8,16,16,16],"depths":[1,1,1,1]}')
    for text in ("m=torchscript:m.pt", "vit=m.pt"):
        with pytest.raises(InputError) as refusal:
            parse(text, {"vit": suites}, cwd=tmp_path)
        assert "is a TorchScript archive: programs and pickles that torch.jit.load runs" in str(refusal.value)
        assert "export the model to ONNX" in str(refusal.value)
    with pytest.raises(InputError, match="is no TorchScript archive; weights are read by the suite's model"):
        spec("m=torchscript:convnext.pth")


FACTORIES = """
import io, torch
from torchvision import transforms
from tests.models.test_exported import Colours

class Output:
    def __init__(self, logits): self.logits = logits

class Wrapped(Colours):
    def forward(self, images): return Output(super().forward(images))

def given(model):
    steps = [transforms.Resize(36), transforms.CenterCrop(32), transforms.ToTensor()]
    steps += [transforms.Normalize([0.5] * 3, [0.25] * 3)]
    return {"model": model, "preprocess": transforms.Compose(steps), "class_names": ["cat", "dog", "car"]}

def plain(): return given(Colours())
def scripted(): return given(torch.jit.script(Colours()))
def traced(): return given(torch.jit.trace(Colours(), torch.zeros(2, 3, 32, 32)))
def program():
    free = ({0: torch.export.Dim("batch")},)
    return given(torch.export.export(Colours().eval(), (torch.zeros(2, 3, 32, 32),), dynamic_shapes=free).module())
def whole_program(): return given(torch.export.export(Colours().eval(), (torch.zeros(2, 3, 32, 32),)))
def wrapped(): return given(Wrapped())
def nested(): return given(lambda images: {"scores": images})
"""


@pytest.mark.filterwarnings("ignore:.torch.jit:")
@pytest.mark.parametrize("factory", ["scripted", "traced", "program", "wrapped"])
def test_a_factory_may_return_it(factory, spec, pictures, tmp_path):
    (tmp_path / "artefacts.py").write_text(FACTORIES)
    expected = outputs(load(spec("m=python:artefacts:plain"), "cpu"), pictures)
    first, second = (load(spec(f"m=python:artefacts:{factory}"), "cpu") for _ in range(2))
    assert torch.allclose(outputs(first, pictures), expected, atol=1e-6)
    assert first.identity == second.identity


@pytest.mark.parametrize(
    ("factory", "sentence"),
    [
        ("whole_program", "an ExportedProgram, which is no function of images: return its .module()"),
        ("nested", "the model returned dict (scores), none of which is called 'logits' for 1 images"),
    ],
)
def test_or_its_sentence_is_said(factory, sentence, spec, tmp_path):
    (tmp_path / "artefacts.py").write_text(FACTORIES)
    with pytest.raises(InputError) as refusal:
        load(spec(f"m=python:artefacts:{factory}"), "cpu")
    assert sentence in str(refusal.value)


def test_a_program_keeps_its_identity_when_it_is_copied(program, spec, tmp_path):
    (tmp_path / "m.pt2").write_bytes(program)
    one = spec(f"m=exported:m.pt2?{SEEN}")
    before = identify(one, tmp_path / "cache")
    (tmp_path / "m.pt2").rename(tmp_path / "n.pt2")
    assert identify(spec(f"m=exported:n.pt2?{SEEN}"), tmp_path / "cache").fingerprint == before.fingerprint
    other = copy.deepcopy(Colours())
    other.head.bias.data += 1
    exported(tmp_path / "n.pt2", other)
    assert identify(spec(f"m=exported:n.pt2?{SEEN}"), tmp_path / "cache").fingerprint != before.fingerprint

"""A factory's model is its code, all of it; chance is no part of it; what it does wrong ends in one sentence."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from fixtures.core.errors import InputError
from fixtures.models.load import build, load
from fixtures.models.loaded_model import CODE
from fixtures.models.model import ModelSpec
from fixtures.models.preprocess import from_transform
from fixtures.models.users_model import digest_settings
from fixtures.models.users_preprocess import checked
from fixtures.suite import imagenet

Spec = Callable[..., ModelSpec]

START = """
import random
import numpy as np
import torch
from torchvision import transforms as T

NAMES = ["cat", "dog", "car"]
PLAIN = T.Compose([T.Resize((4, 4)), T.ToTensor(), T.Normalize([0.5], [0.5])])


class Net(torch.nn.Module):
    def __init__(self, preprocess=PLAIN):
        super().__init__()
        self.fc = torch.nn.Linear(3, 3)
        torch.nn.init.eye_(self.fc.weight)
        torch.nn.init.zeros_(self.fc.bias)
        self.preprocess, self.class_names = preprocess, NAMES

    def forward(self, images):
        return self.fc(images.mean((2, 3)))
"""


@pytest.fixture
def factory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: Spec) -> Iterator[Callable[..., ModelSpec]]:
    """Writes modules, and reads the spec of a model made by ``make`` in ``own``."""
    monkeypatch.chdir(tmp_path)
    written: set[str] = set()

    def write(code: str, options: str = "", **further: str) -> ModelSpec:
        _forget(written)
        for name, text in {"own": START + code, **further}.items():
            path = tmp_path / f"{name.replace('.', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            written.update({name, name.partition(".")[0]})
        return spec(f"m=python:own:make{options}")

    yield write
    _forget(written)


def _forget(modules: set[str]) -> None:
    tops = {name.partition(".")[0] for name in modules}
    for name in [name for name in sys.modules if name.partition(".")[0] in tops]:
        del sys.modules[name]


def fingerprint(spec: ModelSpec) -> str:
    return build(spec).identity.fingerprint


IMPORTS = {
    "plain": ("import helper", {"helper": "K = {}"}),
    "inside a function": ("def make():\n    from helper import K\n    return Net()", {"helper": "K = {}"}),
    "of an import": ("import outer", {"outer": "import helper", "helper": "K = {}"}),
    "relative": ("import package.a", {"package.__init__": "", "package.a": "from . import b", "package.b": "K = {}"}),
    "lazily in a package": (
        "import package.a",
        {
            "package.__init__": "",
            "package.a": "def later():\n    from .deep.c import K",
            "package.deep.__init__": "",
            "package.deep.c": "K = {}",
        },
    ),
    "of a package's own file": ("import package.a", {"package.__init__": "K = {}", "package.a": ""}),
    "by a name made up": ("import importlib\nhelper = importlib.import_module('hel' + 'per')", {"helper": "K = {}"}),
    "by another name of the function": (
        "from importlib import import_module as load\nhelper = load('hel' + 'per')",
        {"helper": "K = {}"},
    ),
    "by a variable that holds the function": (
        "import importlib\nload = importlib.import_module\nhelper = load('hel' + 'per')",
        {"helper": "K = {}"},
    ),
    "a file in another folder, by its path": (
        "import importlib.util as u, pathlib\n"
        "found = u.spec_from_file_location('x', pathlib.Path(__file__).parent / 'nets' / 'v1' / 'helper.py')\n"
        "helper = u.module_from_spec(found)\nfound.loader.exec_module(helper)",
        {"nets.v1.helper": "K = {}"},
    ),
    "a folder without __init__": ("import package.sub.a", {"package.sub.a": "K = {}"}),
}


@pytest.mark.parametrize("how", IMPORTS)
def test_what_the_code_imports_counts(how: str, factory: Callable[..., ModelSpec]) -> None:
    code, modules = IMPORTS[how]
    code += "" if "def make" in code else "\ndef make():\n    return Net()"
    first, again, other = (
        fingerprint(factory(code, **{name: text.format(k) if "{}" in text else text for name, text in modules.items()}))
        for k in (1, 1, 2)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("path", ["scale.json", "data/scale.json", "data/more/scale.json"])
def test_a_file_that_the_code_names_counts(path: str, factory: Callable[..., ModelSpec], tmp_path: Path) -> None:
    folders = "".join(f" / {part!r}" for part in path.split("/"))
    code = (
        f"import json, pathlib\nSCALE = json.loads((pathlib.Path(__file__).parent{folders}).read_text())\n"
        "def make():\n    return Net()"
    )
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    found = []
    for written in ("1.0", "1.0", "-1.0"):
        (tmp_path / path).write_text(written)
        found.append(fingerprint(factory(code)))
    assert found[0] == found[1]
    assert found[1] != found[2]


def test_what_it_does_not_import_does_not_count(factory: Callable[..., ModelSpec]) -> None:
    code = "import helper\ndef make():\n    model = Net()\n    model.eval()\n    return model"
    first = fingerprint(factory(code, helper="K = 1", stranger="K = 1"))
    assert fingerprint(factory(code, helper="K = 1", stranger="K = 2")) == first


@pytest.mark.parametrize("value", ["2.0", "[1, 2.0]", "{'a': 2.0}", "torch.tensor(2.0)", "np.array([2.0])"])
def test_plain_attributes_count(value: str, factory: Callable[..., ModelSpec], tmp_path: Path) -> None:
    code = "import json, os\ndef make():\n    net = Net()\n    net._t = eval(open('t.txt').read())\n    return net"
    (tmp_path / "t.txt").write_text(value)
    first = fingerprint(factory(code))
    assert fingerprint(factory(code)) == first
    (tmp_path / "t.txt").write_text(value.replace("2.0", "3.0"))
    assert fingerprint(factory(code)) != first


RANDOM = {
    "RandomResizedCrop": "T.Compose([T.RandomResizedCrop(4), T.ToTensor()])",
    "RandomHorizontalFlip": "T.Compose([T.RandomApply([T.RandomHorizontalFlip(0.01)]), PLAIN])",
    "ColorJitter": "T.Compose([T.Resize((4, 4)), T.Compose([T.ColorJitter(0.5)]), T.ToTensor()])",
    "in a closure": "(lambda t: lambda image: t(image))(T.Compose([T.RandomCrop(4), T.ToTensor()]))",
    "by numpy": "lambda image: PLAIN(image) + np.random.rand() * (np.random.rand() < 1e-9)",
    "by python": "lambda image: PLAIN(image) if random.random() < 1 else 0",
    "by torch": "lambda image: PLAIN(image) + 0 * torch.rand(())",
}


@pytest.mark.parametrize("how", RANDOM)
def test_random_preprocessing_is_refused(how: str, factory: Callable[..., ModelSpec]) -> None:
    code = f"def make(seed=None):\n    net = Net({RANDOM[how]})\n    net.preprocess_seed = seed\n    return net"
    with pytest.raises(InputError) as caught:
        build(factory(code))
    assert "so what it makes of an image is chance" in str(caught.value)
    assert how.startswith(("in", "by")) or how in str(caught.value) or "RandomApply" in str(caught.value)
    first, again, other = (build(factory(code, f"?seed={seed}")) for seed in (1, 1, 2))
    image = Image.effect_noise((40, 30), 90).convert("RGB")
    assert torch.equal(first.preprocessing.prepare(image), again.preprocessing.prepare(image))
    assert first.identity.fingerprint == again.identity.fingerprint
    assert first.identity.preprocessing != other.identity.preprocessing
    assert "fixed by preprocess_seed 1" in first.identity.notes[0]


def test_a_generator_of_its_own_cannot_be_fixed(factory: Callable[..., ModelSpec]) -> None:
    code = (
        "OWN = np.random.default_rng(0)\n"
        "def make(seed=None):\n    net = Net(lambda image: PLAIN(image) + OWN.random())\n"
        "    net.preprocess_seed = seed\n    return net"
    )
    with pytest.raises(InputError, match="'preprocess' differs from call to call, so what it makes of "):
        build(factory(code))
    with pytest.raises(InputError, match="draws from a generator of its own, which preprocess_seed does not reach"):
        build(factory(code, "?seed=3"))


def test_a_draw_depends_on_the_image_and_not_on_its_place(factory: Callable[..., ModelSpec]) -> None:
    crop = "T.Compose([T.RandomCrop(4), T.ToTensor()])"
    code = f"def make():\n    net = Net({crop})\n    net.preprocess_seed = 7\n    return net"
    prepare = build(factory(code)).preprocessing.prepare
    images = [Image.effect_noise((40, 30), 90 - k).convert("RGB") for k in range(3)]
    forwards = [prepare(image) for image in images]
    before = torch.get_rng_state()
    backwards = [prepare(image) for image in reversed(images)]
    assert all(torch.equal(one, other) for one, other in zip(forwards, reversed(backwards), strict=True))
    assert torch.equal(before, torch.get_rng_state())


PREPROCESS = {
    "lambda image: {'pixel_values': PLAIN(image)}": r"not a dict \(pixel_values\): return one of its values",
    "lambda image: PLAIN(image)[None]": r"not one of shape \(1, 3, 4, 4\): leave out the first dimension",
    "lambda image: np.zeros((4, 4, 3), np.float32)": r"not a NumPy array of shape \(4, 4, 3\): torch.from_numpy",
    "lambda image: image": "not a Image",
    "lambda image: None": "not a NoneType",
    "lambda image: 1 / 0": r"'preprocess' failed on an image of 97x71 pixels \(ZeroDivisionError",
    "lambda image: exit(3)": "it calls sys.exit",
}


@pytest.mark.parametrize("preprocess", PREPROCESS)
def test_what_a_preprocess_may_not_return(preprocess: str, factory: Callable[..., ModelSpec]) -> None:
    with pytest.raises(InputError, match=PREPROCESS[preprocess]) as caught:
        build(factory(f"def make():\n    return Net({preprocess})"))
    assert "\n" not in str(caught.value)


ARGUMENTS = "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--width', default=3)\n"


def test_a_modules_own_command_line_is_empty(
    factory: Callable[..., ModelSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["pytest", "-k", "calibration", "--model=x"])
    build(factory(f"{ARGUMENTS}given = parser.parse_args()\ndef make():\n    return Net()"))
    assert sys.argv == ["pytest", "-k", "calibration", "--model=x"]


def test_threads_that_prepare_images_do_not_touch_it(factory: Callable[..., ModelSpec]) -> None:
    before = sys.argv
    code = "import sys, time\ndef slow(image):\n    time.sleep(0.001)\n    assert sys.argv is HELD; return PLAIN(image)"
    built = build(factory(f"{code}\ndef make():\n    return Net(PLAIN)"))
    sys.modules["own"].HELD = before
    prepare = checked(from_transform(sys.modules["own"].slow), None, None, "m").prepare
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(prepare, [Image.new("RGB", (8, 8))] * 40))) == 40
    assert sys.argv is before
    assert built.preprocessing.prepare(Image.new("RGB", (8, 8))).shape == (3, 4, 4)


@pytest.mark.parametrize(
    "code",
    [
        "import sys\nsys.exit(2)",
        "raise SystemExit('usage')",
        f"{ARGUMENTS}parser.add_argument('data')\nparser.parse_args()",
        "def make():\n    exit()",
    ],
)
def test_a_module_that_exits_is_named(code: str, factory: Callable[..., ModelSpec]) -> None:
    with pytest.raises(InputError, match=r"it calls sys\.exit\(.*\): what a script does belongs under __main__"):
        build(factory(code))


BATCHES = {
    "by batch statistics": "lambda images: net(images - images.mean(0))",
    "by what came before": "counting",
    "in train mode": "lambda images: norm(net(images)[..., None])[..., 0]",
}


@pytest.mark.parametrize("how", BATCHES)
def test_an_answer_that_depends_on_other_images_is_refused(how: str, factory: Callable[..., ModelSpec]) -> None:
    code = (
        "net, norm, seen = Net().requires_grad_(False), torch.nn.BatchNorm1d(3), []\n"
        "def counting(images):\n    seen.append(1)\n    return net(images) + len(seen)\n"
        f"def make():\n    return {{'model': {BATCHES[how]}, 'preprocess': PLAIN, 'class_names': NAMES}}"
    )
    with pytest.raises(InputError, match=r"outputs for the same image differ by|the model failed on 1 image"):
        load(factory(code), "cpu")


def test_dropout_is_refused_and_an_evaluating_callable_is_not(factory: Callable[..., ModelSpec]) -> None:
    code = (
        "def make(train=True):\n    net = torch.nn.Sequential(Net(), torch.nn.Dropout(0.01)).train(train)\n"
        "    return {'model': lambda images: net(images).detach(), 'preprocess': PLAIN, 'class_names': NAMES}"
    )
    with pytest.raises(InputError, match="draws random numbers for its outputs: dropout in train mode"):
        load(factory(code), "cpu")
    load(factory(code, "?train=false"), "cpu")


@pytest.mark.parametrize("kind", ["half", "bfloat16", "double"])
def test_a_model_of_other_floats_is_named(kind: str, factory: Callable[..., ModelSpec]) -> None:
    with pytest.raises(InputError, match=r"failed on 1 image \(.*\); its weights are .*: return model.float\(\)"):
        load(factory(f"def make():\n    return Net().{kind}()"), "cpu")


def test_an_unseeded_factory_is_told_so(factory: Callable[..., ModelSpec]) -> None:
    code = "def make():\n    net = Net()\n    torch.nn.init.normal_(net.fc.weight)\n    return net"
    read = factory(code)
    with pytest.raises(InputError, match=r"makes another model each time it is called, .* torch.manual_seed"):
        load(read, "cpu", expected=build(read).identity)
    seeded = factory(code.replace("net = Net()", "torch.manual_seed(0); net = Net()"))
    load(seeded, "cpu", expected=build(seeded).identity)


def test_code_that_changes_during_a_run_is_told_otherwise(factory: Callable[..., ModelSpec]) -> None:
    code = "def make():\n    return Net()"
    expected = build(factory(code)).identity
    with pytest.raises(InputError, match="its weights or code changed while this run was going on"):
        load(factory(code + "\n# another"), "cpu", expected=expected)


NAMES = {
    "the list's name": '"imagenet-1k"',
    "WordNet ids": "imagenet._lines('imagenet_synsets.txt')",
    "open_clip's list": "list(imagenet.classes().prompt_names)",
    "the suite's": "list(imagenet.classes().names)",
}


@pytest.mark.parametrize("how", NAMES)
def test_imagenets_classes_under_each_of_their_names(how: str, factory: Callable[..., ModelSpec]) -> None:
    known = imagenet.classes()
    read = factory(
        "from fixtures.suite import imagenet\ndef make(wrong=False):\n    net = Net()\n"
        f"    names = {NAMES[how]}\n    net.class_names = names[::-1] if wrong else names\n    return net"
    )

    around = {"classes": known.names, "aliases": known.aliases, "prompt_names": known.prompt_names}
    read = replace(read, class_list=imagenet.list_of(known), **around)
    assert build(read).identity.outputs == 1000
    with pytest.raises(InputError, match=r"class 0 is|must be a list of texts or 'imagenet-1k'"):
        build(replace(read, options={"wrong": True}))


@pytest.mark.parametrize(
    "names", ["{0: 'cat', 1: 'dog', 2: 'fox'}", "{'fox': 2, 'cat': 0, 'dog': 1}", "np.array(['cat', 'dog', 'fox'])"]
)
def test_class_names_as_other_libraries_keep_them(names: str, factory: Callable[..., ModelSpec]) -> None:
    code = f"import numpy as np\ndef make():\n    net = Net()\n    net.class_names = {names}\n    return net"
    read = factory(code)
    right = replace(read, classes=("cat", "dog", "fox"))
    assert build(right).identity.outputs == 3
    with pytest.raises(InputError, match="class 0 is 'cat' for the model and 'dog' for the suite"):
        build(replace(read, classes=("dog", "cat", "fox")))


def test_other_words_for_imagenets_classes_are_told_its_name(factory: Callable[..., ModelSpec]) -> None:
    known = imagenet.classes()
    words = [*known.names[:900], *(f"{name}, other words" for name in known.names[900:999]), "paper"]
    read = factory(f"def make():\n    net = Net()\n    net.class_names = {words!r}\n    return net")
    with pytest.raises(InputError, match=r"class 900 is .* in the same order, say class_names = 'imagenet-1k'"):
        build(replace(read, class_list="imagenet-1k", classes=known.names, aliases=known.aliases))


def test_another_suites_classes_are_no_imagenet(factory: Callable[..., ModelSpec]) -> None:
    with pytest.raises(InputError, match="'class_names' must be a list of texts, not 'imagenet-1k'"):
        build(factory("def make():\n    net = Net()\n    net.class_names = 'imagenet-1k'\n    return net"))


def test_what_holds_itself_ends(factory: Callable[..., ModelSpec]) -> None:
    code = (
        "class Prepare:\n    def __call__(self, image): return PLAIN(image)\n"
        "def make():\n    net, prepare = Net(), Prepare()\n    net.all = {'own': [net], 'list': []}\n"
        "    net.all['list'] += [net.all, prepare]\n    prepare.net, prepare.parts = net, [prepare] * 9\n"
        "    net.preprocess = prepare\n    return net"
    )
    assert fingerprint(factory(code)) == fingerprint(factory(code))


def test_modules_in_a_plain_list_count(factory: Callable[..., ModelSpec]) -> None:
    code = (
        "def make(value=1.0):\n    net, hidden = Net(), Net()\n"
        "    torch.nn.init.constant_(hidden.fc.bias, value)\n    net.hidden = [hidden]\n    return net"
    )
    made = {value: build(factory(code, f"?value={value}")).run for value in (1.0, 2.0)}
    digests = {value: digest_settings(net) for value, net in made.items()}
    assert digests[1.0] != digests[2.0]
    assert digests[1.0] == digest_settings(build(factory(code, "?value=1.0")).run)


def test_a_file_that_an_option_names_counts_by_its_content(factory: Callable[..., ModelSpec], tmp_path: Path) -> None:
    code = (
        "def make(settings):\n    global scale\n    scale = float(open(settings).read())\n"
        "    net = Net()\n    return net"
    )
    for name, text in (("a.txt", "1"), ("b.txt", "2")):
        (tmp_path / name).write_text(text)
    first = fingerprint(factory(code, "?settings=a.txt"))
    assert fingerprint(factory(code, "?settings=b.txt")) != first
    (tmp_path / "b.txt").write_text("1")
    assert fingerprint(factory(code, "?settings=b.txt")) == first


def test_arguments_are_no_code(factory: Callable[..., ModelSpec]) -> None:
    code = "def make(scale=1):\n    return Net()"
    plain, other = (build(factory(code, options)).identity for options in ("", "?scale=2"))
    assert plain.fingerprint != other.fingerprint
    assert plain.facts[CODE] == other.facts[CODE]

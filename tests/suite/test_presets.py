"""One model under several sets of options: each is a model of its own, the first of them the usual one."""

import pytest

from fixtures.core.errors import InputError
from fixtures.models.spec import parse
from fixtures.suite.loader import load_suite
from fixtures.suite.presets import usual, with_synonyms
from tests.datasets.pictures import folders

SUITE = """\
suite: pets
classes: [cat, dog]
models:
  plain: timm:resnet18
  vit:
    source: timm:vit_tiny_patch16_224
    preprocessing: {mean: 0.5}
    files: [vit_of_its_authors.pth]
    presets:
      paper: {resize: 256, interpolation: bilinear}
      native: {}
datasets:
  val: {format: class_folders, path: data}
"""


@pytest.fixture
def load(tmp_path):
    folders(tmp_path / "data", "cat", "dog")

    def read(text: str = SUITE):
        (tmp_path / "pets.yaml").write_text(text)
        return load_suite(str(tmp_path / "pets.yaml"), cache=tmp_path / "cache")

    return read


def test_the_first_preset_is_the_model_and_the_others_are_called_after_it(load):
    models = load().models
    assert list(models) == ["plain", "vit", "vit+native"]
    assert {name: (spec.preset, spec.entry) for name, spec in models.items()} == {
        "plain": ("", "plain"),
        "vit": ("paper", "vit"),
        "vit+native": ("native", "vit"),
    }
    assert models["vit"].options == {"mean": (0.5, 0.5, 0.5), "resize": 256, "interpolation": "bilinear"}
    assert models["vit+native"].options == {"mean": (0.5, 0.5, 0.5)}
    assert models["vit"].files == ("vit_of_its_authors.pth",)


def test_only_the_usual_ones_run_where_none_is_chosen_and_the_full_name_is_known(load):
    models = load().models
    assert list(usual(models)) == ["plain", "vit"]
    assert parse("vit+paper", with_synonyms(models)) == models["vit"]
    assert parse("vit+native", with_synonyms(models)) == models["vit+native"]


def test_other_weights_keep_the_preset(load, tmp_path):
    (tmp_path / "new.safetensors").write_bytes(b"")
    found = parse("vit+native=new.safetensors", with_synonyms(load().models), cwd=tmp_path)
    assert (found.name, found.preset, found.options["mean"]) == ("vit+native", "native", (0.5, 0.5, 0.5))


def test_a_preset_may_not_take_the_name_of_a_model(load):
    with pytest.raises(InputError, match=r"the preset 'native' makes a second model called 'vit\+native'"):
        load(SUITE.replace("  plain:", '  "vit+native": timm:resnet18\n  plain:'))


def test_what_a_preset_cannot_set_is_an_error_with_its_line(load):
    with pytest.raises(InputError, match=r"pets.yaml:\d+: model 'vit': timm models have no option 'resise'"):
        load(SUITE.replace("resize: 256", "resise: 256"))

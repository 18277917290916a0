"""What ``--model`` may say, and the sentence about everything it may not."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.models.model import ModelSpec
from fixtures.models.spec import Setting, make, parse

KNOWN = {
    "vit-sup": ModelSpec(
        "vit-sup", "timm", "mini_vit", "timm:mini_vit", ("a", "b"), {"pretrained": "tag", "mean": (0.5,) * 3}
    ),
    "table": ModelSpec("table", "predictions", "table.csv", "predictions:table.csv", ("a", "b")),
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    for name in ("new.safetensors", "odd.txt", "weights+v2 é.pth", "rec.csv", "table.csv"):
        (tmp_path / name).touch()
    (tmp_path / "folder.pth").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip" / "open_clip_config.json").touch()
    (tmp_path / "prompts.txt").write_text("a {}.\n\nthe {}!\n")
    (tmp_path / "broken.txt").write_text("a thing\n")


def read(text: str, tmp_path: Path) -> ModelSpec:
    known = {name: ModelSpec(**{**spec.__dict__, "folder": tmp_path}) for name, spec in KNOWN.items()}
    return parse(text, known, classes=("x", "y"), prompts=("a {}",), prompt_names=("ex", "why"), cwd=tmp_path)


def test_a_name_is_the_suites_model(tmp_path: Path) -> None:
    assert read("vit-sup", tmp_path).target == "mini_vit"


def test_other_weights_keep_everything_else_of_the_suites_model(tmp_path: Path) -> None:
    spec = read("vit-sup=new.safetensors", tmp_path)
    assert (spec.name, spec.target, spec.classes) == ("vit-sup", "mini_vit", ("a", "b"))
    assert spec.options == {"mean": (0.5,) * 3, "checkpoint": str(tmp_path / "new.safetensors")}
    assert spec.origin == "vit-sup=new.safetensors"
    assert read("vit-sup=weights+v2 é.pth?crop_pct=1", tmp_path).options["crop_pct"] == 1.0


def test_a_suites_name_before_a_source_keeps_the_suites_classes(tmp_path: Path) -> None:
    assert read("vit-sup=timm:resnet18", tmp_path).classes == ("a", "b")
    other = read("mine=timm:resnet18", tmp_path)
    assert (other.classes, other.prompts, other.prompt_names) == (("x", "y"), ("a {}",), ("ex", "why"))


@pytest.mark.parametrize(
    ("text", "name", "source", "target"),
    [
        ("timm:resnet50.a1_in1k", "resnet50.a1_in1k", "timm", "resnet50.a1_in1k"),
        ("timm:hf-hub:timm/resnet18.a1_in1k@v2", "resnet18.a1_in1k", "timm", "hf-hub:timm/resnet18.a1_in1k@v2"),
        ("x=timm:hf-hub:timm/resnet18.a1_in1k", "x", "timm", "hf-hub:timm/resnet18.a1_in1k"),
        ("open_clip:ViT-B-32/openai", "ViT-B-32-openai", "open_clip", "ViT-B-32/openai"),
        ("open_clip:local-dir:clip", "clip", "open_clip", "local-dir:clip"),
        ("open_clip:hf-hub:org/name", "name", "open_clip", "hf-hub:org/name"),
        ("python:my.models:Net.load", "load", "python", "my.models:Net.load"),
        ("predictions:rec.csv", "rec", "predictions", "rec.csv"),
        ("a.b+c_d-1=predictions:rec.csv", "a.b+c_d-1", "predictions", "rec.csv"),
    ],
)
def test_sources(text: str, name: str, source: str, target: str, tmp_path: Path) -> None:
    spec = read(text, tmp_path)
    assert (spec.name, spec.source, spec.target, spec.origin) == (name, source, target, text)


def test_options_become_values(tmp_path: Path) -> None:
    spec = read(
        "timm:resnet18?checkpoint=new.safetensors&img_size=64&crop_pct=0.9&mean=0.5&std=0.1,0.2,0.3&resize=70"
        '&interpolation=bilinear&arguments={"global_pool":"avg"}&crop_mode=squash&key=model&register=a.b',
        tmp_path,
    )
    assert spec.options == {
        "checkpoint": "new.safetensors", "img_size": 64, "crop_pct": 0.9, "mean": (0.5,) * 3, "std": (0.1, 0.2, 0.3),
        "resize": 70, "interpolation": "bilinear", "arguments": {"global_pool": "avg"}, "crop_mode": "squash",
        "key": "model", "register": "a.b",
    }  # fmt: skip
    assert spec.path(spec.options["checkpoint"]) == tmp_path / "new.safetensors"
    assert read("timm:resnet18?pretrained=true", tmp_path).options == {"pretrained": True}
    assert read("timm:resnet18?pretrained=a1_in1k", tmp_path).options == {"pretrained": "a1_in1k"}
    assert read("predictions:rec.csv?datasets=val, v2", tmp_path).options == {"datasets": ("val", "v2")}
    clip = read("open_clip:ViT-B-32/openai?logit_scale=100&quick_gelu=true&prompts=openai", tmp_path)
    assert clip.options == {"logit_scale": 100.0, "quick_gelu": True, "prompts": "openai"}
    assert read("open_clip:ViT-B-32/openai?logit_scale=learned", tmp_path).options == {"logit_scale": "learned"}


def test_a_factory_gets_its_options_as_they_look(tmp_path: Path) -> None:
    options = read("python:a:b?depth=3&rate=0.5&deep=true&text=a%26b&version=1.2.3", tmp_path).options
    assert options == {"depth": 3, "rate": 0.5, "deep": True, "text": "a&b", "version": "1.2.3"}


def test_prompts_from_a_file(tmp_path: Path) -> None:
    spec = read("open_clip:ViT-B-32/openai?prompts=prompts.txt", tmp_path)
    assert spec.prompts == ("a {}.", "the {}!")
    assert spec.options == {}


def test_a_suites_entry_takes_values_that_yaml_has_typed(tmp_path: Path) -> None:
    setting = Setting(classes=("x",), folder=tmp_path)
    spec = make(
        "m",
        "timm:resnet18?crop_pct=1",
        setting=setting,
        options={"mean": [0.1, 0.2, 0.3], "img_size": 64, "crop_pct": 0.5},
    )
    assert spec.options == {"mean": (0.1, 0.2, 0.3), "img_size": 64, "crop_pct": 1.0}
    with pytest.raises(InputError, match=r"suite.yaml:7: timm models have no option 'crop'; did you mean 'crop_pct'\?"):
        make("m", "timm:resnet18", setting=setting, options={"crop": 1}, where="suite.yaml:7")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "vit-sp",
            "the suite has no model 'vit-sp'; did you mean 'vit-sup'? Known: vit-sup, table. Others: NAME=SOURCE:...",
        ),
        ("zebra", "the suite has no model 'zebra'; known: vit-sup, table"),
        ("", "is empty"),
        ("x=", "nothing stands behind '='"),
        ("new.safetensors", "whose weights are these? Write NAME=new.safetensors; known: vit-sup, table"),
        (
            "mine=new.safetensors",
            "and 'mine' is none; known: vit-sup, table. Another architecture: mine=timm:ARCH?checkpoint=new",
        ),
        ("table=new.safetensors", "table is recorded predictions and has no weights; write table=predictions:PATH"),
        ("vit-sup=gone.pth", "there is no file {folder}/gone.pth"),
        ("vit-sup=folder.pth", "{folder}/folder.pth is a folder, not a file"),
        ("vit-sup=odd.txt", "odd.txt is no checkpoint; its name must end in .safetensors, .pth, .pt, .bin, .ckpt"),
        ("vit-sup=rec.csv", "holds no weights; for recorded predictions write NAME=predictions:"),
        ("tim:resnet18", "'tim' is no source of models; did you mean 'timm'? Known: timm"),
        (
            "vit-sup=tensorflow:resnet18",
            "'tensorflow' is no source of models; known: timm, open_clip, python, predictions",
        ),
        ("timm:", "'' is no timm model; write timm:ARCH, timm:hf-hub:ORG/NAME or timm:local-dir:FOLDER"),
        ("timm:a b", "'a b' is no timm model"),
        ("python:module", "'module' is no python model; write python:package.module:factory"),
        (
            "timm:resnet18?crop=1",
            "timm models have no option 'crop'; did you mean 'crop_pct'? Known: checkpoint, key",
        ),
        ("timm:resnet18?crop_pct", "'crop_pct' behind '?' is not KEY=VALUE"),
        ("timm:resnet18?crop_pct=1&crop_pct=2", "option 'crop_pct' is given twice"),
        ("timm:resnet18?crop_pct=big", "option 'crop_pct' must be a number, not 'big'"),
        ("timm:resnet18?crop_pct=nan", "option 'crop_pct' must be a finite number, not 'nan'"),
        ("timm:resnet18?crop_pct=0", "option 'crop_pct' must be a number above 0, not '0'"),
        ("timm:resnet18?img_size=2.5", "option 'img_size' must be a whole number above 0, not '2.5'"),
        ("timm:resnet18?mean=1,2", "option 'mean' must be one number, or three (red,green,blue), not '1,2'"),
        ("timm:resnet18?std=0", "option 'std' must be numbers above 0, not '0'"),
        ("timm:resnet18?interpolation=cubic", "must be bilinear or bicubic or nearest"),
        ("timm:resnet18?arguments=3", "must be a mapping (as JSON on the command line"),
        ("timm:resnet18?arguments={", "must be a mapping"),
        ("timm:resnet18?key=", "option 'key' must be a text, not ''"),
        ("timm:resnet18?checkpoint=gone.pth", "there is no file {folder}/gone.pth"),
        ("timm:resnet18?checkpoint=new.safetensors&pretrained=true", "both bring weights; keep one of them"),
        ("timm:local-dir:clip", "{folder}/clip is no timm model: it has no config.json"),
        ("open_clip:local-dir:nowhere", "there is no folder {folder}/nowhere"),
        ("open_clip:local-dir:clip?tokenizer=gone", "there is no file {folder}/gone"),
        ("open_clip:A/B?quick_gelu=1", "option 'quick_gelu' must be true or false, not '1'"),
        ("open_clip:A/B?logit_scale=hot", "option 'logit_scale' must be a number, not 'hot'"),
        ("open_clip:A/B?prompts=mine", "must be openai or simple or a .txt file with a template per line, not 'mine'"),
        ("open_clip:A/B?prompts=broken.txt", "the prompt 'a thing' must hold one {}, where the class name goes"),
        ("predictions:gone.csv", "there is no file {folder}/gone.csv"),
        ("predictions:odd.txt", "odd.txt cannot hold recorded predictions; they are .csv, .parquet, .npz files"),
        ("predictions:empty", "the folder {folder}/empty holds no recorded predictions"),
        ("predictions:rec.csv?datasets=", "must be a name, or names with commas between them"),
        ("a b=timm:resnet18", "'a b' cannot name a model: it stands in test ids and behind -k"),
        ("a[1]=timm:resnet18", "'a[1]' cannot name a model"),
        ("a/b=timm:resnet18", "'a/b' cannot name a model"),
        ("not=timm:resnet18", "'not' cannot name a model"),
        ("-x=timm:resnet18", "'-x' cannot name a model"),
    ],
)
def test_what_it_may_not_say(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(text, tmp_path)
    assert str(caught.value).startswith("--model")
    assert message.replace("{folder}", str(tmp_path)) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_prompt_names_are_as_many_as_classes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="prompt_names names 1 classes, the model has 2"):
        parse("timm:resnet18", {}, classes=("x", "y"), prompt_names=("ex",), cwd=tmp_path)


def test_messages_name_the_model_and_what_the_user_wrote() -> None:
    assert str(ModelSpec("m", "timm", "t", "m=timm:t", ())) == "m (m=timm:t)"
    assert str(ModelSpec("m", "timm", "t", "", ())) == "m"


def test_reading_specs_and_recordings_imports_no_network_library() -> None:
    modules = ", ".join(f"fixtures.models.{name}" for name in ("spec", "identity", "recorded", "validate_outputs"))
    heavy = "{'torch', 'timm', 'open_clip', 'torchvision', 'PIL'}"
    code = f"import sys, {modules}; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[2]).returncode == 0


def test_links_pipes_and_odd_texts_are_a_sentence_each(spec: Callable[..., ModelSpec], tmp_path: Path) -> None:
    import os

    for name in ("loop.pth", "loop.csv", "loop.txt", "loop"):
        (tmp_path / name).symlink_to(tmp_path / name)
    os.mkfifo(tmp_path / "pipe.pth")
    (tmp_path / "latin.txt").write_bytes("ein Foto für {}".encode("latin-1"))
    for text, message in (
        ("m=timm:resnet18?checkpoint=loop.pth", "is a link that leads to no file"),
        ("m=timm:resnet18?checkpoint=pipe.pth", "is no regular file"),
        ("m=timm:local-dir:loop", "there is no folder"),
        ("m=predictions:loop.csv", "is a link that leads to no file"),
        ("m=open_clip:RN50/openai?prompts=loop.txt", "is a link that leads to no file"),
        ("m=open_clip:RN50/openai?prompts=latin.txt", "latin.txt cannot be read as text"),
        ("m=timm:resnet18?arguments=" + "[" * 100_000, "option 'arguments' must be a mapping"),
    ):
        with pytest.raises(InputError, match=message):
            spec(text)


@pytest.mark.parametrize("text", ["0.5,0.4,0.3", "[0.5,0.4,0.3]", "[0.5, 0.4, 0.3]"])
def test_a_list_may_stand_in_brackets(text: str, spec: Callable[..., ModelSpec]) -> None:
    assert spec(f"m=timm:resnet18?mean={text}").options["mean"] == (0.5, 0.4, 0.3)

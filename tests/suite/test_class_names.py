"""Class names: written out, from a file, or ImageNet's without importing what brings them."""

import json
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.class_space import ClassSpace
from fixtures.suite import imagenet
from fixtures.suite.class_names import read_classes, read_names
from fixtures.suite.loader import load_suite


def complaint(given, tmp_path) -> str:
    with pytest.raises(InputError) as caught:
        read_classes(given, tmp_path, "my.yaml:2: classes")
    return str(caught.value)


def test_written_out(tmp_path):
    assert read_classes(["cat", "dog"], tmp_path, "").names == ("cat", "dog")
    assert complaint(["cat", "dog", "cat"], tmp_path) == (
        "my.yaml:2: classes: one name must stand for one class; more than once: cat"
    )
    assert complaint(["cat", ""], tmp_path).endswith("holds an empty name, or none at all")


def test_a_text_file(tmp_path):
    (tmp_path / "names.txt").write_text("\ufeffcat\ngreat white shark\n\n")
    assert read_classes("names.txt", tmp_path, "").names == ("cat", "great white shark")
    (tmp_path / "names.txt").write_text("cat\n\ndog\n")
    assert "holds an empty name" in complaint("names.txt", tmp_path)


@pytest.mark.parametrize(
    ("content", "aliases"),
    [
        (["cat", "dog"], {}),
        ({"1": "dog", "0": "cat"}, {}),
        ({"0": ["n01", "cat"], "1": ["n02", "dog"]}, {"n01": 0, "n02": 1}),
    ],
)
def test_json(tmp_path, content, aliases):
    (tmp_path / "names.json").write_text(json.dumps(content))
    space = read_classes("names.json", tmp_path, "")
    assert space.names == ("cat", "dog")
    assert space.aliases == aliases


@pytest.mark.parametrize("content", ["[1, 2]", '{"a": "cat"}', "[]", "{}", "7", "[[]]"])
def test_json_of_another_kind(tmp_path, content):
    (tmp_path / "names.json").write_text(content)
    assert "must hold a list of names" in complaint("names.json", tmp_path)


def test_a_table_with_folders_and_prompts(tmp_path):
    (tmp_path / "names.csv").write_text("index,name,alias,prompt\n1,dog,n02,\n0,cat,n01,kitten\n")
    space = read_classes("names.csv", tmp_path, "")
    assert space.names == ("cat", "dog")
    assert space.aliases == {"n01": 0, "n02": 1}
    assert space.prompt_names == ("kitten", "dog")
    (tmp_path / "names.csv").write_text("name\ncat\ndog\n")
    assert read_classes("names.csv", tmp_path, "").names == ("cat", "dog")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("index,name\n1,dog\n2,cat\n", "the column 'index' must hold 0 to 1, each once"),
        ("label\ndog\n", "has no column 'name' for the class names; it has label"),
        ("name,alias\ndog,x\ncat,x\n", "one name must stand for one class; more than once: x"),
    ],
)
def test_a_table_that_does_not_fit(tmp_path, text, expected):
    (tmp_path / "names.csv").write_text(text)
    assert expected in complaint("names.csv", tmp_path)


def test_what_is_no_list_of_classes(tmp_path):
    assert complaint("imagenet", tmp_path) == (
        "my.yaml:2: classes: 'imagenet' is no list of classes; write the names, "
        "a file (.txt, .json, .csv) or 'imagenet-1k'"
    )
    assert complaint("absent.txt", tmp_path) == f"my.yaml:2: classes: there is no file {tmp_path / 'absent.txt'}"
    (tmp_path / "broken.json").write_text("{")
    assert "is no JSON" in complaint("broken.json", tmp_path)
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as text" in complaint("binary.txt", tmp_path)


def test_plain_lists(tmp_path):
    (tmp_path / "some.txt").write_text("a\n\nb\na\n")
    assert read_names("some.txt", tmp_path, "") == ("a", "b", "a")
    (tmp_path / "some.txt").write_text("\n")
    with pytest.raises(InputError, match="is empty"):
        read_names("some.txt", tmp_path, "x")


def test_imagenet():
    space = imagenet.classes()
    assert len(space) == len(set(space.names)) == len(space.prompt_names) == 1000
    assert space.names[0] == "tench"
    assert space.index("n01440764") == 0
    assert space.prompt_names[657] == "missile"
    assert space.names[657] == "missile (n03773504)"
    assert space.names[999] == "toilet paper"


def test_imagenets_variants_and_templates():
    assert len(imagenet.subset("imagenet-a")) == len(imagenet.subset("imagenet-r")) == 200
    assert imagenet.subset("imagenet-r")[:3] == (1, 2, 4)
    assert len(imagenet.templates("openai")) == 80
    assert len(imagenet.templates("simple")) == 7
    assert imagenet.templates("openai")[0] == "a bad photo of a {}."
    assert all(template.count("{}") == 1 for template in imagenet.templates("openai"))


def test_imagenets_words_are_open_clips():
    folder = Path(next(iter(find_spec("open_clip").submodule_search_locations)))
    words = runpy.run_path(str(folder / "zero_shot_metadata.py"))
    assert imagenet.classes().prompt_names == tuple(words["IMAGENET_CLASSNAMES"])
    for name, constant in imagenet.TEMPLATES.items():
        texts = [template.replace("{}", "cat") for template in imagenet.templates(name)]
        assert texts == [template("cat") for template in words[constant]]


def test_imagenets_words_import_nothing_heavy():
    code = (
        "import sys; from fixtures.suite import imagenet as i; i.templates('openai'); i.classes();"
        "loaded = {'torch', 'timm', 'open_clip'} & set(sys.modules); assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_imagenets_own_index_has_two_cranes(tmp_path):
    """As Keras and torchvision publish it: {"134": ["n02012849", "crane"], "517": ["n03126707", "crane"]}."""
    rows = {"0": ["n02012849", "crane"], "1": ["n01440764", "tench"], "2": ["n03126707", "crane"]}
    (tmp_path / "index.json").write_text(json.dumps(rows))
    space = read_classes("index.json", tmp_path, "")
    assert space.names == ("crane (n02012849)", "tench", "crane (n03126707)")
    assert [space.index(synset) for synset, _ in rows.values()] == [0, 1, 2]
    assert space.prompt_names == ("crane", "tench", "crane")


@pytest.mark.parametrize(
    "content",
    [
        {"cat": 0, "dog": 1},
        {"dog": 1, "cat": 0},
        {"architectures": ["X"], "id2label": {"0": "cat", "1": "dog"}, "label2id": {"cat": 0, "dog": 1}},
        {"label2id": {"dog": 1, "cat": 0}, "num_labels": 2},
        {"architecture": "resnet18", "num_classes": 2, "label_names": ["cat", "dog"]},
        {"class_to_idx": {"cat": 0, "dog": 1}},
        {"label2id": {"dog": "1", "cat": "0"}},
    ],
)
def test_lists_of_classes_as_models_carry_them(tmp_path, content):
    (tmp_path / "config.json").write_text(json.dumps(content))
    assert read_classes("config.json", tmp_path, "").names == ("cat", "dog")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"cat": 0, "dog": 0}, "must hold a list of names"),
        ({"0": "cat", "2": "dog"}, "numbers 2 classes, but none of them 1"),
        ({"cat": 0, "dog": 2}, "numbers 2 classes, but none of them 1"),
        ({"cat": 1, "dog": 2}, "numbers 2 classes, but none of them 0"),
        ({"id2label": {"0": "cat", "x": "dog"}}, "must hold a list of names"),
    ],
)
def test_lists_with_a_gap(tmp_path, content, said):
    (tmp_path / "config.json").write_text(json.dumps(content))
    assert said in complaint("config.json", tmp_path)


def test_lists_of_one_file_that_contradict_each_other(tmp_path):
    lists = {"id2label": {"0": "cat", "1": "dog"}, "label2id": {"dog": 0, "cat": 1}}
    (tmp_path / "config.json").write_text(json.dumps(lists))
    assert "'id2label' and 'label2id' call class 0 by different names" in complaint("config.json", tmp_path)


def test_a_list_nested_without_end(tmp_path):
    (tmp_path / "names.json").write_text("[" * 200_000)
    assert "is no JSON (it is nested too deeply" in complaint("names.json", tmp_path)


@pytest.mark.parametrize("written", ["imagenet-1k", "index.json"])
def test_factories_know_by_which_name_the_suites_classes_go(written: str, tmp_path: Path) -> None:
    known = imagenet.classes()
    wordnet = {index: name for name, index in known.aliases.items()}
    index = {str(k): [wordnet[k], name] for k, name in enumerate(known.names)}
    (tmp_path / "index.json").write_text(json.dumps(index))
    (tmp_path / "s.yaml").write_text(
        f"suite: s\nclasses: {written}\nmodels: {{net: 'python:mine:net'}}\ndatasets: {{val: {{format: labels, "
        "path: labels.csv, images: 1}}\n"
    )
    (tmp_path / "labels.csv").write_text("file_name,label\na,0\n")
    suite = load_suite(str(tmp_path / "s.yaml"), tmp_path / "cache")
    assert suite.class_list == suite.models["net"].class_list == "imagenet-1k"
    assert suite.models["net"].aliases == known.aliases


def test_other_classes_go_by_no_name(tmp_path: Path) -> None:
    assert imagenet.list_of(ClassSpace(tuple(f"class {k}" for k in range(1000)))) == ""
    assert imagenet.list_of(ClassSpace(("cat", "dog"))) == ""

"""Suite files: what is right is read, what is wrong says so in one sentence with file and line."""

import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.suite.loader import Suite, load_suite
from tests.datasets.pictures import folders

PART = "--allow-partial measures what is there, and says so"

START = """\
suite: pets
classes: [cat, dog, gear]
datasets:
  val:
    format: class_folders
    path: data
"""


@pytest.fixture
def load(tmp_path):
    folders(tmp_path / "data", "cat", "dog", "gear")

    def read(text: str) -> Suite:
        (tmp_path / "my.yaml").write_text(text)
        return load_suite(str(tmp_path / "my.yaml"), cache=tmp_path / "cache")

    return read


@pytest.fixture
def complaint(load):
    def read(text: str) -> str:
        with pytest.raises(InputError) as caught:
            load(text)
        return str(caught.value)

    return read


def test_the_least_that_a_suite_says(load, tmp_path):
    suite = load(START)
    assert (suite.name, suite.path, suite.classes) == ("pets", tmp_path / "my.yaml", ("cat", "dog", "gear"))
    assert suite.roles == {"val": "val"}
    assert suite.models == {}
    assert suite.thresholds is None
    assert suite.dataset("val").labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert suite.dataset("val") is suite.dataset("val")


def test_everything_a_suite_can_say(load, tmp_path):
    (tmp_path / "limits.yaml").write_text("pets: {}\n")
    (tmp_path / "labels.csv").write_text("image,kind\ncat/0.png,cat\n")
    (tmp_path / "recorded.csv").write_text("file_name,predicted_class,predicted_probability\n")
    suite = load(
        """
suite: pets
description: our three
classes: [cat, dog, gear]
thresholds: limits.yaml
prompts:
  templates: ["a photo of a {}.", "a drawing of a {}."]
  names: [kitten, puppy, cog]
models:
  small: timm:test_vit?pretrained=true
  large:
    source: timm:test_vit2
    preprocessing: {interpolation: bilinear, resize: 256}
    options: {img_size: 64}
    register: some.module
  recorded: predictions:recorded.csv
datasets:
  val:
    format: class_folders
    path: data
    images: 6
    role: [val, renditions]
    tolerance: 0.01
    keep_probabilities: true
    resize: none
  table:
    format: csv
    path: data
    labels: {file: labels.csv, image: image, label: kind}
    classes: [cat]
"""
    )
    assert suite.description == "our three"
    assert suite.thresholds == tmp_path / "limits.yaml"
    assert suite.roles == {"val": "val", "renditions": "val", "table": "table"}
    assert suite.dataset("renditions") is suite.dataset("val")
    assert suite.dataset("val").keep_probabilities
    assert suite.dataset("val").own_size
    assert not suite.dataset("table").own_size
    assert suite.dataset("table").ids == ("cat/0.png",)
    small, large = suite.models["small"], suite.models["large"]
    assert (small.source, small.target, small.options) == ("timm", "test_vit", {"pretrained": True})
    assert small.prompts == suite.prompts == ("a photo of a {}.", "a drawing of a {}.")
    assert small.prompt_names == suite.prompt_names == ("kitten", "puppy", "cog")
    assert small.folder == tmp_path
    assert large.options == {"interpolation": "bilinear", "resize": 256, "img_size": 64, "register": "some.module"}
    assert suite.models["recorded"].source == "predictions"


def swapped(old: str, new: str) -> str:
    assert old in START
    return START.replace(old, new)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (START + "dataset: {}\n", "my.yaml:7: unknown key 'dataset'; did you mean 'datasets'?"),
        (START + "    pth: x\n", "my.yaml:7: unknown key 'datasets.val.pth'; did you mean 'path'?"),
        (START + "    labels: x.csv\n", "my.yaml:7: unknown key 'datasets.val.labels'"),
        (swapped("suite: pets\n", ""), "my.yaml:1: 'suite' is missing"),
        (swapped("suite: pets", "suite: my pets"), "my.yaml:1: 'suite': must be made of letters, digits and _"),
        (swapped("    path: data\n", ""), "my.yaml:4: 'datasets.val.path' is missing"),
        (swapped("    format: class_folders\n", ""), "my.yaml:4: 'datasets.val.format' is missing"),
        (
            swapped("class_folders", "folders"),
            "my.yaml:5: 'datasets.val.format': 'folders' is none of '",
        ),
        (swapped("val:", "va-l:"), "my.yaml:4: 'datasets.va-l': must be made of letters, dig"),
        (
            START + "    images: many\n",
            "my.yaml:7: 'datasets.val.images': Input should be a valid integer (found 'many')",
        ),
        (START + "    images: 0\n", "my.yaml:7: 'datasets.val.images': Input should be greater than or equal to 1"),
        (START + "    tolerance: 1\n", "my.yaml:7: 'datasets.val.tolerance': Input should be less than 1"),
        (
            START + "    resize: 256\n",
            "my.yaml:7: 'datasets.val.resize': Input should be 'none' (found 256)",
        ),
        (
            START + "    keep_probabilities: 1\n",
            "my.yaml:7: 'datasets.val.keep_probabilities': Input should be a valid bool",
        ),
        (swapped("[cat, dog, gear]", "7"), "my.yaml:2: 'classes': Input should be a valid list (found 7)"),
        (swapped("dog", "true"), "my.yaml:2: 'classes.1': Input should be a valid string (found True)"),
        (swapped("dog", "cat"), "my.yaml:2: classes: one name must stand for one class; more than once: cat"),
        (swapped("path: data", "path: dta"), "my.yaml:6: dataset 'val': path: {tmp}/dta is not there"),
        (START + "thresholds: limits.yaml\n", "my.yaml:7: thresholds: there is no file {tmp}/limits.yaml"),
        (
            START + "  again: {format: class_folders, path: data, role: val}\n",
            "my.yaml:7: the role 'val' is played by 'val' and 'again'; keep one of them",
        ),
        (
            START + "    classes: [cat, wolf]\n",
            "my.yaml:7: dataset 'val': classes: no class of the dataset is called wolf",
        ),
        (
            START + "prompts: {templates: [a photo]}\n",
            "my.yaml:7: 'prompts.templates': the template 'a photo' must hold one {}, where the class name goes",
        ),
        (
            START + 'prompts: {templates: ["a {}"], names: [a, b]}\n',
            "my.yaml:7: prompts.names: 2 names for 3 classes",
        ),
        (
            START + "models:\n  small: keras:resnet18\n",
            "my.yaml:8: model 'small': 'keras' is no source of models",
        ),
        (
            START + "models:\n  small:\n    source: timm:x\n    checkpoint: absent.pth\n",
            "my.yaml:8: model 'small': there is no file {tmp}/absent.pth",
        ),
        (
            START + "models:\n  small:\n    source: timm:x\n    interpolation: bilinear\n",
            "my.yaml:10: unknown key 'models.small.interpolation'",
        ),
        (START + "models:\n  small: [timm]\n", "my.yaml:8: 'models.small': Input should be a valid dictionary"),
        ("- a\n", "my.yaml:1: 'the document': Input should be"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(complaint, tmp_path, text, expected):
    assert complaint(text).startswith(expected.replace("{tmp}", str(tmp_path)))


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("{format: csv, path: data}", "my.yaml:7: dataset 'more': which file labels the images in {tmp}/data? Write"),
        ("{format: idx, path: my.yaml}", "my.yaml:7: dataset 'more': path: {tmp}/my.yaml is no folder"),
        ("{format: tfds, path: my.yaml}", "my.yaml:7: dataset 'more': path: {tmp}/my.yaml is no folder"),
        ("{format: objectnet, path: my.yaml}", "my.yaml:7: dataset 'more': path: {tmp}/my.yaml is no folder"),
        (
            "{format: images, path: /dev/null}",
            "my.yaml:7: dataset 'more': path: /dev/null is neither a file",
        ),
        ("{format: csv, path: data, labels: x.csv}", "my.yaml:7: dataset 'more': labels: {tmp}/x.csv is not there"),
        ("{format: csv, path: l.csv, labels: l.csv}", "my.yaml:7: dataset 'more': path: {tmp}/l.csv is not the folder"),
        ("{format: rendered, path: x}", "my.yaml:7: unknown key 'datasets.more.path'"),
    ],
)
def test_what_a_format_does_not_take(complaint, tmp_path, block, expected):
    (tmp_path / "l.csv").write_text("file_name,label\n")
    assert complaint(START + f"  more: {block}\n").startswith(expected.replace("{tmp}", str(tmp_path)))


def test_a_folder_without_records_is_one_sentence(load):
    suite = load(START + "  more: {format: tfds, path: data}\n")
    with pytest.raises(InputError, match="data has no files such as NAME-test"):
        suite.dataset("more")


def test_problems_of_a_dataset_show_when_it_is_opened(load, tmp_path):
    suite = load(START + "    images: 7\n")
    with pytest.raises(InputError) as caught:
        suite.dataset("val")
    assert str(caught.value) == f"my.yaml:4: dataset 'val': 6 images in {tmp_path / 'data'}, but 7 are declared; {PART}"


def test_classes_can_be_declared_to_be_fewer(load, tmp_path):
    folders(tmp_path / "few", "cat", "gear")
    suite = load(START + "  few: {format: class_folders, path: few, classes: [gear, cat]}\n")
    assert suite.dataset("few").classes == ("cat", "dog", "gear")
    assert sorted(set(suite.dataset("few").labels.tolist())) == [0, 2]


def test_a_table_beside_its_images(load, tmp_path):
    (tmp_path / "data" / "list.csv").write_text("file_name,label\ndog/1.png,dog\n")
    assert load(START + "  list: {format: csv, path: data/list.csv}\n").dataset("list").ids == ("dog/1.png",)


def test_labels_without_images(load, tmp_path):
    (tmp_path / "list.csv").write_text("name,label\nx.png,dog\n")
    suite = load(START + "  list: {format: labels, path: list.csv, labels: {image: name}}\n")
    assert suite.dataset("list").ids == ("x.png",)


def test_imagenet_and_openais_templates(load, tmp_path):
    folders(tmp_path / "some", "n01440764", "n01443537")
    suite = load(
        "suite: i\nclasses: imagenet-1k\nprompts: {templates: openai}\n"
        "datasets:\n  val: {format: class_folders, path: some, classes: [tench, goldfish]}\n"
    )
    assert len(suite.prompts) == 80
    assert suite.prompt_names[657] == "missile"
    assert suite.dataset("val").labels.tolist() == [0, 0, 1, 1]


def test_unknown_names(load):
    suite = load(START)
    with pytest.raises(InputError, match="suite pets has no dataset 'sketch'; it has val"):
        suite.dataset("sketch")


def test_which_file_is_meant(tmp_path):
    with pytest.raises(InputError, match=r"--suite nowhere\.yaml: no such file, and no shipped suite of that name"):
        load_suite("nowhere.yaml")
    with pytest.raises(InputError, match="is a folder; name the suite's YAML file in it"):
        load_suite(str(tmp_path))


def test_loading_does_not_import_torch(tmp_path):
    folders(tmp_path / "data", "cat", "dog", "gear")
    (tmp_path / "my.yaml").write_text(START)
    code = (
        "import sys; from pathlib import Path; from fixtures.suite.loader import load_suite;"
        f"suite = load_suite({str(tmp_path / 'my.yaml')!r}, Path({str(tmp_path / 'cache')!r}));"
        "suite.dataset('val').manifest();"
        "loaded = {'torch', 'timm', 'open_clip', 'torchvision', 'pandas'} & set(sys.modules); assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_a_dataset_that_may_not_be_read_is_named_each_time(tmp_path, monkeypatch):
    (tmp_path / "val").mkdir()
    (tmp_path / "s.yaml").write_text("suite: s\nclasses: [cat]\ndatasets: {val: {format: class_folders, path: val}}\n")
    suite = load_suite(str(tmp_path / "s.yaml"), tmp_path / "cache")

    def forbidden():
        raise PermissionError(13, "Permission denied", "val/0.tar")

    monkeypatch.setitem(suite._openers, "val", forbidden)
    for _ in range(2):
        assert suite.problem("val") == "dataset 'val': val/0.tar cannot be read (Permission denied)"

"""PUG-ImageNet's folders: factors, classes that stand for several outputs, and the table of what was rendered."""

import json

import numpy as np
import pyarrow as pa
import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.formats.pug import COLUMNS, open_pug
from fixtures.datasets.labels.any_of import with_valid
from fixtures.suite.loader import load_suite
from tests.datasets import parquets
from tests.datasets.pictures import declaration, picture

SPACE = ClassSpace(("Shirt", "Sweatshirt", "Wolf"))
OUTPUTS = ("coat", "grey wolf", "red wolf", "sweatshirt")
VALID = ((3,), (3,), (2, 1))
LEVELS = {"Camera_Yaw": ("-90", "0", "10"), "Worlds": ("beach", "city", "zoo")}


def name(factor, kind, level):
    return f"{factor}/{kind}/{kind}_{factor}_{level}.png"


def images():
    return [name(factor, kind, level) for factor in LEVELS for kind in SPACE.names for level in LEVELS[factor]]


def table(tmp_path, rows=None, skip=(), header=None):
    fixed = dict.fromkeys(COLUMNS.values(), "0")
    header = header or ["filename", "character_name", *COLUMNS.values()]
    lines = [",".join(header)]
    for image in images() if rows is None else rows:
        factor, kind, file = image.split("/")
        level = file.removesuffix(".png").rsplit("_", 1)[1]
        cells = {"filename": image, "character_name": f"{kind}_01", **fixed, COLUMNS[factor]: level}
        if image not in skip:
            lines.append(",".join(cells[column] for column in header))
    path = tmp_path / "labels_pug_imagenet.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def opened(tmp_path, levels=None, **changes):
    given = {"space": SPACE, "valid": VALID, "outputs": OUTPUTS} | changes
    return open_pug(declaration(**given), tmp_path / "data", levels, tmp_path / "cache")


def complaint(tmp_path, *arguments, **changes):
    with pytest.raises(InputError) as caught:
        opened(tmp_path, *arguments, **changes)
    return str(caught.value)


@pytest.fixture
def root(tmp_path):
    for seed, image in enumerate(images()):
        picture(tmp_path / "data" / image, seed)
    return tmp_path / "data"


def test_labels_are_the_first_output_and_all_that_are_right_are_told(tmp_path, root):
    dataset = opened(tmp_path)
    assert dataset.ids == tuple(sorted(images()))
    assert dataset.classes == OUTPUTS
    assert dataset.annotations["factor"].tolist() == ["Camera_Yaw"] * 9 + ["Worlds"] * 9
    assert dataset.annotations["class"].tolist() == (["Shirt"] * 3 + ["Sweatshirt"] * 3 + ["Wolf"] * 3) * 2
    assert dataset.annotations["valid"].tolist() == (["3"] * 6 + ["1 2"] * 3) * 2
    assert dataset.labels.tolist() == ([3] * 6 + [2] * 3) * 2
    assert set(dataset.annotations) == {"factor", "class", "valid"}


def test_the_table_tells_levels_steps_and_objects(tmp_path, root):
    dataset = opened(tmp_path, table(tmp_path))
    assert dataset.annotations["level"].tolist() == ["-90", "0", "10"] * 3 + ["beach", "city", "zoo"] * 3
    assert dataset.annotations["step"].tolist() == [0, 1, 2] * 6
    assert dataset.annotations["base"].tolist() == ([f"{kind}_01" for kind in SPACE.names for _ in range(3)]) * 2


def test_levels_that_are_numbers_are_in_the_order_of_numbers(tmp_path):
    for seed, level in enumerate(("10", "9", "-1")):
        picture(tmp_path / "data" / name("Object_Roll", "Wolf", level), seed)
    rows = [name("Object_Roll", "Wolf", level) for level in ("9", "10", "-1")]
    dataset = opened(tmp_path, table(tmp_path, rows), expected=(2,))
    levels = dict(zip(dataset.annotations["level"].tolist(), dataset.annotations["step"].tolist(), strict=True))
    assert levels == {"-1": 0, "9": 1, "10": 2}


def test_the_table_may_have_only_the_names_of_the_files(tmp_path, root):
    path = table(tmp_path)
    whole = opened(tmp_path, path).annotations
    path.write_text("\n".join(line.split("/")[-1] for line in path.read_text().splitlines()) + "\n")
    for column, values in opened(tmp_path, path).annotations.items():
        np.testing.assert_array_equal(values, whole[column])


def test_other_valid_outputs_are_another_dataset(tmp_path, root):
    assert opened(tmp_path).manifest().digest == opened(tmp_path).manifest().digest
    assert opened(tmp_path).manifest().digest != opened(tmp_path, valid=((3,), (0,), (2, 1))).manifest().digest


def test_without_several_outputs_a_folder_is_a_class(tmp_path, root):
    dataset = opened(tmp_path, valid=(), outputs=())
    assert dataset.classes == SPACE.names
    assert dataset.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2] * 2
    assert set(dataset.annotations) == {"factor"}


def test_what_does_not_fit_is_named(tmp_path, root):
    assert "the first of" not in complaint(tmp_path, images=17)
    assert complaint(tmp_path, images=17).endswith(f"18 images in {root}, but 17 are declared")
    (root / "Worlds" / "Wolf").rename(root / "Worlds" / "Wofl")
    assert f"1 folder in {root / 'Worlds'} named as no class is: Wofl; did you mean 'Wolf'?" in complaint(tmp_path)
    (root / "Worlds").rename(root / "Wrlds")
    assert f"1 folder in {root} named as no factor is: Wrlds; factors are Worlds, Camera_Pitch" in complaint(tmp_path)


def test_a_class_without_images(tmp_path, root):
    for factor, levels in LEVELS.items():
        for level in levels:
            (root / name(factor, "Shirt", level)).unlink()
    assert "1 of 3 classes have no image" in complaint(tmp_path)
    assert opened(tmp_path, expected=(1, 2)).manifest().images == 12


def test_images_elsewhere(tmp_path):
    picture(tmp_path / "data" / "Worlds" / "a.png")
    assert complaint(tmp_path).endswith(f"{tmp_path / 'data'} has 1 image, none of them in FACTOR/CLASS/")


def test_a_table_that_does_not_fit(tmp_path, root):
    lost = name("Worlds", "Wolf", "zoo")
    path = table(tmp_path, skip=(lost,))
    assert complaint(tmp_path, path).endswith(f"{path} has no row for 1 of 18 images: {lost}")
    path = table(tmp_path, [*images(), lost])
    assert complaint(tmp_path, path).endswith(f"{path} has several rows for one image: {lost}")
    path = table(tmp_path, header=["filename", "character_name", "camera_yaw"])
    assert "has no column 'world_name' for the levels of Worlds; it has filename, character_name" in complaint(
        tmp_path, path
    )


def test_columns_of_the_same_names_are_refused():
    declared = declaration(space=SPACE, valid=VALID, outputs=OUTPUTS)
    with pytest.raises(
        InputError, match="any_of makes annotations called class and valid, but a column is called valid"
    ):
        with_valid(declared, np.array([0]), {"valid": np.array(["1"])})


SUITE = """
suite: small
classes: [coat, grey wolf, red wolf, sweatshirt]
datasets:
  pug:
    format: pug
    path: data
    table: labels_pug_imagenet.csv
    outputs: {any_of: %s}
"""


def suite(tmp_path, text):
    from fixtures.suite.loader import load_suite

    (tmp_path / "small.yaml").write_text(text)
    return load_suite(str(tmp_path / "small.yaml"), cache=tmp_path / "cache")


def test_a_suite_says_which_outputs_are_right(tmp_path, root):
    table(tmp_path)
    written = {"Shirt": [3], "Sweatshirt": ["sweatshirt"], "Wolf": ["red wolf", 1]}
    (tmp_path / "ids.json").write_text(json.dumps(written))
    for text in (json.dumps(written), "ids.json"):
        dataset = suite(tmp_path, SUITE % text).dataset("pug")
        assert dataset.annotations["valid"].tolist() == (["3"] * 6 + ["1 2"] * 3) * 2
        assert dataset.labels.tolist() == ([3] * 6 + [2] * 3) * 2


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"Wolf": [4]}, "any_of: Wolf: output 4 is out of range; the suite has 4 classes"),
        ({"Wolf": ["gray wolf"]}, "any_of: Wolf: 'gray wolf' is no class of the suite; did you mean 'grey wolf'"),
        ({"Wolf": [1, "grey wolf"]}, "any_of: Wolf: names an output twice"),
        ({"Wolf": []}, "ids.json must hold the outputs of each class: {"),
        ({"Wolf": [True]}, "ids.json must hold the outputs of each class: {"),
        ([1], "ids.json must hold the outputs of each class: {"),
    ],
)
def test_outputs_that_cannot_be_right(tmp_path, root, written, expected):
    table(tmp_path)
    (tmp_path / "ids.json").write_text(json.dumps(written))
    with pytest.raises(InputError) as caught:
        suite(tmp_path, SUITE % "ids.json").dataset("pug")
    assert "small.yaml:9: dataset 'pug': outputs: any_of" in str(caught.value)
    assert expected in str(caught.value)


def test_files_that_are_not_there_or_no_json(tmp_path, root):
    with pytest.raises(InputError, match=r"dataset 'pug': table: .*labels_pug_imagenet.csv is not there"):
        suite(tmp_path, SUITE % "{Wolf: [1]}")
    table(tmp_path)
    (tmp_path / "ids.json").write_text("{")
    with pytest.raises(InputError, match="is no JSON"):
        suite(tmp_path, SUITE % "ids.json")
    with pytest.raises(InputError, match="cannot be read as text"):
        suite(tmp_path, SUITE % "other.json")


def test_formats_whose_classes_mean_more_than_a_label(tmp_path):
    text = "suite: s\nclasses: [ant, bee]\ndatasets:\n  val: {format: rendered, outputs: {any_of: {a: [0, 1]}}}\n"
    with pytest.raises(InputError, match="any_of: not for the format 'rendered'"):
        suite(tmp_path, text)


def hub(root, change=lambda columns: None):
    """As facebook/PUG_ImageNet has it: two objects, each once as usual and once at another level of each factor."""
    columns = {name: [] for name in (*COLUMNS.values(), "character_name", "character_label")}
    for label in ("Wolf", "Fox"):
        usual = dict.fromkeys(COLUMNS.values(), 0) | {
            "world_name": "Studio", "character_texture": "Default", "scene_light": "Default", "character_scale": 1.0,
        }  # fmt: skip
        others = {"world_name": "Forest", "character_texture": "Grass", "scene_light": "Red", "character_scale": 0.5}
        for name in (None, *COLUMNS.values()):
            row = usual | ({name: others.get(name, 45)} if name else {})
            for column, value in (row | {"character_name": f"{label}_01", "character_label": label}).items():
                columns[column].append(value)
    change(columns)
    count = len(columns["character_name"])
    found = parquets.table(count=count, label=None, **{name: pa.array(values) for name, values in columns.items()})
    parquets.write(root / "data" / "train-00000-of-00001.parquet", found)
    (root / "class_to_imagenet_idx.json").write_text('{"Wolf": [269, 270], "Fox": [277]}')


def opened_from_hub(tmp_path):
    (tmp_path / "my.yaml").write_text(
        "suite: my\nclasses: imagenet-1k\ndata_root: required\ndatasets:\n"
        "  pug: {format: pug, path: PUG, table: PUG/labels.csv, images: 22, "
        "outputs: {any_of: PUG/class_to_imagenet_idx.json}}\n"
    )
    return load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache", data_root=tmp_path).dataset("pug")


def test_the_hubs_tables_say_which_factor_changes(tmp_path):
    hub(tmp_path / "PUG")
    found = opened_from_hub(tmp_path)
    assert found.annotations["factor"].tolist() == ["Worlds", *COLUMNS] * 2
    assert found.annotations["level"].tolist()[:5] == ["Studio", "Forest", "45", "45", "45"]
    assert found.annotations["step"].tolist()[:2] == [1, 0]
    assert found.annotations["base"].tolist() == ["Wolf_01"] * 11 + ["Fox_01"] * 11
    assert found.annotations["valid"].tolist() == ["269 270"] * 11 + ["277"] * 11
    assert found.labels.tolist() == [269] * 11 + [277] * 11


def two_at_once(columns):
    columns["camera_yaw"][1] = 45


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (two_at_once, "in 1 image several factors are not as usual, where one may change: Worlds, Camera_Yaw in"),
        (lambda columns: columns.pop("scene_light"), "the table has no columns scene_light; it has"),
    ],
    ids=["two", "missing"],
)
def test_tables_that_do_not_say_it_are_refused(tmp_path, change, words):
    hub(tmp_path / "PUG", change)
    with pytest.raises(InputError, match=words):
        opened_from_hub(tmp_path)

"""Outputs become classes: as they are, some of them, or several together."""

import csv

import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.blocks import Outputs
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.dataset import ClassMapping
from fixtures.suite import imagenet
from fixtures.suite.imagenet_16 import groups
from fixtures.suite.outputs import resolve

SPACE = ClassSpace(("cat", "dog", "gear", "key"), {"n01": 0, "n02": 1}, ("kitten", "puppy", "cog", "key"))


def resolved(outputs: dict, tmp_path, names=None):
    return resolve(Outputs.model_validate(outputs), names, SPACE, tmp_path, "my.yaml:5: dataset 'r': outputs")


def complaint(outputs: dict, tmp_path, names=None) -> str:
    with pytest.raises(InputError) as caught:
        resolved(outputs, tmp_path, names)
    return str(caught.value)


def test_as_they_are(tmp_path):
    assert resolved({}, tmp_path) == (SPACE, ClassMapping("identity"))


def test_a_subset_by_name_alias_or_index_keeps_its_order(tmp_path):
    space, mapping = resolved({"subset": ["gear", "n01", 3]}, tmp_path)
    assert mapping == ClassMapping("subset", (2, 0, 3))
    assert space == ClassSpace(("gear", "cat", "key"), {"n01": 1}, ("cog", "kitten", "key"))


def test_a_subset_from_a_file(tmp_path):
    (tmp_path / "few.txt").write_text("dog\n\n2\n")
    assert resolved({"subset": "few.txt"}, tmp_path)[1] == ClassMapping("subset", (1, 2))


def test_indices_for_classes_of_another_name(tmp_path):
    space, mapping = resolved({"indices": [3, 1]}, tmp_path, names=("Schlüssel", "Hund"))
    assert space == ClassSpace(("Schlüssel", "Hund"))
    assert mapping == ClassMapping("subset", (3, 1))
    assert resolved({"indices": [3, 1]}, tmp_path)[0].names == ("key", "dog")


def test_groups(tmp_path):
    expected = (ClassSpace(("animal", "thing")), ClassMapping("groups", groups=((0, 1), (3,))))
    assert resolved({"groups": {"animal": [0, "dog"], "thing": ["key"]}}, tmp_path) == expected
    (tmp_path / "groups.csv").write_text("group,output\nanimal,0\nthing,key\nanimal,n02\n")
    assert resolved({"groups": "groups.csv"}, tmp_path) == expected


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ({"subset": ["cat", "dgo"]}, "subset: 'dgo' is no class of the suite; did you mean 'dog'?"),
        ({"subset": ["cat", "n01"]}, "subset: an output stands twice: 0 (cat)"),
        ({"subset": [4]}, "subset: output 4 is out of range; the suite has 4 classes"),
        ({"subset": "absent.txt"}, "cannot be read as text"),
        ({"indices": [0, 9]}, "indices: output 9 is out of range; the suite has 4 classes"),
        ({"groups": {"a": ["wolf"]}}, "groups: a: 'wolf' is no class of the suite"),
        ({"groups": "absent.csv"}, "groups: there is no file"),
    ],
)
def test_outputs_that_are_not_there(tmp_path, outputs, expected):
    message = complaint(outputs, tmp_path)
    assert message.startswith("my.yaml:5: dataset 'r': outputs: ")
    assert expected in message


def test_the_16_categories_of_the_cue_conflict(tmp_path):
    """Sizes as the protocol states them; the lists themselves are compared where the published table is at hand."""
    outputs = Outputs.model_validate({"groups": "imagenet-16"})
    space, mapping = resolve(outputs, None, imagenet.classes(), tmp_path, "here")
    sizes = dict(zip(space.names, map(len, mapping.groups), strict=True))
    expected = "airplane 1 bear 4 bicycle 2 bird 49 boat 5 bottle 7 car 3 cat 6 chair 4 clock 3 dog 109 elephant 2"
    words = f"{expected} keyboard 2 knife 1 oven 1 truck 8".split()
    assert sizes == {name: int(size) for name, size in zip(words[::2], words[1::2], strict=True)}
    names = imagenet.classes().names
    assert [names[k] for k in mapping.groups[11]] == ["Asian elephant", "African bush elephant"]
    assert [names[k] for k in mapping.groups[6]] == ["station wagon", "convertible", "sports car"]


def test_the_16_categories_are_the_published_ones(real, tmp_path):
    with (real.parent / "paper" / "cue_conflict_categories.csv").open() as file:
        rows = [(row["category"], int(row["imagenet_class_index"])) for row in csv.DictReader(file)]
    assert [(name, index) for name, indices in groups().items() for index in indices] == rows


def test_the_16_categories_need_the_1000_classes(tmp_path):
    assert "output 404 is out of range; the suite has 4 classes" in complaint({"groups": "imagenet-16"}, tmp_path)


def test_names_for_another_number_of_indices(tmp_path):
    assert complaint({"indices": [0, 1]}, tmp_path, names=("a",)).endswith("names 2 outputs, but 'classes' 1 classes")


def test_a_table_of_groups_with_other_columns(tmp_path):
    (tmp_path / "groups.csv").write_text("group,output,note\na,0,x\n")
    assert "must have two columns" in complaint({"groups": "groups.csv"}, tmp_path)


def test_only_one_way(tmp_path):
    with pytest.raises(ValueError, match="keep one of"):
        Outputs.model_validate({"subset": [0], "indices": [0]})


def test_imagenet_9_is_nine_categories_of_370_classes_called_as_its_folders(tmp_path):
    """Counts per category: in_to_in9.json of github.com/MadryLab/backgrounds_challenge."""
    outputs = Outputs.model_validate({"groups": "imagenet-9"})
    space, mapping = resolve(outputs, None, imagenet.classes(), tmp_path, "here")
    assert [len(members) for members in mapping.groups] == [116, 52, 42, 36, 35, 27, 26, 20, 16]
    assert space.index("02_wheeled vehicle") == space.index("wheeled vehicle") == 2
    assert imagenet.classes().names[mapping.groups[8][-1]] == "pufferfish"

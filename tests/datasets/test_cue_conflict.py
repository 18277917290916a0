"""The cue-conflict layout: shape and texture from the file's name."""

import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.formats.cue_conflict import open_cue_conflict, open_cue_conflict_names
from tests.datasets.pictures import declaration, picture


def opened(tmp_path, *names: str, **changes):
    for k, name in enumerate(names):
        picture(tmp_path / "data" / name, seed=k)
    return open_cue_conflict(declaration(**({"expected": None} | changes)), tmp_path / "data", tmp_path / "cache")


def test_labels_are_shapes_and_annotations_tell_both_cues(tmp_path):
    dataset = opened(tmp_path, "cat/cat1-dog2.png", "cat/cat10-cat3.png", "dog/dog7-gear1.png", "gear/gear1-cat1.png")
    assert dataset.ids == ("cat/cat1-dog2.png", "cat/cat10-cat3.png", "dog/dog7-gear1.png", "gear/gear1-cat1.png")
    assert dataset.labels.tolist() == [0, 0, 1, 2]
    found = {name: column.tolist() for name, column in dataset.annotations.items()}
    assert found == {
        "shape": ["cat", "cat", "dog", "gear"],
        "texture": ["dog", "cat", "gear", "cat"],
        "shape_source": ["cat1", "cat10", "dog7", "gear1"],
        "texture_source": ["dog2", "cat3", "gear1", "cat1"],
        "conflict": [True, False, True, True],
    }


def test_names_with_hyphens_and_digits_inside(tmp_path):
    dataset = opened(tmp_path, "t-shirt/t-shirt12-mp3 player4.png", space=ClassSpace(("t-shirt", "mp3 player")))
    assert dataset.annotations["texture"].tolist() == ["mp3 player"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cat/cat1_dog2.png", "images not named SHAPE1-TEXTURE2.png: cat/cat1_dog2.png"),
        ("cat/cat1-wolf2.png", "cat/cat1-wolf2.png: its texture 'wolf' is no class; classes are cat, dog, gear"),
        ("gaer/gaer1-cat2.png", "gaer/gaer1-cat2.png: its shape 'gaer' is no class; did you mean 'gear'?"),
        ("dog/cat1-dog2.png", "dog/cat1-dog2.png: an image of shape 'cat' is in the folder 'dog'"),
    ],
)
def test_names_that_do_not_fit(tmp_path, name, expected):
    with pytest.raises(InputError) as caught:
        opened(tmp_path, name)
    assert str(caught.value) == f"my.yaml:3: dataset 'pets': {expected}"


def test_fewer_or_other_than_declared(tmp_path):
    with pytest.raises(InputError, match=r"1 image in .* but 1,280 are declared"):
        opened(tmp_path, "cat/cat1-dog2.png", images=1280)
    with pytest.raises(InputError, match="2 of 3 classes have no image"):
        opened(tmp_path, "cat/cat1-dog2.png", expected=(0, 1, 2))
    with pytest.raises(InputError, match="there is no folder"):
        open_cue_conflict(declaration(), tmp_path / "absent", tmp_path / "cache")


def named(tmp_path, text, **changes):
    (tmp_path / "decisions.csv").write_text(text)
    return open_cue_conflict_names(declaration(**({"expected": None} | changes)), tmp_path / "decisions.csv")


@pytest.mark.parametrize("column", ["imagename", "file_name"])
def test_names_in_a_table_say_the_same_without_images(tmp_path, column):
    dataset = named(tmp_path, f"subj,object_response,{column}\nme,dog,cat1-dog2.png\nme,na,dog7-dog1.png\n")
    files = opened(tmp_path, "cat/cat1-dog2.png", "dog/dog7-dog1.png")
    assert dataset.ids == ("cat1-dog2.png", "dog7-dog1.png")
    assert dataset.labels.tolist() == files.labels.tolist() == [0, 1]
    for name, values in files.annotations.items():
        assert dataset.annotations[name].tolist() == values.tolist()
    with pytest.raises(InputError, match="has labels and no images, so only recorded predictions"):
        dataset.load(0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image\ncat1-dog2.png\n", "has no column 'file_name' for the images; it has image"),
        ("imagename\ncat1-dog2.png\ncat1-dog2.png\n", "'cat1-dog2.png' stands twice"),
        ("imagename\ncat-dog.png\n", "images not named SHAPE1-TEXTURE2.png: cat-dog.png"),
        ("imagename\ncat1-wolf2.png\n", "its texture 'wolf' is no class"),
        ("imagename\n", "has no rows"),
    ],
)
def test_tables_that_do_not_name_images(tmp_path, text, message):
    with pytest.raises(InputError) as caught:
        named(tmp_path, text)
    assert message in str(caught.value)


def test_fewer_names_than_declared(tmp_path):
    with pytest.raises(InputError, match=r"1 image in .*decisions.csv, but 1,280 are declared"):
        named(tmp_path, "imagename\ncat1-dog2.png\n", images=1280)
    with pytest.raises(InputError, match="2 of 3 classes have no image"):
        named(tmp_path, "imagename\ncat1-dog2.png\n", expected=(0, 1, 2))

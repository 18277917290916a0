"""The cue-conflict layout: shape and texture from the file's name."""

import pytest

from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.cue_conflict import open_cue_conflict
from fixtures.errors import InputError
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

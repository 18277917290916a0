"""A suite of one's own from a folder or a table: it runs, and what is wrong with the data is said."""

import shutil

import numpy as np
import pytest
from PIL import Image

from fixtures.suite.loader import load_suite
from fixtures.suite.make import main, make
from tests.datasets.pictures import folders, picture


def smooth(path, seed, shift=0):
    """A picture with structure, which a perceptual hash tells from others; ``shift`` brightens it a little."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 240, (8, 8, 3)).repeat(8, 0).repeat(8, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray((blocks + shift).astype(np.uint8)).save(path)


def test_a_folder_of_classes_is_held_out_by_content(tmp_path):
    root = folders(folders(tmp_path / "pets", "cat", each=40), "dog", each=40, first=500)
    said = make(root, tmp_path / "pets.yaml")
    suite = load_suite(str(tmp_path / "pets.yaml"), tmp_path / "cache")
    val, train = suite.dataset("val"), suite.dataset("probe_pets_train")
    assert val.classes == ("cat", "dog")
    assert len(val.ids) + len(train.ids) == 80
    assert 4 <= len(val.ids) <= 30  # a fifth, and four standard deviations
    assert set(val.ids) == set(suite.dataset("probe_pets_test").ids)
    assert not set(val.ids) & set(train.ids)
    assert said[1].startswith("2 classes with fewer than 30 test images, too few to be judged by themselves: cat ")
    folders(root, "cat", each=1, first=990)  # another image: the others stay where they are
    (root / "cat" / "0.png").rename(root / "cat" / "new.png")
    make(root, tmp_path / "again.yaml")
    later = load_suite(str(tmp_path / "again.yaml"), tmp_path / "cache").dataset("val")
    assert set(val.ids) - {"cat/0.png"} == set(later.ids) - {"cat/new.png"}


def test_leaks_between_parts_are_named(tmp_path):
    root = tmp_path / "pets"
    for k in range(6):
        smooth(root / "train" / ("cat", "dog")[k % 2] / f"{k}.png", k)
        smooth(root / "val" / ("cat", "dog")[k % 2] / f"{k}.png", 100 + k)
    shutil.copy(root / "train" / "cat" / "0.png", root / "val" / "cat" / "copy.png")
    smooth(root / "val" / "dog" / "brighter.png", 1, shift=4)
    said = make(root, tmp_path / "pets.yaml")
    exact, near = said[-2:]
    assert exact.startswith("1 pair of pictures the same to the byte, 1 of them in two parts")
    assert "train/cat/0.png = val/cat/copy.png" in exact
    assert near.startswith("1 pair of pictures nearly the same to the eye, 1 of them in two parts")
    assert "train/dog/1.png = val/dog/brighter.png" in near


def test_a_table_with_parts_and_groups(tmp_path):
    """As Waterbirds comes: ``metadata.csv`` with numbered parts, and the place as a column."""
    lines = ["img_id,img_filename,y,split,place"]
    for k in range(9):
        picture(tmp_path / "birds" / "a" / f"{k}.jpg", seed=k)
        lines.append(f"{k},a/{k}.jpg,{k % 2},{k % 3},{k % 2}")
    (tmp_path / "birds" / "metadata.csv").write_text("\n".join(lines) + "\n")
    make(tmp_path / "birds" / "metadata.csv", tmp_path / "birds.yaml")
    suite = load_suite(str(tmp_path / "birds.yaml"), tmp_path / "cache")
    assert suite.dataset("val").ids == ("a/2.jpg", "a/5.jpg", "a/8.jpg")
    assert suite.dataset("val").annotations["place"].tolist() == [0, 1, 0]
    assert suite.dataset("probe_birds_train").ids == ("a/0.jpg", "a/3.jpg", "a/6.jpg")


@pytest.mark.parametrize("kind", ["nothing", "loose", "there", "columns"])
def test_what_cannot_be_made_is_one_sentence(tmp_path, capsys, kind):
    source, suite = tmp_path / "pets", tmp_path / "my.yaml"
    if kind == "loose":
        picture(source / "a.png")
    if kind == "there":
        folders(source, "cat")
        suite.write_text("")
    if kind == "columns":
        source = tmp_path / "t.csv"
        source.write_text("a,b\n1,2\n")
    assert main([str(source), str(suite)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    words = {"nothing": "is not there", "loose": "in no folder of a class", "there": "is there already"}
    assert words.get(kind, "none of the columns file_name") in said

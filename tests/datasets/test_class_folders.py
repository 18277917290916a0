"""One folder per class: the folder's name decides, and what does not fit is named."""

import shutil

import numpy as np
import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.formats.class_folders import open_class_folders
from fixtures.suite import imagenet
from fixtures.suite.loader import load_suite
from tests.datasets.pictures import declaration, folders, picture


def opened(tmp_path, **changes):
    return open_class_folders(declaration(**changes), tmp_path / "data", tmp_path / "cache")


def complaint(tmp_path, **changes) -> str:
    with pytest.raises(InputError) as caught:
        opened(tmp_path, **changes)
    return str(caught.value)


def test_names_decide_not_the_alphabet(tmp_path):
    space = ClassSpace(("zebra", "ant", "moth"))
    folders(tmp_path / "data", "ant", "moth", "zebra")
    dataset = opened(tmp_path, space=space)
    assert dataset.ids == ("ant/0.png", "ant/1.png", "moth/0.png", "moth/1.png", "zebra/0.png", "zebra/1.png")
    assert dataset.labels.tolist() == [1, 1, 2, 2, 0, 0]
    assert dataset.labels.dtype == np.int64
    assert dataset.classes == ("zebra", "ant", "moth")


def test_numeric_folders_map_by_their_number(tmp_path):
    space = ClassSpace(tuple(f"class {k}" for k in range(12)))
    folders(tmp_path / "data", *map(str, range(12)), each=1)
    dataset = opened(tmp_path, space=space, expected=tuple(range(12)))
    assert [int(name.partition("/")[0]) for name in dataset.ids] == dataset.labels.tolist()


def test_numeric_names_of_classes_beat_numbers(tmp_path):
    folders(tmp_path / "data", "3", "1", "2")
    dataset = opened(tmp_path, space=ClassSpace(("3", "2", "1")))
    assert dict(zip(dataset.ids, dataset.labels.tolist(), strict=True))["3/0.png"] == 0


def test_aliases_name_classes_and_nested_folders_belong_to_the_outer_one(tmp_path):
    folders(tmp_path / "data", "n02121620", "n02084071", "gear/more")
    assert opened(tmp_path).labels.tolist() == [2, 2, 1, 1, 0, 0]


def test_hidden_files_and_other_files_are_passed_over(tmp_path):
    root = folders(tmp_path / "data", "cat", "dog", "gear")
    picture(root / "cat" / ".hidden.png")
    picture(root / ".thumbnails" / "0.png")
    picture(root / "cover.png")
    (root / "cat" / "notes.txt").write_text("x")
    assert opened(tmp_path).manifest().images == 6
    assert complaint(tmp_path, images=7) == (
        f"my.yaml:3: dataset 'pets': 6 images in {root} (2 other files ignored), but 7 are declared; "
        "--allow-partial measures what is there, and says so"
    )


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("cat", "dog"), "1 of 3 classes have no image in {root}: gear; if they are not meant to be there, list"),
        (("cat", "dog", "gear", "gaer"), "1 folder in {root} named as no class is: gaer; did you mean 'gear'?"),
        (("cat", "dog", "gear", "xyz"), "1 folder in {root} named as no class is: xyz; there are 3: cat, dog, gear"),
        (("0", "1", "3"), "1 folder in {root} named as no class is: 3; there are 3: cat, dog, gear"),
        (("0", "1", "01", "2"), "several folders in {root} are one class: 01, 1; move their images together"),
        (("cat", "n02121620", "dog", "gear"), "several folders in {root} are one class: cat, n02121620"),
        (("cat", "1", "gear"), "1 folder in {root} named as no class is: 1; there are 3: cat, dog, gear"),
    ],
)
def test_folders_that_are_not_the_classes(tmp_path, names, expected):
    root = folders(tmp_path / "data", *names)
    assert complaint(tmp_path).startswith("my.yaml:3: dataset 'pets': " + expected.format(root=root))


def test_an_empty_class_folder_is_named(tmp_path):
    folders(tmp_path / "data", "cat", "dog")
    (tmp_path / "data" / "gear").mkdir()
    assert "1 of 3 classes have no image in" in complaint(tmp_path)


def test_classes_that_are_not_declared(tmp_path):
    root = folders(tmp_path / "data", "cat", "dog", "gear")
    assert opened(tmp_path, expected=(0, 1, 2)).manifest().images == 6
    assert complaint(tmp_path, expected=(0, 1)).endswith(
        f"classes in {root} that are not declared under 'classes': gear"
    )


def test_declared_classes_may_be_some_of_the_space(tmp_path):
    folders(tmp_path / "data", "dog", "gear")
    assert opened(tmp_path, expected=(1, 2)).labels.tolist() == [1, 1, 2, 2]


def test_nothing_there(tmp_path):
    assert complaint(tmp_path).endswith(f"there is no folder {tmp_path / 'data'}")
    (tmp_path / "data").mkdir()
    assert complaint(tmp_path).endswith(f"no images in {tmp_path / 'data'}")
    picture(tmp_path / "data" / "0.png")
    assert complaint(tmp_path).endswith(f"{tmp_path / 'data'} has 1 image in no folder that would name a class")


def test_links_are_followed_and_loops_are_refused(tmp_path):
    root = folders(tmp_path / "data", "cat", "dog")
    folders(tmp_path / "elsewhere", "gear")
    (root / "gear").symlink_to(tmp_path / "elsewhere" / "gear")
    assert opened(tmp_path).manifest().images == 6
    (root / "cat" / "again").symlink_to(root)
    assert complaint(tmp_path).endswith(f"the link {root / 'cat' / 'again'} leads back to a folder it is in")


def test_a_broken_link_is_no_image_to_leave_out_silently(tmp_path):
    root = folders(tmp_path / "data", "cat", "dog", "gear")
    (root / "cat" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    assert complaint(tmp_path).endswith(f"1 of 7 images are not in {root}: cat/gone.png")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            ("0", "01", "2"),
            "folders in {root} are numbers, some padded with zeros (01) and some not (0, 2): are they fr",
        ),
        (("000", "001", "2"), "folders in {root} are numbers, some padded with zeros (000, 001) and some not (2)"),
        (("0", "2"), "1 of 3 classes have no folder in {root}: 1; if they are not meant to be there, list those that"),
        (("00", "01"), "1 of 3 classes have no folder in {root}: 2; if they are"),
        (("1", "2", "3"), "1 folder in {root} named as no class is: 3; classes are 0 to 2: are these counted from 1?"),
        (("0", "1", "2", "3"), "1 folder in {root} named as no class is: 3; there are 3: cat, dog, gear"),
    ],
)
def test_numbers_that_do_not_fit_together(tmp_path, names, expected):
    root = folders(tmp_path / "data", *names)
    found = complaint(tmp_path)
    assert found.startswith("my.yaml:3: dataset 'pets': " + expected.format(root=root))
    assert ("counted from 1" in found) == ("0" not in names and "00" not in names and "000" not in names)


def test_padded_numbers_and_a_part_of_them(tmp_path):
    folders(tmp_path / "data", "00", "01", "02")
    assert opened(tmp_path).labels.tolist() == [0, 0, 1, 1, 2, 2]
    shutil.rmtree(tmp_path / "data" / "01")
    assert opened(tmp_path, partial=True).labels.tolist() == [0, 0, 2, 2]


@pytest.fixture
def variant(tmp_path):
    """A suite of ImageNet's classes, and a folder with an empty-looking image for each of some names."""
    sample = picture(tmp_path / "0.png").read_bytes()

    def make(names, outputs="identity", **how):
        for name in names:
            (tmp_path / "data" / name).mkdir(parents=True, exist_ok=True)
            (tmp_path / "data" / name / "0.png").write_bytes(sample)
        block = f"{{format: class_folders, path: data, outputs: {outputs}}}"
        (tmp_path / "my.yaml").write_text(f"suite: my\nclasses: imagenet-1k\ndatasets:\n  val: {block}\n")
        return load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache", **how)

    return make


SYNSETS = imagenet._lines("imagenet_synsets.txt")
R = [SYNSETS[index] for index in imagenet.subset("imagenet-r")]


def test_version_2s_folders_are_numbers_without_zeros(variant):
    dataset = variant(map(str, range(1000))).dataset("val")
    assert dataset.labels.tolist() == [int(name.partition("/")[0]) for name in dataset.ids]
    assert sorted(dataset.labels.tolist()) == list(range(1000))


@pytest.mark.parametrize(
    ("names", "outputs", "expected"),
    [
        (R, "{subset: imagenet-a}", "; these are the 200 classes of imagenet-r"),
        (R[:190], "{subset: imagenet-a}", "; these are 190 of the 200 classes of imagenet-r"),
        (
            R,
            "identity",
            "800 of 1,000 classes have no folder in {root}; these are the 200 classes of imagenet-r; if they",
        ),
        (SYNSETS, "{subset: imagenet-a}", "; these are the 1,000 classes of imagenet-1k"),
    ],
)
def test_another_variant_than_the_declared_one_is_recognised(variant, tmp_path, names, outputs, expected):
    for partial in (False, True):
        suite = variant(names, outputs, partial=partial)
        with pytest.raises(InputError) as caught:
            suite.dataset("val")
        assert expected.format(root=tmp_path / "data") in str(caught.value)


def test_the_declared_variant_is_none_to_complain_of(variant):
    assert len(variant(R, "{subset: imagenet-r}").dataset("val").ids) == 200

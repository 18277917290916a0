"""ImageNet's validation set: folders of classes, or a flat folder with any of the published files of labels."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from fixtures.core.errors import InputError
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.formats.imagenet_val import open_imagenet_val
from fixtures.suite.loader import load_suite
from tests.datasets.pictures import declaration, folders, picture

WORDNET = ("n01440764", "n01443537", "n02084071")
SPACE = ClassSpace(("tench", "goldfish", "dog"), {name: k for k, name in enumerate(WORDNET)})
LABELS = (2, 0, 1, 0, 2, 1)
"""Of the images 1 to 6, in the order of the WordNet ids."""
KIT = {1: "n02084071", 2: "n01440764", 3: "n01443537", 4: "n00001740"}
"""ILSVRC2012_ID -> WordNet id: another order, and one more for what no image is of."""
START = "my.yaml:3: dataset 'pets': "


def name(number: int) -> str:
    return f"ILSVRC2012_val_{number:08d}.JPEG"


@pytest.fixture
def flat(tmp_path) -> Path:
    for number in range(1, 7):
        picture(tmp_path / "data" / "val" / name(number), seed=number)
    return tmp_path / "data" / "val"


def opened(root, labels=None, **changes):
    cache = root.parent.parent / "cache"
    return open_imagenet_val(declaration(**({"space": SPACE} | changes)), root, labels, cache)


def complaint(root, labels=None, **changes) -> str:
    with pytest.raises(InputError) as caught:
        opened(root, labels, **changes)
    return str(caught.value).removeprefix(START)


def wordnet(path: Path, labels=LABELS) -> Path:
    path.write_text("".join(f"{WORDNET[label]}\n" for label in labels))
    return path


def caffe(path: Path, labels=LABELS, order=range(6), first=0) -> Path:
    path.write_text("".join(f"{name(k + 1)} {labels[k] + first}\n" for k in order))
    return path


def kit(folder: Path, labels=LABELS, ids=KIT, meta=True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    number = {wnid: index for index, wnid in ids.items()}
    file = folder / "ILSVRC2012_validation_ground_truth.txt"
    file.write_text("".join(f"{number[WORDNET[label]]}\n" for label in labels))
    if meta:
        rows = np.zeros((len(ids), 1), dtype=[("ILSVRC2012_ID", object), ("WNID", object), ("words", object)])
        rows[:, 0] = [(np.array([[index]], dtype=np.uint16), wnid, "words") for index, wnid in ids.items()]
        savemat(folder / "meta.mat", {"synsets": rows})
    return file


def kaggle(path: Path, labels=LABELS, order=(3, 0, 5, 1, 2, 4)) -> Path:
    rows = (f"{name(k + 1)[:-5]},{f'{WORDNET[labels[k]]} 1 2 30 40 ' * (1 + k % 2)}\n" for k in order)
    path.write_text("ImageId,PredictionString\n" + "".join(rows))
    return path


def test_folders_called_by_wordnet_ids(tmp_path):
    root = folders(tmp_path / "data" / "val", *reversed(WORDNET))
    assert opened(root).labels.tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("place", ["val", "."])
@pytest.mark.parametrize(
    ("write", "called"),
    [(wordnet, "imagenet_2012_validation_synset_labels.txt"), (caffe, "val.txt"), (kaggle, "LOC_val_solution.csv")],
)
def test_a_flat_folder_with_a_file_beside_it_or_one_level_up(flat, place, write, called):
    write(flat.parent / place / called)
    dataset = opened(flat)
    assert dataset.ids == tuple(name(number) for number in range(1, 7))
    assert dataset.labels.tolist() == list(LABELS)


@pytest.mark.parametrize("place", ["val", ".", "ILSVRC2012_devkit_t12/data"])
def test_the_development_kits_ids_are_translated(flat, place):
    kit(flat.parent / place)
    assert opened(flat).labels.tolist() == list(LABELS)


def test_a_file_named_in_the_suite(flat, tmp_path):
    caffe(tmp_path / "mine.txt", order=(5, 4, 3, 2, 1, 0))
    (tmp_path / "names.csv").write_text("name,alias\ntench,n01440764\ngoldfish,n01443537\ndog,n02084071\n")
    block = "{format: imagenet_val, path: data/val, labels: mine.txt, images: 6}"
    (tmp_path / "my.yaml").write_text(f"suite: my\nclasses: names.csv\ndatasets:\n  val: {block}\n")
    assert load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("val").labels.tolist() == list(LABELS)


def test_no_file_of_labels(flat):
    assert complaint(flat).startswith(
        f"{flat} has 6 images in no folders of classes, and no file that labels them is there or one level up; it "
        "would be called ILSVRC2012_validation_ground_truth.txt, imagenet_2012_validation_synset_labels.txt, val.txt, "
    )


def test_the_kits_ids_without_its_translation(flat):
    file = kit(flat.parent, meta=False)
    assert complaint(flat).startswith(
        f"{file} holds ILSVRC2012_IDs, whose order is not that of the WordNet ids; meta.mat of the same development kit"
    )
    wordnet(flat.parent / "imagenet_2012_validation_synset_labels.txt")
    assert opened(flat).labels.tolist() == list(LABELS)  # which needs no translation


def test_a_translation_that_is_none(flat):
    file = kit(flat.parent)
    (file.parent / "meta.mat").write_bytes(b"MATLAB 5.0" + bytes(200))
    assert complaint(flat).startswith(f"{file.parent / 'meta.mat'} is not the development kit's: no 'synsets'")
    kit(flat.parent, ids={**KIT, 3: "n04004004", 9: "n01443537"}, labels=(2, 0, 0, 0, 2, 0))
    assert "meta.mat does not say what the ILSVRC2012_IDs 1 to 3 mean: no classes" in complaint(flat)
    kit(flat.parent, ids={1: "n02084071", 2: "n01440764", 4: "n01443537"})
    assert complaint(flat).endswith("mean: it lacks 1 ids")


def test_files_that_count_from_the_wrong_number(flat):
    path = flat.parent / "truth.txt"
    path.write_text("2\n0\n1\n0\n2\n1\n")
    assert complaint(flat, path).startswith("truth.txt:2: 0 is no ILSVRC2012_ID, which are 1 to 3; a file that counts")
    caffe(path, first=1)
    assert complaint(flat, path) == "truth.txt: its classes are 1 to 3, so they are counted from 1; 0 to 2 is due"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "{path}: is empty"),
        ("tench\n", "truth.txt:1: 'tench' is no ground truth; known are an ILSVRC2012_ID or a WordNet id a line"),
        ("n01440764\nn0144076\n", "truth.txt:2: 'n0144076' is no class; did you mean 'n01440764'"),
        ("n01440764\nn09999999\n", "truth.txt:2: 'n09999999' is no class"),
        (f"{name(1)} 0\n{name(2)}\n", "truth.txt:2: 'ILSVRC2012_val_00000002.JPEG' is not 'NAME INDEX'"),
        (f"{name(1)} 0\n{name(2)} 7\n", "truth.txt:2: '7' is no class"),
        (f"{name(1)} 0\n{name(1)} 1\n", "truth.txt:2: the image ILSVRC2012_val_00000001 stands there a second time"),
        ("cat.jpg 0\n", "truth.txt:1: names no image ILSVRC2012_val_00000001 and so on"),
        (
            f"n01440764/{name(1)} 0\nn01440764/{name(2)} 1\n",
            f"truth.txt:2: n01440764/{name(2)} is in the folder of n01440764, but its label 1 is n01443537: are the",
        ),
    ],
)
def test_files_that_are_no_ground_truth(flat, text, expected):
    path = flat.parent / "truth.txt"
    path.write_text(text)
    assert complaint(flat, path).startswith(expected.format(path=path))


def test_kaggles_boxes_are_of_one_class(flat):
    path = kaggle(flat.parent / "LOC_val_solution.csv")
    path.write_text(
        path.read_text().replace(f"{name(1)[:-5]},n02084071 1", f"{name(1)[:-5]},n02084071 1 2 3 4 n01440764 1")
    )
    assert complaint(flat).endswith(f"csv:3: {name(1)[:-5]} has the classes n01440764, n02084071; one is due")


@pytest.mark.parametrize("count", [5, 7])
def test_a_file_for_other_images(flat, count):
    path = wordnet(flat.parent / "imagenet_2012_validation_synset_labels.txt", (LABELS * 2)[:count])
    what = f"{name(6)} has no label" if count == 5 else f"{name(7)[:-5]} is not there"
    assert complaint(flat) == (
        f"{path} labels {count} images, and {flat} has 6: {what}; is it the file of other images?"
    )


def test_a_shifted_file_is_seen_by_the_numbers_of_images(flat):
    wordnet(flat.parent / "imagenet_2012_validation_synset_labels.txt", (*LABELS[1:], 0))
    assert complaint(flat) == (
        f"in {flat} most classes have 2 images, but 2 have another number: tench 3, dog 1; images are missing, or "
        "labels are those of other images"
    )


def test_a_swapped_file_is_seen_where_another_lies_beside_it(flat):
    first = wordnet(flat.parent / "imagenet_2012_validation_synset_labels.txt")
    second = caffe(flat.parent / "val.txt", labels=(0, 2, *LABELS[2:]))
    assert complaint(flat) == (
        f"{first} and {second} disagree about 2 images: ILSVRC2012_val_00000001 is dog in the one and tench in the "
        "other; one of them is of other images or in another order"
    )


def test_both_layouts_at_once(flat):
    picture(flat / "n01440764" / name(7))
    assert complaint(flat).startswith(f"{flat} has 1 image in folders and 6 in none; either is a layout")


def test_names_that_are_not_the_published_ones(flat):
    wordnet(flat.parent / "val.txt")
    picture(flat / "cat.jpg")
    assert complaint(flat).startswith(f"{flat / 'cat.jpg'} is not called ILSVRC2012_val_00000001.JPEG or so")
    (flat / "cat.jpg").unlink()
    picture(flat / "ILSVRC2012_val_00000003.png")
    assert complaint(flat) == f"{name(3)} and ILSVRC2012_val_00000003.png in {flat} are the same image"


def test_a_class_that_lacks_an_image_and_one_without_folder(tmp_path):
    root = folders(tmp_path / "data" / "val", *WORDNET)
    (root / "n02084071" / "0.png").unlink()
    assert "most classes have 2 images, but 1 have another number: dog 1;" in complaint(root)
    assert complaint(root, images=6).startswith(f"5 images in {root}, but 6 are declared; --allow-partial")
    (root / "n02084071" / "1.png").unlink()
    assert complaint(root).startswith(f"1 of 3 classes have no image in {root}: dog")


def test_a_part_of_the_images_where_that_will_do(flat):
    wordnet(flat.parent / "imagenet_2012_validation_synset_labels.txt")
    (flat / name(3)).unlink()
    dataset = opened(flat, partial=True, images=6)
    assert dataset.labels.tolist() == [*LABELS[:2], *LABELS[3:]]
    picture(flat / name(7))
    assert "has no label" in complaint(flat, partial=True)

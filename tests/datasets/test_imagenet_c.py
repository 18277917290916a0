"""ImageNet-C's folders: all 75 with the same images, or a sentence that names what is missing."""

import shutil

import numpy as np
import pytest

from fixtures.core.errors import InputError
from fixtures.corruptions.names import CORRUPTIONS, FAMILIES, HELD_OUT, SETS, SEVERITIES
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.formats.imagenet_c import open_imagenet_c
from fixtures.datasets.images.files import open_files
from fixtures.datasets.labels.table import Table
from fixtures.suite.loader import load_suite
from fixtures.suite.vouch import vouch
from tests.datasets.pictures import declaration, folders, picture

START = "my.yaml:3: dataset 'pets': "


@pytest.fixture
def root(tmp_path):
    for place, name in enumerate(CORRUPTIONS):
        for severity in SEVERITIES:
            cell = tmp_path / "c" / name / str(severity)
            folders(cell, "n02121620", "dog", "gear", first=100 * (5 * place + severity))
    return tmp_path / "c"


def opened(root, **changes):
    return open_imagenet_c(declaration(**changes), root, root.parent / "cache")


def complaint(root, **changes) -> str:
    with pytest.raises(InputError) as caught:
        opened(root, **changes)
    return str(caught.value)


def test_every_image_with_its_corruption_severity_and_source(root):
    dataset = opened(root, images=75 * 6)
    assert dataset.ids[0] == "gaussian_noise/1/dog/0.png"
    assert dataset.ids[-1] == "jpeg_compression/5/n02121620/1.png"
    assert dataset.labels.tolist() == [1, 1, 2, 2, 0, 0] * 75
    assert dict.fromkeys(dataset.annotations["corruption"].tolist()) == dict.fromkeys(CORRUPTIONS)  # in this order
    for row in (0, 6, 31, 449):
        name, severity, source = dataset.ids[row].split("/", 2)
        assert [dataset.annotations[key][row] for key in ("corruption", "severity", "source")] == [
            name,
            int(severity),
            source,
        ]
    assert dataset.annotations["severity"].dtype == np.int64
    assert dataset.load(0).size == (8, 8)


def test_folders_of_families_and_what_is_held_out(root):
    plain = opened(root)
    for family, names in FAMILIES.items():
        for name in names:
            (root / family).mkdir(exist_ok=True)
            (root / name).rename(root / family / name)
    for name in HELD_OUT:
        picture(root / "extra" / name / "1" / "dog" / "0.png")
    picture(root / HELD_OUT[0] / "1" / "elephant" / "0.png")
    dataset = opened(root)
    assert dataset.ids[0] == "noise/gaussian_noise/1/dog/0.png"
    assert dataset.labels.tolist() == plain.labels.tolist()
    assert dataset.annotations["corruption"].tolist() == plain.annotations["corruption"].tolist()


def test_a_missing_cell_is_named(root):
    shutil.rmtree(root / "fog" / "3")
    assert complaint(root).startswith(
        f"{START}1 of 75 folders CORRUPTION/SEVERITY are missing in {root}: fog/3; all fifteen corruptions at all five"
    )
    shutil.rmtree(root / "snow")
    assert "6 of 75 folders CORRUPTION/SEVERITY are missing" in complaint(root)
    assert "snow/1, snow/2, snow/3, snow/4, snow/5 and 1 more" in complaint(root)


def test_an_image_that_one_cell_lacks_or_has_besides(root):
    (root / "frost" / "2" / "dog" / "1.png").unlink()
    assert complaint(root).startswith(f"{START}frost/2 lacks 1 image that gaussian_noise/1 has: dog/1.png; the same")
    picture(root / "frost" / "2" / "dog" / "1.png")
    picture(root / "frost" / "2" / "gear" / "7.png")
    assert complaint(root).startswith(f"{START}gaussian_noise/1 lacks 1 image that frost/2 has: gear/7.png; the same")


def test_folders_that_are_no_class(root):
    assert "3 folders in" in complaint(root, space=ClassSpace(("a", "b", "c")))
    assert "named as no class is: dog, gear, n02121620" in complaint(root, space=ClassSpace(("a", "b", "c")))


def test_images_in_no_class_folder_and_none_at_all(root):
    shutil.rmtree(root / "gaussian_noise" / "1")
    picture(root / "gaussian_noise" / "1" / "0.png")
    assert complaint(root) == f"{START}no images in folders of classes in {root / 'gaussian_noise' / '1'}"


def test_another_number_of_images_than_declared(root):
    assert complaint(root, images=6) == f"{START}450 images in {root}, but 6 are declared"


@pytest.mark.parametrize(("line", "own_size"), [("", True), (", resize: none", True), (", resize: null", False)])
def test_in_a_suite_images_are_shown_at_their_own_size(root, tmp_path, line, own_size):
    (tmp_path / "my.yaml").write_text(
        f"suite: my\nclasses: [n02121620, dog, gear]\ndatasets:\n  c: {{format: imagenet_c, path: c{line}}}\n",
        encoding="utf-8",
    )
    assert load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("c").own_size is own_size


def test_a_cell_that_is_a_copy_of_another_is_no_cell(root):
    shutil.rmtree(root / "fog" / "5")
    shutil.copytree(root / "fog" / "1", root / "fog" / "5")
    assert f"fog/1 and fog/5 in {root} have 6 images in common, and should have none" in complaint(root)


def test_half_a_cell_is_enough_and_a_single_image_is_only_remarked(root):
    for name in ("dog/0.png", "dog/1.png", "gear/0.png"):
        shutil.copy2(root / "fog" / "1" / name, root / "fog" / "5" / name)
    assert "fog/1 and fog/5" in complaint(root)
    for seed, name in enumerate(("dog/1.png", "gear/0.png"), 90_000):
        picture(root / "fog" / "5" / name, seed=seed)
    [remark] = opened(root).manifest().remarks
    assert remark == "1 image more than once in one class, and counted as often: fog/1/dog/0.png = fog/5/dog/0.png"


def test_images_of_another_size_than_published_are_named(root):
    assert opened(root, size=(8, 8)).manifest().images == 450
    picture(root / "fog" / "5" / "dog" / "0.png", seed=9999, side=9)
    assert complaint(root, size=(8, 8)) == (
        f"{START}1 of 450 images are not 8x8 pixels as they should be: fog/5/dog/0.png is 9x9; were they resized? "
        "Numbers would be others"
    )


@pytest.mark.parametrize("kind", ["imagenet-3dcc", "imagenet-c-bar"])
def test_other_sets_of_corruptions(tmp_path, kind):
    """ImageNet-C-bar calls its severities by numbers of its own."""
    for place, name in enumerate(SETS[kind]):
        for severity in SEVERITIES:
            number = f"{1.5 * severity:.1f}" if kind == "imagenet-c-bar" else str(severity)
            folders(tmp_path / "c" / name / number, "dog", first=100 * (5 * place + severity))
    (tmp_path / "my.yaml").write_text(
        "suite: my\nclasses: [cat, dog, gear]\ndatasets:\n"
        f"  c: {{format: imagenet_c, path: c, corruptions: {kind}, classes: [dog]}}\n"
    )
    dataset = load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("c")
    assert len(dataset.ids) == len(SETS[kind]) * 10
    assert set(dataset.annotations["severity"].tolist()) == {1, 2, 3, 4, 5}
    shutil.rmtree(next((tmp_path / "c" / SETS[kind][0]).iterdir()))
    with pytest.raises(InputError, match=r"of \d+ folders CORRUPTION/SEVERITY are missing"):
        load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("c")


def test_litter_in_a_cell_is_counted_and_the_cells_stay_datasets_of_their_own(root):
    (root / "fog" / "3" / "notes.txt").write_text("seen")
    dataset = opened(root)
    assert len(dataset.pieces) == 75
    [beside] = dataset.manifest().left_out
    assert "notes.txt" in str(beside)


def test_a_damaged_image_is_named_as_one_of_all(root):
    (root / "fog" / "3" / "dog" / "0.png").write_bytes(b"")
    assert complaint(root).startswith(
        f"{START}1 of 450 images cannot be read, none may be: fog/3/dog/0.png (empty file)"
    )
    assert len(opened(root, tolerance=0.1).ids) == 449


def test_cells_that_somebody_vouches_for_are_not_looked_at(root, tmp_path):
    digest = opened(root).manifest().digest
    for cell in root.glob("*/*/"):
        vouch(cell, tmp_path / "other")
    shutil.rmtree(root / "fog" / "3" / "dog")
    dataset = opened(root)
    assert (dataset.manifest().digest, len(dataset.pieces)) == (digest, 75)
    assert "vouched for by .digests.parquet" in dataset.manifest().remarks[0]
    changed = dataset.pieces["fog/2"].ids[0]
    (root / "fog" / "2" / changed).write_bytes(b"another")
    for some, place in ((dataset.pieces["fog/2"], 0), (dataset, dataset.ids.index(f"fog/2/{changed}"))):
        with pytest.raises(InputError, match="is another file than the one"):
            some.load(place)
    (root / "snow" / "3" / ".digests.parquet").write_bytes((root / "snow" / "2" / ".digests.parquet").read_bytes())
    assert "snow/2 and snow/3" in complaint(root)


def test_the_digest_of_all_cells_is_that_of_one_dataset(root):
    """As it was before cells were datasets of their own: what is stored under it stays of use."""
    dataset = opened(root)
    columns = {name: dataset.annotations[name] for name in dataset.annotations}
    plain = open_files(declaration(), root, Table(tuple(dataset.ids), dataset.labels, columns), root.parent / "other")
    assert dataset.manifest().digest == plain.manifest().digest
    assert np.array_equal(dataset.manifest().codes, plain.manifest().codes)

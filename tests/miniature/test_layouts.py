"""Each dataset of the stand-in is laid out as its authors publish it, and read by the loader of that layout."""

import csv
import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from scipy.io import loadmat

from fixtures.miniature import imagenet_val
from fixtures.miniature.write import write_data
from fixtures.suite.loader import Suite, load_suite


@pytest.fixture(scope="module")
def suite(standin, tmp_path_factory) -> Suite:
    cache = tmp_path_factory.mktemp("cache")
    return load_suite(str(standin / "imagenet.yaml"), cache, data_root=standin / "data")


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_every_role_opens_with_as_many_images_as_declared(suite):
    found = {role: suite.dataset(role).manifest().images for role in suite.roles}
    assert found["val"] == found["v2"] == found["sketch"] == 1000
    assert found["c"] == 75 * 24
    assert len([role for role in found if role.startswith("probe_")]) == 2 * 19


def test_labels_are_those_that_were_drawn(suite):
    val, v2, hard = (suite.dataset(name) for name in ("val", "v2", "hard"))
    numbers = [int(Path(name).stem[-8:]) for name in val.ids]
    assert val.labels.tolist() == [imagenet_val.CLASSES[number - 1] for number in numbers]
    assert v2.labels.tolist() == [int(name.partition("/")[0]) for name in v2.ids]
    assert {len(cell.split()) for cell in hard.annotations["valid"].tolist()} == {2}


def test_photographs_have_room_along_their_longer_side(standin):
    assert size(next((standin / "data" / "imagenet" / "val").glob("*/*.JPEG"))) == (97, 73)
    assert size(next((standin / "data" / "imagenet-c" / "fog" / "3").glob("*/*.JPEG"))) == (64, 64)
    assert size(next((standin / "data" / "cue-conflict" / "airplane").glob("*.png"))) == (64, 64)


def test_folders_are_called_as_published(standin):
    data = standin / "data"
    assert {path.name for path in (data / "imagenetv2-matched-frequency-format-val").iterdir()} == {
        str(label) for label in range(1000)
    }
    for name, files in (("imagenet-a", 200), ("imagenet-r", 200), ("sketch", 1000)):
        assert len([path for path in (data / name).iterdir() if path.name.startswith("n")]) == files
    assert len(list((data / "PUG_ImageNet").glob("*/"))) >= 10


def test_probe_tasks_come_in_tar_shards_with_classes_by_number(standin):
    folder = standin / "data" / "vtab" / "clevr_count"
    assert (folder / "classnames.txt").read_text().split() == ["1", "2", "3", "4"]
    assert int((folder / "train" / "nshards.txt").read_text()) == 2
    with tarfile.open(folder / "train" / "0.tar") as tar:
        names = tar.getnames()
        answer = tar.extractfile("s0000001.cls").read()
        picture = Image.open(io.BytesIO(tar.extractfile("s0000001.webp").read()))
    assert names[:2] == ["s0000000.cls", "s0000000.webp"]
    assert answer == b"1"
    assert picture.format == "WEBP"


def test_hard_is_in_parquet_as_the_hub_has_it(standin):
    files = sorted((standin / "data" / "imagenet-hard" / "data").iterdir())
    assert [file.name for file in files] == [f"validation-{k:05d}-of-00002.parquet" for k in range(2)]
    notes = json.loads(pq.read_schema(files[0]).metadata[b"huggingface"])
    assert notes["info"]["features"]["image"] == {"_type": "Image"}


@pytest.fixture(scope="module")
def flat(tmp_path_factory) -> Path:
    data = tmp_path_factory.mktemp("flat")
    write_data(data, {"val": imagenet_val.write_flat})
    return data / "imagenet"


def test_the_flat_folder_has_every_published_file_of_labels_and_they_agree(flat):
    kit = flat / "ILSVRC2012_devkit_t12" / "data"
    synsets = loadmat(kit / "meta.mat", squeeze_me=True)["synsets"]
    wordnet = {int(row["ILSVRC2012_ID"]): str(row["WNID"]) for row in synsets if int(row["num_children"]) == 0}
    assert len(wordnet) == 1000 < len(synsets)
    truth = (kit / "ILSVRC2012_validation_ground_truth.txt").read_text().split()
    with (flat / "LOC_val_solution.csv").open(newline="") as stream:
        boxes = {row["ImageId"]: row["PredictionString"].split()[0] for row in csv.DictReader(stream)}
    caffe = dict(line.split() for line in (flat / "val.txt").read_text().splitlines())
    order = np.array(sorted(wordnet.values()))
    for number, text in enumerate(truth, 1):
        name = f"ILSVRC2012_val_{number:08d}"
        assert wordnet[int(text)] == boxes[name] == order[int(caffe[f"{name}.JPEG"])]


def test_the_flat_folder_is_read_as_the_folders_are(flat, suite, standin, tmp_path):
    other = load_suite(str(standin / "imagenet.yaml"), tmp_path, data_root=flat.parent)
    by_name = {Path(name).name: label for name, label in zip(*_pairs(suite.dataset("val")), strict=True)}
    assert dict(zip(*_pairs(other.dataset("val")), strict=True)) == by_name


def _pairs(dataset):
    return dataset.ids, dataset.labels.tolist()


def test_the_same_images_are_written_again(standin, tmp_path):
    write_data(tmp_path, {"real": imagenet_val.write_label_sets, "factors": imagenet_val.write_factors})
    for name in ("real.json", "imagenet_x/imagenet_x_val_top_factor.jsonl"):
        assert (tmp_path / name).read_bytes() == (standin / "data" / name).read_bytes()

"""Real photographs in every layout in which data is published: the same images, labels and numbers."""

import csv
import io
import json
import tarfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fixtures.inference.engine import Engine
from fixtures.models.load import load
from fixtures.models.spec import parse
from fixtures.suite import imagenet
from fixtures.suite.loader import load_suite
from fixtures.views import parse as view
from tests.conftest import REAL

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real, 250 photographs, is not on this machine")

SUITE = """\
suite: photos
classes: imagenet-1k
datasets:
  table: {format: csv, path: PHOTOS, labels: PHOTOS/labels.csv, images: 250}
  folders: {format: class_folders, path: folders, classes: present.txt, images: 250}
  shards: {format: webdataset, path: shards, images: 250}
  parquet: {format: parquet, path: photos.parquet, images: 250}
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """The photographs as a table, as folders called by WordNet id, as tar shards and inside a Parquet file."""
    root = tmp_path_factory.mktemp("photos")
    with (REAL / "photos" / "labels.csv").open(newline="") as file:
        rows = [(row["file_name"], int(row["label"])) for row in csv.DictReader(file)]
    wordnet = {index: name for name, index in imagenet.classes().aliases.items()}
    for name, label in rows:
        folder = root / "folders" / wordnet[label]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(REAL / "photos" / name)
    (root / "present.txt").write_text("\n".join(sorted({wordnet[label] for _, label in rows})))
    (root / "shards").mkdir()
    for number in range(2):
        with tarfile.open(root / "shards" / f"{number}.tar", "w") as archive:
            for name, label in rows[number::2]:
                stem, _, ending = name.rpartition(".")
                add(archive, f"{stem}.{ending}", (REAL / "photos" / name).read_bytes())
                add(archive, f"{stem}.cls", str(label).encode())
    (root / "shards" / "nshards.txt").write_text("2")
    images = [{"bytes": (REAL / "photos" / name).read_bytes(), "path": name} for name, _ in rows]
    names = [wordnet[k] for k in range(1000)]
    features = {"info": {"features": {"label": {"_type": "ClassLabel", "names": names}}}}
    table = pa.table({"image": images, "label": [label for _, label in rows]})
    pq.write_table(table.replace_schema_metadata({"huggingface": json.dumps(features)}), root / "photos.parquet")
    (root / "photos.yaml").write_text(SUITE.replace("PHOTOS", str(REAL / "photos")))
    return load_suite(str(root / "photos.yaml"), root / "cache")


def add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def by_name(dataset) -> dict[str, tuple[int, int]]:
    """The label of each photograph and its place, by its own name."""
    stems = [name.rpartition("/")[2].partition(".")[0] for name in dataset.ids]
    return {stem: (int(label), row) for row, (stem, label) in enumerate(zip(stems, dataset.labels, strict=True))}


@pytest.mark.parametrize("layout", ["folders", "shards", "parquet"])
def test_each_layout_holds_the_same_labels_and_pixels(suite, layout):
    plain, found = suite.dataset("table"), suite.dataset(layout)
    here, there = by_name(plain), by_name(found)
    assert {name: label for name, (label, _) in here.items()} == {name: label for name, (label, _) in there.items()}
    for name in list(here)[::25]:
        ours, theirs = plain.load(here[name][1]), found.load(there[name][1])
        assert np.array_equal(np.asarray(ours), np.asarray(theirs))


def test_folders_called_by_wordnet_id_give_the_stated_accuracy(suite):
    """The table is measured by ``examples/photos.yaml``; here what ``class_folders`` reads: 214 of 250."""
    dataset = suite.dataset("folders")
    weights = REAL / "weights" / "deit_tiny_patch16_224.pth"
    spec = parse(f"deit=timm:deit_tiny_patch16_224?checkpoint={weights}", {}, classes=suite.classes)
    found = [batch.values.argmax(1) for batch in Engine(load(spec, "cpu")).outputs(dataset, view("identity"))]
    assert (np.concatenate(found) == dataset.labels).mean() == pytest.approx(0.856)

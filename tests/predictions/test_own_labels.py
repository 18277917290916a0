"""A recording that says itself which classes its images have is not believed where the dataset says otherwise."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from fixtures.core.errors import InputError
from fixtures.datasets.dataset import ClassMapping
from fixtures.models.model import ModelSpec
from fixtures.models.recorded import in_pieces, recorded
from fixtures.predictions.own_labels import check_own_labels
from tests.predictions.fakes import noise

CLASSES = ("ant", "bee", "cat", "dog")
ALIASES = {"n01": 0, "n02": 1, "n03": 2, "n04": 3}
DATASET = replace(noise(images=20), classes=CLASSES, labels=np.arange(20) % 4)
LABELS = DATASET.labels
NAMES = np.array(CLASSES)[LABELS]
ORDER = np.random.default_rng(1).permutation(20)
LOGITS = np.random.default_rng(0).normal(size=(20, 4))
BEST = LOGITS.argmax(axis=1)


def columns(kind):
    if kind == "best":
        return {"predicted_class": BEST, "predicted_probability": np.full(20, 0.9)}
    if kind == "chosen":
        return {"object_response": np.array(CLASSES)[BEST]}
    return {f"logit_{k}": LOGITS[:, k] for k in range(4)}


def write(path, kind, **more):
    """The images in another order than the dataset's."""
    ids = np.array(DATASET.ids)[ORDER]
    if path.suffix == ".npz":
        np.savez(path, file_name=ids, logits=LOGITS[ORDER], **{name: values[ORDER] for name, values in more.items()})
        return
    chosen = {name: np.asarray(values)[ORDER] for name, values in (columns(kind) | more).items()}
    save = csv.write_csv if path.suffix == ".csv" else pq.write_table
    save(pa.table({"imagename" if kind == "chosen" else "file_name": ids, **chosen}), path)


def check(path, dataset=DATASET, **options):
    spec = ModelSpec("rec", "predictions", str(path), "", CLASSES, options, aliases=ALIASES)
    for read in (in_pieces, recorded):
        cell = SimpleNamespace(spec=spec, dataset=dataset, request="rec on val")
        check_own_labels(cell, read(spec, "val", dataset.ids))


FILES = [("a.csv", "logits"), ("a.csv", "best"), ("a.csv", "chosen"), ("a.parquet", "logits"), ("a.npz", "logits")]


@pytest.mark.parametrize(
    "more",
    [
        {"label": LABELS},
        {"target": LABELS.astype(np.int32)},
        {"label": LABELS.astype(float)},
        {"category": NAMES},
        {"true_label": np.array(sorted(ALIASES))[LABELS]},
        {"label": np.array(["Ameise", "Biene", "Katze", "Hund"])[LABELS]},
        {"label": np.where(LABELS == 0, np.nan, LABELS)},
        {"label": np.random.default_rng(2).random(20)},
        {"note": (LABELS + 1) % 4},
    ],
    ids=["numbers", "short numbers", "floats", "names", "aliases", "strangers", "some missing", "no classes", "a note"],
)
@pytest.mark.parametrize(("name", "kind"), FILES)
def test_labels_that_agree_or_are_none_pass(tmp_path, name, kind, more):
    write(tmp_path / name, kind, **more)
    check(tmp_path / name)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"label": (LABELS + 1) % 4}, r"column 'label' says 1 of image .*, which the dataset calls 'ant' \(20 of 20"),
        ({"label": LABELS + 1}, "counted from 1, not from 0"),
        ({"y_true": np.roll(LABELS, 1)}, "column 'y_true'"),
        ({"label": np.where(np.arange(20) == 7, 0, LABELS)}, r"which the dataset calls 'dog' \(1 of 20 images"),
        ({"label": np.where(np.arange(20) == 7, np.nan, np.roll(LABELS, 1))}, r"\(19 of 20 images disagree"),
        ({"label": np.where(np.arange(20) == 7, "", np.roll(NAMES, 1))}, r"\(19 of 20 images disagree"),
        ({"category": np.roll(NAMES, 1)}, "says 'dog' of image .* 'ant'"),
        ({"ground_truth": np.array(sorted(ALIASES))[np.roll(LABELS, 1)]}, "says 'n04' of image"),
        ({"label": np.array(["Ameise", "Biene", "Katze", "Hund"])[np.arange(20) // 5]}, "in another order"),
    ],
    ids=["next", "from 1", "rolled", "one", "one missing", "one name missing", "names", "aliases", "strangers"],
)
@pytest.mark.parametrize(("name", "kind"), FILES)
def test_labels_that_disagree_are_an_error(tmp_path, name, kind, more, why):
    write(tmp_path / name, kind, **more)
    with pytest.raises(InputError, match=why):
        check(tmp_path / name)


def test_what_repeats_the_prediction_is_no_label(tmp_path):
    for kind, said in (("logits", BEST), ("best", BEST), ("logits", np.array(CLASSES)[BEST])):
        write(tmp_path / "a.csv", kind, label=said)
        check(tmp_path / "a.csv")
    write(tmp_path / "a.csv", "chosen", label=np.array(CLASSES)[BEST])
    check(tmp_path / "a.csv")


@pytest.mark.parametrize("kind", ["subset", "groups"])
def test_either_numbering_will_do_where_classes_are_some_of_the_outputs(tmp_path, kind):
    two = replace(DATASET, classes=("x", "y"), labels=np.arange(20) % 2)
    mapping = ClassMapping("subset", (3, 1)) if kind == "subset" else ClassMapping("groups", groups=((3, 2), (1,)))
    two = replace(two, mapping=mapping)
    for label in (two.labels, np.array([3, 1])[two.labels], np.array(["x", "y"])[two.labels]):
        write(tmp_path / "a.csv", "logits", label=label)
        check(tmp_path / "a.csv", two)
    write(tmp_path / "a.csv", "logits", label=np.array([1, 3])[two.labels])
    with pytest.raises(InputError, match="column 'label' says 1 of image"):
        check(tmp_path / "a.csv", two)


@pytest.mark.parametrize("column", ["Label", "True Label", "y-true", "GT"])
@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.npz"])
def test_a_column_is_known_however_it_is_spelt(tmp_path, name, column):
    write(tmp_path / name, "logits", **{column: np.roll(LABELS, 1)})
    with pytest.raises(InputError, match=f"its column '{column}' says"):
        check(tmp_path / name)

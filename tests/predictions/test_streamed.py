"""Recorded outputs read piece by piece: the same rows and the same complaints as read whole, without the memory."""

import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.dataset import ClassMapping
from fixtures.models import recorded, streamed
from fixtures.models.model import ModelSpec
from fixtures.predictions.request import Request
from tests.predictions.fakes import Shelf, identity, noise, provider

IMAGES, CLASSES = 50, 7
SAID = np.random.default_rng(6).normal(size=(IMAGES + 5, CLASSES)).astype(np.float32)
NAMES = [*noise().ids, *(f"strange{k}.png" for k in range(5))]
SHUFFLED = np.random.default_rng(7).permutation(IMAGES + 5)


def npz(path, said, names, save=np.savez):
    save(path, logits=said, file_name=np.array(names))


def lists(path, said, names):
    flat = pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(said).reshape(-1)), said.shape[1])
    table = pa.table({"file_name": list(names), "logits": flat.cast(pa.list_(flat.type.value_type))})
    pq.write_table(table, path, row_group_size=11)


def columns(path, said, names):
    each = {f"logit_{k}": said[:, k] for k in reversed(range(said.shape[1]))}
    pq.write_table(pa.table({"id": list(names), **each}), path, row_group_size=11)


WRITERS = {
    "npz": npz,
    "compressed": lambda path, said, names: npz(path, said, names, np.savez_compressed),
    "lists": lists,
    "columns": columns,
}


def write(folder: Path, writer: str, said, names) -> Path:
    path = folder / f"said.{'parquet' if writer in ('lists', 'columns') else 'npz'}"
    WRITERS[writer](path, said, names)
    return path


class Reading(Shelf):
    """A shelf whose recordings are files."""

    def __init__(self, path: Path, read) -> None:
        super().__init__({"rec": identity("recorded", outputs=0)}, {"rec": None})
        self.path, self.read = path, read

    def recorded(self, spec, dataset):
        outputs = len(dataset.classes) if dataset.mapping.kind == "identity" else CLASSES
        spec = ModelSpec("rec", "predictions", str(self.path), "", tuple(f"class {k}" for k in range(outputs)))
        return self.read(spec, dataset.name, dataset.ids)


def said(folder: Path, path: Path, read, dataset=None):
    asked = provider(folder, Reading(path, read), dataset or noise())
    found = asked.get(Request("rec", (dataset or noise()).name))
    return found, asked.remarks


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    monkeypatch.setattr(streamed, "BYTES", 8 * CLASSES * 4)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("order", [np.arange(IMAGES + 5), SHUFFLED, np.arange(IMAGES)], ids=["in order", "not", "all"])
@pytest.mark.parametrize("writer", WRITERS)
def test_the_same_rows(tmp_path, writer, order, kind):
    path = write(tmp_path, writer, SAID.astype(kind)[order], np.array(NAMES)[order])
    assert streamed.stream(path, "noise", noise().ids, CLASSES) is not None
    for dataset in (noise(keep_probabilities=True), noise(mapping=ClassMapping("subset", (5, 1, 2)))):
        one, remarks = said(tmp_path / "a", path, recorded.in_pieces, dataset)
        other, same = said(tmp_path / "b", path, recorded.recorded, dataset)
        assert remarks == same
        assert np.array_equal(one.ids, other.ids)
        for name in ("labels", "top_classes", "top_probabilities", "label_log_probability", "squared_norm",
                     "log_sum_exp"):  # fmt: skip
            assert np.array_equal(getattr(one, name), getattr(other, name)), name
        assert (one.probabilities is None) == (other.probabilities is None)
        assert one.probabilities is None or np.array_equal(one.probabilities, other.probabilities)


def without(rows):
    return SAID[rows], np.array(NAMES)[rows]


def broken(value, *rows):
    values = SAID.copy()
    values[list(rows), 2] = value
    return values, NAMES


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (broken(np.nan, 13, 40), "NaN or infinite for 2 of 50 images, first folder/00013.png"),
        (broken(np.inf, 49), "NaN or infinite for 1 of 50 images, first folder/00049.png"),
        (without(np.arange(3, 55)), "has no prediction for 3 of the 50 images"),
        (without(np.append(np.arange(55), 7)), "has 1 image more than once, first folder/00007.png"),
        ((SAID[:, :5], NAMES), "has 5 outputs per image, the suite 7 classes"),
    ],
)
def test_the_same_complaints(tmp_path, writer, content, sentence):
    path = write(tmp_path, writer, *content)
    told = []
    for place, read in (("a", recorded.in_pieces), ("b", recorded.recorded)):
        with pytest.raises(InputError, match=sentence) as error:
            said(tmp_path / place, path, read)
        told.append(str(error.value))
    assert told[0] == told[1]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_file(tmp_path, writer, damage):
    path = write(tmp_path, writer, np.tile(SAID, (1, 1)), NAMES)
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    else:
        content[300] ^= 255
    path.write_bytes(content)
    told = []
    for place, read in (("a", recorded.in_pieces), ("b", recorded.recorded)):
        try:
            told.append(said(tmp_path / place, path, read)[0].top_classes.tolist())
        except InputError as error:
            told.append(str(error))
    assert told[0] == told[1]


def test_no_pickle_is_run(tmp_path):
    path = tmp_path / "said.npz"
    np.savez(path, logits=np.array([[object()]], dtype=object), file_name=np.array(["a"]))
    assert streamed.stream(path, "noise", ["a"], 1) is None
    with pytest.raises(InputError, match=r"no readable \.npz file of plain arrays"):
        said(tmp_path / "a", path, recorded.in_pieces)


@pytest.mark.parametrize("writer", WRITERS)
def test_it_is_never_held_at_once(tmp_path, writer, monkeypatch):
    images, classes = 3_000, 300
    monkeypatch.setattr(streamed, "BYTES", 8 * classes * 100)
    dataset = noise(images, outputs=classes)
    values = np.random.default_rng(1).normal(size=(images, classes)).astype(np.float32)
    values[np.arange(images), dataset.labels] += 3
    path = write(tmp_path, writer, values, dataset.ids)
    whole = values.nbytes  # 3.6 MB; as float64 twice as much
    peaks = {}
    for read in (recorded.in_pieces, recorded.recorded):
        tracemalloc.start()
        said(tmp_path / read.__name__, path, read, dataset)
        peaks[read.__name__] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks["recorded"] > 2 * whole
    assert peaks["in_pieces"] < 1.5 * whole

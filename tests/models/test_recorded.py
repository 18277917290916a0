"""Recordings in all formats say the same, and what is no prediction is refused."""

import csv
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fixtures.core.errors import InputError
from fixtures.models.model import ModelSpec
from fixtures.models.recorded import Recorded, covers, identity, recorded
from fixtures.models.recording_file import read_recording

Spec = Callable[..., ModelSpec]
IDS = tuple(f"{index:04d}.png" for index in range(6))
GENERATOR = np.random.default_rng(0)
LOGITS = GENERATOR.normal(size=(6, 3))
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(1, keepdims=True)
ORDER = [3, 1, 5, 0, 2, 4]


def table(kind: str) -> pd.DataFrame:
    """The recording in an order of its own."""
    columns: dict[str, object] = {"file_name": IDS}
    if kind == "best":
        columns |= {"predicted_class": PROBABILITIES.argmax(1), "predicted_probability": PROBABILITIES.max(1)}
    else:
        rows = LOGITS if kind == "logits" else PROBABILITIES
        singular = "logit" if kind == "logits" else "probability"
        columns |= {f"{singular}_{k}": rows[:, k] for k in range(3)}
    return pd.DataFrame(columns).iloc[ORDER]


def write(path: Path, frame: pd.DataFrame) -> None:
    _ = frame.to_csv(path, index=False) if path.suffix == ".csv" else frame.to_parquet(path)


def same(found: Recorded, kind: str) -> None:
    assert found.ids == IDS
    if kind == "best":
        assert found.rows is None
        assert found.predicted_class.tolist() == PROBABILITIES.argmax(1).tolist()
        assert np.allclose(found.predicted_probability, PROBABILITIES.max(1))
    else:
        assert found.kind == kind
        assert np.allclose(found.rows, LOGITS if kind == "logits" else PROBABILITIES)


@pytest.mark.parametrize("kind", ["best", "logits", "probabilities"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_tables(kind: str, suffix: str, spec: Spec, tmp_path: Path) -> None:
    write(tmp_path / f"rec{suffix}", table(kind))
    same(recorded(spec(f"predictions:rec{suffix}"), "val", IDS), kind)


@pytest.mark.parametrize("kind", ["logits", "probabilities"])
def test_list_columns(kind: str, spec: Spec, tmp_path: Path) -> None:
    rows = LOGITS if kind == "logits" else PROBABILITIES
    pq.write_table(pa.table({"id": IDS, kind: rows.tolist()}), tmp_path / "rec.parquet")
    same(recorded(spec("predictions:rec.parquet"), "val", IDS), kind)


@pytest.mark.parametrize("name", ["file_name", "ids", None])
def test_arrays(name: str | None, spec: Spec, tmp_path: Path) -> None:
    arrays = {"logits": LOGITS[ORDER], name: np.array(IDS)[ORDER]} if name else {"logits": LOGITS}
    np.savez(tmp_path / "rec.npz", **arrays)
    same(recorded(spec("predictions:rec.npz"), "val", IDS), "logits")


def test_columns_count_by_number_not_by_place(spec: Spec, tmp_path: Path) -> None:
    rows = np.arange(24.0).reshape(2, 12)
    frame = pd.DataFrame({"file_name": IDS[:2]} | {f"logit_{k}": rows[:, k] for k in sorted(range(12), key=str)})
    write(tmp_path / "rec.csv", frame)
    assert np.array_equal(recorded(spec("predictions:rec.csv", classes=()), "val", IDS[:2]).rows, rows)


def test_images_are_known_by_file_name_where_folders_differ(spec: Spec, tmp_path: Path) -> None:
    write(tmp_path / "rec.csv", table("best"))
    found = recorded(spec("predictions:rec.csv"), "val", [f"val/cats/{name}" for name in IDS])
    assert found.predicted_class.tolist() == PROBABILITIES.argmax(1).tolist()
    write(tmp_path / "rec.csv", table("best").assign(file_name=[f"elsewhere\\{IDS[row]}" for row in ORDER]))
    same(recorded(spec("predictions:rec.csv"), "val", IDS), "best")


def test_names_that_look_like_numbers_stay_names(spec: Spec, tmp_path: Path) -> None:
    (tmp_path / "rec.csv").write_text("file_name,predicted_class,predicted_probability\n007,1,0.5\nnull,0,0.5\n")
    assert recorded(spec("predictions:rec.csv"), "val", ["null", "007"]).predicted_class.tolist() == [0, 1]


def test_further_images_are_counted(spec: Spec, tmp_path: Path) -> None:
    write(tmp_path / "rec.csv", table("best"))
    found = recorded(spec("predictions:rec.csv"), "val", IDS[:4])
    assert found.extra == 2
    assert found.ids == IDS[:4]


def test_a_folder_holds_one_recording_per_dataset(spec: Spec, tmp_path: Path) -> None:
    (tmp_path / "rec").mkdir()
    write(tmp_path / "rec" / "val.csv", table("best"))
    write(tmp_path / "rec" / "v2.parquet", table("logits"))
    read = spec("predictions:rec")
    same(recorded(read, "val", IDS), "best")
    same(recorded(read, "v2", IDS), "logits")
    assert [covers(read, name) for name in ("val", "v2", "a")] == [True, True, False]
    with pytest.raises(InputError, match=r"rec must hold one of a\{.csv,.parquet,.npz\}; it holds v2.parquet, val.csv"):
        recorded(read, "a", IDS)
    write(tmp_path / "rec" / "val.parquet", table("best"))
    with pytest.raises(InputError, match="must hold one of val"):
        recorded(read, "val", IDS)


def test_a_file_can_say_what_it_is_about(spec: Spec, tmp_path: Path) -> None:
    write(tmp_path / "rec.csv", table("best"))
    read = spec("predictions:rec.csv?datasets=val,v2")
    assert [covers(read, name) for name in ("val", "v2", "a")] == [True, True, False]
    assert covers(spec("predictions:rec.csv"), "a")
    with pytest.raises(InputError, match=r"rec\.csv was recorded on val, v2, not on a"):
        recorded(read, "a", IDS)


def test_the_content_is_the_identity(spec: Spec, tmp_path: Path) -> None:
    write(tmp_path / "rec.csv", table("best"))
    write(tmp_path / "same.csv", table("best"))
    write(tmp_path / "other.csv", table("logits"))
    found = [identity(spec(f"predictions:{name}.csv"), tmp_path / "cache") for name in ("rec", "same", "other")]
    assert found[0].fingerprint == found[1].fingerprint != found[2].fingerprint
    assert (found[0].preprocessing, found[0].outputs) == ("recorded", 3)
    assert found[0].facts["recording"] == "rec.csv"


def test_published_decisions(spec: Spec, tmp_path: Path) -> None:
    """The layout of Geirhos et al.: of everything in it, the image and the class that was chosen."""
    (tmp_path / "rec.csv").write_text(
        "subj,session,trial,rt,object_response,category,condition,imagename\n"
        "one,1,1,NaN,bear,cat,NaN,cat1-bear2.png\none,1,2,NaN,na,cat,NaN,cat1-dog3.png\n"
    )
    found = recorded(spec("predictions:rec.csv"), "cue_conflict", ("cat/cat1-dog3.png", "cat/cat1-bear2.png"))
    assert found.responses is not None
    assert found.responses.tolist() == ["na", "bear"]
    assert found.rows is found.predicted_class is found.predicted_probability is None


BEST = "file_name,predicted_class,predicted_probability\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot be read (Empty CSV file)"),
        ("a,b\n1\n", "cannot be read (CSV parse error"),
        (
            "image;predicted_class\na;1\n",
            "has no column file_name but image;predicted_class; expected file_name, predicted_class",
        ),
        ("file_name,score\na,1\n", "has no column predicted_class but file_name, score; expected file_name"),
        ("file_name,predicted_class\na,1\n", "has no column predicted_probability but file_name, predicted_class;"),
        (
            "imagename,object_response\na,\nb,bear\n",
            "column object_response must hold the name of a class in every row",
        ),
        (BEST + "a,1,0.5\n", "has no prediction for 1 of the 2 images of val (b); it is about 1 images, such as a"),
        (BEST, "holds no rows"),
        (BEST + "a,1,0.5\nb,1,0.5\na,1,0.4\n", "has 1 image more than once, first a"),
        (
            BEST + "a,tench,0.5\nb,tench,0.5\n",
            "column predicted_class holds text (tench); write the index of the class, counted",
        ),
        (BEST + f"a,{'9' * 400},0.5\nb,1,0.5\n", "column predicted_class must hold whole numbers, not inf"),
        (BEST + "a,1e17,0.5\nb,1,0.5\n", "column predicted_class must hold whole numbers, not 1e+17"),
        (BEST + "a,1.5,0.5\nb,1,0.5\n", "column predicted_class must hold whole numbers, not 1.5"),
        (BEST + "a,3,0.5\nb,1,0.5\n", "predicted_class 3, the suite has classes 0 to 2, for a and 0 other images"),
        (BEST + "a,-1,0.5\nb,-1,0.5\n", "predicted_class -1, the suite has classes 0 to 2, for a and 1 other images"),
        (BEST + "a,1,1.5\nb,1,0.5\n", "predicted_probability 1.5, which is not in [0, 1], for a"),
        (BEST + "a,1,nan\nb,1,0.5\n", "column predicted_probability is empty in 1 of 2 rows"),
        (BEST + "a,1,\nb,1,0.5\n", "column predicted_probability is empty in 1 of 2 rows"),
        (BEST + "a,,0.5\nb,1,0.5\n", "column predicted_class is empty in 1 of 2 rows"),
        (BEST + "a,1,high\nb,1,low\n", "column predicted_probability must hold numbers, not high (string)"),
        ("file_name,logit_0,logit_2\na,1,2\nb,1,2\n", "has 2 columns logit_..., but no logit_1"),
        ("file_name,logit_0,logit_1\na,1,2\nb,1,2\n", "has 2 outputs per image, the suite 3 classes"),
        (
            "file_name,logit_0,logit_1,logit_2\na,1,2,3\nb,1,2,inf\n",
            "logits that are NaN or infinite for 1 of 2 images, first b",
        ),
        (
            "file_name,probability_0,probability_1,probability_2\na,1,2,-2\nb,1,0,0\n",
            "probabilities outside [0, 1] for 1 of 2 images, first a",
        ),
        (
            "file_name,probability_0,probability_1,probability_2\na,1,0,0\nb,1,0.5,0\n",
            "probabilities that do not sum to 1 for 1 of 2 images, first b",
        ),
    ],
)
def test_what_is_no_recording(content: str, message: str, spec: Spec, tmp_path: Path) -> None:
    (tmp_path / "rec.csv").write_text(content)
    with pytest.raises(InputError) as caught:
        recorded(spec("predictions:rec.csv"), "val", ["a", "b"])
    assert str(caught.value).startswith(f"{tmp_path / 'rec.csv'}: ")
    assert message in str(caught.value)


class Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.mkdir, (self.path,)


def test_arrays_that_are_no_recording(spec: Spec, tmp_path: Path) -> None:
    path, trace = tmp_path / "rec.npz", tmp_path / "it-ran"

    def refused(message: str, **arrays: object) -> None:
        if arrays:
            np.savez(path, **arrays)
        with pytest.raises(InputError, match=message):
            recorded(spec("predictions:rec.npz"), "val", IDS)

    refused("has the arrays scores; expected file_name", scores=LOGITS)
    refused(r"logits is float64 of shape \(6,\); expected floats", logits=LOGITS[:, 0])
    refused("logits is int64 of shape", logits=LOGITS.astype(int))
    refused("holds no rows", logits=LOGITS[:0])
    refused("has 5 of ids for 6 rows of logits", logits=LOGITS, ids=np.array(IDS[:5]))
    refused("has 5 rows without ids, the dataset val 6 images; add the column file_name", logits=LOGITS[:5])
    refused("is no readable .npz file of plain arrays", logits=np.array([Evil(trace)], dtype=object))
    path.write_bytes(pickle.dumps(Evil(trace)))
    refused("is no readable .npz file of plain arrays")
    np.savez(path, logits=LOGITS)
    path.write_bytes(path.read_bytes()[:200])
    refused("is no readable .npz file of plain arrays")
    assert not trace.exists()


def test_tables_that_are_no_recording(spec: Spec, tmp_path: Path) -> None:
    path = tmp_path / "rec.parquet"
    path.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(InputError, match=r"rec\.parquet: cannot be read"):
        recorded(spec("predictions:rec.parquet"), "val", IDS)
    for rows in ([[1.0, 2.0], [1.0]], [[1.0, None], [1.0, 2.0]], [["a", "b"], ["c", "d"]], [1.0, 2.0]):
        pq.write_table(pa.table({"file_name": IDS[:2], "logits": rows}), path)
        with pytest.raises(
            InputError, match="column logits must hold lists of floats, one per class, all of one length"
        ):
            recorded(spec("predictions:rec.parquet"), "val", IDS[:2])
    path.unlink()
    read = ModelSpec("m", "predictions", "rec.parquet", "", (), folder=tmp_path)
    with pytest.raises(InputError, match="there is no such file of recorded predictions"):
        recorded(read, "val", IDS)


def test_file_names_are_joined_only_where_they_are_unique(spec: Spec, tmp_path: Path) -> None:
    (tmp_path / "rec.csv").write_text(BEST + "cat/1.png,1,0.5\ndog/1.png,1,0.5\n")
    with pytest.raises(InputError, match="has no prediction for 1 of the 1 images of val"):
        recorded(spec("predictions:rec.csv"), "val", ["1.png"])


def test_real_recordings_of_imagenet(real: Path, spec: Spec) -> None:
    with (real / "imagenet_val_predictions" / "labels.csv").open() as file:
        rows = list(csv.DictReader(file))
    labels = np.array([int(row["label"]) for row in rows])
    ids = [f"val/{row['file_name']}" for row in rows]
    for name, accuracy in (("ViT", 0.78006), ("ResNet50", 0.76130)):
        read = spec(f"predictions:{real}/imagenet_val_predictions/{name}.csv", classes=[str(k) for k in range(1000)])
        found = recorded(read, "val", ids)
        assert round(float((found.predicted_class == labels).mean()), 5) == accuracy


def test_a_recording_whose_header_is_no_text_is_told(tmp_path):
    (tmp_path / "rec.csv").write_bytes(b"\x89PNG,b\n1,2\n")
    with pytest.raises(InputError, match=r"rec\.csv: its text is not UTF-8"):
        read_recording(tmp_path / "rec.csv")

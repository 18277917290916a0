"""Recordings as people write them: without names, with bytes, damaged, larger than they are."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fixtures.core.errors import InputError
from fixtures.models.model import ModelSpec
from fixtures.models.recorded import in_pieces, recorded

Spec = Callable[..., ModelSpec]
IDS = ("a.png", "b.png", "c.png", "d.png")
LOGITS = np.arange(12.0).reshape(4, 3) ** 1.5
FRAME = pd.DataFrame({f"logit_{k}": LOGITS[:, k] for k in range(3)})


def write(frame: pd.DataFrame, path: Path) -> None:
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("further", [{}, {"index": range(4)}, {"label": [2, 0, 1, 1]}])
def test_rows_without_names_go_by_order(suffix: str, further: dict, spec: Spec, tmp_path: Path) -> None:
    write(FRAME.assign(**further), tmp_path / f"rec{suffix}")
    for read in (recorded, in_pieces):
        found = read(spec(f"r=predictions:rec{suffix}"), "val", IDS)
        assert found.in_order
        whole = found if found.whole is None else found.whole()
        assert np.allclose(whole.rows, LOGITS)
    with pytest.raises(InputError, match="has 4 rows without ids, the dataset val 3 images"):
        recorded(spec(f"r=predictions:rec{suffix}"), "val", IDS[:3])


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize(
    ("further", "message"),
    [
        ({"index": [1, 0, 3, 2]}, "'index' does not count up"),
        (
            {"picture": IDS[::-1]},
            "has no column file_name but logit_0, logit_1, logit_2, picture; .* rename what",
        ),
    ],
)
def test_rows_that_may_stand_in_another_order_do_not(
    suffix: str, further: dict, message: str, spec: Spec, tmp_path: Path
) -> None:
    write(FRAME.assign(**further), tmp_path / f"rec{suffix}")
    for read in (recorded, in_pieces):
        with pytest.raises(InputError, match=message):
            read(spec(f"r=predictions:rec{suffix}"), "val", IDS)


@pytest.mark.parametrize("name", ["filename", "image_path", "path"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_common_names_of_the_column_are_known(name: str, suffix: str, spec: Spec, tmp_path: Path) -> None:
    write(FRAME[::-1].assign(**{name: IDS[::-1]}), tmp_path / f"rec{suffix}")
    assert np.allclose(recorded(spec(f"r=predictions:rec{suffix}"), "val", IDS).rows, LOGITS)


def test_arrays_with_names_under_another_word_do_not_go_by_order(spec: Spec, tmp_path: Path) -> None:
    np.savez(tmp_path / "rec.npz", logits=LOGITS[::-1], pictures=np.array(IDS[::-1]))
    for read in (recorded, in_pieces):
        with pytest.raises(InputError, match="rename what names"):
            read(spec("r=predictions:rec.npz"), "val", IDS)


@pytest.mark.parametrize("kind", [">f4", "<f2", ">f8"])
def test_arrays_of_any_byte_order(kind: str, spec: Spec, tmp_path: Path) -> None:
    np.savez(tmp_path / "rec.npz", logits=LOGITS.astype(kind), file_name=np.array([name.encode() for name in IDS]))
    found = recorded(spec("r=predictions:rec.npz"), "val", IDS)
    assert np.allclose(found.rows, LOGITS, rtol=1e-3)
    pieces = in_pieces(spec("r=predictions:rec.npz"), "val", IDS)
    assert np.allclose(np.concatenate([rows for _, rows in pieces.stream.rows()]), LOGITS, rtol=1e-3)


def test_objects_are_not_read(spec: Spec, tmp_path: Path) -> None:
    np.savez(tmp_path / "rec.npz", logits=np.array(LOGITS.tolist(), dtype=object), file_name=np.array(IDS))
    with pytest.raises(InputError, match=r"is no readable .npz file of plain arrays"):
        recorded(spec("r=predictions:rec.npz"), "val", IDS)


def test_an_array_larger_than_its_file_is_refused(spec: Spec, tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (1 << 40, 3)})
    with zipfile.ZipFile(tmp_path / "rec.npz", "w") as archive:
        archive.writestr("logits.npy", header.getvalue() + b"\0" * 24)
    for read in (recorded, in_pieces):
        with pytest.raises(InputError, match=r"has 24 bytes for 3,298,534,883,328 values|rows without ids"):
            read(spec("r=predictions:rec.npz"), "val", IDS)


@pytest.mark.parametrize("compressed", [False, True])
def test_damaged_arrays_end_in_one_sentence(compressed: bool, spec: Spec, tmp_path: Path) -> None:
    save = np.savez_compressed if compressed else np.savez
    save(tmp_path / "whole.npz", logits=LOGITS, file_name=np.array(IDS))
    whole = (tmp_path / "whole.npz").read_bytes()
    generator = np.random.default_rng(5)
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[generator.integers(len(whole))] ^= 1 << generator.integers(8)
        (tmp_path / "rec.npz").write_bytes(damaged)
        try:
            found = recorded(spec("r=predictions:rec.npz"), "val", IDS)
        except InputError as error:
            refused += 1
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert np.array_equal(found.rows, LOGITS)
    assert refused > 75


def test_two_columns_of_one_name_are_refused(spec: Spec, tmp_path: Path) -> None:
    (tmp_path / "rec.csv").write_text("file_name,logit_0,logit_0,logit_1\na.png,1,2,3\n")
    with pytest.raises(InputError, match="columns stand there more than once, first 'logit_0'"):
        recorded(spec("r=predictions:rec.csv"), "val", IDS[:1])


def test_a_column_of_pictures_is_no_column_of_names(spec: Spec, tmp_path: Path) -> None:
    pictures = [{"bytes": b"abc", "path": name} for name in IDS]
    write(FRAME.assign(image=pictures, filename=IDS)[::-1], tmp_path / "rec.parquet")
    assert np.allclose(recorded(spec("r=predictions:rec.parquet"), "val", IDS).rows, LOGITS)


def test_a_transposed_array_is_told(spec: Spec, tmp_path: Path) -> None:
    np.savez(tmp_path / "rec.npz", logits=LOGITS.T)
    with pytest.raises(InputError, match=r"has 4 outputs per image, the suite 3 classes; is the array transposed\?"):
        recorded(spec("r=predictions:rec.npz"), "val", IDS[:3])

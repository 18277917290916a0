"""What holds a table, arrays or weights is read whole or not at all: nothing before its beginning or behind its end."""

import io
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from fixtures.core.containers import NotOne, check_archive, check_parquet
from fixtures.core.errors import InputError
from fixtures.datasets.parquet_bounds import check_bounds
from fixtures.datasets.texts import Unusable
from fixtures.models.checkpoint_file import content_of
from fixtures.models.recording_file import read_recording
from fixtures.models.streamed import stream

IDS = [f"{k}.png" for k in range(6)]


def table(rows=slice(None), **how) -> bytes:
    """Recorded logits of some of six images."""
    buffer = io.BytesIO()
    names = IDS[rows]
    columns = {f"logit_{k}": np.arange(len(names), dtype=float) + k for k in range(3)}
    pq.write_table(pa.table({"file_name": names, **columns}), buffer, **how)
    return buffer.getvalue()


def arrays(rows=slice(None)) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, ids=np.array(IDS[rows]), logits=np.ones((len(IDS[rows]), 3), np.float32))
    return buffer.getvalue()


def weights(old: bool = False) -> bytes:
    buffer = io.BytesIO()
    torch.save({"w": torch.ones(3)}, buffer, _use_new_zipfile_serialization=not old)
    return buffer.getvalue()


HALF, REST = slice(0, 3), slice(3, None)
JOINED = {
    "two": table(HALF) + table(REST),
    "a larger one behind": table(slice(1)) + table(),
    "with indexes of pages": table(HALF, write_page_index=True) + table(REST, write_page_index=True),
    "a line between": table(HALF) + b"\n" + table(REST),
    "no rows behind": table() + table(slice(0)),
    "something before": b"junk" + table(),
}


@pytest.mark.parametrize("how", [{}, {"write_page_index": True}, {"compression": "none", "row_group_size": 2}])
@pytest.mark.parametrize("rows", [slice(None), slice(0)])
def test_a_sound_table_passes(tmp_path, how, rows):
    (tmp_path / "a.parquet").write_bytes(table(rows, **how))
    check_parquet(tmp_path / "a.parquet")


def test_a_sound_table_that_speaks_of_tables_passes(tmp_path):
    pq.write_table(pa.table({"PAR1": ["PAR1PAR1"] * 3}), tmp_path / "a.parquet", write_page_index=True)
    check_parquet(tmp_path / "a.parquet")


@pytest.mark.parametrize("content", JOINED.values(), ids=JOINED)
def test_tables_that_were_joined_are_no_table(tmp_path, content):
    path = tmp_path / "recorded.parquet"
    path.write_bytes(content)
    with pytest.raises(NotOne):
        check_parquet(path)
    with pytest.raises(Unusable, match=r"joined|before its beginning"):
        check_bounds(path)
    with pytest.raises(InputError, match=r"recorded\.parquet: cannot be read \((it is several|something else)"):
        read_recording(path)
    assert stream(path, "val", IDS[REST], None) is None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (arrays(HALF) + arrays(REST), "another file stands before"),
        (arrays() + b"\0", "1 bytes follow"),
        (b"x" + arrays(), "another file stands before"),
    ],
)
def test_arrays_that_were_joined_are_no_arrays(tmp_path, content, why):
    path = tmp_path / "recorded.npz"
    path.write_bytes(arrays())
    assert len(read_recording(path).ids) == 6
    path.write_bytes(content)
    with pytest.raises(InputError, match=why):
        read_recording(path)
    assert stream(path, "val", IDS[REST], None) is None


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_array_that_stands_twice_is_none(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for value in (b"1", b"2"):
            archive.writestr("logits.npy", value)
    with pytest.raises(NotOne, match=r"holds 'logits\.npy' more than once"):
        check_archive(tmp_path / "a.npz")


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("behind", [b"\n", b"another"])
def test_checkpoints_that_were_joined_are_no_checkpoint(tmp_path, old, behind):
    path = tmp_path / "weights.pth"
    path.write_bytes(weights(old))
    assert list(content_of(path)) == ["w"]
    path.write_bytes(weights(old) + (weights(old) if behind == b"another" else behind))
    with pytest.raises(InputError, match=r"weights\.pth: is no single checkpoint: "):
        content_of(path)


@pytest.mark.parametrize("bit", [1, 128])
def test_a_weight_that_a_disk_has_altered_is_no_weight(tmp_path, bit):
    """torch reads it without a word, whatever its checksum says."""
    path = tmp_path / "weights.pth"
    path.write_bytes(weights(old=False))
    with zipfile.ZipFile(path) as archive:
        name = next(one for one in archive.namelist() if one.endswith("data/0"))
        record, content = archive.read(name), bytearray(path.read_bytes())
    content[content.index(record)] ^= bit
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"weights\.pth: is damaged: its record '\w+/data/0' was altered"):
        content_of(path)


def test_an_archive_without_checksums_says_nothing_of_its_records(tmp_path):
    content = bytearray(weights(old=False))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            at = content.index(b"PK\1\2", archive.start_dir)
            content[at : at + 4] = b"PK\1!"  # seen
            content[at + 16 : at + 20] = (member.CRC ^ 1).to_bytes(4, "little")
    path = tmp_path / "weights.pth"
    path.write_bytes(content.replace(b"PK\1!", b"PK\1\2"))
    assert list(content_of(path)) == ["w"]

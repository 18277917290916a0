"""Every kind of record: whatever happened to its file, the value is right, it is remarked once and healed at once."""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fixtures.core import remarks
from fixtures.core.arrays import load_or_make
from fixtures.core.records import json_record, kept_or_made
from fixtures.datasets.images import contents, inventory
from fixtures.models import fingerprint, zero_shot_cache
from fixtures.plugin.search_memory import Searching
from fixtures.predictions.refusals import Refusals


class Kind:
    """``value(name)``: what is kept of ``name``, or made; ``made``: of whom it was made."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch
        self.made: list[str] = []


class Plain(Kind):
    def value(self, name: str) -> Any:
        def make() -> list[str]:
            self.made.append(name)
            return [name, "value"]

        return kept_or_made(json_record(self.folder / f"{name}.json", "kind 1", {"name": name}), make)


class Classifier(Kind):
    def value(self, name: str) -> Any:
        def make() -> torch.Tensor:
            self.made.append(name)
            return torch.arange(6.0).reshape(2, 3) + ord(name[0])

        return zero_shot_cache.classifier(self.folder, f"{name:0<64}", (None, 3), make).tolist()


class Array(Kind):
    def value(self, name: str) -> Any:
        def make() -> np.ndarray:
            self.made.append(name)
            return np.full((3, 4), ord(name[0]), dtype=np.uint8)

        return load_or_make(self.folder, name, make).tolist()


class Inventory(Kind):
    def value(self, name: str) -> Any:
        self.monkeypatch.setattr(inventory, "SETTLED", -(10**18))
        shard = self.folder.parent / f"{name}.tar"
        if not shard.exists():
            shard.write_bytes(name.encode())

        def take(path: Path) -> dict[str, Any]:
            self.made.append(name)
            return {"labels": [name, 1, 2]}

        return inventory.inventory(shard, "tar", self.folder, take)


class Manifest(Kind):
    def value(self, name: str) -> Any:
        self.monkeypatch.setattr(contents, "SETTLED", -(10**18))
        root = self.folder.parent / name
        root.mkdir(exist_ok=True)
        if not (root / "0.png").exists():
            (root / "0.png").write_bytes(name.encode())
        plain = contents._hash

        def hashing(where: Path, ids: Any) -> Any:
            self.made += [name] * bool(ids)
            return plain(where, ids)

        with self.monkeypatch.context() as patched:
            patched.setattr(contents, "_hash", hashing)
            return list(contents.contents(root, ["0.png"], self.folder))


class FileDigest(Kind):
    def value(self, name: str) -> Any:
        self.monkeypatch.setattr(fingerprint, "SETTLED", -(10**9))
        file = self.folder.parent / f"{name}.bin"
        if not file.exists():
            file.write_bytes(name.encode())
        plain = fingerprint._hashed

        def hashing(path: Path) -> str:
            self.made.append(name)
            return plain(path)

        with self.monkeypatch.context() as patched:
            patched.setattr(fingerprint, "_hashed", hashing)
            return fingerprint.digest_file(file, self.folder)


class Refusal(Kind):
    def value(self, name: str) -> Any:
        refusals = Refusals(self.folder)
        if refusals.recall(name) is None:
            self.made.append(name)
            refusals.remember(name, f"{name} is too small")
        return refusals.recall(name)


class Search(Kind):
    def value(self, name: str) -> Any:
        searching = Searching("dev", self.folder, name, "val")
        if not searching.recall():
            self.made.append(name)
            searching.keep({f"view of {name}": True})
        return searching.recall()


KINDS = (Plain, Classifier, Array, Inventory, Manifest, FileDigest, Refusal, Search)


@dataclass(frozen=True)
class Pair:
    """Two records of a kind, ``alpha`` and ``beta``; ``files``: those of alpha, and beta's in the same order."""

    kind: Kind
    right: Any
    files: list[tuple[Path, Path]]


def kept(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if path.suffix in {".json", ".npy", ".parquet", ".safetensors"}]
    return sorted(path for path in found if path.parent.name != "damaged")


@pytest.fixture(params=KINDS, ids=[kind.__name__ for kind in KINDS])
def pair(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
    kind = request.param(tmp_path / "kept", monkeypatch)
    right = kind.value("alpha")
    first = kept(kind.folder)
    kind.value("beta")
    second = [path for path in kept(kind.folder) if path not in first]
    assert kind.made == ["alpha", "beta"]
    assert kind.value("alpha") == right
    assert kind.made == ["alpha", "beta"], "it is not kept"
    return Pair(kind, right, list(zip(first, second, strict=True)))


def healed(pair: Pair, what: str) -> None:
    """The value is right and made again, with one remark; the next time there is nothing to say or to make."""
    pair.kind.made.clear()
    assert pair.kind.value("alpha") == pair.right, what
    assert pair.kind.made == ["alpha"], what
    said = remarks.take()
    assert len(said) == 1, (what, said)
    assert "made again" in said[0]
    assert pair.kind.value("alpha") == pair.right
    assert pair.kind.made == ["alpha"], what
    assert not remarks.take()


def test_any_changed_byte_is_seen(pair: Pair):
    for file, _ in pair.files:
        whole = file.read_bytes()
        places = {*range(0, len(whole), max(1, len(whole) // 25)), len(whole) - 1}
        for place in sorted(places):
            changed = bytearray(whole)
            changed[place] ^= 1 << place % 8
            file.write_bytes(changed)
            healed(pair, f"byte {place} of {file.name}")


def test_cut_emptied_or_something_else(pair: Pair):
    for file, neighbour in pair.files:
        whole = file.read_bytes()
        for content in (b"", whole[:1], whole[: len(whole) // 2], whole[:-1], whole + b" ", b"\0" * len(whole), b"{}"):
            file.write_bytes(content)
            healed(pair, f"{content[:20]!r}")
        file.write_bytes(neighbour.read_bytes())
        healed(pair, "the neighbour's")


def test_a_neighbours_record_with_all_its_files(pair: Pair):
    for file, neighbour in pair.files:
        file.write_bytes(neighbour.read_bytes())
    healed(pair, "the neighbour's")


def to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def to_zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


def test_a_folder_a_pipe_or_a_link_in_its_place(pair: Pair):
    for file, _ in pair.files:
        for put in (Path.mkdir, os.mkfifo, to_itself, to_zeros):
            file.unlink()
            put(file)
            healed(pair, f"{put} {file.name}")
            assert file.is_file()
            assert not file.is_symlink()


def test_what_is_of_no_use_is_kept_aside(pair: Pair):
    file = pair.files[0][0]
    for content in (b"one", b"two"):
        file.write_bytes(content)
        healed(pair, "")
    assert {b"one", b"two"} <= {path.read_bytes() for path in (file.parent / "damaged").iterdir()}


@pytest.mark.parametrize("kind", [Plain, Classifier, Array, Refusal, Search])
def test_a_disk_that_cannot_be_written_costs_time_only(kind, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("a file, where a folder should be")
    kept = kind(tmp_path / "file" / "below", monkeypatch)
    kept.value("alpha")
    assert kept.made == ["alpha"]
    assert ["nothing can be kept there" in line for line in remarks.take()] == [True]


def test_a_file_where_a_folder_should_be_is_put_aside(tmp_path):
    (tmp_path / "kept").write_text("mine")
    record = json_record(tmp_path / "kept" / "one.json", "kind", "one")
    assert kept_or_made(record, lambda: 1) == record.read() == 1
    assert (tmp_path / "damaged" / "kept").read_text() == "mine"
    [remark] = remarks.take()
    assert remark == f"{tmp_path / 'kept'} was no folder; it is kept in {tmp_path / 'damaged'}"


def test_a_wrong_digit_of_what_was_kept_is_made_again_and_not_asked_about_for_ever(tmp_path):
    record = json_record(tmp_path / "identity.json", "identity", "key")
    record.write({"fingerprint": "12ab"})
    record.path.write_text(record.path.read_text().replace("12ab", "12ac"))
    assert kept_or_made(record, lambda: {"fingerprint": "12ab"}) == {"fingerprint": "12ab"}
    assert record.read() == {"fingerprint": "12ab"}


def test_several_at_once_make_it_once_and_see_it_whole(tmp_path):
    made = []

    def one(_: int) -> Any:
        def make() -> str:
            made.append(threading.get_ident())
            return "x" * 100_000

        return kept_or_made(json_record(tmp_path / "one.json", "kind", "one"), make)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(40))) == {"x" * 100_000}
    assert len(made) == 1
    assert not list(tmp_path.glob("*.draft"))


def test_it_can_still_be_read_by_whoever_reads_json(tmp_path):
    json_record(tmp_path / "one.json", "kind 3", [1, "é"]).write({"a": None})
    found = json.loads((tmp_path / "one.json").read_text())
    assert (found["kind"], found["about"], found["content"]) == ("kind 3", [1, "é"], {"a": None})


def test_another_kind_or_version_is_not_believed(tmp_path):
    path = tmp_path / "one.json"
    json_record(path, "kind 1", "one").write(1)
    assert json_record(path, "kind 2", "one").read() is None
    assert json_record(path, "kind 1", "two").read() is None
    assert json_record(path, "kind 1", "one").read() == 1


def test_a_failed_write_leaves_the_old_record_and_no_draft(tmp_path):
    record = json_record(tmp_path / "one.json", "kind", "one")
    record.write("old")
    with pytest.raises(TypeError):
        record.write(object())
    assert record.read() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["one.json"]

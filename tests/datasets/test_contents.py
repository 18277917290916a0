"""Hashes of files: from the cache while nothing changed, made again when anything did; damage is found and counted."""

import json
import os
import shutil
import threading
import time
from hashlib import sha256

import numpy as np
import pyarrow.parquet as pq
import pytest

from fixtures.core.errors import InputError
from fixtures.datasets import manifest
from fixtures.datasets.formats.class_folders import open_class_folders
from fixtures.datasets.images import contents
from fixtures.datasets.images.decoding import UnreadableImage
from fixtures.suite.vouch import main as vouching
from fixtures.suite.vouch import vouch
from tests.datasets.pictures import age, declaration, folders, picture

NAMES = ("cat/0.png", "cat/1.png", "dog/0.png", "dog/1.png")


@pytest.fixture
def root(tmp_path):
    return folders(tmp_path / "data", "cat", "dog")


@pytest.fixture
def settled(monkeypatch):
    """Files of this moment count as settled."""
    monkeypatch.setattr(contents, "SETTLED", -(10**12))


@pytest.fixture
def hashed(monkeypatch):
    """The names of the files that were read."""
    names: list[str] = []
    plain = contents._hash

    def listening(root, ids):
        names.extend(ids)
        return plain(root, ids)

    monkeypatch.setattr(contents, "_hash", listening)
    return names


def looked_at(root, tmp_path):
    return list(contents.contents(root, NAMES, tmp_path / "cache"))


@pytest.mark.usefixtures("settled")
def test_a_second_look_reads_no_file(root, tmp_path, hashed):
    first = looked_at(root, tmp_path)
    assert hashed == list(NAMES)
    assert looked_at(root, tmp_path) == first
    assert hashed == list(NAMES)


def test_a_file_that_may_still_be_changing_is_read_again(root, tmp_path, hashed):
    contents.contents(root, NAMES, tmp_path / "cache")
    contents.contents(root, NAMES, tmp_path / "cache")
    assert hashed == [*NAMES, *NAMES]


@pytest.mark.usefixtures("settled")
def test_a_change_is_seen_even_where_size_and_time_stay(root, tmp_path, hashed):
    before = contents.contents(root, NAMES, tmp_path / "cache")
    path = root / NAMES[2]
    status = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    time.sleep(0.02)
    path.write_bytes(bytes(data))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = contents.contents(root, NAMES, tmp_path / "cache")
    assert hashed == [*NAMES, NAMES[2]]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, True, False, True]


@pytest.mark.usefixtures("settled")
def test_a_damaged_cache_is_made_again(root, tmp_path, hashed):
    first = looked_at(root, tmp_path)
    (file,) = (tmp_path / "cache" / "manifests").glob("*/*.parquet")
    file.write_bytes(file.read_bytes()[:-50])
    assert looked_at(root, tmp_path) == first
    assert len(hashed) == 8
    assert pq.read_table(file).num_rows == 4


@pytest.mark.usefixtures("settled")
def test_parallel_looks_read_once(root, tmp_path, hashed):
    threads = [threading.Thread(target=contents.contents, args=(root, NAMES, tmp_path / "cache")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(hashed) == sorted(NAMES)


def test_a_cache_that_cannot_be_written_is_done_without(root, tmp_path):
    (tmp_path / "cache").write_text("a file, not a folder")
    assert len(contents.contents(root, NAMES, tmp_path / "cache")) == 4


def opened(tmp_path, **changes):
    return open_class_folders(declaration(expected=(0, 1), **changes), tmp_path / "data", tmp_path / "cache")


def damage(root, **kinds: bytes):
    for name, data in kinds.items():
        age(root / "cat" / f"{name}.png").write_bytes(data) if (root / "cat" / f"{name}.png").exists() else (
            root / "cat" / f"{name}.png"
        ).write_bytes(data)


def test_unreadable_images_are_named_and_counted(root, tmp_path):
    whole = (root / NAMES[0]).read_bytes()
    damage(root, empty=b"", text=b"no picture", truncated=whole[: len(whole) // 2])
    with pytest.raises(InputError) as caught:
        opened(tmp_path)
    message = str(caught.value)
    assert message.startswith(
        "my.yaml:3: dataset 'pets': 3 of 7 images cannot be read, none may be: cat/empty.png (empty"
    )
    assert "cat/text.png (not an image)" in message
    assert "cat/truncated.png (" in message


def test_tolerated_images_take_no_part_and_are_counted(root, tmp_path):
    damage(root, empty=b"")
    dataset = opened(tmp_path, tolerance=0.2)
    assert dataset.ids == NAMES
    assert dataset.labels.tolist() == [0, 0, 1, 1]
    assert dataset.manifest().images == 4
    assert dataset.manifest().unreadable == ("cat/empty.png",)
    with pytest.raises(InputError, match=r"1 of 5 images cannot be read, at most 19\.00% may be"):
        opened(tmp_path, tolerance=0.19)


def test_all_unreadable_is_never_tolerated(root, tmp_path):
    for name in NAMES:
        (root / name).write_bytes(b"")
    with pytest.raises(InputError, match="none of 4 images can be read"):
        opened(tmp_path, tolerance=1.0)


def test_damage_inside_shows_when_decoding_and_the_tolerance_left_is_for_that(root, tmp_path):
    path = picture(root / "cat" / "0.png", seed=1, side=64)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(bytes(data))
    damage(root, empty=b"")
    dataset = opened(tmp_path, tolerance=0.4)
    assert dataset.tolerance == pytest.approx(1 / 4)
    with pytest.raises(UnreadableImage, match=r"cat/0\.png: cannot be read as an image \(broken data stream"):
        dataset.load(0)


def test_the_digest_is_of_content_not_of_place(root, tmp_path):
    digest = opened(tmp_path).manifest().digest
    shutil.move(root, tmp_path / "moved")
    shutil.copytree(tmp_path / "moved", root)
    assert opened(tmp_path).manifest().digest == digest
    picture(root / "dog" / "1.png", seed=99)
    assert opened(tmp_path).manifest().digest != digest


def test_the_manifest_counts(root, tmp_path):
    manifest = opened(tmp_path).manifest()
    assert manifest.images == 4
    assert manifest.bytes == sum((root / name).stat().st_size for name in NAMES)
    assert manifest.unreadable == ()


@pytest.mark.usefixtures("settled")
def test_a_first_look_that_is_killed_goes_on_where_it_was(root, tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "TOGETHER", 1)
    monkeypatch.setattr(contents, "OFTEN", -1.0)
    monkeypatch.setattr(contents, "SELDOM", 0.0)
    whole, read = contents.content_of, []

    def killed(data):
        if len(read) == 3:
            raise KeyboardInterrupt
        read.append(data)
        return whole(data)

    monkeypatch.setattr(contents, "content_of", killed)
    with pytest.raises(KeyboardInterrupt):
        opened(tmp_path)
    again = []
    monkeypatch.setattr(contents, "content_of", lambda data: again.append(data) or whole(data))
    assert opened(tmp_path).manifest().images == 4
    assert len(again) == 1


@pytest.mark.usefixtures("settled")
def test_what_is_known_of_other_files_in_the_folder_is_kept(root, tmp_path, hashed):
    for names in (NAMES, NAMES[2:], NAMES[:1], NAMES):
        assert len(contents.contents(root, names, tmp_path / "cache")) == len(names)
    assert hashed == list(NAMES)
    picture(root / "dog" / "2.png", seed=5)
    some = list(contents.contents(root, ("dog/2.png", *NAMES[1:]), tmp_path / "cache"))
    assert [one.bytes for one in some] == [(root / name).stat().st_size for name in ("dog/2.png", *NAMES[1:])]
    assert len(set(map(repr, some))) == 4
    assert hashed == [*NAMES, "dog/2.png"]


@pytest.mark.usefixtures("settled")
def test_what_was_killed_twice_is_known_from_its_pieces(root, tmp_path, monkeypatch, hashed):
    monkeypatch.setattr(contents, "TOGETHER", 1)
    monkeypatch.setattr(contents, "OFTEN", -1.0)
    monkeypatch.setattr(contents, "SELDOM", 0.0)
    monkeypatch.setattr("fixtures.datasets.images.kept.PIECE", 3)
    for number in (1, 3):
        with monkeypatch.context() as patch:
            patch.setattr(contents, "_hash", killing(contents._hash, after=number - len(hashed)))
            with pytest.raises(KeyboardInterrupt):
                opened(tmp_path)
        assert len(pieces(tmp_path)) == number
    opened(tmp_path)
    assert hashed == list(NAMES)
    assert [pq.read_table(file).num_rows for file in pieces(tmp_path)] == [3, 1]


def killing(hash_some, after):
    left = iter([True] * after)

    def one(root, ids):
        if not next(left, False):
            raise KeyboardInterrupt
        return hash_some(root, ids)

    return one


def pieces(tmp_path):
    return sorted((tmp_path / "cache" / "manifests").glob("*/*.parquet"))


def test_the_digest_is_that_of_one_text():
    """As it was made when all rows were written at once: stores of earlier runs stay of use."""
    labels, columns = np.arange(5), {"b": np.array([0.5, np.nan, 1, 2, 3]), "a": np.array(["x", "ü", "", "y", "z"])}
    parts = {"id": list("abcde"), "label": labels.tolist(), "content": list("vwxyz")}
    parts |= {"annotation a": columns["a"].tolist(), "annotation b": columns["b"].tolist()}
    whole = "".join(json.dumps([name, values]) for name, values in parts.items())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest, "ROWS", 2)
        assert manifest.digest(tuple("abcde"), labels, columns, list("vwxyz")) == sha256(whole.encode()).hexdigest()


@pytest.fixture
def trusted(root, tmp_path):
    """Somebody vouches for the files."""
    assert vouch(root, tmp_path / "cache") == 4
    return root


def test_nobody_looks_at_files_that_somebody_vouches_for(root, tmp_path):
    before = opened(tmp_path).manifest()
    vouch(root, tmp_path / "cache")
    for name in NAMES:
        (root / name).unlink()
    after = opened(tmp_path).manifest()
    assert (after.digest, after.bytes) == (before.digest, before.bytes)
    assert after.remarks[-1].startswith("vouched for by .digests.parquet of 20")


@pytest.mark.parametrize(
    "spoil",
    [lambda data: data[:-9], lambda data: data.replace(b"PAR1", b"PAR2"), lambda data: b""],
    ids=["cut", "other", "empty"],
)
def test_a_damaged_table_of_digests_is_an_error(trusted, tmp_path, spoil):
    path = trusted / ".digests.parquet"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(InputError, match=r"digests\.parquet: is damaged: .*; write it again with python -m"):
        opened(tmp_path)


def test_a_table_of_digests_that_lacks_an_image_is_an_error(trusted, tmp_path):
    with pytest.raises(InputError, match=r"vouches for other images, not for dog/9\.png"):
        contents.contents(trusted, (*NAMES, "dog/9.png"), tmp_path / "cache")


def test_an_image_that_was_changed_after_somebody_vouched_for_it_is_shown_to_no_network(trusted, tmp_path):
    dataset = opened(tmp_path)
    place = dataset.ids.index(NAMES[0])
    assert dataset.load(place).size
    (trusted / NAMES[0]).write_bytes((trusted / NAMES[1]).read_bytes())
    with pytest.raises(InputError, match=r"is another file than the one that \.digests\.parquet vouches for; write it"):
        dataset.load(place)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda folder: str(folder / NAMES[0]), "is no folder"),
        (lambda folder: "", "is empty; name a path"),
        (lambda folder: (folder / ".digests.parquet").mkdir() or str(folder), "digests.parquet: cannot be replaced ("),
        (lambda folder: str(folder / "nowhere"), "there is no folder"),
    ],
)
def test_a_folder_that_cannot_be_vouched_for_is_one_sentence(root, made, said, capsys, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(root / "cache"))
    assert vouching([made(root)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("vouch: ")
    assert said in line


def test_nobody_vouches_for_what_cannot_be_read(root, tmp_path):
    (root / NAMES[1]).write_bytes(b"")
    with pytest.raises(InputError, match=r"cat/1\.png: empty file; nobody can vouch for it"):
        vouch(root, tmp_path / "cache")

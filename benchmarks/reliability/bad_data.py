"""Images, shards, tables and lists of labels that cannot be used."""

import io
import tarfile
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.reliability.spoiling import LIVE, RECORDED, Change, cut, garbage, no_files, png, special, written
from benchmarks.reliability.world import CLASSES, World


def images() -> Iterator[tuple[str, Change]]:
    """One of the photographs."""
    place = "photos/fish/000.png"
    for name, content in garbage().items():
        if name not in ("gzip",):
            yield name, written(place, content, *LIVE)
    for width, height in ((65_500, 1), (1, 65_500), (50_000, 50_000), (2**31 - 1, 2**31 - 1), (0, 10)):
        yield f"a PNG of {width} x {height}", written(place, png(width, height), *LIVE)
    for name, how in no_files().items():
        yield name, special(place, how, *LIVE)
        yield f"{name}, as a class", special("photos/fish", how, *LIVE)
    yield "no class", special("photos", lambda path: path.mkdir(), *LIVE)
    yield "an unknown class", written("photos/zebra/1.png", png(9, 9), *LIVE)


def shards() -> Iterator[tuple[str, Change]]:
    """The tar."""
    place, more = "shards/part-000.tar", ("--model=sup", "-k=test_accuracy and v2")
    for name, content in garbage().items():
        yield name, written(place, content, *more)
    for name, how in no_files().items():
        yield name, special(place, how, *more)
    for share in (0.1, 0.35, 0.5, 0.77, 0.95):
        yield f"cut at {share}", cut(place, share, *more)
    for name, entries in {
        "a class that is no number": {"0.png": png(9, 9), "0.cls": b"fish?"},
        "a class beyond the last": {"0.png": png(9, 9), "0.cls": b"99"},
        "a negative class": {"0.png": png(9, 9), "0.cls": b"-1"},
        "a class of 5,000 digits": {"0.png": png(9, 9), "0.cls": b"9" * 5000},
        "images without classes": {"0.png": png(9, 9)},
        "classes without images": {"0.cls": b"1"},
        "broken JSON": {"0.png": png(9, 9), "0.json": b"{"},
        "deep JSON": {"0.png": png(9, 9), "0.json": b"[" * 100_000},
        "no entries": {},
    }.items():
        yield name, written(place, _tar(entries), *more)
    yield "a negative size", written(place, _tar({"0.png": b"x"}).replace(b"00000000001\0", b"-0000000001\0", 1), *more)


def _tar(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def tables() -> Iterator[tuple[str, Change]]:
    """The Parquet file with images."""
    place, more = "tables/part-000.parquet", ("--model=sup", "-k=test_accuracy and a")
    for name, content in garbage().items():
        yield name, written(place, content, *more)
    for name, how in no_files().items():
        yield name, special(place, how, *more)
    for share in (0.1, 0.5, 0.9, 0.99):
        yield f"cut at {share}", cut(place, share, *more)
    good = [{"bytes": png(9, 9), "path": "a.png"}]
    for name, columns in {
        "no image": {"label": [0]},
        "no label": {"image": good},
        "a label beyond the last": {"image": good, "label": [99]},
        "a negative label": {"image": good, "label": [-1]},
        "a label that is missing": {"image": good, "label": pa.array([None], pa.int64())},
        "a label that is a fraction": {"image": good, "label": [0.5]},
        "an image that is a number": {"image": [1], "label": [0]},
        "an image that is missing": {"image": [{"bytes": None, "path": "a.png"}], "label": [0]},
        "no rows": {"image": pa.array([], pa.binary()), "label": pa.array([], pa.int64())},
    }.items():
        yield name, written(place, _table(columns), *more)


def _table(columns: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def label_lists() -> Iterator[tuple[str, Change]]:
    """A list of images and labels."""
    suite = (
        f"suite: tiny\nclasses: [{', '.join(CLASSES)}]\nmodels: {{said: 'predictions:recorded.csv'}}\n"
        "datasets: {val: {format: labels, path: labels.csv, images: 32}}\n"
    )
    good = "file_name,label\n" + "".join(f"{k:03d}.png,{CLASSES[k % 16]}\n" for k in range(32))
    contents: dict[str, bytes] = {
        **garbage(),
        "an unknown class": good.replace("fish", "zebra", 1).encode(),
        "an image twice": (good + "000.png,fish\n").encode(),
        "an image in two classes": (good + "000.png,gear\n").encode(),
        "no label": good.replace(",fish", ",", 1).encode(),
        "a column is missing": good.replace("label", "", 1).encode(),
        "fewer images than declared": good.rpartition("031")[0].encode(),
        "more images than declared": (good + "032.png,fish\n").encode(),
    }
    for name, content in contents.items():

        def change(world: World, content: bytes = content) -> list[str]:
            world.suite.write_text(suite)
            (world.folder / "labels.csv").write_bytes(content)
            return list(RECORDED)

        yield name, change

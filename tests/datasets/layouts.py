"""A few images in every layout in which ImageNet and its relatives lie on people's disks."""

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.io import savemat

from fixtures.datasets.containers.tf_record import crc32c, masked
from fixtures.suite import imagenet
from tests.datasets.parquets import IMAGE, described, write
from tests.datasets.pictures import age
from tests.datasets.shards import encoded, shard
from tests.datasets.test_hf_dataset import save

SHA = "5" * 40


@dataclass(frozen=True)
class Sample:
    """``number`` counts from 1; ``label``: among ImageNet's 1,000; ``place``: among the classes of the set."""

    number: int
    label: int
    place: int
    data: bytes

    @property
    def wordnet(self) -> str:
        return WORDNET[self.label]

    @property
    def name(self) -> str:
        return f"ILSVRC2012_val_{self.number:08d}"


WORDNET = sorted(imagenet.classes().aliases, key=lambda name: imagenet.classes().aliases[name])
Samples = list[Sample]
Write = Callable[[Path, Samples], None]


def samples(labels: list[int], places: list[int] | None = None, first: int = 1) -> Samples:
    """One image for each label; each has pixels of its own."""
    places = labels if places is None else places
    rows = enumerate(zip(labels, places, strict=True), first)
    return [Sample(k, label, place, encoded(k, "jpeg")) for k, (label, place) in rows]


def put(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return age(path)


def others(found: Samples) -> Samples:
    """Images of another part, with the same classes."""
    return samples([one.label for one in found], [one.place for one in found], first=501)


# Folders


def folders(root: Path, found: Samples) -> None:
    for one in found:
        put(root / one.wordnet / f"{one.name}.JPEG", one.data)


def numbers(root: Path, found: Samples) -> None:
    for one in found:
        put(root / str(one.place) / f"{one.number}.jpeg", one.data)


def torchvision_root(root: Path, found: Samples) -> None:
    folders(root / "val", found)
    folders(root / "train", others(found))
    put(root / "meta.bin", b"not read")


def too_deep(root: Path, found: Samples) -> None:
    folders(root / root.name, found)


# Flat, with files of labels


def flat(root: Path, found: Samples) -> None:
    for one in found:
        put(root / f"{one.name}.JPEG", one.data)


def kit(root: Path, found: Samples) -> None:
    """The development kit, whose order of the classes is its own."""
    folder = root / "ILSVRC2012_devkit_t12" / "data"
    order = {name: 1 + (7 * k) % 1000 for k, name in enumerate(WORDNET)}
    put(folder / "ILSVRC2012_validation_ground_truth.txt", "".join(f"{order[one.wordnet]}\n" for one in found))
    kinds = [(name, object) for name in ("ILSVRC2012_ID", "WNID", "num_children")]
    rows = np.array([(float(order[name]), name, 0.0) for name in WORDNET], dtype=kinds)[:, None]
    savemat(folder / "meta.mat", {"synsets": rows})


def flat_kit(root: Path, found: Samples) -> None:
    flat(root, found)
    kit(root.parent, found)


def packed_kit(root: Path, found: Samples) -> None:
    kit(root / "x", found)
    with tarfile.open(root / "ILSVRC2012_devkit_t12.tar.gz", "w:gz") as archive:
        archive.add(root / "x" / "ILSVRC2012_devkit_t12", "ILSVRC2012_devkit_t12")
    for path in sorted((root / "x").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (root / "x").rmdir()


def flat_packed_kit(root: Path, found: Samples) -> None:
    flat(root, found)
    packed_kit(root.parent, found)


def flat_synsets(root: Path, found: Samples) -> None:
    flat(root, found)
    put(root / "imagenet_2012_validation_synset_labels.txt", "".join(f"{one.wordnet}\n" for one in found))


def flat_caffe(root: Path, found: Samples) -> None:
    flat(root, found)
    put(root.parent / "val.txt", "".join(f"{one.name}.JPEG {one.label}\n" for one in found))


def solution(found: Samples) -> str:
    return "ImageId,PredictionString\n" + "".join(f"{one.name},{one.wordnet} 1 2 3 4\n" for one in found)


def flat_kaggle(root: Path, found: Samples) -> None:
    flat(root, found)
    put(root / "LOC_val_solution.csv", solution(found))


def kaggle_tree(root: Path, found: Samples) -> None:
    """As Kaggle's download unpacks into ``root``."""
    flat(root / "ILSVRC" / "Data" / "CLS-LOC" / "val", found)
    folders(root / "ILSVRC" / "Data" / "CLS-LOC" / "train", others(found))
    put(root / "ILSVRC" / "Annotations" / "CLS-LOC" / "val" / f"{found[0].name}.xml", "<annotation/>")
    put(root / "LOC_val_solution.csv", solution(found))
    put(root / "LOC_synset_mapping.txt", "n01440764 tench\n")


def names_hold_labels(root: Path, found: Samples) -> None:
    for one in found:
        put(root / f"{one.name}_{one.wordnet}.JPEG", one.data)


# One tar file


def packed_flat(root: Path, found: Samples) -> None:
    """As torchvision takes it, and before it has unpacked anything."""
    shard(root / "ILSVRC2012_img_val.tar", *((f"{one.name}.JPEG", one.data) for one in found))
    packed_kit(root, found)


def packed_folders(root: Path, found: Samples) -> None:
    """``imagenet-a.tar``."""
    name = root.name.removesuffix(".tar")
    shard(root, (f"{name}/README.txt", "x"), *((f"{name}/{one.wordnet}/{one.number}.jpg", one.data) for one in found))


# Hugging Face's hub and its library


def table(found: Samples, *, names: list[str] | None = None, label: str = "label", texts: bool = False) -> pa.Table:
    rows = [{"bytes": one.data, "path": f"{one.name}_{one.wordnet}.JPEG"} for one in found]
    labels = [one.wordnet if texts else one.place for one in found]
    made = pa.table({"image": pa.array(rows, IMAGE), label: pa.array(labels)})
    return described(made, label={"_type": "ClassLabel", "names": names}) if names else made


def hub(root: Path, found: Samples) -> None:
    half = len(found) // 2
    for k, part in enumerate((found[:half], found[half:])):
        write(root / "data" / f"validation-0000{k}-of-00002.parquet", table(part))
    write(root / "data" / "train-00000-of-00001.parquet", table(others(found)))
    hidden = [Sample(900, 0, -1, encoded(900, "jpeg"))]
    write(root / "data" / "test-00000-of-00001.parquet", table(hidden))
    put(root / "README.md", "---\n")


def hub_one_split(root: Path, found: Samples) -> None:
    """Sketch has nothing but ``train``."""
    write(root / "data" / "train-00000-of-00001.parquet", table(found))


def hub_wordnet(root: Path, found: Samples) -> None:
    """ImageNet-R: its labels are WordNet ids in the column ``wnid``."""
    write(root / "data" / "test-00000-of-00001.parquet", table(found, label="wnid", texts=True))


def converted(root: Path, found: Samples) -> None:
    """The branch ``refs/convert/parquet``."""
    half = len(found) // 2
    for k, part in enumerate((found[:half], found[half:])):
        write(root / "default" / "validation" / f"000{k}.parquet", table(part))
    write(root / "default" / "train" / "0000.parquet", table(others(found)))


def cached(inner: Write, old: Write | None = None) -> Write:
    """The hub's cache: a snapshot of links to blobs."""

    def write_cache(root: Path, found: Samples) -> None:
        inner(root / "made", found)
        snapshot = root / "snapshots" / SHA
        for number, path in enumerate(sorted((root / "made").rglob("*"))):
            if path.is_file():
                blob = root / "blobs" / f"{number:064x}"
                blob.parent.mkdir(parents=True, exist_ok=True)
                path.rename(blob)
                link = snapshot / path.relative_to(root / "made")
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(Path(*[".."] * (len(link.relative_to(root).parts) - 1)) / "blobs" / blob.name)
        for path in sorted((root / "made").rglob("*"), reverse=True):
            path.rmdir()
        (root / "made").rmdir()
        put(root / "refs" / "main", SHA)
        if old is not None:
            old(root / "snapshots" / ("6" * 40), others(found))

    return write_cache


def arrow_cache(root: Path, found: Samples) -> None:
    """As ``load_dataset`` leaves it: NAME/CONFIG/VERSION/HASH."""
    folder = root / "default" / "1.0.0" / ("7" * 64)
    folder.mkdir(parents=True)
    half = len(found) // 2
    files = {
        "imagenet-1k-validation-00000-of-00002": found[:half],
        "imagenet-1k-validation-00001-of-00002": found[half:],
    }
    for name, part in (files | {"imagenet-1k-train": others(found)}).items():
        arrow(folder / f"{name}.arrow", table(part))
    splits = {"train": {"num_examples": len(found)}, "validation": {"num_examples": len(found)}}
    put(folder / "dataset_info.json", json.dumps({"splits": splits}))
    put(folder.parent / f"{folder.name}.incomplete_info.lock", "")


def arrow(path: Path, found: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, found.schema) as writer:
        writer.write_table(found, 2)
    age(path)


def saved(root: Path, found: Samples) -> None:
    save(root, table(found))


def saved_splits(root: Path, found: Samples) -> None:
    save(root / "train", table(others(found)))
    save(root / "validation", table(found))
    put(root / "dataset_dict.json", json.dumps({"splits": ["train", "validation"]}))


# Tar shards


def timm_shards(root: Path, found: Samples) -> None:
    """timm/imagenet-1k-wds: both parts side by side, and ``_info.json``."""
    info = {}
    for part, rows in (("train", others(found)), ("validation", found)):
        width = 4 if part == "train" else 2
        names = [f"imagenet1k-{part}-{k:0{width}d}.tar" for k in range(2)]
        halves = (rows[: len(rows) // 2], rows[len(rows) // 2 :])
        for name, half in zip(names, halves, strict=True):
            shard(root / name, *(member for one in half for member in keyed(one)))
        lengths = [len(half) for half in halves]
        info[part] = {"name": part, "filenames": names, "shard_lengths": lengths, "num_samples": len(rows)}
    put(root / "_info.json", json.dumps({"splits": info}))


def keyed(one: Sample) -> list[tuple[str, bytes | str]]:
    facts = json.dumps({"filename": f"{one.name}.JPEG", "label": one.place, "width": 8, "height": 8})
    return [(f"{one.name}.cls", str(one.place)), (f"{one.name}.jpg", one.data), (f"{one.name}.json", facts)]


def clip_shards(root: Path, found: Samples) -> None:
    """clip-benchmark's: ``test/0.tar``, webp, and names of classes that are not the suite's."""
    count = 1000 if max(one.place for one in found) == max(one.label for one in found) else 200
    half = len(found) // 2
    for k, rows in enumerate((found[:half], found[half:])):
        files = ((f"s{one.number:07d}.cls", str(one.place), encoded(one.number, "webp")) for one in rows)
        members = [pair for name, label, data in files for pair in ((name, label), (f"{name[:-4]}.webp", data))]
        shard(root / "test" / f"{k}.tar", *members)
    put(root / "test" / "nshards.txt", "2")
    put(root / "classnames.txt", "\n".join(f"a name of clip-benchmark's {k}" for k in range(count)))
    put(root / "zeroshot_classification_templates.txt", "a photo of a {c}.")


# TensorFlow Datasets


def tfds(root: Path, found: Samples) -> None:
    half = len(found) // 2
    folder = root / "5.1.0"
    parts = {"train": [others(found)], "validation": [found[:half], found[half:]]}
    for part, files in parts.items():
        for k, rows in enumerate(files):
            name = f"imagenet2012-{part}.tfrecord-{k:05d}-of-{len(files):05d}"
            put(folder / name, b"".join(record(one) for one in rows))
    put(folder / "features.json", "{}")
    put(folder / "label.labels.txt", "\n".join(WORDNET) + "\n")
    lengths = [{"name": part, "shardLengths": [str(len(rows)) for rows in files]} for part, files in parts.items()]
    put(folder / "dataset_info.json", json.dumps({"name": "imagenet2012", "splits": lengths}))


def array_records(root: Path, found: Samples) -> None:
    """The same in files of the newer kind, which the package array_record writes."""
    from array_record.python.array_record_module import ArrayRecordWriter

    tfds(root, found)
    folder, half = root / "5.1.0", len(found) // 2
    for old in folder.glob("*.tfrecord-*"):
        old.unlink()
    for k, rows in enumerate((found[:half], found[half:])):
        writer = ArrayRecordWriter(
            str(folder / f"imagenet2012-validation.array_record-{k:05d}-of-00002"), "group_size:1"
        )
        for one in rows:
            writer.write(message(one))
        writer.close()


def record(one: Sample) -> bytes:
    """An Example in a TFRecord, byte by byte."""
    data = message(one)
    head = len(data).to_bytes(8, "little")
    tail = masked(crc32c(data)).to_bytes(4, "little")
    return head + masked(crc32c(head)).to_bytes(4, "little") + data + tail


def message(one: Sample) -> bytes:
    """An Example."""
    features = {
        "image": field(1, field(1, one.data)),
        "file_name": field(1, field(1, f"{one.name}.JPEG".encode())),
        "label": field(3, field(1, varint(one.place))),
    }
    entries = b"".join(field(1, field(1, name.encode()) + field(2, value)) for name, value in features.items())
    return field(1, entries)


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    out = io.BytesIO()
    while value >= 0x80:
        out.write(bytes([value & 0x7F | 0x80]))
        value >>= 7
    out.write(bytes([value]))
    return out.getvalue()

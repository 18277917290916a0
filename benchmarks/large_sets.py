"""How fast does a run start on millions of images, and what does it take?  Run: python -m benchmarks.large_sets FOLDER

Lays out ImageNet-C in FOLDER: 75 cells of `--images` files in 1,000 folders of classes, 3.75 million in all, as hard
links to a few pictures of 224 pixels.  What is known of their content is written as a first hashing would, with
made-up digests, since the links are alike.  Then, each in a process of its own, seconds, processor time and peak memory

look      walk through the folders and ask for each file's size and times, in plain Python
empty     read the suite, and open nothing
first     open the dataset when all files are hashed, and take the digest of the whole
open      open it again: what a warm run does
vouched   open it where tables of digests lie beside the files
judged    vouched: `pytest -k corruption` on stored predictions of one model for all cells, made up
"""

import argparse
import io
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from benchmarks.judging import predicted
from fixtures.core import files
from fixtures.core.sealed_tables import closed
from fixtures.corruptions.names import CORRUPTIONS, SEVERITIES
from fixtures.datasets.images.content import BYTES, Contents
from fixtures.datasets.images.contents import _stamps
from fixtures.datasets.images.kept import Kept, Known, columns_of, names_of
from fixtures.datasets.images.vouched import FILE, KIND
from fixtures.models import identity
from fixtures.predictions.provider import PredictionProvider
from fixtures.predictions.request import Request
from fixtures.suite import imagenet
from fixtures.suite.loader import load_suite

CLASSES = 1_000
CACHE = "vision-behaviors"
"""The folder, as it is called in the user's folder of caches."""
PICTURES = 128
"""Files that all others are links to; a file system allows only so many links to one."""
SIDE = 224


def lay_out(folder: Path, images: int) -> None:
    """The files, the suite, and what is known of their content."""
    pool = folder / "pool"
    pool.mkdir(parents=True)
    for number in range(PICTURES):
        pixels = np.random.default_rng(number).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
        data = io.BytesIO()
        Image.fromarray(pixels).save(data, "JPEG", quality=1)
        (pool / f"{number}.jpg").write_bytes(data.getvalue())
    names = names_in(images)
    for cell in cells(folder):
        for name in names[:: images // CLASSES]:
            (cell / name).parent.mkdir(parents=True)
        for number, name in enumerate(names):
            os.link(pool / f"{number % PICTURES}.jpg", cell / name)
    (folder / "c.yaml").write_text(
        "suite: c\nclasses: imagenet-1k\nthresholds: law.yaml\nmodels: {one: 'timm:test_vit'}\ndatasets:\n"
        f"  c: {{format: imagenet_c, path: imagenet-c, images: {75 * images}, size: [{SIDE}, {SIDE}]}}\n"
    )
    (folder / "law.yaml").write_text("c: {robustness: {corruption_accuracy: {min: 0.1, because: any will do}}}\n")


def names_in(images: int) -> list[str]:
    """Of one cell, sorted."""
    each = images // CLASSES
    known = sorted(name for name in imagenet.classes().aliases if name.startswith("n"))
    return [f"{word}/ILSVRC2012_val_{k * each + n:08d}.JPEG" for k, word in enumerate(known) for n in range(each)]


def cells(folder: Path) -> list[Path]:
    """The 75 folders."""
    return [folder / "imagenet-c" / name / str(severity) for name in CORRUPTIONS for severity in SEVERITIES]


def record(folder: Path, images: int, *, vouched: bool) -> None:
    """What hashing all cells would leave: in the cache or, ``vouched``, beside the files."""
    names = names_in(images)
    for number, cell in enumerate(cells(folder)):
        random = np.random.default_rng(number)
        stamps, _ = _stamps(cell, names)
        sha256 = random.integers(0, 256, (images, BYTES), dtype=np.uint8)
        found = Contents(stamps[:, 0], sha256, np.full((images, 2), SIDE, dtype=np.int32), {}, {})
        if vouched:
            table = pa.table(columns_of(names_of(names), found))
            files.replace(cell / FILE, closed(table, {"kind": KIND, "written": "2026-01-01T00:00:00+00:00"}))
        else:
            Kept.of(cell, folder / CACHE).write(Known(names_of(names), stamps, found))


def look(folder: Path) -> int:
    """Sizes and times of all files; how many there are."""
    waiting, count, total = [str(folder / "imagenet-c")], 0, 0
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append(entry.path)
                else:
                    status = entry.stat()
                    total += status.st_size + status.st_mtime_ns
                    count += 1
    return count


def empty(folder: Path) -> int:
    """Read the suite."""
    return len(load_suite(str(folder / "c.yaml"), folder / CACHE).roles)


def opened(folder: Path) -> int:
    """Open the dataset, and know its digest."""
    return load_suite(str(folder / "c.yaml"), folder / CACHE).dataset("c").manifest().images


def fill(folder: Path) -> None:
    """Predictions of one model for all cells."""
    chosen = load_suite(str(folder / "c.yaml"), folder / CACHE)
    provider = PredictionProvider(chosen, chosen.models, folder / "store")
    known = {"fingerprint": "one" * 8, "preprocessing": "none", "outputs": CLASSES, "kind": "logits", "stable": True}
    answer = {"identity": known | {"facts": {}, "notes": []}, "files": []}
    identity._record(chosen.models["one"], folder / "store" / "identities").write(answer)
    for number, request in enumerate(provider.pieces(Request("one", "c"))):
        predicted(provider, request, 0.4, np.random.default_rng(number))


def judged(folder: Path) -> int:
    """The exit code of pytest in this very process."""
    import pytest

    os.environ["XDG_CACHE_HOME"] = str(folder)
    return int(
        pytest.main(
            [
                "-q",
                "-p",
                "no:cacheprovider",
                "-k",
                "corruption",
                f"--suite={folder / 'c.yaml'}",
                f"--store={folder / 'store'}",
            ]
        )
    )


STEPS: dict[str, Callable[[Path], int]] = {
    "look": look, "empty": empty, "first": opened, "open": opened, "vouched": opened, "judged": judged,
}  # fmt: skip


def measure(step: str, folder: Path) -> None:
    """In this process."""
    started, used = time.perf_counter(), time.process_time()
    found = STEPS[step](folder)
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{step:8} {seconds:6.1f} s, processor {processor:6.1f} s, peak {peak:6.0f} MiB   ({found:,})", flush=True)


def main() -> None:
    """Lay out what is not there, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=50_000, help="of each cell")
    parser.add_argument("--step", choices=STEPS)
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    if chosen.step:
        measure(chosen.step, folder)
        return
    if not (folder / "c.yaml").exists():
        lay_out(folder, chosen.images)
        record(folder, chosen.images, vouched=False)
    for cell in cells(folder):
        (cell / FILE).unlink(missing_ok=True)
    for step in STEPS:
        if step == "vouched":
            record(folder, chosen.images, vouched=True)
        if step == "judged":
            fill(folder)
        subprocess.run([sys.executable, "-m", "benchmarks.large_sets", str(folder), "--step", step], check=True)


if __name__ == "__main__":
    main()

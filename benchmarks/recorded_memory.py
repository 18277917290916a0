"""Does memory stay flat when recorded outputs are read?  Run: python -m benchmarks.recorded_memory

Recordings of 5,000 and 50,000 images, 1,000 float32 logits each, in .npz and .parquet; for each a process of its own
answers one request, and says how far its peak went above what it held before.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

CLASSES = 1_000


def write(folder: Path, images: int) -> None:
    """A suite of two recordings of one dataset."""
    random = np.random.default_rng(0)
    names = [f"{k:06d}.JPEG" for k in range(images)]
    labels = random.integers(0, CLASSES, images)
    logits = random.standard_normal((images, CLASSES), dtype=np.float32)
    logits[np.arange(images), labels] += 4
    np.savez(folder / "npz.npz", logits=logits, file_name=np.array(names))
    flat = pa.FixedSizeListArray.from_arrays(pa.array(logits.reshape(-1)), CLASSES)
    pq.write_table(
        pa.table({"file_name": names, "logits": flat.cast(pa.list_(pa.float32()))}), folder / "parquet.parquet"
    )
    rows = "\n".join(f"{name},{label}" for name, label in zip(names, labels, strict=True))
    (folder / "labels.csv").write_text(f"file_name,label\n{rows}\n")
    (folder / "s.yaml").write_text(
        f"suite: s\nclasses: [{', '.join(f'c{k}' for k in range(CLASSES))}]\n"
        "models: {npz: 'predictions:npz.npz', parquet: 'predictions:parquet.parquet'}\n"
        "datasets: {val: {format: labels, path: labels.csv}}\n"
    )


def answer(suite: str, model: str) -> None:
    """One request, in a process of its own."""
    from fixtures.predictions.provider import PredictionProvider
    from fixtures.predictions.request import Request
    from fixtures.suite.loader import load_suite

    chosen = load_suite(suite)
    ids = chosen.dataset("val").ids
    provider = PredictionProvider(chosen, chosen.models, Path(suite).parent / f"store-{model}")
    provider.identity(model)
    before, started = peak(), time.perf_counter()
    found = provider.get(Request(model, "val"))
    assert len(found) == len(ids)
    print(f"{peak() - before:6.0f} MiB above {before:.0f} MiB, {time.perf_counter() - started:.1f} s")


def peak() -> float:
    """MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the peaks."""
    if len(sys.argv) == 3:
        answer(sys.argv[1], sys.argv[2])
        return
    for images in (5_000, 50_000):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [sys.executable, "-c", f"from benchmarks.recorded_memory import *; write(Path({folder!r}), {images})"],
                check=True,
            )
            for model in ("npz", "parquet"):
                command = [sys.executable, "-m", "benchmarks.recorded_memory", f"{folder}/s.yaml", model]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                print(f"{images:6,} images, {model:7}: {done.stdout.strip()}", flush=True)


if __name__ == "__main__":
    main()

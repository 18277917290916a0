"""A small world to break: 48 drawn images as folders, a tar and a table, two tiny networks and recorded predictions."""

import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "fixtures" / "mini" / "weights"
CLASSES = (
    *("fish", "bottle", "mug", "tree", "house", "star", "heart", "key"),
    *("leaf", "mushroom", "car", "butterfly", "boat", "umbrella", "cat", "gear"),
)


@dataclass(frozen=True)
class World:
    """``folder``: where everything lies."""

    folder: Path

    @property
    def suite(self) -> Path:
        """The suite's file."""
        return self.folder / "suite.yaml"

    @property
    def rules(self) -> Path:
        """Its thresholds."""
        return self.folder / "rules.yaml"

    def options(self, store: Path) -> list[str]:
        """What every run of pytest on this world is given."""
        return [
            *("-q", "-p", "no:cacheprovider", "--device=cpu", "--search=dev"),
            *(f"--suite={self.suite}", f"--thresholds={self.rules}", f"--store={store}"),
        ]


def make(folder: Path, images: int = 48) -> World:
    """Write it into an empty ``folder``."""
    pictures = [_picture(number) for number in range(images)]
    labels = [number % len(CLASSES) for number in range(images)]
    for number, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        place = folder / "photos" / CLASSES[label]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:03d}.png").write_bytes(picture)
    _tar(folder / "shards" / "part-000.tar", pictures, labels)
    (folder / "tables").mkdir()
    rows = {"image": [{"bytes": picture, "path": f"{k}.png"} for k, picture in enumerate(pictures)], "label": labels}
    pq.write_table(pa.table(rows), folder / "tables" / "part-000.parquet")
    _recorded(folder / "recorded.csv", labels)
    (folder / "labels.csv").write_text(
        "file_name,label\n" + "".join(f"{k:03d}.png,{CLASSES[label]}\n" for k, label in enumerate(labels))
    )
    world = World(folder)
    world.suite.write_text(_suite(images))
    world.rules.write_text(RULES)
    return world


def _picture(number: int) -> bytes:
    """A PNG of 64 x 64 pixels: a patch on a ground, another one for each number."""
    random = np.random.default_rng(number)
    pixels = np.full((64, 64, 3), random.integers(0, 256, 3), np.uint8)
    top, left, side = (*random.integers(4, 28, 2), random.integers(12, 32))
    pixels[top : top + side, left : left + side] = random.integers(0, 256, 3)
    pixels += random.integers(0, 16, pixels.shape, np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def _tar(path: Path, pictures: list[bytes], labels: list[int]) -> None:
    path.parent.mkdir()
    with tarfile.open(path, "w") as tar:
        for number, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
            for ending, content in (("png", picture), ("cls", str(label).encode())):
                entry = tarfile.TarInfo(f"{number:03d}.{ending}")
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))


def _recorded(path: Path, labels: list[int]) -> None:
    random = np.random.default_rng(0)
    lines = [",".join(["file_name", *(f"logit_{k}" for k in range(len(CLASSES)))])]
    for number, label in enumerate(labels):
        logits = random.normal(size=len(CLASSES)) + 4 * np.eye(len(CLASSES))[label]
        lines.append(",".join([f"{number:03d}.png", *(f"{value:.6f}" for value in logits)]))
    path.write_text("\n".join(lines) + "\n")


def _suite(images: int) -> str:
    return f"""suite: tiny
classes: [{", ".join(CLASSES)}]
prompts: {{templates: ["a photo of a {{}}."]}}
models:
  sup:
    source: timm:mini_convnext
    checkpoint: {WEIGHTS}/convnext-sup.safetensors
    register: fixtures.mini.architectures
  clip:
    source: open_clip:local-dir:{WEIGHTS}/convnext-clip
    register: fixtures.mini.architectures
    options: {{tokenizer: {WEIGHTS}/convnext-clip/merges.txt.gz}}
  said: "predictions:recorded.csv"
datasets:
  photos: {{format: class_folders, path: photos, images: {images}, role: [val, wide]}}
  shards: {{format: webdataset, path: shards, images: {images}, role: v2}}
  tables: {{format: parquet, path: tables, images: {images}, role: a}}
"""


RULES = """tiny:
  calibration:
    ece: [{max: 1.0, because: any}]
    nll: [{max: 50.0, because: any}]
  robustness:
    accuracy: [{min: 0.0, because: any}]
  invariance:
    search_consistency: [{min: 0.0, because: any}]
"""

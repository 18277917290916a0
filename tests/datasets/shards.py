"""Tar shards for tests."""

import io
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

from tests.datasets.pictures import age


def pixels(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)


def encoded(seed: int, kind: str = "png") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels(seed)).save(stream, {"jpg": "jpeg"}.get(kind, kind))
    return stream.getvalue()


def shard(path: Path, *members: tuple[str, bytes | str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as archive:
        for name, content in members:
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return age(path)


def one(number: int, label: object, kind: str = "png") -> tuple[tuple[str, bytes | str], ...]:
    return (f"s{number:07d}.{kind}", encoded(number, kind)), (f"s{number:07d}.cls", str(label))

"""Ways to spoil a file of a world: other content, another passage, something that is no file in its place."""

import gzip
import io
import os
import pickle
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.reliability.world import World

Change = Callable[[World], list[str]]
"""Spoils a world; returns further options."""
RECORDED = ("--model=said", "-k=test_ece")
LIVE = ("--model=sup", "-k=test_ece or test_accuracy")


class Payload:
    """A pickle that would leave a file behind."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch executed",)


def written(path: str, content: bytes | str, *more: str) -> Change:
    """A file with other content."""

    def change(world: World) -> list[str]:
        data = content if isinstance(content, bytes) else content.encode()
        (world.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (world.folder / path).write_bytes(data)
        return list(more)

    return change


def replaced(path: str, old: str, new: str, *more: str) -> Change:
    """A text with another passage; KeyError where there is none."""

    def change(world: World) -> list[str]:
        text = (world.folder / path).read_text()
        if old not in text:
            raise KeyError(f"{path}: {old}")
        (world.folder / path).write_text(text.replace(old, new))
        return list(more)

    return change


def special(path: str, how: Callable[[Path], object], *more: str) -> Change:
    """Something that is no file in its place."""

    def change(world: World) -> list[str]:
        place = world.folder / path
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        how(place)
        return list(more)

    return change


def cut(path: str, share: float, *more: str) -> Change:
    """Only a share of it is left."""

    def change(world: World) -> list[str]:
        content = (world.folder / path).read_bytes()
        (world.folder / path).write_bytes(content[: int(share * len(content))])
        return list(more)

    return change


def no_files() -> dict[str, Callable[[Path], object]]:
    """What can stand where a file should."""
    return {
        "a pipe": os.mkfifo,
        "a folder": lambda path: path.mkdir(),
        "a link to itself": lambda path: path.symlink_to(path.name),
        "a link to nothing": lambda path: path.symlink_to("nothing"),
        "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
        "nothing": lambda path: None,
    }


def png(width: int, height: int) -> bytes:
    """A PNG that says that it has this size, with hardly any data."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


def garbage() -> dict[str, bytes]:
    """Content that is nothing of what was expected."""
    plain = io.BytesIO()
    Image.new("RGB", (40, 40)).save(plain, "PNG")
    return {
        "empty": b"",
        "zeros": bytes(4096),
        "noise": np.random.default_rng(0).bytes(4096),
        "HTML": b"<!DOCTYPE html><html><body>404</body></html>",
        "a pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n",
        "a cut PNG": plain.getvalue()[:60],
        "gzip": gzip.compress(b"hello" * 100),
        "a cut gzip": gzip.compress(np.random.default_rng(1).bytes(9999))[:999],
        "a pickle": pickle.dumps(Payload()),
        "UTF-16": "file_name,label\n".encode("utf-16"),
        "deep JSON": b"[" * 100_000 + b"]" * 100_000,
        "NUL bytes": b"file_name,label\n\0\0,\0\n",
    }

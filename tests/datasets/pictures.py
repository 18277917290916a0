"""Image files for tests: small, different from one another, and old enough to be cached."""

import os
from pathlib import Path

import numpy as np
from PIL import Image

from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.declaration import Declaration

SPACE = ClassSpace(("cat", "dog", "gear"), {"n02121620": 0, "n02084071": 1})


def picture(path: Path, seed: int = 0, side: int = 8) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (side, side, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return age(path)


def age(path: Path) -> Path:
    """Make ``path`` look as if it was written long ago."""
    os.utime(path, ns=(10**18, 10**18))
    return path


def folders(root: Path, *names: str, each: int = 2, first: int = 0) -> Path:
    for k, name in enumerate(names):
        for n in range(each):
            picture(root / name / f"{n}.png", seed=first + 10 * k + n)
    return root


def declaration(**changes) -> Declaration:
    given = {"name": "pets", "where": "my.yaml:3", "space": SPACE, "expected": (0, 1, 2)}
    return Declaration(**(given | changes))

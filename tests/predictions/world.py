"""A small suite on disk for processes and clusters: noise in one file, and linear models in a module beside it."""

from pathlib import Path

import numpy as np

FACTORY = """
import os
import time

import numpy
import torch


def linear(seed=0, seconds=0.0):
    weights = torch.randn(3 * 8 * 8, 4, generator=torch.Generator().manual_seed(seed))

    def model(batch):
        time.sleep(seconds)
        mark = os.environ.get("DIES_ONCE")
        if mark and not os.path.exists(mark):
            open(mark, "w").close()
            os._exit(9)
        return (batch - 0.5).flatten(1) @ weights

    def preprocess(image):
        return torch.from_numpy(numpy.array(image.resize((8, 8)))).permute(2, 0, 1) / 255

    preprocess.fingerprint = "8x8"
    names = ["a", "b", "c", "d"]
    return {"model": model, "preprocess": preprocess, "class_names": names, "fingerprint": f"linear {seed}"}
"""
"""``seconds``: of each batch.  Where there is no file of the name DIES_ONCE, the process ends."""


def furnish(folder: Path, images: int = 600, models: str = "{one: 'python:linear:linear'}") -> Path:
    """Write it; the suite's file."""
    draws = np.random.default_rng(3)
    pixels = draws.integers(0, 256, (images, 8, 8, 3), dtype=np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "noise.npz", images=pixels, labels=draws.integers(0, 4, images))
    (folder / "linear.py").write_text(FACTORY)
    suite = folder / "linear.yaml"
    suite.write_text(
        "suite: linear\nclasses: [a, b, c, d]\n"
        f"models: {models}\n"
        "datasets: {val: {format: arrays, path: noise.npz}}\n"
    )
    return suite

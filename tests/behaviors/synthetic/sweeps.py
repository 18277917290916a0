"""Sweeps as PUG-ImageNet makes them, and models with a known weakness."""

import numpy as np

from behaviors.contract.predictions import Predictions

CLASSES = ("ant", "bee", "cat", "dog")


def said(right, factor, base=None, level=None, step=None, **changes):
    """Predictions that are right where ``right`` (N,) says so; the other columns as annotations, where given."""
    right = np.asarray(right, dtype=bool)
    labels = np.arange(right.size) % len(CLASSES)
    chosen = np.where(right, labels, (labels + 1) % len(CLASSES))
    columns = {"factor": factor, "base": base, "level": level, "step": step}
    return Predictions(
        **{
            "model": "one",
            "dataset": "pug",
            "view": "identity",
            "classes": CLASSES,
            "ids": np.arange(right.size).astype(str),
            "labels": labels,
            "top_classes": chosen[:, None],
            "top_probabilities": None,
            "annotations": {name: np.asarray(column) for name, column in columns.items() if column is not None},
        }
        | changes
    )


def sweep(right, factor="Camera_Yaw", **changes):
    """Of one factor; ``right``: (scenes, levels) bool."""
    right = np.asarray(right, dtype=bool)
    scenes, levels = right.shape
    step = np.tile(np.arange(levels), scenes)
    columns = {
        "factor": np.full(right.size, factor),
        "base": np.repeat(np.arange(scenes), levels),
        "level": np.array([f"{10 * place}" for place in step]),
        "step": step,
    }
    return said(right.ravel(), **(columns | changes))


def together(*parts):
    """All of several sweeps in one dataset."""
    names = parts[0].annotations
    right = np.concatenate([part.correct for part in parts])
    return said(right, **{name: np.concatenate([part.annotations[name] for part in parts]) for name in names})

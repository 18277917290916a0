"""Cue conflicts as the published ones are made, and models with a known leaning."""

import numpy as np

from behaviors.contract.predictions import Predictions
from behaviors.shape_texture.evidence import Decisions

CLASSES = ("ant", "bee", "cat", "dog")
PICTURES = 5


def names(classes=CLASSES, pictures=PICTURES, same=False):
    """``ant1-bee2.png``, ...: every picture's shape with the texture of every other class's (``same``: its own's)."""
    sources = [(name, n) for name in classes for n in range(1, pictures + 1)]
    return [f"{a}{n}-{b}{m}.png" for a, n in sources for b, m in sources if (a == b) == same]


def said(chosen, images=None, classes=CLASSES, **changes):
    """Predictions of a model that answers ``chosen`` (names of classes; anything else is no answer) on ``images``."""
    images = names() if images is None else images
    cues = [tuple(part.rstrip("0123456789") for part in name.removesuffix(".png").split("-")) for name in images]
    place = {name: index for index, name in enumerate(classes)}
    shape, texture = (np.array(column) for column in zip(*cues, strict=True))
    sources = np.array([name.removesuffix(".png").split("-") for name in images])
    return Predictions(
        **{
            "model": "one",
            "dataset": "cue_conflict",
            "view": "identity",
            "classes": tuple(classes),
            "ids": np.array(images),
            "labels": np.array([place[name] for name in shape]),
            "top_classes": np.array([[place.get(name, -1)] for name in chosen]),
            "top_probabilities": None,
            "annotations": {
                "shape": shape,
                "texture": texture,
                "shape_source": sources[:, 0],
                "texture_source": sources[:, 1],
                "conflict": shape != texture,
            },
        }
        | changes
    )


def counted(shape, texture, other=0):
    """So many decisions of each kind, on images that share no pictures."""
    kind = np.repeat([0, 1, 2], [shape, texture, other])
    alone = np.array([f"s{index}" for index in range(len(kind))])
    return Decisions(kind == 0, kind == 1, np.full(len(kind), "cat"), alone, alone)


def leaning(rng, share, spread=0.0, images=None, lost=0.2):
    """Answers of a model that goes by shape with odds around ``share``; each picture shifts them by ``spread``."""
    images = names() if images is None else images
    pairs = [tuple(name.removesuffix(".png").split("-")) for name in images]
    pull = {(side, pair[side]): rng.normal(0, spread) for pair in pairs for side in (0, 1)}
    odds = np.array([np.log(share / (1 - share)) + pull[0, a] - pull[1, b] for a, b in pairs])
    by_shape = rng.random(len(images)) < 1 / (1 + np.exp(-odds))
    gone = rng.random(len(images)) < lost
    followed = [(a if s else b).rstrip("0123456789") for (a, b), s in zip(pairs, by_shape, strict=True)]
    return ["na" if g else name for name, g in zip(followed, gone, strict=True)]

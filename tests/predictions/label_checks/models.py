"""What rigged models say: of classes, labels and how often they are right."""

import numpy as np

from behaviors.contract.predictions import Predictions
from fixtures.datasets.dataset import ClassMapping
from fixtures.predictions.label_checks.watch import Canary, unwatched

IDENTITY = ClassMapping("identity")


def said(labels, predicted, classes, *, dataset="data", names=None, **annotations) -> Predictions:
    names = tuple(names or (f"{k} thing" for k in range(classes)))
    ids = np.arange(len(labels)).astype(np.str_)
    called = np.asarray(predicted)[:, None]
    return Predictions(
        "one", dataset, "identity", names, ids, np.asarray(labels), called, None, annotations=annotations
    )


def sound(classes, images, accuracy, seed=10):
    """Labels, all equally frequent, and what a model calls the images; when it errs, anything."""
    random = np.random.default_rng(seed)
    labels = np.arange(images) % classes
    return labels, np.where(random.random(images) < accuracy, labels, random.integers(0, classes, images))


def doubt(found, mapping=IDENTITY, *, trusted=None, share_on_trusted=None, expected=unwatched):
    """What the canary says; ``share_on_trusted``: how often the model is right on 1,000 images of ``trusted``."""

    def ask(model, dataset):
        if share_on_trusted is None:
            return None
        labels, predicted = sound(10, 1_000, share_on_trusted, seed=1)
        return said(labels, predicted, 10, dataset=dataset)

    return Canary(ask, expected, trusted).doubt(found, mapping)

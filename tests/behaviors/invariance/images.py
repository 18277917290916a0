"""What models say about the same images under several views, made up."""

import numpy as np

from behaviors.contract.predictions import Predictions


def said(chosen, labels=None, probability=None, view="identity", **changes):
    """Predictions that choose ``chosen`` (N,) of two classes; ``probability``: (N,) of the true class."""
    chosen = np.asarray(chosen)
    n = chosen.size
    given = None if probability is None else np.log(np.broadcast_to(probability, n).astype(float))
    return Predictions(
        **{
            "model": "one",
            "dataset": "wide",
            "view": view,
            "classes": ("ant", "bee"),
            "ids": np.arange(n).astype(str),
            "labels": np.zeros(n, np.int64) if labels is None else np.asarray(labels),
            "top_classes": chosen[:, None],
            "top_probabilities": None,
            "label_log_probability": given,
        }
        | changes
    )

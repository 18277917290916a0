"""What the four embedded models do: the table of the README.

    python -m benchmarks.mini_models

Prints Markdown: accuracy on the splits of the mini world, calibration, and shape fraction on the cue-conflict images.
"""

import tempfile
from pathlib import Path

import numpy as np

from behaviors.calibration.metrics import expected_calibration_error
from behaviors.contract.predictions import Predictions
from fixtures.predictions.provider import PredictionProvider
from fixtures.predictions.request import Request
from fixtures.suite.loader import load_suite

ACCURACY = ("val", "v2", "a", "renditions", "sketch")


def accuracy(found: Predictions) -> float:
    """Share of right predictions."""
    return float(found.correct.mean())


def ece(found: Predictions) -> float:
    """Top-label ECE, 15 bins."""
    return expected_calibration_error(found.confidence, found.correct, bins=15, alpha=0.05).value


def shape_fraction(found: Predictions) -> float:
    """Shape decisions over shape and texture decisions."""
    shape = found.predicted == found.labels
    texture = np.array(found.classes)[found.predicted] == found.annotations["texture"]
    return float(shape.sum() / (shape.sum() + texture.sum()))


def main() -> None:
    """Measure and print."""
    suite = load_suite("mini")
    with tempfile.TemporaryDirectory() as store:
        provider = PredictionProvider(suite, suite.models, Path(store))
        columns = {name: _column(provider, name) for name in suite.models}
    print(f"| | {' | '.join(columns)} |")
    print("|---" * (len(columns) + 1) + "|")
    for row in next(iter(columns.values())):
        print(f"| {row} | {' | '.join(column[row] for column in columns.values())} |")


def _column(provider: PredictionProvider, model: str) -> dict[str, str]:
    rows = {"parameters": provider.identity(model).facts["parameters"]}
    for split in ACCURACY:
        rows[f"accuracy, {split}"] = f"{100 * accuracy(provider.get(Request(model, split))):.1f}"
    for split in ("val", "renditions"):
        rows[f"ECE, {split}"] = f"{ece(provider.get(Request(model, split))):.3f}"
    found = provider.get(Request(model, "val"))
    rows["confidence - accuracy, val"] = f"{found.confidence.mean() - accuracy(found):+.3f}"
    rows["shape fraction, cue_conflict"] = f"{shape_fraction(provider.get(Request(model, 'cue_conflict'))):.2f}"
    return rows


if __name__ == "__main__":
    main()

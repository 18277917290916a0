"""A room that measures single images, for the tests of runs and baselines; and recordings that get worse."""

from pathlib import Path

ROOM = """
import os, signal
import pytest
from behaviors.statistics.intervals import clopper_pearson
from behaviors.contract.measurement import Measurement
from behaviors.contract.per_image import mean, proportion


@pytest.mark.predictions("val")
def test_right(predictions, gate):
    right = predictions.correct
    bounds = clopper_pearson(int(right.sum()), len(right), alpha=gate.alpha)
    gate.check("right", Measurement(right.mean(), len(right), bounds, per_image=proportion(predictions.ids, right)))


@pytest.mark.predictions("val")
def test_loss(predictions, gate):
    loss = 1 - predictions.confidence
    gate.check("loss", Measurement(loss.mean(), len(loss), per_image=mean(predictions.ids, loss)))


@pytest.mark.predictions("val")
def test_whole(predictions, gate):
    gate.check("whole", Measurement(predictions.confidence.max(), len(predictions)))
"""
METRICS = (
    '"right": Metric("Right answers", "fraction", "higher", lowest=0, highest=1, negligible=0.0, flips=True), '
    '"loss": Metric("Loss", "fraction", "lower", negligible=0.0), '
    '"whole": Metric("Something of all images", "fraction", "neither")'
)


def furnish(house, *, room=ROOM):
    """Add the room; returns the suite's path (one model ``one``, 200 images of which it gets 180 right)."""
    house.room("toy", room, METRICS)
    return house.suite()


def ran(house, suite, *more, **environment):
    """Run the room."""
    return house.pytest("behaviors/toy", "--suite", suite, *more, **environment)


def model(house, name="one", **changes):
    """``--model`` for recorded predictions that are otherwise; see ``House.suite``."""
    house.suite(name="other", **changes)
    file = Path(house.path / f"{name}-other.csv")
    (house.path / "other-one.csv").rename(file)
    return f"--model={name}=predictions:{file.name}"

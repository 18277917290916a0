"""The curves show the numbers of the measurement."""

import io

import numpy as np
import pytest
from PIL import Image

from behaviors.contract.measurement import Measurement
from behaviors.invariance.kinds import SWEEPS
from behaviors.invariance.metrics import accuracy, consistency, retained
from behaviors.invariance.plots import curves
from behaviors.invariance.sweeps import sweep
from tests.behaviors.invariance.images import said

KIND = SWEEPS["scale"]
RNG = np.random.default_rng(0)


def drawn(measure=accuracy, probability=0.6, **changes):
    before = said(np.zeros(40, int), probability=probability, **changes)
    after = {level: said((RNG.random(40) < 0.2 * level).astype(int), probability=probability) for level in KIND.levels}
    found = measure(sweep(KIND, before, after), alpha=0.05)
    return found, curves(before, "scale", measure.__name__, found)


def lines(figure):
    return {line.get_label(): line for line in figure.axes[0].lines if not line.get_label().startswith("_")}


def test_a_curve_for_each_of_the_three():
    found, figure = drawn()
    shown = lines(figure)
    for label, column in (
        ("accuracy", "accuracy"),
        ("consistency with the usual view", "consistency"),
        ("mean probability of the true class", "true_probability"),
    ):
        assert shown[label].get_ydata().tolist() == [row[column] for row in found.parts]
        assert shown[label].get_xdata() == pytest.approx([1, 1.25, 1.5, 2, 3], abs=0.02)
    whiskers = figure.axes[0].containers[0].lines[2][0].get_segments()
    assert [part[:, 1].tolist() for part in whiskers] == [
        pytest.approx([row["accuracy_low"], row["accuracy_high"]]) for row in found.parts
    ]


def test_without_probabilities_there_are_two():
    assert set(lines(drawn(probability=None)[1])) == {"accuracy", "consistency with the usual view"}


def test_the_header_says_who_and_how_much():
    found, figure = drawn(consistency, model="my_$model$")
    assert figure.get_suptitle() == "my_$model$ on wide"
    interval = f"90 % interval [{found.interval.low:.3f}, {found.interval.high:.3f}]"
    worst = f"worst at {found.details['worst_level']:g}: {found.details['worst']:.3f}"
    expected = f"zooming in: consistency {found.value:.3f}   {interval}   40 images   {worst}"
    assert figure.axes[0].get_title("left") == expected
    assert figure.get_supxlabel().startswith("The worst of several levels")


@pytest.mark.parametrize("measure", [accuracy, consistency, retained])
def test_extremes_can_be_drawn(measure):
    before = said([0], model="a-name-" * 20)
    found = measure(sweep(KIND, before, {3: said([1])}), alpha=0.05)
    png = io.BytesIO()
    curves(before, "scale", measure.__name__, found).savefig(png, format="png")
    assert np.asarray(Image.open(png).convert("L")).std() > 5


def test_other_measurements_cannot_be_drawn():
    with pytest.raises(ValueError, match=r"needs the levels of a sweep: measurement\.parts"):
        curves(said([0]), "scale", "accuracy", Measurement(0.5, 10))

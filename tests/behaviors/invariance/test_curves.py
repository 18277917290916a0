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
        ("accuracy (this number)", "accuracy"),
        ("consistency with the usual view", "consistency"),
        ("mean probability of the true class", "true_probability"),
    ):
        assert shown[label].get_ydata().tolist() == [row[column] for row in found.parts]
        assert shown[label].get_xdata() == pytest.approx(np.log2([1, 1.25, 1.5, 2, 3]), abs=0.03)
    whiskers = figure.axes[0].containers[0].lines[2][0].get_segments()
    assert [part[:, 1].tolist() for part in whiskers] == [
        pytest.approx([row["accuracy_low"], row["accuracy_high"]]) for row in found.parts
    ]


def test_what_is_retained_is_drawn_and_the_number_that_is_tested_is_the_strong_one():
    found, figure = drawn(retained)
    shown = lines(figure)
    usual = next(row["accuracy"] for row in found.parts if row["level"] == 1)
    assert shown["accuracy retained (this number)"].get_ydata() == pytest.approx(
        [row["accuracy"] / usual for row in found.parts]
    )
    widths = {label: line.get_linewidth() for label, line in shown.items() if line.get_marker() != "None"}
    assert max(widths, key=widths.get) == "accuracy retained (this number)"
    assert figure.axes[0].get_ylabel()


def test_the_mean_probability_has_bounds_at_each_level():
    found, figure = drawn()
    drawn_bounds = [container.lines[2][0].get_segments() for container in figure.axes[0].containers][2]
    assert [part[:, 1].tolist() for part in drawn_bounds] == [
        pytest.approx([row["true_probability_low"], row["true_probability_high"]]) for row in found.parts
    ]


def test_without_probabilities_there_is_no_such_curve():
    assert set(lines(drawn(probability=None)[1])) == {
        "accuracy (this number)", "consistency with the usual view", "accuracy retained", "the images as they are",
    }  # fmt: skip


def test_the_header_says_who_and_how_much():
    found, figure = drawn(consistency, model="my_$model$")
    title, facts, notes = (text.get_text() for text in figure.texts)
    assert title == "my_$model$ on wide"
    interval = f"90 % interval [{found.interval.low:.3f}, {found.interval.high:.3f}]"
    worst = f"worst at {found.details['worst_level']:g}: {found.details['worst']:.3f}"
    expected = f"zooming in: consistency {found.value:.3f}   {interval}   40 images   {worst}"
    assert " ".join(facts.split()) == " ".join(expected.split())
    assert notes.startswith("The worst of several levels")


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

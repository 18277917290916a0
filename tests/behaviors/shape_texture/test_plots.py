"""The pictures show the numbers of the measurement, and survive what models and datasets bring."""

import io

import numpy as np
import pytest
from PIL import Image

from behaviors.contract.measurement import Measurement
from behaviors.shape_texture.evidence import decisions
from behaviors.shape_texture.metrics import cue_accuracy, shape_fraction
from behaviors.shape_texture.plots import PUBLISHED, by_category, by_cue
from tests.behaviors.shape_texture.stimuli import CLASSES, leaning, names, said

PREDICTIONS = said(leaning(np.random.default_rng(0), 0.3, 0.8))


def drawn(predictions):
    found = decisions(predictions)
    fraction, accuracy = shape_fraction(found, alpha=0.05), cue_accuracy(found, alpha=0.05)
    return fraction, by_category(predictions, fraction), accuracy, by_cue(predictions, accuracy)


def words(figure):
    return [text.get_text() for text in figure.texts]


def legend(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_a_point_per_category_between_shape_on_the_left_and_texture_on_the_right():
    fraction, figure, _, _ = drawn(PREDICTIONS)
    axes = figure.axes[0]
    line, _, _ = axes.containers[0]
    rows = sorted(fraction.parts, key=lambda row: row["shape_fraction"])
    assert [label.get_text() for label in axes.get_yticklabels()] == [row["category"] for row in rows]
    assert line.get_xdata().tolist() == [row["shape_fraction"] for row in rows]
    assert line.get_ydata().tolist() == [0, 1, 2, 3]
    whiskers = axes.containers[0].lines[2][0].get_segments()
    assert [segment[:, 0].tolist() for segment in whiskers] == [
        pytest.approx([row["low"], row["high"]]) for row in rows
    ]
    assert axes.get_xlim() == (1.02, -0.02)
    assert f"{rows[0]['shape']} : {rows[0]['texture']}" in [text.get_text() for text in axes.texts]


def test_the_line_and_the_band_are_all_categories():
    fraction, figure, _, _ = drawn(PREDICTIONS)
    axes = figure.axes[0]
    assert fraction.value in [line.get_xdata()[0] for line in axes.lines]
    band = next(patch for patch in axes.patches if patch.get_label() == "90 % interval")
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx(
        (fraction.interval.low, fraction.interval.high)
    )
    assert f"all categories {fraction.value:.3f}" in legend(figure)


def test_bars_are_the_shares_of_all_images():
    _, _, accuracy, figure = drawn(PREDICTIONS)
    rows = sorted(accuracy.parts, key=lambda row: row["cue_accuracy"])
    for container, cue in zip(figure.axes[0].containers, ("shape", "texture", "other"), strict=True):
        assert [bar.get_width() for bar in container] == pytest.approx([row[cue] / 75 for row in rows])
    ends = [bar.get_x() + bar.get_width() for bar in figure.axes[0].containers[2]]
    assert ends == pytest.approx([1, 1, 1, 1])
    either = [bar.get_x() + bar.get_width() for bar in figure.axes[0].containers[1]]
    assert either == pytest.approx([row["cue_accuracy"] for row in rows])


def test_the_header_says_who_and_how_much():
    fraction, figure, accuracy, other = drawn(said(leaning(np.random.default_rng(0), 0.3), model="my_$model$"))
    assert words(figure)[0] == words(other)[0] == "my_$model$ on cue_conflict"
    interval = f"90 % interval [{fraction.interval.low:.3f}, {fraction.interval.high:.3f}]"
    counts = "300 images: {shape:.0f} shape, {texture:.0f} texture, {other:.0f} neither".format(**fraction.details)
    assert words(figure)[1] == f"shape fraction {fraction.value:.3f}   {interval}   {counts}"
    assert words(other)[1].startswith(f"cue accuracy {accuracy.value:.3f}   90 % interval")


def test_people_are_shown_where_people_have_looked():
    classes = tuple(PUBLISHED.split())
    images = names(classes, 2)
    _, figure, _, _ = drawn(said(leaning(np.random.default_rng(0), 0.3, images=images), images, classes))
    assert "people 0.96 (Geirhos et al. 2019)" in legend(figure)
    assert not any("people" in text for text in legend(drawn(PREDICTIONS)[1]))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_extremes_can_be_drawn(share):
    side = 0 if share else 1
    chosen = [name.removesuffix(".png").split("-")[side].rstrip("12345") for name in names()]
    chosen = ["na" if name.startswith("cat") else answer for name, answer in zip(names(), chosen, strict=True)]
    fraction, figure, _, other = drawn(said(chosen, model="a-name-" * 20))
    assert fraction.value == share
    assert "The pictures of 225 decisions show no differences" in words(figure)[2]
    for picture in (figure, other):
        png = io.BytesIO()
        picture.savefig(png, format="png")
        assert np.asarray(Image.open(png).convert("L")).std() > 10


def test_a_category_without_decisions_has_a_row_and_no_point():
    chosen = ["na" if name.startswith("cat") else name.partition("-")[0].rstrip("12345") for name in names()]
    _, figure, _, _ = drawn(said(chosen))
    axes = figure.axes[0]
    assert axes.get_yticklabels()[0].get_text() == "cat"
    assert axes.containers[0].lines[0].get_ydata().tolist() == [1, 2, 3]
    assert len(axes.get_yticklabels()) == len(CLASSES)


def test_other_measurements_cannot_be_drawn():
    bare = Measurement(0.5, 10)
    with pytest.raises(ValueError, match=r"needs the categories of a shape_fraction: measurement\.parts"):
        by_category(PREDICTIONS, bare)
    with pytest.raises(ValueError, match="needs the categories of a cue_accuracy"):
        by_cue(PREDICTIONS, shape_fraction(decisions(PREDICTIONS), alpha=0.05))

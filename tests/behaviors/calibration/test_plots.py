"""The reliability diagram draws the ECE's own terms, and survives what models and users bring."""

import io

import numpy as np
import pytest
from PIL import Image

from behaviors.calibration.metrics import expected_calibration_error
from behaviors.calibration.plots import OVER, UNDER, reliability
from behaviors.contract.measurement import Measurement
from behaviors.contract.predictions import Predictions

RANDOM = np.random.default_rng(0)
SURE = RANDOM.beta(2, 0.5, 2000)


def predictions(confidence, correct, model="vit-clip", view="identity"):
    n = len(confidence)
    top = np.stack([confidence, 1 - np.asarray(confidence)], axis=1)
    predicted = np.where(correct, 0, 1)
    return Predictions(
        model=model,
        dataset="val",
        view=view,
        classes=("cat", "dog"),
        ids=np.array([str(i) for i in range(n)]),
        labels=np.zeros(n, np.int64),
        top_classes=np.stack([predicted, 1 - predicted], axis=1),
        top_probabilities=top,
    )


def drawn(said):
    measured = expected_calibration_error(said.confidence, said.correct, bins=15, alpha=0.05)
    return measured, reliability(said, measured)


def words(figure):
    return " | ".join(text.get_text() for text in figure.texts)


def blocks(figure, colour):
    from matplotlib.colors import to_rgba

    return [bar for bar in figure.axes[0].patches if bar.get_facecolor() == to_rgba(colour)]


def test_blocks_are_the_terms_of_the_ece():
    said = predictions(SURE, RANDOM.random(2000) < SURE**2)
    measured, figure = drawn(said)
    shares = {row["low"]: row["images"] / 2000 for row in measured.parts}
    drawn_blocks = blocks(figure, OVER) + blocks(figure, UNDER)
    lows = [
        min(shares, key=lambda low: abs(low + 1 / 30 - (bar.get_x() + bar.get_width() / 2))) for bar in drawn_blocks
    ]
    total = sum(abs(bar.get_height()) * shares[low] for bar, low in zip(drawn_blocks, lows, strict=True))
    assert total == pytest.approx(measured.value)
    ends = {(round(bar.get_y(), 9), round(bar.get_y() + bar.get_height(), 9)) for bar in drawn_blocks}
    assert ends == {(round(row["accuracy"], 9), round(row["confidence"], 9)) for row in measured.parts if row["images"]}


@pytest.mark.parametrize(("exponent", "colour", "other"), [(3, OVER, UNDER), (0.2, UNDER, OVER)])
def test_colours_tell_over_from_under(exponent, colour, other):
    high = np.repeat([0.5, 0.7, 0.9], 200)
    _, figure = drawn(predictions(high, np.tile(np.arange(200) / 200, 3) < high**exponent))
    assert len(blocks(figure, colour)) == 3
    assert not blocks(figure, other)


def test_the_header_says_who_and_how_much():
    measured, figure = drawn(predictions(SURE, RANDOM.random(2000) < SURE, model="my_$model$", view="scale(1.5)"))
    assert "my_$model$ on val, scale(1.5)" in words(figure)
    assert f"ECE {measured.value:.4f}" in words(figure)
    assert f"[{measured.interval.low:.4f}, {measured.interval.high:.4f}]" in words(figure)
    assert "2,000 images" in words(figure)
    assert f"noise floor {measured.details['noise_floor']:.4f}" in words(figure)
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "accuracy, 90 % interval" in legend


def test_notes_are_shown():
    _, figure = drawn(predictions(SURE[:50], RANDOM.random(50) < SURE[:50]))
    assert "Much of this may be noise: on 50 images" in words(figure)


def test_the_histogram_counts_the_images():
    measured, figure = drawn(predictions(SURE, RANDOM.random(2000) < SURE))
    above, below = figure.axes
    assert above.get_xlim() == below.get_xlim() == (0, 1)
    heights = [bar.get_height() for bar in below.containers[0]]
    shares = [row["images"] / 2000 for row in measured.parts if row["images"]]
    assert heights == pytest.approx(shares)
    written = [text for text in below.texts if "%" in text.get_text()]
    assert len(written) == len(shares)
    reached = max(np.max(line.get_ydata()) for line in below.lines)
    assert all(text.xy[1] > reached for text in written)  # no line runs through a number


@pytest.mark.parametrize(
    ("confidence", "correct"),
    [
        ([0.9], [True]),
        ([1.0] * 30, [True] * 30),
        ([0.97] * 300, [True] * 270 + [False] * 30),
        ([0.0, 1.0], [False, True]),
        (SURE, SURE > 0.5),
    ],
)
def test_extremes_can_be_drawn(confidence, correct):
    _, figure = drawn(predictions(np.array(confidence), np.array(correct)))
    png = io.BytesIO()
    figure.savefig(png, format="png")
    image = Image.open(png)
    assert image.size[0] == 900
    assert np.asarray(image.convert("L")).std() > 10


def test_long_names_stay_on_the_page():
    _, figure = drawn(predictions(SURE, SURE > 0.5, model="a-model-whose-name-" + "never-ends-" * 8))
    figure.canvas.draw()
    assert figure.texts[0].get_window_extent().x1 < 900


def test_a_measurement_without_bins_cannot_be_drawn():
    with pytest.raises(ValueError, match=r"needs the bins .* measurement\.parts"):
        reliability(predictions([0.5], [True]), Measurement(0.1, 1))

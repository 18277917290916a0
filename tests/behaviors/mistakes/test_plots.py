"""The bars stand on 1, reach their ratios and say which way they are sure; extremes can be drawn."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from PIL import Image

from behaviors.contract.measurement import Interval, Measurement
from behaviors.contract.predictions import Predictions
from behaviors.mistakes import FACTORS
from behaviors.mistakes.evidence import Errors
from behaviors.mistakes.metrics import mean_error_ratio
from behaviors.mistakes.plots import FEWER, MORE, UNSURE, error_ratios

COLUMN = np.zeros((2, 1), np.int64)


def said(model="one", view="identity"):
    return Predictions(model, "photos", view, ("cat", "dog"), np.array(["a", "b"]), COLUMN[:, 0], COLUMN, None)


def measured(seed=0, error=0.2, unknown=0):
    random = np.random.default_rng(seed)
    carries = random.random((3000, 16)) < np.linspace(0.02, 0.5, 16)
    chance = np.clip(error * np.where(carries[:, 0], 2.5, np.where(carries[:, 15], 0.7, 1)), 0, 1)
    return mean_error_ratio(Errors(random.random(3000) < chance, carries, unknown=unknown), alpha=0.05)


def bars(figure):
    return [patch for patch in figure.axes[0].patches if patch.get_height() == pytest.approx(0.66)]


def test_a_bar_reaches_from_1_to_the_ratio():
    mean = measured()
    figure = error_ratios(said(), mean)
    ends = [{round(bar.get_x(), 9), round(bar.get_x() + bar.get_width(), 9)} for bar in bars(figure)]
    assert ends == [{1, round(row["ratio"], 9)} for row in mean.parts]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [f.replace("_", " ") for f in FACTORS]


def test_colours_say_what_is_sure():
    rows = [
        {"factor": name, "images": 50, "errors": 9, "ratio": ratio, "low": ratio - 0.2, "high": ratio + 0.2}
        for name, ratio in (("pose", 1.5), ("texture", 1.1), ("style", 0.9), ("brighter", 0.5))
    ]
    figure = error_ratios(said(), Measurement(1.0, 200, Interval(0.9, 1.1, 0.05, ""), tuple(rows)))
    assert [bar.get_facecolor() for bar in bars(figure)] == [to_rgba(c) for c in (MORE, UNSURE, UNSURE, FEWER)]


def test_words_say_who_and_how_much():
    mean = measured(unknown=1200)
    figure = error_ratios(said(model="my_$model$", view="scale(1.5)"), mean)
    words = " | ".join(text.get_text() for text in [*figure.texts, *figure.axes[0].texts])
    assert "my_$model$ on photos, scale(1.5)" in words
    assert f"mean error ratio {mean.value:.3f}" in words
    assert f"90 % interval [{mean.interval.low:.3f}, {mean.interval.high:.3f}]" in words
    assert "1,200 images have no annotation" in words
    assert f"{mean.parts[3]['errors']:,} of {mean.parts[3]['images']:,}" in words


@pytest.mark.parametrize("error", [0.004, 0.2, 1.0])
def test_extremes_can_be_drawn(error):
    figure = error_ratios(said(model="a-model-whose-name-" + "never-ends-" * 8), measured(error=error))
    png = io.BytesIO()
    figure.savefig(png, format="png")
    picture = Image.open(png)
    assert picture.size[0] == 900
    assert np.asarray(picture.convert("L")).std() > 10
    assert figure.texts[0].get_window_extent().x1 < 900


def test_a_measurement_without_factors_cannot_be_drawn():
    with pytest.raises(ValueError, match=r"need the factors of a mean error ratio: measurement\.parts"):
        error_ratios(said(), Measurement(1.2, 30))

"""The pictures show the numbers of the measurement, and survive what datasets bring."""

import io

import numpy as np
import pytest
from PIL import Image

from behaviors.contract.measurement import Measurement
from behaviors.synthetic import FACTORS
from behaviors.synthetic.metrics import factor_accuracy, mean_accuracy
from behaviors.synthetic.plots import curve, factors
from behaviors.synthetic.scenes import scenes
from tests.behaviors.synthetic.sweeps import sweep, together

RNG = np.random.default_rng(0)
YAW = sweep(RNG.random((20, 5)) < 0.8)


def bars(predictions):
    found = mean_accuracy(scenes(predictions), alpha=0.05)
    return found, factors(predictions, found)


def along(predictions, factor="Camera_Yaw"):
    found = factor_accuracy(scenes(predictions), alpha=0.05)
    return found, curve(predictions, factor, found)


def words(figure):
    return [text.get_text() for text in figure.texts]


def test_a_bar_per_factor_in_the_papers_order_from_the_top():
    found, figure = bars(together(*(sweep(RNG.random((20, 3)) < 0.8, name) for name in FACTORS)))
    axes = figure.axes[0]
    assert [bar.get_width() for bar in axes.containers[0]] == [row["accuracy"] for row in found.parts]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [name.replace("_", " ").lower() for name in FACTORS]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    whiskers = axes.containers[1].lines[2][0].get_segments()
    assert [part[:, 0].tolist() for part in whiskers] == [
        pytest.approx([row["low"], row["high"]]) for row in found.parts
    ]
    assert [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 2][-1] == found.value


def test_a_point_per_level_joined_where_levels_are_numbers():
    found, figure = along(YAW)
    lines = [line for line in figure.axes[0].lines if len(line.get_ydata()) == 5]
    joined, points = (
        [line for line in lines if line.get_linestyle() == style and line.get_marker() in ("None", "o")]
        for style in ("-", "None")
    )
    assert len(joined) == 1
    assert any(line.get_ydata().tolist() == [row["accuracy"] for row in found.parts] for line in points)
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["0", "10", "20", "30", "40"]
    whiskers = figure.axes[0].containers[0].lines[2][0].get_segments()
    assert [part[:, 1].tolist() for part in whiskers] == [
        pytest.approx([row["low"], row["high"]]) for row in found.parts
    ]


def test_levels_that_are_no_numbers_are_not_joined():
    places = np.tile(["beach", "city", "a very long name", "d", "e"], 20)
    _, figure = along(sweep(np.ones((20, 5)), "Worlds", level=places), "Worlds")
    assert not [line for line in figure.axes[0].lines if len(line.get_ydata()) == 5 and line.get_linestyle() == "-"]
    assert "a very long name" in [label.get_text() for label in figure.axes[0].get_xticklabels()]


def test_the_header_says_who_and_how_much():
    yaw = sweep(RNG.random((20, 5)) < 0.8, model="my_$model$")
    found, figure = along(yaw)
    assert words(figure)[0] == "my_$model$ on pug"
    interval = f"90 % interval [{found.interval.low:.3f}, {found.interval.high:.3f}]"
    assert words(figure)[1] == f"camera yaw: accuracy {found.value:.3f}   {interval}   100 images   20 scenes"
    assert words(bars(yaw)[1])[2].startswith("Without Worlds, Camera_Pitch")


@pytest.mark.parametrize("value", [0, 1])
@pytest.mark.parametrize("shape", [(1, 2), (3, 1), (2, 64)])
def test_extremes_can_be_drawn(value, shape):
    predictions = sweep(np.full(shape, value), model="a-name-" * 20)
    for _, figure in (bars(predictions), along(predictions)):
        png = io.BytesIO()
        figure.savefig(png, format="png")
        assert np.asarray(Image.open(png).convert("L")).std() > 5


def test_other_measurements_cannot_be_drawn():
    with pytest.raises(ValueError, match=r"needs the levels of a factor_accuracy: measurement\.parts"):
        curve(YAW, "Camera_Yaw", Measurement(0.5, 10))
    with pytest.raises(ValueError, match="needs the factors of a mean_accuracy"):
        factors(YAW, along(YAW)[0])

"""The strip shows images whose prediction changes, before and after, and nothing where none does."""

import io

import numpy as np
import pytest

from behaviors.contract.predictions import Predictions
from behaviors.invariance.ranges import Ranges
from behaviors.invariance.search import Course, SearchResult, search
from behaviors.invariance.strip import MOST, changed, strip, strip_of
from behaviors.invariance.transformation import Transformation

CLASSES = ("ant", "a name that is far too long to stand below an image", "cat $x$")


def said(predicted, confidence=None, view="identity", labels=None):
    predicted = np.array(predicted)
    sure = None if confidence is None else np.array(confidence, dtype=np.float64)[:, None]
    return Predictions(
        model="vit",
        dataset="wide",
        view=view,
        classes=CLASSES,
        ids=np.array([f"folder/with/a/long/name/{k:05d}.png" for k in range(len(predicted))]),
        labels=np.zeros(len(predicted), dtype=np.int64) if labels is None else np.array(labels),
        top_classes=predicted[:, None],
        top_probabilities=sure,
    )


class Fake:
    """Images of noise; under every view that is not the identity, every second prediction is another."""

    model, dataset, images, input_size = "vit", "wide", 24, 64

    def __init__(self):
        self.shown = []

    def __call__(self, view):
        other = 0 if view == "identity" else np.arange(24) % 2
        return said(np.zeros(24, dtype=int) + other, np.linspace(0.5, 0.9, 24), view)

    def pictures(self, view, ids):
        self.shown.append((view, list(ids)))
        rng = np.random.default_rng(0)
        picture = rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)
        return [(picture, np.roll(picture, 3, 1)) for _ in ids]


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts] + [text.get_text() for text in figure.texts]


def draws(figure):
    figure.savefig(buffer := io.BytesIO(), format="png")
    return len(buffer.getvalue()) > 1000


def test_right_ones_come_first_and_then_the_most_confident():
    before = said([0, 1, 0, 0, 0], [0.5, 0.9, 0.6, 0.8, 0.7])
    after = said([1, 0, 0, 1, 2], [0.5] * 5)
    assert changed(before, after) == [3, 4, 0, 1]
    assert changed(before, before) == []
    assert changed(said([0, 1, 0]), said([1, 0, 1])) == [0, 2, 1]


def test_the_smallest_that_breaks_is_drawn():
    explore, smallest = Fake(), Transformation(x=1)
    result = SearchResult({smallest: 0.5, Transformation(x=4): 0.4}, 0.9, 0, 60, Course((), spent=False))
    figure = strip_of(explore, result, 64)()
    [(view, ids)] = explore.shown
    assert view == smallest.view
    assert ids == [f"folder/with/a/long/name/{k:05d}.png" for k in range(23, 7, -2)]
    assert len(figure.axes) == 2 * MOST
    assert "vit on wide" in texts(figure)
    assert "a shift of 1 px right   8 of 12 predictions that change" in texts(figure)
    assert texts(figure).count("is ant") == MOST
    assert "ant 0.90" in texts(figure)
    assert draws(figure)


def test_where_nothing_breaks_it_is_the_worst():
    explore = Fake()
    result = SearchResult({Transformation(x=1): 0.95, Transformation(x=4): 0.92}, 0.9, 0, 60, Course((), spent=False))
    strip_of(explore, result, 64)()
    assert explore.shown[0][0] == Transformation(x=4).view


def test_where_nothing_changes_nothing_is_drawn():
    result = search(lambda one: 1.0, Ranges(), threshold=0.9, budget=5, examples=5, seed=1)
    assert strip_of(Fake(), result, 64) is None


@pytest.mark.parametrize("count", [1, 2, 8])
def test_decisions_alone_long_words_and_any_number_of_images(count):
    picture = np.zeros((8, 8, 3), dtype=np.uint8)
    before, after = said([0] * 9), said([1, 2] * 4 + [-1])
    words = ", ".join(["a shift of 3.5 px right and 10.5 px down"] * 3)
    figure = strip(before, after, range(9 - count, 9), [(picture, picture)] * count, words)
    assert len(figure.axes) == 2 * count
    assert "no answer" in texts(figure)
    assert draws(figure)


def test_a_strip_of_nothing_is_refused():
    with pytest.raises(ValueError, match="a pair of pictures for each image; got 0 for 1 images"):
        strip(said([0]), said([1]), [0], [], "a flip")

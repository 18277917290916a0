"""The line of ordinary models and what is above it, held against statsmodels and against finite differences."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit
from scipy.stats import norm

from behaviors.statistics.line import AXES, fitted

X = np.array([0.58, 0.66, 0.71, 0.76, 0.80])
Y = np.array([0.36, 0.48, 0.50, 0.58, 0.66])


@pytest.mark.parametrize("axes", list(AXES))
def test_it_is_least_squares_on_the_axes(axes):
    to = {"logit": logit, "probit": norm.ppf, "linear": np.asarray}[axes]
    model = sm.OLS(to(Y), sm.add_constant(to(X))).fit()
    line, place = fitted(X, Y, axes=axes), to(0.69)
    there = model.get_prediction([[1.0, place]])
    assert line.slope == pytest.approx(model.params[1])
    assert line.intercept == pytest.approx(model.params[0])
    assert line.spread == pytest.approx(math.sqrt(model.mse_resid))
    assert AXES[axes].to(np.float64(line.at(0.69))) == pytest.approx(there.predicted_mean[0])
    step = 1e-6
    ahead, behind = (AXES[axes].back(there.predicted_mean[0] + side * step) for side in (1, -1))
    assert line.error(0.69) == pytest.approx(there.se_mean[0] * (ahead - behind) / (2 * step))
    assert line.reach(0.69, alpha=0.05) == pytest.approx(
        line.error(0.69) * 2.353363, rel=1e-6
    )  # Student's t, 3 degrees


@pytest.mark.parametrize("axes", list(AXES))
def test_what_each_accuracy_moves_is_the_derivative(axes):
    moves, step = fitted(X, Y, axes=axes).moves(0.69), 1e-6

    def slope(change):
        return (change(step) - change(-step)) / (2 * step)

    unit = np.eye(X.size)
    line = fitted(X, Y, axes=axes)
    assert moves.own_x == pytest.approx(slope(lambda h: line.above(0.69 + h, 0.55)))
    assert moves.own_y == 1
    for place in range(X.size):
        by_x = slope(lambda h, k=place: fitted(X + h * unit[k], Y, axes=axes).above(0.69, 0.55))
        by_y = slope(lambda h, k=place: fitted(X, Y + h * unit[k], axes=axes).above(0.69, 0.55))
        assert moves.line_x[place] == pytest.approx(by_x, rel=1e-5)
        assert moves.line_y[place] == pytest.approx(by_y, rel=1e-5)


def test_models_on_a_line_have_nothing_above_it():
    line = fitted(X, expit(0.9 * logit(X) - 0.7))
    assert line.slope == pytest.approx(0.9)
    assert line.spread == pytest.approx(0, abs=1e-9)
    assert line.above(0.9, float(expit(0.9 * logit(0.9) - 0.7)) + 0.1) == pytest.approx(0.1)


def test_two_models_fix_a_line_but_not_how_sure_it_is():
    line = fitted([0.6, 0.8], [0.4, 0.6])
    assert line.at(0.6) == pytest.approx(0.4)
    assert math.isnan(line.spread)
    assert math.isinf(line.reach(0.7, alpha=0.05))


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([0.6], [0.4], "at least 2 models; got shapes"),
        ([0.6, 0.7], [0.4], "two accuracies of each"),
        ([0.6, 0.6], [0.4, 0.5], "all 2 models are equally accurate"),
        ([0.6, 1.0], [0.4, 0.5], "an accuracy of 1 has no place on logit axes"),
        ([0.6, 0.7], [0.4, float("nan")], "an accuracy of nan has no place"),
    ],
)
def test_what_makes_no_line_is_one_sentence(x, y, message):
    with pytest.raises(ValueError, match=message):
        fitted(x, y)


PUBLISHED = Path(__file__).parent / "published_accuracies.csv"
"""Top-1 in % on ImageNet, ImageNet-V2, ImageNet-Sketch: results/ of huggingface/pytorch-image-models, aa4b5850."""


def published(shifted):
    """(K,) of torchvision's models, trained on ImageNet alone; and of the others by name."""
    rows = list(csv.DictReader(PUBLISHED.read_text().splitlines()))
    pairs = {row["model"]: (float(row["imagenet"]) / 100, float(row[shifted]) / 100) for row in rows}
    ordinary = [pair for name, pair in pairs.items() if name.endswith(".tv_in1k")]
    assert len(ordinary) == 23
    return np.array(ordinary).T, {name: pair for name, pair in pairs.items() if not name.endswith(".tv_in1k")}


@pytest.mark.parametrize(("shifted", "scatter", "gain"), [("v2", 0.009, 0.006), ("sketch", 0.031, 0.09)])
def test_published_models_lie_on_the_line_and_those_of_far_more_data_above_it(shifted, scatter, gain):
    """As Taori et al. 2020 found: only training on much more data goes beyond what accuracy explains."""
    (x, y), others = published(shifted)
    line = fitted(x, y)
    slope, intercept = np.polyfit(logit(x), logit(y), 1)
    assert (line.slope, line.intercept) == pytest.approx((slope, intercept))
    assert max(abs(line.above(a, b)) for a, b in zip(x, y, strict=True)) < scatter
    for name, (accuracy, there) in others.items():
        above = line.above(accuracy, there)
        if name == "tf_efficientnet_lite0.in1k":  # ImageNet alone, too
            assert abs(above) < scatter
        else:  # a billion tagged photographs, or CLIP's 400 million
            assert above > gain
            assert above > line.reach(accuracy, alpha=0.05)

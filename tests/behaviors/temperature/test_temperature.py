"""Against scipy and torchmetrics; a model on a wrong scale is told from one in a wrong order; bad input is refused."""

import inspect

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from torchmetrics.classification import BinaryCalibrationError, MulticlassCalibrationError

from behaviors.contract.predictions import Predictions
from behaviors.statistics.halves import halves
from behaviors.temperature import METRICS, metrics, test_temperature
from behaviors.temperature.scaling import fitted, logits_of, softmax
from tests.behaviors.recorder import Recorder, call, needs_of

ALPHA, CLASSES = 0.05, 4
TESTS = {
    name: test for name, test in inspect.getmembers(test_temperature, inspect.isfunction) if name.startswith("test_")
}


def drawn(seed=0, images=3000, scale=1.0, tilt=0.0):
    """Labels drawn from a model's own probabilities; ``scale``: what its logits are then multiplied by."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (images, CLASSES))
    true = softmax(logits, 1.0)
    labels = (random.random((images, 1)) > true.cumsum(axis=1)).sum(axis=1).clip(0, CLASSES - 1)
    return softmax(logits * scale + tilt * np.eye(CLASSES)[0], 1.0), labels


def says(probabilities, labels):
    order = np.argsort(-probabilities, axis=1)
    return Predictions(
        "one", "val", "identity", ("ant", "bee", "cat", "dog"), np.arange(len(labels)).astype(str), labels, order,
        np.take_along_axis(probabilities, order, axis=1), probabilities=probabilities,
    )  # fmt: skip


def judged(probabilities, labels):
    gate = Recorder()
    for test in TESTS.values():
        call(test, says(probabilities, labels), gate)
    return gate


@pytest.mark.parametrize("scale", [0.3, 1.0, 3.0])
def test_the_temperature_is_the_likeliest(scale):
    probabilities, labels = drawn(scale=scale)
    logits = logits_of(probabilities)

    def loss(log_temperature):
        return -np.log(softmax(logits, np.exp(log_temperature))[np.arange(len(labels)), labels]).sum()

    best = minimize_scalar(loss, bounds=(-4, 4), method="bounded", options={"xatol": 1e-10})
    assert fitted(logits, labels) == pytest.approx(np.exp(best.x), rel=1e-5)
    assert fitted(logits, labels) == pytest.approx(scale, rel=0.06)


def test_errors_are_those_of_torchmetrics():
    probabilities, labels = drawn(scale=1.7)
    classwise = metrics.classwise_ece(probabilities, labels, alpha=ALPHA)
    expected = []
    for k in range(CLASSES):
        of_class = BinaryCalibrationError(n_bins=15)
        expected.append(float(of_class(torch.tensor(probabilities[:, k]), torch.tensor((labels == k).astype(int)))))
    assert classwise.value == pytest.approx(np.mean(expected), abs=1e-6)
    assert [row["ece"] for row in classwise.parts] == pytest.approx(expected, abs=1e-6)
    half = halves(np.arange(len(labels)))
    scaled = metrics.scaled_ece(probabilities, labels, half, alpha=ALPHA, ids=np.arange(len(labels)))
    top = MulticlassCalibrationError(CLASSES, n_bins=15)
    assert scaled.details["unscaled"] == pytest.approx(
        float(top(torch.tensor(probabilities), torch.tensor(labels))), abs=1e-6
    )
    by_hand = np.empty_like(probabilities)
    for part in (half, ~half):
        by_hand[part] = softmax(np.log(probabilities[part]), fitted(np.log(probabilities[~part]), labels[~part]))
    again = MulticlassCalibrationError(CLASSES, n_bins=15)
    assert scaled.value == pytest.approx(float(again(torch.tensor(by_hand), torch.tensor(labels))), abs=1e-6)
    assert scaled.per_image.number == pytest.approx(scaled.value)


def test_a_wrong_scale_vanishes_and_a_wrong_order_stays():
    sound, scaled, tilted = (judged(*drawn(images=20_000, **how)) for how in ({}, {"scale": 3.0}, {"tilt": 2.0}))
    assert set(sound.measured) == set(METRICS) == {name.removeprefix("test_") for name in TESTS}
    for gate in (sound, scaled, tilted):
        for found in gate.measured.values():
            assert found.interval.low <= found.value <= found.interval.high
            assert found.per_image.number == pytest.approx(found.value)
    gates = {"sound": sound, "scaled": scaled, "tilted": tilted}
    ece = {name: gate.measured["scaled_ece"] for name, gate in gates.items()}
    assert ece["scaled"].details["unscaled"] > 0.1
    assert ece["scaled"].interval.low < 0.01
    assert ece["tilted"].interval.low > ece["scaled"].interval.high
    worst = max(tilted.measured["classwise_ece"].parts, key=lambda row: row["ece"])
    assert (worst["class"], worst["too_often"] > 0) == ("ant", True)
    assert tilted.measured["classwise_ece"].interval.low > sound.measured["classwise_ece"].interval.high


def test_intervals_hold():
    """Of a model whose true errors are known from very many images."""
    many = drawn(99, 60_000, tilt=1.0)
    ids = np.arange(60_000)
    true = {
        "scaled": metrics.scaled_ece(*many, halves(ids), alpha=ALPHA).value,
        "classwise": metrics.classwise_ece(*many, alpha=ALPHA).value,
    }
    missed = dict.fromkeys(true, 0)
    for seed in range(80):
        data = drawn(seed, 400, tilt=1.0)
        half = halves(np.arange(400))
        for name, found in (
            ("scaled", metrics.scaled_ece(*data, half, alpha=ALPHA)),
            ("classwise", metrics.classwise_ece(*data, alpha=ALPHA)),
        ):
            missed[name] += not found.interval.low <= true[name] <= found.interval.high
    assert max(missed.values()) <= 0.2 * 80, missed  # 10 %, and what 80 draws may add


def test_what_cannot_be_measured_is_said():
    probabilities, labels = drawn(images=30)
    gate = judged(probabilities, labels)
    assert "it takes 20" in gate.undecided["scaled_ece"][0]
    assert all("distribution" in needs_of(test) for test in TESTS.values())
    with pytest.raises(ValueError, match="got shape"):
        metrics.classwise_ece(probabilities[:, :1], labels, alpha=ALPHA)
    with pytest.raises(ValueError, match="add up to 1"):
        metrics.classwise_ece(probabilities * 2, labels, alpha=ALPHA)
    with pytest.raises(ValueError, match="a label among 4 classes"):
        metrics.classwise_ece(probabilities, labels + 1, alpha=ALPHA)
    with pytest.raises(ValueError, match="images in either"):
        metrics.scaled_ece(probabilities, labels, np.ones(30, bool), alpha=ALPHA)


@pytest.mark.parametrize("images", [40, 400])
def test_no_error_seen_is_not_none_to_be_seen(images):
    """Nothing wrong among N leaves 3 / N, as the rule of three has it."""
    labels = np.arange(images) % CLASSES
    sure, half = np.eye(CLASSES)[labels], np.arange(images) % 4 < 2
    scaled = metrics.scaled_ece(sure, labels, half, alpha=ALPHA)
    by_class = metrics.classwise_ece(sure, labels, alpha=ALPHA)
    assert (scaled.value, by_class.value) == (pytest.approx(0), pytest.approx(0))
    assert scaled.interval.high == pytest.approx(3 / images, rel=0.05)
    assert by_class.interval.high == pytest.approx(2 / CLASSES * 3 / images, rel=0.05)

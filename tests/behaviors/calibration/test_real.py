"""Calibration metrics on real predictions, whose values are stated beside them."""

import numpy as np
import pytest
import torch

from behaviors.calibration.metrics import expected_calibration_error, negative_log_likelihood, signed_gap

ALPHA = 0.05


def ece(confidence, correct):
    return expected_calibration_error(confidence, correct, bins=15, alpha=ALPHA)


@pytest.mark.parametrize(
    ("name", "accuracy", "value"), [("ViT", 0.78006, 0.014125384529544), ("ResNet50", 0.7613, 0.037307912636582)]
)
def test_recorded_imagenet_predictions(real, name, accuracy, value):
    folder = real / "imagenet_val_predictions"
    files, predicted, confidence = np.loadtxt(folder / f"{name}.csv", str, delimiter=",", skiprows=1, unpack=True)
    label = dict(np.loadtxt(folder / "labels.csv", str, delimiter=",", skiprows=1))
    correct = predicted == [label[file] for file in files]
    m = ece(confidence.astype(np.float64), correct)
    assert (np.mean(correct), m.value) == pytest.approx((accuracy, value), abs=1e-14)
    low, high, debiased = {"ViT": (0.00948, 0.01661, 0.01318), "ResNet50": (0.03334, 0.03989, 0.03706)}[name]
    assert (m.interval.low, m.interval.high, m.details["debiased"]) == pytest.approx((low, high, debiased), abs=5e-6)


def test_real_logits(real):
    recorded = np.load(real / "reference" / "deit_tiny_photos.npz")
    log_probability = torch.log_softmax(torch.tensor(recorded["logits"], dtype=torch.float64), dim=1).numpy()
    predicted, rows = log_probability.argmax(1), np.arange(250)
    confidence, correct = np.exp(log_probability[rows, predicted]), predicted == recorded["label"]
    assert ece(confidence, correct).value == pytest.approx(0.23479842996110595, abs=1e-9)
    assert signed_gap(confidence, correct, alpha=ALPHA).value == pytest.approx(-0.23479842996110598, abs=1e-9)
    nll = negative_log_likelihood(log_probability[rows, recorded["label"]], alpha=ALPHA)
    assert nll.value == pytest.approx(0.7905883633312718, abs=1e-9)

"""The probe is a logistic regression: other libraries find the same one, and so do other machines."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from behaviors.transfer import probe
from behaviors.transfer.probe import hold_out, linear_probe, standardised, train
from tests.behaviors.transfer.tasks import STRENGTHS, clouds

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = {"strengths": STRENGTHS, "held_out": 0.25, "seeds": (0, 1, 2)}


def reference(data, strength, rows=slice(None)):
    """scikit-learn's own, of the same loss: its C is 1 / (strength N)."""
    scaler = StandardScaler().fit(data.train.astype(np.float64))
    labels = data.train_labels[rows]
    model = LogisticRegression(C=1 / (strength * len(labels)), solver="newton-cholesky", tol=1e-10)
    return scaler, model.fit(scaler.transform(data.train.astype(np.float64))[rows], labels)


def fitted(data, strength, tolerance=probe.FINE):
    space = standardised(data.train, data.test)
    weights = train(
        space.train,
        data.train_labels,
        variance=space.variance,
        strength=strength,
        classes=len(data.classes),
        tolerance=tolerance,
    )
    return space.test @ weights[:-1] + weights[-1]


def softmax(scores):
    shifted = np.exp(scores - scores.max(1, keepdims=True))
    return shifted / shifted.sum(1, keepdims=True)


@pytest.mark.parametrize("strength", [1.0, 1e-2, 1e-4])
@pytest.mark.parametrize("shape", [{"classes": 3}, {"classes": 2}, {"classes": 5, "width": 300, "each": 20}])
def test_probabilities_are_those_of_scikit_learn(strength, shape):
    """Also of two classes, and of more features than images."""
    data = clouds(**shape)
    scaler, model = reference(data, strength)
    expected = model.predict_proba(scaler.transform(data.test.astype(np.float64)))
    if len(data.classes) == 2:  # a single score there, of which a penalty of half the size is asked
        scaler, model = reference(data, strength / 2)
        expected = model.predict_proba(scaler.transform(data.test.astype(np.float64)))
    np.testing.assert_allclose(softmax(fitted(data, strength)), expected, atol=2e-5)


def test_torch_finds_the_same_probe():
    import torch

    data, strength = clouds(classes=6, width=20), 1e-3
    points = torch.tensor(data.train, dtype=torch.float64)
    mean, spread = points.mean(0), points.std(0, correction=0)
    weights = torch.zeros(20, 6, dtype=torch.float64, requires_grad=True)
    offsets = torch.zeros(6, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [weights, offsets], max_iter=5000, tolerance_grad=1e-10, tolerance_change=0, line_search_fn="strong_wolfe"
    )

    def loss():
        optimiser.zero_grad()
        scores = (points - mean) / spread @ weights + offsets
        found = torch.nn.functional.cross_entropy(scores, torch.tensor(data.train_labels))
        found = found + strength / 2 * weights.square().sum()
        found.backward()
        return found

    optimiser.step(loss)
    scores = ((torch.tensor(data.test, dtype=torch.float64) - mean) / spread @ weights + offsets).detach().numpy()
    np.testing.assert_allclose(softmax(fitted(data, strength)), softmax(scores), atol=2e-5)
    found = (linear_probe(data, strengths=[strength], held_out=0.25, seeds=[0]).predicted == data.test_labels).mean()
    assert abs(found - (scores.argmax(1) == data.test_labels).mean()) <= 0.002


def test_the_strength_is_the_best_on_the_images_held_out():
    data = clouds(spread=1.5)
    found = linear_probe(data, **SETTINGS)
    for seed, chosen in zip(SETTINGS["seeds"], found.strengths, strict=True):
        held = hold_out(data.train_labels, 0.25, seed)
        losses = []
        for strength in STRENGTHS:
            scaler, model = reference(data, strength, ~held)
            points = scaler.transform(data.train[held].astype(np.float64))
            losses.append(-model.predict_log_proba(points)[np.arange(held.sum()), data.train_labels[held]].mean())
        assert chosen == STRENGTHS[int(np.argmin(losses))]
        assert losses.index(min(losses)) not in (0, len(losses) - 1)  # a choice that could have been otherwise


def test_each_fit_learns_from_all_training_images():
    data = clouds(spread=1.5)
    found = linear_probe(data, **SETTINGS)
    for predicted, strength in zip(found.predicted, found.strengths, strict=True):
        scaler, model = reference(data, strength)
        agree = predicted == model.predict(scaler.transform(data.test.astype(np.float64)))
        assert agree.mean() > 0.99


def test_the_same_share_of_every_class_is_held_out():
    labels = np.repeat([0, 1, 2, 4], [40, 8, 3, 1])
    held = hold_out(labels, 0.25, seed=3)
    assert [int(held[labels == k].sum()) for k in (0, 1, 2, 4)] == [10, 2, 0, 0]
    assert (held == hold_out(labels, 0.25, seed=3)).all()
    assert (held != hold_out(labels, 0.25, seed=4)).any()


SCRIPT = """
import hashlib
from behaviors.transfer.probe import linear_probe
from tests.behaviors.transfer.tasks import STRENGTHS, clouds
found = linear_probe(clouds(spread=1.5), strengths=STRENGTHS, held_out=0.25, seeds=(0, 1))
print(found.strengths.tolist(), hashlib.sha256(found.predicted.tobytes()).hexdigest())
"""


def test_two_processes_with_other_numbers_of_threads_agree():
    here = linear_probe(clouds(spread=1.5), **SETTINGS | {"seeds": (0, 1)})
    expected = f"{here.strengths.tolist()} {hashlib.sha256(here.predicted.tobytes()).hexdigest()}"
    for threads in ("1", "2"):
        limits = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=ROOT,
            env={**os.environ, **limits, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == expected


def test_features_of_another_machine_give_the_same_accuracy():
    """Networks agree between machines to about 1e-6; the answers may differ on 0.2 % of the images at most."""
    data = clouds(spread=1.5, width=30, test=200)
    generator = np.random.default_rng(1)
    noise = 1 + 1e-6 * generator.normal(size=data.train.shape)
    other = replace(data, train=(data.train * noise).astype(np.float32))
    found, again = linear_probe(data, **SETTINGS), linear_probe(other, **SETTINGS)
    assert (found.strengths == again.strengths).all()
    assert abs((found.predicted == data.test_labels).mean() - (again.predicted == data.test_labels).mean()) <= 0.002


def test_units_and_rotations_of_features_do_not_matter():
    data = clouds(width=10)
    scales = np.geomspace(1e-3, 1e3, 10)
    other = replace(data, train=(data.train * scales).astype("f4"), test=(data.test * scales).astype("f4"))
    same = linear_probe(data, **SETTINGS).predicted == linear_probe(other, **SETTINGS).predicted
    assert same.mean() >= 0.998


def test_features_that_say_nothing_leave_the_most_common_class():
    """Constant ones, up to float32's rounding, and offsets that no penalty holds back."""
    data = clouds(classes=3)
    keep = np.flatnonzero((data.train_labels == 1) | (np.arange(len(data.train_labels)) % 2 == 0))
    blank = np.full_like(data.train, 0.1)
    blank[::2] = np.nextafter(np.float32(0.1), np.float32(1))
    blank = replace(data, train=blank[keep], train_labels=data.train_labels[keep], test=np.full_like(data.test, 0.1))
    assert (linear_probe(blank, **SETTINGS).predicted == 1).all()


def test_a_class_without_training_images_is_never_the_answer():
    data = clouds(classes=4)
    known = data.train_labels != 2
    found = linear_probe(replace(data, train=data.train[known], train_labels=data.train_labels[known]), **SETTINGS)
    assert not (found.predicted == 2).any()
    assert (found.predicted == data.test_labels)[:, data.test_labels != 2].mean() > 0.5


def spoilt(data, part, row, value):
    features = getattr(data, part).copy()
    features[row, 3] = value
    return replace(data, **{part: features})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda d: replace(d, train_labels=np.full_like(d.train_labels, 2)),
            "all 160 training images are of the class",
        ),
        (lambda d: spoilt(d, "train", 5, np.nan), "features of 1 of 160 training images are NaN or infinite"),
        (lambda d: spoilt(d, "test", slice(0, 3), np.inf), "features of 3 of 240 test images are NaN or infinite"),
        (lambda d: replace(d, train=d.train[:, :0]), r"training features of shape \(160, 0\)"),
        (lambda d: replace(d, test=d.test[:7]), r"test features of shape \(7, 20\) for 240 images"),
        (lambda d: replace(d, train=d.train[:9], train_labels=np.arange(9) % 4), "too few to hold out 25% of each"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        linear_probe(change(clouds()), **SETTINGS)


@pytest.mark.parametrize("strengths", [(), (0.1, 0.0)])
def test_strengths_are_above_zero(strengths):
    with pytest.raises(ValueError, match="needs strengths above 0"):
        linear_probe(clouds(), **SETTINGS | {"strengths": strengths})

"""Comparisons on real predictions, with stated estimates and intervals: ViT against ResNet-50, and cue conflicts."""

import csv
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from behaviors.calibration.metrics import expected_calibration_error, signed_gap, top_label_brier_score
from behaviors.contract.comparing import Comparison, compare
from behaviors.contract.measurement import Measurement
from behaviors.robustness.metrics import accuracy
from behaviors.shape_texture.evidence import Decisions
from behaviors.shape_texture.metrics import shape_fraction

ALPHA = 0.025
"""Of each side: the stated intervals are two-sided ones at 95 %."""


@dataclass(frozen=True)
class Recorded:
    """One network on the 50,000 images of ImageNet's validation set."""

    ids: np.ndarray
    correct: np.ndarray
    confidence: np.ndarray

    @property
    def accuracy(self) -> Measurement:
        return accuracy(self.correct, alpha=ALPHA, ids=self.ids)

    def calibration(self, metric, **more) -> Measurement:
        return metric(self.confidence, self.correct, alpha=ALPHA, ids=self.ids, **more)


@pytest.fixture(scope="module")
def networks(real) -> dict[str, Recorded]:
    folder = real / "imagenet_val_predictions"
    label = dict(np.loadtxt(folder / "labels.csv", str, delimiter=",", skiprows=1))
    found = {}
    for name in ("ViT", "ResNet50"):
        files, predicted, confidence = np.loadtxt(folder / f"{name}.csv", str, delimiter=",", skiprows=1, unpack=True)
        found[name] = Recorded(files, predicted == [label[file] for file in files], confidence.astype(np.float64))
    return found


def from_resnet(networks, measure, *, better, margin=0.0) -> Comparison:
    """ViT is the new model."""
    return compare(measure(networks["ResNet50"]), measure(networks["ViT"]), better=better, margin=margin, alpha=ALPHA)


def test_accuracy(networks):
    """b = 4340, c = 3402 of 50,000: +0.01876 [0.01532, 0.02221], z = 10.66, p = 1.4e-26."""
    found = from_resnet(networks, lambda network: network.accuracy, better="higher")
    assert (found.images, found.changed) == (50_000, 4340 + 3402)
    assert found.difference == pytest.approx(0.01876, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((0.0153167, 0.0222083), abs=1e-6)  # Tango's, less its skewness
    assert found.p_change == pytest.approx(1.4e-26, rel=0.03)
    assert found.p_change == pytest.approx(mcnemar([[0, 4340], [3402, 0]], exact=True).pvalue, rel=0.12)
    assert 938 / np.sqrt(7742) == pytest.approx(10.66, abs=5e-3)
    assert stats.norm.isf(found.p_better) == pytest.approx(10.66, abs=0.03)
    assert found.p_worse > 0.999


def test_accuracy_with_a_margin(networks):
    """ResNet-50 after ViT has lost more than one point, surely, and less than 2.3."""
    old, new = networks["ViT"].accuracy, networks["ResNet50"].accuracy
    assert compare(old, new, better="higher", margin=0.01, alpha=ALPHA).p_worse < 1e-5
    assert compare(old, new, better="higher", margin=0.0153167, alpha=ALPHA).p_worse == pytest.approx(0.025, abs=1e-4)
    found = compare(old, new, better="higher", margin=0.023, alpha=ALPHA)
    assert -found.low < 0.023
    assert found.p_worse > 0.95


def test_expected_calibration_error(networks):
    """-0.0232, z = -11.1; what noise may have added makes the test more careful than that."""
    found = from_resnet(networks, lambda one: one.calibration(expected_calibration_error, bins=15), better="lower")
    assert found.difference == pytest.approx(0.014125384529544 - 0.037307912636582, abs=1e-12)
    error = abs(found.difference) / 11.1
    z = stats.norm.isf(found.p_better)
    assert 0.85 * 11.1 < z < 11.1
    assert found.low < found.difference < found.high < 0
    assert found.high == pytest.approx(-z * error + stats.norm.isf(ALPHA) * error, abs=2e-4)


@pytest.mark.parametrize(
    ("measure", "low", "high"),
    [
        (lambda one: one.accuracy, 1.41, 1.61),
        (lambda one: one.calibration(top_label_brier_score), 1.33, 1.57),
    ],
)
def test_pairing_tells_more_than_two_samples(networks, measure, low, high):
    """The stated ratios of standard errors, unpaired over paired, for pairs of four networks."""
    old, new = measure(networks["ResNet50"]), measure(networks["ViT"])
    unpaired = np.sqrt(sum(one.per_image.values.var() / 50_000 for one in (old, new)))
    found = compare(old, new, better="neither", margin=0, alpha=ALPHA)
    paired = (found.high - found.low) / 2 / stats.norm.isf(ALPHA)
    assert low - 0.005 < unpaired / paired < high + 0.005


def test_means(networks):
    """Against scipy, which knows nothing of images by name."""
    for measure in (signed_gap, top_label_brier_score):
        old, new = (networks[name].calibration(measure) for name in ("ResNet50", "ViT"))
        found = from_resnet(networks, lambda one, measure=measure: one.calibration(measure), better="lower")
        expected = stats.ttest_rel(new.per_image.values, old.per_image.values)
        assert found.p_change == pytest.approx(expected.pvalue, rel=1e-9)
        assert found.difference == pytest.approx(new.value - old.value)
    assert found.p_better < 1e-10


def test_at_fewer_images_pairing_still_sees_it(networks):
    """With 2,000 images: ViT above ResNet-50 at a level of 5 % in 70 % of draws (unpaired: 37 %)."""
    random = np.random.default_rng(0)
    seen = 0
    for _ in range(200):
        rows = random.choice(50_000, 2000, replace=False)
        old, new = (
            accuracy(network.correct[rows], alpha=ALPHA, ids=network.ids[rows])
            for network in (networks["ResNet50"], networks["ViT"])
        )
        seen += compare(old, new, better="higher", margin=0, alpha=ALPHA).p_better <= 0.05
    assert seen / 200 == pytest.approx(0.70, abs=4 * np.sqrt(0.7 * 0.3 / 200))


@pytest.fixture(scope="module")
def fractions(real) -> dict[str, Measurement]:
    """The shape fractions of the paper's four models, from their decisions on 1,200 conflicting images."""
    found = {}
    for path in sorted((real / "decisions").glob("*.csv")):
        with path.open() as file:
            rows = [(row["imagename"], row["object_response"]) for row in csv.DictReader(file)]
        ids, said = (np.array(column) for column in zip(*rows, strict=True))
        sources = np.array([name.removesuffix(".png").split("-") for name in ids])
        shape, texture = (np.char.rstrip(column, "0123456789") for column in sources.T)
        apart = shape != texture
        columns = (said == shape, said == texture, shape, *sources.T, ids)
        found[path.stem] = shape_fraction(Decisions(*(column[apart] for column in columns)), alpha=ALPHA)
    return found


@pytest.mark.parametrize(
    ("new", "old", "difference", "p"),
    [
        ("vit-sup", "convnext-sup", 0.066, 0.0094),
        ("vit-clip", "convnext-clip", 0.041, 0.084),
        ("vit-clip", "vit-sup", 0.066, 0.045),
        ("convnext-clip", "convnext-sup", 0.091, 0.0022),
    ],
)
def test_shape_fractions(fractions, new, old, difference, p):
    """The stated p-values are of a normal; ours are Student's with 47 degrees of freedom, for 48 textures."""
    found = compare(fractions[old], fractions[new], better="higher", margin=0, alpha=ALPHA)
    assert found.images == 1200
    assert found.difference == pytest.approx(difference, abs=6e-4)
    assert found.method == "paired, two-way clusters (160 x 48), Student's t"
    t = stats.t.isf(found.p_change / 2, 47)
    assert 2 * stats.norm.sf(t) == pytest.approx(p, rel=0.05)
    assert found.p_better == pytest.approx(found.p_change / 2)

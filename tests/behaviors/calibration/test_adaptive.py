"""The adaptive ECE against bins cut by hand, golden values on real predictions, and how often its bounds miss."""

import csv

import numpy as np
import pytest
from scipy.stats import binom

from behaviors.calibration.bins import bin_by_mass
from behaviors.calibration.metrics import adaptive_calibration_error
from benchmarks import adaptive

ALPHA = 0.05


@pytest.mark.parametrize(("images", "bins"), [(7, 3), (100, 15), (15, 15), (4, 15), (50_000, 15)])
def test_bins_are_cut_by_hand(images, bins):
    random = np.random.default_rng(0)
    sure = random.permutation(images) / images
    right = random.random(images) < sure
    order = np.argsort(sure)
    by_hand = sum(abs((sure[rows] - right[rows]).sum()) for rows in np.array_split(order, bins)) / images
    found = adaptive_calibration_error(sure, right, bins=bins, alpha=ALPHA, ids=np.arange(images))
    assert found.value == pytest.approx(by_hand, abs=1e-12)
    assert found.per_image.number == pytest.approx(found.value, abs=1e-12)
    assert [row["images"] for row in found.parts] == [len(rows) for rows in np.array_split(order, bins)]
    assert found.interval.low <= found.value <= found.interval.high


def test_the_order_of_equally_sure_images_does_not_matter():
    random = np.random.default_rng(0)
    sure = np.round(random.random(200), 1)
    right = random.random(200) < sure
    order = random.permutation(200)
    one, other = (bin_by_mass(sure[rows], right[rows], bins=15) for rows in (np.arange(200), order))
    assert np.array_equal(one.index[order], other.index)
    assert all(np.unique(one.index[sure == value]).size == 1 for value in np.unique(sure))
    low, high = one.edges[:-1], one.edges[1:]
    assert (sure >= low[one.index]).all()
    assert (sure <= high[one.index]).all()


@pytest.mark.parametrize(("model", "golden"), [("ResNet50", 0.037080), ("ViT", 0.014111)])
def test_golden_values_on_real_predictions(real, model, golden):
    def read(name):
        with (real / "imagenet_val_predictions" / name).open() as file:
            return {row["file_name"]: row for row in csv.DictReader(file)}

    labels, rows = read("labels.csv"), read(f"{model}.csv")
    sure = np.array([float(row["predicted_probability"]) for row in rows.values()])
    right = np.array([row["predicted_class"] == labels[name]["label"] for name, row in rows.items()])
    assert adaptive_calibration_error(sure, right, bins=15, alpha=ALPHA).value == pytest.approx(golden, abs=5e-7)


@pytest.mark.parametrize(("kind", "images"), [("calibrated", 100), ("too sure", 500), ("both", 500)])
def test_bounds_seldom_miss(kind, images):
    """The worst of all settings: docs/statistics.md."""
    assert max(adaptive.errors(kind, images, 200)) <= binom.isf(1e-4, 200, 0.065) / 200


@pytest.mark.parametrize("bins", [0, -1])
def test_there_is_a_bin(bins):
    with pytest.raises(ValueError, match="at least 1 bin"):
        adaptive_calibration_error([0.5], [True], bins=bins, alpha=ALPHA)

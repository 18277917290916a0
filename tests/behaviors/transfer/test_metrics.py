"""Accuracies and their intervals, by hand, by scipy, by simulation; and what is refused."""

import numpy as np
import pytest
from scipy import stats

from behaviors.contract.measurement import Interval, Measurement
from behaviors.transfer.metrics import fits_interval, mean_probe_accuracy, probe_accuracy

CLASSES = ("ant", "bee", "cat")


def measured(predicted, labels, learned=(5, 3, 2), alpha=0.05):
    return probe_accuracy(predicted, labels, learned=learned, classes=CLASSES, alpha=alpha)


def test_by_hand():
    found = measured([[0, 1, 2, 0], [0, 1, 1, 1]], [0, 1, 2, 2])
    assert found.value == 0.625
    assert found.images == 4
    assert found.details == pytest.approx({"chance": 0.25, "fit_sd": np.sqrt(2 * 0.125**2)})
    assert found.parts == (
        {"class": "ant", "images": 1, "accuracy": 1.0},
        {"class": "bee", "images": 1, "accuracy": 1.0},
        {"class": "cat", "images": 2, "accuracy": 0.25},
    )
    assert not found.notes


def test_the_interval_joins_images_and_fits():
    """Two fits of 4 images: means per image 1, 1, .5, 0; accuracies .75 and .5."""
    correct = np.array([[1, 1, 1, 0], [1, 1, 0, 0]], dtype=bool)
    of_images = np.var([1, 1, 0.5, 0], ddof=1) / 4
    of_fits = np.var([0.75, 0.5], ddof=1) / 2
    freedom = (of_images + of_fits) ** 2 / (of_images**2 / 3 + of_fits**2 / 1)
    reach = stats.t.ppf(0.95, freedom) * np.sqrt(of_images + of_fits)
    found = fits_interval(correct, alpha=0.05)
    assert (found.low, found.high) == pytest.approx((0.625 - reach, 1.0))
    assert found.method == "2 fits, Satterthwaite"


def test_one_fit_is_one_proportion():
    found = measured([[0, 1, 1, 1, 0, 1]], [0, 1, 1, 1, 1, 1])
    exact = stats.binomtest(5, 6).proportion_ci(0.9, "exact")
    assert (found.interval.low, found.interval.high) == pytest.approx(tuple(exact))
    assert "fit_sd" not in found.details
    assert found.notes == (
        "one fit: the interval is about this probe only, not about others that might have been fitted",
    )


def test_fits_that_agree_are_one_proportion():
    """As where the held-out images never matter: three times the same answers are no more evidence than once."""
    once = fits_interval([[True] * 90 + [False] * 10], alpha=0.05)
    thrice = fits_interval([[True] * 90 + [False] * 10] * 3, alpha=0.05)
    assert (thrice.low, thrice.high) == (once.low, once.high)
    assert thrice.method == "Clopper-Pearson, exact (3 fits agree)"


@pytest.mark.parametrize(("right", "bounds"), [(True, (0.05 ** (1 / 30), 1.0)), (False, (0.0, 1 - 0.05 ** (1 / 30)))])
def test_all_or_none_right(right, bounds):
    """The rule of three, not an interval without width."""
    labels = np.zeros(30, dtype=int)
    found = measured(np.full((3, 30), 0 if right else 1), labels)
    assert found.value == float(right)
    assert (found.interval.low, found.interval.high) == pytest.approx(bounds)


def test_chance_is_what_the_most_common_class_of_training_reaches():
    assert measured([[0, 0, 0]], [1, 1, 0], learned=(0, 9, 1)).details["chance"] == pytest.approx(2 / 3)


def test_a_class_that_could_not_be_learned_is_named():
    found = measured([[0, 1], [0, 1]], [0, 2], learned=(5, 5, 0))
    assert found.notes == ("the probe could learn nothing of 'cat': no training image shows it",)


def test_intervals_hold_where_fits_and_images_vary():
    """Accuracy of the method .8, standard deviation between fits .011, as in what the formula was chosen on."""
    generator, misses, runs = np.random.default_rng(0), np.zeros(2), 1500
    for _ in range(runs):
        ease = generator.normal(size=1000)
        limits = generator.normal(-1.19, 0.055, size=5)  # of the fits; the normal deviate of 1 - .8, widened
        found = fits_interval(ease[None] + 1.0 * generator.normal(size=(5, 1000)) > limits[:, None], alpha=0.05)
        truth = stats.norm.sf(-1.19 / np.sqrt(2 + 0.055**2))
        misses += (found.low > truth, found.high < truth)
    assert (misses / runs < 0.075).all()
    assert (misses / runs > 0.02).all()


def one(value, low, high, images=100):
    return Measurement(value, images, Interval(low, high, 0.05, "any"), details={"chance": 0.25}, notes=("few",))


def test_the_mean_over_tasks_by_hand():
    found = mean_probe_accuracy({"count": one(0.5, 0.4, 0.58), "size": one(0.9, 0.87, 0.96)}, alpha=0.05)
    assert found.value == pytest.approx(0.7)
    assert found.interval.low == pytest.approx(0.7 - np.hypot(0.1, 0.03) / 2)
    assert found.interval.high == pytest.approx(0.7 + np.hypot(0.08, 0.06) / 2)
    assert found.images == 200
    assert found.details == {"chance": 0.25}
    assert [row["task"] for row in found.parts] == ["count", "size"]
    assert found.parts[0] == {"task": "count", "accuracy": 0.5, "low": 0.4, "high": 0.58, "chance": 0.25, "images": 100}
    assert found.notes == ("count: few", "size: few")


def test_the_mean_of_one_task_is_the_task():
    alone = measured([[0, 1, 2, 0], [0, 1, 1, 1]], [0, 1, 2, 2])
    found = mean_probe_accuracy({"only": alone}, alpha=0.05)
    assert found.value == alone.value
    assert (found.interval.low, found.interval.high) == pytest.approx((alone.interval.low, alone.interval.high))


def test_intervals_of_means_over_tasks_hold():
    """Eight tasks of 120 images, among them one that nothing gets wrong."""
    generator, misses, runs = np.random.default_rng(1), np.zeros(2), 1500
    truths = np.array([1.0, 0.98, 0.9, 0.8, 0.6, 0.5, 0.3, 0.2])
    for _ in range(runs):
        tasks = {}
        for k, truth in enumerate(truths):
            right = generator.random(120) < truth
            tasks[str(k)] = measured([np.where(right, 0, 1)], np.zeros(120, dtype=int))
        found = mean_probe_accuracy(tasks, alpha=0.05).interval
        misses += (found.low > truths.mean(), found.high < truths.mean())
    assert (misses / runs <= 0.06).all()


@pytest.mark.parametrize(
    ("predicted", "labels", "learned", "sentence"),
    [
        ([[]], [], (1, 1, 1), "labels must be one row with a class for each of at least one image"),
        ([[0, 1, 2]], [0, 1], (1, 1, 1), r"once for each of 2 test images; the answers have shape \(1, 3\)"),
        (np.empty((0, 2)), [0, 1], (1, 1, 1), r"the answers have shape \(0, 2\)"),
        ([[0, 3]], [0, 1], (1, 1, 1), "predicted must be classes from 0 to 2; found 0 to 3"),
        ([[0, 1]], [0, -1], (1, 1, 1), "labels must be classes from 0 to 2; found -1 to 0"),
        ([[0, 1]], [0, 1.5], (1, 1, 1), "labels must be classes from 0 to 2"),
        ([[0, np.nan]], [0, 1], (1, 1, 1), "predicted must be classes from 0 to 2; found nan to nan"),
        ([[0, 1]], [0, 1], (1, 1), "learned must count the training images of each of 3 classes"),
        ([[0, 1]], [0, 1], (0, 0, 0), "learned must count the training images of each of 3 classes"),
    ],
)
def test_what_is_no_evidence_is_refused(predicted, labels, learned, sentence):
    with pytest.raises(ValueError, match=sentence), np.errstate(invalid="ignore"):
        measured(predicted, labels, learned)


def test_a_mean_needs_tasks_and_their_intervals():
    with pytest.raises(ValueError, match="at least one task"):
        mean_probe_accuracy({}, alpha=0.05)
    with pytest.raises(ValueError, match="interval of every task"):
        mean_probe_accuracy({"count": Measurement(0.5, 10, details={"chance": 0.1})}, alpha=0.05)
    with pytest.raises(ValueError, match="at least one fit to one image"):
        fits_interval(np.empty((3, 0), dtype=bool), alpha=0.05)

"""Two models that err on much the same images, measured in every way in which an image contributes to a mean."""

from collections.abc import Callable, Sequence

import numpy as np

from behaviors.calibration import metrics as calibration
from behaviors.contract.measurement import Measurement
from behaviors.invariance import metrics as invariance
from behaviors.invariance.sweeps import Sweep
from behaviors.robustness import metrics as robustness
from behaviors.robustness.corruptions import arrange
from behaviors.robustness.reference import Reference
from behaviors.selective import metrics as selective
from behaviors.synthetic import metrics as synthetic
from behaviors.synthetic.scenes import Scenes
from behaviors.transfer import metrics as transfer

ALPHA = 0.05
Measure = Callable[[np.ndarray, int], Measurement]
"""Which units (images or scenes) take part, and of which of two models, 0 or 1 -> its measurement."""


def names(count: int) -> np.ndarray:
    return np.array([f"{k:04d}.png" for k in range(count)])


def flags(random, rate: Sequence[float], shape) -> np.ndarray:
    """Two models' right answers, (2, *shape): what is hard for one is hard for the other."""
    ease = random.random(shape)
    other = np.where(random.random(shape) < 0.6, ease, random.random(shape))
    return np.stack([ease < rate[0], other < rate[1]])


def of_averages(relative: bool) -> tuple[int, Measure]:
    """Two variants of 60 and 140 images and val, of 100; units: all of them."""
    sizes = (60, 140, 100)
    right = flags(np.random.default_rng(0), (0.7, 0.6), sum(sizes))
    which = np.repeat(np.arange(3), sizes)

    def measure(kept, model):
        one, another, val = (
            robustness.accuracy(right[model][rows], alpha=ALPHA, ids=np.array([f"{place}-{k}" for k in rows]))
            for place in range(3)
            for rows in [kept[which[kept] == place]]
        )
        variants = {"one": one, "another": another}
        if relative:
            return robustness.relative_robustness(variants, val, alpha=ALPHA)
        return robustness.average_accuracy({**variants, "third": val}, alpha=ALPHA)

    return sum(sizes), measure


def of_corruptions(reference: Reference | None) -> tuple[int, Measure]:
    """120 images, two corruptions at three severities."""
    right = flags(np.random.default_rng(1), (0.6, 0.5), (120, 2, 3))

    def measure(kept, model):
        images, corruption, severity = (grid.ravel() for grid in np.meshgrid(kept, [0, 1], [1, 2, 3], indexing="ij"))
        kinds, chosen = np.array(["fog", "snow"])[corruption], right[model][images, corruption, severity - 1]
        table = arrange(chosen, kinds, severity, names(120)[images])
        if reference is None:
            return robustness.corruption_accuracy(table, alpha=ALPHA)
        return robustness.mean_corruption_error(table, reference=reference, alpha=ALPHA)

    return 120, measure


def of_scenes(several: bool) -> tuple[int, Measure]:
    """50 scenes of 2 to 5 images each, alike within a scene, of one or of two factors; units: scenes."""
    random = np.random.default_rng(2)
    base = np.repeat(np.arange(50), random.integers(2, 6, 50))
    ease = np.clip(random.normal(size=(2, 50))[:, base] * 0.3 + random.random((2, base.size)), 0, 1)
    right = ease < np.array([[0.6], [0.5]])
    factor = np.where(random.random(base.size) < 0.3, "Worlds", "Scene_Light")

    def measure(kept, model):
        rows = np.isin(base, kept)
        named = factor[rows] if several else np.full(int(rows.sum()), "Worlds")
        scenes = Scenes(right[model][rows], named, base=base[rows], ids=names(base.size)[rows])
        return (synthetic.mean_accuracy if several else synthetic.factor_accuracy)(scenes, alpha=ALPHA)

    return 50, measure


def of_views(measured: Callable[..., Measurement]) -> tuple[int, Measure]:
    """150 images under three views."""
    random = np.random.default_rng(3)
    usual, changed, same = (flags(random, rates, (3, 150)) for rates in ((0.8, 0.75), (0.6, 0.5), (0.7, 0.6)))
    probability = random.random((2, 3, 150))

    def measure(kept, model):
        columns = (array[model][:, kept] for array in (changed, same, probability))
        correct, unchanged, likely = columns
        sweep = Sweep(0, (1, 2, 3), usual[model][0, kept], correct, unchanged, likely[0], likely, ids=names(150)[kept])
        return measured(sweep, alpha=ALPHA)

    return 150, measure


def of_probes() -> tuple[int, Measure]:
    """Two tasks of 60 and 90 test images, three fits; units: all test images."""
    right = flags(np.random.default_rng(4), (0.8, 0.7), (3, 150))

    def measure(kept, model):
        each = {}
        for task, rows in (("count", kept[kept < 60]), ("size", kept[kept >= 60])):
            known = {"learned": [5, 5], "classes": ("ant", "bee"), "alpha": ALPHA, "ids": names(150)[rows]}
            predicted = np.where(right[model][:, rows], 0, 1)
            each[task] = transfer.probe_accuracy(predicted, np.zeros(rows.size, np.int64), **known)
        return transfer.mean_probe_accuracy(each, alpha=ALPHA)

    return 150, measure


def of_confidence(measured: Callable[..., Measurement]) -> tuple[int, Measure]:
    """150 images; confidences that follow the answers."""
    random = np.random.default_rng(5)
    right, sure = flags(random, (0.8, 0.7), 150), random.uniform(0.4, 0.99, (2, 150))

    def measure(kept, model):
        return measured(sure[model][kept], right[model][kept], alpha=ALPHA, ids=names(150)[kept])

    return 150, measure


def of_losses(measured: Callable[..., Measurement]) -> tuple[int, Measure]:
    label = np.random.default_rng(6).uniform(0.05, 0.99, (2, 150))

    def measure(kept, model):
        columns = [label[model][kept] ** 2 + 0.001] if measured is calibration.brier_score else []
        return measured(*columns, np.log(label[model][kept]), alpha=ALPHA, ids=names(150)[kept])

    return 150, measure


CASES = {
    "average_accuracy": of_averages(relative=False),
    "relative_robustness": of_averages(relative=True),
    "corruption_accuracy": of_corruptions(None),
    "mean_corruption_error": of_corruptions(Reference("old", {"fog": 0.5, "snow": 0.8})),
    "accuracy while one factor changes": of_scenes(several=False),
    "mean_accuracy over factors": of_scenes(several=True),
    "accuracy under views": of_views(invariance.accuracy),
    "consistency": of_views(invariance.consistency),
    "retained": of_views(invariance.retained),
    "true_probability": of_views(invariance.true_probability),
    "mean_probe_accuracy": of_probes(),
    "signed_gap": of_confidence(calibration.signed_gap),
    "brier_top_label": of_confidence(calibration.top_label_brier_score),
    "augrc": of_confidence(selective.augrc),
    "auroc": of_confidence(selective.auroc),
    "brier": of_losses(calibration.brier_score),
    "nll": of_losses(calibration.negative_log_likelihood),
}

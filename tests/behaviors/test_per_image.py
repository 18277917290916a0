"""What each image contributes: it adds up to the number, and differences vary as they do where images are left out."""

import numpy as np
import pytest
from scipy import stats

from behaviors.calibration import metrics as calibration
from behaviors.contract import per_image
from behaviors.contract.comparing import compare
from behaviors.contract.differences import by_cluster
from behaviors.contract.joined import joined
from behaviors.contract.per_image import PerImage
from behaviors.invariance import metrics as invariance
from behaviors.invariance.sweeps import Sweep
from behaviors.mistakes import metrics as mistakes
from behaviors.mistakes.evidence import Errors
from behaviors.robustness import metrics as robustness
from behaviors.robustness.answers import judged
from behaviors.shape_texture import metrics as shape_texture
from behaviors.shape_texture.evidence import decisions
from behaviors.statistics.clusters import two_way_variance
from behaviors.synthetic import metrics as synthetic
from behaviors.synthetic.scenes import Scenes
from behaviors.transfer import metrics as transfer
from tests.behaviors.findings.build import says
from tests.behaviors.measures import ALPHA, CASES, flags, names
from tests.behaviors.shape_texture.stimuli import leaning, said


@pytest.mark.parametrize("case", CASES)
def test_contributions_add_up_to_the_number(case):
    units, measure = CASES[case]
    for model in (0, 1):
        found = measure(np.arange(units), model)
        assert found.per_image.values.mean() == pytest.approx(found.value, abs=1e-12)
        assert found.per_image.kind == "mean"


@pytest.mark.parametrize("case", CASES)
def test_a_difference_varies_as_it_does_when_images_are_left_out(case):
    """The jackknife over images or scenes, which knows nothing of influences; over strata where there are several."""
    units, measure = CASES[case]
    everyone = np.arange(units)
    old, new = (measure(everyone, model) for model in (0, 1))
    found = compare(old, new, better="neither", margin=0, alpha=ALPHA)
    assert found.difference == pytest.approx(new.value - old.value)
    left_out = [np.delete(everyone, unit) for unit in everyone]
    apart = np.array([measure(kept, 1).value - measure(kept, 0).value for kept in left_out])
    moved = (units - 1) * (found.difference - apart)
    error = np.sqrt(np.square(moved).sum() / units / (units - 1))
    degrees = units - 1
    reach = (found.high - found.low) / 2 / stats.t.isf(ALPHA, degrees)
    if old.per_image.kind != "mean":
        assert reach == pytest.approx(error, rel=0.03)
        return
    assert spread(old, new) == pytest.approx(error, rel=0.03)
    assert reach > 0.97 * error  # wider by what no unit has shown yet


def spread(old, new):
    """The standard error of new - old, from what each unit contributes alone."""
    before, after = joined(old.per_image, new.per_image)
    apart = after.values - before.values
    units = by_cluster(apart, before.clusters[0]) if before.clusters else apart
    return units.std(ddof=1) / np.sqrt(units.size)


def test_error_ratios_vary_as_errors_do():
    """Two models whose errors go together, on images whose factors are given: 600 draws of the errors."""
    random = np.random.default_rng(0)
    carries = np.stack([np.arange(900) % 3 == 0, np.arange(900) % 5 == 0], axis=1)
    chance = 0.2 + 0.2 * carries[:, 0] + 0.1 * carries[:, 1]
    for measured in (
        lambda e: mistakes.error_ratio(e, "a", alpha=ALPHA),
        lambda e: mistakes.mean_error_ratio(e, alpha=ALPHA),
    ):
        apart, errors = [], []
        for _ in range(600):
            made = [
                Errors(wrong, carries, ("a", "b"), ids=names(900)) for wrong in flags(random, (chance, chance), 900)
            ]
            old, new = (measured(one) for one in made)
            assert new.per_image.values.mean() == pytest.approx(new.value)
            found = compare(old, new, better="lower", margin=0, alpha=ALPHA)
            apart.append(found.difference)
            errors.append(spread(old, new))
        tolerance = 4 / np.sqrt(2 * 600)  # four standard errors of a standard deviation
        assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(apart), rel=tolerance)


@pytest.mark.parametrize("name", ["shape_fraction", "texture_fraction", "cue_accuracy"])
def test_cue_conflicts_cluster_by_both_pictures(name):
    """The variance of what images contribute is the one that the interval states, as a design effect."""
    found = getattr(shape_texture, name)(
        decisions(said(leaning(np.random.default_rng(0), 0.6, spread=0.5))), alpha=ALPHA
    )
    rows = found.per_image
    assert rows.values.mean() == pytest.approx(found.value)
    variance = two_way_variance(rows.values - found.value, *rows.clusters).value
    trials = found.images if name == "cue_accuracy" else found.details["shape"] + found.details["texture"]
    assert variance == pytest.approx(found.details["design_effect"] * found.value * (1 - found.value) / trials)


@pytest.mark.parametrize(
    ("measured", "part"),
    [
        (calibration.expected_calibration_error, "both"),
        (calibration.overconfidence, "over"),
        (calibration.underconfidence, "under"),
    ],
)
def test_gaps_fold_to_the_number(measured, part):
    random = np.random.default_rng(0)
    sure, right = random.uniform(0.2, 1, 300), random.random(300) < 0.6
    found = measured(sure, right, bins=15, alpha=ALPHA, ids=names(300))
    rows = found.per_image
    assert (rows.kind, rows.part) == ("gaps", part)
    assert rows.values == pytest.approx(sure - right)
    assert (rows.bins == np.ceil(sure * 15) - 1).all()
    gaps = np.bincount(rows.bins, weights=rows.values) / 300
    sides = {"both": np.abs(gaps), "over": np.maximum(gaps, 0), "under": np.maximum(-gaps, 0)}
    assert found.value == pytest.approx(sides[part].sum())


def test_shares_are_proportions():
    right = np.arange(20) % 3 > 0
    sweep = Sweep(0, (1,), right, right[None], ~right[None], ids=names(20))
    probe = transfer.probe_accuracy(
        [np.where(right, 0, 1)], np.zeros(20), learned=[1, 1], classes=("ant", "bee"), alpha=ALPHA, ids=names(20)
    )
    for found in (
        robustness.accuracy(right, alpha=ALPHA, ids=names(20)),
        synthetic.factor_accuracy(Scenes(right, np.full(20, "Worlds"), ids=names(20)), alpha=ALPHA),
        synthetic.factor_accuracy(Scenes(right, np.full(20, "Worlds"), base=np.arange(20), ids=names(20)), alpha=ALPHA),
        invariance.accuracy(sweep, alpha=ALPHA),
        probe,
    ):
        assert found.per_image.kind == "proportion"
        assert found.per_image.values.tolist() == right.tolist()
    assert invariance.consistency(sweep, alpha=ALPHA).per_image.values.tolist() == (~right).tolist()


def test_what_was_chosen_after_looking_is_not_compared():
    carries = np.arange(200)[:, None] % 4 == [0, 1]
    errors = Errors(np.arange(200) % 3 == 0, carries, ("a", "b"), ids=names(200))
    assert mistakes.worst_factor(errors, alpha=ALPHA).per_image is None


def test_without_ids_nothing_is_said_of_images():
    right = np.arange(40) % 3 > 0
    without = robustness.accuracy(right, alpha=ALPHA)
    known = robustness.accuracy(right, alpha=ALPHA, ids=names(40))
    assert without.per_image is None
    assert robustness.average_accuracy({"one": known, "another": without}, alpha=ALPHA).per_image is None
    assert calibration.signed_gap(right * 0.5, right, alpha=ALPHA).per_image is None
    assert calibration.overconfidence(right * 0.5, right, bins=5, alpha=ALPHA).per_image is None


def test_images_without_a_valid_label_contribute_nothing():
    predictions = says([0, 1, 1], dataset="real", annotations={"valid": ["0 1", "", "0"]}, ids=["a", "b", "c"])
    ids, right = judged(predictions)
    assert (ids.tolist(), right.tolist()) == (["a", "c"], [True, False])


def test_datasets_together():
    """Values 0 and 1 of either, by hand: the mean of both has slopes 1/2; one image is in both."""
    parts = {
        "x": per_image.proportion(["a", "b"], [1, 0]),
        "y": per_image.proportion(["b", "c", "d", "e"], [1, 1, 1, 0]),
    }
    found = per_image.together(0.625, dict.fromkeys(parts, 0.5), parts)
    assert found.ids.tolist() == ["x:a", "x:b", "y:b", "y:c", "y:d", "y:e"]
    assert found.clusters[0].tolist() == ["a", "b", "b", "c", "d", "e"]
    low, high = 0.625 - 0.75 * 0.75, 0.625 + 0.25 * 0.75
    assert found.values == pytest.approx(np.array([0.625 + 0.75, 0.625 - 0.75, high, high, high, low]))


A, B = np.array(["a", "b"]), np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PerImage(A, B[:1]), "one value of each kind; there are 2 ids"),
        (lambda: PerImage(A, B, clusters=(A[:1],)), "one value of each kind"),
        (lambda: PerImage(np.array(["a", "a"]), B), "1 of 2 images stand there twice"),
        (lambda: PerImage(A, np.array([1, np.nan])), "NaN or infinity"),
        (lambda: PerImage(A, B, "gaps"), "bins belong to the kind"),
        (lambda: PerImage(A, B, bins=np.array([0, 1])), "bins belong to the kind 'gaps'"),
        (lambda: PerImage(A, B, clusters=(A, A, A)), "at most two ways"),
    ],
)
def test_what_cannot_be_contributions_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()

"""Selective prediction against loops over images and scikit-learn, golden values on real predictions, and refusals."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from behaviors.selective import metrics
from behaviors.selective.demands import AtCoverage, AtRisk
from behaviors.statistics.auc import auc
from benchmarks import selective

ALPHA = 0.05
STEADY = settings(deadline=None, derandomize=True, max_examples=60)
PRINTED = 5e-7

answers = st.lists(st.tuples(st.integers(0, 12).map(lambda k: k / 12), st.booleans()), min_size=2, max_size=60).map(
    lambda pairs: tuple(np.array(column) for column in zip(*pairs, strict=True))
)


def points(confidence, correct):
    """Coverage and risk at each distinct confidence, image by image."""
    for threshold in sorted(set(confidence.tolist()), reverse=True):
        kept = [bool(right) for sure, right in zip(confidence, correct, strict=True) if sure >= threshold]
        yield len(kept) / len(confidence), kept.count(False) / len(kept)


@STEADY
@given(answers)
def test_areas_are_the_trapezoids_between_distinct_confidences(pair):
    coverage, risk = map(list, zip(*points(*pair), strict=True))
    area = np.trapezoid([risk[0], *risk], [0, *coverage])
    joint = np.trapezoid([0, *np.multiply(risk, coverage)], [0, *coverage])
    error = 1 - pair[1].mean()
    best = error + (1 - error) * np.log(1 - error) if error < 1 else 1.0
    assert metrics.aurc(*pair, alpha=ALPHA).value == pytest.approx(area, abs=1e-12)
    assert metrics.augrc(*pair, alpha=ALPHA).value == pytest.approx(joint, abs=1e-12)
    assert metrics.e_aurc(*pair, alpha=ALPHA).value == pytest.approx(area - best, abs=1e-12)


@STEADY
@given(answers, st.sampled_from([0.02, 0.1, 0.25, 0.5]), st.sampled_from([0.1, 0.5, 0.8, 1]))
def test_working_points_are_the_first_that_do(pair, allowed, wanted):
    reached = [c for c, r in points(*pair) if r <= allowed + 1e-12]
    found = metrics.coverage_at_risk(*pair, demand=AtRisk(allowed), alpha=ALPHA)
    assert found.value == pytest.approx(max(reached, default=0), abs=1e-12)
    assert found.interval.low <= found.value <= found.interval.high
    found = metrics.risk_at_coverage(*pair, demand=AtCoverage(wanted), alpha=ALPHA)
    assert found.value == pytest.approx(next(r for c, r in points(*pair) if c >= wanted - 1e-12), abs=1e-12)
    assert found.interval.low <= found.value <= found.interval.high


@STEADY
@given(answers)
def test_auroc_is_sklearns(pair):
    if len(set(pair[1].tolist())) < 2:
        with pytest.raises(ValueError, match=r"of \d+ answers are wrong: there is nothing to tell"):
            metrics.auroc(*pair, alpha=ALPHA)
        return
    found = metrics.auroc(*pair, alpha=ALPHA, ids=np.arange(len(pair[0])))
    assert found.value == pytest.approx(roc_auc_score(pair[1], pair[0]), abs=1e-12)
    assert found.per_image.number == pytest.approx(found.value, abs=1e-12)
    assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1


@STEADY
@given(answers, st.randoms(use_true_random=False))
def test_order_does_not_matter(pair, random):
    order = list(range(len(pair[0])))
    random.shuffle(order)
    here, there = (selective.measured(pair[0][rows], pair[1][rows]) for rows in (slice(None), order))
    for name, one in here.items():
        other = there[name]
        bounds = one.interval.low, one.interval.high
        assert one.value == pytest.approx(other.value, abs=1e-12)
        assert bounds == pytest.approx((other.interval.low, other.interval.high), abs=1e-9)


def test_four_images_by_hand():
    """Risks 0, 0, 1/3, 1/4 at coverages 1/4 to 1."""
    pair = [0.9, 0.8, 0.7, 0.6], [True, True, False, True]
    assert metrics.aurc(*pair, alpha=ALPHA).value == pytest.approx((1 / 6 + 7 / 24) / 4)
    assert metrics.augrc(*pair, alpha=ALPHA).value == pytest.approx((1 / 8 + 1 / 4) / 4)
    assert metrics.auroc(*pair, alpha=ALPHA).value == pytest.approx(2 / 3)
    found = metrics.coverage_at_risk(*pair, demand=AtRisk(0.25), alpha=ALPHA)
    assert (found.value, found.details["threshold"], found.details["risk"]) == (1, 0.6, 0.25)
    found = metrics.risk_at_coverage(*pair, demand=AtCoverage(0.6), alpha=ALPHA)
    assert (found.value, found.details["coverage"]) == (pytest.approx(1 / 3), 0.75)


@pytest.mark.parametrize("name", ["aurc", "augrc", "e_aurc", "auroc"])
@pytest.mark.parametrize("digits", [1, 9])
def test_an_image_moves_a_number_as_much_as_more_weight_on_it(name, digits):
    """500 copies of all images and one more of one of them: the derivative, but for 1 in 30,000."""
    random = np.random.default_rng(0)
    sure, right = np.round(random.random(60), digits), random.random(60) < 0.7
    measure = getattr(metrics, name)
    plain = measure(sure, right, alpha=ALPHA, ids=np.arange(60))
    for k in range(0, 60, 7):
        more = [np.append(np.tile(column, 500), column[k]) for column in (sure, right)]
        moved = (measure(*more, alpha=ALPHA).value - plain.value) * 500 * 60
        assert moved == pytest.approx(plain.per_image.values[k] - plain.value, abs=2e-3)


def test_delongs_variance():
    """The influences' spread is the variance by Sun & Xu's placements, computed pair by pair."""
    random = np.random.default_rng(0)
    score, kind = np.round(random.normal(size=80), 1), random.random(80) < 0.3
    wins = (score[kind][:, None] > score[~kind]) + 0.5 * (score[kind][:, None] == score[~kind])
    variance = wins.mean(1).var() / kind.sum() + wins.mean(0).var() / (~kind).sum()
    found = auc(score, kind, alpha=ALPHA)
    assert found.influence.sum() == pytest.approx(0, abs=1e-9)
    assert np.square(found.influence).sum() / 80**2 == pytest.approx(variance)


def test_all_pairs_in_order_still_leave_doubt():
    found = auc([3, 2, 1, 0], [True, True, False, False], alpha=ALPHA)
    assert found.value == 1
    assert found.interval.low < 0.7
    assert found.interval.high == 1


GOLDEN = {
    "ResNet50": (0.761300, 0.069705, 0.053168, 0.864191, (0.54534, 0.70992), (0.137550, 0.183356)),
    "ViT": (0.780060, 0.059604, 0.046332, 0.870922, (0.58772, 0.75414), (0.118950, 0.164356)),
}


@pytest.fixture(scope="module")
def recorded(real):
    def read(name):
        with (real / "imagenet_val_predictions" / name).open() as file:
            return {row["file_name"]: row for row in csv.DictReader(file)}

    labels = read("labels.csv")

    def said(model):
        rows = read(f"{model}.csv")
        confidence = np.array([float(row["predicted_probability"]) for row in rows.values()])
        right = np.array([row["predicted_class"] == labels[name]["label"] for name, row in rows.items()])
        return confidence, right

    return said


@pytest.mark.parametrize("model", GOLDEN)
def test_golden_values_on_real_predictions(recorded, model):
    accuracy, aurc, augrc, auroc, coverages, risks = GOLDEN[model]
    pair = recorded(model)
    assert pair[1].mean() == pytest.approx(accuracy, abs=PRINTED)
    assert metrics.aurc(*pair, alpha=ALPHA).value == pytest.approx(aurc, abs=PRINTED)
    assert metrics.augrc(*pair, alpha=ALPHA).value == pytest.approx(augrc, abs=PRINTED)
    assert metrics.auroc(*pair, alpha=ALPHA).value == pytest.approx(auroc, abs=PRINTED)
    for allowed, coverage in zip((0.05, 0.1), coverages, strict=True):
        found = metrics.coverage_at_risk(*pair, demand=AtRisk(allowed), alpha=ALPHA)
        assert found.value == pytest.approx(coverage, abs=5e-6)
    for share, risk in zip((0.8, 0.9), risks, strict=True):
        found = metrics.risk_at_coverage(*pair, demand=AtCoverage(share), alpha=ALPHA)
        assert found.value == pytest.approx(risk, abs=PRINTED)
    if model == "ResNet50":  # as fd-shifts prints them, times 1000
        thousandfold = [1000 * metrics.__dict__[name](*pair, alpha=ALPHA).value for name in ("aurc", "augrc", "e_aurc")]
        assert thousandfold == pytest.approx([69.705483, 53.168347, 38.633143], abs=PRINTED)


@pytest.mark.parametrize("name", ["aurc", "augrc", "e_aurc"])
@pytest.mark.parametrize(
    ("confidence", "correct", "sentence"),
    [
        ([], [], "confidence is empty"),
        ([0.5, np.nan], [True, False], "confidence is NaN or infinite for 1 of 2 images"),
        ([0.5, 1.2], [True, False], r"must lie in \[0, 1\]"),
        ([0.5], [True, False], "confidence has 1, correct has 2 values"),
    ],
)
def test_what_is_no_evidence_is_refused(name, confidence, correct, sentence):
    with pytest.raises(ValueError, match=sentence):
        getattr(metrics, name)(confidence, correct, alpha=ALPHA)


@pytest.mark.parametrize(
    ("demand", "sentence"),
    [
        (lambda: AtRisk(0), "risk is the share of errors that is allowed and lies between 0 and 1"),
        (lambda: AtRisk("5 %"), "found '5 %'"),
        (lambda: AtCoverage(1.5), "coverage is the share of images to be answered"),
        (lambda: AtCoverage(True), "found True"),
    ],
)
def test_demands_that_are_none(demand, sentence):
    with pytest.raises(ValueError, match=sentence):
        demand()


def test_one_image_has_a_value_and_no_interval():
    assert metrics.aurc([0.9], [False], alpha=ALPHA).value == 1
    assert metrics.aurc([0.9], [False], alpha=ALPHA).interval is None


@pytest.mark.parametrize("wrong", [0, 200])
def test_models_that_are_always_right_or_always_wrong(wrong):
    sure, right = np.linspace(0.2, 1, 200), np.arange(200) >= wrong
    found = metrics.aurc(sure, right, alpha=ALPHA)
    assert found.value == (1 if wrong else 0)
    assert found.interval.low < 0.995 if wrong else found.interval.high > 0.005
    assert "only 0 of 200 answers are" in found.notes[0]
    assert metrics.e_aurc(sure, right, alpha=ALPHA).value == pytest.approx(0, abs=1e-12)
    covered = metrics.coverage_at_risk(sure, right, demand=AtRisk(0.05), alpha=ALPHA)
    assert covered.value == (0 if wrong else 1)


@pytest.mark.parametrize(("kind", "accuracy"), [("calibrated", 0.8), ("tied", 0.6), ("sharp", 0.95), ("misled", 0.99)])
def test_intervals_seldom_miss(kind, accuracy):
    """At most about 6.5 % of each side, of 150 repetitions; the worst of all settings: docs/statistics.md."""
    from scipy.stats import binom

    most = binom.isf(1e-4, 150, 0.075) / 150
    assert {
        name: rates for name, rates in selective.errors(kind, accuracy, 200, 150).items() if max(rates) > most
    } == {}

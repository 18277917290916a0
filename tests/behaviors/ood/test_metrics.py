"""Against scikit-learn on random, tied and edge data; what images contribute adds up; bad input is refused."""

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.neighbors import NearestNeighbors

from behaviors.contract.features import Features
from behaviors.contract.scores import Scores, generalized_entropy, maximum_concept_matching
from behaviors.ood import metrics
from behaviors.ood.demands import OfNeighbours, OfScore
from behaviors.ood.neighbours import KNN, by_distance

ALPHA = 0.05


def drawn(seed, known=300, strange=200, apart=1.0, decimals=None):
    random = np.random.default_rng(seed)
    one, other = random.normal(apart, 1, known), random.normal(0, 1.5, strange)
    return (one, other) if decimals is None else (one.round(decimals), other.round(decimals))


def reference(name, known, strange):
    positive = np.repeat([0, 1], [known.size, strange.size])
    score = -np.concatenate([known, strange])
    if name == "auroc":
        return sk.roc_auc_score(positive, score)
    if name == "fpr95":
        price, found, _ = sk.roc_curve(positive, score, drop_intermediate=False)
        return price[np.argmax(found >= 0.95)]
    if name == "aupr_in":
        positive, score = 1 - positive, -score
    precision, recall, _ = sk.precision_recall_curve(positive, score)
    return sk.auc(recall, precision)


def scores(values, dataset="val", **more):
    ids = np.arange(values.size).astype(str)
    return Scores("one", dataset, ids, {"msp": values, **more})


def measured(name, known, *strange):
    others = [scores(one, f"ood_near_{k}") for k, one in enumerate(strange)]
    return metrics.detect(name, scores(known), others, score="msp", alpha=ALPHA)


@pytest.mark.parametrize("name", metrics.MEASURES)
@pytest.mark.parametrize(
    "data",
    [drawn(0), drawn(1, 40, 999), drawn(2, decimals=0), drawn(3, 20, 20), drawn(4, apart=9.0), drawn(5, apart=-9.0)],
    ids=["plain", "uneven", "tied", "few", "apart", "turned"],
)
def test_values_are_those_of_scikit_learn(name, data):
    found = measured(name, *data)
    assert found.value == pytest.approx(reference(name, *data), abs=1e-12)
    assert found.interval.low <= found.value <= found.interval.high
    assert found.per_image.number == pytest.approx(found.value, abs=1e-9 if name != "fpr95" else 0.02)


@pytest.mark.parametrize("name", metrics.MEASURES)
def test_a_list_is_the_plain_mean_of_its_datasets(name):
    known, near = drawn(6)
    far = drawn(7, strange=77)[1]
    found = measured(name, known, near, far)
    assert found.value == pytest.approx((reference(name, known, near) + reference(name, known, far)) / 2)
    assert found.images == 300 + 200 + 77
    assert {row["dataset"] for row in found.parts} == {"ood_near_0", "ood_near_1"}


@pytest.mark.parametrize("name", ["auroc", "aupr_in", "aupr_out"])
def test_influences_are_the_derivative_by_an_images_weight(name):
    """Compared with what leaving images out does, the numbers of both kinds as they were."""
    known, strange = drawn(8, 150, 120)
    found = measured(name, known, strange)
    rows = dict(zip(found.per_image.ids.tolist(), found.per_image.values - found.value, strict=True))
    prior = 120 / 270
    for k in (3, 40, 111):
        less = np.delete(strange, k)
        if name == "auroc":
            left = reference(name, known, less)
        else:  # repeated, so that the share of each kind stays
            left = reference(name, np.repeat(known, 119), np.repeat(less, 120))
        change = (found.value - left) * 119
        assert change == pytest.approx(rows[f"ood_near_0:{k}"] * prior, abs=0.03)


def test_the_spread_of_what_images_contribute_is_that_of_the_number():
    random = np.random.default_rng(0)
    for name in metrics.MEASURES:
        values, errors = [], []
        for _ in range(150):
            found = measured(name, random.normal(1, 1, 300), random.normal(0, 1.5, 200))
            values.append(found.value)
            errors.append(found.per_image.values.std() / np.sqrt(500))
        assert np.mean(errors) == pytest.approx(np.std(values), rel=0.25), name


def test_scores_are_those_of_their_definitions():
    random = np.random.default_rng(1)
    logits = random.normal(0, 4, (50, 300))
    shifted = logits - logits.max(1, keepdims=True)
    probabilities = np.exp(shifted) / np.exp(shifted).sum(1, keepdims=True)
    tempered = np.exp(logits / 100) / np.exp(logits / 100).sum(1, keepdims=True)
    assert maximum_concept_matching(np.log(probabilities)) == pytest.approx(tempered.max(1))
    best = np.sort(probabilities, axis=1)[:, -100:]
    assert generalized_entropy(probabilities) == pytest.approx(-np.sum(best**0.1 * (1 - best) ** 0.1, axis=1))
    assert generalized_entropy(np.array([[1.0, 0.0]])) == pytest.approx(0.0)


def test_neighbours_are_those_of_scikit_learn():
    random = np.random.default_rng(2)
    known = Features("one", "val", np.arange(60).astype(str), random.normal(size=(60, 5)).astype(np.float32))
    other = Features("one", "far", np.arange(9).astype(str), random.normal(size=(9, 5)).astype(np.float32))
    units = [f.values / np.linalg.norm(f.values, axis=1, keepdims=True) for f in (known, other)]
    search = NearestNeighbors(n_neighbors=4).fit(units[0])
    assert -by_distance(known, other, k=4).by_name[KNN] == pytest.approx(search.kneighbors(units[1])[0][:, 3], abs=1e-6)
    assert -by_distance(known, None, k=4).by_name[KNN] == pytest.approx(search.kneighbors()[0][:, 3], abs=1e-6)
    with pytest.raises(ValueError, match="takes more than 60"):
        by_distance(known, None, k=60)
    with pytest.raises(ValueError, match="not of one space"):
        by_distance(known, Features("one", "far", other.ids, other.values[:, :2]), k=4)


def test_bad_input_is_refused():
    known, strange = drawn(9)
    with pytest.raises(ValueError, match="both kinds"):
        measured("auroc", known, strange[:0])
    with pytest.raises(ValueError, match="NaN or infinite for 1 of 500"):
        measured("fpr95", np.append(known[1:], np.nan), strange)
    with pytest.raises(ValueError, match="no dataset"):
        measured("auroc", known)
    with pytest.raises(ValueError, match="no score gen"):
        metrics.detect("auroc", scores(known), [scores(strange, "far")], score="gen", alpha=ALPHA)
    with pytest.raises(ValueError, match="score is one of"):
        OfScore("gradnorm")
    with pytest.raises(ValueError, match="whole number from 1"):
        OfNeighbours(0)

"""From outputs to distributions: against naive arithmetic, and what is refused."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from fixtures.core.errors import InputError
from fixtures.datasets.dataset import ClassMapping
from fixtures.predictions.distribution import check_mapping, distribute
from fixtures.predictions.rows import Decisions, from_decisions, from_distribution
from fixtures.predictions.table import build, column, ids_of

IDENTITY = ClassMapping("identity")
SUBSET = ClassMapping("subset", indices=(5, 0, 3))
GROUPS = ClassMapping("groups", groups=((0, 2), (1,), (3, 4, 5)))


def logits(images=20, outputs=6, scale=5.0) -> np.ndarray:
    return np.random.default_rng(3).normal(0, scale, (images, outputs)).astype(np.float32)


def ids(rows) -> list[str]:
    return [f"image {row}" for row in range(len(rows))]


def softmax(row: np.ndarray) -> list[float]:
    exps = [math.exp(float(value) - float(max(row))) for value in row]
    return [value / math.fsum(exps) for value in exps]


def naive(row: np.ndarray, kind: str, mapping: ClassMapping) -> list[float]:
    if mapping.kind == "subset" and kind == "logits":
        return softmax(row[list(mapping.indices)])
    full = softmax(row) if kind == "logits" else [float(value) for value in row]
    if mapping.kind == "identity":
        return full
    if mapping.kind == "subset":
        chosen = [full[index] for index in mapping.indices]
    else:
        chosen = [math.fsum(full[index] for index in group) / len(group) for group in mapping.groups]
    return [value / math.fsum(chosen) for value in chosen]


@pytest.mark.parametrize("mapping", [IDENTITY, SUBSET, GROUPS], ids=lambda mapping: mapping.kind)
@pytest.mark.parametrize("kind", ["logits", "probabilities"])
def test_agrees_with_naive_arithmetic(kind, mapping):
    rows = logits()
    if kind == "probabilities":
        rows = np.array([softmax(row) for row in rows])
    found = distribute(rows, kind, mapping, ids(rows), "m on d")
    expected = np.array([naive(row, kind, mapping) for row in rows])
    assert_allclose(np.exp(found.log_probabilities), expected, rtol=1e-12, atol=1e-15)
    assert_allclose(expected.sum(axis=1), 1)


def test_groups_decide_by_the_mean_probability_over_all_outputs():
    rows = logits(500)
    found = distribute(rows, "logits", GROUPS, ids(rows), "m on d")
    means = [[np.mean([softmax(row)[k] for k in group]) for group in GROUPS.groups] for row in rows]
    assert_array_equal(found.scores.argmax(axis=1), np.argmax(means, axis=1))


def test_log_sum_exp_is_of_the_logits_that_take_part():
    rows = logits()
    chosen = rows[:, list(SUBSET.indices)].astype(float)
    found = distribute(rows, "logits", SUBSET, ids(rows), "m on d")
    assert_allclose(found.log_sum_exp, np.log(np.exp(chosen).sum(axis=1)))


def test_large_logits_neither_overflow_nor_lose_the_tail():
    rows = np.array([[90000.0, 0.0, 89999.0]])
    found = distribute(rows, "logits", IDENTITY, ["a"], "m on d")
    assert_allclose(found.log_probabilities[0], [-0.3132616875, -90000.3132616875, -1.3132616875])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_output_that_is_not_finite_is_named_and_counted(bad):
    rows = logits()
    rows[4, 1] = rows[9, 2] = bad
    with pytest.raises(InputError, match=r"m on d: the output for image 'image 4' holds .*infinity.*1 more of 20"):
        distribute(rows, "logits", IDENTITY, ids(rows), "m on d")


def test_minus_infinity_is_allowed_where_no_class_takes_part():
    rows = logits()
    rows[:, 1] = -np.inf
    assert np.isfinite(distribute(rows, "logits", SUBSET, ids(rows), "m on d").log_probabilities).all()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ([0.5, 0.6, -0.1], "is not a probability"),
        ([1.2, 0.0, 0.0], "is not a probability"),
        ([0.2, 0.2, 0.2], "does not sum to 1; are these logits"),
        ([np.nan, 0.5, 0.5], "holds NaN"),
    ],
)
def test_what_is_no_distribution_is_refused(row, why):
    with pytest.raises(InputError, match=why):
        distribute(np.array([row]), "probabilities", IDENTITY, ["a"], "m on d")


def test_no_probability_on_any_class_of_the_subset_is_refused():
    with pytest.raises(InputError, match="gives no probability to any class here"):
        distribute(np.array([[0.0, 1.0]]), "probabilities", ClassMapping("subset", indices=(0,)), ["a"], "m on d")


@pytest.mark.parametrize(
    ("mapping", "outputs", "classes", "why"),
    [
        (IDENTITY, 10, 7, "10 outputs and the dataset 7 classes"),
        (SUBSET, 5, 3, "names output 5, the model has outputs 0 to 4"),
        (SUBSET, 6, 4, "3 entries, the dataset 4 classes"),
        (ClassMapping("groups", groups=((0,), ())), 6, 2, "class 1 of the dataset has no output"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping, outputs, classes, why):
    with pytest.raises(InputError, match=why):
        check_mapping(mapping, outputs, classes, "m on d")


def rows_of(outputs, kind="logits", labels=None, keep=False):
    found = distribute(np.array(outputs, float), kind, IDENTITY, ids(outputs), "m on d")
    labels = np.zeros(len(outputs), np.int64) if labels is None else np.array(labels)
    return build(from_distribution(found, ids(outputs), labels, keep))


def ranked(table) -> list[list[int]]:
    names = [name for name in table.column_names if name.startswith("class_")]
    return np.stack([column(table, name) for name in names], axis=1).tolist()


def test_ties_go_to_the_lowest_class():
    assert ranked(rows_of([[1, 3, 3, 0, 3, 1], [2, 2, 2, 2, 2, 2]])) == [[1, 2, 4, 0, 5], [0, 1, 2, 3, 4]]


def test_classes_without_probability_are_ranked_too():
    table = rows_of([[0, 0, 1, 0, 0, 0]], "probabilities")
    assert ranked(table) == [[2, 0, 1, 3, 4]]
    assert column(table, "probability_2").tolist() == [0]


def test_rows_hold_what_metrics_need():
    rows = logits(8, 4)
    labels = np.arange(8) % 4
    table = rows_of(rows, labels=labels, keep=True)
    full = np.array([softmax(row) for row in rows])
    assert_allclose(column(table, "label_log_probability"), np.log(full[np.arange(8), labels]))
    assert_allclose(column(table, "squared_norm"), (full**2).sum(axis=1))
    assert_allclose(column(table, "probabilities"), full)
    assert_allclose(column(table, "probability_1"), full.max(axis=1))
    assert ids_of(table) == ids(rows)
    assert ids_of(table.slice(3, 2)) == ids(rows)[3:5]
    assert_allclose(column(table.slice(3, 2), "probabilities"), full[3:5])
    assert_allclose(column(table.slice(3, 2), "probability_1"), full.max(axis=1)[3:5])
    assert ranked(table) == np.argsort(-full, axis=1, kind="stable").tolist()


@pytest.mark.parametrize(
    ("predicted", "confidence", "why"),
    [(4, 0.5, "as class 4, .* 0 to 3"), (-1, 0.5, "as class -1"), (1, np.nan, "is nan"), (1, 1.5, "is 1.5")],
)
def test_a_recorded_decision_that_makes_no_sense_is_refused(predicted, confidence, why):
    best = Decisions(np.array([0, predicted]), np.array([0.3, confidence]))
    with pytest.raises(InputError, match=f"m on d: .*'image 1'.*{why}"):
        from_decisions(best, ["image 0", "image 1"], np.array([0, 1]), 4, "m on d")

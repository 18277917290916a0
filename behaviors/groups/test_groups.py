"""Groups: on which class or kind of image is the model worst?  (Claim, source and unit: see the package.)"""

from collections.abc import Sequence

import pytest

from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Predictions
from behaviors.groups import metrics
from behaviors.groups.plots import by_group
from behaviors.statistics.evidence import check_classes
from behaviors.statistics.grouping import CLASS, Groups, by_class, by_columns, by_each

pytestmark = pytest.mark.predictions("val", "renditions", at_once=True)  # few images leave small groups out


@pytest.fixture(autouse=True)
def _choice(predictions: Predictions) -> None:
    """With a single class every answer is right."""
    check_classes(predictions.classes)


def test_worst_class(predictions: Predictions, gate: Gate) -> None:
    """There is no class that the model hardly knows."""
    classes = of_classes(predictions, gate.demand("worst_class").within.fewest)
    if reason := metrics.unjudged(classes, 2):
        gate.inconclusive("worst_class", reason, images=len(predictions))
        return
    found = metrics.worst(classes, alpha=gate.alpha, ids=predictions.ids)
    gate.check(
        "worst_class", found, figure=lambda: by_group(predictions, classes, found, "accuracy on the worst class")
    )


def test_worst_classes(predictions: Predictions, gate: Gate) -> None:
    """The classes that the model knows least are not far below the others, on average."""
    demand = gate.demand("worst_classes").within
    classes = of_classes(predictions, demand.fewest)
    if len(classes.names) <= demand.classes:
        gate.does_not_apply("worst_classes", f"{demand.classes} classes are averaged, and there are no more")
    if reason := metrics.unjudged(classes, demand.classes):
        gate.inconclusive("worst_classes", reason, images=len(predictions))
        return
    gate.check("worst_classes", metrics.worst_mean(classes, demand.classes, alpha=gate.alpha, ids=predictions.ids))


def test_worst_group(predictions: Predictions, gate: Gate) -> None:
    """There is no kind of image on which the model is much worse than on others."""
    demand = gate.demand("worst_group").within
    groups = of_kinds(predictions, demand.by, demand.fewest)
    if groups is None:
        gate.does_not_apply("worst_group", "no annotation tells groups of images apart")
    if reason := metrics.unjudged(groups, 2):
        gate.inconclusive("worst_group", reason, images=len(predictions))
        return
    found = metrics.worst(groups, alpha=gate.alpha, ids=predictions.ids)
    columns = demand.by if len(demand.by) == 2 else ()
    gate.check(
        "worst_group",
        found,
        figure=lambda: by_group(predictions, groups, found, "accuracy on the worst group", columns),
    )


def test_gap(predictions: Predictions, gate: Gate) -> None:
    """The model serves all kinds of images alike: the best is not far above the worst."""
    demand = gate.demand("gap").within
    groups = of_kinds(predictions, demand.by, demand.fewest)
    if groups is None:
        gate.does_not_apply("gap", "no annotation tells groups of images apart")
    reason = metrics.unjudged(groups, 2)
    if reason and not demand.between:
        gate.inconclusive("gap", reason, images=len(predictions))
        return
    found = metrics.gap(groups, between=demand.between, alpha=gate.alpha, ids=predictions.ids)
    gate.check("gap", found, figure=lambda: by_group(predictions, groups, found, "gap between groups"))


def test_average_accuracy(predictions: Predictions, gate: Gate) -> None:
    """With each group as frequent as it is declared to be, most answers are right."""
    demand = gate.demand("average_accuracy").within
    groups = of_kinds(predictions, demand.by or (CLASS,), 1)
    assert groups is not None  # columns are named
    shares = demand.shares or dict(zip(groups.names, groups.images.tolist(), strict=True))
    gate.check("average_accuracy", metrics.average(groups, shares, alpha=gate.alpha, ids=predictions.ids))


def of_classes(predictions: Predictions, fewest: int) -> Groups:
    """The images of each class."""
    return by_class(predictions.labels, predictions.correct, predictions.classes, fewest=fewest)


def of_kinds(predictions: Predictions, by: Sequence[str], fewest: int) -> Groups | None:
    """The groups that a rule names, or all that the annotations tell; None where they tell none."""
    columns = dict(predictions.annotations)
    if not by:
        return by_each(columns, predictions.correct, fewest=fewest)
    names = [predictions.classes[label] for label in predictions.labels]
    return by_columns({CLASS: names, **columns}, predictions.correct, by, fewest=fewest)

"""Conformal prediction: is the right class among those that a set holds?  (Claim, source and unit: see the package.)"""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from behaviors.conformal import metrics
from behaviors.conformal.split import FEWEST, Split, split
from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Predictions
from behaviors.statistics.evidence import check_classes
from behaviors.statistics.grouping import CLASS, Groups, by_columns
from behaviors.statistics.halves import halves

pytestmark = [
    pytest.mark.predictions("val", at_once=True),  # a threshold of few images is another one
    pytest.mark.needs("probabilities"),
]


@pytest.fixture
def measured(predictions: Predictions) -> NDArray[np.bool_]:
    """The half of the images that sets no threshold."""
    check_classes(predictions.classes)
    return halves(predictions.ids)


def test_coverage(predictions: Predictions, measured: NDArray[np.bool_], gate: Gate) -> None:
    """The right class is in the set as often as promised."""
    found = of_half(predictions, measured, gate, "coverage")
    if found is not None:
        gate.check("coverage", metrics.coverage(found, alpha=gate.alpha, ids=predictions.ids))


def test_set_size(predictions: Predictions, measured: NDArray[np.bool_], gate: Gate) -> None:
    """Sets that hold the right class as often as promised are small."""
    found = of_half(predictions, measured, gate, "set_size")
    if found is None:
        return
    known = predictions.top_probabilities if predictions.probabilities is None else predictions.probabilities
    assert known is not None  # as the probability of the label is
    if reason := metrics.unknown_size(found, known, len(predictions.classes)):
        gate.does_not_apply("set_size", reason)
    gate.check("set_size", metrics.set_size(found, known, alpha=gate.alpha, ids=predictions.ids))


def test_worst_coverage(predictions: Predictions, measured: NDArray[np.bool_], gate: Gate) -> None:
    """No class, and no kind of image, is left out of its sets much more often than others."""
    demand = gate.demand("worst_coverage").within
    by_columns(known(predictions), predictions.correct, demand.by, fewest=1)  # a name of none, however few the images
    found = of_half(predictions, measured, gate, "worst_coverage")
    if found is None:
        return
    groups = kinds(predictions, found, demand.by, demand.fewest)
    if groups.judged.size < 2:
        reason = f"{groups.judged.size:,} of {len(groups.names):,} groups have {demand.fewest:,} images, and it takes 2"
        gate.inconclusive("worst_coverage", reason, images=int(measured.sum()))
        return
    gate.check("worst_coverage", metrics.worst_coverage(found, groups, alpha=gate.alpha, ids=predictions.ids))


def of_half(predictions: Predictions, measured: NDArray[np.bool_], gate: Gate, metric: str) -> Split | None:
    """The sets that the rule about ``metric`` promises; None where it has been said why there are none."""
    assert predictions.label_log_probability is not None  # the mark has seen to that
    smaller = min(int(measured.sum()), int((~measured).sum()))
    if smaller < FEWEST:
        gate.inconclusive(
            metric, f"half of the images are {smaller:,}, and it takes {FEWEST:,}", images=len(predictions)
        )
        return None
    level = gate.demand(metric).within.coverage
    return split(np.exp(predictions.label_log_probability), measured, coverage=level)


def kinds(predictions: Predictions, found: Split, by: tuple[str, ...], fewest: int) -> Groups:
    """The groups of the measured half, in which ``right`` are the images whose label is in the set."""
    columns = {name: np.asarray(column)[found.measured] for name, column in known(predictions).items()}
    return replace(by_columns(columns, found.covered[found.measured], by, fewest=1), fewest=fewest)


def known(predictions: Predictions) -> dict[str, NDArray[np.generic]]:
    """(N,) columns: what is known of the images, and their classes."""
    return {CLASS: np.array(predictions.classes)[predictions.labels], **predictions.annotations}

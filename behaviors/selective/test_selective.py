"""Selective prediction: does the model know when it is wrong?  (Claim, source and unit: see the package.)"""

import pytest

from behaviors.contract.gate import Gate
from behaviors.contract.predictions import Predictions
from behaviors.selective import metrics
from behaviors.selective.plots import risk_coverage
from behaviors.statistics.evidence import check_classes

pytestmark = [pytest.mark.predictions("val", "renditions"), pytest.mark.needs("confidence")]


@pytest.fixture(autouse=True)
def _choice(predictions: Predictions) -> None:
    """With a single class every answer is right."""
    check_classes(predictions.classes)


def test_aurc(predictions: Predictions, gate: Gate) -> None:
    """Whatever share of the images is answered, the surest first, few of the answers are wrong."""
    found = metrics.aurc(predictions.confidence, predictions.correct, alpha=gate.alpha, ids=predictions.ids)
    gate.check("aurc", found, figure=lambda: risk_coverage(predictions, found, "AURC"))


def test_augrc(predictions: Predictions, gate: Gate) -> None:
    """Few of all images are answered wrongly and with more confidence than others."""
    gate.check(
        "augrc", metrics.augrc(predictions.confidence, predictions.correct, alpha=gate.alpha, ids=predictions.ids)
    )


def test_e_aurc(predictions: Predictions, gate: Gate) -> None:
    """The order by confidence costs little more than the best order of the same answers."""
    gate.check(
        "e_aurc", metrics.e_aurc(predictions.confidence, predictions.correct, alpha=gate.alpha, ids=predictions.ids)
    )


def test_auroc(predictions: Predictions, gate: Gate) -> None:
    """Right answers are surer than wrong ones."""
    right = int(predictions.correct.sum())
    if right in {0, len(predictions)}:
        kind = "right" if right else "wrong"
        gate.inconclusive("auroc", f"all {len(predictions):,} answers are {kind}", images=len(predictions))
        return
    gate.check(
        "auroc", metrics.auroc(predictions.confidence, predictions.correct, alpha=gate.alpha, ids=predictions.ids)
    )


def test_coverage_at_risk(predictions: Predictions, gate: Gate) -> None:
    """Most images can be answered with no more errors among them than a product allows."""
    demand, answers = gate.demand("coverage_at_risk").within, (predictions.confidence, predictions.correct)
    found = metrics.coverage_at_risk(*answers, demand=demand, alpha=gate.alpha, ids=predictions.ids)
    name = f"coverage at a risk of {100 * demand.risk:g} %:"
    gate.check("coverage_at_risk", found, figure=lambda: risk_coverage(predictions, found, name))


def test_risk_at_coverage(predictions: Predictions, gate: Gate) -> None:
    """Of as many images as a product has to answer, few are answered wrongly."""
    demand, answers = gate.demand("risk_at_coverage").within, (predictions.confidence, predictions.correct)
    found = metrics.risk_at_coverage(*answers, demand=demand, alpha=gate.alpha, ids=predictions.ids)
    name = f"risk at a coverage of {100 * demand.coverage:g} %:"
    gate.check("risk_at_coverage", found, figure=lambda: risk_coverage(predictions, found, name))

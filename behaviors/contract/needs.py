"""What a test needs that not every model or recording gives, said by one mark: ``@pytest.mark.needs("confidence")``.

==================  ====================================================================================
``confidence``      the probability of the predicted class; recorded decisions have none
``probabilities``   those of all classes: ``label_log_probability`` and ``squared_norm``
``distribution``    those of all classes, each by itself: ``probabilities``, which a dataset has to keep
``features``        what a probe reads: ``NoFeatures``, where the test is asked for them, is no error
``views``           any view that is asked for: ``NoView`` is no error
``cost``            a network that is run here, and of which this is known: ``NotCounted`` is no error
==================  ====================================================================================

Where it is lacking, the test does not run, or ends, and its metric does not apply: a skip, or an error where a rule
demands the number.  The metric is the one that the test is called after (``test_ece``: ``ece``), or is named by the
mark: ``needs("views", metric="search_consistency")``.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from behaviors.contract.cost import NotCounted
from behaviors.contract.features import NoFeatures
from behaviors.contract.gate import Gate
from behaviors.contract.measurement import Metric
from behaviors.contract.predictions import NoView, Predictions

MARK = "needs"
WORDS = {
    "confidence": "it needs the probability of the predicted class, and only decisions were recorded",
    "probabilities": "it needs the probabilities of all classes, and only those of the best ones were recorded",
    "distribution": "it needs all probabilities of each image: keep_probabilities: true in the suite keeps them",
    "features": "it needs features",
    "views": "it needs to be asked about views",
    "cost": "it needs a network that is run here",
}
"""By need: why there is no number without it."""


class Lacking(Exception):
    """Predictions lack what the test needs; the message says what."""


def check_needs(predictions: Predictions, needs: Collection[str]) -> None:
    """Raise where predictions lack what a test ``needs``.

    Raises:
        Lacking: they do.
    """
    whole = predictions.squared_norm is not None and predictions.label_log_probability is not None
    kept = predictions.probabilities is not None
    has = {"confidence": predictions.has_confidence, "probabilities": whole, "distribution": kept}
    for need in needs:
        if not has.get(need, True):
            raise Lacking(WORDS[need])


@contextmanager
def needing(needs: Mapping[str, str], gate: Gate) -> Iterator[None]:
    """What is lacking inside makes the metric inapplicable.  ``needs``: what is needed -> the metric."""
    metric = next(iter(needs.values()), "")
    try:
        yield
    except Lacking as reason:
        gate.does_not_apply(metric, str(reason))
    except NoFeatures as reason:
        if "features" not in needs:
            raise
        gate.does_not_apply(needs["features"], str(reason))
    except NoView as reason:
        if "views" not in needs:
            raise
        gate.does_not_apply(needs["views"], str(reason))
    except NotCounted as reason:
        if "cost" not in needs:
            raise
        gate.does_not_apply(needs["cost"], str(reason))


def metric_of(test: str, named: str | None, metrics: Mapping[str, Metric]) -> str:
    """The metric that does not apply where something is lacking.  ``named``: by the mark.

    Raises:
        ValueError: the mark names none, and the test is called after none.
    """
    metric = test.removeprefix("test_") if named is None else named
    if metric not in metrics:
        raise ValueError(
            f"which metric does not apply without it? The room has {', '.join(metrics)}; say needs(..., metric=NAME)"
        )
    return metric

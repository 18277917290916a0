"""Out-of-distribution detection: are strange images told from known ones?  (Claim, source, unit: see the package.)"""

from collections.abc import Sequence

import pytest

from behaviors.contract.features import Featured, Features
from behaviors.contract.gate import Gate
from behaviors.contract.scores import Scored, Scores
from behaviors.ood.metrics import detect
from behaviors.ood.neighbours import KNN, by_distance
from behaviors.ood.plots import curves

FEWEST = 10
"""Images of each dataset: of 3 strange ones among 200, a bound of the AUPR erred in 11 to 13 of 100 simulated sets."""
near = pytest.mark.predictions("val", "ood_near*")
far = pytest.mark.predictions("val", "ood_far*")


@near
def test_near_auroc(scores: Scored, gate: Gate) -> None:
    """Images that are nearly of the known kinds look less familiar."""
    by_score(scores, gate, "near_auroc")


@near
def test_near_fpr95(scores: Scored, gate: Gate) -> None:
    """Where 95 % of the nearly known images are found, few known ones are taken for strange."""
    by_score(scores, gate, "near_fpr95")


@near
def test_near_aupr_in(scores: Scored, gate: Gate) -> None:
    """Among the images that look most familiar few are only nearly known."""
    by_score(scores, gate, "near_aupr_in")


@near
def test_near_aupr_out(scores: Scored, gate: Gate) -> None:
    """Among the images that look least familiar few are of known kinds, and most only nearly known."""
    by_score(scores, gate, "near_aupr_out")


@far
def test_far_auroc(scores: Scored, gate: Gate) -> None:
    """Images of quite another kind look less familiar."""
    by_score(scores, gate, "far_auroc")


@far
def test_far_fpr95(scores: Scored, gate: Gate) -> None:
    """Where 95 % of the images of another kind are found, few known ones are taken for strange."""
    by_score(scores, gate, "far_fpr95")


@far
def test_far_aupr_in(scores: Scored, gate: Gate) -> None:
    """Among the images that look most familiar few are of another kind."""
    by_score(scores, gate, "far_aupr_in")


@far
def test_far_aupr_out(scores: Scored, gate: Gate) -> None:
    """Among the images that look least familiar few are of known kinds."""
    by_score(scores, gate, "far_aupr_out")


@near
@pytest.mark.needs("features")
def test_near_knn_auroc(features: Featured, gate: Gate) -> None:
    """The features of nearly known images lie farther from those of known ones."""
    by_neighbours(features, gate, "near_knn_auroc")


@near
@pytest.mark.needs("features")
def test_near_knn_fpr95(features: Featured, gate: Gate) -> None:
    """Where 95 % of the nearly known images are found by their features, few known ones are taken for strange."""
    by_neighbours(features, gate, "near_knn_fpr95")


@far
@pytest.mark.needs("features")
def test_far_knn_auroc(features: Featured, gate: Gate) -> None:
    """The features of images of another kind lie farther from those of known ones."""
    by_neighbours(features, gate, "far_knn_auroc")


@far
@pytest.mark.needs("features")
def test_far_knn_fpr95(features: Featured, gate: Gate) -> None:
    """Where 95 % of the images of another kind are found by their features, few known ones are taken for strange."""
    by_neighbours(features, gate, "far_knn_fpr95")


def by_score(scores: Scored, gate: Gate, metric: str) -> None:
    """Judge by the score that the rule names, or say that it is lacking."""
    score = gate.demand(metric).within.score
    known, *strange = (scores(dataset) for dataset in scores.datasets)
    lacking = [one.dataset for one in (known, *strange) if score not in one.by_name]
    if lacking:
        gate.does_not_apply(metric, _why(score, lacking[0], tuple((known, *strange)[0].by_name)))
    if _too_few(gate, metric, [known, *strange]):
        return
    found = detect(metric.partition("_")[2], known, strange, score=score, alpha=gate.alpha)
    gate.check(metric, found, figure=lambda: curves(known, strange, found, score))


def by_neighbours(features: Featured, gate: Gate, metric: str) -> None:
    """Judge by distances in the space of features."""
    k = gate.demand(metric).within.k
    first, *others = (features(dataset) for dataset in features.datasets)
    if first.ids.size <= k:
        gate.inconclusive(metric, f"the {k}. neighbour takes more than {k} known images", images=first.ids.size)
        return
    if _too_few(gate, metric, [first, *others]):
        return
    known, strange = by_distance(first, None, k=k), [by_distance(first, other, k=k) for other in others]
    found = detect(metric.partition("knn_")[2], known, strange, score=KNN, alpha=gate.alpha)
    gate.check(metric, found, figure=lambda: curves(known, strange, found, KNN))


def _too_few(gate: Gate, metric: str, asked: Sequence[Scores | Features]) -> bool:
    """Whether some dataset has too few images; said, if so."""
    least = min(asked, key=lambda one: one.ids.size)
    if least.ids.size >= FEWEST:
        return False
    images = f"{least.ids.size:,} image{'' if least.ids.size == 1 else 's'}"
    gate.inconclusive(metric, f"{least.dataset} has {images}, and it takes {FEWEST}", images=least.ids.size)
    return True


def _why(score: str, dataset: str, there: tuple[str, ...]) -> str:
    known = f"there is {', '.join(there)}" if there else "only decisions were recorded"
    kept = "; keep_scores: true in the suite keeps it" if score in {"mcm", "gen"} and "energy" in there else ""
    return f"it needs the score {score} of {dataset}, and {known}{kept}"

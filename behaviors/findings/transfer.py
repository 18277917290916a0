"""Findings about transfer: whose features answer more questions that the models were never asked."""

from collections.abc import Mapping

import numpy as np

from behaviors.contract.features import Probe, ProbeAnswers
from behaviors.findings.conjunction import all_above
from behaviors.findings.contrasts import Contrast, difference
from behaviors.findings.contrasts import within as within_margin
from behaviors.findings.influence import Measured, Spread
from behaviors.transfer.metrics import mean_probe_accuracy, probe_accuracy
from behaviors.transfer.protocol import answered

MARGIN = 0.02
"""Nearer than this to CLIP, a model nearly reaches it, as 71.0 % does 72.2 % (arXiv:2311.09215, "Transferability")."""

Said = Mapping[str, ProbeAnswers]
"""By task."""


def transfer_as_in_the_paper(probes: Mapping[str, Mapping[str, Probe]], *, alpha: float) -> Contrast:
    """CLIP features transfer best, those of supervised ConvNeXt nearly as well, those of supervised ViT less.

    ``probes``: by model and task, of models that play vit-sup, convnext-sup, vit-clip and convnext-clip, in this order.

    Raises:
        NoFeatures: a model gives none.
    """
    said = {model: {task: answered(probe) for task, probe in tasks.items()} for model, tasks in probes.items()}
    shown = {model: _measured(model, tasks, said[model], alpha) for model, tasks in probes.items()}

    def ahead(first: str, second: str) -> Contrast:
        spread = over_tasks(said[first], said[second])
        return difference(f"{first} above {second}", shown[first], shown[second], spread)

    vit, convnext, *others = said
    clip = [ahead(model, convnext) for model in others]
    near = [
        within_margin(f"less than {MARGIN:g} apart: {one.label.replace(' above ', ' and ')}", one, margin=MARGIN)
        for one in clip
    ]
    return all_above("all", [*clip, *near, ahead(convnext, vit)])


def over_tasks(first: Said, second: Said) -> Spread:
    """How far the difference of two models' mean accuracies over tasks may be off, by test images and by fits.

    The test images of a task are the same for both models, and so are those that each fit holds out; tasks are
    independent.  Degrees of freedom: Satterthwaite 1946, Biometrics Bulletin 2:110.

    Raises:
        ValueError: other tasks, images or numbers of fits.
    """
    if list(first) != list(second) or not first:
        raise ValueError(f"probes of other tasks cannot be compared: {', '.join(first)} and {', '.join(second)}")
    parts = [part for task in first for part in _parts(task, first[task], second[task])]
    variances, freedom = (np.array(column, dtype=np.float64) for column in zip(*parts, strict=True))
    total = float(variances.sum())
    degrees = total**2 / float((variances**2 / freedom).sum()) if total else float("inf")
    return Spread(total / len(first) ** 2, degrees, f"by image and fit, mean of {len(first)} tasks, Satterthwaite")


def _parts(task: str, one: ProbeAnswers, other: ProbeAnswers) -> list[tuple[float, float]]:
    """Variances of the difference of two accuracies, each with its degrees of freedom."""
    if not np.array_equal(one.labels, other.labels) or one.predicted.shape != other.predicted.shape:
        raise ValueError(f"{task}: both models must be asked about the same test images, in as many fits")
    ahead = (one.predicted == one.labels).astype(np.float64) - (other.predicted == other.labels)
    fits, images = ahead.shape
    if images < 2:
        raise ValueError(f"{task}: a difference needs at least 2 test images to tell how sure it is")
    found = [(float(ahead.mean(0).var(ddof=1)) / images, images - 1.0)]
    return [*found, (float(ahead.mean(1).var(ddof=1)) / fits, fits - 1.0)] if fits > 1 else found


def _measured(model: str, tasks: Mapping[str, Probe], said: Said, alpha: float) -> Measured:
    each = {
        task: probe_accuracy(
            said[task].predicted, said[task].labels, learned=said[task].learned, classes=probe.classes, alpha=alpha
        )
        for task, probe in tasks.items()
    }
    return Measured(model, mean_probe_accuracy(each, alpha=alpha), np.empty(0))

"""The limits and margins that follow from published values, in their file: ``python -m benchmarks.references``.

A published value is a measurement too: on so many images, and known as exactly as its source tells.  A rule's limit is
the end of the 90 % interval of the published value, further off by what the source leaves open; its margin is from that
end to the value.  A model that is as good then passes, and one that fails is worse than both uncertainties explain.

``fixtures/suite/imagenet.published.yaml`` holds the values, their sources and what follows from them.  A new value is a
new line with ``reference``, ``source`` and ``exact``, with any ``min`` or ``max`` if it is to be demanded: ``--write``
writes the whole file with its numbers, sorted.  Without it the lines that say otherwise are listed.
"""

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path

from scipy.special import expit, logit, stdtrit

from behaviors.mistakes.bounds import ratio_interval
from behaviors.robustness.estimates import Estimate, mean, ratio
from behaviors.statistics.intervals import clopper_pearson, normal_quantile
from benchmarks.published_sizes import (
    ANNOTATED,
    DESIGN_EFFECTS,
    FACTORS,
    FIT_SD,
    IMAGES,
    OBJECTS,
    PICTURES,
    TASKS,
    VARIANTS,
)
from fixtures.core.documents import read
from fixtures.gates import machine_owned
from fixtures.gates.comparison import METRICS as OF_BASELINES
from fixtures.gates.metrics import known_metrics
from fixtures.gates.rule import Rule
from fixtures.gates.rules_file import rules_by_suite
from fixtures.suite.loader import SHIPPED

SUITE = "imagenet"
LAW = machine_owned.place(SHIPPED / f"{SUITE}.yaml", machine_owned.PUBLISHED)
ALPHA = 0.05
STEP = Decimal("0.0001")
FITS = 3
USUAL = {"scale": "1", "shift": "0", "resolution": "224"}
HEADING = (
    "What was published of these models, and the bounds that follow (docs/imagenet_references.md): written whole by",
    "`python -m benchmarks.references --write`. A rule that somebody writes in thresholds.yaml wins.",
    "+native: the preprocessing and scale that timm and open_clip declare for the weights, and their results tables.",
)

Numbers = dict[str, Decimal]
"""``min`` or ``max``, and ``margin``."""
Rules = Mapping[tuple[str, str], tuple[Rule, ...]]


def published(law: Path = LAW) -> Rules:
    """The rules of the block."""
    return rules_by_suite(read(law), {**known_metrics(), **OF_BASELINES})[SUITE].rules


def demanded(rules: Rules) -> Iterator[tuple[Rule, Numbers]]:
    """Every rule that bounds a number, and the numbers that it should have."""
    for rule, found in estimated(rules):
        yield rule, numbers(rule, found)


def estimated(rules: Rules) -> Iterator[tuple[Rule, Estimate]]:
    """Every rule that bounds a number, and its published value."""
    for (behavior, metric), listed in rules.items():
        for rule in listed:
            if rule.sides:
                yield rule, estimate(rules, behavior, metric, rule)


def numbers(rule: Rule, found: Estimate) -> Numbers:
    """The limit and the margin, rounded outwards."""
    [side] = rule.sides
    end = found.low - rule.source_error if side == "min" else found.high + rule.source_error
    reach = found.value - found.low if side == "min" else found.high - found.value
    limit = Decimal(repr(max(end, 0.0))).quantize(STEP, ROUND_FLOOR if side == "min" else ROUND_CEILING)
    return {side: limit, "margin": Decimal(repr(reach)).quantize(STEP, ROUND_CEILING)}


def estimate(rules: Rules, behavior: str, metric: str, rule: Rule) -> Estimate:
    """The published value of a rule with the interval that it has at the published number of images."""
    assert rule.models is not None
    [model] = rule.models
    return OF_ROOM[behavior](rules, metric, model, rule)


def _robustness(rules: Rules, metric: str, model: str, rule: Rule) -> Estimate:
    if metric == "accuracy":
        assert rule.datasets is not None
        return share(value_of(rule), IMAGES[rule.datasets[0]])
    if metric == "corruption_accuracy":
        return share(value_of(rule), IMAGES["c"])
    average = mean([_accuracy(rules, model, name) for name in VARIANTS])
    if metric == "relative_robustness":
        average = ratio(average, _accuracy(rules, model, "val"))
    return _moved(average, value_of(rule))


def _accuracy(rules: Rules, model: str, dataset: str) -> Estimate:
    metric = "corruption_accuracy" if dataset == "c" else "accuracy"
    rule = next(one for one in rules["robustness", metric] if one.covers(model, dataset))
    return share(value_of(rule), IMAGES[dataset])


def _calibration(rules: Rules, metric: str, model: str, rule: Rule) -> Estimate:
    """Of an ECE at most the spread of right and wrong, part of which the confidence explains."""
    assert metric == "ece"
    assert rule.datasets is not None
    right = _accuracy(rules, model, rule.datasets[0])
    return _around(value_of(rule), math.sqrt(right.value * (1 - right.value) / right.images), right.images)


def _shape(rules: Rules, metric: str, model: str, rule: Rule) -> Estimate:
    """Two-way clustered, on the logit, as the metric's own interval."""
    value = value_of(rule)
    decided = next(value_of(one) for one in rules["shape_texture", "cue_accuracy"] if one.covers(model, ""))
    decisions = 1200 * (decided if metric == "shape_fraction" else 1)
    error = math.sqrt(DESIGN_EFFECTS[metric][model] / decisions / (value * (1 - value)))
    reach = float(stdtrit(PICTURES - 1, 1 - ALPHA)) * error
    return Estimate(value, float(expit(logit(value) - reach)), float(expit(logit(value) + reach)), round(decisions))


def _mistakes(rules: Rules, metric: str, model: str, rule: Rule) -> Estimate:
    wrong = 1 - _accuracy(rules, model, "val").value
    if metric == "mean_error_ratio":
        listed = {
            name: next(one for one in rules["mistakes", f"error_ratio_{name}"] if one.covers(model, ""))
            for name in FACTORS
        }
        return _moved(
            mean([_ratio(value_of(one), FACTORS[name], wrong) for name, one in listed.items()]), value_of(rule)
        )
    return _ratio(value_of(rule), FACTORS[metric.removeprefix("error_ratio_")], wrong)


def _ratio(value: float, images: int, wrong: float) -> Estimate:
    """Of so many images with the factor, where a share ``wrong`` of all is."""
    with_factor, overall = round(value * wrong * images), round(wrong * ANNOTATED)
    found = ratio_interval(with_factor, images, overall, ANNOTATED, alpha=ALPHA)
    measured = with_factor / images / (overall / ANNOTATED)
    return _moved(Estimate(measured, found.low, found.high, images), value)


def _synthetic(rules: Rules, metric: str, model: str, rule: Rule) -> Estimate:
    """As if all scenes of an object were answered alike."""
    return share(value_of(rule), OBJECTS)


def _invariance(rules: Rules, metric: str, model: str, rule: Rule) -> Estimate:
    """As if an image were right at all levels or at none; of a ratio, as if it were one of other images."""
    sweep, _, measure = metric.partition("_")
    levels = next(one for one in rules["invariance", f"{sweep}_accuracy"] if one.covers(model, "wide")).references
    changed = [number for level, number in levels.items() if level != USUAL[sweep]]
    accuracy = share(math.fsum(changed) / len(changed), IMAGES["wide"])
    if measure == "accuracy":
        return accuracy
    return _moved(ratio(accuracy, share(levels[USUAL[sweep]], IMAGES["wide"])), value_of(rule))


def _transfer(rules: Rules, metric: str, model: str, rule: Rule) -> Estimate:
    """By the test images, and by what the fits hold out."""
    assert rule.datasets is not None
    by_images = share(value_of(rule), TASKS[rule.datasets[0].removeprefix("probe_").removesuffix("_test")])
    by_fits = normal_quantile(ALPHA) * FIT_SD / math.sqrt(FITS)
    low, high = (math.hypot(by_images.value - end, by_fits) for end in (by_images.low, by_images.high))
    return Estimate(by_images.value, by_images.value - low, by_images.value + high, by_images.images)


OF_ROOM: Mapping[str, Callable[[Rules, str, str, Rule], Estimate]] = {
    "calibration": _calibration,
    "robustness": _robustness,
    "shape_texture": _shape,
    "mistakes": _mistakes,
    "synthetic": _synthetic,
    "invariance": _invariance,
    "transfer": _transfer,
}


def value_of(rule: Rule) -> float:
    """What was published."""
    assert rule.reference is not None, rule.where
    return rule.reference


def share(value: float, images: int) -> Estimate:
    """A share of so many images, with its exact bounds."""
    found = clopper_pearson(round(value * images), images, alpha=ALPHA)
    return _moved(Estimate(round(value * images) / images, found.low, found.high, images), value)


def _around(value: float, error: float, images: int) -> Estimate:
    reach = normal_quantile(ALPHA) * error
    return Estimate(value, value - reach, value + reach, images)


def _moved(found: Estimate, value: float) -> Estimate:
    """The same bounds around the published value, from which what rounding left differs a little."""
    step = value - found.value
    return Estimate(value, found.low + step, found.high + step, found.images)


def differing(rules: Rules) -> list[str]:
    """A sentence for each rule that does not have the numbers that it should have."""
    found = []
    for rule, wanted in demanded(rules):
        has = {rule.sides[0]: Decimal(repr(rule.limits[0])), "margin": Decimal(repr(rule.margin))}
        if has != wanted:
            told = [", ".join(f"{key} {number.normalize():f}" for key, number in one.items()) for one in (has, wanted)]
            found.append(f"{rule.where}: {told[0]}; by its published value {told[1]}")
    return found


def rewritten(path: Path = LAW) -> str:
    """The whole file with the numbers that its lines should have."""
    rules, block = published(path), read(path).data[SUITE]
    wanted = {rule.where: (found, numbers(rule, found)) for rule, found in estimated(rules)}
    facts = {
        (behavior, metric): [
            _fact(line, wanted.get(rule.where)) for line, rule in zip(lines, rules[behavior, metric], strict=True)
        ]
        for behavior, named in block.items()
        for metric, lines in named.items()
    }
    return machine_owned.text(HEADING, SUITE, facts)


def _fact(line: machine_owned.Fact, wanted: tuple[Estimate, Numbers] | None) -> machine_owned.Fact:
    return line if wanted is None else {**line, **wanted[1], "images": wanted[0].images}


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        LAW.write_text(rewritten(), encoding="utf-8")
    print("\n".join(differing(published())) or f"{LAW.name}: all numbers of {SUITE} follow from their published values")

"""What the findings demand is true of the paper's own tables; one that the paper fails would be another claim.

The tables are facts beside the checkout: numbers printed in, or read off, the figures of arXiv:2311.09215.
"""

import csv
import math

import numpy as np
import pytest
import yaml

from behaviors.findings.accuracy import MARGIN
from behaviors.findings.errors import COMPLEX, NEAR
from behaviors.findings.scenes import NEARLY_ALL
from behaviors.findings.test_findings import CLIP_WINS, COARSE, RESOLUTIONS, SCALES, SHIFTS, VARIANTS
from behaviors.findings.transfer import MARGIN as NEARLY
from behaviors.mistakes import FACTORS
from benchmarks.references import LAW
from tests.behaviors.findings.world import MODELS
from tests.conftest import ROOT

PAPER = ROOT.parent / "shared" / "paper"
TRAININGS, ARCHITECTURES = {"supervised": "sup", "clip": "clip"}, ("vit", "convnext")
NAMES = {"v2": "V2", "a": "A", "renditions": "R", "sketch": "Sketch", "real": "Real", "hard": "Hard", "c": "C"}

pytestmark = pytest.mark.skipif(not PAPER.is_dir(), reason=f"the paper's tables are not on this machine ({PAPER})")


def table(name: str, key: str) -> dict[str, dict[str, float]]:
    """By the column ``key``, each model's number."""
    with (PAPER / f"{name}.csv").open() as file:
        return {row[key]: {model: float(row[model]) for model in MODELS} for row in csv.DictReader(file)}


def views() -> dict[str, dict[str, float]]:
    """By view, each model's accuracy."""
    forms = {"scale": "zoom(scale={})", "shift": "shift(along={})", "resolution": "resolution(size={})"}
    with (PAPER / "invariance_accuracy.csv").open() as file:
        return {
            forms[row["transform"]].format(row["value"]): {model: float(row[model]) / 100 for model in MODELS}
            for row in csv.DictReader(file)
        }


def values() -> dict[tuple[str, str], float]:
    """The value of each finding, by its name and its group of models, from the paper's tables."""
    ratios = table("imagenet_x_error_ratio", "factor")
    robust, scenes = table("robustness_accuracy", "dataset"), table("pug_imagenet_accuracy", "factor")
    swept, mean = views(), lambda numbers: float(np.mean(list(numbers)))
    found: dict[tuple[str, str], float] = {}
    others = [factor for factor in FACTORS if factor not in COMPLEX]
    found["complex_factors_are_hardest", "four"] = min(
        mean(ratios[f][m] for f in COMPLEX) - mean(ratios[f][m] for f in others) for m in MODELS
    )
    found["texture_is_near_the_top", "four"] = min(
        ratios["texture"][m] - sorted((ratios[f][m] for f in FACTORS if f != "texture"), reverse=True)[NEAR - 1]
        for m in MODELS
    )
    probes = table("vtab_linear_probe_accuracy", "dataset")["Average"]
    ahead = [(probes[m] - probes["convnext-sup"]) / 100 for m in ("vit-clip", "convnext-clip")]
    nearly = [NEARLY - abs(one) for one in ahead]
    found["clip_transfers_best", "four"] = min(*ahead, *nearly, (probes["convnext-sup"] - probes["vit-sup"]) / 100)
    found["shifts_are_easiest", "four"] = min(
        mean(swept[view][m] for view in SHIFTS) - mean(swept[view][m] for view in changes)
        for m in MODELS
        for changes in (SCALES, RESOLUTIONS)
    )
    for name in ARCHITECTURES:
        clip, supervised = f"{name}-clip", f"{name}-sup"
        found["clip_makes_fewer_relative_mistakes", name] = ratios["average"][supervised] - ratios["average"][clip]
        found["supervised_is_more_robust", name] = min(
            (robust[NAMES.get(row, row)][supervised] - robust[NAMES.get(row, row)][clip])
            * (-1 if row in CLIP_WINS else 1)
            / 100
            for row in ("Average", *VARIANTS)
        )
        found["clip_is_worse_on_scenes", name] = (scenes["average"][supervised] - scenes["average"][clip]) / 100
    for name, training in TRAININGS.items():
        vit, convnext = f"vit-{training}", f"convnext-{training}"
        apart = abs(robust["Average"][vit] - robust["Average"][convnext]) / 100
        found["architectures_are_equally_robust", name] = MARGIN - apart
        steps = {factor: (row[convnext] - row[vit]) / 100 for factor, row in scenes.items()}
        average = steps.pop("average")
        most = sorted(steps.values(), reverse=True)[math.ceil(NEARLY_ALL * len(steps)) - 1]
        found["convnext_is_better_on_scenes", name] = min(average, most)
        found["convnext_bears_scale_and_resolution", name] = min(
            (swept[view][convnext] - swept[view][vit]) * (1 if training == "sup" or view == COARSE else -1)
            for view in (*SCALES, *RESOLUTIONS)
        )
    return found


def test_every_demand_is_met_by_the_paper():
    found = values()
    assert len(found) == 16
    assert {name: value for name, value in found.items() if value <= 0} == {}


def test_the_paper_is_better_calibrated_as_it_says():
    with (PAPER / "calibration.csv").open() as file:
        errors = {(row["dataset"], row["model"]): float(row["ece"]) for row in csv.DictReader(file)}
    datasets = sorted({dataset for dataset, _ in errors})
    assert len(datasets) == 2
    differences = [errors[dataset, "vit-sup"] - errors[dataset, "convnext-sup"] for dataset in datasets]
    assert min(differences) == pytest.approx(0.013)


def test_the_references_of_the_suite_imagenet_are_these():
    rules = yaml.safe_load(LAW.read_text())["imagenet"]["findings"]
    found, compared = values(), set()
    for (name, group), value in found.items():
        listed = rules[name] if isinstance(rules[name], list) else [rules[name]]
        rule = next(rule for rule in listed if rule.get("model", group) == group)
        assert rule["outcome"] == "holds"
        assert rule["reference"] == pytest.approx(value, abs=0.0006), (name, group)
        compared.add((name, group))
    assert compared == found.keys()


def test_clip_wins_only_where_the_finding_says_so():
    robust = table("robustness_accuracy", "dataset")
    for name in ARCHITECTURES:
        ahead = {row for row in VARIANTS if robust[NAMES[row]][f"{name}-clip"] > robust[NAMES[row]][f"{name}-sup"]}
        assert ahead == set(CLIP_WINS)


def test_the_order_of_clip_reverses_but_at_the_coarsest_resolution():
    swept = views()
    ahead = {view for view in (*SCALES, *RESOLUTIONS) if swept[view]["convnext-clip"] > swept[view]["vit-clip"]}
    assert ahead == {COARSE}


def test_the_order_of_transfer_does_not_rest_on_the_values_that_look_wrong():
    probes = table("vtab_linear_probe_accuracy", "dataset")
    without = {model: (19 * probes["Average"][model] - probes["Sun397"][model]) / 18 for model in MODELS}
    vit, convnext, *clip = (without[model] for model in MODELS)
    assert vit < convnext < min(clip)

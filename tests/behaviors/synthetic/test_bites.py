"""A model that is lost when one factor changes fails there, a sound one passes: with the whole house around them."""

import json
import re

import numpy as np
import pytest

from behaviors.synthetic import FACTORS, METRICS, metric_of

CLASSES = ("ant", "bee", "wasp", "cat")
SCENES, LEVELS = 40, 4
LAW = "small:\n  synthetic:\n" + "".join(
    f"    {name}: {{min: {0.7 if name == 'mean_accuracy' else 0.8}, because: scenes are easy}}\n" for name in METRICS
)
ROWS = [(factor, level, scene) for factor in FACTORS for level in range(LEVELS) for scene in range(SCENES)]
LABELS = {scene: scene % 4 for scene in range(SCENES)}
VALID = {0: (0,), 1: (1, 2), 2: (1, 2), 3: (3,)}
"""A bee may be called a wasp, and a wasp a bee."""


def named(row):
    return "{}-{}-{}.png".format(*row)


def answers(blind=(), swapped=False, seed=0):
    """Right but for 4 %, and on ``blind`` factors right at level 0 only; ``swapped``: bees are wasps and wasps bees."""
    rng = np.random.default_rng(seed)
    chosen = []
    for factor, level, scene in ROWS:
        label = LABELS[scene]
        lost = rng.random() < 0.04 or (factor in blind and level)
        right = {1: 2, 2: 1}.get(label, label) if swapped else label
        chosen.append(0 if lost and label != 0 else 3 if lost else right)
    return chosen


MODELS = {
    "sound": answers(),
    "swapped": answers(swapped=True),
    "blind": answers(blind=FACTORS),
    **{f"no_{factor.lower()}": answers(blind=(factor,)) for factor in FACTORS},
}


@pytest.fixture(scope="module")
def outcome(make_house, tmp_path_factory):
    """One run over all the models."""
    house = make_house(tmp_path_factory.mktemp("scenes"))
    for model, chosen in MODELS.items():
        lines = [f"{named(row)},{one},0.9" for row, one in zip(ROWS, chosen, strict=True)]
        (house.path / f"{model}.csv").write_text(
            "\n".join(["file_name,predicted_class,predicted_probability", *lines]) + "\n"
        )
    lines = [f"{named(row)},{'abcd'[LABELS[row[2]]]},{row[0]},{row[1]},{row[2]}" for row in ROWS]
    (house.path / "truth.csv").write_text("\n".join(["file_name,label,factor,level,base", *lines]) + "\n")
    suite = {
        "suite": "small",
        "classes": list(CLASSES),
        "models": {model: f"predictions:{model}.csv" for model in MODELS},
        "datasets": {
            "pug": {
                "format": "labels",
                "path": "truth.csv",
                "outputs": {"any_of": {"abcd"[label]: list(outputs) for label, outputs in VALID.items()}},
            }
        },
    }
    (house.path / "small.yaml").write_text(json.dumps(suite))
    house.thresholds(LAW)
    return house.pytest("behaviors/synthetic", "--suite=small.yaml", "-v", "-p", "no:cacheprovider")


def verdicts(outcome, model):
    line = rf"^(\S.*?)\s+synthetic\.(\w+)\s+{model}\s+pug\s+(\S+)"
    return {metric: verdict for verdict, metric, _ in re.findall(line, outcome.output, re.MULTILINE)}


@pytest.mark.parametrize("model", ["sound", "swapped"])
def test_a_sound_model_passes_also_where_it_says_another_of_the_right_names(outcome, model):
    assert verdicts(outcome, model) == dict.fromkeys(METRICS, "pass"), outcome.output


def test_a_model_that_knows_only_the_first_level_fails_everywhere(outcome):
    assert outcome.code == 1
    assert verdicts(outcome, "blind") == dict.fromkeys(METRICS, "FAIL")


@pytest.mark.parametrize("factor", FACTORS)
def test_a_model_that_is_blind_to_one_factor_fails_there_and_nowhere_else(outcome, factor):
    expected = dict.fromkeys(METRICS, "pass") | {metric_of(factor): "FAIL"}
    assert verdicts(outcome, f"no_{factor.lower()}") == expected

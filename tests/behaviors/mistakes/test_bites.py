"""A model that is blind to a factor fails, one that errs anywhere passes: with the whole house around them."""

import json
import re

import numpy as np
import pytest

from behaviors.mistakes import FACTORS, METRICS

EACH, PLAIN, PROTOTYPES, UNKNOWN = 40, 600, 50, 10
CARRIED = np.array([*np.repeat(FACTORS, EACH), *[""] * (PLAIN + PROTOTYPES + UNKNOWN)])
N = len(CARRIED)
LAW = {
    "mean_error_ratio": {"max": 1.5},
    "worst_factor": {"max": 1.55, "margin": 0.1},
    **{f"error_ratio_{factor}": {"max": 1.68} for factor in FACTORS},
}


def spread(every):
    """Wrong on each so many-th image, whatever is in it."""
    return np.arange(N) % every == 0


def blind(*factors):
    """Wrong on all images with these factors, and on a few others."""
    return np.isin(CARRIED, factors) | spread(20)


MODELS = {
    "sound": spread(5),
    "texture_blind": blind("texture"),
    "factor_blind": blind(*FACTORS),
    "perfect": np.zeros(N, np.bool_),
    "prototypes_only": spread(5) | ((np.arange(N) >= N - PROTOTYPES - UNKNOWN) & (np.arange(N) < N - UNKNOWN)),
}


def suite(house, rare=None):
    """Annotations of one's own, in the published form; all images of ``rare`` but 20 lose it."""
    carried = CARRIED.copy()
    if rare:
        carried[np.flatnonzero(carried == rare)[20:]] = ""
    names = [f"{k:05d}.png" for k in range(N)]
    lines = [
        json.dumps({"file_name": name, **{factor: int(factor == carried[k]) for factor in FACTORS}})
        for k, name in enumerate(names[: N - UNKNOWN])
    ]
    (house.path / "factors.jsonl").write_text("\n".join(lines) + "\n")
    prototypes = names[N - PROTOTYPES - UNKNOWN : N - UNKNOWN]
    (house.path / "prototypes.csv").write_text("\n".join(["file_name", *prototypes]) + "\n")
    (house.path / "labels.csv").write_text("\n".join(["file_name,label", *(f"{name},0" for name in names)]) + "\n")
    for model, wrong in MODELS.items():
        rows = [f"{name},{int(missed)},0.9" for name, missed in zip(names, wrong, strict=True)]
        text = "\n".join(["file_name,predicted_class,predicted_probability", *rows])
        (house.path / f"{model}.csv").write_text(text + "\n")
    written = {
        "suite": "small",
        "classes": ["cat", "dog"],
        "models": {model: f"predictions:{model}.csv" for model in MODELS},
        "datasets": {
            "factors": {
                "format": "labels",
                "path": "labels.csv",
                "annotations": {"source": "factors.jsonl", "which": "top", "prototypes": "prototypes.csv"},
            }
        },
    }
    (house.path / "small.yaml").write_text(json.dumps(written))
    law = {metric: {**rule, "because": "it is tested"} for metric, rule in LAW.items()}
    house.thresholds(json.dumps({"small": {"mistakes": law}}))
    return house.pytest("behaviors/mistakes", "--suite=small.yaml", "-v", "-p", "no:cacheprovider")


@pytest.fixture(scope="module")
def outcome(make_house, tmp_path_factory):
    return suite(make_house(tmp_path_factory.mktemp("factors")))


@pytest.fixture(scope="module")
def rare(make_house, tmp_path_factory):
    return suite(make_house(tmp_path_factory.mktemp("rare")), rare="style")


def verdicts(outcome, model):
    line = rf"^(\S.*?)\s+mistakes\.(\w+)\s+{model}\s+factors\s+(\S+)"
    return {metric: verdict for verdict, metric, _ in re.findall(line, outcome.output, re.MULTILINE)}


def test_a_model_that_errs_anywhere_passes(outcome):
    assert verdicts(outcome, "sound") == dict.fromkeys(METRICS, "pass"), outcome.output


def test_errors_on_prototypes_do_not_count(outcome):
    assert verdicts(outcome, "prototypes_only") == dict.fromkeys(METRICS, "pass")


def test_a_model_that_is_blind_to_one_factor_fails_there(outcome):
    assert outcome.code == 1, outcome.output
    found = verdicts(outcome, "texture_blind")
    assert {metric for metric, verdict in found.items() if verdict == "FAIL"} == {"worst_factor", "error_ratio_texture"}
    assert len(found) == len(METRICS)


def test_a_model_that_is_blind_to_all_factors_fails_everywhere(outcome):
    assert verdicts(outcome, "factor_blind") == dict.fromkeys(METRICS, "FAIL")


def test_a_model_without_errors_is_not_green(outcome):
    """0 / 0 is no ratio: where the law demands one, that decides nothing."""
    assert verdicts(outcome, "perfect") == dict.fromkeys(METRICS, "inconclusive")


def test_a_rare_factor_is_not_green_nor_is_a_mean_without_it(rare):
    found = verdicts(rare, "sound")
    undecided = {"mean_error_ratio", "worst_factor", "error_ratio_style"}
    assert found == {metric: "inconclusive" if metric in undecided else "pass" for metric in METRICS}

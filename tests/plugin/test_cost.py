"""A model's cost in whole runs: judged, kept, compared, timed beside a baseline; a recording has none."""

import json
import re

import pytest

from tests.plugin.test_warm_features import WATCH

RULES = """
mini:
  cost:
    parameters: {max: 0.3, because: test}
    file_size: {max: 0.9, because: test}
    latency: {max: 50, because: test}
"""
BOTH = ("--model", "vit-sup", "--model", "convnext-sup")
COST = ("behaviors/cost", "--store", "one", "-v")


@pytest.fixture(scope="module")
def runs(tmp_path_factory, make_house):
    house = make_house(tmp_path_factory.mktemp("cost"))
    (house.path / "conftest.py").write_text(WATCH)
    house.thresholds(RULES)
    cold = house.pytest(*COST, *BOTH, "--baseline=convnext-sup", "--results=cold.json")
    warm = house.pytest(*COST, *BOTH, "--baseline=convnext-sup", "--results=warm.json", fresh=True)
    checks = [json.loads((house.path / f"{name}.json").read_text())["checks"] for name in ("cold", "warm")]
    return house, cold, warm, *checks


def test_a_model_beyond_its_budget_fails_and_one_within_passes(runs):
    _, cold, _, checks, _ = runs
    assert cold.code == 1, cold.output
    verdicts = {(one["metric"], one["model"]): one["verdict"] for one in checks}
    assert verdicts["parameters", "vit-sup"] == "fail"
    assert verdicts["parameters", "convnext-sup"] == verdicts["file_size", "vit-sup"] == "pass"
    sentence = "cost.parameters: vit-sup measured 0.411 on all (1 image); thresholds.yaml:4 allows at most 0.300"
    assert sentence in cold.output


def test_time_is_a_ratio_to_the_baseline_of_the_same_run(runs):
    checks = {(one["metric"], one["model"]): one for one in runs[3]}
    assert ("latency", "convnext-sup") not in checks, "the baseline is compared with nobody"
    latency = checks["latency", "vit-sup"]
    assert latency["verdict"] == "pass"
    assert latency["interval"]["low"] <= latency["value"] <= latency["interval"]["high"]


def test_a_second_run_counts_nothing_loads_no_network_and_says_the_same(runs):
    *_, second, cold_checks, warm_checks = runs
    assert re.search("imported:$", second.output, re.MULTILINE), second.output
    cold, warm = ([(one["metric"], one["model"], one["value"]) for one in run] for run in (cold_checks, warm_checks))
    assert cold == warm


def test_more_than_the_baseline_is_told_and_is_a_regression_where_a_rule_tolerates_less(runs):
    house, cold, *_ = runs
    assert "watch  cost.parameters: vit-sup on all: 0.411, 0.270 in convnext-sup: more" in cold.output
    assert "lacks" not in cold.output, "the baseline has no latency of its own"
    house.thresholds("mini: {cost: {parameters: {max: 1.0, may_lose: 0.1, because: test}}}\n")
    again = house.pytest(*COST, *BOTH, "--baseline=convnext-sup", "-k", "parameters")
    assert again.code == 1, again.output
    assert "REGRESSION  cost.parameters: vit-sup on all: 0.411, 0.270 in convnext-sup: worse" in again.output


def test_a_rule_about_time_waits_for_a_baseline(house):
    house.thresholds("small: {cost: {latency: {max: 1.1, because: test}}}\n")
    run = house.pytest("--suite", house.suite(), "-q")
    assert "latency" not in run.output, run.output
    assert run.code == 0, run.output


def test_a_recording_has_no_cost_which_is_a_skip_with_its_reason(house):
    run = house.pytest("behaviors/cost", "--suite", house.suite())
    assert "cost.parameters of one on all: it is recorded predictions, and no network is run" in run.output
    assert run.code == 1, "nothing was measured"
    house.thresholds("small: {cost: {parameters: {max: 1.0, because: test}}}\n")
    demanded = house.pytest("behaviors/cost", "--suite", house.suite())
    assert "thresholds.yaml:1 demands it of one on all, but it cannot be measured: it is recorded" in demanded.output

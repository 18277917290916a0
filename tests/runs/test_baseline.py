"""``--baseline``: a loss is named and fails the run, the same weights are identical, flips are limited by a rule."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from tests.runs import toy


def test_the_same_again_is_identical(kept):
    done = toy.ran(*kept, "--baseline", "runs/a")
    assert done.code == 0, done.output
    assert "5 comparisons: 1 undecided (1 not image by image), 4 identical" in done.output


def test_a_loss_is_named_and_fails_the_run(kept):
    house, suite = kept
    done = toy.ran(house, suite, "--baseline", "runs/a", toy.model(house, accuracy=0.8), "--junitxml=j.xml")
    assert done.code == 1
    assert (
        "REGRESSION  toy.right: one on val: 0.800, 0.900 in runs/a: worse (-0.100 [-0.139, -0.069], 200 images, "
        "20 changed)" in done.output
    )
    assert "20 of 200 images were right in runs/a and are wrong now: 0.100 [0.067, 0.142]" in done.output
    assert re.search(
        r"FAILED behaviors/toy/test_toy.py::test_right::baseline.right\[one-val\] - toy.right", done.output
    )
    assert "1 failed, 3 not gated" in done.output
    suites = ET.parse(house.path / "j.xml").getroot()[0]
    assert (suites.get("tests"), suites.get("failures")) == ("4", "1")
    (failed,) = (case for case in suites if case.find("failure") is not None)
    assert failed.get("name") == "baseline.right[one-val]"
    properties = {entry.get("name"): entry.get("value") for entry in failed.iter("property")}
    assert properties["toy.right.baseline.status"] == "regression"
    assert float(properties["toy.right.baseline.difference"]) == pytest.approx(-0.1)
    assert float(properties["toy.right.baseline.p"]) == pytest.approx(2**-21), "mid-p of 20 losses and no gain"


def test_a_gain_is_none(kept):
    done = toy.ran(*kept, "--baseline", "runs/a", toy.model(kept[0], accuracy=0.95, confidence=0.95))
    assert done.code == 0, done.output
    assert "5 comparisons: 2 undecided (1 not image by image), 2 better, 1 no loss" in done.output


def test_a_margin_tolerates(kept):
    house, suite = kept
    house.thresholds("small: {toy: {right: {min: 0.1, because: test, may_lose: 0.2}}}\n")
    done = toy.ran(house, suite, "--baseline", "runs/a", toy.model(house, accuracy=0.8))
    assert done.code == 0, done.output
    assert "REGRESSION" not in done.output
    house.thresholds("small: {toy: {right: {min: 0.1, because: test, margin: 0.02}}}\n")
    done = toy.ran(house, suite, "--baseline", "runs/a", toy.model(house, accuracy=0.8))
    assert done.code == 1


def test_the_sentence_says_who_tolerates_a_loss(kept):
    house, suite = kept
    room = house.path / "behaviors" / "toy" / "__init__.py"
    room.write_text(room.read_text().replace("negligible=0.0", "negligible=0.01"))
    worse = ("--baseline", "runs/a", toy.model(house, accuracy=0.8))
    default = "20 changed); the metric's default tolerates 0.01"
    assert default in toy.ran(house, suite, *worse).output
    house.thresholds("small:\n  toy: {right: {min: 0.1, because: test}}\n")
    assert default in toy.ran(house, suite, *worse).output
    house.thresholds("small:\n  toy: {right: {min: 0.1, because: test, may_lose: 0.02}}\n")
    assert "20 changed); thresholds.yaml:2 tolerates 0.02" in toy.ran(house, suite, *worse).output


def test_where_no_rule_says_more_what_is_negligible_is_tolerated(kept):
    house, suite = kept
    room = house.path / "behaviors" / "toy" / "__init__.py"
    room.write_text(room.read_text().replace("negligible=0.0", "negligible=0.2"))
    done = toy.ran(house, suite, "--baseline", "runs/a", toy.model(house, accuracy=0.8))
    assert done.code == 0, done.output
    house.thresholds("small: {toy: {right: {min: 0.1, because: test, may_lose: 0}}}\n")
    assert toy.ran(house, suite, "--baseline", "runs/a", toy.model(house, accuracy=0.8)).code == 1


def test_holm_lets_pass_what_is_only_to_be_watched(kept):
    house, suite = kept
    worse = toy.model(house, accuracy=0.88)
    alone = toy.ran(house, suite, "--baseline", "runs/a", worse, "-k", "right")
    assert alone.code == 1, "4 losses and no gain: p = 1/32"
    house.thresholds("small: {baseline: {negative_flips: {max: 0.04, because: test}}}\n")
    two = toy.ran(house, suite, "--baseline", "runs/a", worse, "-k", "right")
    assert two.code == 0, two.output
    assert "watch  toy.right: one on val" in two.output
    assert "over 3 comparisons" not in two.output


@pytest.mark.parametrize(
    ("most", "code", "status"), [(0.2, 0, "no loss"), (0.09, 0, "undecided"), (0.05, 1, "REGRESSION")]
)
def test_flips_are_limited_by_a_rule(kept, most, code, status):
    house, suite = kept
    house.thresholds(
        "small:\n  toy: {right: {min: 0.1, because: test, may_lose: 0.5}}\n"
        f"  baseline: {{negative_flips: {{max: {most}, because: test}}}}\n"
    )
    done = toy.ran(house, suite, "--baseline", "runs/a", toy.model(house, accuracy=0.8))
    assert done.code == code, done.output
    assert f"{status}  baseline.negative_flips: one on val: 20 of 200 images" in done.output
    assert f"thresholds.yaml:3 allows at most {most:.3f}" in done.output


def test_a_rule_about_flips_says_how_many(kept):
    house, suite = kept
    house.thresholds("small: {baseline: {negative_flips: {min: 0.1, because: test}}}\n")
    done = toy.ran(house, suite)
    assert done.code == 4
    assert "thresholds.yaml:1: baseline.negative_flips: 'max' is the share of images that may flip" in done.output
    house.thresholds("small: {baseline: {churn: {min: 0.1, because: test}}}\n")
    done = toy.ran(house, suite)
    assert done.code == 4
    assert (
        "thresholds.yaml:1: baseline.churn: 'max' is the share of images that may be answered otherwise" in done.output
    )


@pytest.mark.parametrize(
    ("most", "code", "status"), [(0.2, 0, "no loss"), (0.09, 0, "undecided"), (0.05, 1, "REGRESSION")]
)
def test_churn_is_limited_by_a_rule(kept, most, code, status):
    """Twenty images are answered otherwise, all of them wrongly now."""
    house, suite = kept
    house.thresholds(
        "small:\n  toy: {right: {min: 0.1, because: test, may_lose: 0.5}}\n"
        f"  baseline: {{churn: {{max: {most}, because: test}}}}\n"
    )
    done = toy.ran(house, suite, "--baseline", "runs/a", toy.model(house, accuracy=0.8), "--results=r.json")
    assert done.code == code, done.output
    told = (
        f"{status}  baseline.churn: one on val: 20 of 200 images are answered otherwise than in runs/a: 0.100 [0.067, "
    )
    assert told in done.output
    assert f"thresholds.yaml:3 allows at most {most:.3f}" in done.output
    (found,) = (
        one for one in json.loads((house.path / "r.json").read_text())["comparisons"] if one["metric"] == "churn"
    )
    assert found["notes"][0].startswith(
        "20 right before and wrong now, 0 wrong before and right now, 0 wrong in another"
    )
    moved = "the label's probability moved by 0.0867 [0.0595, 0.122] on average, by 0.867 at most (0160.png)"
    gaps = "confidence less accuracy: 0.000 [-0.031, 0.040] before, 0.100 [0.056, 0.150] now"
    assert found["notes"][1:3] == [moved, gaps]
    assert [len(found["flips"]), found["flips"][0]["id"]] == [20, "0160.png"]


def test_churn_counts_gains_too_and_flips_do_not(kept):
    house, suite = kept
    done = toy.ran(house, suite, "--baseline", "runs/a", toy.model(house, accuracy=0.95, confidence=0.95))
    assert "baseline.churn: one on val: 10 of 200 images are answered otherwise than in runs/a" in done.output
    assert "baseline.negative_flips: one on val: 0 of" not in done.output


def test_another_model_of_the_run_is_a_baseline(kept):
    house, suite = kept
    done = toy.ran(house, suite, "--baseline", "one", "--model=one", toy.model(house, "two", accuracy=0.8))
    assert done.code == 1
    assert "REGRESSION  toy.right: two on val: 0.800, 0.900 in one: worse" in done.output
    assert "::baseline.right[two-val]" in done.output
    assert "one on val: 0.9" not in done.output


def test_workers_find_the_same(kept):
    house, suite = kept
    options = ("--baseline", "one", "--model=one", toy.model(house, "two", accuracy=0.8), "-q")

    def found(*more):
        done = toy.ran(house, suite, *options, *more)
        assert done.code == 1
        section = done.output.partition("against the baseline")[2].partition("= measurements")[0]
        failed = [line for line in done.output.splitlines() if line.startswith("FAILED")]
        return section, failed

    assert found() == found("-n", "2")
    assert found()[1] != []


def test_allure_has_a_result_of_its_own_with_the_images_by_id(kept):
    house, suite = kept
    toy.ran(house, suite, "--baseline", "runs/a", toy.model(house, accuracy=0.8), "--alluredir=al")
    results = [json.loads(path.read_text()) for path in (house.path / "al").glob("*-result.json")]
    found = {result["fullName"].rpartition("#")[2]: result for result in results}
    failed, flips = found["test_right.right"], found["test_right.negative_flips"]
    assert (failed["status"], flips["status"]) == ("failed", "passed")
    assert {"name": "story", "value": "Against the baseline"} in failed["labels"]
    assert len({result["historyId"] for result in results}) == len(results) == 6
    (table,) = (entry for entry in flips["attachments"] if entry["name"] == "flips.csv")
    rows = (house.path / "al" / table["source"]).read_text().splitlines()
    assert rows[0] == "id,label,old,old_confidence,new,new_confidence"
    assert rows[1] == "0160.png,ant,ant,0.9,bee,0.9"
    assert len(rows) == 21


def test_last_failed_runs_the_test_that_measured(kept):
    house, suite = kept
    options = ("--baseline", "runs/a", toy.model(house, accuracy=0.8))
    toy.ran(house, suite, *options)
    again = toy.ran(house, suite, *options, "--last-failed")
    assert "rerun previous 1 failure" in again.output
    assert "1 failed, 1 not gated" in again.output


def test_stop_at_the_first_failure(kept):
    house, suite = kept
    done = toy.ran(house, suite, "--baseline", "runs/a", toy.model(house, accuracy=0.8), "-x")
    assert done.code == 1
    assert "1 failed, 3 not gated" in done.output

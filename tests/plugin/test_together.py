"""Tests that look at several predictions, groups of models, samples, and what selects tests."""

import json
import re

import pytest

METRIC = '"spread": Metric("Spread of accuracy", "fraction", "lower")'
SPREAD = """
import numpy as np
import pytest
from behaviors.contract.measurement import Measurement


@pytest.mark.predictions("val", "again")
def test_spread(answers, gate):
    found = [answers(name).correct.mean() for name in ("val", "again")]
    gate.check("spread", Measurement(float(np.ptp(found)), sum(len(answers(n)) for n in ("val", "again"))))
"""


@pytest.fixture
def two(house):
    """A house with two datasets and two recorded models."""

    def build(*, confidence: float = 0.9) -> str:
        path = house.path / "small.yaml"
        house.suite(confidence=confidence)
        (house.path / "small-labels2.csv").write_text((house.path / "small-labels.csv").read_text())
        text = path.read_text().replace("datasets: {", "datasets: {again: {format: labels, path: small-labels2.csv}, ")
        path.write_text(text.replace("models: {", "models: {two: 'predictions:small-one.csv', "))
        return str(path)

    return build


def test_one_test_per_model_sees_all_datasets(house, two):
    house.room("toy", SPREAD, METRIC)
    ran = house.pytest("-k", "test_spread", f"--suite={two()}", "-v")
    assert ran.code == 0, ran.output
    assert "test_spread[two]" in ran.output
    assert re.search(r"not gated +toy.spread +one +all +0.0", ran.output)


def test_rules_may_name_all_datasets_together(house, two):
    house.room("toy", SPREAD, METRIC)
    house.thresholds("small: {policy: point, toy: {spread: {min: 0.5, dataset: all, because: a test}}}\n")
    ran = house.pytest("-k", "test_spread", f"--suite={two()}")
    assert ran.code == 1
    assert "toy.spread: one measured 0.000 on all (400 images); thresholds.yaml:1 demands at least 0.500" in ran.output


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ('answers("nothing")', "asks for the dataset 'nothing'; its mark announces val, again"),
        ("answers()", "which dataset? Its mark announces val, again"),
        ('answers("val", model="x")', "asks for the model 'x'; its mark announces"),
        ('answers("val", view="upside(down)")', "'upside(down)'"),
    ],
)
def test_what_was_not_announced_is_refused(house, two, call, sentence):
    house.room(
        "toy",
        SPREAD.replace('answers(name) for name in ("val", "again")', call).replace("found = [", f"{call}; found = ["),
        METRIC,
    )
    ran = house.pytest("-k", "test_spread", f"--suite={two()}", "--model=one")
    assert ran.code == 1
    assert sentence in ran.output


def test_a_missing_role_is_named(house):
    house.room("toy", SPREAD, METRIC)
    ran = house.pytest("-k", "test_spread", f"--suite={house.suite()}", "-rs")
    assert "suite small has no dataset in the role 'again'" in ran.output
    assert ran.code == 1, "nothing was measured"


PAIR = """
import pytest
from behaviors.contract.measurement import Measurement


@pytest.mark.predictions("val", models={"pair": ("one", "two"), "other": ("one", "three")})
def test_spread(answers, gate):
    first, second = (answers(model=name) for name in ("one", "two"))
    gate.check("spread", Measurement(abs(first.correct.mean() - second.correct.mean()), len(first)))
"""


def test_groups_of_models_run_where_all_take_part(house, two):
    house.room("toy", PAIR, METRIC)
    (house.path / "behaviors/toy/__init__.py").write_text(
        "from behaviors.contract.measurement import Metric\n\n"
        f"METRICS = {{{METRIC}}}\nGROUPS = {{'pair': ('one', 'two')}}\n"
    )
    house.thresholds("small: {policy: point, toy: {spread: {max: 0.1, model: pair, because: a test}}}\n")
    suite = two()
    ran = house.pytest("-k", "test_spread", f"--suite={suite}", "-v")
    assert ran.code == 0, ran.output
    assert "test_spread[pair]" in ran.output
    assert "test_spread[other]" not in ran.output
    alone = house.pytest("-k", "test_spread", f"--suite={suite}", "--model", "one")
    assert alone.code == 5, "no test is left, and that is no success"


def test_pairs_of_a_single_model_are_left_out_also_where_nothing_may_be_skipped(house, two):
    house.room("toy", PAIR.replace('models={"pair": ("one", "two"), "other": ("one", "three")}', "pairs=True"), METRIC)
    suite = two()
    both = house.pytest("-k", "test_spread", f"--suite={suite}", "-v")
    assert "test_spread[one~two-val]" in both.output
    alone = house.pytest("-k", "test_spread", f"--suite={suite}", "--model=one", "--require=all")
    assert alone.code == 5, alone.output
    assert "the tests asked for compare several models; this run lacks them" in alone.output
    assert "empty parameter set" not in alone.output


def test_a_report_names_every_model_of_a_group(house, two, tmp_path):
    house.room("toy", PAIR, METRIC)
    ran = house.pytest("-k", "test_spread", f"--suite={two()}", f"--alluredir={tmp_path / 'allure'}")
    assert ran.code == 0, ran.output
    (result,) = (json.loads(file.read_text()) for file in (tmp_path / "allure").glob("*-result.json"))
    told = {parameter["name"]: parameter["value"] for parameter in result["parameters"]}
    assert told["model"] == "pair"
    assert len(told["one"]) == len(told["two"]) == 12, "the weights of each"


def test_groups_get_the_same_from_workers(house, two):
    house.room("toy", PAIR, METRIC)
    suite = two()
    ran = house.pytest("-k", "test_spread", f"--suite={suite}", "-n", "2")
    assert ran.code == 0, ran.output
    assert re.search(r"not gated +toy.spread +pair +val +0.0", ran.output)


def test_a_sample_is_marked_wherever_it_is_judged(house, tmp_path):
    house.thresholds("small: {calibration: {ece: {max: 0.9, because: a test}}}\n")
    suite = house.suite()
    report = tmp_path / "junit.xml"
    ran = house.pytest("-k", "test_ece", f"--suite={suite}", "--max-images", "50", f"--junit-xml={report}")
    assert ran.code == 0, ran.output
    assert "50 (sample)" in ran.output
    assert "1 on a sample of the images, which releases nothing" in ran.output
    assert "a sample: 50 of 200 images of val (--max-images 50)" in report.read_text()
    whole = house.pytest("-k", "test_ece", f"--suite={suite}", "--max-images", "200")
    assert "(sample)" not in whole.output, "all images took part"


@pytest.mark.parametrize("given", ["0", "-3", "many", "1.5"])
def test_a_number_of_images_must_be_one(house, given):
    ran = house.pytest(f"--suite={house.suite()}", f"--max-images={given}")
    assert ran.code == 4
    assert f"--max-images: {given!r} is not a positive whole number" in ran.output


def test_a_room_is_a_mark(house):
    house.room("toy", SPREAD, METRIC)
    ran = house.pytest("-m", "calibration", f"--suite={house.suite()}", "--collect-only", "-q")
    assert "test_ece[one-val]" in ran.output
    assert "test_spread" not in ran.output


def test_required_roles(house):
    suite = house.suite()
    all_there = house.pytest("-k", "test_ece", f"--suite={suite}", "--require", "val")
    assert all_there.code == 0, all_there.output
    unknown = house.pytest("-k", "test_ece", f"--suite={suite}", "--require", "val,renditions")
    assert unknown.code == 4
    assert "--require: suite small has no dataset in the role 'renditions'; it has val" in unknown.output


def test_what_there_is_to_measure(house):
    ran = house.pytest(f"--suite={house.suite()}", "--behaviors-help")
    assert ran.code == 0
    assert "calibration (-m calibration)" in ran.output
    assert "Datasets  val, renditions" in ran.output
    assert re.search(r"ece +Expected calibration error \(fraction; better: lower\)", ran.output)
    workers = house.pytest(f"--suite={house.suite()}", "--behaviors-help", "-n", "2")
    assert workers.code == 4
    assert "--behaviors-help reads the collected tests in one process" in workers.output


RARE = """
import pytest


@pytest.mark.predictions("val")
def test_spread(predictions, gate):
    gate.does_not_apply("spread", f"{len(predictions)} images are too few")
"""


def test_a_sample_may_be_too_small_for_what_a_rule_demands(house):
    house.room("toy", RARE, METRIC)
    house.thresholds("small: {policy: point, toy: {spread: {max: 0.1, because: a test}}}\n")
    suite = house.suite()
    whole = house.pytest("-k", "test_spread", f"--suite={suite}")
    assert (
        "thresholds.yaml:1 demands it of one on val, but it cannot be measured: 200 images are too few" in whole.output
    )
    part = house.pytest("-k", "test_spread or test_ece", f"--suite={suite}", "--max-images", "50", "-rs")
    assert part.code == 0, part.output
    assert "toy.spread of one on val: 50 images are too few" in part.output

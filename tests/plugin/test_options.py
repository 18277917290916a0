"""Mistakes on the command line are one sentence and exit code 4, before anything is collected; also with workers."""

import pytest


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--model", "nope"], "nope"),
        (["--model", "x=predictions:no-such.csv"], "no-such.csv"),
        (["--model", "one", "--model", "one"], "given twice"),
        (["--suite", "no-such.yaml"], "no-such.yaml"),
        (["--suite", "no_such_suite"], "no_such_suite"),
        (["--thresholds", "no-such.yaml"], "no-such.yaml"),
        (["--batch-size", "0"], "--batch-size"),
        (["--batch-size", "many"], "--batch-size"),
    ],
)
def test_a_mistake_is_one_sentence(house, arguments, sentence):
    suite = [] if "--suite" in arguments else ["--suite", house.suite()]
    ran = house.pytest(*suite, *arguments)
    assert ran.code == 4, ran.output
    assert sentence in ran.output
    assert "Traceback" not in ran.output


def test_a_mistake_is_one_sentence_also_with_workers(house):
    ran = house.pytest("--suite", house.suite(), "--model", "nope", "-n", "2")
    assert ran.code == 4, ran.output
    assert "nope" in ran.output
    assert "Traceback" not in ran.output


def test_the_plan_is_printed_and_nothing_runs(house):
    ran = house.pytest("-k", "calibration", "--suite", house.suite(), "--plan")
    assert ran.code == 0, ran.output
    line = next(line for line in ran.output.splitlines() if "one" in line and "val" in line and "200" in line)
    assert "missing" in line
    assert "passed" not in ran.output


def test_the_plan_says_that_it_does_not_go_with_workers(house):
    ran = house.pytest("--suite", house.suite(), "--plan", "-n", "2")
    assert ran.code == 4
    assert "--plan reads the collected tests in one process: leave out -n" in ran.output


def test_workers_may_not_clean_what_other_workers_wrote(house):
    ran = house.pytest("--suite", house.suite(), "-n", "2", "--alluredir", "out", "--clean-alluredir")
    assert ran.code == 4
    assert "deletes other workers' results" in ran.output


def test_runs_from_another_folder(house, tmp_path):
    house.thresholds("small: {calibration: {ece: {max: 0.05, because: test}}}")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    suite = house.suite()
    ran = house.pytest(str(house.path / "behaviors"), "-k", "test_ece and val", "--suite", suite, cwd=elsewhere)
    assert ran.code == 0, ran.output
    assert "1 passed" in ran.output

"""Mistakes on the command line are one sentence and exit code 4, before anything is collected; also with workers."""

import pytest

from fixtures.plugin.options import whole_words


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
        (["--store=somebody@host:/store"], "--store somebody@host:/store: is no address of a store"),
        (["--store=there", "--save-run=there"], "a run is saved in a folder of its own"),
        (["--store=runs/there", "--save-run=runs"], "a run is saved in a folder of its own"),
        (["--summary=/"], "--summary /: is a folder, not a file"),
        (["--results", "https://host/results.json"], "is a URL"),
        (["--baseline=gs://bucket/run"], "is a URL"),
        (["--suite=hf://datasets/x.yaml"], "is a URL"),
        (["--store="], "--store : is empty"),
        (["--thresholds="], "--thresholds : is empty"),
        (["--baseline="], "--baseline : is empty"),
        (["--require="], "--require: names nothing"),
        (["--suite", "x" * 5000], "its name is too long"),
        (["--device=tpu"], "--device: 'tpu' is no device; known: auto, cpu, cuda, cuda:0, cuda:1"),
        (["--device=cuda:99"], "--device cuda:99: "),
        (["--save-run=circle"], "is no path that can be used here (Symlink loop"),
        (["--figures=circle"], "is no path that can be used here (Symlink loop"),
        (["--save-run", "~nobody-of-this-name/run"], "is no path that can be used here"),
    ],
)
def test_a_mistake_is_one_sentence(house, arguments, sentence):
    (house.path / "circle").symlink_to("circle")
    suite = [] if "--suite" in arguments else ["--suite", house.suite()]
    ran = house.pytest(*suite, *arguments)
    assert ran.code == 4, ran.output
    assert sentence in ran.output
    assert "Traceback" not in ran.output
    assert not [path for path in house.path.iterdir() if ":" in path.name]


def test_a_mistake_is_told_where_the_summary_is(house):
    ran = house.pytest(
        "--suite", house.suite(), "--model", "n|ope", "--summary", "page.md", GITHUB_STEP_SUMMARY="job.md"
    )
    assert ran.code == 4, ran.output
    for name in ("page.md", "job.md"):
        page = (house.path / name).read_text()
        assert page.startswith("## ❌ Usage error: nothing was measured\n\n- &#45;-model n&#124;ope"), page


@pytest.mark.parametrize(
    ("rules", "option", "sentence"),
    [
        (
            "smal: {calibration: {ece: {max: 0.1, because: x}}}",
            [],
            "'small', so it judges nothing; did you mean 'smal'?",
        ),
        ("other: {calibration: {ece: {max: 0.1, because: x}}}", ["--thresholds=thresholds.yaml"], "known: other"),
        ("small: {}", ["--thresholds=thresholds.yaml"], "its block for suite small has no rule"),
        ("small: {calibraton: {ece: {max: 0.1, because: x}}}", [], "did you mean 'calibration'?"),
        ("small: {calibration: {eec: {max: 0.1, because: x}}}", [], "did you mean 'ece'?"),
        ("small: {calibration: {ece: {max: 0.1, dataset: vall, because: x}}}", [], "did you mean 'val'?"),
        ("small: {calibration: {ece: {max: 0.1, margin: 50, because: x}}}", [], "margin 50 tolerates every model"),
        ("small: {calibration: {ece: {max: 0.1, may_lose: 1, because: x}}}", [], "may_lose 1 tolerates every model"),
        ("small: {calibration: {ece: {max: 50, because: x}}}", [], "outside what the metric can be"),
        ("small: {calibration: {ece: {min: 0.2, max: 0.1, because: x}}}", [], "thresholds.yaml:1"),
        ("small: {alpha: 1, calibration: {ece: {max: 0.1, because: x}}}", [], "must lie between 0 and 0.5"),
        ("small: {alpha: 0, calibration: {ece: {max: 0.1, because: x}}}", [], "must lie between 0 and 0.5"),
        ("small: {calibration: {ece: {max: .nan, because: x}}}", [], "must be a finite number"),
    ],
)
def test_rules_that_judge_nothing_are_an_error(house, rules, option, sentence):
    house.thresholds(rules)
    ran = house.pytest("-k", "test_ece and val", "--suite", house.suite(), *option)
    assert ran.code == 4, ran.output
    assert sentence in ran.output
    assert "Traceback" not in ran.output


def test_rules_of_other_suites_in_the_usual_file_are_no_slip(house):
    house.thresholds(
        "mini: {calibration: {ece: {max: 0.1, because: x}}}\nphotos: {calibration: {ece: {max: 0.1, because: x}}}"
    )
    assert house.pytest("-k", "test_ece and val", "--suite", house.suite()).code == 0


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


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--plan", "behaviors/x"], ["--plan=", "behaviors/x"]),
        (["--plan", "units.json", "x"], ["--plan=units.json", "x"]),
        (["x", "--plan"], ["x", "--plan="]),
        (["--plan", "--plan-needs=n.json"], ["--plan=", "--plan-needs=n.json"]),
        (["--plan=a.json", "b.json"], ["--plan=a.json", "b.json"]),
    ],
)
def test_plan_takes_a_file_and_no_test(words, expected):
    assert list(whole_words(words)) == expected

"""--suggest-thresholds: a file beside the suite, with the numbers of the run, which is read from then on."""

import subprocess

import pytest

LAW = """\
small:
  robustness:
    accuracy: {min: 0.70, because: needed}
other:
  calibration: {ece: {max: 0.1, because: theirs}}
"""
RUN = ("-k", "(test_accuracy or test_ece) and val")


def test_what_nobody_demanded_is_demanded_by_what_was_measured(house):
    house.thresholds(LAW)
    suite, measured = house.suite(confidence=0.8), house.path / "small.measured.yaml"
    ran = house.pytest(*RUN, "--suite", suite, "--suggest-thresholds")
    assert ran.code == 0, ran.output
    assert "suggested thresholds, by the numbers of this run: 1 new" in ran.output
    assert (
        "1 left alone, judged by rules of thresholds.yaml, which win: robustness.accuracy of one on val" in ran.output
    )
    assert "only a part was measured (tests were selected)" in ran.output
    assert (house.path / "thresholds.yaml").read_text() == LAW
    lines = measured.read_text().splitlines()
    assert lines[2:5] == ["small:", "  calibration:", "    ece:"]
    assert lines[5].startswith("      - {dataset: val, model: one, max: 0.")
    assert lines[5].endswith('] on 200 images"}')

    again = house.pytest(*RUN, "--suite", suite, "--suggest-thresholds=newer.yaml", "-n", "2")
    assert again.code == 0, again.output
    assert "thresholds: thresholds.yaml, 1 rule for suite small; small.measured.yaml, 1 rule" in again.output
    assert "2 passed" in again.output.splitlines()[-1]
    assert "by the numbers of this run: 1 as they are" in again.output
    assert "diff -u small.measured.yaml newer.yaml" in again.output
    assert (house.path / "newer.yaml").read_text() == measured.read_text()

    chosen = house.pytest(*RUN, "--suite", suite, "--thresholds=newer.yaml", "-rA")
    assert "thresholds: newer.yaml, 1 rule for suite small" in chosen.output, "what is chosen is all that judges"
    assert "1 not gated" in chosen.output


STALE = """small:
  calibration:
    ece:
      - {dataset: val, model: gone, max: 0.1, because: measured 0.05}
  robustness:
    corruption_accuracy:
      - {dataset: val, model: one, min: 0.5, because: measured 0.9}
  transfer:
    probe_accuracy:
      - {dataset: val, model: one, min: 0.5, because: measured 0.9}
"""


def test_a_line_that_a_full_run_does_not_ask_for_is_an_error_and_goes_when_the_file_is_written_anew(house):
    suite, measured = house.suite(), house.path / "small.measured.yaml"
    told = ("--suite", suite)
    measured.write_text(STALE)
    ran = house.pytest(*told)  # a model that there is not
    assert ran.code == 4, ran.output
    assert "small.measured.yaml:4: calibration.ece: suite small has no model 'gone'; pytest --suggest-thr" in ran.output
    measured.write_text(STALE.replace("gone", "one"))
    ran = house.pytest(*told)  # a dataset that no collected test looks at
    assert ran.code != 0, ran.output
    assert "small.measured.yaml:10: is out of date; pytest --suggest-thresholds writes the file anew" in ran.output
    measured.write_text(STALE.replace("gone", "one").partition("  transfer")[0])
    ran = house.pytest(*told)  # a metric that no test measured of it
    assert ran.code == 1, ran.output
    assert "small.measured.yaml:7: is out of date; pytest --suggest-thresholds writes the file anew" in ran.output
    measured.write_text(STALE)
    ran = house.pytest(*told, "--suggest-thresholds")
    assert ran.code == 0, ran.output
    assert "2 taken out, as nothing asks for them" in ran.output
    assert "corruption_accuracy" not in measured.read_text()
    assert "robustness:\n    accuracy:\n" in measured.read_text()
    ran = house.pytest(*told)
    assert ran.code == 0, ran.output


def test_workers_tell_what_nothing_asks_for(house):
    told, measured = ("--suite", house.suite(), "-n", "1"), house.path / "small.measured.yaml"
    measured.write_text(
        "small:\n  transfer: {probe_accuracy: [{dataset: val, model: one, min: 0.5, because: before}]}\n"
    )
    ran = house.pytest(*told)
    assert ran.code == 1, ran.output
    assert "small.measured.yaml:2: is out of date" in ran.output
    ran = house.pytest(*told, "--suggest-thresholds")
    assert ran.code == 0, ran.output
    assert "1 taken out, as nothing asks for them" in ran.output
    assert "transfer" not in measured.read_text()


def test_nothing_is_loosened_unless_the_user_says_so(house):
    suite, measured = house.suite(), house.path / "small.measured.yaml"
    line = "small:\n  robustness:\n    accuracy:\n      - {dataset: val, model: one, min: 0.88, because: before}\n"
    measured.write_text(line)
    ran = house.pytest("-k", "test_accuracy and val", "--suite", suite, "--suggest-thresholds")
    assert "1 kept, which the numbers would loosen (--allow-loosening takes them)" in ran.output
    assert measured.read_text().endswith(line)
    told = ("--suggest-thresholds", "--allow-loosening", "--margin", "0.02")
    ran = house.pytest("-k", "test_accuracy and val", "--suite", suite, *told)
    assert "1 loosened" in ran.output
    assert 'min: 0.84, margin: 0.02, because: "measured 0.900' in measured.read_text()
    assert "images that would decide" not in ran.output  # which is another option's margin


def test_a_difference_can_be_taken_as_the_terminal_says(house, tmp_path):
    elsewhere, measured = tmp_path / "else where", house.path / "small.measured.yaml"
    elsewhere.mkdir()
    suite = house.suite()
    line = "small:\n  robustness:\n    accuracy:\n      - {dataset: val, model: one, min: 0.5, because: before}\n"
    measured.write_text(line)
    ran = house.pytest(
        str(house.path / "behaviors"), *RUN, "--suite", suite, "--suggest-thresholds", "it.patch", cwd=elsewhere
    )
    assert ran.code == 0, ran.output
    assert measured.read_text() == line
    command = next(line for line in ran.output.splitlines() if "to take it: " in line).partition("to take it: ")[2]
    subprocess.run(command, shell=True, cwd=elsewhere, check=True, capture_output=True)
    assert "{dataset: val, model: one, min: 0.84, " in measured.read_text()


def test_a_sample_suggests_nothing(house):
    ran = house.pytest(*RUN, "--suite", house.suite(), "--suggest-thresholds", "new.yaml", "--max-images", "100")
    assert "suggested thresholds, by the numbers of this run: nothing" in ran.output
    assert (
        "2 left alone, measured on a sample of the images: calibration.ece of one on val; "
        "robustness.accuracy of one on val"
    ) in ran.output


def test_where_nothing_was_measured_nothing_is_written(house):
    suite = house.suite()
    house.thresholds(LAW)
    ran = house.pytest(
        "-k", "test_accuracy and val", "--suite", suite, "--suggest-thresholds", "a.yaml", "--collect-only"
    )
    assert ran.code == 0
    (house.path / "small-labels.csv").write_text("file_name,label\n")
    ran = house.pytest("-k", "test_accuracy and val", "--suite", suite, "--suggest-thresholds", "a.yaml")
    assert ran.code != 0
    assert not (house.path / "a.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--suggest-thresholds", "thresholds.yaml"], "is the thresholds file, which must not be replaced"),
        (["--suggest-thresholds", "behaviors"], "are tests; write --suggest-thresholds=FILE, or put it after them"),
        (["--suggest-thresholds", "behaviors/calibration/test_calibration.py"], "are tests"),
        (["--suggest-thresholds", "small.yaml"], "is the suite, which must not be replaced"),
        (
            ["--suggest-thresholds", "--thresholds=thresholds.yaml"],
            "with --thresholds nothing beside the suite is read",
        ),
        (["--suggest-thresholds", "--model=two=predictions:small-one.csv"], "of which two is none; name a file"),
        (["--suggest-thresholds", "conftest.py/new.yaml"], "conftest.py is no folder that can be written to"),
        (["--allow-loosening"], "--allow-loosening says what --suggest-thresholds may do, which is not given"),
        (["--suggest-thresholds", "new.yaml", "--margin", "-1"], "--margin: '-1' is no number of at least 0"),
    ],
)
def test_a_mistake_is_one_sentence(house, arguments, sentence):
    ran = house.pytest("--suite", house.suite(), *arguments)
    assert ran.code == 4, ran.output
    assert sentence in ran.output
    assert "Traceback" not in ran.output
    assert (house.path / "thresholds.yaml").read_text() == "small: {}\n"

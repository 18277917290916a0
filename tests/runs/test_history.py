"""A folder of saved runs is a history: which release changed what, how far numbers drifted, when an image flipped."""

import pytest

from tests.conftest import furnish

ASKED = ("-m", "calibration or robustness", "-k", "test_ece or test_accuracy")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Three releases: as good, worse, and as good as the first again; and a run of another suite."""
    house = furnish(tmp_path_factory.mktemp("history") / "house")
    for name, accuracy in (("r1", 0.9), ("r2", 0.6), ("r3", 0.9)):
        assert house.pytest(*ASKED, "--suite", house.suite(accuracy=accuracy), f"--save-run=runs/{name}").code == 0
    other = house.suite(name="other")
    house.thresholds("other: {}\n")
    assert house.pytest(*ASKED, "--suite", other, "--save-run=runs/elsewhere").code == 0
    house.thresholds("small: {}\n")
    return house, house.pytest("--suite", "small.yaml", "--history=runs", "-v")


def test_which_release_changed_what(told):
    _, ran = told
    assert ran.code == 0, ran.output
    steps = ran.output[ran.output.index("What each changed") : ran.output.index("Drift from")]
    worse, better = steps.split("r3 (")
    assert "REGRESSION  robustness.accuracy: one on val: 0.900 to 0.600, by -0.300 [" in worse
    assert "REGRESSION" not in better
    assert "better  robustness.accuracy: one on val: 0.600 to 0.900, by 0.300 [" in better
    assert "left out: elsewhere is a run of suite other" in ran.output


def test_the_whole_history_is_one_family(told):
    _, ran = told
    assert "one family of 4 comparisons" in ran.output  # accuracy and ECE of both steps; no rule limits flips


def test_drift_is_from_the_first_to_the_last(told):
    _, ran = told
    assert "Drift from r1 to r3" in ran.output
    assert "0 drifted; 0 not surely; " in ran.output


def test_the_course_over_all_runs_has_an_interval(told):
    """Down and up again is no course; -v tells how far it is from one."""
    _, ran = told
    course = ran.output[ran.output.index("Course over the 3 runs") : ran.output.index("Images that r1")]
    assert "open  robustness.accuracy: one on val: by 0.000 [" in course
    assert "0 of 2 numbers that changed surely rise or fall, by Holm" in course


def test_a_course_that_falls_is_told_as_the_slope_of_all_runs(tmp_path):
    house = furnish(tmp_path / "house")
    for name, accuracy in (("r1", 0.9), ("r2", 0.8), ("r3", 0.6)):
        assert house.pytest(*ASKED, "--suite", house.suite(accuracy=accuracy), f"--save-run=runs/{name}").code == 0
    ran = house.pytest("--suite", "small.yaml", "--history=runs")
    assert "falls  robustness.accuracy: one on val: by -0.150 [" in ran.output, ran.output


def test_the_first_release_in_which_an_image_flipped(told):
    _, ran = told
    assert "one on val: 60 of 200 images, 0 still wrong" in ran.output
    line = next(line for line in ran.output.splitlines() if line.strip().startswith("r2: 60 ("))
    assert "0120.png" in line
    assert "0119.png" not in line


@pytest.mark.parametrize(
    ("folder", "sentence"),
    [("nowhere", "there is no such folder"), ("behaviors", "0 saved runs of suite small; a history takes two or more")],
)
def test_a_mistake_is_a_sentence(told, folder, sentence):
    house, _ = told
    ran = house.pytest("--suite", "small.yaml", f"--history={folder}")
    assert ran.code == 4, ran.output
    assert sentence in ran.output
    assert "Traceback" not in ran.output


def test_a_damaged_run_is_a_sentence(told):
    house, _ = told
    path = house.path / "runs" / "r2" / "checks.json"
    before = path.read_text()
    path.write_text(before.replace("0.6", "0.9", 1))
    ran = house.pytest("--suite", "small.yaml", "--history=runs")
    path.write_text(before)
    assert ran.code == 4
    assert "--history r2: checks.json is not as it was written" in ran.output

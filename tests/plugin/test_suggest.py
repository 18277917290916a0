"""--suggest-thresholds: a file beside the law, with the numbers of the run."""

import subprocess

import pytest

LAW = """\
# what is demanded
small:
  robustness:
    accuracy: {min: 0.70, because: "measured 0.85; so far"}  # of one
  baseline:
    negative_flips: {max: 0.02, because: a test}
other:
  calibration: {ece: {max: 0.1, because: theirs}}"""
RUN = ("-k", "(test_accuracy or test_ece) and val")
ACCURACY = '    accuracy: {min: 0.840, margin: 0.042, because: "measured 0.900; so far"}  # of one\n'


def test_the_file_has_the_numbers_of_the_run_and_all_else_of_the_law(house):
    house.thresholds(LAW)
    suite = house.suite(confidence=0.8)
    ran = house.pytest(*RUN, "--suite", suite, "--suggest-thresholds", "new.yaml", "--allow-loosening")
    assert ran.code == 0, ran.output
    assert "suggested thresholds, by the numbers of this run: 1 tightened, 1 new" in ran.output
    assert "only a part was measured (tests were selected)" in ran.output
    assert "to look at the difference: diff -u thresholds.yaml new.yaml" in ran.output
    assert (house.path / "thresholds.yaml").read_text() == LAW
    lines = (house.path / "new.yaml").read_text().splitlines(keepends=True)
    new = [line for line in lines if line not in LAW.splitlines(keepends=True)]
    assert new[0] == ACCURACY
    assert new[1:3] == ["  calibration:\n", "    ece:\n"]
    assert new[3].startswith("      - {model: one, dataset: val, max: 0.")
    assert new[3].endswith('] on 200 images"}\n')
    assert (
        "".join(line for line in lines if line not in new[1:]).replace(ACCURACY, LAW.splitlines(keepends=True)[3])
        == LAW
    )

    again = house.pytest(*RUN, "--suite", suite, "--thresholds=new.yaml", "--suggest-thresholds=newer.yaml")
    assert again.code == 0, again.output
    assert "2 passed" in again.output.splitlines()[-1]
    assert "by the numbers of this run: 2 as they are" in again.output
    assert (house.path / "newer.yaml").read_text() == (house.path / "new.yaml").read_text()

    many = house.pytest(*RUN, "--suite", suite, "--suggest-thresholds", "parallel.yaml", "--allow-loosening", "-n", "2")
    assert many.code == 0, many.output
    assert (house.path / "parallel.yaml").read_text() == (house.path / "new.yaml").read_text()


def test_nothing_is_loosened_unless_the_user_says_so(house):
    house.thresholds(LAW.replace("0.70", "0.88"))
    ran = house.pytest("-k", "test_accuracy and val", "--suite", house.suite(), "--suggest-thresholds", "new.yaml")
    assert "1 kept, which the numbers would loosen (--allow-loosening takes them)" in ran.output
    assert (house.path / "new.yaml").read_text() == LAW.replace("0.70", "0.88")


def test_the_margin_may_be_the_users(house):
    house.thresholds(LAW)
    told = ("--suggest-thresholds", "new.yaml", "--allow-loosening", "--margin", "0.02")
    ran = house.pytest("-k", "test_accuracy and val", "--suite", house.suite(), *told)
    assert ran.code == 0, ran.output
    assert "{min: 0.840, margin: 0.02," in (house.path / "new.yaml").read_text()
    assert "images that would decide" not in ran.output  # which is another option's margin


def test_a_difference_can_be_taken_as_the_terminal_says(house, tmp_path):
    house.thresholds(LAW)
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    suite = house.suite()
    told = ("--suggest-thresholds", "it.patch", "--allow-loosening")
    ran = house.pytest(str(house.path / "behaviors"), *RUN, "--suite", suite, *told, cwd=elsewhere)
    assert ran.code == 0, ran.output
    command = next(line for line in ran.output.splitlines() if "to take it: " in line).partition("to take it: ")[2]
    subprocess.run(command, shell=True, cwd=elsewhere, check=True, capture_output=True)
    assert ACCURACY in (house.path / "thresholds.yaml").read_text()


def test_a_sample_suggests_nothing(house):
    house.thresholds(LAW)
    told = ("--suggest-thresholds", "new.yaml", "--allow-loosening", "--max-images", "100")
    ran = house.pytest(*RUN, "--suite", house.suite(), *told)
    assert "suggested thresholds, by the numbers of this run: nothing" in ran.output
    assert (
        "2 left alone, measured on a sample of the images: thresholds.yaml:4: robustness.accuracy; "
        "calibration.ece of one on val"
    ) in ran.output
    assert (house.path / "new.yaml").read_text() == LAW


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
        (["--suggest-thresholds", "behaviors"], "is a folder, not a file"),
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

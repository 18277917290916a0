"""Options take a blank or an equals sign, from anywhere, and nothing beside data, suites or stores is ever executed."""

import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.conftest import ROOT, run_pytest

CALIBRATION = ("-k", "test_ece and val")
RULES = "small: {calibration: {ece: {max: 0.05, because: test}}}\n"
TRAPS = {
    "conftest.py": "raise SystemExit('a conftest.py beside data was executed')\n",
    "setup.py": "raise SystemExit('a setup.py beside data was executed')\n",
    "test_trap.py": "raise SystemExit('a test beside data was executed')\n",
    "pytest.ini": "[pytest]\naddopts = --collect-only\npython_files = *.py\n",
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> str:
    """A search path of Python's on which this suite is as ``pip install`` leaves it."""
    folder = tmp_path_factory.mktemp("site")
    facts = folder / "vision_behaviors-0.1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: vision-behaviors\nVersion: 0.1.0\n")
    (facts / "entry_points.txt").write_text("[pytest11]\nvision_behaviors = vision_behaviors\n")
    return os.pathsep.join([str(folder), str(ROOT / "installed")])


@pytest.fixture
def data(house, tmp_path) -> Path:
    """A folder beside the house with a suite, its recordings and rules, and all that pytest would execute there."""
    folder = tmp_path / "data"
    folder.mkdir()
    house.suite()
    house.thresholds(RULES)
    for name in ("small.yaml", "small-one.csv", "small-labels.csv", "thresholds.yaml"):
        shutil.copy(house.path / name, folder)
    for name, text in TRAPS.items():
        (folder / name).write_text(text)
    return folder


def fine(ran) -> None:
    assert ran.code == 0, ran.output
    assert "1 measurement: 1 pass" in ran.output
    assert "executed" not in ran.output


@pytest.mark.parametrize("joint", [" ", "="])
@pytest.mark.parametrize(
    "options",
    [
        "--suite {data}/small.yaml --thresholds {data}/thresholds.yaml",
        "--data-root {data} --store {data} --results {data}/results.json --suite small.yaml behaviors/calibration",
    ],
)
def test_options_take_a_blank_or_an_equals_sign(house, data, installed, options, joint):
    arguments = re.sub(r"(--[a-z-]+) ", rf"\1{joint}", options.format(data=data)).split()
    fine(house.pytest(*CALIBRATION, *arguments, fresh=True, PYTHONPATH=installed))


def test_a_store_may_be_named_a_second_time(house, data, installed):
    for _ in range(2):
        fine(
            house.pytest(*CALIBRATION, "--suite", "small.yaml", "--store", str(data), fresh=True, PYTHONPATH=installed)
        )


def test_a_saved_run_may_be_named_after_a_blank(house, data, installed):
    common = (*CALIBRATION, "--suite", "small.yaml")
    fine(house.pytest(*common, "--save-run", str(data / "run")))
    for name, text in TRAPS.items():
        (data / "run" / name).write_text(text)
    ran = house.pytest(*common, "--baseline", str(data / "run"), fresh=True, PYTHONPATH=installed)
    assert "executed" not in ran.output


def test_from_elsewhere_the_checkout_is_tested_as_from_within(house, data, installed):
    tests = house.path / "tests"
    tests.mkdir()
    (tests / "test_own.py").write_text("def test_ece_of_val_in_its_own_tests():\n    assert False\n")
    arguments = (str(house.path), *CALIBRATION, "--suite", "small.yaml")
    fine(house.pytest(*arguments, cwd=data, fresh=True, PYTHONPATH=installed))
    fine(house.pytest(".", *CALIBRATION, "--suite", "small.yaml"))
    assert house.pytest("tests", *CALIBRATION, "--suite", "small.yaml").code == 1


@pytest.mark.parametrize(
    ("options", "more"),
    [
        (("-n", "2", "--suite", "{data}/small.yaml"), {}),
        (("-o", "addopts=", "behaviors/calibration", "--suite", "{data}/small.yaml"), {}),
        (("--rootdir", "{data}", "behaviors/calibration", "--suite", "{data}/small.yaml"), {}),
        (("behaviors/calibration",), {"PYTEST_ADDOPTS": "--suite {data}/small.yaml"}),
        ((), {"PYTEST_ADDOPTS": "--suite {data}/small.yaml"}),
        (("--alluredir", "{data}", "--suite", "{data}/small.yaml"), {}),
        (("-c", "{data}/other.ini", "--suite", "{data}/small.yaml"), {}),
        (("--junitxml", "{data}/other.ini", "--suite", "{data}/small.yaml"), {}),
    ],
)
def test_however_options_come(house, data, installed, options, more):
    (data / "other.ini").write_text("[pytest]\n")
    arguments = [option.format(data=data) for option in options]
    environment = {name: text.format(data=data) for name, text in more.items()}
    fine(house.pytest(*CALIBRATION, *arguments, fresh=True, PYTHONPATH=installed, **environment))


def test_without_installation_a_path_after_tests_is_an_options_value_too(house, data):
    fine(house.pytest("behaviors/calibration", *CALIBRATION, "--suite", str(data / "small.yaml")))


def test_other_projects_notice_nothing(tmp_path, installed):
    (tmp_path / "conftest.py").write_text("def pytest_addoption(parser):\n    parser.addoption('--suite')\n")
    (tmp_path / "test_theirs.py").write_text(
        "import sys\n\ndef test_theirs(request):\n"
        "    assert request.config.getoption('--suite') == 'theirs'\n"
        "    assert not {'fixtures', 'behaviors'} & sys.modules.keys()\n"
    )
    ran = run_pytest(tmp_path, "--suite", "theirs", "-p", "no:cacheprovider", fresh=True, PYTHONPATH=installed)
    assert ran.code == 0, ran.output
    assert "1 passed" in ran.output


@pytest.fixture
def module(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "installed"))
    yield import_module("vision_behaviors")
    sys.modules.pop("vision_behaviors")


@pytest.mark.parametrize(
    ("words", "here", "about"),
    [
        ([], "house", True),
        ([], "house/behaviors", True),
        ([], "data", False),
        (["../house"], "data", True),
        (["../house/behaviors/calibration/test_calibration.py::test_ece[a-b]", "--suite", "x.yaml"], "data", True),
        (["../data"], "house", False),
        (["--suite", "../data"], "house", True),
        (["--suite", "../data", "--store", "../house"], "data", True),
        (["--new-option", "../data", "--another", "../data/small.yaml"], "house", True),
        (["-k", "x" * 5000], "house", True),
        (["--suite=../data", "no/such/path"], "house", True),
        (["--alluredir", "../data"], "house", True),
        (["--alluredir", "../data", "behaviors"], "house", True),
        (["--alluredir", "../data", "../data"], "house", False),
        (["--strict-gates", "../house/behaviors"], "data", True),
    ],
)
def test_which_checkout_a_command_line_is_about(module, house, words, here, about):
    folder = house.path.parent
    (folder / "data").mkdir()
    strange = [word for word in words if word.startswith("--")]
    assert (module.checkout_of(words, strange, folder / here) == house.path) is about


def test_the_value_of_an_unknown_option_never_beats_where_one_is(module, house, tmp_path, make_house):
    other = make_house(tmp_path / "other")
    for words in (["--new-option", str(other.path)], ["--new-option", str(other.path / "thresholds.yaml")]):
        assert module.checkout_of(words, ["--new-option"], house.path) == house.path
    words = ["--new-switch", str(other.path / "behaviors")]
    assert module.checkout_of(words, ["--new-switch"], house.path) == other.path


def test_where_pytest_cannot_begin_again_it_says_what_to_write(house, data, installed):
    (house.path / "start.py").write_text("import sys, pytest\nsys.exit(pytest.main(['--suite', sys.argv[1]]))\n")
    ran = subprocess.run(
        [sys.executable, "start.py", str(data / "small.yaml")],
        cwd=house.path,
        env={**os.environ, "PYTHONPATH": installed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 4, ran.stdout + ran.stderr
    assert f"add --rootdir={house.path} --config-file=" in ran.stderr
    assert "executed" not in ran.stdout + ran.stderr

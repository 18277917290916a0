"""A wheel carries the suite: without a checkout ``vision-behaviors`` does anywhere what ``pytest`` does in one."""

import os
import shutil
import subprocess
import sys
from importlib import import_module

import pytest

from tests.conftest import ROOT

RULES = "small: {calibration: {ece: {max: 0.05, because: test}}}\n"
SOURCES = ("behaviors", "fixtures", "examples", "installed")
TRAP = "raise SystemExit('a file beside data was executed')\n"


def ran(*command: str, cwd, **variables: str):
    env = {**os.environ, "COLUMNS": "140", **variables}
    env.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder into which the wheel is installed, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in SOURCES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "README.md", "conftest.py", "thresholds.yaml"):
        shutil.copy(ROOT / name, source)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    code, told = ran(*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", "built", str(source), cwd=folder)
    assert code == 0, told
    (wheel,) = (folder / "built").iterdir()
    code, told = ran(
        *pip, "install", "--no-deps", "--no-compile", "--target", str(folder / "site"), str(wheel), cwd=folder
    )
    assert code == 0, told
    shutil.rmtree(source)
    return folder / "site"


def test_from_anywhere_the_installed_command_tests_what_is_beside_it(site, house, tmp_path):
    assert {path.name for path in site.iterdir() if path.suffix != ".dist-info"} == {
        "bin",
        "vision_behaviors.py",
        "vision_behaviors_suite",
    }
    house.suite()
    house.thresholds(RULES)
    here = tmp_path / "here"
    here.mkdir()
    for name in ("small.yaml", "small-one.csv", "small-labels.csv", "thresholds.yaml"):
        shutil.copy(house.path / name, here)
    for name in ("conftest.py", "fixtures.py", "behaviors.py", "test_trap.py"):
        (here / name).write_text(TRAP)
    command = (sys.executable, str(site / "bin" / "vision-behaviors"))
    options = ("--suite", "small.yaml", "--thresholds=thresholds.yaml")
    code, told = ran(*command, "-k", "test_ece", "-rA", *options, cwd=here, PYTHONPATH=str(site))
    assert code == 0, told
    assert "1 measurement: 1 pass" in told
    assert "store: .pytest_cache/d/predictions" in told
    assert "warning" not in told
    (nodeid,) = {line.split()[1] for line in told.splitlines() if line.startswith("PASSED")}
    code, told = ran(*command, nodeid, *options, cwd=here, PYTHONPATH=str(site))
    assert code == 0, told
    code, told = ran(*command, "store", cwd=here, PYTHONPATH=str(site))
    assert code == 0, told
    assert "one " in told


@pytest.fixture
def module(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "installed"))
    yield import_module("vision_behaviors")
    sys.modules.pop("vision_behaviors")


@pytest.mark.parametrize(
    ("words", "tests"),
    [
        ([], ["{root}/behaviors"]),
        (["-k", "behaviors"], ["-k", "behaviors", "{root}/behaviors"]),
        (["behaviors", "-q"], ["{root}/behaviors", "-q"]),
        (["behaviors/calibration/test_calibration.py::test_ece[a-b]"],
         ["{root}/behaviors/calibration/test_calibration.py::test_ece[a-b]"]),
        (["{root}/behaviors/calibration"], ["{root}/behaviors/calibration"]),
        (["--suite", "behaviors.yaml"], ["--suite", "behaviors.yaml", "{root}/behaviors"]),
    ],
)  # fmt: skip
def test_what_pytest_is_told(module, tmp_path, words, tests):
    root = module.suite()
    assert root == ROOT
    found = module.arguments(root, [word.format(root=root) for word in words], tmp_path)
    assert found[:2] == [f"--config-file={root}/pyproject.toml", f"--rootdir={root}"]
    assert found[2:] == [word.format(root=root) for word in tests]


def test_the_version_names_suite_libraries_and_device():
    code, told = ran(sys.executable, "-m", "fixtures.plugin.version", cwd=ROOT)
    assert code == 0, told
    assert told.startswith("vision-behaviors ")
    assert "\ntorch " in told
    assert "\ndevice: auto is " in told

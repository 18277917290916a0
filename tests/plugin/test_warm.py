"""A second run predicts nothing, imports no torch, and says the same; a run on workers too."""

import re

import pytest

WATCH = """
pytest_plugins = ["fixtures.plugin.hooks"]

def pytest_unconfigure(config):
    import sys
    print("torch was imported:", "torch" in sys.modules)
"""


def measurements(output: str) -> list[str]:
    """The rows of the table at the end, in a fixed order."""
    return sorted(line for line in output.splitlines() if re.search(r"\bcalibration\.\w+ +vit-clip ", line))


@pytest.fixture(scope="module")
def runs(tmp_path_factory, make_house):
    """A cold run, a warm one, and a cold one on two workers."""
    house = make_house(tmp_path_factory.mktemp("warm"))
    (house.path / "conftest.py").write_text(WATCH)
    house.thresholds("mini: {calibration: {ece: {max: 0.5, because: test}}}\n")
    gate = ("-v", "-k", "calibration", "--model", "vit-clip")
    cold = house.pytest(*gate, "--store", "one", fresh=True)
    warm = house.pytest(*gate, "--store", "one", fresh=True)
    shared = house.pytest(*gate, "--store", "two", "-n", "2", "--alluredir", "out")
    return cold, warm, shared


def test_the_first_run_predicts(runs):
    cold, _, _ = runs
    assert cold.code == 0, cold.output
    assert "predicted 1,600 images with vit-clip" in cold.output
    assert "torch was imported: True" in cold.output


def test_the_second_run_predicts_nothing_and_imports_no_torch(runs):
    _, warm, _ = runs
    assert warm.code == 0, warm.output
    assert "predicted" not in warm.output
    assert "torch was imported: False" in warm.output


def test_all_runs_say_the_same(runs):
    cold, warm, shared = runs
    assert shared.code == 0, shared.output
    assert len(measurements(cold.output)) == 16
    assert measurements(cold.output) == measurements(warm.output) == measurements(shared.output)

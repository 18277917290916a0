"""A second run extracts and fits nothing, and imports neither torch nor an optimiser."""

import re

import pytest

WATCH = """
pytest_plugins = ["fixtures.plugin.hooks"]

def pytest_unconfigure(config):
    import sys
    print("imported:", *(name for name in ("torch", "scipy.optimize", "sklearn") if name in sys.modules))
"""
DIGITS = ("behaviors/transfer", "-k", "probe_accuracy and digits", "--model", "convnext-sup")


@pytest.fixture(scope="module")
def runs(tmp_path_factory, make_house):
    """A cold run, a warm one, and one from which the fits were taken away."""
    house = make_house(tmp_path_factory.mktemp("warm"))
    (house.path / "conftest.py").write_text(WATCH)
    house.thresholds("mini: {transfer: {probe_accuracy: {min: 0.5, because: test}}}\n")
    cold, warm = (
        house.pytest(*DIGITS, "--store", "one", fresh=True),
        house.pytest(*DIGITS, "--store", "one", fresh=True),
    )
    for path in (house.path / "one").glob("*__probe__*.parquet"):
        path.unlink()
    return cold, warm, house.pytest(*DIGITS, "--store", "one", fresh=True)


def row(outcome):
    return re.search(r"transfer\.probe_accuracy .*probe_digits_test .*", outcome.output)[0]


def test_the_first_run_extracts_and_fits(runs):
    assert runs[0].code == 0, runs[0].output
    assert "predicted 700 images with convnext-sup" in runs[0].output
    assert "imported: torch scipy.optimize" in runs[0].output


def test_the_second_does_neither_and_says_the_same(runs):
    assert runs[1].code == 0, runs[1].output
    assert "predicted" not in runs[1].output
    assert re.search("imported:$", runs[1].output, re.MULTILINE)
    assert row(runs[0]) == row(runs[1])


def test_fits_start_from_the_features_that_are_there(runs):
    assert "predicted" not in runs[2].output
    assert re.search("imported: scipy.optimize$", runs[2].output, re.MULTILINE)
    assert row(runs[0]) == row(runs[2])

"""A house with a run that was saved, for every test a copy of its own."""

import shutil
from dataclasses import replace

import pytest

from tests.runs import toy


@pytest.fixture(scope="session")
def saved_once(make_house, tmp_path_factory):
    """A house and its suite; the run of the model ``one`` is in ``runs/a``."""
    house = make_house(tmp_path_factory.mktemp("saved"))
    suite = toy.furnish(house)
    done = toy.ran(house, suite, "--save-run", "runs/a")
    assert done.code == 0, done.output
    assert "this run is kept in" in done.output
    return house


@pytest.fixture
def kept(saved_once, tmp_path):
    """A copy of it, to do harm to."""
    shutil.copytree(saved_once.path, tmp_path / "house", symlinks=True)
    return replace(saved_once, path=tmp_path / "house"), str(tmp_path / "house" / "small.yaml")

"""Benchmarks are run by hand; that they still find what they measure is seen here."""

from importlib import import_module

import pytest

from tests.conftest import ROOT

BENCHMARKS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_can_be_imported_and_says_what_it_measures(name):
    assert import_module(f"benchmarks.{name}").__doc__

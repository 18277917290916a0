"""The worked example on real data: digits that are known, digits that are not, and clothes where they are installed."""

import numpy as np
import pytest

from fixtures.predictions.provider import PredictionProvider
from fixtures.predictions.request import Request
from fixtures.suite.loader import load_suite
from tests.conftest import ROOT

EXAMPLE = ROOT / "examples" / "near_and_far.yaml"


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    return load_suite(str(EXAMPLE), tmp_path_factory.mktemp("cache"))


def test_known_digits_are_known_and_others_look_less_familiar(suite, tmp_path):
    known = PredictionProvider(suite, suite.models, tmp_path).get(Request("linear", "val"))
    assert len(known) == 560
    assert known.correct.mean() > 0.9
    others = suite.dataset("other_digits")
    assert (len(others.ids), others.mapping.kind) == (237, "none")


def test_clothes_are_read_where_their_package_is_and_missed_nowhere(suite):
    if "clothes" in suite.absent:
        assert suite.absent["clothes"].optional
        assert "dataset-fashion-mnist" in suite.absent["clothes"].sentence
        return
    clothes = suite.dataset("clothes")
    assert np.bincount(clothes.labels).tolist() == [1_000] * 10
    assert clothes.load(0).size == (28, 28)

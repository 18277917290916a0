"""What a behaviour itself refuses reads as its sentence; an error that it runs into keeps its traceback."""

from types import SimpleNamespace

import pytest

from behaviors.statistics.evidence import check_classes
from behaviors.statistics.grouping import by_columns
from fixtures.plugin.outcome import refused_by_metric, shorten


def of_no_column():
    by_columns({"class": ["a", "b"]}, [True, False], ["nothing"], fewest=1)


def of_one_class():
    check_classes(["only"])


def by_accident():
    by_columns({"class": ["a", "b"]}, [True, False], 7, fewest=1)


def by_a_stranger():
    raise ValueError("not of this project")


@pytest.mark.parametrize("refuse", [of_no_column, of_one_class])
def test_a_refusal_is_a_sentence(refuse):
    with pytest.raises(ValueError, match=r"class|called") as caught:
        refuse()
    assert refused_by_metric(caught.value)
    report = SimpleNamespace(longrepr="a traceback", nodeid="test_x[said-val]")
    shorten(report, SimpleNamespace(excinfo=caught))
    assert report.longrepr == str(caught.value)


@pytest.mark.parametrize("fail", [by_accident, by_a_stranger])
def test_an_accident_is_none(fail):
    with pytest.raises((ValueError, TypeError)) as caught:
        fail()
    assert not refused_by_metric(caught.value)

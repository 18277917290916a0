"""One mark says what a test needs of the predictions; where it is lacking, its metric does not apply."""

import pytest

METRICS = ", ".join(
    f'"{name}": Metric("Mean confidence", "fraction", "higher")' for name in ("sure", "several", "ruled")
)
ROOM = """
import pytest
from behaviors.contract.measurement import Measurement

pytestmark = [pytest.mark.predictions("val"), pytest.mark.needs("confidence")]


def test_sure(predictions, gate):
    gate.check("sure", Measurement(float(predictions.confidence.mean()), len(predictions)))


def test_several(answers, gate):
    gate.check("several", Measurement(float(answers().confidence.mean()), len(answers())))


@pytest.mark.needs("confidence", metric="ruled")
def test_otherwise(predictions, gate):
    gate.check("ruled", Measurement(float(predictions.confidence.mean()), len(predictions)))


@pytest.mark.needs("logits")
def test_unknown(predictions, gate):
    pass


def test_unnamed(predictions, gate):
    pass
"""
WHY = "it needs the probability of the predicted class, and only decisions were recorded"


@pytest.fixture(scope="module")
def ran(make_house, tmp_path_factory):
    """A run about a recording that holds decisions only."""
    house = make_house(tmp_path_factory.mktemp("needs"))
    path = house.suite()
    truth = (house.path / "small-labels.csv").read_text().splitlines()[1:]
    said = [f"{name},{('ant', 'bee', 'cat', 'dog')[int(label)]}" for name, label in (row.split(",") for row in truth)]
    (house.path / "small-one.csv").write_text("\n".join(["imagename,object_response", *said]) + "\n")
    house.room("toy", ROOM, METRICS)
    house.thresholds("small: {toy: {ruled: {min: 0.5, because: a test}}}\n")
    return house.pytest("-m", "toy", f"--suite={path}", "-rs")


def test_what_is_lacking_is_a_skip_that_says_so(ran):
    assert f"toy.sure of one on val: {WHY}" in ran.output
    assert f"toy.several of one on val: {WHY}" in ran.output
    assert "2 skipped" in ran.output


def test_a_rule_that_demands_it_makes_it_an_error(ran):
    assert f"toy.ruled: thresholds.yaml:1 demands it of one on val, but it cannot be measured: {WHY}" in ran.output
    assert ran.code == 1


def test_a_mark_that_says_nothing_useful_is_one_sentence(ran):
    assert (
        "test_unknown[one-val]: needs('logits'): a test may need confidence, probabilities, distribution" in ran.output
    )
    assert (
        "needs('confidence'): which metric does not apply without it? The room has sure, several, ruled" in ran.output
    )
    assert "Traceback" not in ran.output

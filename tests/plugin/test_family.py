"""``--family-alpha``: all gates of a run have one error, which every report of theirs says."""

import json

import pytest

from tests.plugin.test_sequential import METRICS, ROOM

RULES = "small: {looked: {right: {min: 0.913, because: t}, many: {min: 0.8, because: t}}}\n"


@pytest.fixture
def ran(house):
    house.room("looked", ROOM, METRICS)
    suite = house.suite(images=2000)  # of which 1,800 are right
    house.thresholds(RULES)

    def run(*options):
        done = house.pytest("behaviors/looked", f"--suite={suite}", "--results=r.json", "--html=r.html", *options)
        told = json.loads((house.path / "r.json").read_text())
        return done, told, {check["metric"]: check for check in told["checks"]}

    return run


def test_a_bound_of_a_family_decides_less_and_says_so(ran, house):
    done, told, checks = ran()
    assert (done.code, checks["right"]["verdict"], told["settings"]["family_alpha"]) == (1, "fail", None)
    done, told, checks = ran("--family-alpha=0.05")
    assert (done.code, checks["right"]["verdict"], told["settings"]["family_alpha"]) == (0, "inconclusive", 0.05)
    sentence = "of 5 bounds of this run each errs with at most 0.01, and all of them together with at most 0.05"
    assert checks["right"]["interval"]["alpha"] == pytest.approx(0.01)
    assert any(sentence in note for note in checks["right"]["notes"])
    assert not any(sentence in note for note in checks["open"]["notes"]), "no rule judges it"
    assert sentence in done.output
    assert "all bounds of thresholds together err with at most 0.05" in (house.path / "r.html").read_text()


def test_with_looks_all_looks_together_have_the_part_of_the_family(ran):
    done, _, checks = ran("--family-alpha=0.05", "--sequential")
    assert checks["right"]["images"] == 2000, done.output
    assert checks["many"]["verdict"] == "pass"
    assert "all looks together err with at most 0.01" in " ".join(checks["many"]["notes"])


LOOP = """
import pytest

from behaviors.robustness.metrics import accuracy

@pytest.mark.predictions("val")
def test_all(predictions, gate):
    for name in ("right", "many"):
        gate.check(name, accuracy(predictions.correct, alpha=gate.alpha))
"""


def test_a_number_that_was_not_counted_is_refused(house):
    """Its bound would be a further one, with an error that nobody allowed for."""
    house.room("looked", LOOP, METRICS)
    suite = house.suite(images=100)
    house.thresholds(RULES)
    done = house.pytest("behaviors/looked", f"--suite={suite}", "--family-alpha=0.05")
    assert done.code == 1
    assert "looked.many is one number more than the 1 that --family-alpha counted" in done.output
    assert house.pytest("behaviors/looked", f"--suite={suite}").code in {0, 1}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--family-alpha=0.5"], "--family-alpha: '0.5' is no number above 0 and below 0.5"),
        (["--family-alpha=0"], "--family-alpha: '0' is no number above 0 and below 0.5"),
        (["--family-alpha=0.05", "--suggest-thresholds=x.yaml"], "leave out --family-alpha"),
    ],
)
def test_what_is_no_error_of_a_family_is_refused(house, options, sentence):
    done = house.pytest("--collect-only", *options)
    assert done.code == 4
    assert sentence in done.output

"""``--reproduce``: what was measured beside what was published; nothing is left out, and what is far off is marked."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from behaviors.contract.measurement import Metric, Parts
from fixtures.core.errors import InputError
from fixtures.gates.published import Published
from fixtures.gates.rule import Rule
from fixtures.gates.thresholds import Thresholds
from fixtures.reports.published import check_published, pairs
from fixtures.reports.results import Unmeasured
from fixtures.reports.writers import reproduction
from tests.conftest import ROOT
from tests.reports.checks import check
from tests.reports.test_summary import tables, told

METRICS = {
    "calibration": {
        "ece": Metric("ECE", "fraction", "lower"),
        "swept": Metric("Swept", "fraction", "higher", parts=Parts("level", "accuracy")),
    }
}
ECE = Rule("thresholds.yaml:4", None, 0.1, models=("vit-clip",), datasets=("val",), reference=0.03, source="figure 6")
SWEPT = replace(ECE, where="thresholds.yaml:5", reference=None, references={"1": 0.9, "1.25": 0.8, "3": 0.5})
LEVELS = (
    {"level": 1.0, "images": 1000, "accuracy": 0.9, "low": 0.88, "high": 0.92},
    {"level": 1.25, "images": 1000, "accuracy": 0.7, "low": 0.68, "high": 0.72},
)
LAW = """
small:
  calibration:
    ece: {max: 0.5, model: one, reference: REFERENCE, source: a paper, exact: {printed: 0.0005}, because: an oddity}
    signed_gap: {reference: 0.0, because: not demanded, source: another paper}
    brier:
      - {max: 0.9, dataset: val, model: one, reference: 0.1, source: a paper}
"""
PARTLY = ("-k", "ece or signed_gap")


def law(*rules, metric="ece"):
    return Thresholds(Path("thresholds.yaml"), "mini", {("calibration", metric): rules}, ("mini",))


def measured(**changes):
    """A standard error of 0.01 to either side."""
    numbers = {"value": 0.031, "low": 0.031 - 0.0164485, "high": 0.031 + 0.0164485}
    return check(**{**numbers, "published": ECE.published, **changes})


def page(rules, checks, **more):
    return reproduction.markdown(told(0, checks), checks, rules, METRICS, **more)


@pytest.mark.parametrize(
    ("published", "error", "distance", "far"),
    [(0.03, 0.0, 0.1, False), (0.061, 0.0, -3.0, True), (0.0, 0.0, 3.1, True), (0.061, 0.0075, -2.4, False)],
)
def test_the_difference_in_standard_errors(published, error, distance, far):
    rule = replace(ECE, reference=published, exact="read_off", source_error=error)
    [pair] = pairs([measured()], law(rule), METRICS)
    assert pair.distance == pytest.approx(distance, abs=0.001)
    assert (pair.difference, pair.far) == (pytest.approx(0.031 - published), far)


def test_the_side_that_faces_the_published_value_says_how_large_a_standard_error_is():
    lopsided = measured(low=0.031 - 0.0164485, high=0.031 + 0.164485)
    above, below = (pairs([lopsided], law(replace(ECE, reference=x)), METRICS)[0].distance for x in (0.061, 0.001))
    assert (above, below) == (pytest.approx(-0.3, abs=0.001), pytest.approx(3.0, abs=0.001))


def test_what_the_source_rounds_is_equal():
    rule = replace(ECE, reference=0.0308, exact="printed", source_error=0.0005)
    [pair] = pairs([measured(low=None, high=None)], law(rule), METRICS)
    assert pair.equal
    assert not pair.far
    [pair] = pairs([measured(low=None, high=None)], law(replace(rule, reference=0.0301)), METRICS)
    assert not pair.equal
    [pair] = pairs([measured(low=None, high=None)], law(replace(rule, reference=0.0301, source_error=0)), METRICS)
    assert (pair.distance, pair.far) == (None, True), "without an interval nothing explains a difference"


def test_parts_are_compared_each_by_itself():
    swept = measured(metric="swept", parts=LEVELS, published=SWEPT.published)
    same, far, gone = pairs([swept], law(SWEPT, metric="swept"), METRICS)
    assert (same.part, same.value, same.images, same.equal) == ("level 1", 0.9, 1000, True)
    assert (far.part, far.value, far.far) == ("level 1.25", 0.7, True)
    assert (gone.part, gone.value, gone.number) == ("level 3", None, 0.5)


def test_the_page_says_all_of_it():
    rule = replace(ECE, exact="read_off", source_error=0.003, because="the source draws another gap")
    text = page(law(rule), [measured(notes=("few images",))])
    assert "**1 of 1 published value within 3 standard errors; 1 of these equal as far as the source tells**" in text
    assert "## Calibration: figure 6" in text
    [*_, row] = tables(text)[-1]
    assert row == ["ece (val)", "2,048", "read off a figure, +/- 0.003", "0.0310 / 0.0300 / +0.0010 / +0.1 ="]
    assert "- the source draws another gap (ece)\n- few images (ece)" in text


def test_what_is_far_off_is_marked_and_counted():
    text = page(law(replace(ECE, reference=0.5)), [measured()])
    assert "**0 of 1 published value within 3 standard errors; 1 not**" in text
    assert "| **0.0310 / 0.5000 / -0.4690 / -46.9 ✗** |" in text


def test_what_was_not_measured_is_listed():
    text = page(law(ECE, replace(ECE, models=("vit-sup",))), [measured()])
    assert "**1 of 2 published values within 3 standard errors; 1 not measured**" in text
    assert "not measured / 0.0300" in text
    text = page(law(ECE), [measured(value=None, status="inconclusive")])
    assert "no number (inconclusive) / 0.0300" in text


def test_models_that_take_no_part_are_named_and_not_counted():
    text = page(law(ECE, replace(ECE, models=("vit-clip+native",))), [measured()], absent={"vit-clip+native"})
    assert "1 of 1 published value" in text
    assert "1 published values are about models that this run left out: vit-clip+native (1)" in text


def test_derived_values_are_counted_apart():
    text = page(law(ECE, replace(ECE, datasets=("renditions",), exact="derived")), [measured()])
    assert "**1 of 1 published value within" in text
    assert "0 of 1 value derived from them within 3 standard errors; 1 not measured" in text


def test_tests_without_a_number_are_told_with_their_reason():
    gone = [Unmeasured(nodeid=f"a.py::test_x[{n}]", outcome="skipped", reason="Skipped: no role 'val'") for n in "abcd"]
    text = reproduction.markdown(told(0, [], unmeasured=gone), [], law(ECE), METRICS)
    assert "- skipped: no role 'val' (4: test_x&#91;a&#93; and 3 more)" in text


def test_a_law_without_published_values_is_refused():
    check_published(law(ECE))
    with pytest.raises(InputError, match="states no published value for suite mini"):
        check_published(law(replace(ECE, reference=None)))


def test_a_check_keeps_what_was_published_on_its_way():
    one = measured(published=Published(0.03, {"1": 0.5}, "counted", 0.0, "figure", "why"))
    assert type(one).from_dict(one.to_dict()) == one


# Whole runs


def rigged(house, reference):
    house.thresholds(LAW.replace("REFERENCE", reference))
    return house.suite(confidence=0.9, accuracy=0.8)


@pytest.mark.parametrize(("reference", "cell"), [("0.1", "0.1000 / 0.1000 / 0.0000 / 0.0 ="), ("0.4", "✗")])
def test_a_run_writes_the_page(house, reference, cell):
    suite = rigged(house, reference)
    done = house.pytest("behaviors/calibration", *PARTLY, f"--suite={suite}", "--reproduce=out/page.md")
    assert done.code == 0, done.output
    text = (house.path / "out" / "page.md").read_text()
    assert cell in re.search(r"\| ece \(val\).*", text)[0]
    assert "an oddity" in text
    assert "not measured / 0.1000" in re.search(r"\| brier.*", text)[0]
    assert "signed&#95;gap" in text or "signed_gap (val)" in text


def test_workers_write_the_same_bytes(house):
    suite = rigged(house, "0.12")
    pages = []
    for more in ((), ("-n", "2")):
        done = house.pytest("behaviors/calibration", f"--suite={suite}", "--reproduce=page.md", *more)
        assert done.code == 0, done.output
        pages.append((house.path / "page.md").read_bytes())
    assert pages[0] == pages[1]


@pytest.mark.parametrize(("where", "sentence"), [("behaviors", "is a folder"), ("thresholds.yaml", "must not be")])
def test_a_place_that_cannot_be_written_is_told_at_the_start(house, where, sentence):
    done = house.pytest("behaviors/calibration", f"--suite={rigged(house, '0.1')}", f"--reproduce={where}")
    assert done.code == 4
    assert re.search(rf"--reproduce .*{where}: .*{sentence}", done.output)


def test_nothing_to_compare_with_is_told_at_the_start(house):
    done = house.pytest("behaviors/calibration", f"--suite={house.suite()}", "--reproduce=page.md")
    assert done.code == 4
    assert "thresholds.yaml states no published value for suite small" in done.output


def test_the_published_decisions_are_reproduced_exactly(real, house):
    assert real.is_dir()
    path = house.path / "page.md"
    suite = ROOT / "examples" / "decisions.yaml"
    done = house.pytest("behaviors/shape_texture", "behaviors/findings", f"--suite={suite}", f"--reproduce={path}")
    assert done.code == 0, done.output
    text = path.read_text()
    assert (
        "**68 of 68 published values within 3 standard errors; 68 of these equal as far as the source tells**" in text
    )
    assert "4 of 4 values derived from them within 3 standard errors" in text

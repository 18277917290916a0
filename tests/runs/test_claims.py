"""Claims about several models are judged when all tests have ended, and are results as tests are."""

import json
import xml.etree.ElementTree as ET

import pytest

from tests.conftest import ROOT, furnish

CLAIMS = """
groups: {release: {before: two, after: one}}
families: {sizes: [two, three, one]}
facts: {two: {training_images: 100}, three: {training_images: 200}, one: {training_images: 400}}
claims:
  ahead: {metric: robustness.accuracy, dataset: val, first: after, second: before, groups: [release], min: 0.1,
          because: the new one learned more}
  far_ahead: {metric: robustness.accuracy, dataset: val, first: one, second: two, min: 0.5, because: too much}
  hardly_ahead: {metric: robustness.accuracy, dataset: val, first: one, second: two, min: 0.3, because: at the limit}
  learns: {metric: robustness.accuracy, dataset: val, family: sizes, rises: training_images, because: more data}
  none_bad: {metric: robustness.accuracy, dataset: val, family: sizes, none_below: 0.4, because: usable}
"""
ASKED = ("-m", "robustness or calibration", "-k", "test_accuracy or test_ece", "--suite=small.yaml")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Three recorded models that are right in 0.6, 0.8 and 0.9 of 200 images."""
    house = furnish(tmp_path_factory.mktemp("claims") / "house")
    house.suite(accuracy=0.9)
    text = (house.path / "small.yaml").read_text()
    for name, accuracy in (("two", 0.6), ("three", 0.8)):
        house.suite(accuracy=accuracy, name=name)
        text = text.replace("one:", f"{name}: 'predictions:{name}-one.csv', one:", 1)
    (house.path / "small.yaml").write_text(text)
    (house.path / "claims.yaml").write_text(CLAIMS)
    house.thresholds("small: {}\n")
    done = house.pytest(*ASKED, "--compare=claims.yaml", "--results=r.json", "--junitxml=j.xml", "--html=p.html", "-v")
    return house, done


def check(house, name):
    told = json.loads((house.path / "r.json").read_text())
    return next(one for one in told["checks"] if (one["behavior"], one["metric"]) == ("claims", name))


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("ahead", "pass"), ("far_ahead", "fail"), ("hardly_ahead", "inconclusive"), ("learns", "pass"),
     ("none_bad", "pass")],
)  # fmt: skip
def test_each_is_judged_by_its_interval(ran, name, verdict):
    house, done = ran
    assert done.code == 1, done.output
    assert check(house, name)["verdict"] == verdict
    assert f"claims.{name}" in done.output


def test_a_difference_is_that_of_a_comparison_with_a_baseline(ran):
    house, _ = ran
    found = check(house, "far_ahead")
    done = house.pytest(*ASKED, "--baseline=two", "--results=b.json")
    told = json.loads((house.path / "b.json").read_text())
    known = next(c for c in told["comparisons"] if c["metric"] == "accuracy" and c["model"] == "one")
    assert found["value"] == pytest.approx(known["difference"]), done.output
    assert found["interval"]["low"] == pytest.approx(known["low"])
    assert found["interval"]["high"] == pytest.approx(known["high"])


def test_the_slope_is_for_each_doubling(ran):
    house, _ = ran
    found = check(house, "learns")
    assert found["value"] == pytest.approx(0.15)  # 0.6, 0.8, 0.9 at 100, 200, 400 images
    assert found["unit"] == "fraction per doubling of training_images"
    assert found["details"]["tau"] == pytest.approx(1)
    assert found["details"]["tau_low"] == pytest.approx(1)


def test_one_that_fails_is_a_failed_test_everywhere(ran):
    house, done = ran
    assert "claims.far_ahead: one and two measured 0.300 on val (200 images); claims.yaml:8 demands at least" in (
        done.output
    )
    assert "1 of 5 claims about several models failed" in done.output
    cases = {case.get("name"): case for case in ET.parse(house.path / "j.xml").iter("testcase")}
    [failed] = [case for name, case in cases.items() if "far_ahead" in name]
    assert failed.find("failure") is not None
    assert any("hardly_ahead" in name and case.find("skipped") is not None for name, case in cases.items())
    assert "far_ahead" in (house.path / "p.html").read_text()


def test_a_printed_id_runs_the_test_that_measured(ran):
    house, _ = ran
    printed = check(house, "learns")["nodeid"]
    done = house.pytest(printed, "--suite=small.yaml", "--compare=claims.yaml")
    assert "claims.learns" in done.output, done.output


def test_what_was_not_selected_is_not_judged_and_said_so(ran):
    house, _ = ran
    done = house.pytest("-m", "calibration", "-k", "test_ece", "--suite=small.yaml", "--compare=claims.yaml")
    assert done.code == 0, done.output
    assert "not judged, as not all of their numbers were asked for: claims.ahead (robustness.accuracy of" in done.output


def test_a_mistake_is_one_sentence_before_anything_is_measured(ran):
    house, _ = ran
    (house.path / "wrong.yaml").write_text("families: {sizes: [one, nobody]}\n")
    done = house.pytest(*ASKED, "--compare=wrong.yaml")
    assert done.code == 4
    assert "wrong.yaml:1: family 'sizes': there is no model 'nobody'" in done.output


def test_what_is_known_of_the_embedded_family_holds(tmp_path, ran):
    """Three sizes by three amounts of data, of which some images decide that accuracy rises with both."""
    house, _ = ran
    out = tmp_path / "r.json"
    done = house.pytest("--suite=mini_family", "-m", "robustness", "-k", "test_accuracy", "--max-images=200",
                        f"--results={out}")  # fmt: skip
    assert done.code == 0, done.output
    told = {one["metric"]: one for one in json.loads(out.read_text())["checks"] if one["behavior"] == "claims"}
    assert {name: one["verdict"] for name, one in told.items()} == dict.fromkeys(told, "pass")
    assert len(told) == 5
    assert told["more_data_is_more_accurate"]["sample"].startswith("a sample: 200 of 1,024 images of val")


DECISIONS = """
families: {paper: [convnext-sup, vit-sup, convnext-clip, vit-clip]}
facts:
  convnext-sup: {clip: 0}
  vit-sup: {clip: 0}
  convnext-clip: {clip: 1}
  vit-clip: {clip: 1}
claims:
  clip_goes_by_shape: {metric: shape_texture.shape_fraction, family: paper, rises: clip, source: "arXiv:2311.09215"}
  as_the_finding: {metric: shape_texture.shape_fraction, first: vit-clip, second: vit-sup, min: 0,
                   source: "arXiv:2311.09215"}
"""


@pytest.mark.usefixtures("real")
def test_the_published_decisions_are_a_family(tmp_path):
    """A claim about two models has the value and the bounds of the finding about them."""
    out = tmp_path / "r.json"
    (tmp_path / "family.yaml").write_text(DECISIONS)
    house = furnish(tmp_path / "house")
    done = house.pytest(f"--suite={ROOT}/examples/decisions.yaml", f"--thresholds={ROOT}/examples/thresholds.yaml",
                        "-m", "shape_texture or findings", "-k", "shape_fraction or less_texture",
                        f"--compare={tmp_path}/family.yaml", f"--results={out}")  # fmt: skip
    assert done.code == 0, done.output
    checks = json.loads(out.read_text())["checks"]
    claims = {one["metric"]: one for one in checks if one["behavior"] == "claims"}
    assert {one["verdict"] for one in claims.values()} == {"pass"}
    finding = next(c for c in checks if (c["metric"], c["model"]) == ("clip_is_less_texture_biased", "vit"))
    mine = claims["as_the_finding"]
    assert mine["value"] == pytest.approx(finding["value"])
    assert mine["interval"]["low"] == pytest.approx(finding["interval"]["low"])

"""``--sequential``: a gate is judged at growing parts of the images, and asks for no more once it is decided."""

import json
import re

import pytest

from tests.runs import toy

ROOM = """
import pytest
from behaviors.contract.measurement import Measurement
from behaviors.statistics.intervals import clopper_pearson


@pytest.fixture
def right(request, predictions):
    print("SAW", request.function.__name__, len(predictions))
    return predictions.correct


def share(right, gate):
    return Measurement(right.mean(), len(right), clopper_pearson(int(right.sum()), len(right), alpha=gate.alpha))


@pytest.mark.predictions("val")
def test_right(right, gate):
    gate.check("right", share(right, gate))


@pytest.mark.predictions("val")
def test_value(right, gate):
    gate.check("value", Measurement(right.mean(), len(right)))


@pytest.mark.predictions("val")
def test_many(right, gate):
    if len(right) < 600:
        raise ValueError("too few for this")
    gate.check("many", share(right, gate))


@pytest.mark.predictions("val")
def test_open(right, gate):
    if len(right) < 600:
        gate.inconclusive("open", "so few say nothing", images=len(right))
    else:
        gate.check("open", share(right, gate))


@pytest.mark.predictions("val")
def test_answers(answers, gate):
    gate.check("asked", share(answers("val").correct, gate))
"""
METRICS = ", ".join(
    f'"{name}": Metric("{name}", "fraction", "higher", lowest=0, highest=1{more})'
    for name, more in {
        "right": "",
        "value": ", judged_by='value'",
        "many": "",
        "open": "",
        "asked": "",
    }.items()
)


@pytest.fixture
def seen(house):
    """Runs the room on 2,000 images of which 1,800 are right; returns what it said of each number."""
    house.room("looked", ROOM, METRICS)
    suite = house.suite(images=2000)

    def run(rule, *options):
        names = ("right", "value", "many", "open", "asked")
        house.thresholds("small: {looked: {" + ", ".join(f"{name}: {{{rule}, because: t}}" for name in names) + "}}\n")
        done = house.pytest(
            "behaviors/looked", f"--suite={suite}", "--sequential", "--results=r.json", "-v", "-s", *options
        )
        path = house.path / "r.json"
        found = {check["metric"]: check for check in json.loads(path.read_text())["checks"]} if path.exists() else {}
        return done, found

    return run


def test_what_is_clear_takes_a_few_images(seen):
    done, found = seen("min: 0.7")
    assert done.code == 0, done.output
    assert {name: (check["verdict"], check["images"]) for name, check in found.items()} == {
        "right": ("pass", 125), "value": ("pass", 2000), "many": ("pass", 750), "open": ("pass", 750),
        "asked": ("pass", 125),
    }  # fmt: skip
    saw = re.findall(r"SAW test_(\w+) (\d+)", done.output)
    assert [int(images) for name, images in saw if name == "value"] == [125, 2000]
    assert [int(images) for name, images in saw if name == "many"] == [125, 250, 500, 750]
    assert [int(images) for name, images in saw if name == "open"] == [125, 250, 500, 750]
    told = "look 1 of 7, at 125 of 2,000 images of val; with 0.0031 a side at this one, all looks together err with"
    assert f"{told} at most 0.05" in found["right"]["notes"]
    assert found["right"]["interval"]["alpha"] == pytest.approx(0.05 / 16)
    assert "125 (look 1)" in done.output
    assert "releases nothing" not in done.output


def test_so_does_what_clearly_fails(seen):
    done, found = seen("min: 0.99", "-k", "right")
    assert done.code == 1
    assert (found["right"]["verdict"], found["right"]["images"]) == ("fail", 125)


def test_what_is_close_takes_all_and_may_stay_open(seen):
    done, found = seen("min: 0.9", "-k", "right or answers")
    assert done.code == 0, done.output
    for name in ("right", "asked"):
        assert (found[name]["verdict"], found[name]["images"]) == ("inconclusive", 2000)
    assert "look 7 of 7" in found["right"]["message"]


def test_a_margin_decides_earlier(seen):
    _, found = seen("min: 0.9, margin: 0.05", "-k", "right")
    assert found["right"]["verdict"] == "pass"
    assert found["right"]["images"] < 2000


def test_the_point_policy_needs_all_images(seen):
    _, found = seen("min: 0.7, policy: point", "-k", "right")
    assert (found["right"]["verdict"], found["right"]["images"]) == ("pass", 2000)


def test_another_seed_is_another_order(seen):
    seeds = ((), ("--sequential-seed=0",), ("--sequential-seed=3",))
    runs = [seen("min: 0.7", "-k", "right", *options)[1] for options in seeds]
    first, same, other = (found["right"]["value"] for found in runs)
    assert first == same
    assert first != other


def test_workers_say_the_same(seen):
    alone = seen("min: 0.7")[1]
    shared = seen("min: 0.7", "-n2")[1]
    assert shared == alone


def test_no_rule_asks_for_images(house):
    house.room("looked", ROOM, METRICS)
    done = house.pytest("behaviors/looked", f"--suite={house.suite(images=2000)}", "--sequential", "-k", "right", "-v")
    assert done.code == 0, done.output
    assert "125 (look 1)" in done.output


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--sequential", "--max-images=50"), "--sequential takes as many images as decide, --max-images N"),
        (("--sequential-seed=1",), "--sequential-seed says in which order --sequential predicts, which is not given"),
        (("--sequential", "--sequential-seed=x"), "--sequential-seed: 'x' is not a whole number of at least 0"),
    ],
)
def test_options_that_do_not_go_together(house, options, sentence):
    done = house.pytest(f"--suite={house.suite()}", *options)
    assert done.code == 4
    assert sentence in done.output


def test_a_loss_against_a_baseline_is_seen_early_and_none_takes_all(house):
    suite = toy.furnish(house)
    suite = house.suite(images=2000)
    assert toy.ran(house, suite, "--save-run", "runs/a").code == 0
    same = toy.ran(house, suite, "-k", "right", "--sequential", "--baseline=runs/a", "--results=r.json")
    assert same.code == 0, same.output
    assert "identical" in same.output
    (check,) = json.loads((house.path / "r.json").read_text())["checks"]
    assert check["images"] == 2000, "that nothing was lost is not shown by a few images"
    house.suite(name="other", images=2000, accuracy=0.6)
    (house.path / "other-one.csv").rename(house.path / "worse.csv")
    worse = toy.ran(
        house, suite, "-k", "right", "--sequential", "--baseline=runs/a", "--results=w.json",
        "--model=one=predictions:worse.csv",
    )  # fmt: skip
    assert worse.code == 1
    assert "REGRESSION  toy.right: one on val" in worse.output
    assert "on the 125 of 2,000 images that both saw" in worse.output
    (check,) = json.loads((house.path / "w.json").read_text())["checks"]
    assert check["images"] == 125

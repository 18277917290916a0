"""What a plan says a run will take: images, and seconds where models were seen to predict."""

from dataclasses import replace

import pytest

from fixtures.predictions.plan import Plan, costs, left, told
from fixtures.predictions.request import Request
from fixtures.predictions.speeds import Speeds
from tests.predictions.fakes import identity, noise, provider, shelf

ASK = Request("one", "noise")


def test_a_speed_is_that_of_the_latest_run_with_these_weights_on_this_device(tmp_path):
    speeds = Speeds(tmp_path, "cpu fp32")
    assert speeds.recall(identity("a")) is None
    speeds.add(identity("a"), 100, 1.0)
    speeds.add(identity("a"), 100, 3.0)
    speeds.add(identity("b"), 10, 0.1)
    speeds.keep()
    assert Speeds(tmp_path, "cpu fp32").recall(identity("a")) == 50
    assert Speeds(tmp_path, "cpu fp32").recall(identity("b")) is None, "of ten images most is loading"
    assert Speeds(tmp_path, "cuda fp32").recall(identity("a")) is None
    other = Speeds(tmp_path, "cuda fp32")
    other.add(identity("a"), 6400, 1.0)
    other.keep()
    assert Speeds(tmp_path, "cpu fp32").recall(identity("a")) == 50
    assert Speeds(tmp_path, "cuda fp32").recall(identity("a")) == 6400


@pytest.mark.parametrize("content", [b"{", b""])
def test_a_damaged_file_tells_nothing(tmp_path, content):
    speeds = Speeds(tmp_path, "cpu fp32")
    speeds.add(identity("a"), 100, 1.0)
    speeds.keep()
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    assert Speeds(tmp_path, "cpu fp32").recall(identity("a")) is None


def test_an_oracle_remembers_how_fast_it_was(tmp_path):
    first = provider(tmp_path, shelf("one"), noise(200))
    first.get(ASK)
    first.close()
    asked = provider(tmp_path, shelf("one"), noise(200), noise(400, name="other"))
    speed = asked.speed("one")
    assert speed > 0
    plan = Plan.of(asked, [ASK, Request("one", "other")])
    assert left(plan) == {"one": 400}
    said = costs(plan, {Request("one", "other"): 64}, asked.speed)
    assert f"all of them: 400 images in about {400 / speed:,.0f} s" in said
    assert "with --sequential: those, or fewer; at least 64 images in about" in said


def test_a_sample_is_told_beside_all_of_them(tmp_path):
    asked, some = (provider(tmp_path, shelf("one"), noise(200), max_images=most) for most in (None, 50))
    said = costs(Plan.of(asked, [ASK]), {ASK: 64}, asked.speed, (50, Plan.of(some, [ASK])))
    sample, every, looks = said.splitlines()
    assert sample.startswith("with --max-images 50: 50 images")
    assert every.startswith("all of them: 200 images")
    assert looks.startswith("with --sequential: those, or fewer; at least 64 images")


def test_what_looks_have_predicted_counts(tmp_path):
    asked = provider(tmp_path, shelf("one"), noise(200))
    asked.get(replace(ASK, images=64, order="0"))
    plan = Plan.of(asked, [ASK])
    assert plan.entries[0][1].status == "partial"
    assert 100 < left(plan)["one"] <= 136
    assert left(plan, {ASK: 64}) == {}


def test_nothing_to_predict_costs_nothing(tmp_path):
    asked = provider(tmp_path, shelf("one"), noise(200))
    asked.get(ASK)
    assert costs(Plan.of(asked, [ASK]), {}, asked.speed) == ""


def test_whose_speed_is_not_known():
    assert told({"one": 10, "two": 20}, {"one": 5.0, "two": None}.get) == (
        "30 images, in a time that is not known: no run here has predicted with two yet"
    )
    assert told({"one": 1000, "two": 2000}, {"one": 100.0, "two": 10.0}.get) == "3,000 images in about 210 s"

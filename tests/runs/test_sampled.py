"""``--max-images`` with ``--baseline``: compared on the sample, judged with what is known of the other images."""

import json

import pytest

from tests.runs import toy


@pytest.fixture
def judged(house):
    """A rule that 200 of 2,000 images leave open; runs ``toy.right`` on them and returns what came of it."""
    toy.furnish(house)
    suite = house.suite(images=2000)
    assert toy.ran(house, suite, "--save-run", "runs/a").code == 0
    house.thresholds("small: {toy: {right: {min: 0.87, because: test}}}\n")
    worse = toy.model(house, accuracy=0.88, images=2000)

    def run(*options):
        done = toy.ran(house, suite, worse, "-k", "right", "--max-images=200", "--results=r.json", *options)
        (check,) = json.loads((house.path / "r.json").read_text())["checks"]
        (house.path / "r.json").unlink()
        return done, check

    return run


def test_what_the_baseline_says_of_all_images_decides(judged):
    alone, plain = judged()
    assert plain["verdict"] == "inconclusive", alone.output
    done, check = judged("--baseline=runs/a")
    assert check["verdict"] == "pass", done.output
    before, now = plain["interval"], check["interval"]
    assert now["low"] > before["low"]
    assert now["high"] - now["low"] < 0.6 * (before["high"] - before["low"])
    assert now["low"] < 0.88 < now["high"]
    (note,) = (text for text in check["notes"] if "control variate" in text)
    assert note == "with what runs/a says of all 2,000 as control variate: worth 947 images without it (alone 0.905)"
    assert check["images"] == 200


def test_the_comparison_is_about_the_images_that_both_saw(kept):
    house, suite = kept
    done = toy.ran(house, suite, "--max-images=60", "--baseline=runs/a", toy.model(house, accuracy=0.7))
    assert done.code == 1
    assert "REGRESSION  toy.right: one on val: " in done.output
    assert "on the 60 of 200 images that both saw" in done.output
    assert "5 comparisons: " in done.output
    same = toy.ran(house, suite, "--max-images=60", "--baseline=runs/a")
    assert same.code == 0, same.output
    assert "4 identical" in same.output


def test_a_sample_is_a_baseline_of_the_whole_too(house):
    suite = toy.furnish(house)
    assert toy.ran(house, suite, "--save-run", "runs/s", "--max-images=60").code == 0
    done = toy.ran(house, suite, "--baseline=runs/s")
    assert done.code == 0, done.output
    assert "4 identical" in done.output


def test_a_baseline_that_is_a_sample_itself_helps_nothing(kept):
    house, suite = kept
    house.thresholds("small: {}\n")
    assert toy.ran(house, suite, "--save-run", "runs/s", "--max-images=100").code == 0
    done = toy.ran(house, suite, "-k", "right", "--max-images=60", "--baseline=runs/s", "--results=r.json")
    (check,) = json.loads((house.path / "r.json").read_text())["checks"]
    assert done.code == 0, done.output
    assert not any("control variate" in note for note in check["notes"])


def test_nor_does_one_of_other_labels(kept):
    house, suite = kept
    labels = house.path / "small-labels.csv"
    labels.write_text(labels.read_text().replace("0199.png,3", "0199.png,2"))
    toy.ran(house, suite, "-k", "right", "--max-images=60", "--baseline=runs/a", "--results=r.json")
    (check,) = json.loads((house.path / "r.json").read_text())["checks"]
    assert not any("control variate" in note for note in check["notes"])


def test_workers_know_it_too(judged):
    assert judged("--baseline=runs/a", "-n2")[1] == judged("--baseline=runs/a")[1]


def test_another_model_of_the_run_helps_where_all_that_it_says_is_stored(house):
    toy.furnish(house)
    suite = house.suite(images=2000)
    house.thresholds("small: {toy: {right: {min: 0.87, because: test}}}\n")
    new = toy.model(house, "two", accuracy=0.88, images=2000)

    def run(*options):
        done = toy.ran(house, suite, "-k", "right", "--results=r.json", "--store=store", *options)
        checks = json.loads((house.path / "r.json").read_text())["checks"]
        return done, {check["model"]: check for check in checks}

    sampled = ("--model=one", new, "--max-images=200", "--baseline=one")
    before, without = run(*sampled)
    assert without["two"]["verdict"] == "inconclusive", before.output
    run("--model=one")
    done, found = run(*sampled)
    assert done.code == 0, done.output
    assert found["two"]["verdict"] == "pass"
    assert (
        "with what one says of all 2,000 as control variate: worth 947 images without it (alone 0.905)"
        in (found["two"]["notes"])
    )
    assert found["one"] == without["one"], "nothing helps the baseline itself"
    assert found["two"]["images"] == 200
    assert "comparisons: " in done.output

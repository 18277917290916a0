"""Mixed-up labels end a run with an error of every test that asked, cold, warm and on workers; never with a number."""

import numpy as np
import pytest

CLASSES, IMAGES = 60, 1_200


def write(house, *, labels=None, datasets="val: {format: labels, path: val.csv}", top=""):
    """A suite of a recorded model that is right on 80 % of ``val``, and on 80 % of ``v2`` as far as it is labelled."""
    random = np.random.default_rng(4)
    truth = np.arange(IMAGES) % CLASSES
    called = np.where(random.random(IMAGES) < 0.8, truth, random.integers(0, CLASSES, IMAGES))
    names = [f"{k:04d}.png" for k in range(IMAGES)]
    for name, given in (("val", truth), ("v2", truth if labels is None else labels[truth])):
        rows = [f"{name},{label}" for name, label in zip(names, given, strict=True)]
        (house.path / f"{name}.csv").write_text("\n".join(["file_name,label", *rows, ""]))
    rows = [f"{name},{k},0.8" for name, k in zip(names, called, strict=True)]
    (house.path / "said.csv").write_text("\n".join(["file_name,predicted_class,predicted_probability", *rows, ""]))
    (house.path / "numbers.yaml").write_text(
        f"suite: numbers\nclasses: [{', '.join(f'thing {k:02d}' for k in range(CLASSES))}]\n{top}\n"
        f"models: {{one: 'predictions:said.csv'}}\ndatasets:\n  {datasets}\n"
    )
    house.thresholds("numbers: {}\n")


V2 = "val: {format: labels, path: val.csv}\n  v2: {format: labels, path: v2.csv%s}"
UNPADDED = np.argsort(sorted(range(CLASSES), key=str))
"""The label that class k gets where folders 0, 1, 10, 11, ... are numbered as they stand in the alphabet."""


def ran(house, *more):
    return house.pytest("-m", "robustness or calibration", "--suite=numbers.yaml", "--store=store", *more)


@pytest.mark.parametrize(
    "more", [(), ("-n", "2"), ("--sequential",)], ids=["one process", "workers", "a few images first"]
)
def test_every_test_that_asks_is_an_error_and_nothing_of_it_is_measured(house, more):
    write(house, labels=UNPADDED, datasets=V2 % "")
    told = "FAILED" if "--sequential" in more else "ERROR"  # while the test runs, or before
    for _ in ("cold", "warm"):
        done = ran(house, *more)
        assert done.code == 1, done.output
        assert "one on v2: label space mismatch suspected: read in alphabetical order of the numbers" in done.output
        assert "numbers.yaml:7: dataset 'v2'" in done.output
        assert "Traceback" not in done.output
        errors = [line for line in done.output.splitlines() if line.startswith(told) and "[one-v2]" in line]
        assert len(errors) == 1 or (told == "FAILED" and errors)
        assert "robustness.accuracy  one    v2" not in done.output
        assert "calibration.ece" in done.output


@pytest.mark.parametrize("key", ["", ", canary: 0.9", ", at_chance: true"])
def test_sound_labels_are_measured(house, key):
    write(house, datasets=V2 % key, top="trusted: val")
    done = ran(house)
    assert done.code == 0, done.output


def test_off_means_off(house):
    write(house, labels=UNPADDED, datasets=V2 % ", canary: off")
    assert ran(house).code == 0


def test_a_share_of_the_trusted_accuracy(house):
    write(house, labels=np.where(np.arange(CLASSES) % 3, (np.arange(CLASSES) * 7 + 1) % CLASSES, np.arange(CLASSES)),
          datasets=V2 % ", canary: 0.6", top="trusted: val")  # fmt: skip
    done = ran(house)
    assert done.code == 1
    assert "of 1,200 of val; the suite expects at least 0.6 of that" in done.output
    assert "'canary', " in done.output


def test_a_sample_is_looked_at_too(house):
    write(house, labels=UNPADDED, datasets=V2 % "")
    assert ran(house, "--max-images", "300").code == 1


@pytest.mark.parametrize(
    ("top", "datasets", "sentence"),
    [
        ("trusted: vol", V2 % "", "trusted: no dataset 'vol'; there are val, v2"),
        ("", V2 % ", canary: 0.5", "Name it at the top: 'trusted: val'"),
        ("", V2 % ", canary: 3", "must be 'off', or a share of the accuracy on the trusted dataset"),
        ("", V2 % ", canary: true", "must be 'off', or a share"),
        ("", V2 % ", at_chance: 0.3", "at_chance"),
    ],
)
def test_bad_keys(house, top, datasets, sentence):
    write(house, datasets=datasets, top=top)
    done = ran(house)
    assert done.code == 4
    assert sentence in done.output

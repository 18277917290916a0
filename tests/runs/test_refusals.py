"""What cannot be a baseline, and what cannot be paired with it: one sentence and a non-zero exit, never a pass."""

import json
import os
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.runs import files
from fixtures.runs.baseline import opened, resolve
from fixtures.runs.kept import saved
from tests.runs import toy


def _evidence(folder):
    return next((folder / "evidence").glob("toy.right*"))


def _version(folder):
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | {"version": 99}))
    files.seal(folder)


def _suite(folder):
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | {"suite": "large"}))
    files.seal(folder)


def _without_lines(folder, name):
    lines = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    (folder / "SHA256SUMS").write_text("".join(line for line in lines if name not in line))


def _replaced(path, put):
    path.unlink()
    put(path)


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda run: _truncate(_evidence(run)), "is not as it was written (its checksum differs)"),
        (lambda run: _evidence(run).unlink(), "is missing; the run is no longer whole"),
        (lambda run: (run / "checks.json").write_text("[]"), "checks.json is not as it was written"),
        (lambda run: (run / "SHA256SUMS").unlink(), "no run is kept there: SHA256SUMS is missing or unreadable"),
        (lambda run: (run / "SHA256SUMS").write_text("nonsense\n"), "SHA256SUMS says nothing of run.json"),
        (lambda run: _without_lines(run, "evidence"), "SHA256SUMS says nothing of evidence/toy."),
        (lambda run: _evidence(run).unlink() or _without_lines(run, "evidence/toy.right"), "was saved with 7: damaged"),
        (lambda run: _without_lines(run, "checks.json"), "SHA256SUMS says nothing of checks.json"),
        (lambda run: (run / "evidence" / "more.parquet").write_bytes(b""), "SHA256SUMS says nothing of evidence/more"),
        (lambda run: (run / "link").symlink_to("run.json"), "SHA256SUMS says nothing of link"),
        (lambda run: os.mkfifo(run / "pipe"), "SHA256SUMS says nothing of pipe"),
        (lambda run: _replaced(run / "SHA256SUMS", os.mkfifo), ": SHA256SUMS is missing or unreadable"),
        (lambda run: _replaced(run / "SHA256SUMS", Path.mkdir), "SHA256SUMS is missing or unreadable"),
        (lambda run: _replaced(run / "checks.json", os.mkfifo), "checks.json is missing"),
        (lambda run: _replaced(_evidence(run), Path.mkdir), ".parquet is missing; the run is no longer whole"),
        (_version, "run.json has version 99; this suite reads version 1: save it anew"),
        (_suite, "is a run of suite large; this is suite small"),
    ],
)
def test_a_run_that_is_not_sound_is_refused(kept, harm, sentence):
    run = kept[0].path / "runs" / "a"
    harm(run)
    with pytest.raises(InputError) as refusal:
        saved(run, "--baseline runs/a", "small")
    assert str(refusal.value).startswith("--baseline runs/a: ")
    assert sentence in str(refusal.value)


def test_nothing_is_measured_before_the_refusal(kept):
    house, suite = kept
    _truncate(_evidence(house.path / "runs" / "a"))
    done = toy.ran(house, suite, "--baseline", "runs/a")
    assert done.code == 4
    assert "is not as it was written" in done.output
    assert "Traceback" not in done.output
    assert "test session starts" not in done.output


@pytest.mark.parametrize(
    ("given", "models", "sentence"),
    [
        ("small.yaml", ("one",), "--baseline small.yaml: is a file, not a folder"),
        ("runs/none", ("one",), "--baseline runs/none: there is no such folder"),
        ("runs", ("one",), "--baseline runs: no run is kept there"),
        (
            "two",
            ("one",),
            "--baseline two: there is no such folder, and no model of this run is called so; models are one",
        ),
        ("one", ("one",), "--baseline one: no other model takes part in this run"),
        ("runs/a", ("two",), "--baseline runs/a: has none of the models of this run (two); it has one"),
    ],
)
def test_what_is_no_baseline(kept, given, models, sentence):
    with pytest.raises(InputError) as refusal:
        opened(resolve(given, models, kept[0].path), "small", models)
    assert sentence in str(refusal.value)


def test_a_folder_wins_over_a_model_of_the_same_name(kept):
    house, suite = kept
    (house.path / "runs" / "a").rename(house.path / "one")
    done = toy.ran(house, suite, "--baseline", "one")
    assert done.code == 0, done.output
    assert "4 identical" in done.output


def test_models_that_the_baseline_lacks(kept):
    house, suite = kept
    two = toy.model(house, "two")
    some = toy.ran(house, suite, "--baseline", "runs/a", two, "--model=one")
    assert some.code == 0, some.output
    assert "--baseline runs/a: has no model 'two', which is compared with nothing" in some.output


def _otherwise(house, change):
    labels = house.path / "small-labels.csv"
    labels.write_text(change(labels.read_text()))


@pytest.mark.parametrize(
    ("change", "options", "sentence"),
    [
        (lambda text: text.replace("0199.png,3", "0199.png,2"), (), "the dataset val is labelled otherwise"),
        (
            lambda text: text.replace("0199.png,3", "0199.png,2"),
            ("--max-images=50",),
            "the dataset val has 50 images here and 200 there",
        ),
    ],
)
def test_other_images_or_labels_are_not_paired(kept, change, options, sentence):
    house, suite = kept
    _otherwise(house, change)
    done = toy.ran(house, suite, "--baseline", "runs/a", *options)
    assert done.code == 1
    assert f"ERROR  toy.right: one on val: cannot be compared with runs/a: {sentence}" in done.output
    assert "::baseline.right[one-val]" in done.output


def test_other_ids_are_not_paired(house):
    suite = toy.furnish(house)
    assert toy.ran(house, suite, "--save-run", "runs/a").code == 0
    for name in ("small-labels.csv", "small-one.csv"):
        path = house.path / name
        path.write_text(path.read_text().replace("0000.png", "new.png"))
    done = toy.ran(house, suite, "--baseline", "runs/a")
    assert done.code == 1
    assert "the 200 images of the dataset val are not those of the baseline" in done.output


def test_another_preprocessing_is_compared_and_said_first(kept):
    house, suite = kept
    run = house.path / "runs" / "a"
    record = json.loads((run / "run.json").read_text())
    record["models"]["one"]["preprocessing"] = "Resize(256)"
    (run / "run.json").write_text(json.dumps(record))
    files.seal(run)
    done = toy.ran(house, suite, "--baseline", "runs/a")
    assert done.code == 0, done.output
    assert "one differs from runs/a: same recorded predictions, built with preprocessing='recorded'" in done.output


def test_another_alpha_is_not_paired(kept):
    house, suite = kept
    house.thresholds("small: {alpha: 0.01}\n")
    done = toy.ran(house, suite, "--baseline", "runs/a")
    assert done.code == 1
    assert "the interval there errs with probability 0.05 per side, here with 0.01" in done.output


def test_samples_are_compared_with_the_same_sample_and_say_so(house):
    suite = toy.furnish(house)
    assert toy.ran(house, suite, "--save-run", "runs/a", "--max-images=50").code == 0
    done = toy.ran(house, suite, "--baseline", "runs/a", "--max-images=50")
    assert done.code == 0, done.output
    assert "a sample, made with --max-images 50, which releases nothing" in done.output


def test_a_run_that_compares_nothing_does_not_pass(kept):
    house, suite = kept
    path = house.path / "behaviors" / "toy" / "test_toy.py"
    path.write_text(path.read_text().replace("def test_right", "def test_renamed"))
    done = toy.ran(house, suite, "--baseline", "runs/a", "-k", "renamed")
    assert done.code == 1
    assert "nothing that this run measured could be compared with it" in done.output

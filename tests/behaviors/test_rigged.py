"""Rules against two recorded models, one sound and one rigged: what the rooms beyond the paper find in a whole run."""

import json
from pathlib import Path

import numpy as np
import pytest

from fixtures.models.sources.observer import SOURCE
from fixtures.models.spec import Setting, make
from tests.conftest import House

IMAGES, CLASSES = 600, 4
NAMES = ("ant", "bee", "cat", "dog")
PEOPLE = {name: {"slips": 0.3, "alike": 0.9, "seed": seed} for seed, name in enumerate(("bob", "eve", "ann"))}

ROOMS = ("selective", "groups", "agreement", "conformal")

RULES = """
small:
  selective:
    coverage_at_risk: {min: 0.2, margin: 0.1, within: {risk: 0.08}, because: test}
    auroc: {min: 0.6, because: test}
  groups:
    worst_group: {min: 0.6, margin: 0.2, within: {by: [class, place]}, because: test}
  agreement:
    with_people: {min: 0.4, margin: 0.2, because: test}
    below_people: {max: 0.2, margin: 0.1, because: test}
  conformal:
    set_size: {max: 1.6, margin: 0.4, because: test}
"""


def written(path: Path, predicted: np.ndarray, sure: np.ndarray) -> None:
    """The probabilities of all classes, image by image."""
    shares = np.repeat(((1 - sure) / (CLASSES - 1))[:, None], CLASSES, axis=1)
    shares[np.arange(predicted.size), predicted] = sure
    rows = [f"{index:04d}.png," + ",".join(f"{share:.6f}" for share in row) for index, row in enumerate(shares)]
    header = "file_name," + ",".join(f"probability_{k}" for k in range(CLASSES))
    path.write_text("\n".join([header, *rows]) + "\n")


def said(labels: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.where(right, labels, (labels + 1) % CLASSES)


def observed(house: House) -> None:
    """What both models decide on cue conflicts: one goes with people, the other slips by itself."""
    ids = [f"{NAMES[k % 4]}{k}-{NAMES[(k + 1 + k // 4 % 3) % 4]}{k % 50}.png" for k in range(IMAGES)]
    for name, alike in (("sound", 0.9), ("rigged", 0.0)):
        spec = make(
            name,
            "observer:shape",
            setting=Setting(NAMES),
            options={**PEOPLE["ann"], "alike": alike, "seed": 9},
            where="",
        )
        chosen = SOURCE.gives.read(spec, "cue_conflict", ids).responses
        rows = [f"{image},{one}\n" for image, one in zip(ids, chosen, strict=True)]
        (house.path / name / "cue_conflict.csv").write_text("".join(["imagename,object_response\n", *rows]))


def furnished(house: House) -> House:
    """Right in 89 of 100; the rigged model is surest where it is wrong, and half as good on bees above the sea."""
    random = np.random.default_rng(0)
    labels = np.arange(IMAGES) % CLASSES
    sure = 0.5 + random.beta(3, 1, IMAGES) / 2
    right = random.random(IMAGES) < sure
    place = np.array(["land", "sea"])[np.arange(IMAGES) // CLASSES % 2]
    fooled = (labels == 1) & (place == "sea") & (random.random(IMAGES) < 0.5)
    for name, answers, confidence in (("sound", right, sure), ("rigged", right & ~fooled, 1.5 - sure)):
        (house.path / name).mkdir()
        written(house.path / name / "val.csv", said(labels, answers), confidence)
    (house.path / "labels.csv").write_text(
        "".join(["file_name,label,place\n", *(f"{k:04d}.png,{labels[k]},{place[k]}\n" for k in range(IMAGES))])
    )
    (house.path / "small.yaml").write_text(
        "suite: small\nclasses: [ant, bee, cat, dog]\n"
        "models:\n  sound: predictions:sound\n  rigged: predictions:rigged\n"
        + "".join(
            f"  {name}: {{source: 'observer:shape', options: {one}, role: people}}\n" for name, one in PEOPLE.items()
        )
        + "datasets:\n  val: {format: labels, path: labels.csv}\n"
        "  cue_conflict: {format: cue_conflict, path: sound/cue_conflict.csv}\n"
    )
    observed(house)
    house.thresholds(RULES)
    return house


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory, make_house) -> dict[tuple[str, str, str], str]:
    """(behaviour, metric, model) -> the verdict, of all numbers that a rule judges."""
    house = furnished(make_house(tmp_path_factory.mktemp("rigged")))
    run = house.pytest("-q", "-m", " or ".join(ROOMS), "--suite=small.yaml", "--results=run.json")
    assert run.code == 1, run.output
    checks = json.loads((house.path / "run.json").read_text())["checks"]
    return {(one["behavior"], one["metric"], one["model"]): one["verdict"] for one in checks if one["threshold"]}


@pytest.mark.parametrize("room", ROOMS)
def test_the_rigged_model_fails_and_the_sound_one_passes(verdicts, room):
    found = {(metric, model): verdict for (behavior, metric, model), verdict in verdicts.items() if behavior == room}
    metrics = {metric for metric, _ in found}
    assert metrics
    assert {metric: (found[metric, "sound"], found[metric, "rigged"]) for metric in metrics} == dict.fromkeys(
        metrics, ("pass", "fail")
    )

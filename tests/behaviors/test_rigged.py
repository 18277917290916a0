"""Rules against two recorded models, one sound and one rigged: what the rooms beyond the paper find in a whole run."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import House

IMAGES, CLASSES = 600, 4

ROOMS = ("selective", "groups")

RULES = """
small:
  selective:
    coverage_at_risk: {min: 0.2, margin: 0.1, within: {risk: 0.08}, because: test}
    auroc: {min: 0.6, because: test}
  groups:
    worst_group: {min: 0.6, margin: 0.2, within: {by: [class, place]}, because: test}
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


def furnished(house: House) -> House:
    """Right in 89 of 100; the rigged model is surest where it is wrong, and half as good on bees above the sea."""
    random = np.random.default_rng(0)
    labels = np.arange(IMAGES) % CLASSES
    sure = 0.5 + random.beta(3, 1, IMAGES) / 2
    right = random.random(IMAGES) < sure
    place = np.array(["land", "sea"])[np.arange(IMAGES) // CLASSES % 2]
    fooled = (labels == 1) & (place == "sea") & (random.random(IMAGES) < 0.5)
    written(house.path / "sound.csv", said(labels, right), sure)
    written(house.path / "rigged.csv", said(labels, right & ~fooled), 1.5 - sure)
    (house.path / "labels.csv").write_text(
        "".join(["file_name,label,place\n", *(f"{k:04d}.png,{labels[k]},{place[k]}\n" for k in range(IMAGES))])
    )
    (house.path / "small.yaml").write_text(
        "suite: small\nclasses: [ant, bee, cat, dog]\n"
        "models: {sound: 'predictions:sound.csv', rigged: 'predictions:rigged.csv'}\n"
        "datasets: {val: {format: labels, path: labels.csv}}\n"
    )
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

"""A model with features passes, one without content fails: with the whole house, on folders and tables of images."""

import json
import re

import numpy as np
import pytest
from PIL import Image

LAW = """
small:
  transfer:
    probe_accuracy: {min: 0.7, because: hues and lightnesses are plain to see}
    mean_probe_accuracy: {min: 0.8, because: two easy tasks}
"""
MODELS = """
import numpy as np
import torch
from torchvision import transforms

PREPARE = transforms.Compose([transforms.Resize(8), transforms.CenterCrop(8), transforms.ToTensor(),
                              transforms.Normalize([0.5] * 3, [0.5] * 3)])


class Model(torch.nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.kind, self.preprocess, self.class_names, self.fingerprint = kind, PREPARE, ["ant", "bee"], kind

    def forward(self, images):
        return images.mean((2, 3))[:, :2]

    def features(self, images):
        if self.kind == "constant":
            return torch.full((len(images), 12), 0.3)
        if self.kind == "random":  # as good as: a sine of the sum, so fast that it tells nothing
            return torch.sin(1e5 * images.sum((1, 2, 3))[:, None] * torch.arange(1, 13))
        if self.kind == "broken":
            return images.mean((2, 3)) / 0
        if self.kind == "map":
            return images
        return images.mean((2, 3))


class Plain(Model):
    features = None


def model(kind):
    return Plain(kind) if kind == "plain" else Model(kind)
"""
KINDS = ("sound", "constant", "random", "broken", "map", "plain")
HUES = {"red": (200, 40, 40), "green": (40, 200, 40), "blue": (40, 40, 200)}


def picture(path, colour, generator):
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = generator.normal(colour, 25, size=(10, 10, 3))
    Image.fromarray(noise.clip(0, 255).astype(np.uint8)).save(path)


def folders(root, generator):
    """Hues, as VTAB's tasks come: a folder per part, in it one per class."""
    for part, each in (("train", 20), ("test", 15)):
        for name, colour in HUES.items():
            for k in range(each):
                picture(root / "hue" / part / name / f"{k:02d}.png", colour, generator)


def tables(root, generator):
    """Lightnesses, in one folder, and a table for each part."""
    for part, each in (("train", 20), ("test", 15)):
        rows = ["file_name,label"]
        for label, level in (("dark", 60), ("light", 180)):
            for k in range(each):
                name = f"{part}-{label}-{k:02d}.png"
                picture(root / "light" / name, [level] * 3, generator)
                rows.append(f"{name},{label}")
        (root / f"light-{part}.csv").write_text("\n".join(rows) + "\n")


def furnish(house):
    generator = np.random.default_rng(0)
    folders(house.path, generator)
    tables(house.path, generator)
    (house.path / "rigged.py").write_text(MODELS)
    (house.path / "said.csv").write_text("file_name,predicted_class,predicted_probability\nx,0,1\n")
    hue = {"format": "class_folders", "classes": list(HUES), "outputs": "none"}
    light = {"format": "csv", "path": "light", "classes": ["dark", "light"], "outputs": "none"}
    parts = ("train", "test")
    datasets = {f"probe_hue_{part}": hue | {"path": f"hue/{part}"} for part in parts}
    datasets |= {f"probe_light_{part}": light | {"labels": f"light-{part}.csv"} for part in parts}
    models = {kind: {"source": "python:rigged:model", "options": {"kind": kind}} for kind in KINDS}
    suite = {"suite": "small", "classes": ["ant", "bee"], "models": models, "datasets": datasets}
    suite["models"]["said"] = "predictions:said.csv"
    (house.path / "small.yaml").write_text(json.dumps(suite))
    house.thresholds(LAW)
    return house


@pytest.fixture(scope="module")
def house(make_house, tmp_path_factory):
    return furnish(make_house(tmp_path_factory.mktemp("probes")))


@pytest.fixture(scope="module")
def outcome(house):
    return house.pytest("behaviors/transfer", "--suite=small.yaml", "--store=store")


def verdicts(outcome, model):
    line = rf"^(\S.*?)\s+transfer\.(\w+)\s+{model}\s+(\S+)\s+(\S+)"
    return {
        (metric, dataset): (verdict, float(value))
        for verdict, metric, dataset, value in re.findall(line, outcome.output, re.MULTILINE)
    }


def test_features_that_say_something_pass(outcome):
    found = verdicts(outcome, "sound")
    assert {key: verdict for key, (verdict, _) in found.items()} == {
        ("probe_accuracy", "probe_hue_test"): "pass",
        ("probe_accuracy", "probe_light_test"): "pass",
        ("mean_probe_accuracy", "all"): "pass",
    }
    assert found["probe_accuracy", "probe_hue_test"] == ("pass", 1.0)


@pytest.mark.parametrize("model", ["constant", "random"])
def test_features_that_say_nothing_fail(outcome, model):
    assert outcome.code == 1
    found = verdicts(outcome, model)
    assert {verdict for verdict, _ in found.values()} == {"FAIL"}
    assert len(found) == 3
    mean = found["mean_probe_accuracy", "all"][1]
    assert mean == pytest.approx((1 / 3 + 1 / 2) / 2, abs=0.001 if model == "constant" else 0.2)


def test_features_that_are_no_numbers_are_an_error(outcome):
    assert not verdicts(outcome, "broken")
    assert "a feature of image 'blue/00.png' is NaN or infinite" in outcome.output


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("said", "said is recorded predictions: there is no network whose features could be read"),
        ("map", "the model's features are (1, 3, 8, 8) for 1 images, not one row for each"),
        ("plain", "the model has no features to read: a Plain has neither"),
    ],
)
def test_a_demand_on_a_model_without_features_is_an_error(outcome, model, reason):
    assert not verdicts(outcome, model)
    words = " ".join(outcome.output.split())
    demand = r"thresholds\.yaml:\d+ demands it of {} on {}, but it cannot be measured: {}"
    for dataset in ("probe_hue_test", "probe_light_test", "all"):
        assert re.search(demand.format(model, dataset, re.escape(reason)), words), words


def test_without_a_demand_it_is_skipped_with_the_reason(house):
    (house.path / "lenient.yaml").write_text("small: {baseline: {negative_flips: {max: 0.5, because: a test}}}\n")
    done = house.pytest(
        "behaviors/transfer", "--suite=small.yaml", "--store=store", "--thresholds=lenient.yaml", "--model=said", "-rs"
    )
    assert "recorded predictions: there is no network whose features could be read" in done.output
    assert "3 skipped" in done.output
    assert done.code == 1  # nothing was measured


def test_a_second_run_extracts_and_fits_nothing_and_says_the_same(house, outcome):
    again = house.pytest("behaviors/transfer", "--suite=small.yaml", "--store=store", "--model=sound")
    assert verdicts(again, "sound") == verdicts(outcome, "sound")
    assert "predicted" not in again.output.partition("measurements")[2]
    assert again.code == 0, again.output


def test_two_workers_say_the_same(house, outcome):
    again = house.pytest("behaviors/transfer", "--suite=small.yaml", "--store=fresh", "-n2")
    for model in ("sound", "constant", "random"):
        assert verdicts(again, model) == verdicts(outcome, model)


def test_the_plan_names_features(house, outcome):
    plan = house.pytest("behaviors/transfer", "--suite=small.yaml", "--store=store", "--model=sound", "--plan")
    assert re.search(r"sound\s+probe_hue_train\s+features\s+60\s+stored", plan.output), plan.output
    recorded = house.pytest("behaviors/transfer", "--suite=small.yaml", "--store=store", "--model=said", "--plan")
    assert "The selected tests need no predictions." in recorded.output


def test_a_task_without_its_other_half_stops_the_run(house):
    suite = json.loads((house.path / "small.yaml").read_text())
    del suite["datasets"]["probe_hue_test"]
    (house.path / "half.yaml").write_text(json.dumps(suite))
    done = house.pytest("behaviors/transfer", "--suite=half.yaml")
    assert done.code == 4
    assert "has a dataset in the role 'probe_hue_train' and none in the role 'probe_hue_test'" in done.output


def test_a_suite_without_tasks_skips_the_room(house):
    suite = json.loads((house.path / "small.yaml").read_text()) | {"suite": "bare"}
    suite["datasets"] = {
        "val": {"format": "class_folders", "path": "hue/test", "classes": list(HUES), "outputs": "none"}
    }
    (house.path / "bare.yaml").write_text(json.dumps(suite))
    done = house.pytest("behaviors/transfer", "--suite=bare.yaml", "--model=sound", "-rs")
    assert "suite bare has no probe task: no datasets in roles probe_<task>_train" in done.output
    required = house.pytest("behaviors/transfer", "--suite=bare.yaml", "--model=sound", "--require=all")
    assert "2 errors" in required.output
    assert required.code == 1

"""The stand-in's suite and rules: those of the suite imagenet, with only what must differ changed."""

import yaml

from fixtures.miniature import rules
from fixtures.miniature.questions import QUESTIONS
from fixtures.miniature.suite import read, standin
from fixtures.miniature.write import DATASETS

COUNTS = dict.fromkeys(DATASETS, 12)


def needed(shipped):
    """Those that a run does not do without."""
    return {name: block for name, block in shipped["datasets"].items() if not block.get("optional")}


def test_datasets_lie_where_the_suite_imagenet_has_them():
    shipped = read()
    found = standin(shipped, COUNTS)
    for name, block in needed(shipped).items():
        kept = {key: value for key, value in block.items() if key not in ("images", "size", "card", "classes", "role")}
        assert kept.items() <= found["datasets"][name].items()
    for name, block in shipped["tasks"].items():
        assert found["tasks"][name] == block | {"images": {"train": 64, "test": 48}}
    assert {"data_root": "required", "classes": "imagenet-1k"}.items() <= found.items()


def test_every_dataset_and_task_of_the_suite_imagenet_is_written():
    shipped = read()
    assert set(needed(shipped)) <= set(DATASETS)
    assert set(shipped["tasks"]) == set(QUESTIONS)


def test_counts_are_those_of_what_was_written():
    blocks = standin(read(), COUNTS)["datasets"]
    assert {block["images"] for name, block in blocks.items() if "images" in block and name != "wide"} == {12}


def test_presets_keep_the_ratio_of_resize_and_crop():
    models = standin(read(), COUNTS)["models"]
    paper = models["vit-sup"]["presets"]["paper"]
    assert paper["resize"] == 73  # 64 * 256 / 224
    assert paper["interpolation"] == "bilinear"
    assert paper["mean"] == [0.5, 0.5, 0.5]
    assert {name: list(block["presets"]) for name, block in models.items()} == {
        name: list(block["presets"]) for name, block in read()["models"].items()
    }


def test_rules_demand_next_to_nothing_and_keep_what_they_compare_with(tmp_path):
    rules.write_rules(tmp_path)
    loose = yaml.safe_load((tmp_path / "thresholds.yaml").read_text())["imagenet_standin"]
    shipped = yaml.safe_load(rules.SHIPPED.read_text())["imagenet"]
    before, after = shipped["robustness"]["accuracy"][0], loose["robustness"]["accuracy"][0]
    assert after["min"] == rules.CHANCE < before["min"]
    assert "margin" not in after
    assert {key: after[key] for key in ("reference", "source", "model")} == {
        key: before[key] for key in ("reference", "source", "model")
    }
    ratio = loose["mistakes"]["mean_error_ratio"]
    assert {rule["max"] for rule in ratio if "max" in rule} == {rules.RATIO}

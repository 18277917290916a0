"""The law is checked before anything is predicted: every mistake is a sentence with file and line."""

from pathlib import Path

import pytest

from behaviors.measurement import Metric
from fixtures.errors import InputError
from fixtures.gates.metrics import known_metrics
from fixtures.gates.thresholds import Thresholds, load

METRICS = {
    "calibration": {
        "ece": Metric("ECE", "fraction", "lower", lowest=0, highest=1),
        "gap": Metric("Gap", "fraction", "neither", lowest=-1, highest=1),
    }
}


def read(tmp_path: Path, text: str) -> Thresholds:
    path = tmp_path / "thresholds.yaml"
    path.write_text(text)
    return load(path, suite_name="mini", models=("vit", "vit-clip"), datasets=("val", "renditions"), metrics=METRICS)


def one(rules: str) -> str:
    return f"mini:\n  calibration:\n    ece:\n{rules}"


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ("      maximum: 0.1\n", "thresholds.yaml:4: unknown key 'mini.calibration.ece.maximum'"),
        ("      max: high\n      because: x\n", "thresholds.yaml:4"),
        ("      max: .nan\n      because: x\n", "must be a finite number"),
        ("      max: .inf\n      because: x\n", "must be a finite number"),
        ("      max: true\n      because: x\n", "is no number"),
        ("      because: x\n", "needs 'min', 'max' or both"),
        ("      max: 0.1\n", "needs 'source' or 'because'"),
        ("      max: 0.1\n      min: 0.2\n      because: x\n", "'min' 0.2 is above 'max' 0.1"),
        ("      max: 1.5\n      because: x\n", "thresholds.yaml:4: mini.calibration.ece: max 1.5 is outside"),
        ("      max: 0.1\n      expect: fail\n      source: x\n", "why is the failure known"),
        ("      max: 0.1\n      because: x\n      model: vit-klip\n", "did you mean 'vit-clip'?"),
        (
            "      max: 0.1\n      because: x\n      dataset: imagenet\n",
            "no dataset 'imagenet'; known: val, renditions",
        ),
        ("      max: 0.1\n      max: 0.2\n      because: x\n", "'max' stands twice"),
        (
            "    - {max: 0.1, because: x, model: vit}\n    - {max: 0.2, because: y, dataset: val}\n",
            "thresholds.yaml:4 and thresholds.yaml:5: calibration.ece: both rules are about vit on val",
        ),
        ("    - {max: 0.1, because: x}\n    - {max: 0.2, because: y}\n", "both rules are about vit on val"),
    ],
)
def test_a_mistake_is_a_sentence_with_its_line(tmp_path, rules, sentence):
    with pytest.raises(InputError) as raised:
        read(tmp_path, one(rules))
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("mini:\n  calibratoin: {ece: {max: 0.1, because: x}}\n", "thresholds.yaml:2: unknown behaviour 'calibratoin'"),
        ("mini:\n  calibration: {acc: {max: 0.1, because: x}}\n", "unknown metric of calibration 'acc'"),
        ("other:\n  calibration: {eec: {max: 0.1, because: x}}\n", "did you mean 'ece'?"),
        ("mini: 3\n", "must map behaviours to their rules"),
        ("", "is empty"),
        ("mini: [", "not valid YAML"),
    ],
)
def test_a_mistake_in_the_outline_is_a_sentence(tmp_path, text, sentence):
    with pytest.raises(InputError) as raised:
        read(tmp_path, text)
    assert sentence in str(raised.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.yaml"):
        load(tmp_path / "nowhere.yaml", suite_name="mini", models=(), datasets=(), metrics=METRICS)


def test_the_narrowest_rule_wins(tmp_path):
    rules = read(
        tmp_path,
        one(
            "    - {max: 0.1, because: all}\n"
            "    - {max: 0.2, because: one, model: vit}\n"
            "    - {max: 0.3, because: both, model: vit, dataset: renditions}\n"
        ),
    )
    limits = {
        (model, dataset): rules.rule("calibration", "ece", model, dataset).max
        for model in ("vit", "vit-clip")
        for dataset in ("val", "renditions")
    }
    assert limits == {
        ("vit", "val"): 0.2,
        ("vit", "renditions"): 0.3,
        ("vit-clip", "val"): 0.1,
        ("vit-clip", "renditions"): 0.1,
    }
    assert rules.rule("calibration", "ece", "vit", "val").where == "thresholds.yaml:5"
    assert rules.rule("calibration", "gap", "vit", "val") is None


def test_a_rule_that_no_test_could_use_is_told(tmp_path):
    rules = read(tmp_path, one("    - {max: 0.2, because: one, dataset: renditions}\n"))
    assert rules.unused({"calibration": {("vit", "renditions")}}) == []
    assert "thresholds.yaml:4" in rules.unused({"calibration": {("vit", "val")}})[0]
    assert rules.unused({}) != []


def test_every_room_is_found_by_looking():
    assert set(known_metrics()["calibration"]) >= {"ece", "signed_gap", "brier", "nll"}

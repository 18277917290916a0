"""A gate on one number is not fooled by a model that broke: accuracy on the same images is compared with it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from behaviors.contract.correctness import correctness
from behaviors.contract.predictions import Predictions
from fixtures.predictions.request import Request
from fixtures.runs import comparing, files
from fixtures.runs.baseline import Baseline
from fixtures.runs.differing import differing
from fixtures.runs.kept import Kept
from fixtures.runs.record import ModelFacts
from fixtures.runs.recorder import announced_first
from tests.reports.checks import check
from tests.reports.compared import compared
from tests.runs import toy

LOST = "REGRESSION  baseline.accuracy: one on val: 0.800, 0.900 in runs/a: worse (-0.100 [-0.139, -0.069], 200 images"
BETTER = "better  toy.loss: one on val: 0.050, 0.100 in runs/a: better (accuracy lost on val: 0.900 to 0.800)"
FLIPS = "baseline.negative_flips: one on val: 20 of 200 images were right in runs/a and are wrong now"


def broken(house):
    """Surer of itself, and wrong more often."""
    return toy.model(house, accuracy=0.8, confidence=0.95)


def only_loss(kept, *more):
    house, suite = kept
    return toy.ran(house, suite, "-k", "loss", "--baseline=runs/a", broken(house), *more)


def test_what_is_better_beside_a_lost_accuracy_says_so_and_the_run_fails(kept):
    done = only_loss(kept, "--results=r.json", "--summary=s.md", "--alluredir=al")
    assert done.code == 1, done.output
    for line in (LOST, BETTER, FLIPS):
        assert line in done.output
    assert "3 comparisons: 1 regression, 1 undecided, 1 better (1 beside a lost accuracy)" in done.output
    assert "-0.050 better, accuracy lost" in done.output
    house = kept[0].path
    told = json.loads((house / "r.json").read_text())
    (better,) = (one for one in told["comparisons"] if one["status"] == "better")
    assert better["beside"] == "accuracy lost on val: 0.900 to 0.800"
    assert "better, accuracy lost on val: 0.900 to 0.800 | toy.loss" in (house / "s.md").read_text()


def test_the_failed_comparison_has_an_id_and_last_failed_runs_its_test(kept):
    done = only_loss(kept)
    assert "FAILED behaviors/toy/test_toy.py::test_loss::baseline.accuracy[one-val]" in done.output
    assert "rerun previous 1 failure" in only_loss(kept, "--last-failed").output


def test_the_margin_is_that_of_the_rule_about_the_accuracy(kept):
    kept[0].thresholds("small:\n  toy: {right: {min: 0.1, because: test, may_lose: 0.2}}\n")
    done = only_loss(kept)
    assert done.code == 0, done.output
    assert "thresholds.yaml:2 tolerates 0.2" not in done.output, "no loss is listed nowhere"
    assert BETTER in done.output, "however little was lost"


def test_a_number_that_is_the_accuracy_stands_for_it(kept):
    house, suite = kept
    done = toy.ran(house, suite, "--baseline=runs/a", broken(house))
    assert "REGRESSION  toy.right: one on val" in done.output
    assert "baseline.accuracy" not in done.output
    assert "1 better (1 beside a lost accuracy)" in done.output
    assert done.output.count(FLIPS) == 1


def test_roles_that_show_the_same_answers_count_once(house):
    toy.furnish(house, room=toy.ROOM.replace('predictions("val")', 'predictions("val", "twin")'))
    file = house.path / "small.yaml"
    file.write_text(file.read_text().replace("{val: {", "{val: {role: [val, twin], "))
    house.suite(name="other", accuracy=0.8, confidence=0.95)
    assert toy.ran(house, str(file), "--save-run=runs/a").code == 0
    done = toy.ran(house, str(file), "-k", "loss", "--baseline=runs/a", "--model=one=predictions:other-one.csv")
    assert done.output.count("REGRESSION  baseline.accuracy") == 1, done.output
    assert done.output.count("(accuracy lost on ") == 2, "on either role"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "workers"])
def test_another_model_of_the_run(kept, workers):
    house, suite = kept
    models = ("--model=one", toy.model(house, "two", accuracy=0.8, confidence=0.95))
    done = toy.ran(house, suite, "-k", "loss", "--baseline=one", *models, *workers)
    assert done.code == 1
    assert "REGRESSION  baseline.accuracy: two on val: 0.800, 0.900 in one: worse" in done.output
    assert "one on val" not in done.output


def aged(house, *, checks=True):
    """As an earlier version kept it: neither answers nor options, and the accuracy only where it was measured."""
    run = house.path / "runs" / "a"
    shutil.rmtree(run / "answers")
    record = json.loads((run / "run.json").read_text())
    del record["models"]["one"]["options"], record["files"]
    files.write_json(run / "run.json", record)
    if not checks:
        kept = json.loads((run / "checks.json").read_text())
        files.write_json(run / "checks.json", [check for check in kept if check["metric"] != "right"])
    files.seal(run)


def test_a_run_of_an_earlier_version_has_the_accuracy_where_it_was_measured(kept):
    aged(kept[0])
    done = only_loss(kept)
    assert done.code == 1
    assert LOST in done.output
    assert "(its arguments were not recorded there)" in done.output


def test_a_run_of_an_earlier_version_without_it_says_so(kept):
    aged(kept[0], checks=False)
    done = only_loss(kept)
    assert "which answers were right is not kept there of one on val" in done.output


def test_what_differs_opens_the_comparison(kept):
    done = only_loss(kept, "--results=r.json", "--summary=s.md", "--alluredir=al")
    sentence = "one differs from runs/a by its recorded predictions alone"
    section = done.output.partition("against the baseline runs/a")[2].splitlines()
    assert section[1] == sentence
    house = kept[0].path
    assert sentence in (house / "s.md").read_text()
    (told,) = json.loads((house / "r.json").read_text())["differing"]
    assert (told["model"], told["weights"], told["sentence"]) == ("one", "other", sentence)
    described = [json.loads(path.read_text()).get("description", "") for path in (house / "al").glob("*-result.json")]
    assert sum(text.startswith(sentence) for text in described) == 2, "the regression and the flips"
    assert "one is that of runs/a: same recorded predictions" in toy.ran(*kept, "--baseline=runs/a").output


FACTS = ModelFacts(
    origin="vit",
    source="timm",
    fingerprint="a" * 64,
    preprocessing="resize 256, crop 224",
    precision="fp32",
    stable=True,
    facts={"architecture": "timm vit", "weights sha256": "b" * 64, "torch": "2.14"},
    options={"pad_type": ""},
)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "m is that of runs/a: same weights, and nothing else known differs"),
        (
            {"fingerprint": "c" * 64, "facts": {**FACTS.facts, "weights sha256": "d" * 64}},
            "m differs from runs/a by its weights alone",
        ),
        (
            {"fingerprint": "c" * 64, "options": {"pad_type": "same", "img_size": "128"}},
            "m differs from runs/a: same weights, built with img_size='128' (before: not given); "
            "pad_type='same' (before: '')",
        ),
        (
            {"precision": "bf16"},
            "m differs from runs/a: the same network in bf16 (before: fp32)",
        ),
        (
            {"preprocessing": "resize 232, crop 224"},
            "built with preprocessing='resize 232' (before: 'resize 256')",
        ),
        ({"fingerprint": "c" * 64}, "same weights, built with fingerprint='cccccccccccc' (before: 'aaaaaaaaaaaa')"),
        ({"facts": {**FACTS.facts, "torch": "2.15"}}, "same weights, built with torch='2.15' (before: '2.14')"),
        (
            {"source": "open_clip", "fingerprint": "c" * 64, "facts": {}, "options": {"prompts": "simple"}},
            "perhaps other weights, and pad_type=not given (before: ''); prompts='simple' (before: not given); source=",
        ),
    ],
)
def test_what_differs_is_said(changes, sentence):
    assert sentence in differing("m", "runs/a", FACTS, FACTS.model_copy(update=changes)).sentence


def test_what_differs_comes_before_what_does_not_and_unchanged_answers_of_people_are_not_told():
    def kept(**models):
        return Kept("", Path(), models, {}, [replace(check(), model=name) for name in ("one", "two")], lambda _: None)

    recorded = FACTS.model_copy(update={"recorded": True})
    old = kept(ann=recorded, bob=recorded, one=FACTS, two=FACTS)
    other = {"fingerprint": "d" * 64, "facts": {}}
    new = kept(ann=recorded, bob=recorded.model_copy(update=other), one=FACTS, two=FACTS.model_copy(update=other))
    found = comparing.differences(new, old, Baseline("runs/a", Path("runs/a")))
    assert [one.model for one in found] == ["bob", "two", "one"]


@pytest.mark.parametrize("layers", ["53 (ab)", "54 (cd)"])
def test_an_int8_file_is_recognised_by_its_layers(layers):
    old = FACTS.model_copy(update={"facts": {"layers": "53 (ab)", "numbers": "float32"}})
    new = {"fingerprint": "c" * 64, "source": "onnx", "facts": {"layers": layers, "numbers": "int8 97 %, float32 3 %"}}
    told = differing("m", "runs/a", old, FACTS.model_copy(update=new)).sentence
    same = "m differs from runs/a: the same layers in int8 97 %, float32 3 % (before: float32); perhaps other weights, "
    assert told.startswith(same) == (layers == "53 (ab)")
    assert told.count("int8") == 1, "said once, first where it is known to be the same network"
    assert "source='onnx'" in told


def test_only_what_was_looked_at_as_it_is_is_kept_or_the_first_view():
    views = [Request("m", "wide", view) for view in ("shift:x=4", "identity", "shift:x=8")]
    others = [Request("m", "c", "scale:s=2"), Request("m", "c", "scale:s=4"), Request("m", "t", content="features")]
    assert announced_first([*views, *others]) == [views[1], others[0]]


def test_a_view_stands_in_the_id():
    one = compared(behavior="baseline", metric="accuracy", dataset="wide", view="scale:s=2", nodeid="a.py::test_s[x]")
    assert one.report_id == "a.py::test_s::baseline.accuracy[vit-clip-wide-scale:s=2]"


def said(labels, predicted, **annotations):
    ids = np.array([f"{k}.png" for k in range(len(labels))])
    columns = {name: np.array(values) for name, values in annotations.items()}
    return Predictions(
        "m", "d", "identity", ("ant", "bee", "cat"), ids, np.array(labels), np.array(predicted)[:, None], None,
        annotations=columns,
    )  # fmt: skip


def test_right_is_the_label():
    assert correctness(said([0, 1, 2], [0, 2, -1])).values.tolist() == [1, 0, 0]


def test_right_is_any_valid_label_and_images_without_one_do_not_count():
    one = said([0, 1, 2], [1, 0, 2], valid=["0 1", "2", ""])
    assert correctness(one).values.tolist() == [0, 0, 1], "elsewhere the label is what is asked for"
    found = correctness(replace(one, dataset="real"))
    assert (found.ids.tolist(), found.values.tolist()) == (["0.png", "1.png"], [1, 0])


def test_right_is_either_cue_where_they_conflict():
    cues = {"shape": ["ant", "ant", "ant", "cat"], "texture": ["bee", "bee", "bee", "cat"]}
    cues["conflict"] = [True, True, True, False]
    sources = {"shape_source": ["ant1"] * 4, "texture_source": ["bee1"] * 4}
    assert correctness(said([0, 0, 0, 2], [0, 1, 2, 2], **cues, **sources)).values.tolist() == [1, 1, 0]
    assert correctness(said([0, 0, 0, 2], [0, 1, 2, 2], **cues)).values.tolist() == [1, 0, 0, 1], "drawn with both"


def test_versions_of_a_picture_count_together_and_scenes_of_an_object_are_a_cluster():
    found = correctness(said([0, 0, 1, 1], [0, 1, 1, 1], source=["a", "a", "b", "b"]))
    assert (found.ids.tolist(), found.values.tolist(), found.kind) == (["a", "b"], [0.5, 1.0], "mean")
    found = correctness(said([0, 0], [0, 1], base=["x", "y"]))
    assert (found.values.tolist(), found.clusters[0].tolist()) == ([1, 0], ["x", "y"])


def test_a_single_class_is_always_right_and_tells_nothing():
    assert correctness(replace(said([0], [0]), classes=("ant",))) is None

"""A stand-in with something wrong: what the suite says, and that it does not pass."""

import shutil
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.datasets.dataset import sentences_on
from fixtures.miniature import imagenet_val
from fixtures.miniature.faults import FAULTS, FLAT
from fixtures.miniature.write import write_data
from fixtures.plugin.doctor.datasets import finding
from fixtures.suite.loader import load_suite
from tests.conftest import ROOT, run_pytest

SAID = {
    "missing-class-folder": ("val", "1 of 1,000 classes have no folder", "Golden Retriever"),
    "truncated-image": ("v2", "1 of 1,000 images cannot be read", "437/"),
    "v2-padded-twice": ("v2", "several folders", "are one class: 0007, 0042, 42, 7"),
    "c-missing-severity": ("c", "1 of 75 folders CORRUPTION/SEVERITY are missing", "fog/3"),
    "shard-cut-in-half": ("probe_clevr_count_train", "0.tar", "cut off"),
    "annotation-for-unknown-image": ("factors", "annotates 1 image that the dataset does not have", "unknown.JPEG"),
    "missing-dataset": ("renditions", "imagenet-r is not there", "github.com/hendrycks/imagenet-r"),
    "wrong-subset": ("a", "named as no class", "n0"),
    "swapped-labels": ("val", "disagree about 2 images", "val.txt"),
    "c-resized": ("c", "images are not 64x64 pixels as they should be", "is 73x73"),
    "c-copied-severity": ("c", "fog/1 and fog/5", "have 24 images in common, and should have none"),
    "pug-classes-rotated": ("pug", "classes are called like one of their outputs", "did entries change places"),
    "pug-rows-rotated": (
        "pug",
        "they show another class than that of their folder",
        "are the rows those of other images?",
    ),
    "vtab-parts-swapped": ("probe_kitti_dist_test", "64 images", "48 are declared", "were the parts swapped?"),
    "vtab-half-a-test": ("probe_pets_test", "24 images", "48 are declared"),
    "shard-copied": ("probe_cifar100_train", "0.tar and 1.tar", "have 24 images in common"),
    "lost-hard-shard": ("hard", "1 of 2 shards are in", "missing: number 1"),
}
"""Fault -> the dataset, and what the sentence about it says."""
LEFT_TO_THE_CANARY = {
    "v2-alphabetical": ("v2", "in alphabetical order of the numbers"),
    "shifted-labels": ("val", "with the first class as 1 and not 0"),
}
"""Faults that leave every name and number right, so that only answers show them, and how labels were meant."""
LEFT_TO_THE_GATE = {"moved-labels": "val"}
"""No reading of the labels helps, and 1,000 images are too few to say that a model is at chance: a low score fails."""

REMARKED = {
    "thumbnails": ("v2", "v2: left out: in no folder of a class: 1 (cover.jpg); litter of file systems: 1,000 ("),
    "picture-in-two-classes": ("sketch", "sketch: ATTENTION: the same picture is in several classes"),
}
"""Faults that leave every number right, or wrong by one image: what the summary says."""
LEARNED_BEFORE = "vtab-learned-before"
"""Shows when a task's two parts are put beside each other."""

READ = {
    "val": "imagenet/val",
    "v2": "imagenetv2-matched-frequency-format-val",
    "c": "imagenet-c",
    "a": "imagenet-a",
    "renditions": "imagenet-r",
    "factors": "imagenet_x",
    "probe_clevr_count_train": "vtab/clevr_count",
    "pug": "PUG_ImageNet",
    "hard": "imagenet-hard",
    "sketch": "sketch",
}
"""What lies where; the faults touch nothing else."""


@pytest.fixture
def data(standin, tmp_path):
    """A copy of the parts that faults damage, beside links to the others."""
    target = tmp_path / "data"
    target.mkdir()
    for entry in (standin / "data").iterdir():
        whole = entry.name in {path.split("/")[0] for path in READ.values()}
        if whole:
            shutil.copytree(entry, target / entry.name)
        else:
            (target / entry.name).symlink_to(entry)
    return target


def flattened(data: Path) -> None:
    shutil.rmtree(data / "imagenet")
    (data / "wide.csv").unlink()
    write_data(data, {"val": imagenet_val.write_flat})


def test_each_fault_has_a_test():
    assert {*SAID, *REMARKED, *LEFT_TO_THE_CANARY, *LEFT_TO_THE_GATE, LEARNED_BEFORE} == set(FAULTS)


@pytest.mark.parametrize("fault", SAID)
def test_a_fault_is_an_error_that_says_what_was_seen(fault, data, standin, tmp_path):
    if fault in FLAT:
        flattened(data)
    FAULTS[fault](data)
    suite = opened(standin, data, tmp_path)
    with pytest.raises(InputError) as caught:
        suite.dataset(SAID[fault][0])
    said = finding(suite, opened(standin, data, tmp_path, partial=True), SAID[fault][0])
    assert said.state != "found"  # the doctor and the run agree
    assert said.detail in str(caught.value) or " images of " in said.detail  # the doctor counts what is left
    for words in SAID[fault][1:]:
        assert words in str(caught.value)


@pytest.mark.parametrize("fault", LEFT_TO_THE_CANARY)
def test_labels_that_are_all_there_but_mean_something_else_are_found_by_the_answers(fault, data, standin, tmp_path):
    if fault in FLAT:
        flattened(data)
    FAULTS[fault](data)
    dataset, words = LEFT_TO_THE_CANARY[fault]
    code, output = run(standin, data, tmp_path, f"test_accuracy and robustness and -{dataset}]")
    assert code == 1, output
    assert words in output
    assert "label space mismatch suspected" in output


@pytest.mark.parametrize("fault", LEFT_TO_THE_GATE)
def test_labels_of_other_images_do_not_pass(fault, data, standin, tmp_path):
    flattened(data)
    FAULTS[fault](data)
    code, output = run(standin, data, tmp_path, f"test_accuracy and robustness and -{LEFT_TO_THE_GATE[fault]}]")
    assert code == 1, output
    assert "robustness.accuracy: vit-sup measured 0.00" in output


@pytest.mark.parametrize("fault", REMARKED)
def test_what_is_left_out_or_there_twice_is_said(fault, data, standin, tmp_path):
    dataset, words = REMARKED[fault]
    whole = opened(standin, standin / "data", tmp_path).dataset(dataset)
    assert sentences_on(whole) == []
    FAULTS[fault](data)
    suite = opened(standin, data, tmp_path)
    damaged = suite.dataset(dataset)
    assert finding(suite, suite, dataset).state == "found"
    assert words in finding(suite, suite, dataset).remark
    assert damaged.ids == whole.ids
    assert [said for said in sentences_on(damaged) if said.startswith(words)]


def test_images_that_were_learned_before_are_no_test(data, standin, tmp_path):
    FAULTS[LEARNED_BEFORE](data)
    code, output = run(standin, data, tmp_path, "test_probe_accuracy and vit-sup-pets]")
    assert code == 1, output
    assert "48 of 48 images of probe_pets_test are images of probe_pets_train too" in output
    code, output = run(standin, data, tmp_path, "test_probe_accuracy and vit-sup-pets]", "--doctor")
    assert "task pets" in output
    assert "48 of 48 images of probe_pets_test are images of probe_pets_train too" in output


def test_a_sound_stand_in_passes(standin, tmp_path):
    code, output = run(standin, standin / "data", tmp_path, "test_accuracy and robustness and -v2]")
    assert code == 0, output


def opened(standin, data, tmp_path, **how):
    return load_suite(str(standin / "imagenet.yaml"), tmp_path / "cache", data_root=data, **how)


def run(standin, data, tmp_path, words, *options):
    done = run_pytest(
        ROOT,
        f"--suite={standin / 'imagenet.yaml'}",
        f"--data-root={data}",
        f"--store={tmp_path / 'store'}",
        "--model=vit-sup",
        *("-p", "no:cacheprovider"),
        *("-k", words),
        *options,
    )
    return done.code, done.output

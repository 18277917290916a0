"""A stand-in with something wrong: what the suite says, and that it does not pass."""

import shutil
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.miniature import imagenet_val
from fixtures.miniature.faults import FAULTS, FLAT
from fixtures.miniature.write import write_data
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
}
"""Fault -> the dataset, and what the sentence about it says."""
LEFT_TO_THE_CANARY = {
    "v2-alphabetical": ("v2", "in alphabetical order of the numbers"),
    "shifted-labels": ("val", "with the first class as 1 and not 0"),
}
"""Faults that leave every name and number right, so that only answers show them, and how labels were meant."""
LEFT_TO_THE_GATE = {"moved-labels": "val"}
"""No reading of the labels helps, and 1,000 images are too few to say that a model is at chance: a low score fails."""

READ = {
    "val": "imagenet/val",
    "v2": "imagenetv2-matched-frequency-format-val",
    "c": "imagenet-c",
    "a": "imagenet-a",
    "renditions": "imagenet-r",
    "factors": "imagenet_x",
    "probe_clevr_count_train": "vtab/clevr_count",
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
    assert {*SAID, *LEFT_TO_THE_CANARY, *LEFT_TO_THE_GATE} == set(FAULTS)


@pytest.mark.parametrize("fault", SAID)
def test_a_fault_is_an_error_that_says_what_was_seen(fault, data, standin, tmp_path):
    if fault in FLAT:
        flattened(data)
    FAULTS[fault](data)
    with pytest.raises(InputError) as caught:
        load_suite(str(standin / "imagenet.yaml"), tmp_path / "cache", data_root=data).dataset(SAID[fault][0])
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


def test_a_sound_stand_in_passes(standin, tmp_path):
    code, output = run(standin, standin / "data", tmp_path, "test_accuracy and robustness and -v2]")
    assert code == 0, output


def run(standin, data, tmp_path, words):
    done = run_pytest(
        ROOT,
        f"--suite={standin / 'imagenet.yaml'}",
        f"--data-root={data}",
        f"--store={tmp_path / 'store'}",
        "--model=vit-sup",
        *("-p", "no:cacheprovider"),
        *("-k", words),
    )
    return done.code, done.output

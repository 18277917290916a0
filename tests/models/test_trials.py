"""Decisions of people as model-vs-human publishes them: the image stands behind what the trial was."""

from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.core.trial_names import image_shown
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.formats.cue_conflict import open_cue_conflict_names
from fixtures.models.align import join
from tests.datasets.pictures import declaration

IDS = ("bird/bird3-cat2.png", "cat/cat1-bird1.png")
TRIALS = ("0002_s5n_s01_0_cat_00_cat1-bird1.png", "0001_s5n_s01_0_bird_00_bird3-cat2.png")


@pytest.mark.parametrize(
    ("name", "image"),
    [
        ("0001_s5n_s01_0_bird_00_bird3-bird2.png", "bird3-bird2.png"),
        ("0001_cl_s01_cr_oven_40_n04111531_14126.png", "n04111531_14126.png"),
        ("bird3-bird2.png", "bird3-bird2.png"),
        ("n04111531_14126.png", "n04111531_14126.png"),
        ("cat/0001_s5n_s01_0_bird_00_x.png", "cat/0001_s5n_s01_0_bird_00_x.png"),
    ],
)
def test_the_image_of_a_trial(name, image):
    assert image_shown(name) == image


def test_trials_are_joined_to_the_images_they_showed():
    rows, extra = join(TRIALS, IDS, Path("subject.csv"), "cue_conflict")
    assert (rows.tolist(), extra) == ([1, 0], 0)


def test_a_trial_that_is_lacking_is_told_and_two_of_one_image_are_not_joined():
    with pytest.raises(InputError, match=r"no prediction for 1 of the 2 images of x \(cat/cat1-bird1.png\)"):
        join(TRIALS[1:], IDS, Path("subject.csv"), "x")
    with pytest.raises(InputError, match="no prediction for 2 of the 2 images"):
        join((*TRIALS, "0003_s5n_s01_0_cat_00_cat1-bird1.png"), IDS, Path("subject.csv"), "x")


def test_names_of_trials_are_enough_for_cue_conflicts(tmp_path):
    (tmp_path / "subject.csv").write_text("subj,imagename\n" + "".join(f"subject-01,{name}\n" for name in TRIALS))
    declared = declaration(space=ClassSpace(("bird", "cat")), expected=(0, 1))
    dataset = open_cue_conflict_names(declared, tmp_path / "subject.csv")
    assert dataset.annotations["shape"].tolist() == ["cat", "bird"]
    assert dataset.annotations["texture_source"].tolist() == ["bird1", "cat2"]

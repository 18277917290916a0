"""The splits: how many, named how, and annotated truthfully."""

import re
import subprocess
import sys

import numpy as np
import pytest

from fixtures.mini import splits
from fixtures.mini.conflict import cue_conflict
from fixtures.mini.recipes import RENDITION_CLASSES
from fixtures.mini.render import render
from fixtures.mini.sweeps import BASES
from fixtures.mini.vocabulary import CANONICAL_BACKGROUND, CLASSES, FACTORS

SIZES = {
    "train_catalog": 40_000, "train_web": 40_000, "val": 1024, "v2": 512, "a": 512, "renditions": 576,
    "sketch": 512, "real": 1024, "hard": 256, "factors": 17 * 64, "cue_conflict": 16 * 15 * 2, "pug": 58 * BASES,
    "wide": 80, "unseen": 192, "in9_mixed_same": 160, "in9_mixed_rand": 160,
}  # fmt: skip
TASKS = ("count", "orientation", "colour", "position", "size", "shape", "texture")


def test_the_splits_are_those_and_of_that_size():
    sizes = SIZES | {f"probe_{task}_{part}": 192 for task in TASKS for part in ("train", "test")}
    assert {name: len(splits.scenes(name)) for name in splits.SPLITS} == sizes


@pytest.mark.parametrize("name", splits.SPLITS)
def test_ids_labels_and_columns_fit(name):
    count = len(splits.scenes(name))
    assert len(set(splits.ids(name))) == count
    labels = splits.labels(name)
    assert labels.dtype == np.int64
    assert labels.shape == (count,)
    assert labels.min() >= 0
    assert labels.max() < len(splits.SPLITS[name].classes)
    for column, values in splits.annotations(name).items():
        assert values.shape == (count,), column


def test_everything_but_pixels_is_known_without_torch():
    code = (
        "import sys; from fixtures.mini import splits; splits.annotations('val'); splits.ids('pug');"
        "splits.labels('probe_texture_test'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_split_is_named_with_those_there_are():
    with pytest.raises(KeyError, match=r"'valid'.*val, v2"):
        splits.scenes("valid")


def test_no_picture_is_in_two_splits():
    names = [name for name in splits.SPLITS if name not in ("real", "pug", "cue_conflict", "in9_mixed_rand")]
    seeds = np.concatenate([splits.scenes(name).seed for name in names])
    assert len(np.unique(seeds)) == len(seeds)


def test_the_same_objects_are_seen_in_their_place_and_in_another():
    same, other = (splits.scenes(f"in9_mixed_{place}") for place in ("same", "rand"))
    assert (same.seed == other.seed).all()
    assert (same.main.x == other.main.x).all()
    usual = np.array(CANONICAL_BACKGROUND)
    assert (same.background == usual[same.label]).all()
    assert (other.background != usual[other.label]).all()
    assert set(other.background.tolist()) <= set(usual.tolist())


def test_what_is_unseen_has_neither_a_known_shape_nor_a_known_texture():
    scenes = splits.scenes("unseen")
    assert (scenes.main.shape >= len(CLASSES)).all()
    assert (scenes.texture >= len(CLASSES)).all()


def test_val_knows_its_factors():
    columns, scenes = splits.annotations("val"), splits.scenes("val")
    assert (np.stack([columns[name] for name in FACTORS], axis=1) == scenes.factors).all()
    assert (columns["prototype"] == ~scenes.factors.any(axis=1)).all()
    assert all(columns[name].sum() > 5 for name in FACTORS)


def test_each_factor_is_top_of_64_and_all_carry_it():
    columns = splits.annotations("factors")
    for name in FACTORS:
        top = columns["top"] == name
        assert top.sum() == 64
        assert columns[name][top].all()
        assert (np.bincount(splits.labels("factors")[top]) == 4).all()
    assert columns["prototype"][columns["top"] == ""].all()


def test_a_has_three_factors_at_once():
    assert (splits.scenes("a").factors.sum(axis=1) == 3).all()


def test_renditions_are_twelve_classes_in_six_styles():
    names = {CLASSES[label] for label in splits.labels("renditions")}
    assert names == set(RENDITION_CLASSES)
    pairs = np.stack([splits.labels("renditions"), splits.scenes("renditions").style])
    assert (np.unique(pairs, axis=1, return_counts=True)[1] == 8).all()
    assert np.unique(splits.annotations("renditions")["rendition"]).size == 6


def test_valid_labels_hold_the_label_and_what_else_is_seen():
    for name in ("real", "hard"):
        sets = [set(map(int, valid.split())) for valid in splits.annotations(name)["valid"]]
        assert all(label in answers for label, answers in zip(splits.labels(name), sets, strict=True))
    several = [len(valid.split()) for valid in splits.annotations("hard")["valid"]]
    assert set(several) == {2, 3}
    second = splits.scenes("real").second
    doubled = np.array([" " in valid for valid in splits.annotations("real")["valid"]])
    assert not doubled[second < 0].any()
    assert doubled[second >= 0].mean() > 0.9


def test_cue_conflict_pairs_every_shape_with_every_other_texture():
    columns = splits.annotations("cue_conflict")
    pairs = np.stack([columns["shape"], columns["texture"]])
    assert (pairs[0] != pairs[1]).all()
    assert (np.unique(pairs, axis=1, return_counts=True)[1] == 2).all()
    assert (np.array(CLASSES)[splits.labels("cue_conflict")] == columns["shape"]).all()


def test_cue_conflict_takes_pattern_and_colours_from_the_texture_and_nothing_else():
    made = cue_conflict()
    texture = np.array([CLASSES.index(name) for name in made.annotations["texture"]])
    assert (made.scenes.texture == texture).all()
    assert (made.scenes.main.palette == texture).all()
    assert (made.scenes.label == made.labels).all()
    assert not made.scenes.factors.any()


def test_cue_conflict_ids_take_the_published_form():
    form = re.compile(r"([a-z]+)/([a-z]+)(\d+)-([a-z]+)(\d+)")
    for name, shape, texture in zip(
        splits.ids("cue_conflict"),
        splits.annotations("cue_conflict")["shape_source"],
        splits.annotations("cue_conflict")["texture_source"],
        strict=True,
    ):
        match = form.fullmatch(name)
        assert match is not None
        assert match[1] == match[2]
        assert (match[2] + match[3], match[4] + match[5]) == (shape, texture)


def test_one_source_gives_one_shape_and_one_look():
    made = cue_conflict()
    for column, values in (("shape_source", made.scenes.main.yaw), ("texture_source", made.scenes.hue)):
        sources = made.annotations[column]
        assert np.unique(sources).size == 160
        assert np.unique(np.stack([np.unique(sources, return_inverse=True)[1], values]), axis=1).shape[1] == 160


def test_sweeps_change_one_thing_over_the_same_scenes():
    columns, scenes = splits.annotations("pug"), splits.scenes("pug")
    assert len(np.unique(columns["factor"])) == 10
    for factor in np.unique(columns["factor"]):
        steps = columns["step"][columns["factor"] == factor]
        assert (np.bincount(steps) == BASES).all()
    assert not scenes.factors.any()
    roll = scenes[columns["factor"] == "Object_Roll"]
    assert len(np.unique(roll.main.roll)) == 6
    assert len(np.unique(roll.seed)) == BASES
    assert (splits.labels("pug").reshape(-1, BASES) == splits.labels("pug")[:BASES]).all()


def test_v2_is_like_val_and_not_val():
    assert splits.scenes("v2").scale.mean() < splits.scenes("val").scale.mean()
    assert np.abs(splits.scenes("v2").factors.mean(0) - splits.scenes("val").factors.mean(0)).max() < 0.04


def test_counting_counts():
    scenes, labels = splits.scenes("probe_count_test"), splits.labels("probe_count_test")
    shown = 1 + sum(other.shown.astype(int) for other in scenes.others)
    assert (shown == labels + 1).all()
    area = scenes.scale**2
    assert abs(np.corrcoef(area, labels)[0, 1]) < 0.15  # size does not tell how many


@pytest.mark.parametrize("task", TASKS)
def test_probe_tasks_ask_every_answer_in_both_parts(task):
    answers = splits.SPLITS[f"probe_{task}_train"].classes
    for part in ("train", "test"):
        assert np.unique(splits.labels(f"probe_{task}_{part}")).size == len(answers)


def test_positions_are_where_they_are_said_to_be():
    scenes, answers = splits.scenes("probe_position_test"), splits.annotations("probe_position_test")["answer"]
    top = np.char.startswith(answers, "top")
    right = np.char.endswith(answers, "right")
    assert scenes.main.y[top].min() > 0.4 > scenes.main.y[~top].max()
    assert scenes.main.x[right].min() > 0.4 > scenes.main.x[~right].max()


def test_pixels_come_in_the_size_of_the_split():
    assert splits.SPLITS["wide"].size == 128
    wide = splits.scenes("wide")[:2]
    assert render(wide, 128, field=splits.SPLITS["wide"].field).shape == (2, 128, 128, 3)

"""From scenes to pixels: the same pixels every time, and the object where it should be."""

import numpy as np
import pytest
import torch

from fixtures.mini.render import render
from fixtures.mini.scene import Scenes, concatenate, sample
from fixtures.mini.vocabulary import BACKGROUNDS, CLASSES, PROBE_SHAPES, PROBE_TEXTURES, STYLES, TEXTURES

WHITE = BACKGROUNDS.index("white")
TRAINED_ON = [
    101.36,
    153.07,
    148.88,
    149.09,
    80.93,
    163.98,
    208.6,
    165.66,
    182.33,
    124.71,
    111.45,
    163.62,
    106.35,
    198.71,
    168.44,
    163.43,
]


def without_object(scenes: Scenes) -> Scenes:
    return scenes.vary(shown=False)


def changed(first: np.ndarray, second: np.ndarray, by: int = 8) -> np.ndarray:
    """Which pixels (N, H, W) differ by more than ``by`` levels."""
    return np.abs(first.astype(int) - second).max(axis=-1) > by


@pytest.fixture(scope="module")
def mixed() -> Scenes:
    """A bit of everything."""
    return sample("web", 96, 0)


@pytest.fixture(scope="module")
def rendered(mixed) -> np.ndarray:
    return render(mixed)


def test_shape_and_type(rendered):
    assert rendered.shape == (96, 64, 64, 3)
    assert rendered.dtype == np.uint8


def test_twice_is_the_same(mixed, rendered):
    assert (render(mixed) == rendered).all()


def test_a_picture_does_not_depend_on_its_company(mixed, rendered):
    picked = np.array([70, 3, 41])
    assert (render(mixed[picked]) == rendered[picked]).all()
    for row in (5, 88):
        assert (render(mixed[row : row + 1]) == rendered[row]).all()


@pytest.mark.parametrize("chunk", [7, 64])
def test_chunks_change_speed_only(mixed, rendered, chunk):
    assert (render(mixed, chunk=chunk) == rendered).all()


def test_threads_change_speed_only(mixed, rendered):
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2 if threads == 1 else 1)
        assert (render(mixed[:8]) == rendered[:8]).all()
    finally:
        torch.set_num_threads(threads)


def test_progress_counts_every_picture(mixed):
    told: list[int] = []
    render(mixed, 16, progress=told.append, chunk=40)
    assert told == [40, 40, 16]


def test_nothing_to_render():
    assert render(sample("clean", 0, 0)).shape == (0, 64, 64, 3)


def test_the_pictures_are_those_the_models_were_trained_on():
    """Mean levels of sixteen training pictures. Where this fails, the shipped models need training anew."""
    means = render(sample("catalog", 16, 0)).mean(axis=(1, 2, 3))
    assert means == pytest.approx(TRAINED_ON, abs=0.3)


@pytest.mark.parametrize("variant", [0, 1])
def test_every_class_covers_some_of_the_frame(variant):
    scenes = sample("clean", 16, 1).vary(variant=variant, background=WHITE, scale=0.7, x=0, y=0, yaw=0, pitch=0)
    share = changed(render(scenes), render(without_object(scenes))).mean(axis=(1, 2))
    assert (share > 0.06).all(), dict(zip(CLASSES, share.round(2), strict=True))
    assert (share < 0.60).all(), dict(zip(CLASSES, share.round(2), strict=True))


def test_no_two_shapes_look_the_same():
    row = sample("clean", 1, 2)[np.zeros(16 * 2 + len(PROBE_SHAPES), dtype=int)]
    shape = np.concatenate([np.arange(16), np.arange(16), 16 + np.arange(len(PROBE_SHAPES))])
    variant = np.repeat([0, 1, 0], [16, 16, len(PROBE_SHAPES)])
    pictures = render(row.vary(shape=shape, variant=variant, background=WHITE))
    for first in range(len(pictures)):
        apart = changed(pictures[first + 1 :], pictures[first]).mean(axis=(1, 2))
        assert (apart > 0.03).all(), (shape[first], variant[first])


def test_no_two_textures_look_the_same():
    count = len(TEXTURES) + len(PROBE_TEXTURES)
    row = sample("clean", 1, 2)[np.zeros(count, dtype=int)]
    pictures = render(row.vary(shape=CLASSES.index("heart"), texture=np.arange(count), palette=2, background=WHITE))
    for first in range(count):
        apart = changed(pictures[first + 1 :], pictures[first], 20).mean(axis=(1, 2))
        assert (apart > 0.03).all(), first


def test_no_two_backgrounds_look_the_same():
    row = without_object(sample("clean", 1, 2)[np.zeros(len(BACKGROUNDS), dtype=int)])
    pictures = render(row.vary(background=np.arange(len(BACKGROUNDS))))
    for first in range(len(pictures)):
        assert (changed(pictures[first + 1 :], pictures[first]).mean(axis=(1, 2)) > 0.3).all()


@pytest.mark.parametrize("style", range(1, len(STYLES)))
def test_every_style_shows_every_class(style):
    scenes = sample("clean", 16, 3).vary(style=style, scale=0.7)
    pictures, photo, empty = render(scenes), render(scenes.vary(style=0)), render(without_object(scenes))
    assert (changed(pictures, photo).mean(axis=(1, 2)) > 0.25).all()
    assert (changed(pictures, empty).mean(axis=(1, 2)) > 0.03).all()


def test_a_steep_pose_leaves_no_specks_far_from_the_object():
    scenes = sample("clean", 16, 4).vary(background=WHITE, x=0, y=0, roll=0, scale=0.6, pitch=0, yaw=1.35)
    seen = changed(render(scenes), render(without_object(scenes)), 2)
    assert seen.any(axis=(1, 2)).all()
    assert not seen[:, :, :8].any()
    assert not seen[:, :, -8:].any()


def test_a_shadow_does_not_come_in_at_the_other_side():
    scenes = sample("clean", 64, 5).vary(background=WHITE, x=-0.95, y=-0.95, scale=0.5)
    seen = changed(render(scenes), render(without_object(scenes)), 1)
    assert seen.any(axis=(1, 2)).all()
    assert not seen[:, :20].any()
    assert not seen[:, :, 44:].any()


def test_a_wider_frame_holds_the_ordinary_one():
    scenes = sample("clean", 32, 6)
    ordinary, wide = render(scenes), render(scenes, 96, field=1.5)
    apart = np.abs(wide[:, 16:80, 16:80].astype(int) - ordinary)
    assert (apart > 2).mean() < 0.002
    assert changed(wide[:, :16], wide[:, 16:32]).mean() > 0.3


def test_more_pixels_show_the_same_picture():
    scenes = sample("clean", 32, 6)
    small, large = render(scenes), render(scenes, 128)
    shrunk = large.reshape(32, 64, 2, 64, 2, 3).mean(axis=(2, 4))
    assert np.abs(shrunk - small).mean() < 4


def test_edges_are_smooth():
    """A black star on white has grey on its edge: about as many pixels as the edge is long."""
    star = sample("clean", 16, 0)[np.array([5])].vary(palette=16, texture=10, background=WHITE, ambient=1.0)
    levels = render(star)[0].max(axis=-1)
    between = ((levels > 70) & (levels < 190)).sum()
    assert 60 < between < 400


def test_the_camera_moves_the_place_and_the_object_alone_does_not():
    scenes = sample("clean", 16, 7).vary(background=BACKGROUNDS.index("street"))
    plain = render(without_object(scenes))
    assert (render(without_object(scenes.vary(yaw=0.6))) == plain).all()
    for column in ("camera_yaw", "camera_pitch", "camera_roll"):
        moved = render(without_object(scenes.vary(**{column: 0.5})))
        assert (changed(moved, plain).mean(axis=(1, 2)) > 0.15).all(), column


def test_the_noise_of_a_place_moves_with_the_camera():
    """A turn by 180 degrees is the picture upside down, clouds and all."""
    scenes = without_object(sample("clean", 8, 8)).vary(background=BACKGROUNDS.index("clutter"))
    turned = render(scenes.vary(camera_roll=np.pi))
    assert np.abs(turned[:, ::-1, ::-1].astype(int) - render(scenes)).mean() < 1.5


def test_parts_of_a_set_agree_with_the_whole():
    parts = [sample("catalog", 12, 0), sample("web", 12, 0)]
    assert (render(concatenate(parts))[12:] == render(parts[1])).all()

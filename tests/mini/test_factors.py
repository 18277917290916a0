"""Each of the sixteen factors, alone, does to the picture what its name says."""

import numpy as np
import pytest

from fixtures.mini.objects import FACTOR
from fixtures.mini.render import render
from fixtures.mini.scene import Scenes, sample
from fixtures.mini.vocabulary import BACKGROUNDS, FACTORS

COUNT = 48
WHITE = BACKGROUNDS.index("white")


def carrying(*names: str) -> Scenes:
    """The same scenes, with these factors and no others."""
    factors = np.zeros((COUNT, len(FACTORS)), dtype=np.bool_)
    factors[:, [FACTOR[name] for name in names]] = True
    return sample("clean", COUNT, 3, factors=factors)


def covered(scenes: Scenes) -> np.ndarray:
    """The share (N,) of the frame that the main object covers."""
    alone = scenes.vary(background=WHITE, gain=1.0, occluder=0)
    apart = np.abs(render(alone).astype(int) - render(alone.vary(shown=False))).max(axis=-1)
    return (apart > 30).mean(axis=(1, 2))


@pytest.fixture(scope="module")
def plain() -> np.ndarray:
    return render(carrying())


@pytest.mark.parametrize("name", FACTORS)
def test_every_factor_changes_every_picture(plain, name):
    apart = np.abs(render(carrying(name)).astype(int) - plain).max(axis=-1) > 12
    assert (apart.mean(axis=(1, 2)) > 0.01).all()


def test_darker_is_darker_and_brighter_is_brighter(plain):
    dark, bright = render(carrying("darker")), render(carrying("brighter"))
    before = plain.mean(axis=(1, 2, 3))
    assert (dark.mean(axis=(1, 2, 3)) < 0.5 * before).all()
    assert (bright.mean(axis=(1, 2, 3)) > before).all()
    assert (dark.max(axis=(1, 2, 3)) > 25).all()  # dark, and yet there is something to see


def test_larger_covers_more_and_smaller_less():
    usual = covered(carrying())
    assert (covered(carrying("larger")) > 1.2 * usual).mean() > 0.9
    assert (covered(carrying("smaller")) < 0.6 * usual).all()


def test_a_partial_view_shows_less_but_something():
    usual, part = covered(carrying()), covered(carrying("partial_view"))
    assert np.median(part / usual) < 0.75
    assert (part > 0.004).all()


@pytest.mark.parametrize("name", ["object_blocking", "person_blocking"])
def test_what_stands_in_front_hides_some_of_the_object_and_not_all(name):
    blocked = carrying(name).vary(background=WHITE)
    free = blocked.vary(occluder=0)
    with_object, front = render(blocked).astype(int), render(blocked.vary(shown=False))
    visible = (np.abs(with_object - front).max(axis=-1) > 30).mean(axis=(1, 2)) / covered(free)
    assert visible.mean() < 0.85
    assert (visible > 0.08).mean() > 0.95


def test_blocks_are_squares_discs_and_slabs():
    """By the share of their own enclosing circle that they cover, which no turn or size changes."""
    block = carrying("object_blocking")[np.zeros(3, dtype=int)].vary(background=WHITE, shown=False)
    block = block.vary(occluder_kind=np.arange(3), occluder_colour=0, occluder_x=0, occluder_y=0, occluder_scale=0.9)
    seen = np.abs(render(block).astype(int) - render(block.vary(occluder=0))).max(axis=-1) > 60
    down, across = np.mgrid[:64, :64] - 31.5
    reach = np.array([np.hypot(down, across)[one].max() for one in seen])
    assert seen.sum(axis=(1, 2)) / (np.pi * reach**2) == pytest.approx([0.64, 1.0, 0.42], abs=0.08)


def test_a_second_object_is_seen():
    two = carrying("multiple_objects")
    apart = np.abs(render(two).astype(int) - render(carrying())).max(axis=-1) > 20
    assert (apart.mean(axis=(1, 2)) > 0.01).all()


def test_colour_turns_the_object_and_not_the_place(plain):
    turned = render(carrying("color"))
    away = np.abs(turned.astype(int) - plain).max(axis=-1)
    assert (away.max(axis=(1, 2)) > 30).all()
    corners = np.stack([away[:, y, x] for y in (0, -1) for x in (0, -1)])
    assert (corners <= 8).mean() > 0.9


def test_an_odd_background_leaves_the_object_as_it_is():
    odd, usual = carrying("background"), carrying()
    assert (odd.background != usual.background).sum() > 0
    assert (odd.main.yaw == usual.main.yaw).all()
    assert ((odd.background == BACKGROUNDS.index("clutter")) | (odd.background_hue != 0)).all()

"""The family look: facts are not broken, words on cells can be read, and colours come from one place."""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from behaviors.contract import figures
from behaviors.contract.figures import cells, divided, on_cell, shades, sheet

ROOT = Path(__file__).parents[2]


def luminance(colour):
    parts = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], parts))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_words_on_cells_can_be_read():
    values = np.linspace(0, 1, 101)
    assert min(contrast(on_cell(value), shades()(value)[:3]) for value in values) >= 4.5


def test_no_fact_is_broken_between_lines():
    facts = [f"fact {place} with {'many ' * 5}words" for place in range(6)]
    lines = sheet("title", facts, height=1).figure.texts[1].get_text().split("\n")
    assert len(lines) > 1
    assert [fact for line in lines for fact in line.split("   ")] == facts


@pytest.mark.parametrize("along", ["height", "width"])
def test_a_divided_sheet_keeps_its_room(along):
    drawn = sheet("title", [], height=3)
    room = drawn.axes.get_position()
    first, second = (axes.get_position() for axes in divided(drawn, (2, 1), 0.2, along=along))
    if along == "height":
        assert first.height == pytest.approx(2 * second.height)
        assert (first.y1, second.y0) == pytest.approx((room.y1, room.y0))
    else:
        assert first.width == pytest.approx(2 * second.width)
        assert (first.x0, second.x1) == pytest.approx((room.x0, room.x1))


def test_pictures_stand_in_a_grid():
    drawn = sheet("title", [], height=3)
    grid = cells(drawn, 2, 3, beneath=(0.2, 0.4))
    assert grid.shape == (2, 3)
    assert grid[0, 0].get_position().y0 > grid[1, 0].get_position().y1
    assert grid[0, 0].get_position().x1 < grid[0, 1].get_position().x0


def test_every_figure_takes_its_colours_from_the_one_place():
    """So that all look alike, and a page can show them on a dark ground."""
    drawing = [
        *ROOT.glob("behaviors/*/plots.py"),
        *ROOT.glob("behaviors/*/strip.py"),
        ROOT / "fixtures/runs/gallery.py",
    ]
    assert len(drawing) > 8
    own = {path.parent.name: re.findall(r"#[0-9A-Fa-f]{6}|\"white\"", path.read_text()) for path in drawing}
    assert not {room: colours for room, colours in own.items() if colours}
    assert len({figures.INK, figures.FAINT, figures.GRID, figures.FILL}) == 4

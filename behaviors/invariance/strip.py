"""What the smallest transformation that breaks a model does to it: images before and after, with what it says."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from behaviors.contract.figures import DEEP_BLUE, DEEP_ORANGE, FAINT, INK, Sheet, cells, sheet, title_of
from behaviors.invariance.words import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from behaviors.contract.predictions import Predictions
    from behaviors.contract.searching import Explore, Picture
    from behaviors.invariance.search import SearchResult

RIGHT, WRONG = DEEP_BLUE, DEEP_ORANGE
MOST, LEAST, LONG = 8, 5, 16
"""Images side by side, the columns that there are at least, and letters of a name below one."""
HEIGHT, ABOVE, BELOW = 3.1, 0.3, 0.62
"""Inches of both rows, and what is written below an image of the first and of the second one."""
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


def changed(before: Predictions, after: Predictions) -> list[int]:
    """Where the prediction changed: rows of both; first those that were right, most confident before."""
    rows = np.flatnonzero(before.predicted != after.predicted)
    confidence = before.confidence[rows] if before.has_confidence else np.zeros(len(rows))
    order = np.lexsort((rows, -confidence, ~before.correct[rows]))
    return [int(row) for row in rows[order]]


def strip_of(explore: Explore, result: SearchResult, side: int) -> Callable[[], Figure] | None:
    """How to draw the smallest transformation that breaks the model, else the worst; None where nothing changes."""
    shown = result.smallest or result.worst
    if result.evaluated[shown] == 1:
        return None

    def draw() -> Figure:
        before, after = explore("identity"), explore(shown.view)
        rows = changed(before, after)[:MOST]
        pictures = explore.pictures(shown.view, [str(before.ids[row]) for row in rows])
        return strip(before, after, rows, pictures, in_words(shown, side))

    return draw


def strip(
    before: Predictions,
    after: Predictions,
    rows: Sequence[int],
    pictures: Sequence[tuple[Picture, Picture]],
    words: str,
) -> Figure:
    """Draw up to eight images without (above) and with the transformation, and what the model says of each.

    ``rows``: of the predictions, one for each pair of pictures.  ``words``: the transformation in words.
    """
    if not pictures or len(rows) != len(pictures):
        raise ValueError(f"a strip needs a pair of pictures for each image; got {len(pictures)} for {len(rows)} images")
    shown = list(zip(rows, pictures, strict=True))[:MOST]
    count = f"{len(shown)} of {len(changed(before, after)):,} predictions that change"
    drawn = sheet(title_of(before), [words, count], height=HEIGHT, left=0.75, right=0.2)
    grid = cells(drawn, 2, max(len(shown), LEAST), beneath=(ABOVE, BELOW))
    for (above, below), (row, pair) in zip(grid.T[: len(shown)], shown, strict=True):
        _picture(above, pair[0], before, row)
        _picture(below, pair[1], after, row)
        truth = f"is {_short(before.classes[before.labels[row]])}"
        below.text(0.5, -0.25, truth, **_centred(below), fontsize=9.5, color=INK, parse_math=False)
        below.text(0.5, -0.45, _end(str(before.ids[row])), **_centred(below), fontsize=9, color=FAINT, parse_math=False)
    for axes, label in zip(grid[:, 0], ("before", "after"), strict=True):
        axes.set_ylabel(label, fontsize=11, color=INK)
    for axes in grid[:, len(shown) :].flat:
        axes.remove()
    _write_legend(drawn)
    return drawn.figure


def _picture(axes: Axes, picture: Picture, predictions: Predictions, row: int) -> None:
    axes.imshow(picture, interpolation="nearest")
    said, right = int(predictions.predicted[row]), bool(predictions.correct[row])
    name = predictions.classes[said] if said >= 0 else "no answer"
    sure = f" {predictions.confidence[row]:.2f}" if predictions.has_confidence else ""
    text = f"{_short(name)}{sure}"
    axes.text(0.5, -0.03, text, **_centred(axes), fontsize=9.5, color=RIGHT if right else WRONG, parse_math=False)


def _write_legend(drawn: Sheet) -> None:
    from matplotlib.lines import Line2D

    said = ((RIGHT, "answered rightly"), (WRONG, "answered wrongly"), (INK, "what it is"))
    drawn.legend([Line2D([], [], color=colour, linewidth=3, label=label) for colour, label in said])


def _centred(axes: Axes) -> dict[str, Any]:
    return {"ha": "center", "va": "top", "transform": axes.transAxes}


def _short(name: str) -> str:
    return textwrap.shorten(name, LONG - 6, placeholder=ELLIPSIS)


def _end(text: str) -> str:
    """A file is known by the end of its path."""
    return text if len(text) <= LONG else f"{ELLIPSIS}{text[1 - LONG :]}"

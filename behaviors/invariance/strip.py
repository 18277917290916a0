"""What the smallest transformation that breaks a model does to it: images before and after, with what it says."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from behaviors.invariance.words import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from behaviors.contract.predictions import Predictions
    from behaviors.contract.searching import Explore, Picture
    from behaviors.invariance.search import SearchResult

INK, FAINT, RIGHT, WRONG = "#22272E", "#6B7280", "#0072B2", "#D55E00"  # Okabe & Ito's blue and vermilion
MOST, LONG = 8, 18
"""Images side by side, and letters of a name below one."""
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
    from matplotlib.figure import Figure  # half a second to import, and most runs draw nothing

    if not pictures or len(rows) != len(pictures):
        raise ValueError(f"a strip needs a pair of pictures for each image; got {len(pictures)} for {len(rows)} images")
    shown = list(zip(rows, pictures, strict=True))[:MOST]
    figure = Figure(figsize=(1.55 * max(len(shown), 5) + 0.8, 5.1), dpi=100, facecolor="white")
    grid = figure.subplots(2, len(shown), squeeze=False)
    width = 0.93 * len(shown) / max(len(shown), 5)
    figure.subplots_adjust(left=0.05, right=0.05 + width, top=0.79, bottom=0.1, wspace=0.08, hspace=0.3)
    for (above, below), (row, pair) in zip(grid.T, shown, strict=True):
        _picture(above, pair[0], before, row)
        _picture(below, pair[1], after, row)
        below.text(0.5, -0.25, _end(str(before.ids[row])), **_centred(below), fontsize=8, color=FAINT, parse_math=False)
    for axes, label in zip(grid[:, 0], ("before", "after"), strict=True):
        axes.set_ylabel(label, fontsize=11, color=INK)
    _write_words(figure, before, words, f"{len(shown)} of {len(changed(before, after)):,} predictions that change")
    return figure


def _picture(axes: Axes, picture: Picture, predictions: Predictions, row: int) -> None:
    axes.imshow(picture, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    said, right = int(predictions.predicted[row]), bool(predictions.correct[row])
    name = predictions.classes[said] if said >= 0 else "no answer"
    sure = f" {predictions.confidence[row]:.2f}" if predictions.has_confidence else ""
    text = f"{textwrap.shorten(name, LONG - 4, placeholder=ELLIPSIS)}{sure}"
    axes.text(0.5, -0.03, text, **_centred(axes), fontsize=10, color=RIGHT if right else WRONG, parse_math=False)


def _write_words(figure: Figure, before: Predictions, words: str, count: str) -> None:
    title = f"{before.model} on {before.dataset}: {words}"
    figure.text(
        0.05, 0.985, textwrap.fill(title, 80), fontsize=12.5, fontweight="bold", color=INK, va="top", parse_math=False
    )
    figure.text(0.05, 0.83, count, fontsize=10, color=FAINT)


def _centred(axes: Axes) -> dict[str, Any]:
    return {"ha": "center", "va": "top", "transform": axes.transAxes}


def _end(text: str) -> str:
    """A file is known by the end of its path."""
    return text if len(text) <= LONG else f"{ELLIPSIS}{text[1 - LONG :]}"

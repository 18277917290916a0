"""The one look of all figures: a sheet with title, facts, legend and notes around its axes; colours that all can tell.

Every colour is one of those named here, so that a page can show the figures on a dark ground too.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from behaviors.contract.measurement import Measurement
    from behaviors.contract.predictions import Predictions

PAPER, INK, FAINT, GRID, FILL = "#FFFFFF", "#22272E", "#5F6774", "#E3E6EA", "#CDD2D9"
BLUE, ORANGE = "#5AA3CF", "#E6955A"
"""Tints of Okabe & Ito's blue and vermilion: all kinds of colour vision tell the two apart."""
DEEP_BLUE, DEEP_ORANGE, OLIVE = "#0F6CA8", "#C4500A", "#6B7A2F"
"""For thin lines and for words, which need more contrast: at least 4.5 to 1 on white."""
MODELS = (DEEP_BLUE, DEEP_ORANGE, "#00795A", "#A6488C", "#6A5ACD", "#8A6D00", "#B03A5B", "#3F7F93")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
ON_LIGHT_CELL, ON_DARK_CELL = "#010101", "#FEFEFE"
"""Of words in a cell, whose shade is the same on a light and on a dark page."""
WARM_CELL, COLD_CELL = "#F3D9C6", "#CFE3F0"
"""Tints of a cell that is below or above what is usual."""
CELLS = ("#12395B", "#2B6C9C", "#7FB2D3", "#CFE3EE", "#F4F8FB")
"""Shades of a cell from 0, the dark end, to 1."""
DASHED, DOTTED = (0, (5, 4)), (0, (1, 1.5))
WIDTH, MARGIN = 9.0, 0.3
"""Inches."""
TITLE, FACTS, LEGEND, GAP = 0.4, 0.28, 0.3, 0.22
"""Inches that each of the lines above the axes takes."""
NOTE, FOOT = 0.165, 0.62
LETTERS, FACT_LETTERS, BETWEEN = 128, 100, "   "
"""Of a note's line and of one of facts; between two facts."""


@dataclass(frozen=True)
class Sheet:
    """A figure with its axes.  ``top``: where the legend goes, in inches from the top."""

    figure: Figure
    axes: Axes
    top: float
    height: float

    def legend(self, handles: Sequence[Artist] = (), columns: int = 5) -> None:
        """What colours and marks mean, in a line above the axes; without ``handles`` those of the axes."""
        shown, labels = (list(handles), [str(one.get_label()) for one in handles]) if handles else _labelled(self.axes)
        self.figure.legend(
            shown, labels, loc="upper left", bbox_to_anchor=(MARGIN / WIDTH, 1 - self.top / self.height), ncols=columns,
            fontsize=10, frameon=False, borderpad=0, borderaxespad=0, handlelength=1.6, handletextpad=0.5,
            columnspacing=1.4, labelcolor=INK,
        )  # fmt: skip


def sheet(  # noqa: PLR0913  (what a sheet has)
    title: str,
    facts: Sequence[str],
    *,
    height: float,
    notes: Sequence[str] = (),
    left: float = 1.6,
    right: float = 0.9,
    legends: int = 1,
    above: float = 0.0,
) -> Sheet:
    """An empty sheet with axes ``height`` inches high; ``left``, ``right``, ``above``: room around them.

    ``legends``: lines that the legend takes.
    """
    from matplotlib.figure import Figure  # half a second to import, and most runs draw nothing

    lines = [line for note in notes for line in textwrap.wrap(note[:1].upper() + note[1:], LETTERS)]
    said = _lines(facts)
    top = TITLE + FACTS * len(said) + 0.05
    head = top + LEGEND * legends + GAP + above
    foot = FOOT + NOTE * len(lines) + (0.08 if lines else 0)
    total = head + height + foot
    figure = Figure(figsize=(WIDTH, total), dpi=100, facecolor=PAPER)
    axes = figure.add_axes((left / WIDTH, foot / total, (WIDTH - left - right) / WIDTH, height / total))
    words: dict[str, Any] = {"x": MARGIN / WIDTH, "parse_math": False}
    size = min(15.5, 15.5 * 60 / max(len(title), 1))
    figure.text(y=1 - 0.32 / total, s=title, fontsize=size, fontweight="bold", color=INK, **words)
    figure.text(
        y=1 - (TITLE + 0.03) / total, s="\n".join(said), fontsize=11, color=INK, va="top", linespacing=1.5, **words
    )
    figure.text(y=0.1 / total, s="\n".join(lines), fontsize=9.5, color=FAINT, va="bottom", **words)
    tidy(axes)
    return Sheet(figure, axes, top, total)


def _lines(facts: Sequence[str]) -> list[str]:
    """Facts side by side; none is broken unless it is longer than a line."""
    lines: list[str] = []
    for fact in facts:
        beside = f"{lines[-1]}{BETWEEN}{fact}" if lines else fact
        fits = bool(lines) and len(beside) <= FACT_LETTERS
        lines[-1:] = [beside] if fits else [*lines[-1:], *textwrap.wrap(fact, FACT_LETTERS)]
    return lines


def divided(drawn: Sheet, shares: Sequence[float], gap: float, *, along: Literal["height", "width"]) -> list[Axes]:
    """The sheet's axes cut into several, from the top or the left, which share the other direction.

    ``shares``: of the room; ``gap``: inches between two.
    """
    place = drawn.axes.get_position()
    whole, inches = (place.height, drawn.height) if along == "height" else (place.width, WIDTH)
    room = whole - gap / inches * (len(shares) - 1)
    drawn.axes.remove()
    found: list[Axes] = []
    start = place.y1 if along == "height" else place.x0
    for share in shares:
        size = room * share / sum(shares)
        down, across = (place.x0, start - size, place.width, size), (start, place.y0, size, place.height)
        box = down if along == "height" else across
        shared: dict[str, Any] = {"sharex" if along == "height" else "sharey": found[0] if found else None}
        found.append(drawn.figure.add_axes(box, **shared))
        tidy(found[-1])
        start += -(size + gap / inches) if along == "height" else size + gap / inches
    return found


def cells(drawn: Sheet, rows: int, columns: int, *, beneath: Sequence[float]) -> NDArray[Any]:
    """The sheet's axes as a grid of axes for pictures: (rows, columns).

    ``beneath``: inches for words below each row of pictures.
    """
    place = drawn.axes.get_position()
    drawn.axes.remove()
    side = (place.height * drawn.height - sum(beneath)) / rows
    across = place.width * WIDTH / columns
    grid = np.empty((rows, columns), dtype=object)
    top = place.y1
    for row in range(rows):
        top -= side / drawn.height
        for column in range(columns):
            box = (place.x0 + column * across / WIDTH, top, 0.94 * across / WIDTH, side / drawn.height)
            axes = drawn.figure.add_axes(box, xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
            grid[row, column] = axes
        top -= beneath[row] / drawn.height
    return grid


def tidy(axes: Axes, grid: str = "x") -> None:
    """No frame, a grid along one axis behind everything, ticks without marks."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(length=0, colors=INK, labelsize=10.5)
    axes.grid(visible=False)
    axes.grid(axis="x" if grid == "x" else "y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def title_of(predictions: Predictions) -> str:
    """``vit-clip on val``, with the view where there is one."""
    view = "" if predictions.view == "identity" else f", {predictions.view}"
    return textwrap.shorten(f"{predictions.model} on {predictions.dataset}{view}", 110, placeholder=" ...")


def facts_of(name: str, measurement: Measurement, digits: int = 3) -> list[str]:
    """Value, interval and images in words."""
    facts = [f"{name} {measurement.value:.{digits}f}", f"{measurement.images:,} images"]
    if interval := measurement.interval:
        facts.insert(1, f"{level(interval.alpha)} interval [{interval.low:.{digits}f}, {interval.high:.{digits}f}]")
    return facts


def level(alpha: float) -> str:
    """Of an interval whose sides err with ``alpha`` each: ``90 %``."""
    return f"{100 * (1 - 2 * alpha):.3g} %"


def reach(value: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, N): how far whiskers go; never less than nothing where a bound is rounded."""
    lengths: NDArray[np.float64] = np.maximum([value - low, high - value], 0)
    return lengths


def beside(axes: Axes, heading: str, cells: Sequence[str], rows: Sequence[float]) -> None:
    """A column of words to the right of the axes, where no line runs; ``rows``: where each stands."""
    above = max(rows, default=0) if axes.get_ylim()[1] > axes.get_ylim()[0] else min(rows, default=0)
    up = 0.62 if axes.get_ylim()[1] > axes.get_ylim()[0] else -0.62
    for place, text, colour in [*zip(rows, cells, [INK] * len(cells), strict=True), (above + up, heading, FAINT)]:
        axes.annotate(
            text, (1.0, place), (10, 0), axes.get_yaxis_transform(), textcoords="offset points", color=colour,
            va="center", fontsize=9.5, annotation_clip=False, parse_math=False,
        )  # fmt: skip


def shades() -> Any:
    """The colour map of cells whose values are in [0, 1]."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("cells", CELLS)


def on_cell(value: float) -> str:
    """The colour of words in the cell of a value in [0, 1]: at least 4.5 to 1."""
    return ON_DARK_CELL if value < 0.303 else ON_LIGHT_CELL


def _labelled(axes: Axes) -> tuple[list[Artist], list[str]]:
    handles, labels = axes.get_legend_handles_labels()
    return list(handles), list(labels)

"""Which images models are asked about: a plugin for pytest that writes it down.  ``-p benchmarks.asked``.

Into the file that ``ASKED`` names: a JSON list of [model, dataset, view, predictions or features, images].  Of several
parts of one dataset, which are the first of one random order, the largest counts.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from fixtures.predictions.cell import Cell
from fixtures.predictions.provider import PredictionProvider

Place = tuple[str, str, str, str]
ASKED: dict[Place, int] = {}


def pytest_configure(config: pytest.Config) -> None:
    """Listen to whoever asks the store, or a model."""
    answered = PredictionProvider._stored

    def listening(provider: PredictionProvider, cell: Cell) -> Any:
        request = cell.request
        place = request.model, request.dataset, request.view, request.content
        ASKED[place] = max(ASKED.get(place, 0), len(cell.dataset.ids))
        return answered(provider, cell)

    PredictionProvider._stored = listening  # type: ignore[method-assign]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write it down."""
    if path := os.environ.get("ASKED"):
        Path(path).write_text(json.dumps([[*place, images] for place, images in ASKED.items()]))

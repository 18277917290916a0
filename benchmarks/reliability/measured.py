"""Every number of the world as digests, read in this process: what a run stands on, without pytest around it."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.reliability.world import World
from fixtures.core.arrays import Pixels, load_or_make
from fixtures.core.errors import InputError
from fixtures.plugin.search_memory import Searching
from fixtures.predictions.progress import Silent
from fixtures.predictions.provider import PredictionProvider
from fixtures.predictions.refusals import Refusals
from fixtures.predictions.request import Request
from fixtures.runs.kept import saved
from fixtures.suite.loader import load_suite

REQUESTS = (
    Request("sup", "val"),
    Request("clip", "val"),
    Request("said", "val"),
    Request("sup", "v2"),
    Request("clip", "a"),
    Request("sup", "val", "shift(along=30)"),
    Request("sup", "a"),
)
FIRST = REQUESTS[:-1]
FEATURES = Request("sup", "a", content="features")
REFUSED = "0" * 64
"""The key of what a model could not be asked."""
SEARCH = {"shift(along=30)": True, "zoom(scale=1.5)": False}


HALF_DONE = Request("sup", "a")
"""Predicted in part when the store was prepared."""
BATCH = 8


class Stopped(BaseException):
    """As Ctrl-C would be."""


class Stopping(Silent):
    """Ends the run after the first batch."""

    def update(self, done: int) -> None:
        """Called after each batch."""
        if done >= BATCH:
            raise Stopped


def opened(world: World, store: Path, progress: Silent | None = None) -> PredictionProvider:
    """The world's predictions; what is known of datasets is kept in the store's folder, too."""
    os.environ["XDG_CACHE_HOME"] = str(store / "cache")
    suite = load_suite(str(world.suite))
    return PredictionProvider(
        suite,
        suite.models,
        store,
        device="cpu",
        batch_size=BATCH,
        salt="the same",
        trusted=suite.trusted,
        progress=progress,
    )


def remembered(store: Path) -> Refusals:
    """Why models could not be asked."""
    return Refusals(store / "refusals")


def _scans() -> Pixels:
    """(64, 65) uint8, as the digits are kept."""
    return np.random.default_rng(0).integers(0, 17, (64, 65), np.uint8)


def stopped(world: World, store: Path) -> None:
    """Leave a half-done prediction behind."""
    try:
        opened(world, store, Stopping()).get(HALF_DONE)
    except Stopped:
        return
    raise RuntimeError("the run came to its end")


def answers(world: World, store: Path, *, asked: tuple[Request, ...] = REQUESTS) -> dict[str, str]:
    """Request -> digest of what the model says there, from the store where it has it."""
    provider = opened(world, store)
    found = {str(request): _digest(provider.get(request)) for request in asked}
    found[str(FEATURES)] = _digest(provider.features(FEATURES).table.to_pydict())
    recalled = Searching("dev", store / "searches", "sup", "wide").recall()
    found["search"] = _digest(recalled) if recalled else ""
    found["refusal"] = remembered(store).recall(REFUSED) or ""
    found["digits"] = _digest(load_or_make(store / "cache" / "digits", "drawn", _scans))
    provider.close()
    return found


def refused(world: World, store: Path) -> dict[str, str]:
    """What recorded predictions cannot say, which the store remembers."""
    provider = opened(world, store)
    try:
        provider.get(Request("said", "val", "flip"))
    except InputError as error:
        return {"refused": str(error)}
    finally:
        provider.close()
    return {"refused": "no"}


def kept(folder: Path) -> dict[str, str]:
    """Check -> digest of its value and of its evidence in a saved run; the decisions, too."""
    run = saved(folder, "--baseline", "tiny")
    found = {check.nodeid + check.metric: _digest((check.value, run.evidence(check))) for check in run.checks}
    for model in run.models:
        for dataset in run.datasets:
            found[f"{model} {dataset}"] = _digest(run.decisions(model, dataset))
    return found | {"models": _digest(dict(run.models)), "datasets": _digest(dict(run.datasets))}


def _digest(value: object) -> str:
    return hashlib.sha256("\n".join(_texts(value)).encode()).hexdigest()[:16]


def _texts(value: Any) -> Iterator[str]:
    if is_dataclass(value):
        for entry in fields(value):
            if entry.repr or entry.init:
                yield from _texts(getattr(value, entry.name))
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype} {value.shape} {hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()}"
    elif isinstance(value, dict):
        for key in sorted(value, key=str):
            yield str(key)
            yield from _texts(value[key])
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _texts(entry)
    else:
        yield repr(value)

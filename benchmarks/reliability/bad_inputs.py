"""Bad inputs: what people hand in by mistake, each given to a whole run of pytest.

Right: an exit code that is not 0 and one sentence.  Wrong: 0, a traceback, a hang.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.reliability.bad_artefacts import artefacts, contradictions, joined, layouts
from benchmarks.reliability.bad_data import images, label_lists, shards, tables
from benchmarks.reliability.bad_models import checkpoints, factories, recordings
from benchmarks.reliability.bad_rooms import own_rooms, pages, rooms, settings
from benchmarks.reliability.bad_settings import options, suites, thresholds
from benchmarks.reliability.runs import Asked
from benchmarks.reliability.spoiling import Change
from benchmarks.reliability.world import World, make

KINDS = (
    *(images, shards, tables, layouts, label_lists, recordings, contradictions, joined),
    *(checkpoints, factories, artefacts, suites, settings, thresholds, rooms, own_rooms, options, pages),
)


def cases(scratch: Path) -> Iterator[Asked]:
    """Every bad input, each in a world of its own that is made when it is its turn."""
    template = make(scratch / "template", 32)
    for number, (name, change) in enumerate(every()):
        folder = scratch / f"bad-{number:03d}"
        shutil.copytree(template.folder, folder)
        world = World(folder)
        options = change(world)
        store = [] if any(option.startswith("--store") for option in options) else [f"--store={folder / 'store'}"]
        fixed = [option for option in world.options(folder) if not option.startswith("--store")]
        arguments = [text.replace("@/", f"{folder}/") for text in (*fixed, *store, *options)]
        yield Asked(
            name, tuple(arguments), environment={"XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(folder)}
        )


def every() -> Iterator[tuple[str, Change]]:
    """Name and change of each."""
    for kind in KINDS:
        for name, change in kind():
            yield f"{kind.__name__}: {name}", change

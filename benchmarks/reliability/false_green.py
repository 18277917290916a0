"""Attempts to get a false green: situations in which a gate must be closed, each under every trick of starting pytest.

Right: an exit code that is not 0.  What only lists or explains (``--collect-only``, ``--help``) claims nothing and is
not among the tricks.
"""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.reliability.runs import Asked
from benchmarks.reliability.world import ROOT, World, make

Rig = Callable[[World], list[str]]


def cases(scratch: Path) -> Iterator[Asked]:
    """Each situation with each trick."""
    template = make(scratch / "template", 32)
    for number, ((what, rig), (trick, more)) in enumerate(itertools.product(SITUATIONS.items(), TRICKS.items())):
        folder = scratch / f"green-{number:03d}"
        shutil.copytree(template.folder, folder)
        world = World(folder)
        arguments = [*world.options(folder / "store"), "--model=said", *rig(world)]
        extra = [text.replace("@", str(folder)) for text in more]
        environment = {"XDG_CACHE_HOME": str(folder / "cache")}
        (folder / "other.ini").write_text("[pytest]\n")
        (folder / "conftest.py").write_text("")
        if extra[:1] == ["ADDOPTS"]:
            environment["PYTEST_ADDOPTS"] = " ".join(extra[1:])
            extra = []
        place = ROOT
        if extra[:1] == ["ELSEWHERE"]:
            place, extra = folder, extra[1:]
        yield Asked(f"{what}; {trick}", (*arguments, *extra), place, environment)


def control(scratch: Path) -> Asked:
    """A sound run, which must be green: else the attempts would show nothing."""
    world = make(scratch / "control", 32)
    environment = {"XDG_CACHE_HOME": str(scratch / "control-cache")}
    return Asked(
        "control", (*world.options(scratch / "control-store"), "--model=said", "-k=test_ece"), ROOT, environment
    )


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    if old not in text:
        raise KeyError(old)
    path.write_text(text.replace(old, new))


def _bad_model(world: World) -> list[str]:
    _replace(world.rules, "ece: [{max: 1.0", "ece: [{max: 0.0001")
    _replace(world.rules, "nll: [{max: 50.0", "nll: [{max: 0.0001")
    lines = (world.folder / "recorded.csv").read_text().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    wrong = [[row[0], *(f"{90 if k == int(row[0][:3]) % 7 else -90}" for k in range(16))] for row in rows]
    (world.folder / "recorded.csv").write_text("\n".join([lines[0], *(",".join(row) for row in wrong)]) + "\n")
    return ["-k=test_ece or test_nll"]


def _misspelt_suite(world: World) -> list[str]:
    _replace(world.rules, "tiny:", "tinny:")
    return ["-k=test_ece"]


def _wrong_rules(world: World) -> list[str]:
    _replace(world.rules, "max: 1.0", "max: .nan")
    return ["-k=test_ece"]


def _lost_images(world: World) -> list[str]:
    shutil.rmtree(world.folder / "photos" / "fish")
    return ["-k=test_ece"]


def _all_skipped(world: World) -> list[str]:
    return ["-m=synthetic"]


def _unmeasurable(world: World) -> list[str]:
    text = (world.folder / "recorded.csv").read_text().splitlines()
    (world.folder / "recorded.csv").write_text("\n".join(text[:10]) + "\n")
    return ["-k=test_ece"]


SITUATIONS: dict[str, Rig] = {
    "a model that is sure and wrong": _bad_model,
    "rules for another suite": _misspelt_suite,
    "a rule that is no number": _wrong_rules,
    "a class without images": _lost_images,
    "everything skipped": _all_skipped,
    "a recording of a few images": _unmeasurable,
}

TRICKS: dict[str, list[str]] = {
    "plainly": [],
    "another rootdir": ["--rootdir=@"],
    "another ini": ["-c", "@/other.ini"],
    "another ini and the path": ["-c", "@/other.ini", f"{ROOT}/behaviors"],
    "from elsewhere": ["ELSEWHERE", f"{ROOT}/behaviors"],
    "from elsewhere with a rootdir": ["ELSEWHERE", f"{ROOT}/behaviors", "--rootdir=@"],
    "a blank": ["--data-root", "@"],
    "environment: -k": ["ADDOPTS", "-x"],
    "environment: quiet": ["ADDOPTS", "-qq --no-summary --no-header"],
    "no conftest": ["--noconftest"],
    "confcutdir": ["--confcutdir=@"],
    "importlib": ["--import-mode=importlib"],
    "no terminal": ["-p", "no:terminal"],
    "no terminal report of skips": ["-p", "no:skipping"],
    "last failed": ["--lf", "--lfnf=none"],
    "stepwise": ["--sw"],
    "at most one failure": ["--maxfail=1"],
    "setup only": ["--setup-only"],
    "setup plan": ["--setup-plan"],
    "two workers": ["-n", "2"],
    "each worker": ["-n", "2", "--dist=each"],
    "runxfail": ["--runxfail"],
    "continue": ["--continue-on-collection-errors"],
    "warnings as nothing": ["-W", "ignore"],
    "no capture": ["-s"],
    "no tests": ["--deselect=behaviors"],
    "ignored rooms": ["--ignore=behaviors"],
    "other files": ["-o", "python_files=x_*.py"],
    "other functions": ["-o", "python_functions=x_*"],
    "other paths": ["-o", "testpaths=docs"],
    "allowed inconclusive": ["--on-inconclusive=allow"],
    "a fresh cache": ["--cache-clear"],
    "an empty room": ["@"],
}

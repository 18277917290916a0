"""Damages: every kind of file that a run leaves behind, changed in every way that disks and people change files.

A damage is done to a copy of a sound store (or saved run), which a fork of this process then reads from end to end.
Right: the same numbers (made again where need be), or one sentence.  Wrong: another number, a traceback, a hang.
"""

import json
import os
import random
import re
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reliability import measured
from benchmarks.reliability.world import World
from fixtures.core.errors import InputError

SECONDS = 60
SAME, REFUSED, WRONG, TRACED, HUNG = "same numbers", "a sentence", "silently wrong", "traceback", "hang"
BAD = (WRONG, TRACED, HUNG)
FORGETTABLE = ("search", "refusal")
"""What searches found and why a model could not be asked may be forgotten (that is done anew), but never be another."""
Read = Callable[[Path], dict[str, str]]
Counts = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Damage:
    """``way`` applied to the file ``name`` (relative); ``place``: where, a share from 0 to 1."""

    way: str
    name: str
    place: float


Work = tuple[Path, Read, dict[str, str], Damage]


def flip(path: Path, place: float, _: list[Path]) -> None:
    """One bit."""
    content = bytearray(path.read_bytes())
    if content:
        bit = int(place * len(content) * 8)
        content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def cut(path: Path, place: float, _: list[Path]) -> None:
    """The end is missing."""
    path.write_bytes(path.read_bytes()[: int(place * path.stat().st_size)])


def emptied(path: Path, _: float, __: list[Path]) -> None:
    """Nothing is left."""
    path.write_bytes(b"")


def zeroed(path: Path, place: float, _: list[Path]) -> None:
    """A block of zeros, as after a power cut."""
    content = bytearray(path.read_bytes())
    start = int(place * len(content))
    content[start : start + 512] = bytes(len(content[start : start + 512]))
    path.write_bytes(content)


def grown(path: Path, _: float, __: list[Path]) -> None:
    """Bytes after the end."""
    path.write_bytes(path.read_bytes() + b"\n{}\n")


def digit(path: Path, place: float, _: list[Path]) -> None:
    """One digit is another: the change that still reads well."""
    content = bytearray(path.read_bytes())
    places = [k for k, byte in enumerate(content) if 48 <= byte <= 57]
    if places:
        k = places[int(place * len(places))]
        content[k] = 48 + (content[k] - 48 + 1) % 10
    path.write_bytes(content)


def neighbour(path: Path, place: float, others: list[Path]) -> None:
    """Another sound file of the same kind in its place."""
    if others:
        shutil.copyfile(others[int(place * len(others))], path)


def folder(path: Path, _: float, __: list[Path]) -> None:
    """A folder in its place."""
    path.unlink()
    path.mkdir()


def full_folder(path: Path, _: float, __: list[Path]) -> None:
    """A folder with something in it."""
    folder(path, _, __)
    (path / "x").write_text("x")


def dangling(path: Path, _: float, __: list[Path]) -> None:
    """A link to nothing."""
    path.unlink()
    path.symlink_to("nothing-there")


def loop(path: Path, _: float, __: list[Path]) -> None:
    """A link to itself."""
    path.unlink()
    path.symlink_to(path.name)


def linked(path: Path, place: float, others: list[Path]) -> None:
    """A link to a neighbour."""
    if others:
        path.unlink()
        path.symlink_to(others[int(place * len(others))])


def pipe(path: Path, _: float, __: list[Path]) -> None:
    """A pipe that nobody writes into."""
    path.unlink()
    os.mkfifo(path)


def gone(path: Path, _: float, __: list[Path]) -> None:
    """Nothing in its place."""
    path.unlink()


WAYS = (flip, cut, emptied, zeroed, grown, digit, neighbour, folder, full_folder, dangling, loop, linked, pipe, gone)
MANY = (flip, cut, zeroed, digit, neighbour)
"""Those whose place matters: tried as often as there is time; each other way once per file."""


def kind_of(name: str) -> str:
    """What is counted together."""
    for pattern, kind in KINDS:
        if re.search(pattern, name):
            return kind
    return Path(name).parent.name or "other"


KINDS = (
    (r"\.partial/", "partial parts"),
    (r"identities/head-", "zero-shot classifiers"),
    (r"identities/identity", "identities"),
    (r"identities/", "digests of weights"),
    (r"searches/", "search memory"),
    (r"refusals/", "refusals"),
    (r"speeds/", "speeds"),
    (r"digits/", "arrays of the digits"),
    (r"cache/.*inventor", "labels of shards and tables"),
    (r"cache/", "digests of datasets"),
    (r"saved/", "saved run"),
    (r"features", "features"),
    (r"\.parquet$", "predictions"),
)


def planned(root: Path, count: int, seed: int) -> Iterator[Damage]:
    """``count`` damages of files in ``root``: every way on every file, then by chance, kinds alike often."""
    files = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and p.suffix != ".lock")
    chance = random.Random(seed)
    every = [Damage(way.__name__, name, chance.random()) for name in files for way in WAYS]
    yield from every[:count]
    by_kind: dict[str, list[str]] = {}
    for name in files:
        by_kind.setdefault(kind_of(f"{root.name}/{name}"), []).append(name)
    for number in range(count - len(every)):
        names = list(by_kind.values())[number % len(by_kind)]
        yield Damage(chance.choice(MANY).__name__, chance.choice(names), chance.random())


def inflict(damage: Damage, root: Path) -> None:
    """Do it."""
    path = root / damage.name
    others = sorted(other for other in path.parent.glob(f"*{path.suffix}") if other != path and other.is_file())
    {way.__name__: way for way in WAYS}[damage.way](path, damage.place, others)


def read_in_fork(read: Read, root: Path, sound: dict[str, str]) -> tuple[str, str]:
    """What came of reading ``root`` in a fork, and a detail."""
    receive, send = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(receive)
        os.write(send, json.dumps(_outcome(read, root, sound)).encode()[:60_000])
        os._exit(0)
    os.close(send)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.alarm(SECONDS)
    with os.fdopen(receive, "rb") as stream:
        data = stream.read()
    status = os.waitpid(pid, 0)[1]
    signal.alarm(0)
    if not data:
        return (HUNG if status == signal.SIGKILL else TRACED), f"the process ended with status {status}"
    outcome, detail = json.loads(data)
    return outcome, detail


def _outcome(read: Read, root: Path, sound: dict[str, str]) -> tuple[str, str]:
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    try:
        found = read(root)
    except InputError as error:
        return (REFUSED, str(error)) if str(error).count("\n") < 6 else (TRACED, str(error))
    except BaseException:
        return TRACED, traceback.format_exc()
    found |= {name: sound[name] for name in FORGETTABLE if not found.get(name, "x")}
    other = [key for key, value in sound.items() if found.get(key) != value]
    return (WRONG, ", ".join(other)) if other else (SAME, "")


def run(world: World, scratch: Path, count: int, seed: int, processes: int = 2) -> tuple[Counts, list[str]]:
    """(kind, outcome) -> how often; and a line for each that is bad.  ``scratch`` holds a run in ``saved``."""
    in_fork(lambda: prepared(world, scratch / "store"))
    parts = (
        (scratch / "store", lambda root: measured.answers(world, root) | measured.refused(world, root), count * 4 // 5),
        (scratch / "saved", measured.kept, count - count * 4 // 5),
    )
    work = []
    for root, read, share in parts:
        shutil.copytree(root, scratch / "sound")
        sound = in_fork(lambda read=read: read(scratch / "sound"))
        shutil.rmtree(scratch / "sound")
        work += [(root, read, sound, damage) for damage in planned(root, share, seed)]
    children = [_worker(work[k::processes], scratch / f"worker-{k}") for k in range(processes)]
    for pid in children:
        os.waitpid(pid, 0)
    counts, bad = Counts(), list[str]()
    for line in (line for k in range(processes) for line in (scratch / f"worker-{k}.jsonl").read_text().splitlines()):
        kind, outcome, text = json.loads(line)
        counts[kind, outcome] += 1
        bad += [text] if outcome in BAD else []
    if sum(counts.values()) != len(work):
        bad.append(f"only {sum(counts.values())} of {len(work)} damages came to an end")
    return counts, bad


def _worker(work: list[Work], scratch: Path) -> int:
    """The process id of one that does this part of the work, a line of JSON for each."""
    pid = os.fork()
    if pid:
        return pid
    with scratch.with_suffix(".jsonl").open("w") as log:
        for root, read, sound, damage in work:
            shutil.rmtree(scratch, ignore_errors=True)
            shutil.copytree(root, scratch)
            inflict(damage, scratch)
            outcome, detail = read_in_fork(read, scratch, sound)
            text = f"{outcome}: {damage.way} of {damage.name} at {damage.place:.4f}: {detail.strip()[-900:]}"
            log.write(json.dumps([kind_of(f"{root.name}/{damage.name}"), outcome, text]) + "\n")
            log.flush()
    os._exit(0)


def prepared(world: World, store: Path) -> dict[str, str]:
    """A sound store with every kind of file."""
    found = measured.answers(world, store, asked=measured.FIRST) | measured.refused(world, store)
    measured.Searching("dev", store / "searches", "sup", "wide").keep(measured.SEARCH)
    measured.remembered(store).remember(measured.REFUSED, "no")
    measured.stopped(world, store)
    return found


def in_fork(work: Callable[[], dict[str, str]]) -> dict[str, str]:
    """The result of ``work``, done in a fork so that this process begins no threads."""
    receive, send = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(send, json.dumps(work()).encode())
        except BaseException:
            traceback.print_exc()
        os._exit(0)
    os.close(send)
    with os.fdopen(receive, "rb") as stream:
        data = stream.read()
    os.waitpid(pid, 0)
    return dict(json.loads(data))

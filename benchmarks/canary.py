"""How often does the canary cry wolf, and which mix-ups does it name?  Run: python -m benchmarks.canary

Sound models: better than chance on right labels, of 2 to 90 % accuracy, on 50 to 50,000 images of 10 to 1,000 classes
that are equally frequent or not, all of them or a fifth; with classes that they know well or not at all, that look like
their neighbours or like any other class, and with favourites that they say when in doubt.
Mix-ups: such models of 30 to 90 % accuracy, their labels altered.
With a trusted dataset, on which the model is right on 80 % of 1,000 images (--trusted N): how often it is suspected on
datasets on which it should be (rows shuffled, classes rotated, classes in any order) and on which it should not (as
good as on the trusted one, a tenth as good, all of its own mistakes, pairs of classes of which it takes most images of
each for the other, and noise on which it says a few classes only).
"""

import argparse
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from behaviors.contract.predictions import Predictions
from fixtures.datasets.dataset import ClassMapping
from fixtures.predictions.label_checks.chance import score
from fixtures.predictions.label_checks.seen import Seen
from fixtures.predictions.label_checks.watch import Canary

SIZES = (50, 200, 1_000, 5_000, 20_000, 50_000)
CLASSES = (10, 16, 50, 100, 200, 1_000)
EACH = 20
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
IDENTITY = ClassMapping("identity")


@dataclass(frozen=True)
class World:
    """``labels``: (N,) of ``classes``; ``predicted``: (N,) by a model of ``accuracy``."""

    classes: int
    labels: Ints
    predicted: Ints
    accuracy: float

    def said(self) -> Predictions:
        """As the canary gets it."""
        count = len(self.labels)
        names = tuple(f"class {k:04d}" for k in range(self.classes))
        ids = np.arange(count).astype(np.str_)
        return Predictions("model", "data", "identity", names, ids, self.labels, self.predicted[:, None], None)


def world(
    random: np.random.Generator, *, images: int | None = None, classes: int | None = None, least: float = 0.02
) -> World:
    """A sound model of ``least`` to 90 % accuracy, and a dataset."""
    classes = classes or int(random.choice(CLASSES))
    images = images or int(random.choice(SIZES))
    while True:
        labels = _labels(random, images, classes)
        known = _known(random, labels, classes, float(np.exp(random.uniform(np.log(least), np.log(0.9)))))
        accuracy = float(known[labels].mean())
        chance = score(Seen.of(World(classes, labels, labels, 1.0).said()))
        if accuracy > max(chance.no_more, least):
            return World(classes, labels, _predicted(random, labels, known), accuracy)


def _labels(random: np.random.Generator, images: int, classes: int) -> Ints:
    """All classes or a fifth of them, as frequent as Zipf's words or equally."""
    shown = random.permutation(classes)[: max(2, classes // 5)] if random.random() < 0.3 else np.arange(classes)
    weight = 1 / np.arange(1, len(shown) + 1) ** (random.uniform(0.5, 1.2) if random.random() < 0.4 else 0.0)
    return random.choice(shown, images, p=weight / weight.sum())


def _known(random: np.random.Generator, labels: Ints, classes: int, accuracy: float) -> Floats:
    """(K,) how often the model is right, class by class: from much the same to either always or never."""
    spread = random.choice([0.3, 1.0, 5.0])
    known = random.beta(accuracy * spread, (1 - accuracy) * spread, classes)
    return np.minimum(known * accuracy / max(known[labels].mean(), 1e-9), 1)


def _predicted(random: np.random.Generator, labels: Ints, known: Floats) -> Ints:
    """What is not right is one other class that looks like it (in a quarter of the classes that is said more often than
    the right one), one of a few favourites, or anything."""
    classes = len(known)
    near = np.clip(np.arange(classes) + random.choice([-1, 1, 2], classes), 0, classes - 1)
    alike = np.where(random.random(classes) < random.random(), near, random.integers(0, classes, classes))
    taken = np.minimum(known * random.lognormal(np.log(0.5), 1.0, classes), 1 - known)
    favourites = random.integers(0, classes, max(1, classes // 20))
    other = np.where(
        random.random(len(labels)) < random.random(),
        random.choice(favourites, len(labels)),
        random.integers(0, classes, len(labels)),
    )
    draw = random.random(len(labels))
    sure = known[labels]
    return np.where(draw < sure, labels, np.where(draw < sure + taken[labels], alike[labels], other))


def mixed_up(kind: str, sound: World, random: np.random.Generator) -> World:
    """The same images with other labels."""
    place = np.arange(sound.classes)
    order = np.array(sorted(place, key=str))
    rank = np.argsort(order)
    meant = {
        "one too high": np.minimum(place + 1, sound.classes - 1),
        "one too low": np.maximum(place - 1, 0),
        "reversed": place[::-1],
        "alphabetical numbers": rank,
        "alphabetical outputs": order,
        "any permutation": random.permutation(sound.classes),
        "later half one too high": np.where(place < sound.classes // 2, place, np.minimum(place + 1, place[-1])),
    }
    if kind == "rows shuffled":
        return replace(sound, labels=random.permutation(sound.labels))
    return replace(sound, labels=meant[kind][sound.labels])


MIXUPS = (
    "one too high", "one too low", "reversed", "alphabetical numbers", "alphabetical outputs", "any permutation",
    "later half one too high", "rows shuffled",
)  # fmt: skip


TRUSTED, SHOWN = "trusted", 0.8
"""The dataset whose labels nobody doubts, and how often the model is right there."""
ROWS = (200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
SHOULD = ("rows shuffled", "rotated by one", "any order")
SHOULD_NOT = ("as good", "a tenth as good", "own mistakes", "confused pairs", "noise")


RIGHT = {"a tenth as good": SHOWN / 10, "own mistakes": 0.0, "confused pairs": SHOWN / 10, "noise": SHOWN / 40}
"""How often the model is right, where that is not SHOWN."""


def beside_trusted(kind: str, images: int, classes: int, random: np.random.Generator) -> World:
    """A dataset, and what a model says of it that is right on SHOWN of the trusted one.

    Of its mistakes a quarter is one class that looks like the right one and half are of a tenth of the classes.
    """
    labels = np.arange(images) % classes
    right = RIGHT.get(kind, SHOWN)
    called = _mistaken(labels, classes, random)
    if kind == "noise":  # nine in ten are called one of a hundredth of the classes
        few = random.integers(0, classes, max(1, classes // 100))
        called = np.where(random.random(images) < 0.9, random.choice(few, images), called)
    if kind == "confused pairs":
        called = np.where(random.random(images) < random.uniform(0.5, 0.95), labels ^ 1, called)
    called = np.where(random.random(images) < right, labels, called)
    if kind == "own mistakes":
        called = np.where(called == labels, (labels + 1) % classes, called)
    order = random.permutation(classes)
    meant = {"rotated by one": (labels + 1) % classes, "any order": order[labels]}.get(kind, labels)
    return World(classes, random.permutation(meant) if kind == "rows shuffled" else meant, called, right)


def _mistaken(labels: Ints, classes: int, random: np.random.Generator) -> Ints:
    alike = (np.arange(classes) + random.integers(1, classes, classes)) % classes
    related = (labels[:, None] * 7 + random.integers(0, max(2, classes // 10), (len(labels), 1)))[:, 0] % classes
    draw = random.random(len(labels))
    return np.where(
        draw < 0.25, alike[labels], np.where(draw < 0.75, related, random.integers(0, classes, len(labels)))
    )


def suspected(kind: str, images: int, classes: int, *, times: int, trusted: bool = True) -> float:
    """The share of ``times`` such datasets of which the canary says something."""
    random = np.random.default_rng([images, classes, len(kind)])
    found = 0
    for _ in range(times):
        known = beside_trusted("as good", 1_000, classes, random).said()
        canary = Canary(lambda model, dataset, known=known: known, trusted=TRUSTED if trusted else None)
        found += canary.doubt(beside_trusted(kind, images, classes, random).said(), IDENTITY) is not None
    return found / times


def table(times: int) -> None:
    """Print how often datasets are suspected, in %, without and with a trusted dataset."""
    for classes in (10, 100, 1_000):
        print(f"{classes:,} classes, % suspected: without a trusted dataset / with one")
        print(f"  {'':18}" + "".join(f"{images:>12,}" for images in ROWS))
        for kind in (*SHOULD, *SHOULD_NOT):
            rates = [
                [suspected(kind, images, classes, times=times, trusted=given) for given in (False, True)]
                for images in ROWS
            ]
            print(
                f"  {kind:18}" + "".join(f"{100 * alone:5.0f} / {100 * given:4.0f}" for alone, given in rates),
                flush=True,
            )


def doubt(one: World) -> str:
    """What the canary says, shortened to how the labels are read; empty where it says nothing."""
    said = Canary(lambda model, dataset: None).doubt(one.said(), IDENTITY)
    return "" if said is None else (said.split("read ")[1].split(",")[0] if "read " in said else "at chance")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5_000)
    parser.add_argument("--trusted", type=int, default=0, help="only the table with a trusted dataset, so often")
    given = parser.parse_args()
    if given.trusted:
        table(given.trusted)
        return
    count = given.repetitions
    random = np.random.default_rng(0)
    alarms: Counter[str] = Counter()
    for _ in range(count):
        one = world(random)
        if said := doubt(one):
            alarms[said] += 1
            print(f"  {len(one.labels)} images, {one.classes} classes, accuracy {one.accuracy:.3f}: {said}")
    print(f"{count:,} sound models: {sum(alarms.values())} false alarms {dict(alarms)}")
    for kind in MIXUPS:
        for images, classes in ((500, 10), (2_000, 16), (10_000, 100), (10_000, 1_000), (50_000, 1_000)):
            worlds = [world(random, images=images, classes=classes, least=0.3) for _ in range(EACH)]
            found = [doubt(mixed_up(kind, one, random)) for one in worlds]
            named = sum(said not in ("", "at chance") for said in found)
            told = f"named {named}/{EACH}, suspected {sum(map(bool, found))}/{EACH}"
            print(f"{kind:25} {images:6,} images {classes:5,} classes: {told}")


if __name__ == "__main__":
    main()

"""How long 20 models on ImageNet-C take on 1 to 64 GPUs, from the time that an image takes on one.

    python -m benchmarks.scale_out [--rate 885] [--models 20] [--unit 2048]

A simulation, event by event, of what ``python -m fixtures.predictions.produce --then-others`` and the Ray executor do:
a worker keeps a network as long as there are units of its model, then takes one of the model with most units left for
each worker, and never waits for another.  ``--rate``: images per second on one GPU (885: measured on an H200 with
photographs, decoding included).

Assumed, each an argument of ``simulate``: a worker starts in 20 s and loads a network in 5 s; a unit's time varies by
5 %; one worker of 16 is a third slower; with 2 or more workers one dies in the middle, the unit that it was at is lost,
and it starts again after 60 s.  Efficiency: the time that the images take on one GPU, by GPUs and wall time.
"""

import argparse
import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

IMAGES = 75 * 50_000
"""Of ImageNet-C: 15 corruptions at 5 severities of the 50,000 images (arXiv:1903.12261)."""
ROW, FILE = 71, 13_000
"""Bytes of a stored row (measured: 267 MB for 3.75 M rows), and of an image of ImageNet-C, about: the archives of its
15 corruptions have 49 GB in all (https://zenodo.org/records/2235448)."""


@dataclass(frozen=True)
class Run:
    """``wall``: seconds.  ``lost``: images predicted that did not count.  ``loads``: networks that were loaded."""

    wall: float
    efficiency: float
    lost: int
    loads: int


def simulate(  # noqa: PLR0913  (the assumptions)
    gpus: int,
    *,
    rate: float,
    models: int = 20,
    unit: int = 2048,
    start: float = 20.0,
    load: float = 5.0,
    spread: float = 0.05,
    slow: float = 4 / 3,
    restart: float = 60.0,
    seed: int = 0,
) -> Run:
    """One run of ``gpus`` workers."""
    draws = np.random.default_rng(seed)
    cells = [50_000 // unit] * 75
    per_model = sum(cells) + 75 * (50_000 % unit > 0)
    size = IMAGES / per_model
    waiting, at_work = Counter(dict.fromkeys(range(models), per_model)), Counter[int]()
    speed = [rate / (slow if worker % 16 == 15 else 1.0) for worker in range(gpus)]
    death = IMAGES * models / rate / gpus / 2 if gpus > 1 else float("inf")
    free = [(start, worker, -1) for worker in range(gpus)]
    heapq.heapify(free)
    wall, loads, lost, died = 0.0, 0, 0, False
    while free and waiting.total():
        now, worker, model = heapq.heappop(free)
        if model >= 0:
            at_work[model] -= 1
        if model < 0 or not waiting[model]:
            model = max(waiting, key=lambda one: waiting[one] / (1 + at_work[one]))
            now, loads = now + load, loads + 1
        waiting[model] -= 1
        at_work[model] += 1
        ends = now + size / speed[worker] * max(0.5, 1 + spread * draws.standard_normal())
        if not died and worker == 0 and ends > death:
            died, lost = True, lost + round(size)
            waiting[model] += 1
            at_work[model] -= 1
            heapq.heappush(free, (ends + restart, worker, -1))
            continue
        wall = max(wall, ends)
        heapq.heappush(free, (ends, worker, model))
    return Run(wall, IMAGES * models / rate / gpus / wall, lost, loads)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=885.0)
    parser.add_argument("--models", type=int, default=20)
    parser.add_argument("--unit", type=int, default=2048)
    chosen = parser.parse_args(arguments)
    images = IMAGES * chosen.models
    print(f"{images:,} forward passes; read: {images * FILE / 1e12:.2f} TB; stored: {images * ROW / 1e9:.1f} GB")
    print(f"{'GPUs':>5}{'wall time':>12}{'efficiency':>12}{'GPU hours':>11}{'images lost':>13}{'networks loaded':>17}")
    for gpus in (1, 2, 4, 8, 16, 20, 32, 64):
        run = simulate(gpus, rate=chosen.rate, models=chosen.models, unit=chosen.unit)
        wall = f"{run.wall / 3600:.2f} h"
        print(
            f"{gpus:>5}{wall:>12}{run.efficiency:>12.3f}{gpus * run.wall / 3600:>11.1f}{run.lost:>13,}{run.loads:>17}"
        )
    print(f"a second run predicts nothing: it reads {images * ROW / 1e9:.1f} GB")


if __name__ == "__main__":
    main()

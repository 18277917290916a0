"""How long does judging take where everything is predicted already?  Run: python -m benchmarks.judging FOLDER

Fills a store in FOLDER with made-up predictions of four models on datasets of ImageNet's sizes, written by the store's
own code under the keys that a run looks for, and then times `pytest` on it: all behaviours, one process and two
workers, imports included; and one process for each behaviour alone.  No network is run: each model's identity is put
into the cache that identities are remembered in.  What is judged are labels without images; `c` is `--corrupted` of
the images of `val` under 75 corruptions, and 19 probe tasks have `--probed` test images each.
"""

import argparse
import csv
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from behaviors.invariance.kinds import SWEEPS
from behaviors.mistakes import FACTORS
from behaviors.synthetic import FACTORS as SCENES
from behaviors.transfer.protocol import answered
from fixtures.models import identity
from fixtures.plugin import probing
from fixtures.predictions.key import file_name
from fixtures.predictions.provenance import facts_of
from fixtures.predictions.provider import PredictionProvider
from fixtures.predictions.request import Request
from fixtures.predictions.rows import FITS, Rows
from fixtures.predictions.table import build
from fixtures.suite import imagenet_16
from fixtures.suite.loader import load_suite

MODELS = {"vit-sup": 0.85, "convnext-sup": 0.86, "vit-clip": 0.67, "convnext-clip": 0.66}
NETWORKS = ("test_vit", "test_convnext", "test_vit2", "test_convnext2")
"""Names that are known to timm; none is built."""
SIZES = {"val": 50_000, "real": 50_000, "factors": 50_000, "v2": 10_000, "a": 7_500, "renditions": 30_000,
         "sketch": 50_889, "hard": 10_980, "pug": 88_328}  # fmt: skip
HARDER = {"v2": 0.88, "a": 0.65, "renditions": 0.75, "sketch": 0.6, "hard": 0.3, "pug": 0.35, "c": 0.7}
"""Accuracy as a share of that on val."""
TASKS = 19
PROTOTYPES = 3_890
"""Images of ImageNet-X that are left out: 46,110 of 50,000 remain."""
VIEWS = [view for kind in SWEEPS.values() for view in kind.views()]
PROBE = "format: labels, path: probe_{}_{}.csv, classes: [one, two, three, four], outputs: none"
ROOMS = ("calibration", "mistakes", "shape_texture", "robustness", "transfer", "synthetic", "invariance", "findings")


def suite(folder: Path, corrupted: int, probed: int) -> Path:
    """Tables of labels, and the suite that names them."""
    random = np.random.default_rng(0)
    for name, size in SIZES.items():
        write(folder / f"{name}.csv", columns(name, size, random))
    write(folder / "cue_conflict.csv", {"file_name": list(cues())})
    for task in range(TASKS):
        for part, size in (("train", 1_000), ("test", probed)):
            labels = np.arange(size) % 4
            write(
                folder / f"probe_{task}_{part}.csv", {"file_name": [f"{part}{k}" for k in range(size)], "label": labels}
            )
    datasets = {name: f"format: labels, path: {name}.csv" for name in SIZES}
    datasets["val"] += ", role: [val, wide]"
    datasets["a"] += ", outputs: {subset: imagenet-a}"
    datasets["renditions"] += ", outputs: {subset: imagenet-r}"
    datasets["c"] = f"format: corrupted, of: val, sample: {corrupted}"
    datasets["cue_conflict"] = "format: cue_conflict, path: cue_conflict.csv, outputs: {groups: imagenet-16}"
    probes = {f"probe_t{k}_{part}": PROBE.format(k, part) for k in range(TASKS) for part in ("train", "test")}
    lines = ["suite: judged", "classes: imagenet-1k", "thresholds: thresholds.yaml", "trusted: val", "models:"]
    lines += [f"  {name}: 'timm:{known}'" for name, known in zip(MODELS, NETWORKS, strict=True)]
    lines += ["datasets:", *(f"  {name}: {{{text}}}" for name, text in (datasets | probes).items())]
    (folder / "judged.yaml").write_text("\n".join([*lines, ""]))
    (folder / "thresholds.yaml").write_text("judged: {}\n")
    return folder / "judged.yaml"


def columns(name: str, size: int, random: np.random.Generator) -> dict[str, object]:
    """What the table of a dataset holds."""
    labels = random.permutation(np.arange(size) % (200 if name in ("a", "renditions") else 1_000))
    found: dict[str, object] = {"file_name": [f"{name}/{k:08d}.JPEG" for k in range(size)], "label": labels}
    if name in ("a", "renditions"):
        found["label"] = [imagenet_names(name)[k] for k in labels]
    if name in ("real", "hard"):
        more = random.integers(0, 1_000, size)
        found["valid"] = [f"{k} {m}" if m % 3 else str(k) for k, m in zip(labels, more, strict=True)]
    if name == "factors":
        found |= {factor: np.where(random.random(size) < 0.1, "true", "false") for factor in FACTORS}
        found["prototype"] = np.where(np.arange(size) < PROTOTYPES, "true", "false")
    if name == "pug":
        found |= {
            "factor": np.array(list(SCENES))[np.arange(size) % len(SCENES)],
            "level": [f"level {k}" for k in np.arange(size) // len(SCENES) % 20],
            "step": np.arange(size) // len(SCENES) % 20,
            "base": [f"object {k}" for k in labels],
        }
    return found


def imagenet_names(name: str) -> list[str]:
    """The classes of a subset."""
    from fixtures.suite import imagenet

    space = imagenet.classes()
    return [space.names[k] for k in imagenet.subset({"a": "imagenet-a", "renditions": "imagenet-r"}[name])]


def cues() -> Iterator[str]:
    """1,280 names of cue conflicts, 80 of each shape."""
    kinds = list(imagenet_16.groups())
    for shape in range(len(kinds)):
        for k in range(80):
            yield f"{kinds[shape]}/{kinds[shape]}{k % 10 + 1}-{kinds[(shape + k) % 16]}{k // 16 + 1}.png"


def write(path: Path, found: dict[str, object]) -> None:
    """A CSV file."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(found)
        rows.writerows(zip(*found.values(), strict=True))


def fill(path: Path, store: Path) -> None:
    """All that the behaviours ask for."""
    chosen = load_suite(str(path))
    provider = PredictionProvider(chosen, chosen.models, store)
    for name, spec in chosen.models.items():
        known = {"fingerprint": name * 8, "preprocessing": "none", "outputs": 1_000, "kind": "logits", "stable": True}
        answer = {"identity": known | {"facts": {}, "notes": []}, "files": []}
        identity._record(spec, store / "identities").write(answer)
    roles = [name for name in chosen.roles if not name.startswith("probe_")]
    asked = [(role, "identity") for role in roles] + [("wide", view) for view in VIEWS]
    for number, (name, accuracy) in enumerate(MODELS.items()):
        for place, (role, view) in enumerate(asked):
            rate = accuracy * HARDER.get(role, 1 if view == "identity" else 0.8)
            predicted(provider, Request(name, role, view), rate, np.random.default_rng([number, place]))
        probe(provider, name, chosen.roles, np.random.default_rng(number))


def predicted(provider: PredictionProvider, request: Request, accuracy: float, random: np.random.Generator) -> None:
    """Rows of a dataset that are right so often, more often where they are sure."""
    cell = provider.cell(request)
    if provider._store.find(cell.key) is not None:
        return
    labels, classes = cell.dataset.labels, len(cell.dataset.classes)
    count, top = len(labels), min(5, classes)
    sure = random.beta(4 * accuracy, 4 * (1 - accuracy), count)
    best = (random.integers(0, classes, count)[:, None] + np.arange(top) * 3) % classes
    right = random.random(count) < sure
    best[:, 0] = np.where(right, labels, best[:, 0])
    share = np.concatenate([sure[:, None], (1 - sure)[:, None] * np.array([0.4, 0.2, 0.1, 0.05])], axis=1)[:, :top]
    share = -np.sort(-share, axis=1)
    said: dict[str, np.ndarray] = {"label": labels}
    said |= {f"class_{rank + 1}": best[:, rank] for rank in range(top)}
    said |= {f"probability_{rank + 1}": share[:, rank] for rank in range(top)}
    said["label_log_probability"] = np.log(np.where(best[:, 0] == labels, share[:, 0], share[:, 1] / 10))
    said["squared_norm"] = np.square(share).sum(axis=1)
    said["log_sum_exp"] = random.normal(12, 2, count)
    if request.view != "identity":
        said["padded"] = np.zeros(count)
    table = build(Rows(cell.dataset.ids, said, classes))
    provider._store.write(cell.key, cell.file_name, [table], facts_of(cell, {}))


def probe(provider: PredictionProvider, model: str, roles: object, random: np.random.Generator) -> None:
    """What three fits of each task's probe answer."""
    every = [role for role in roles if role.startswith("probe_")]  # type: ignore[attr-defined]
    for task, (train, test) in probing.probe_tasks(every).items():
        asked = [provider.cell(Request(model, role, content="features")) for role in (train, test)]

        def keep(fit, cells=asked, task=task, **settings):  # noqa: ANN001, ANN003, ANN202
            data = cells[1].dataset
            key = probing._key(cells[0].key, cells[1].key, fit, settings)
            wrong = random.random((len(data.ids), 3)) > 0.7
            table = build(Rows(data.ids, {"label": data.labels, FITS: (data.labels[:, None] + wrong) % 4}, 0))
            facts = {"model": model, "task": task, "settings": settings, "strengths": [[0.1]] * 3,
                     "learned": [250] * 4, "unreadable": {}}  # fmt: skip
            provider._store.write(key, file_name(model, data.name, "probe", key), [table], {**facts, "key": key})

        answered(type("Keeping", (), {"answers": staticmethod(keep)})())


def run(folder: Path, *more: str) -> float:
    """Seconds of a run; what it measured is printed where it failed."""
    started, used = time.perf_counter(), processor()
    arguments = ["-q", "-p", "no:cacheprovider", f"--suite={folder / 'judged.yaml'}", f"--store={folder / 'store'}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, *more], check=False, capture_output=True, text=True
    )
    seconds = time.perf_counter() - started
    last = re.sub(r"=+", "", done.stdout.strip().splitlines()[-1]).strip()
    told = f"{seconds:6.1f} s, of a processor {processor() - used:6.1f} s"
    print(f"{' '.join(more) or 'all, one process':32} {told}   {last}", flush=True)
    if done.returncode not in (0, 5):
        print(done.stdout[-3000:], done.stderr[-2000:])
    return seconds


def processor() -> float:
    """Seconds that processes started here and ended have computed, whatever else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Fill, and time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corrupted", type=int, default=2_000)
    parser.add_argument("--probed", type=int, default=1_000)
    parser.add_argument("--rooms", action="store_true", help="each behaviour alone too")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    fill(suite(folder, chosen.corrupted, chosen.probed), folder / "store")
    print(f"filled in {time.perf_counter() - started:.0f} s", flush=True)
    run(folder)
    run(folder, "-n", "2")
    for room in ROOMS if chosen.rooms else ():
        run(folder, "-m", room)


if __name__ == "__main__":
    main()

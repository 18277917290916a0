"""Are the results and every stored file the same, byte by byte, whoever predicted them?

    python -m benchmarks.scale_out_identity [-k calibration] [--kills 20] [--suite mini] [--model vit-clip]

The same run of pytest, judged from stores that were filled in different ways: by itself, with two workers, by seven
shards out of order, by two processes at once, after kills at random, by processes, by Ray on one node and on two of
which one is killed, and through a bucket (a server process of moto on a free port).  Exit code 1 where a byte differs.
"""

import argparse
import hashlib
import json
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

UNIT = 128
"""Images of a unit here, so that small datasets have several."""
SHARDS = 7


class Runs:
    """One suite and selection; stores and results go into ``folder``."""

    def __init__(self, folder: Path, words: Sequence[str], kills: int) -> None:
        self.folder, self.words, self.kills = folder, list(words), kills
        self.environment = os.environ | {"RAY_AUTH_MODE": "disabled", "CI": "1"}

    def pytest(self, store: str, *more: str) -> None:
        """Run the tests; they may fail, but must be judged."""
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            *self.words,
            f"--store={store}",
            *more,
        ]
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if ran.returncode not in {0, 1}:
            raise SystemExit(f"{' '.join(command)} ended with {ran.returncode}\n{ran.stdout}{ran.stderr}")

    def plan(self, store: str, name: str) -> Path:
        """A plan with small units."""
        path = self.folder / f"{name}.plan.json"
        self.pytest(store, f"--plan={path}")
        written = json.loads(path.read_text())
        for cell in written["cells"]:
            if cell["units"]:
                spans = ((start, min(start + UNIT, cell["images"])) for start in range(0, cell["images"], UNIT))
                cell["units"] = [{"start": start, "stop": stop, "done": False} for start, stop in spans]
        path.write_text(json.dumps(written))
        return path

    def produce(self, plan: Path, *more: str) -> "subprocess.Popen[bytes]":
        """A worker."""
        command = [sys.executable, "-m", "fixtures.predictions.produce", f"--units={plan}", *more]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)


def alone(runs: Runs, store: str) -> None:
    """One process, from nothing."""


def two_workers(runs: Runs, store: str) -> None:
    """xdist's."""
    runs.pytest(store, "-n", "2")


def shards(runs: Runs, store: str) -> None:
    """Out of order."""
    plan = runs.plan(store, "shards")
    for number in random.Random(1).sample(range(1, SHARDS + 1), SHARDS):
        assert runs.produce(plan, f"--shard={number}/{SHARDS}").wait() == 0


def at_once(runs: Runs, store: str) -> None:
    """Two processes with the same units."""
    plan = runs.plan(store, "at_once")
    assert [worker.wait() for worker in [runs.produce(plan), runs.produce(plan)]] == [0, 0]


def killed(runs: Runs, store: str) -> None:
    """By SIGKILL, at random moments."""
    plan, draws = runs.plan(store, "killed"), random.Random(2)
    for _ in range(runs.kills):
        worker = runs.produce(plan)
        time.sleep(draws.uniform(1.0, 12.0))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert runs.produce(plan).wait() == 0


def processes(runs: Runs, store: str) -> None:
    """``--executor=processes:2``."""
    runs.pytest(store, "--executor=processes:2")


def ray_one_node(runs: Runs, store: str) -> None:
    """``--executor=ray``."""
    runs.pytest(store, "--executor=ray")


def ray_two_nodes(runs: Runs, store: str) -> None:
    """One of them is taken away in the middle."""
    os.environ["RAY_AUTH_MODE"] = "disabled"
    import ray
    from ray.cluster_utils import Cluster

    from fixtures.predictions.executors.ray import execute
    from fixtures.predictions.units.plan_file import read_plan
    from fixtures.predictions.units.showing import Showing

    plan = read_plan(runs.plan(store, "ray"))
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    doomed, shown = cluster.add_node(num_cpus=1), Showing(plan.units)
    ray.init(address=cluster.address, log_to_driver=False)

    def kill() -> None:
        while shown.done < 2:
            time.sleep(0.05)
        cluster.remove_node(doomed, allow_graceful=False)

    threading.Thread(target=kill, daemon=True).start()
    try:
        execute(plan, "", shown)
    finally:
        ray.shutdown()
        cluster.shutdown()


WAYS: dict[str, Callable[[Runs, str], None]] = {
    "one process": alone,
    "-n 2": two_workers,
    "7 shards out of order": shards,
    "two processes at once": at_once,
    "random kills": killed,
    "processes:2": processes,
    "Ray, one node": ray_one_node,
    "Ray, two nodes, one killed": ray_two_nodes,
}


@contextmanager
def bucket() -> Iterator[str]:
    """A server process of S3's protocol on a free port."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ |= dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "testing")
    os.environ |= {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_REGION": "us-east-1"}
    from urllib.request import Request, urlopen

    urlopen(Request(f"http://{host}:{port}/bucket", method="PUT")).close()
    yield "s3://bucket"
    server.stop()


def digests(results: Path, store: Path) -> tuple[str, dict[str, str]]:
    """Of the results but for the time that they carry, and of each stored file of predictions, by name."""
    files = sorted(path for path in store.rglob("*.parquet") if "damaged" not in path.parts)
    said = {name: value for name, value in json.loads(results.read_text()).items() if name != "created"}
    whole = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    return whole, {path.relative_to(store).as_posix(): _digest(path) for path in files}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--only", action="append", help="repeatable: this way (and one process)")
    parser.add_argument("--suite", default="mini")
    parser.add_argument("--model", default="vit-clip")
    parser.add_argument("-k", default="calibration and test_ece and val")
    chosen = parser.parse_args(arguments)
    words = [f"--suite={chosen.suite}", f"--model={chosen.model}", "-k", chosen.k]
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, bucket() as address:
        first: tuple[str, dict[str, str]] | None = None
        print(f"{'way':<42}{'seconds':>8}  {'results':<10}{'files':<10}")
        for name, way, store in _ways(Path(folder), address, chosen.only):
            runs = Runs(Path(folder), words, chosen.kills)
            started, results = time.monotonic(), Path(folder) / "results.json"
            way(runs, store)
            runs.pytest(store, f"--results={results}")
            found = digests(results, _files(store))
            first = first or found
            same = [found[0] == first[0], found[1] == first[1]]
            wrong += not all(same)
            told = ["equal" if one else "DIFFERENT" for one in same]
            print(f"{name:<42}{time.monotonic() - started:>8.0f}  {told[0]:<10}{told[1]} ({len(found[1])})", flush=True)
    return int(wrong > 0)


def _ways(
    folder: Path, address: str, only: Sequence[str] | None
) -> Iterator[tuple[str, Callable[[Runs, str], None], str]]:
    for at, (name, way) in enumerate(WAYS.items()):
        if at == 0 or not only or name in only:
            yield name, way, str(folder / f"store-{at}")
    for name in ("one process", "7 shards out of order", "two processes at once"):
        if not only or f"{name}, bucket" in only:
            yield f"{name}, bucket", WAYS[name], f"{address}/{name.replace(' ', '-')}"


def _files(store: str) -> Path:
    from fixtures.predictions.units.job import store_place

    return store_place(store)


if __name__ == "__main__":
    raise SystemExit(main())

"""Executors: whoever works a plan off or dies at it, the store holds the same bytes; else a sentence is said."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.predictions import executors
from fixtures.predictions.executors.ray import DEATHS, Queue
from fixtures.predictions.request import Request
from fixtures.predictions.units import unit as cutting
from fixtures.predictions.units.job import Job
from fixtures.predictions.units.plan_file import UnitPlan, plan_units
from fixtures.predictions.units.showing import Showing
from fixtures.predictions.units.unit import Unit
from tests.predictions.world import furnish

ONE, TWO = Request("one", "val"), Request("two", "val")


def planned(folder: Path, monkeypatch, **options) -> UnitPlan:
    """Two models, 8 units each."""
    monkeypatch.setattr(cutting, "IMAGES", 80)
    told = {"seconds": 0.0, **options}
    each = ", ".join(
        f"{name}: {{source: 'python:linear:linear', options: {told | {'seed': seed}}}}"
        for seed, name in enumerate(("one", "two"))
    )
    suite = furnish(folder, models=f"{{{each}}}")
    job = Job(suite=str(suite), store=str(folder / "store"), folder=str(folder), batch_size=8, device="cpu")
    return plan_units(job, job.provider(), [ONE, TWO])


def assembled(plan: UnitPlan) -> dict[str, bytes]:
    """What an ordinary run makes of the store, which needs no network for it."""
    provider = plan.job.provider()
    for request in (ONE, TWO):
        provider.get(request)
    assert [entry.predicted for entry in provider.log] == [0, 0]
    return stored(plan)


def stored(plan: UnitPlan) -> dict[str, bytes]:
    root = Path(plan.job.store)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.parquet")}


def whole(plan: UnitPlan, folder: Path) -> dict[str, bytes]:
    """What one process writes without units."""
    alone = replace(plan, job=replace(plan.job, store=str(folder)))
    provider = alone.job.provider()
    for request in (ONE, TWO):
        provider.get(request)
    return stored(alone)


def work(plan: UnitPlan, text: str) -> Showing:
    asked, shown = executors.asked(text), Showing(plan.units)
    asked.executor.execute(plan, asked.target, shown)
    return shown


def elsewhere(plan: UnitPlan) -> UnitPlan:
    """A plan whose units no worker can do: they were cut for other content."""
    first = plan.cells[0]
    return replace(plan, cells=(replace(first, state=replace(first.state, key="0" * 64)),))


def test_in_place_does_all_units(tmp_path, monkeypatch):
    plan = planned(tmp_path, monkeypatch)
    shown = work(plan, "in_place")
    assert (shown.done, shown.predicted) == (16, 1200)
    assert assembled(plan) == whole(plan, tmp_path / "whole")
    with pytest.raises(InputError, match="planned for other weights"):
        work(elsewhere(plan), "in_place")


def test_processes_do_all_units_though_one_dies(tmp_path, monkeypatch):
    dead = tmp_path / "dead"
    plan = planned(tmp_path, monkeypatch)
    monkeypatch.setenv("DIES_ONCE", str(dead))
    shown = work(plan, "processes:2")
    monkeypatch.delenv("DIES_ONCE")
    assert dead.exists()
    assert shown.done == 16
    assert 1200 <= shown.predicted <= 1280
    assert assembled(plan) == whole(plan, tmp_path / "whole")
    with pytest.raises(InputError, match="planned for other weights"):
        work(elsewhere(plan), "processes:1")


def test_a_ray_cluster_does_all_units_though_a_node_dies(tmp_path, monkeypatch):
    """For real: two nodes on this machine, one of which is taken away in the middle."""
    import ray
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setenv("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    plan = planned(tmp_path, monkeypatch, seconds=0.02)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    doomed = cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, log_to_driver=False, configure_logging=False)
    try:
        cluster.wait_for_nodes()
        shown = Showing(plan.units)

        def kill() -> None:
            while shown.done < 2:
                time.sleep(0.02)
            cluster.remove_node(doomed, allow_graceful=False)

        killing = threading.Thread(target=kill)
        killing.start()
        executors.asked("ray").executor.execute(plan, "", shown)
        killing.join()
        assert shown.done == 16
        assert assembled(plan) == whole(plan, tmp_path / "whole")
        with pytest.raises(InputError, match="planned for other weights"):
            work(elsewhere(plan), "ray")
    finally:
        ray.shutdown()
        cluster.shutdown()


def test_a_worker_keeps_its_model_and_others_share_the_rest():
    queue = Queue([Unit(request, "k", at, at + 1) for request in (ONE, TWO) for at in range(3)])
    taken = [queue.take(model) for model in ("", "", "one", "two", "one", "one")]
    assert [unit.request.model for unit in taken] == ["one", "two", "one", "two", "one", "two"]


def test_a_unit_that_kills_its_workers_is_named():
    unit = Unit(ONE, "k", 0, 80)
    queue = Queue([unit])
    for _ in range(DEATHS - 1):
        queue.take("")
        queue.lost(unit)
    queue.take("")
    with pytest.raises(InputError, match=r"one on val, images 0 to 80: its worker died 3 times"):
        queue.lost(unit)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dask", "there is no executor 'dask'; there are: in_place, processes[:N], ray[:ADDRESS]"),
        ("processes:many", "how many processes?; write --executor=processes[:N]"),
        ("processes:0", "how many processes?"),
        ("in_place:2", "takes nothing behind its name"),
    ],
)
def test_an_executor_that_cannot_be_is_one_sentence(text, said):
    with pytest.raises(InputError) as refused:
        executors.asked(text)
    assert said in str(refused.value)


def test_without_ray_the_sentence_names_the_extra(monkeypatch):
    monkeypatch.setattr(executors, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"ray is not installed: python -m pip install -e '.\[ray\]'"):
        executors.asked("ray:auto")

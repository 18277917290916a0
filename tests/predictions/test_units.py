"""Units: whoever predicts them, in whatever order and however often, the store holds the same bytes."""

import json
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.core.locks import held
from fixtures.predictions import checksummed_parquet, partial
from fixtures.predictions.key import SHORT
from fixtures.predictions.partial import Partial, gaps, part_name, spans
from fixtures.predictions.request import Request
from fixtures.predictions.units import unit as cutting
from fixtures.predictions.units.command import main
from fixtures.predictions.units.job import Job
from fixtures.predictions.units.plan_file import plan_units, read_plan, write_plan
from fixtures.predictions.units.showing import Showing
from fixtures.predictions.units.unit import Shard, Unit, cut
from fixtures.predictions.units.work import work_through
from tests.predictions.fakes import identity, noise, provider, shelf

ROOT = Path(__file__).resolve().parents[2]
ASK = Request("one", "noise")
BROKEN = (3, 11, 12, 49)


def damaged_noise(**more):
    return noise(broken=BROKEN, tolerance=0.5, **more)


def fresh(root, **options):
    return provider(root, shelf("one"), damaged_noise(), batch_size=5, **options)


def whole(tmp_path) -> bytes:
    """What one process writes."""
    fresh(tmp_path / "whole").get(ASK)
    (path,) = (tmp_path / "whole").glob("*.parquet")
    return path.read_bytes()


def units(some) -> list[Unit]:
    return [Unit(ASK, some.cell(ASK).key, start, min(start + 10, 50)) for start in range(0, 50, 10)]


def left(root) -> set[str]:
    """Files of predictions and parts."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*.parquet")}


@pytest.mark.parametrize("seed", range(4))
def test_units_in_any_order_by_several_processes_are_put_together_byte_by_byte(tmp_path, seed):
    workers = [fresh(tmp_path / "store") for _ in range(3)]
    todo = units(workers[0]) * 2  # each started twice
    random.Random(seed).shuffle(todo)
    for at, unit in enumerate(todo):
        work_through(workers[at % 3], [unit], lambda unit, predicted: None)
    judging = fresh(tmp_path / "store")
    found = judging.get(ASK)
    assert judging.log[0].predicted == 0
    assert judging._sources.loads == []  # no network is loaded to put parts together
    assert len(found) == 50 - len(BROKEN)
    (name,) = left(tmp_path / "store")
    assert (tmp_path / "store" / name).read_bytes() == whole(tmp_path)
    assert list(judging.log[0].unreadable) == [f"folder/{at:05d}.png" for at in BROKEN]


def test_what_is_missing_is_predicted_and_nothing_else(tmp_path):
    worker = fresh(tmp_path / "store")
    work_through(worker, [units(worker)[at] for at in (3, 1)], lambda unit, predicted: None)
    judging = fresh(tmp_path / "store")
    assert judging.state(ASK).done == 20
    judging.get(ASK)
    assert judging.log[0].predicted == 30
    (name,) = left(tmp_path / "store")
    assert (tmp_path / "store" / name).read_bytes() == whole(tmp_path)


def test_a_unit_goes_on_where_a_killed_process_was(tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    def stop(index):
        if index == 27:
            raise Killed

    monkeypatch.setattr(partial, "SECONDS", 0.0)
    dying = provider(tmp_path / "store", shelf("one"), damaged_noise(loaded=stop), batch_size=5)
    with pytest.raises(Killed):
        work_through(dying, units(dying), lambda unit, predicted: None)
    done = []
    worker = fresh(tmp_path / "store")
    work_through(worker, units(worker)[::-1], lambda unit, predicted: done.append(predicted))
    assert done == [10, 10, 5, 0, 0]
    fresh(tmp_path / "store").get(ASK)
    (name,) = left(tmp_path / "store")
    assert (tmp_path / "store" / name).read_bytes() == whole(tmp_path)


def test_parts_that_overlap_are_taken_once(tmp_path):
    worker = fresh(tmp_path / "store")
    key = worker.cell(ASK).key
    for span in ((0, 15), (10, 30), (5, 10), (25, 50)):
        assert worker.produce(worker.cell(ASK), span, wait=True) is not None
    folder = worker.store.partial_folder(key)
    ids = worker.cell(ASK).dataset.ids
    for start, stop in ((0, 50), (10, 35)):  # as if every process had begun before any other wrote
        alone = Partial(tmp_path / f"{start}.partial", key, ids, [], (start, stop))
        one = fresh(tmp_path / "other")
        one._filling._predict(one.cell(ASK), alone, [(start, stop)], 50)
        alone.flush()
        (part,) = alone.folder.iterdir()
        part.rename(folder / part.name)
    assert len(list(spans(folder))) > 4
    assert fresh(tmp_path / "store").get(ASK).ids.tolist() == [
        name for at, name in enumerate(ids) if at not in BROKEN
    ]  # each once
    (name,) = left(tmp_path / "store")
    assert (tmp_path / "store" / name).read_bytes() == whole(tmp_path)


def test_a_part_whose_images_are_others_is_put_aside(tmp_path):
    worker = fresh(tmp_path / "store")
    work_through(worker, units(worker), lambda unit, predicted: None)
    folder = worker.store.partial_folder(worker.cell(ASK).key)
    table, facts = checksummed_parquet.read(folder / part_name(10, 20))
    checksummed_parquet.write(folder / part_name(10, 20), [table.take([0, *range(len(table) - 1)])], facts)
    judging = fresh(tmp_path / "store")
    assert judging.get(ASK).ids[8] == "folder/00009.png"
    assert judging.log[0].predicted == 10
    assert "its images are not those of the dataset" in judging.remarks[0]


def test_too_many_unreadable_images_of_all_parts_together_are_an_error(tmp_path):
    def some(tolerance):
        return provider(tmp_path / "store", shelf("one"), noise(broken=BROKEN, tolerance=tolerance), batch_size=5)

    worker = some(0.05)  # of 50 images 2; no unit has more
    for unit in units(worker):
        work_through(worker if unit.start != 10 else some(0.5), [unit], lambda unit, predicted: None)
    with pytest.raises(InputError, match="4 of 50 images cannot be read"):
        some(0.05).get(ASK)


def test_a_unit_that_another_process_holds_is_left_for_last(tmp_path):
    worker, order = fresh(tmp_path), []
    todo = units(worker)
    place = tmp_path / ".locks" / f"{todo[1].key[:SHORT]}-{todo[1].start:09d}.lock"

    def told(unit, predicted):
        order.append(unit.start)
        if unit.start == 40:
            lock.__exit__(None, None, None)

    lock = held(place)
    lock.__enter__()
    work_through(worker, todo, told)
    assert order == [0, 20, 30, 40, 10]


def test_a_unit_that_comes_after_all_is_put_together_leaves_nothing_behind(tmp_path):
    late = fresh(tmp_path)
    cell = late.cell(ASK)

    def assembled(*_):
        fresh(tmp_path).get(ASK)
        return 0

    late._filling.part = assembled
    assert late.produce(cell, (0, 10), wait=True) == 0
    assert len(left(tmp_path)) == 1
    assert not late.store.partial_folder(cell.key).exists()
    assert late.produce(cell, (0, 10), wait=True) == 0


def test_a_plan_made_for_other_content_is_refused(tmp_path):
    unit = replace(units(fresh(tmp_path))[0], key="0" * 64)
    with pytest.raises(InputError, match="planned for other weights, images or another version"):
        work_through(fresh(tmp_path), [unit], lambda unit, predicted: None)


@pytest.mark.parametrize("batch", [None, 1, 7, 2048, 5000])
def test_units_are_whole_batches_and_cover_each_image_once(batch):
    found = cut(12_345, batch)
    assert [start for start, _ in found] == [0, *(stop for _, stop in found[:-1])]
    assert found[-1][1] == 12_345
    assert all(start % (batch or 256) == 0 for start, _ in found)


@pytest.mark.parametrize("count", [1, 2, 7, 64, 100])
def test_shards_share_all_units_out(count):
    every = [Unit(ASK, "k", at, at + 1) for at in range(64)]
    shards = [Shard(number, count).of(every) for number in range(1, count + 1)]
    assert [unit for own, _ in shards for unit in own] == every
    assert all(sorted(own + rest, key=lambda unit: unit.start) == every for own, rest in shards)


@pytest.mark.parametrize("text", ["0/7", "8/7", "1", "a/b", "1/0", "-1/2", ""])
def test_a_shard_that_is_none_is_one_sentence(text):
    with pytest.raises(InputError, match="is no K/N with K from 1 to N"):
        Shard.parse(text)


@pytest.mark.parametrize(
    ("dealt", "expected"),
    [([], [(2, 9)]), ([(0, 20)], []), ([(5, 6), (3, 6)], [(2, 3), (6, 9)]), ([(7, 30), (0, 2)], [(2, 7)])],
)
def test_gaps(dealt, expected):
    assert gaps(dealt, (2, 9)) == expected


def test_a_plan_is_read_as_it_was_written(tmp_path, monkeypatch):
    monkeypatch.setattr(cutting, "IMAGES", 20)
    models = shelf("one")
    models.identities["loose"] = identity("loose", stable=False)
    some = provider(tmp_path / "store", models, damaged_noise(), batch_size=5)
    work_through(some, units(some)[2:4], lambda unit, predicted: None)
    job = Job(suite="mini", store=str(tmp_path / "store"), batch_size=5, models=("a", "b"))
    plan = plan_units(job, some, [ASK, ASK, Request("loose", "noise")])
    write_plan(tmp_path / "plan.json", plan)
    assert read_plan(tmp_path / "plan.json") == plan
    written = json.loads((tmp_path / "plan.json").read_text())
    one, loose = written["cells"]
    assert [(unit["start"], unit["stop"], unit["done"]) for unit in one["units"]] == [
        (0, 20, False),
        (20, 40, True),
        (40, 50, False),
    ]
    assert (one["images"], one["done"], one["status"]) == (50, 20, "partial")
    assert loose["units"] == []
    assert "nothing vouches" in loose["why"]


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"version": 2}', '{"version": 1, "job": {}, "cells": []}'])
def test_a_file_that_is_no_plan_is_one_sentence(tmp_path, text, capsys):
    (tmp_path / "plan.json").write_text(text)
    assert main(["--units", str(tmp_path / "plan.json")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "is no plan that pytest --plan=FILE.json wrote" in line


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("cells", 0, "units", 0, "start"), 7, "images 7 to 20 are no unit of 50 images"),
        (("cells", 0, "units", 0, "start"), -20, "images -20 to 20 are no unit of 50 images"),
        (("cells", 0, "units", 2, "stop"), 60, "images 40 to 60 are no unit of 50 images"),
        (("cells", 0, "units", 0, "stop"), "20", "units.0.stop: input should be a valid integer (found '20')"),
        (("cells", 0, "view"), [], "view: input should be a valid string (found [])"),
        (("cells", 0, "status"), "done", "status: input should be 'stored', 'partial' or 'missing' (found 'done')"),
        (("job", "batch_size"), -5, "batch_size: input should be greater than 0 (found -5)"),
        (("job", "max_images"), "many", "max_images: input should be a valid integer (found 'many')"),
        (("job", "store"), "", "store: string should have at least 1 character (found '')"),
        (("job", "models"), "one", "models: input should be a valid array (found 'one')"),
        (("job", "allow_partial"), "no", "allow_partial: input should be a valid boolean (found 'no')"),
    ],
)
def test_a_plan_that_was_edited_is_one_sentence(tmp_path, monkeypatch, capsys, place, value, said):  # noqa: PLR0917
    monkeypatch.setattr(cutting, "IMAGES", 20)
    some = provider(tmp_path / "store", shelf("one"), damaged_noise(), batch_size=5)
    write_plan(tmp_path / "plan.json", plan_units(Job(suite="mini", store="x", batch_size=5), some, [ASK]))
    written = part = json.loads((tmp_path / "plan.json").read_text())
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    (tmp_path / "plan.json").write_text(json.dumps(written))
    assert main(["--units", str(tmp_path / "plan.json")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "is no plan that pytest --plan=FILE.json wrote (" in line
    assert line.endswith(f"{said})")


def test_a_unit_of_more_images_than_there_are_is_not_predicted(tmp_path):
    some = fresh(tmp_path / "store")
    with pytest.raises(InputError, match="make the plan again"):
        work_through(some, [Unit(ASK, some.cell(ASK).key, 40, 60)], lambda unit, predicted: None)
    assert left(tmp_path) == set()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--suite", "mini"], "--store: which?"),
        (["--units", "{plan}", "--store", ""], "--store : is empty"),
        (["--units", "{plan}", "--data-root", " "], "--data-root  : is empty"),
        (["--units", "{plan}", "--checkpoint-dir", ""], "--checkpoint-dir : is empty"),
        (["--units", "{plan}", "--shard", "1/" + "9" * 5000], "is no K/N"),
        (["--units", "no.json"], "there is no such file"),
        (["--units", "{plan}", "--shard", "3/2"], "is no K/N"),
        (["--units", "{plan}", "--precision", "bf16"], "belongs to the plan"),
        (["--units", "{plan}", "--store", "s3:/bucket/x"], "is no address of a store"),
        (["--units", "{plan}", "--store", "ftp://bucket/x"], "is no address of a store"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path, words, said, capsys):
    job = Job(suite="mini", store=str(tmp_path / "store"))
    write_plan(tmp_path / "plan.json", plan_units(job, fresh(tmp_path / "store"), []))
    assert main([word.format(plan=tmp_path / "plan.json") for word in words]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert not list(Path.cwd().glob("s3:*"))


def test_showing_says_units_images_speed_and_time_left(capsys):
    times = iter([0.0, *[100.0] * 5])
    shown = Showing([Unit(ASK, "k", at, at + 100) for at in range(0, 400, 100)], now=lambda: next(times))
    shown.told(Unit(ASK, "k", 0, 100), 100)
    assert capsys.readouterr().err == "1/4 units, 100/400 images, 1 images/s, 5:00 left\n"
    assert shown.summary == "1 of 4 units done; predicted 100 images in 100.0 s (1 images/s)"


def test_shards_of_a_real_suite_and_one_run_that_judges_without_a_network(tmp_path):
    """As a Slurm array does it: a plan, a shard in a process of its own, and a run that finds everything."""
    plan, store = tmp_path / "plan.json", tmp_path / "store"
    chosen = ["-q", "-k", "test_ece and val", "--model", "vit-clip", f"--store={store}", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *chosen]
    alone = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}  # which may ask for -n
    planned = subprocess.run(
        [*command, f"--plan={plan}"], cwd=ROOT, capture_output=True, text=True, check=False, env=alone
    )
    assert planned.returncode == 0, planned.stdout + planned.stderr
    (cell,) = json.loads(plan.read_text())["cells"]
    assert (cell["images"], cell["status"], len(cell["units"])) == (1024, "missing", 1)
    worker = [sys.executable, "-m", "fixtures.predictions.produce", f"--units={plan}", "--shard=1/1"]
    produced = subprocess.run(worker, cwd=ROOT, capture_output=True, text=True, check=False)
    assert produced.returncode == 0, produced.stderr
    assert produced.stdout.startswith("1 of 1 unit done; predicted 1,024 images")
    judged = subprocess.run(
        [sys.executable, "-X", "importtime", *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=alone,
    )
    assert judged.returncode == 0, judged.stdout
    assert "predicted" not in judged.stdout.replace("predictions", "")
    assert not re.search(r"\|\s+torch$", judged.stderr, re.MULTILINE)
    assert not list(store.glob("*.partial"))

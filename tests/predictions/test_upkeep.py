"""The store is looked after: what is kept and for whom is told, and pruning takes what may go and nothing else."""

import json
import os
import time

import pyarrow as pa
import pytest

from fixtures.core.locks import held
from fixtures.predictions import checksummed_parquet
from fixtures.predictions.key import SHORT
from fixtures.predictions.store import Store
from fixtures.predictions.upkeep import command, needs
from fixtures.predictions.upkeep.contents import contents
from fixtures.predictions.upkeep.needs import Needs
from fixtures.predictions.upkeep.pruning import DAY, Limits, may_go, remove

NOW = time.time()


def key_of(number: int) -> str:
    return f"{number:012d}" + "0" * 52


def write(root, number: int, *, days: float = 0, weights: str = "old", dataset: str = "val", rows: int = 1, **facts):
    """A file of predictions that was last used so many ``days`` ago."""
    key = key_of(number)
    path = root / f"vit__{dataset}__identity__{key[:SHORT]}.parquet"
    said = {"key": key, "model": "vit", "fingerprint": weights, "dataset": dataset, "dataset_digest": f"of {dataset}"}
    table = pa.table({"id": [f"{row:08d}" for row in range(rows)]})
    checksummed_parquet.write(path, [table], {**said, "unreadable": {}, **facts})
    os.utime(path, (NOW - days * DAY,) * 2)
    return path


def saved(folder, *, weights: str = "new", dataset: str = "val"):
    folder.mkdir(parents=True)
    facts = {"models": {"vit": {"fingerprint": weights}}, "datasets": {"val": {"name": dataset}}}
    (folder / "run.json").write_text(json.dumps(facts))
    return folder


def gone(root, **limits) -> set[int]:
    every = contents(root)
    protected = Needs()
    for run in needs.saved_runs(root):
        protected = protected | needs.of_run(run)
    going = may_go(every, Limits(**limits), protected.with_features(every), NOW)
    return {int(one.short) for one in going if one.short}


def test_what_nobody_used_for_long_may_go(tmp_path):
    write(tmp_path, 1, days=31)
    write(tmp_path, 2, days=29)
    assert gone(tmp_path, older=30 * DAY) == {1}


def test_above_a_size_the_longest_unused_go_first(tmp_path):
    for number, days in enumerate([3, 1, 2]):
        write(tmp_path, number, days=days, rows=100)
    one = max(path.stat().st_size for path in tmp_path.glob("*.parquet"))
    assert gone(tmp_path, size=2 * one) == {0}
    assert gone(tmp_path, size=one) == {0, 2}
    assert gone(tmp_path, size=0) == {0, 1, 2}


def test_what_suites_ask_for_stays_with_the_fits_to_its_features_and_what_searches_asked(tmp_path):
    write(tmp_path, 1)
    write(tmp_path, 2, dataset="wide")
    write(tmp_path, 3, weights="", features=[key_of(1)])
    write(tmp_path, 4, weights="", features=[key_of(1), key_of(9)])
    write(tmp_path, 5)
    used = Needs(frozenset({key_of(1)}), frozenset({("old", "of wide")}))
    assert gone(tmp_path, used=used) == {4, 5}


def test_what_a_saved_run_needs_never_goes_until_the_run_is_gone(tmp_path):
    store, run = tmp_path / "store", saved(tmp_path / "run")
    store.mkdir()
    write(store, 1, days=900, weights="new")
    write(store, 2, days=900, weights="new", dataset="other")
    write(store, 3, weights="", days=900, features=[key_of(1)])
    needs.remember_run(store, run)
    assert gone(store, older=DAY, size=0, used=Needs()) == {2}
    (run / "run.json").unlink()
    assert gone(store, older=DAY) == {1, 2, 3}


def test_a_saved_run_that_cannot_be_read_stops_the_pruning(tmp_path, capsys):
    store, run = tmp_path / "store", saved(tmp_path / "run")
    store.mkdir()
    path = write(store, 1, days=900)
    needs.remember_run(store, run)
    (run / "run.json").write_text("{")
    assert command.main(["--store", str(store), "--older", "1", "--prune"]) == 2
    assert path.exists()
    assert f"{run}: the saved run cannot be read" in capsys.readouterr().err


def test_what_another_process_holds_stays(tmp_path):
    write(tmp_path, 1)
    write(tmp_path, 2)
    with held(tmp_path / ".locks" / f"{key_of(1)[:SHORT]}.lock"):
        removed, busy = remove(tmp_path, contents(tmp_path))
    assert [int(one.short) for one in removed] == [2]
    assert [int(one.short) for one in busy] == [1]


def test_a_run_that_meant_to_read_what_was_pruned_makes_it_again(tmp_path):
    path = write(tmp_path, 1)
    store = Store(tmp_path)
    assert store.find(key_of(1)) == path
    remove(tmp_path, contents(tmp_path))
    assert store.read(key_of(1), ["00000000"]) is None
    assert store.warnings == []


def test_reading_a_file_counts_as_use(tmp_path):
    path = write(tmp_path, 1, days=400)
    assert Store(tmp_path).read(key_of(1), ["00000000"]) is not None
    assert gone(tmp_path, older=DAY) == set()
    assert path.stat().st_mtime >= NOW


def test_parts_of_stopped_runs_and_damaged_files_are_told_and_go_by_age(tmp_path, capsys):
    parts = tmp_path / f"{key_of(7)[:SHORT]}.partial"
    parts.mkdir()
    (parts / "part-0.parquet").write_bytes(b"x" * 10)
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "old.parquet").write_bytes(b"x")
    for path in [*parts.iterdir(), parts, tmp_path / "damaged" / "old.parquet"]:
        os.utime(path, (NOW - 100 * DAY,) * 2)
    assert command.main(["--store", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "2 files" in told
    assert "(unfinished)" in told
    assert "(put aside)" in told
    assert command.main(["--store", str(tmp_path), "--older", "99", "--prune"]) == 0
    assert "removed: 2 files" in capsys.readouterr().out
    assert not parts.exists()


def test_for_whom_how_large_and_how_old(tmp_path, capsys):
    write(tmp_path, 1, days=3, rows=10)
    write(tmp_path, 2, days=3, weights="newer")
    (tmp_path / "broken__0.parquet").write_bytes(b"no parquet")
    assert command.main(["--store", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines[2:]] == [
        ["(unreadable)", "1", "10"],
        ["vit", "newer", "1"],
        ["vit", "old", "1"],
    ]
    assert "(3 days ago)" in lines[-1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--size", "many"], "'many' is no size"),
        (["--older", "-1"], ""),
        (["--store", "nowhere"], "there is no such folder"),
        (["--unused-by", "nowhere.json"], "is no list that --plan-needs wrote"),
    ],
)
def test_a_mistake_is_a_sentence(tmp_path, capsys, arguments, sentence):
    try:
        code = command.main(["--store", str(tmp_path), *arguments])
    except SystemExit as error:
        code = error.code
    assert code == 2
    assert sentence in capsys.readouterr().err


def test_what_pytest_lists_is_what_the_store_has(house):
    suite, store = house.suite(), house.path / "store"
    common = ("-k", "test_ece", f"--suite={suite}", f"--store={store}")
    assert house.pytest(*common, f"--save-run={house.path / 'run'}").code in {0, 1}
    assert needs.saved_runs(store) == [house.path / "run"]
    house.suite(accuracy=0.5)
    house.pytest(*common)
    assert house.pytest(*common, "--plan", "--plan-needs=needs.json").code == 0
    used = needs.read(house.path / "needs.json")
    every = contents(store)
    assert len(every) == 2
    assert len([one for one in every if used.covers(one)]) == 1
    assert len([one for one in every if needs.of_run(house.path / "run").covers(one)]) == 1

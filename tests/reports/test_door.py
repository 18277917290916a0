"""A report is one file, here or in a module of the user's; whatever it does, no green page of a red run is left."""

import csv as tables
import shutil
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.plugin import options
from fixtures.plugin.option import options as declared
from fixtures.plugin.settings import Settings
from fixtures.reports import writers
from fixtures.reports.earlier import take_away
from fixtures.reports.report import Report
from fixtures.reports.writers import csv
from tests.conftest import ROOT
from tests.reports.checks import check
from tests.runs import toy

REPORTS = """
from fixtures.reports.destination import put
from fixtures.reports.report import Report

def breaks(destination, run):
    destination.write_text("half of it, and all green")
    raise KeyError("value")

def page(destination, run):
    destination.mkdir(exist_ok=True)
    put(destination / "index.html", f"exit code {run.results.exit_code}; {len(run.checks)} numbers, "
        f"{len(run.figures)} figures, {run.coverage['val']}")

FOLDER = Report(write=page, takes="folder", figures=True)
NUMBER = 3
"""
FIGURE = "    gate.check('whole', Measurement(predictions.confidence.max(), len(predictions)), figure)\n"
DRAWN = (
    toy.ROOM.replace('    gate.check("whole", Measurement(predictions.confidence.max(), len(predictions)))\n', FIGURE)
    + "\ndef figure():\n    from matplotlib.figure import Figure\n    return Figure()\n"
)


@pytest.fixture(scope="module")
def rigged(tmp_path_factory, make_house):
    house = make_house(tmp_path_factory.mktemp("door"))
    suite = toy.furnish(house, room=DRAWN)
    (house.path / "ours.py").write_text(REPORTS)
    shutil.copy(ROOT / "examples" / "report" / "owners.py", house.path)
    return house, suite


def test_the_examples_from_outside_are_written_beside_one_of_ours(rigged):
    house, suite = rigged
    ran = toy.ran(
        house, suite, "--report=owners:OWNED=ask.txt", "--report", "ours:FOLDER=site", "--csv=t.csv", "--summary=s.md"
    )
    assert ran.code == 0, ran.output
    assert "0 behaviours to ask about: ask.txt" in ran.output
    assert (house.path / "ask.txt").read_text() == "nothing failed\n"
    page = (house.path / "site" / "index.html").read_text()
    assert page == "exit code 0; 3 numbers, 1 figures, 200 of 200"
    (row,) = tables.DictReader((house.path / "t.csv").open())
    assert (row["model"], row["dataset"], row["toy.right"], row["toy.right_images"]) == ("one", "val", "0.9", "200")
    assert "table: t.csv" in (house.path / "s.md").read_text()
    assert "whom to ask: ask.txt" in (house.path / "s.md").read_text()


def test_one_that_breaks_is_a_sentence_and_no_report_says_that_the_run_passed(rigged):
    house, suite = rigged
    (house.path / "page.txt").write_text("an earlier run: all green")
    ran = toy.ran(house, suite, "--report=ours:FOLDER=site", "--report=ours:breaks=page.txt", "--summary=s.md")
    assert ran.code == 1
    assert "--report ours:breaks: the report cannot be written (KeyError: 'value')" in ran.output
    assert "Traceback" not in ran.output
    assert not (house.path / "page.txt").exists()
    assert (house.path / "site" / "index.html").read_text().startswith("exit code 1")
    assert not (house.path / "s.md").read_text().startswith("## ✅")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nosuch:write=x", "--report nosuch:write: the module nosuch cannot be imported (ModuleNotFoundError"),
        ("ours:nosuch=x", "--report ours:nosuch: the module ours has no 'nosuch'"),
        ("ours:NUMBER=x", "--report ours:NUMBER: is a int, neither a function write(destination, run) nor a Report"),
        ("ours:FOLDER", "--report ours:FOLDER: where to? Write --report=ours:FOLDER=DIR"),
        ("nosuch", "--report nosuch: there is no report of that name; write package.module:writer, or one of results"),
    ],
)
def test_what_is_no_report_is_one_sentence(rigged, text, sentence):
    house, _ = rigged
    with pytest.raises(InputError) as told:
        writers.outside(text, house.path)
    assert str(told.value).startswith(sentence)


def test_a_destination_that_will_not_do_is_refused_and_the_earlier_page_is_gone(rigged):
    house, suite = rigged
    (house.path / "file").write_text("precious")
    (house.path / "old").mkdir(exist_ok=True)
    (house.path / "old" / "index.html").write_text("an earlier run: all green")
    ran = toy.ran(house, suite, "--report=owners:OWNED=ask.csv", "--report=ours:FOLDER=old")
    assert ran.code == 4
    assert "owners: ask.csv is no .txt file" in ran.output
    assert list((house.path / "old").iterdir()) == []


def test_an_entry_point_names_a_report(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    offered = EntryPoint("table", "fixtures.reports.writers.csv:REPORT", writers.GROUP)
    monkeypatch.setattr(writers, "entry_points", lambda group: [offered])
    assert writers.outside("table=x", tmp_path) == (csv.REPORT, "x")
    assert writers.outside("csv=x", tmp_path) == (csv.REPORT, "x"), "one of ours is known by its file's name"


def test_only_the_page_that_opens_a_folder_is_taken_away(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    for name in ("index.html", "index.py", "photo.png"):
        (tmp_path / name).write_text("an earlier run")
    take_away([f"--report=module:writer={tmp_path}"], [tmp_path])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.py", "photo.png"]


def test_rows_are_models_and_the_best_comes_first():
    checks = [
        check(behavior="robustness", metric="accuracy", model=model, dataset="val", value=value)
        for model, value in (("worse", 0.5), ("better", 0.75))
    ]
    heading, first, second = csv.text(checks, ["worse", "better"]).splitlines()
    assert heading.startswith("model,dataset,view,robustness.accuracy,")
    assert first.startswith("better,val,identity,0.75")
    assert second.startswith("worse,val,identity,0.5")


def test_every_file_is_a_report_and_every_option_stands_once():
    names = [report.option for report in writers.found().values() if report.option]
    names += [one.name for _, one in declared(Settings)]
    assert len(names) == len(set(names))
    assert all(isinstance(report, Report) for report in writers.found().values())
    listed = {path.stem for path in Path(writers.__path__[0]).glob("*.py")} - {"__init__"}
    assert listed == set(writers.found())


def test_the_page_of_options_is_as_they_are():
    """``python -m fixtures.plugin.options > docs/options.md`` writes it anew."""
    assert (ROOT / "docs" / "options.md").read_text() == options.page()

"""A team's own behaviours: a suite names folders of rooms, which lie anywhere and are run like the built-in ones."""

import json
import sys

import pytest

from fixtures.core import rooms
from fixtures.core.errors import InputError
from tests.conftest import ROOT

METRICS = """from behaviors.contract.measurement import Metric
METRICS = {"mistakes": Metric("Share of mistakes", "fraction", "lower", lowest=0.0, highest=1.0)}
"""
TEST = """import pytest
from behaviors.contract import per_image
from behaviors.contract.measurement import Measurement
from behaviors.statistics.intervals import jeffreys
from team_rooms.edges.metrics import share

@pytest.mark.predictions("val")
def test_mistakes(predictions, gate):
    \"\"\"Few answers are wrong.\"\"\"
    wrong = ~predictions.correct
    interval = jeffreys(int(wrong.sum()), wrong.size, alpha=gate.alpha)
    gate.check("mistakes", Measurement(share(wrong), wrong.size, interval,
                                       per_image=per_image.proportion(predictions.ids, wrong)))
"""


class Team:
    """A suite in a folder of its own, far from the checkout, with a folder of rooms beside it."""

    def __init__(self, house):
        self.house = house
        self.folder = house.path.parent / "team"
        self.folder.mkdir()
        self.files = {
            "__init__.py": "",
            "edges/__init__.py": f'"""Edges: how many are wrong?"""\n\n{METRICS}',
            "edges/metrics.py": "def share(wrong):\n    return float(wrong.mean())\n",
            "edges/test_edges.py": TEST,
        }

    def suite(self, behaviors="[team_rooms]", **recorded):
        """Write all of it; returns the suite's path."""
        for name, text in self.files.items():
            path = self.folder / "team_rooms" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.house.suite(**recorded)
        for file in self.house.path.glob("small*"):
            file.replace(self.folder / file.name)
        suite = self.folder / "small.yaml"
        suite.write_text(suite.read_text() + f"behaviors: {behaviors}\n")
        return f"--suite={suite}"


@pytest.fixture
def team(house):
    return Team(house)


def test_a_room_from_outside_is_judged_reported_and_suggested_like_others(team):
    """With two workers; nothing that lies beside the rooms is executed, as in any folder that merely holds data."""
    for place in (team.folder, team.folder / "team_rooms", team.folder / "team_rooms/edges"):
        place.mkdir(exist_ok=True)
        (place / "conftest.py").write_text("raise SystemExit('executed')\n")
    team.house.thresholds("small: {edges: {mistakes: {max: 0.02, because: a test}}}\n")
    law = team.folder / "suggested.yaml"
    told = team.house.path / "results.json"
    reports = (f"--results={told}", f"--suggest-thresholds={law}", f"--junitxml={team.house.path / 'junit.xml'}")
    ran = team.house.pytest(team.suite(), "-m", "edges", "-n", "2", *reports)
    assert ran.code == 1, ran.output
    assert "edges.mistakes: one measured 0.100 on val (200 images); thresholds.yaml:1 allows at most" in ran.output
    (found,) = json.loads(told.read_text())["checks"]
    assert found["nodeid"] == "team_rooms/edges/test_edges.py::test_mistakes[one-val]"
    assert "team_rooms.edges.test_edges" in (team.house.path / "junit.xml").read_text()
    assert "edges:" in law.read_text() or "1 left alone" in ran.output


def test_selected_planned_listed_and_compared(team):
    suite = team.suite()
    listed = team.house.pytest(suite, "-k", "edges", "--collect-only", "-q")
    assert "team_rooms/edges/test_edges.py::test_mistakes[one-val]" in listed.output
    assert "edges (-m edges)" in team.house.pytest(suite, "--behaviors-help").output
    assert "val" in team.house.pytest(suite, "-m", "edges", "--plan").output
    run = team.house.path / "run"
    team.house.thresholds("small: {calibration: {ece: {max: 0.5, because: a test}}}\n")
    first = team.house.pytest(suite, "-k", "test_ece or edges", f"--save-run={run}")
    assert "no rule judges edges (1 measurement); --suggest-thresholds writes rules" in first.output
    worse = team.suite(accuracy=0.6)
    second = team.house.pytest(worse, "-m", "edges", f"--baseline={run}")
    assert second.code == 1
    assert "REGRESSION  edges.mistakes: one on val" in second.output


@pytest.fixture
def forgetting(tmp_path):
    """What a run of this process has brought and imported is no longer there afterwards."""
    yield
    rooms.bring([], tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "team_rooms"]:
        del sys.modules[name]


CALIBRATION = {"calibration/__init__.py": METRICS, "calibration/test_a.py": TEST}
SKIP = {"skip/__init__.py": METRICS, "skip/test_a.py": TEST}


@pytest.mark.usefixtures("forgetting")
@pytest.mark.parametrize(
    ("behaviors", "files", "sentence"),
    [
        (["nowhere"], {}, "there is no folder {folder}/nowhere, and no package 'nowhere' to import"),
        (["no/where"], {}, "there is no folder {folder}/no/where"),
        (["json.tool"], {}, "json.tool is no package with an __init__.py; rooms are folders in one"),
        (["team_rooms", "team_rooms"], {}, "the room 'edges' is there already, in {folder}/team_rooms/edges; rename"),
        (["team_rooms/edges"], {}, "{folder}/team_rooms/edges is a room itself (it has METRICS); name the folder"),
        (["team_rooms"], {"__init__.py": None}, "{folder}/team_rooms has no __init__.py (an empty one will do)"),
        (["team_rooms"], {"__init__.py": "import nothing"}, "cannot be imported (ModuleNotFoundError: No module named"),
        (["team_rooms"], {"edges/__init__.py": "1 / 0"}, "__init__.py cannot be imported (ZeroDivisionError: division"),
        (["team_rooms"], {"edges/__init__.py": "METRICS ="}, "edges/__init__.py cannot be imported (SyntaxError"),
        (["team_rooms"], {"edges/__init__.py": "exit()"}, "cannot be imported (it calls sys.exit(None)"),
        (["team_rooms"], {"edges/__init__.py": ""}, "test_edges.py is in no room: edges/__init__.py must hold METRICS"),
        (["team_rooms"], {"edges/test_edges.py": None}, "has no test_*.py, so nothing would be measured"),
        (["team_rooms"], dict.fromkeys(("edges/__init__.py", "edges/test_edges.py")), "holds no rooms: a room is"),
        (["team_rooms"], CALIBRATION, "the room 'calibration' is there already, in {checkout}/behaviors/calibration"),
        (["team_rooms"], SKIP, "a room cannot be called 'skip', which means something else in rules and marks"),
    ],
)
def test_what_cannot_be_brought_is_one_sentence(team, behaviors, files, sentence):
    team.files |= files
    team.files = {name: text for name, text in team.files.items() if text is not None}
    team.suite()
    with pytest.raises(InputError) as caught:
        rooms.bring([("small.yaml:5: behaviors", name) for name in behaviors], team.folder)
    told = str(caught.value)
    assert told.startswith("small.yaml:5: behaviors: ")
    assert sentence.format(folder=team.folder, checkout=ROOT) in told
    assert "\n" not in told


def test_a_folder_that_hides_a_module_is_refused(tmp_path):
    (tmp_path / "json").mkdir()
    (tmp_path / "json/__init__.py").write_text("")
    with pytest.raises(InputError, match=r"a module called 'json' is there already .*; call the folder otherwise"):
        rooms.bring([("small.yaml:5: behaviors", "json")], tmp_path)


def test_a_folder_that_is_missing_ends_the_run(team):
    ran = team.house.pytest(team.suite("[nowhere]"))
    assert ran.code == 4
    assert f"small.yaml:5: behaviors: there is no folder {team.folder}/nowhere, and no package" in ran.output


def test_a_test_file_that_raises_is_one_sentence(team):
    team.files["edges/test_edges.py"] = "import json\n\nundefined\n"
    ran = team.house.pytest(team.suite())
    assert ran.code == 2
    where = team.folder / "team_rooms/edges/test_edges.py"
    assert f"{where}:3 cannot be imported (NameError: name 'undefined' is not defined)" in ran.output
    assert "Traceback" not in ran.output


def test_a_package_that_python_finds_is_brought_by_its_name(team):
    suite = team.suite("[team_rooms]")
    (team.folder / "team_rooms").rename(team.house.path / "team_rooms")  # where python -m pytest looks for modules
    ran = team.house.pytest(suite, "-m", "edges")
    assert ran.code == 0, ran.output
    assert "edges" in ran.output


def test_the_example_runs(house):
    rooms_of_example = [
        path.relative_to(ROOT / "examples").as_posix() for path in ROOT.glob("examples/our_rooms/**/*.py")
    ]
    files = ("own_data.py", "own_behaviors.yaml", "own_thresholds.yaml", *rooms_of_example)
    for name in files:
        (house.path / name).parent.mkdir(parents=True, exist_ok=True)
        (house.path / name).write_text((ROOT / "examples" / name).read_text())
    ran = house.pytest("-m", "overclaims", "--suite=own_behaviors.yaml")
    assert ran.code == 0, ran.output
    assert "2 measurements: 2 pass" in ran.output

"""What Allure is told, read from the files of small sessions that call the reports as the plugin does."""

import base64
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from fixtures.reports import allure_report
from fixtures.reports.allure_categories import CATEGORIES
from tests.reports.test_allure_categories import fits

ROOT = Path(__file__).resolve().parents[2]
ROOM = '''"""Toy: is it a toy?

Source  arXiv:2311.09215, "Toys"
"""
from behaviors.contract.measurement import Metric

METRICS = {
    "number": Metric("A number", "fraction", "lower", "arXiv:1706.04599, section 2"),
    "other": Metric("Another number", "fraction", "lower"),
    "weighed": Metric("A number", "fraction", "lower"),
    "allowed": Metric("A number", "fraction", "lower"),
}
'''
CONFTEST = """
from pathlib import Path

import pytest

import behaviors

behaviors.__path__.append(str(Path(__file__).parent / "behaviors"))

from fixtures.gates.gate import Gate
from fixtures.gates.metrics import known_metrics
from fixtures.gates.thresholds import load
from fixtures.predictions.request import Request
from fixtures.reports import allure_report, allure_run

MODELS, DATASETS = ("vit", "vit-clip"), ("val",)
GATE = pytest.StashKey()


def pytest_generate_tests(metafunc):
    metafunc.parametrize("predictions", [Request("vit-clip", "val")], ids=["vit-clip-val"], indirect=True)


@pytest.fixture
def predictions(request):
    if "unloadable" in request.node.name:
        raise OSError("no such checkpoint")
    return request.param


@pytest.fixture
def gate(request, predictions):
    path = Path(__file__).parent / "thresholds.yaml"
    law = load(path, suite_name="mini", models=MODELS, datasets=DATASETS, metrics=known_metrics())
    metrics = known_metrics()["toy"]
    gate = Gate(thresholds=law, behavior="toy", request=predictions, metrics=metrics, alpha=0.05, strict=False,
                nodeid=request.node.nodeid)
    request.node.stash[GATE] = gate
    return gate


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    allure_report.identify(item, "toy", item.callspec.params["predictions"])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    try:
        return (yield)
    finally:
        if GATE in item.stash and allure_report.wanted(item.config):
            allure_report.describe(item, item.stash[GATE], {"weights": "sha-1234"})


def pytest_configure(config):
    if allure_report.wanted(config):
        allure_report.listen(config)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        allure_run.finish(allure_run.folder(session.config), {"suite": "mini", "odd key: a=b": "c:\\\\weights"})


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(crashitem, report, sched):
    allure_report.crashed(sched.config, crashitem, report, MODELS, DATASETS)
"""
TESTS = '''
import os

import pytest

from behaviors.contract.measurement import Interval, Measurement
from fixtures.core.errors import InputError


def picture():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1))
    figure.subplots().plot([1, 2])
    return figure


def test_fail(gate):
    """The number is small.

    | a | table |
    """
    parts = ({"bin": 0, "gap": 0.5}, {"bin": 1, "gap": None})
    interval = Interval(0.1, 0.3, 0.05, "by hand")
    gate.check("number", Measurement(0.2, 2048, interval, parts), figure=picture)


def test_not_gated(gate):
    gate.check("other", Measurement(0.05, 2048))


def test_pass(gate):
    gate.check("number", Measurement(0.05, 2048), figure=lambda: 1 / 0)


def test_no_number(gate):
    gate.check("number", Measurement(float("nan"), 10))


def test_does_not_apply(gate):
    gate.does_not_apply("other", "nothing to count")


def test_unloadable(gate):
    pass


@pytest.mark.skip(reason="no dataset in this role")
def test_skipped(gate):
    pass


def test_open(gate):
    gate.check("weighed", Measurement(0.05, 2048, Interval(0.01, 0.3, 0.05, "by hand")))


def test_allowed(gate):
    gate.check("allowed", Measurement(0.05, 2048, Interval(0.01, 0.3, 0.05, "by hand")))


@pytest.mark.parametrize("factor", ["pose", "style"])
def test_factor(gate, factor):
    gate.check("other", Measurement(0.05, 2048))


def test_crash(gate):
    if hasattr(gate, "alpha") and os.environ.get("PYTEST_XDIST_WORKER"):
        os._exit(9)
    pytest.skip("only workers crash")
'''


class Results:
    """The files of one session, by the name of the test function."""

    def __init__(self, folder: Path, code: int, output: str):
        self.folder, self.code, self.output = folder, code, output
        read = [json.loads(path.read_text()) for path in folder.glob("*-result.json")]
        self.names = Counter(self._name(result) for result in read)
        self.by_name = {self._name(result): result for result in read}

    @staticmethod
    def _name(result):
        return result["fullName"].partition("#test_")[2]

    def labels(self, name):
        return {label["name"]: label["value"] for label in self.by_name[name]["labels"]}

    def parameters(self, name, *, excluded):
        found = self.by_name[name].get("parameters", [])
        return {entry["name"]: entry["value"] for entry in found if bool(entry.get("excluded")) == excluded}


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    here = tmp_path_factory.mktemp("toy")
    room = here / "behaviors" / "toy"
    room.mkdir(parents=True)
    (room / "__init__.py").write_text(ROOM)
    (room / "test_toy.py").write_text(TESTS)
    (here / "conftest.py").write_text(CONFTEST)
    (here / "thresholds.yaml").write_text(
        "mini: {policy: point, toy: {number: {max: 0.1, because: test, reference: 0.07}, "
        "weighed: {max: 0.1, policy: three_way, because: test}, "
        "allowed: {max: 0.1, policy: three_way, on_inconclusive: allow, because: test}}}\n"
    )
    return here


def run(toy: Path, out: str, *arguments: str) -> Results:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    for name in [name for name in env if name == "PYTEST_ADDOPTS" or name.startswith("PYTEST_XDIST")]:
        del env[name]  # of the session that this test runs in
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", ".", "-p", "no:cacheprovider"]
    command += ["--import-mode=importlib", "behaviors", "--alluredir", out, *arguments]
    done = subprocess.run(command, cwd=toy, env=env, capture_output=True, text=True, timeout=120, check=False)
    return Results(toy / out, done.returncode, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def alone(toy):
    return run(toy, "alone")


@pytest.fixture(scope="module")
def workers(toy):
    return run(toy, "workers", "-n", "1", "--max-worker-restart", "0", "-k", "fail or crash")


def test_statuses_say_whose_fault_it_is(alone):
    assert {name: result["status"] for name, result in alone.by_name.items()} == {
        "fail": "failed",
        "pass": "passed",
        "not_gated": "unknown",
        "no_number": "broken",
        "does_not_apply": "skipped",
        "unloadable": "broken",
        "skipped": "skipped",
        "crash": "skipped",
        "open": "unknown",
        "allowed": "passed",
        "factor": "unknown",
    }, alone.output


@pytest.mark.parametrize("name", ["fail", "pass", "no_number", "does_not_apply", "unloadable", "skipped"])
def test_every_test_has_its_place_whatever_became_of_it(alone, name):
    expected = {
        "feature": "Toy",
        "parentSuite": "vit-clip",
        "suite": "Toy",
        "subSuite": "val",
        "model": "vit-clip",
        "dataset": "val",
        "ALLURE_ID": f"toy.test_{name}",
    }
    assert expected.items() <= alone.labels(name).items()
    assert alone.parameters(name, excluded=False) == {"model": "vit-clip", "dataset": "val"}


@pytest.mark.parametrize(
    ("name", "story"), [("fail", "A number"), ("no_number", "A number"), ("does_not_apply", "Another number")]
)
def test_a_test_that_ran_tells_its_story(alone, name, story):
    assert alone.labels(name)["story"] == story
    assert alone.by_name[name]["name"] == f"{story}: vit-clip on val"


def test_what_is_left_open_is_neither_passed_nor_failed_and_says_why(alone):
    message = alone.by_name["open"]["statusDetails"]["message"]
    assert message.startswith("toy.weighed: vit-clip measured 0.050 on val")
    assert ": inconclusive\n" in message
    assert "no rule judges it" in alone.by_name["not_gated"]["statusDetails"]["message"]
    hidden = [entry for result in alone.by_name.values() for entry in result.get("parameters", [])]
    assert not [entry for entry in hidden if entry["name"].startswith("behaviors.open")]


def test_numbers_of_one_function_have_a_history_each(alone):
    assert alone.names["factor"] == 2
    found = [json.loads(path.read_text()) for path in alone.folder.glob("*-result.json")]
    factors = [result for result in found if result["fullName"].endswith("#test_factor")]
    told = [{p["name"]: p["value"] for p in one["parameters"] if not p.get("excluded")} for one in factors]
    assert sorted(one.pop("factor") for one in told) == ["pose", "style"]
    assert told == [{"model": "vit-clip", "dataset": "val"}] * 2
    assert len({one["historyId"] for one in factors}) == 2


def test_every_result_has_its_category(alone, workers):
    found = {}
    for results in (alone, workers):
        for name, result in results.by_name.items():
            message = result.get("statusDetails", {}).get("message", "")
            fitting = [kind["name"] for kind in CATEGORIES if fits(kind, result["status"], message)]
            found[name] = fitting
    assert found == {
        "fail": ["Threshold broken"],
        "pass": [],
        "allowed": [],
        "open": ["Inconclusive: too few images"],
        "not_gated": ["Not gated"],
        "factor": ["Not gated"],
        "no_number": ["Error: could not be measured or compared"],
        "unloadable": ["Error: could not be measured or compared"],
        "crash": ["Error: could not be measured or compared"],
        "does_not_apply": ["Not applicable"],
        "skipped": ["Not applicable"],
    }


def test_green_is_not_all_there_is_to_see_of_what_no_rule_judges(alone):
    assert alone.by_name["not_gated"]["name"] == "Another number: vit-clip on val (not gated)"
    assert (alone.labels("not_gated")["tag"], alone.labels("not_gated")["verdict"]) == ("not gated", "not gated")
    assert alone.parameters("not_gated", excluded=True)["rule"] == "none in thresholds.yaml"


def test_what_changes_between_checkpoints_is_shown_and_excluded(alone):
    shown = alone.parameters("fail", excluded=True)
    assert shown.pop("predictions") == "vit-clip on val"
    assert shown == {
        "weights": "sha-1234",
        "toy.number": "0.200 fraction",
        "interval": "0.100 to 0.300 (by hand)",
        "rule": "<= 0.100 (thresholds.yaml:1)",
        "reference": "0.07",
        "images": "2,048",
        "verdict": "fail",
    }


def test_the_figure_of_a_test_that_fails_is_what_its_page_shows_first(alone):
    shown = alone.by_name["fail"]["descriptionHtml"]
    assert shown.startswith('<img alt="')
    attached = next(one for one in alone.by_name["fail"]["attachments"] if one["type"] == "image/png")
    png = base64.b64encode((alone.folder / attached["source"]).read_bytes()).decode()
    assert f'src="data:image/png;base64,{png}"' in shown
    assert "<p>The number is small." in shown
    assert "measured 0.200" not in shown  # said above, in the message
    assert "descriptionHtml" not in alone.by_name["pass"]


def test_the_description_has_claim_verdict_and_source(alone):
    description = alone.by_name["fail"]["description"]
    measured = "toy.number: vit-clip measured 0.200 on val (2,048 images); thresholds.yaml:1 allows at most 0.100"
    assert description.startswith(f"The number is small.\n\n| a | table |\n\n{measured}\n\n- 90 % interval")
    assert "\n- because: test\n- reference: 0.07\n" in description
    assert description.endswith("A number: arXiv:1706.04599, section 2.")
    assert {link["name"]: link["url"] for link in alone.by_name["fail"]["links"]} == {
        'arXiv:2311.09215, "Toys"': "https://arxiv.org/abs/2311.09215",
        "arXiv:1706.04599": "https://arxiv.org/abs/1706.04599",
    }
    assert alone.by_name["fail"]["statusDetails"]["message"].startswith("Failed: toy.number: vit-clip measured 0.200")


def test_figure_table_and_record_are_attached(alone):
    attached = {entry["type"]: alone.folder / entry["source"] for entry in alone.by_name["fail"]["attachments"]}
    assert attached["image/png"].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert attached["text/csv"].read_text() == "bin,gap\n0,0.5\n1,\n"
    assert json.loads(attached["application/json"].read_text())["status"] == "fail"


def test_a_figure_that_cannot_be_drawn_changes_no_verdict(alone):
    assert alone.by_name["pass"]["status"] == "passed"
    assert "the figure of toy.number could not be drawn: ZeroDivisionError" in alone.output


def test_the_run_is_described(alone):
    assert (alone.folder / "environment.properties").read_text() == "suite=mini\nodd_key_a_b=c:\\\\weights\n"
    assert json.loads((alone.folder / "categories.json").read_text()) == CATEGORIES
    assert json.loads((alone.folder / "behaviors-perf.json").read_text()) == []


def test_a_crashed_worker_leaves_a_broken_result_under_the_tests_identity(alone, workers):
    assert workers.code == 1
    crashed = workers.by_name["crash"]
    assert crashed["status"] == "broken"
    assert "crashed while running" in crashed["statusDetails"]["message"]
    assert crashed["fullName"] == alone.by_name["crash"]["fullName"]
    for labels in (workers.labels("crash"), alone.labels("crash")):
        assert (labels["ALLURE_ID"], labels["feature"], labels["model"]) == ("toy.test_crash", "Toy", "vit-clip")
    assert workers.parameters("crash", excluded=False) == alone.parameters("crash", excluded=False)
    assert workers.by_name["fail"]["status"] == "failed"
    assert (workers.folder / "environment.properties").exists()


def test_without_alluredir_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = SimpleNamespace(option=SimpleNamespace(allure_report_dir=None))
    assert not allure_report.wanted(config)
    assert not allure_report.wanted(SimpleNamespace(option=SimpleNamespace()))
    allure_report.crashed(config, "behaviors/toy/test_toy.py::test_x[a-b]", SimpleNamespace(longrepr="x"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("vit-clip-val", [("model", "vit-clip"), ("dataset", "val")]),
        ("vit-val", [("model", "vit"), ("dataset", "val")]),
        ("vit-val-shift(3,0)", [("model", "vit"), ("dataset", "val"), ("view", "shift(3,0)")]),
        ("other-val", [("test", "other-val")]),
        ("", []),
    ],
)
def test_a_test_id_names_model_dataset_and_view(cell, found):
    from fixtures.reports.allure_run import _whom

    assert _whom(cell, ("vit", "vit-clip"), ("val",)) == found

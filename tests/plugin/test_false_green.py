"""Attempts at a green run in which nothing was measured, or a limit was broken: whatever pytest is told, none is.

What only lists (``--collect-only``, ``--plan``, ``--help``, ...) says that it measures nothing; it is no attempt.
"""

import shutil
from pathlib import Path

import pytest

from tests.conftest import House

SKIPPED, BROKEN = "test_ece and renditions", "test_ece and val"
"""Selects one test about a dataset that the suite lacks, and one that breaks its rule."""


@pytest.fixture(scope="module")
def home(tmp_path_factory, make_house) -> House:
    """A house whose one model is over-confident, with places around it to start from."""
    house = make_house(tmp_path_factory.mktemp("green"))
    house.suite(confidence=0.95, accuracy=0.7)
    house.thresholds("small: {calibration: {ece: {max: 0.1, because: test}}}")
    elsewhere = house.path.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "other.ini").write_text("[pytest]\n")
    (elsewhere / "quiet.ini").write_text("[pytest]\naddopts = --no-summary -q\nstrict_xfail = false\n")
    (elsewhere / "pytest.toml").write_text("[pytest]\naddopts = ['-q']\n")
    (house.path.parent / "link").symlink_to(house.path)
    return house


WAYS = [
    *("", "-q -q", "-x", "--maxfail=1", "--maxfail=0", "--runxfail", "--no-summary --no-header", "-rN", "--tb=no"),
    *("--rootdir={around}/elsewhere", "--rootdir=/", "--rootdir=behaviors", "-c {around}/elsewhere/other.ini"),
    *(
        "-c {around}/elsewhere/quiet.ini",
        "-c {around}/elsewhere/pytest.toml",
        "-c /dev/null",
        "--rootdir={around}/link",
    ),
    *("--confcutdir=/", "--confcutdir=behaviors", "--confcutdir=behaviors/calibration", "--noconftest"),
    *("--import-mode=prepend", "--import-mode=append", "--pyargs", "--keep-duplicates", "--doctest-modules"),
    *(
        "-o addopts=",
        "-o addopts=-q",
        "-o strict_xfail=false",
        "-o python_functions=no_such",
        "-o python_files=no_such",
    ),
    *("-o testpaths=docs", "-o pythonpath=", "-o strict_markers=false", "-o markers=x", "-o usefixtures=tmp_path"),
    *("-p no:cacheprovider", "-p no:skipping", "-p no:terminal", "-p no:warnings", "-p no:logging", "-p no:capture"),
    *("-p no:junitxml", "-p no:xdist", "-p no:python", "-p no:assertion", "-p no:stepwise", "-p no:allure_pytest"),
    *(
        "-p no:fixtures.plugin.hooks",
        "-p no:fixtures.plugin.workers",
        "-p no:fixtures.plugin.options",
        "-p no:behaviors-reporter",
    ),
    *("-p no:fixtures", "-p no:runner", "-p no:main", "-p no:conftest", "-p no:{house}/conftest.py"),
    *("--deselect=behaviors/calibration", "--ignore=behaviors/calibration", "--ignore-glob=*calibration*"),
    *("--lf", "--lf --lfnf=none", "--ff", "--nf", "--sw", "--sw --sw-skip", "--sw-reset", "--cache-clear"),
    *("-m calibration", "-m robustness", "-m 'not calibration'", "--setup-only", "--setup-plan", "--setup-show"),
    *(
        "-W ignore",
        "-W error",
        "--disable-warnings",
        "--assert=plain",
        "--capture=no",
        "--continue-on-collection-errors",
    ),
    *("-n 0", "-n 1", "-n 2", "-n 2 --dist each", "-n 2 --dist no", "-n 2 --dist worksteal", "-n 2 --maxfail=1"),
    *("-n 2 --max-worker-restart=0", "-n 2 -c {around}/elsewhere/other.ini", "-n 2 --rootdir=/"),
    *("--on-inconclusive=allow", "--allow-partial", "--max-images=1", "--max-images=150", "--search=dev"),
    *("--plan-images", "--strict-gates", "--suggest-thresholds=new.diff", "--require=all", "--device=cpu"),
    *("--thresholds={around}/elsewhere", "--thresholds=/dev/null", "--store=/dev/null", "--model=one --model=one"),
    *("--results=results.json", "--summary=/dev/full", "--junitxml=junit.xml", "--alluredir=allure", "--baseline=one"),
    *("behaviors", ".", "{house}", "{around}/link/behaviors", "behaviors/calibration/test_calibration.py"),
    *("behaviors/calibration behaviors/calibration", "tests", "{around}/elsewhere", "no/such/path"),
]
ENVIRONMENTS = [
    {"PYTEST_ADDOPTS": "--rootdir=/"},
    {"PYTEST_ADDOPTS": "-p no:fixtures.plugin.workers"},
    {"PYTEST_ADDOPTS": "--deselect behaviors"},
    {"PYTEST_ADDOPTS": "--setup-plan"},
    {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    {"PYTHONOPTIMIZE": "2"},
    {"CI": "1"},
    {"PYTEST_XDIST_AUTO_NUM_WORKERS": "2", "PYTEST_ADDOPTS": "-n auto"},
]


def attempt(house: House, chosen: str, way: str = "", cwd: Path | None = None, **environment: str) -> None:
    words = way.format(house=house.path, around=house.path.parent)
    arguments = [
        word.strip("'").replace("+", " ") for word in words.replace("'not calibration'", "not+calibration").split()
    ]
    options = ["-k", chosen, f"--suite={house.path / 'small.yaml'}"]
    ran = house.pytest(*arguments, *options, cwd=cwd, **environment)
    assert ran.code in {1, 2, 4, 5}, ran.output
    assert "Traceback" not in ran.output, ran.output
    assert "INTERNALERROR" not in ran.output, ran.output


@pytest.mark.parametrize("way", WAYS)
def test_nothing_measured_is_never_green(home, way):
    attempt(home, SKIPPED, way)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_nothing_measured_is_never_green_whatever_the_environment(home, environment):
    attempt(home, SKIPPED, **environment)


@pytest.mark.parametrize(
    "way",
    [
        "-n 2",
        "-n 2 --dist each",
        *(way for way in WAYS if way.startswith(("--rootdir", "-c", "--lf", "--sw", "-o", "-p"))),
    ],
)
def test_a_broken_limit_is_never_green(home, way):
    attempt(home, BROKEN, way)


@pytest.mark.parametrize("place", ["elsewhere", "house/behaviors", "house/behaviors/calibration", "link", ""])
@pytest.mark.parametrize("chosen", [SKIPPED, BROKEN])
def test_from_another_folder(home, place, chosen):
    attempt(home, chosen, "{house}/behaviors", cwd=home.path.parent / place)
    attempt(home, chosen, "{house}", cwd=home.path.parent / place)


BY_HAND = {
    "leaves with success": "pytest.exit('enough', returncode=0)",
    "leaves Python": "raise SystemExit(0)",
    "skips itself": "pytest.skip('no need')",
    "expects to fail": "pytest.xfail('known')",
    "measures nothing": "pass",
    "measures no number": "gate.check('number', Measurement(float('nan'), 3))",
    "measures an unknown number": "gate.check('nunber', Measurement(0.5, 3))",
    "measures twice": "gate.check('number', Measurement(0.5, 3)); gate.check('number', Measurement(0.5, 3))",
    "stops the run": "request.session.shouldstop = 'enough'; pytest.skip('no need')",
    "is interrupted": "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(5)",
    "clears its failure": "request.session.testsfailed = -1; gate.check('number', Measurement(0.9, 3))",
}
ROOM = """
import pytest
from behaviors.contract.measurement import Measurement

@pytest.mark.predictions("val")
def test_number(predictions, gate, request):
    {act}

@pytest.mark.predictions("val")
def test_other(predictions, gate):
    gate.check("other", Measurement(0.5, len(predictions)))
"""
NUMBERS = '"number": Metric("A number", "fraction", "lower"), "other": Metric("Another", "fraction", "lower")'


ENDS = ("leaves with success", "leaves Python", "stops the run", "is interrupted")
"""What a worker survives otherwise than the process that one starts; the rest its tests report alike."""


@pytest.mark.parametrize(
    ("act", "workers"), [*((act, ()) for act in BY_HAND), *((act, ("-n", "2")) for act in ("measures twice", *ENDS))]
)
def test_a_test_that_does_not_measure(house, act, workers):
    house.room("rigged", ROOM.format(act=BY_HAND[act]), NUMBERS)
    house.thresholds("small: {policy: point, rigged: {number: {max: 0.6, because: test}}}")
    chosen = "test_number" if act in {"skips itself", "expects to fail", "stops the run"} else "test_"
    ran = house.pytest("behaviors/rigged", "-k", chosen, "--suite", house.suite(), *workers)
    assert "during collection" not in ran.output
    assert ran.code in {1, 2, 3}, ran.output  # 3: xdist itself does not bear a worker that leaves with success


DIES = """
import os, pytest
from behaviors.contract.measurement import Measurement

WORKER = os.environ.get("PYTEST_XDIST_WORKER")
if WORKER == "gw0" and "{when}" == "collecting":
    os._exit(9)

@pytest.fixture(autouse=True, scope="session")
def dying():
    if WORKER in ("gw0", "gw1") and "{when}" == "starting":  # whichever of them is given the tests
        os._exit(9)
    yield
    if WORKER in ("gw0", "gw1") and "{when}" == "ending":
        os._exit(9)

@pytest.mark.predictions("val")
@pytest.mark.parametrize("one", range(4))
def test_number(predictions, gate, one):
    gate.check("number", Measurement(0.5, len(predictions)))
"""


@pytest.mark.parametrize("when", ["collecting", "starting", "ending"])
def test_a_worker_that_dies_is_never_green(house, when):
    house.room("rigged", DIES.format(when=when), NUMBERS)
    house.thresholds("small: {policy: point, rigged: {number: {max: 0.6, because: test}}}")
    ran = house.pytest("behaviors/rigged", "--suite", house.suite(), "-n", "2", "--dist", "loadfile")
    assert ran.code in {1, 2}, ran.output
    assert "crashed" in ran.output


def test_a_behavior_in_another_folder_counts_as_one(house, tmp_path):
    room = house.path / "mine"
    room.mkdir()
    (room / "test_mine.py").write_text(
        'import pytest\n\n@pytest.mark.predictions("renditions")\ndef test_mine(predictions):\n    pass\n'
    )
    ran = house.pytest("mine", "--suite", house.suite())
    assert ran.code == 1, ran.output
    assert "nothing was measured" in ran.output
    shutil.rmtree(room)

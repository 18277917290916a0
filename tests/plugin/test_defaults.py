"""A team's defaults stand in a file, are shown, are overridden by the command line, and execute nothing."""

from pathlib import Path

import pytest

from fixtures.core.errors import InputError
from fixtures.plugin import defaults

RULES = "small: {calibration: {ece: {max: 0.05, because: test}}}\n"


@pytest.fixture
def team(house, tmp_path) -> Path:
    """A project beside the house, with a suite."""
    folder = tmp_path / "team"
    (folder / ".git").mkdir(parents=True)
    (folder / "checks").mkdir()
    house.suite()
    house.thresholds(RULES)
    for name in ("small.yaml", "small-one.csv", "small-labels.csv", "thresholds.yaml"):
        (folder / "checks" / name).write_bytes((house.path / name).read_bytes())
    return folder


def write(team: Path, text: str) -> None:
    (team / "pyproject.toml").write_text(f'[project]\nname = "team"\n\n[tool.vision-behaviors]\n{text}')


def run(house, team, *arguments: str):
    return house.pytest(str(house.path), "-k", "test_ece and val", *arguments, cwd=team)


def test_options_in_the_projects_file_are_shown_and_start_at_its_folder(house, team):
    write(team, 'suite = "checks/small.yaml"\nresults = "out.json"\nstore = "kept"\nstrict-gates = true\n')
    inner = team / "inner"
    inner.mkdir()
    ran = run(house, inner)
    assert ran.code == 0, ran.output
    assert "1 measurement: 1 pass" in ran.output
    assert (team / "out.json").is_file()
    assert (team / "kept").is_dir()
    told = "suite = checks/small.yaml, results = out.json, store = kept, strict-gates = true"
    assert f"options of pyproject.toml [tool.vision-behaviors]: {told}" in ran.output


def test_the_command_line_overrides_one_by_one_and_suites_are_nearer_than_projects(house, team):
    write(team, 'suite = "checks/small.yaml"\ndevice = "tpu"\nmodel = ["nope"]\nstrict-gates = true\nbatch-size = 7\n')
    suite = team / "checks" / "small.yaml"
    suite.write_text(suite.read_text() + "run: {batch_size: 0, thresholds: strict.yaml}\n")
    (suite.parent / "strict.yaml").write_text(RULES.replace("0.05", "0.00"))
    ran = run(house, team, "--device=cpu", "--model=one", "--batch-size=3", "--no-strict-gates")
    assert ran.code == 0, ran.output
    assert "device: cpu" in ran.output
    assert "; overridden: device, model, strict-gates, batch-size" in ran.output
    assert "small.yaml:5: run: thresholds = strict.yaml; overridden: batch-size" in ran.output
    ran = run(house, team, "--device=cpu", "--model=one")
    assert ran.code == 4
    assert "small.yaml:5: run: batch-size: '0' is neither a positive whole number nor 'auto'" in ran.output


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("devise = 'cpu'", "devise: there is no such option; did you mean 'device'?"),
        ("strict-gates = 'yes'", "strict-gates: is a switch: true or false (found 'yes')"),
        ("precision = 'fp8'", "precision: 'fp8' is none of auto, fp32, bf16, fp16"),
        ("plan = true", "plan: it belongs to one run; give it on the command line"),
        ("report = 'slides:write'", "report: it names code that is executed; give it on the command line"),
        ("store = ['a', {}]", "store: must be a text or a number"),
        ("results = 3", "results: must name a file (found 3)"),
        ("device = ", "not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_is_one_sentence(house, team, text, sentence):
    write(team, text)
    ran = run(house, team, f"--suite={team / 'checks' / 'small.yaml'}")
    assert ran.code == 4, ran.output
    assert sentence in ran.output
    assert "Traceback" not in ran.output


def test_code_that_only_the_projects_file_names_is_not_executed(house, team):
    write(team, 'suite = "checks/small.yaml"\nmodel = "one=python:trap:build"\n')
    (team / "trap.py").write_text("raise SystemExit('executed')\n")
    ran = run(house, team)
    assert "executed though only pyproject.toml in" in ran.output
    assert ran.code != 0
    assert "executed')" not in ran.output
    ran = run(house, team, "--suite=checks/small.yaml", "--model=one=python:trap:build")
    assert "it calls sys.exit('executed')" in ran.output


def test_nothing_above_the_repository_and_no_other_table_is_read(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.vision-behaviors]\ndevice = 'cpu'\n")
    here = tmp_path / "repository" / "inner"
    here.mkdir(parents=True)
    assert defaults.of_project(here) is None
    (tmp_path / ".git").mkdir()
    found = defaults.of_project(here)
    assert found is not None
    assert found.values == {"--device": "cpu"}
    (here.parent / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert defaults.of_project(here) is not None
    (here.parent / ".git").mkdir()
    assert defaults.of_project(here) is None


def test_what_is_no_table_is_told(tmp_path):
    (tmp_path / "pyproject.toml").write_text("tool.vision-behaviors = 3\n")
    with pytest.raises(InputError, match="is no table of options"):
        defaults.of_project(tmp_path)


def test_what_a_suite_of_the_projects_file_reads_is_no_report(house, team):
    """Suite and models are named in the project's file alone, or under a suite's ``run:``."""
    suite, inner = team / "checks" / "small.yaml", team / "inner"
    inner.mkdir()
    suite.write_text(suite.read_text() + "run: {thresholds: strict rules.txt}\n")
    (team / "checks" / "one.csv").write_text("precious")
    (team / "checks" / "strict rules.txt").write_text(RULES)
    write(team, 'suite = "checks/small.yaml"\nmodel = ["other=predictions:checks/one.csv"]\n')
    for name in ("small-labels.csv", "one.csv", "strict rules.txt"):
        before = (team / "checks" / name).read_bytes()
        ran = run(house, inner, f"--results=../checks/{name}")
        assert ran.code == 4, ran.output
        assert ("is read by this run, so it is no report" in ran.output) or name == "strict rules.txt", ran.output
        assert (team / "checks" / name).read_bytes() == before


def test_what_a_projects_file_adds_is_in_the_command_that_runs_it_again(tmp_path):
    (tmp_path / "team" / "inner").mkdir(parents=True)
    (tmp_path / "team" / "s.yaml").touch()
    values = {
        "--suite": "s.yaml",
        "--model": ["a", "b"],
        "--strict-gates": True,
        "--plan-images": False,
        "--device": "x",
    }
    file = defaults.Defaults("pyproject.toml", tmp_path / "team", values)
    words = defaults.on_command_line(file, {"--device"}, tmp_path / "team" / "inner")
    assert words == ["--suite=../s.yaml", "--model=a", "--model=b", "--strict-gates", "--no-plan-images"]


def test_the_page_has_that_command(house, team):
    write(team, 'suite = "checks/small.yaml"\n')
    ran = run(house, team, "--html=p.html", "--results=r.json")
    assert ran.code == 0, ran.output
    text = (team / "p.html").read_text()
    assert "pytest --suite=checks/small.yaml" in text
    assert "Yes, by the 1 test asked for" in text
    assert '"chosen": true' in (team / "r.json").read_text()

"""The recipes for CI: they are YAML, their commands name options that there are, and what they measure with works."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from fixtures.plugin.option import options
from fixtures.plugin.settings import Settings
from fixtures.predictions.upkeep.command import _parser
from tests.conftest import ROOT

RECIPES = sorted((ROOT / "examples" / "ci").glob("*.yml"))
PAGES = [ROOT / "docs" / "ci.md", ROOT / "docs" / "reports.md"]
ELSEWHERE = {"--single-file", "--reruns", "--count"}
"""Options of Allure, pytest-rerunfailures and pytest-repeat."""
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]+")
ASSIGNED = re.compile(r"^[A-Z]+=")


@pytest.fixture(scope="module")
def known():
    """The options of pytest with this suite's and its plugins', and those of the command that looks after a store."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    own = {one.name for _, one in options(Settings)} - {one.name for _, one in options(Settings) if one.one_run}
    off = {name.replace("--", "--no-", 1) for name in own}
    store = set(re.findall(r"--[a-z][a-z-]+", _parser().format_help()))
    shown = set(re.findall(r"--[a-z][a-z-]+", done.stdout))
    return shown | off | store | {"--junitxml"}  # as pytest also spells --junit-xml


def scripts(node):
    """Every shell script in a recipe, with the variables that hold parts of one."""
    if isinstance(node, dict):
        for name, inner in node.items():
            if name in {"run", "script", "before_script", "after_script"}:
                yield inner if isinstance(inner, str) else "\n".join(inner)
            else:
                yield from scripts(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from scripts(inner)


def variables(recipe):
    return {name: value for place in ("env", "variables") for name, value in recipe.get(place, {}).items()}


def commands(text):
    """Commands of a script, one a line."""
    return [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def options_of_pytest(recipe):
    lines = [line for text in scripts(recipe) for line in commands(text) if line.startswith("python -m pytest")]
    assert lines
    return {option for line in [*lines, *map(str, variables(recipe).values())] for option in OPTION.findall(line)}


def read(path):
    return yaml.safe_load(path.read_text())


def test_there_are_recipes_for_both():
    assert [path.name for path in RECIPES] == [
        "github-main.yml",
        "github-pull-request.yml",
        "github-release.yml",
        "gitlab-ci.yml",
    ]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_every_option_of_a_recipe_exists(path, known):
    assert options_of_pytest(read(path)) <= known


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_option_that_the_documentation_names_exists(path, known):
    fenced = re.findall(r"```sh\n(.*?)```", path.read_text(), re.S)
    lines = [line for block in fenced for line in commands(block) if re.match(r"(python -m )?pytest ", line)]
    assert lines
    named = {option for line in lines for option in OPTION.findall(line.partition("#")[0])}
    named |= set(re.findall(r"`(--[a-z][a-z-]+)", path.read_text()))
    assert named - ELSEWHERE <= known


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_a_shell_can_read_every_script(path):
    for text in scripts(read(path)):
        plain = re.sub(r"\$\{\{.*?\}\}", "x", text)
        done = subprocess.run(["bash", "-n"], input=plain, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", [path for path in RECIPES if "github" in path.name], ids=lambda path: path.name)
def test_the_steps_of_github_use_what_github_has(path):
    recipe = read(path)
    assert set(recipe) - {True} <= {"name", "permissions", "env", "jobs"}  # YAML 1.1 reads "on" as true
    assert recipe[True]
    for job in recipe["jobs"].values():
        assert all({"uses", "run"} & set(step) for step in job["steps"])
        assert all(re.fullmatch(r"actions/[\w/-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)


def test_what_the_main_branch_keeps_is_what_a_pull_request_takes():
    def caches(name, action):
        steps = read(ROOT / "examples" / "ci" / name)["jobs"]["behaviors"]["steps"]
        found = [step["with"] for step in steps if step.get("uses", "").startswith(f"actions/cache/{action}")]
        return {one["path"]: one.get("restore-keys", one["key"]) for one in found}

    kept, taken = caches("github-main.yml", "save"), caches("github-pull-request.yml", "restore")
    assert kept.keys() == taken.keys()
    assert all(kept[path].startswith(taken[path]) for path in kept)


def test_gitlab_jobs_have_a_stage_and_something_to_do():
    recipe = read(ROOT / "examples" / "ci" / "gitlab-ci.yml")
    for name in ("merge-request", "main", "release"):
        job = {**recipe[recipe[name]["extends"]], **recipe[name]}
        assert job["stage"] in recipe["stages"]
        assert job["rules"]
        assert all(isinstance(line, str) for line in job["script"])


def measuring(path):
    """The commands of the recipe that run pytest, with its variables filled in, by what they are for."""
    recipe = read(path)
    for text in scripts(recipe):
        for line in commands(text):
            if line.startswith("python -m pytest"):
                filled = re.sub(r"\$([A-Z]+)", lambda found: variables(recipe).get(found[1], ""), line)
                yield shlex.split(filled)[3:]


def without_models(arguments):
    return [argument for argument in arguments if not argument.startswith("--model=")]


def changed(arguments, **folders):
    """The recipe's arguments with folders that are there in the test."""
    swap = {f"--{name.replace('_', '-')}": value for name, value in folders.items()}
    split = [argument.partition("=") for argument in arguments]
    return [f"{name}={swap.get(name, value)}" if equals else name for name, equals, value in split]


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_the_commands_gate_a_checkpoint(house, name):
    """Main keeps a run, the same model against it passes, a worse one fails, and a release blocks what is open."""
    house.thresholds("small: {calibration: {ece: {max: 0.12, because: test}}}")
    suite = house.suite(confidence=0.8, accuracy=0.9)
    paths = [path for path in RECIPES if name in path.name]
    lines = [without_models(line) for path in paths for line in measuring(path)]
    [keep] = [line for line in lines if not any(argument.startswith("--baseline") for argument in line)]
    [request] = [line for line in lines if not any(argument.startswith("--save-run") for argument in line)]
    [release] = [line for line in lines if line not in (keep, request)]
    chosen = ("-k", "test_ece and val or test_brier and val", f"--suite={suite}")

    kept = house.pytest(*chosen, *changed(keep, save_run="runs/a"))
    assert kept.code == 0, kept.output
    same = house.pytest(*chosen, *changed(request, baseline="runs/a"))
    assert same.code == 0, same.output
    assert "inconclusive" in (house.path / "out/summary.md").read_text().splitlines()[0]
    blocked = house.pytest(*chosen, *changed(release, baseline="runs/a", save_run="runs/b"))
    assert blocked.code == 1
    assert "inconclusive" in blocked.output
    assert "no rule judges it" in blocked.output  # of the Brier score

    house.suite(confidence=0.8, accuracy=0.6)
    worse = house.pytest(*chosen, *changed(request, baseline="runs/a"))
    assert worse.code == 1
    page = (house.path / "out/summary.md").read_text()
    assert page.startswith("## ❌ Failed: ")
    assert "regression" in page.splitlines()[0]
    assert Path(house.path / "out/junit.xml").read_text().count("<failure") >= 1


def test_without_a_baseline_a_pull_request_fails_with_a_sentence(house):
    [line] = measuring(ROOT / "examples" / "ci" / "github-pull-request.yml")
    ran = house.pytest(f"--suite={house.suite()}", *without_models(line))
    assert ran.code == 4
    assert "runs/main: there is no such folder" in ran.output

"""Results where people already look: GitHub's annotations, the Hugging Face Hub, MLflow, Weights & Biases."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from fixtures.gates.machine_owned import RulesFile
from fixtures.gates.thresholds import Thresholds
from fixtures.reports import results
from fixtures.reports.figures import name_of
from fixtures.reports.run_data import RunData
from fixtures.reports.writers import annotations, hugging_face, mlflow, wandb
from tests.reports.checks import ERROR, FAIL, NOT_GATED, ONE, check
from tests.reports.compared import REGRESSION
from tests.reports.page.runs import told
from tests.runs import toy

CHECKS = (ONE, FAIL, ERROR, NOT_GATED, check(view="zoom(scale=2)", dataset="wide", low=None, high=None))


def run(here, checks=CHECKS, **changes):
    rules = Thresholds(
        here / "thresholds.yaml", "mini", beside=(RulesFile(here / "suites" / "mini.measured.yaml", {}),)
    )
    shown = told(checks, 1, models=("vit-clip", "convnext-sup", "idle"), causes=changes.pop("causes", []))
    return RunData(shown, tuple(checks), changes.pop("comparisons", ()), rules, {}, here, **changes)


def annotated(*args, **changes):
    return annotations.commands(run(*args, **changes)).splitlines()


def test_what_broke_is_noted_on_the_line_of_its_rule(tmp_path):
    measured = replace(FAIL, where="mini.measured.yaml:61", message="too high,\n  100 % sure")
    cause = results.Cause(outcome="failed", reason="val: cannot be read", tests=57, first="a.py::b")
    open_ = check(status="inconclusive", where="thresholds.yaml:9")
    lines = annotated(tmp_path, [ONE, measured, open_], comparisons=(REGRESSION,), causes=[cause])
    assert lines[0].startswith(
        "::error file=thresholds.yaml,line=14,title=regression%3A calibration.ece%2C vit-clip on val::a sentence"
    )
    assert lines[1] == (
        "::error file=suites/mini.measured.yaml,line=61,title=fail%3A calibration.ece%2C convnext-sup on val"
        "::too high,%0A  100 %25 sure"
    )
    assert lines[2] == "::error title=57 not measured::val: cannot be read (a.py::b)"
    assert lines[3].startswith("::warning file=thresholds.yaml,line=9,title=inconclusive")
    assert len(lines) == 4


def test_rules_outside_the_repository_have_no_line_there(tmp_path):
    [line] = annotated(tmp_path, [FAIL], variables={annotations.WORKSPACE: str(tmp_path / "elsewhere")})
    assert line.startswith("::error title=fail")


def test_no_name_ends_a_command_and_there_are_at_most_ten_of_a_kind(tmp_path):
    odd = [replace(FAIL, model=f"m{k}\n::error::x, y: z", message="a\r\n::warning::b") for k in range(12)]
    lines = annotated(tmp_path, odd)
    assert len(lines) == annotations.MOST
    assert lines[-1] == "::error title=more::3 more are in the log"
    assert all(line.count("\r") == 0 and line.startswith("::error ") for line in lines)
    assert lines[0].split("::")[1].count(":") == 0


def test_a_github_job_gets_them_without_asking(tmp_path, make_house, monkeypatch):
    house = make_house(tmp_path)
    suite = toy.furnish(house)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    rules = house.path / "strict.yaml"
    rules.write_text("small:\n  toy:\n    right:\n      - {min: 0.99, because: strict}\n")
    ran = toy.ran(house, suite, "--thresholds=strict.yaml", "--annotations=notes.txt")
    assert ran.code == 1
    [line] = [line for line in ran.output.splitlines() if line.startswith("::error")]
    assert line.startswith("::error file=strict.yaml,line=4,title=fail%3A toy.right%2C one on val::")
    assert (house.path / "notes.txt").read_text() == f"{line}\n"


def test_a_run_that_could_not_begin_is_noted_too(tmp_path):
    annotations.refused(tmp_path / "notes.txt", "no such suite:\nminii")
    assert (tmp_path / "notes.txt").read_text() == "::error title=nothing was measured::no such suite:%0Aminii\n"


def test_the_hub_reads_its_own_formats(tmp_path):
    from huggingface_hub import ModelCard, parse_eval_result_entries

    hugging_face.write(tmp_path / "hub", run(tmp_path))
    folder = tmp_path / "hub" / "vit-clip"
    files = {path.name for path in (folder / ".eval_results").iterdir()}
    assert files == {"val.yaml", "wide-zoom-scale=2.yaml"}
    entries = parse_eval_result_entries(yaml.safe_load((folder / ".eval_results" / "val.yaml").read_text()))
    assert [(one.dataset_id, one.task_id, one.value) for one in entries] == [
        ("val", "calibration.ece", ONE.value), ("val", "calibration.brier", ONE.value),
    ]  # fmt: skip
    assert "interval 0.020 to 0.040" in entries[0].notes
    assert "pass by thresholds.yaml:14" in entries[0].notes
    card = ModelCard.load(folder / "README.md")
    assert card.data.model_name == "vit-clip"
    first = card.data.eval_results[0]
    assert (first.metric_type, first.metric_value) == ("calibration.ece", ONE.value)
    assert not (tmp_path / "hub" / "idle").exists()
    assert (tmp_path / "hub" / "index.md").read_text().count("numbers of") == 2


def test_mlflow_has_numbers_with_bounds_verdicts_and_artefacts(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    from mlflow.tracking import MlflowClient

    address = (tmp_path / "tracking").as_uri()
    data = run(tmp_path, addresses={"--mlflow": address}, figures={name_of(ONE): "<svg/>"}, command="pytest -k ece")
    assert mlflow.write(tmp_path, data) == ["--mlflow: 2 runs of experiment mini"]
    client = MlflowClient(tracking_uri=address)
    found = client.search_runs([client.get_experiment_by_name("mini").experiment_id])
    runs = {one.info.run_name: one for one in found}
    assert set(runs) == {"vit-clip", "convnext-sup"}
    metrics = runs["vit-clip"].data.metrics
    assert metrics["calibration.ece/val"] == ONE.value
    assert (metrics["calibration.ece/val.low"], metrics["calibration.ece/val.high"]) == (ONE.low, ONE.high)
    assert "calibration.nll/val" not in metrics
    assert runs["convnext-sup"].data.tags["verdict.calibration.ece/val"] == "fail"
    assert (runs["vit-clip"].info.status, runs["convnext-sup"].info.status) == ("FAILED", "FAILED")
    assert runs["vit-clip"].data.params["fingerprint"] == "ab" * 32
    assert runs["vit-clip"].data.tags["command"] == "pytest -k ece"
    kept = {one.path for one in client.list_artifacts(runs["vit-clip"].info.run_id, "figures")}
    assert kept == {f"figures/{name_of(ONE)}.svg"}
    assert "results.json" in {one.path for one in client.list_artifacts(runs["vit-clip"].info.run_id)}
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_weights_and_biases_stays_offline(tmp_path):
    assert wandb.write(tmp_path / "wb", run(tmp_path, [ONE]))[0].startswith("--wandb: 1 offline run")
    [folder] = (tmp_path / "wb" / "wandb").glob("offline-run-*")
    [written] = folder.glob("run-*.wandb")
    told_there = written.read_bytes()
    for words in (b"calibration.ece/val", b"calibration.ece/val_verdict", b"vit-clip"):
        assert words in told_there
    assert not list(Path(tmp_path).rglob("run-2*/run-*.wandb"))  # none that is not offline


@pytest.mark.parametrize("option", ["--mlflow=file:///nowhere", "--wandb=wb"])
def test_a_library_that_is_missing_is_told_before_anything_is_measured(option, tmp_path, make_house, monkeypatch):
    from fixtures.core.errors import InputError
    from fixtures.plugin import run as plugin_run
    from fixtures.reports.report import Wanted

    monkeypatch.setattr(plugin_run, "find_spec", lambda name: None)
    report = {"--mlflow": mlflow, "--wandb": wandb}[option.partition("=")[0]].REPORT
    with pytest.raises(InputError, match=r"is not installed: python -m pip install -e '\.\[(mlflow|wandb)\]'"):
        plugin_run._check_libraries(Wanted(report, tmp_path, option, "x"))

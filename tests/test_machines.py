"""The examples for other machines are what their tools read, and call what there is."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from fixtures.predictions.units.command import _parser
from fixtures.predictions.units.unit import Shard

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "machines"


def told(arguments):
    """What the command makes of them."""
    return _parser().parse_args(arguments)


def test_a_task_of_the_slurm_array_calls_the_command_with_its_shard(tmp_path):
    """Run for real, with an interpreter that writes down how it was called."""
    fake = tmp_path / "python"
    fake.write_text('#!/bin/bash\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o755)
    task = {"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "64", "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ran = subprocess.run(
        ["bash", EXAMPLES / "slurm.sh", "a plan.json"], env=task, capture_output=True, text=True, check=True
    )
    module, *arguments = ran.stdout.splitlines()[1:]
    assert module == "fixtures.predictions.produce"
    asked = told(arguments)
    assert (asked.units, asked.shard, asked.then_others) == (Path("a plan.json"), "3/64", True)
    options = dict(re.findall(r"^#SBATCH --([\w-]+)(?:=(\S+))?$", (EXAMPLES / "slurm.sh").read_text(), re.MULTILINE))
    assert options["array"].startswith("1-")  # shards are counted from 1
    assert "requeue" in options


@pytest.mark.parametrize("index", [0, 63])
def test_a_pod_of_the_kubernetes_job_calls_the_command_with_its_shard(index):
    job = yaml.safe_load((EXAMPLES / "kubernetes.yaml").read_text())
    spec = job["spec"]
    assert (job["apiVersion"], job["kind"], spec["completionMode"]) == ("batch/v1", "Job", "Indexed")
    (pod,) = spec["template"]["spec"]["containers"]
    script = f"printf '%s\\n' {pod['args'][0]}"
    ran = subprocess.run(
        [*pod["command"], script],
        env={"JOB_COMPLETION_INDEX": str(index), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    words = ran.stdout.splitlines()
    assert words[:3] == ["python", "-m", "fixtures.predictions.produce"]
    asked = told(words[3:])
    assert Shard.parse(asked.shard) == Shard(index + 1, spec["completions"])
    assert asked.store.startswith("s3://")
    names = {volume["name"] for volume in spec["template"]["spec"]["volumes"]}
    assert {mount["name"] for mount in pod["volumeMounts"]} == names


def test_the_ray_cluster_is_one_that_ray_would_start():
    from ray.autoscaler._private.util import prepare_config, validate_config

    cluster = yaml.safe_load((EXAMPLES / "ray.yaml").read_text())
    validate_config(prepare_config(cluster))
    (install,) = [line for line in cluster["setup_commands"] if "pip install" in line]
    assert "'.[ray,cloud]'" in shlex.split(install) or ".[ray,cloud]" in shlex.split(install)

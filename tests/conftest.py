"""What the tests of the house share: a copy of the house to rig, and a small suite of recorded predictions."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from fixtures.core import remarks
from tests import forks

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "real"


@pytest.fixture(autouse=True)
def _nothing_remarked_yet() -> None:
    remarks.take()


@pytest.fixture(scope="session")
def real() -> Path:
    """Real weights, photographs and recorded predictions, where the machine has them."""
    if not REAL.is_dir():
        pytest.skip(f"real weights and images are not on this machine (looked for {REAL})")
    return REAL


@dataclass(frozen=True)
class Outcome:
    """What a pytest process printed and exited with."""

    code: int
    output: str


def run_pytest(folder: Path, *arguments: str, fresh: bool = False, **environment: str) -> Outcome:
    """Run pytest in ``folder`` in a process of its own; a ``fresh`` one has no library in memory."""
    env = {**os.environ, "COLUMNS": "140", "HF_HUB_OFFLINE": "1", "GITHUB_STEP_SUMMARY": ""}
    for name in [name for name in env if name == "PYTEST_ADDOPTS" or name.startswith("PYTEST_XDIST")]:
        del env[name]  # of the session that the test runs in
    env |= environment
    with TemporaryDirectory() as written:
        output, errors = Path(written) / "output", Path(written) / "errors"
        if fresh:
            command = [sys.executable, "-m", "pytest", *arguments]
            with output.open("w") as out, errors.open("w") as err:
                done = subprocess.run(
                    command, cwd=folder, env=env, stdout=out, stderr=err, timeout=forks.SECONDS, check=False
                )
            code = done.returncode
        else:
            code = forks.run(forks.Run(arguments, str(folder), env, str(output), str(errors)))
        return Outcome(code, output.read_text() + errors.read_text())


@dataclass(frozen=True)
class House:
    """A checkout of the suite in a temporary folder: rooms can be added, files broken, pytest run."""

    path: Path

    def room(self, name: str, test: str, metrics: str = "") -> None:
        """Add a behaviour ``name`` with one test file and its METRICS."""
        room = self.path / "behaviors" / name
        room.mkdir()
        (room / "__init__.py").write_text(
            f'"""A rigged room."""\n\nfrom behaviors.contract.measurement import Metric\n\nMETRICS = {{{metrics}}}\n'
        )
        (room / f"test_{name}.py").write_text(test)

    def thresholds(self, text: str) -> None:
        """Replace the law."""
        (self.path / "thresholds.yaml").write_text(text)

    def suite(self, confidence: float = 0.9, accuracy: float = 0.9, images: int = 200, name: str = "small") -> str:
        """Write a suite of one recorded model ``one`` and one dataset ``val``; returns the suite's path."""
        ids = [f"{index:04d}.png" for index in range(images)]
        labels = np.arange(images) % 4
        right = np.arange(images) < round(accuracy * images)
        predicted = np.where(right, labels, (labels + 1) % 4)
        rows = [
            ",".join([ids[i], *(f"{confidence if k == predicted[i] else (1 - confidence) / 3:.6f}" for k in range(4))])
            for i in range(images)
        ]
        header = "file_name,probability_0,probability_1,probability_2,probability_3"
        (self.path / f"{name}-one.csv").write_text("\n".join([header, *rows]) + "\n")
        (self.path / f"{name}-labels.csv").write_text(
            "\n".join(["file_name,label", *(f"{ids[i]},{labels[i]}" for i in range(images))]) + "\n"
        )
        path = self.path / f"{name}.yaml"
        path.write_text(
            f"suite: {name}\n"
            "classes: [ant, bee, cat, dog]\n"
            f"models: {{one: 'predictions:{name}-one.csv'}}\n"
            f"datasets: {{val: {{format: labels, path: {name}-labels.csv, images: {images}}}}}\n"
        )
        return str(path)

    def pytest(self, *arguments: str, cwd: Path | None = None, fresh: bool = False, **environment: str) -> Outcome:
        """Run pytest on the house in a process of its own."""
        return run_pytest(cwd or self.path, *arguments, fresh=fresh, **environment)


def furnish(path: Path) -> House:
    """A house in the folder ``path`` whose rooms, fixtures and settings are those of this checkout."""
    (path / "behaviors").mkdir(parents=True)
    for name in ("fixtures", "pyproject.toml"):
        (path / name).symlink_to(ROOT / name)
    (path / "conftest.py").write_text('pytest_plugins = ["fixtures.plugin.hooks"]\n')
    for entry in (ROOT / "behaviors").iterdir():
        (path / "behaviors" / entry.name).symlink_to(entry)
    (path / "thresholds.yaml").write_text("small: {}\n")
    return House(path)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A fresh house of this test's own."""
    return furnish(tmp_path / "house")


@pytest.fixture(scope="session")
def make_house() -> Callable[[Path], House]:
    """For a house that several tests share: give it an empty folder."""
    return lambda folder: furnish(folder / "house")

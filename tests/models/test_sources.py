"""A source of models is one file, found by being there: the example of ``docs/extending.md`` is dropped in and used."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fixtures.core.errors import InputError
from fixtures.models import sources
from fixtures.models.model import ModelSpec

ROOT = Path(__file__).parents[2]
FOLDER = Path(sources.__file__).parent
EXAMPLE = re.search(
    r"```python\n(.*?)```", (ROOT / "docs/extending.md").read_text().split("## A model source")[1], re.S
)

ANSWERS = '''
"""Answers written down as ID CLASS PROBABILITY, a line each."""

import numpy as np

from fixtures.models.files import is_file
from fixtures.models.fingerprint import digest_file
from fixtures.models.model import Identity
from fixtures.models.recorded import Recorded
from fixtures.models.source import Recordings, Source


def read(spec, dataset, ids):
    said = dict(line.split(maxsplit=1) for line in spec.path(spec.target).read_text().splitlines())
    best, probability = np.array([said[name].split() for name in ids], dtype=float).T
    return Recorded(tuple(ids), "probabilities", None, best.astype(int), probability)


SOURCE = Source(
    form="answers:FILE",
    target=".+",
    options={},
    check=lambda spec, where: is_file(spec.path(spec.target), where) and None,
    gives=Recordings(lambda spec, cache: Identity(digest_file(spec.path(spec.target)), "recorded", 2), read),
)
'''


@pytest.fixture
def folder(house):
    """The folder of sources of a house of this test's own, in which files can be added."""
    _own(house.path / "fixtures")
    _own(house.path / "fixtures" / "models")
    _own(house.path / "fixtures" / "models" / "sources")
    return house.path / "fixtures" / "models" / "sources"


def _own(link):
    """A folder of links in place of a link to a folder."""
    target = link.resolve()
    link.unlink()
    link.mkdir()
    for entry in target.iterdir():
        if entry.name != "__pycache__":
            (link / entry.name).symlink_to(entry)


@pytest.fixture
def photos(house, folder):
    """Forty red and forty blue pictures, and the weights of a model that tells them apart."""
    (folder / "colours.py").write_text(EXAMPLE.group(1))
    for k, colour in enumerate(((200, 60, 60), (60, 60, 200))):
        images = house.path / "photos" / f"class{k}"
        images.mkdir(parents=True)
        for index in range(40):
            pixels = np.clip(np.random.default_rng(index).normal(colour, 30, (8, 8, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(images / f"{index:02d}.png")
    (house.path / "weights.txt").write_text("1 0 0\n0 0 1\n")
    (house.path / "photos.yaml").write_text(
        "suite: photos\n"
        "classes: [class0, class1]\n"
        "models: {linear: {source: 'colours:weights.txt', options: {scale: 2}}}\n"
        "datasets:\n"
        "  val: {format: class_folders, path: photos, images: 80}\n"
        "  wide: {format: class_folders, path: photos, images: 80}\n"
    )
    house.thresholds("photos: {calibration: {ece: {max: 0.5, dataset: val, because: test}}}\n")
    return house


def ask(house, *more):
    return house.pytest("-k", "test_ece and val", "--suite=photos.yaml", *more)


def test_the_files_in_the_folder_are_the_sources():
    assert set(sources.names()) == {file.stem for file in FOLDER.glob("[!_]*.py")}


def test_a_source_is_used_from_a_suite_and_from_the_command_line_with_nothing_else_edited(photos):
    ran = ask(photos, "--model", "linear", "--model", "mine=colours:weights.txt?scale=8", "--results=r.json")
    assert ran.code == 0, ran.output
    written = json.loads((photos.path / "r.json").read_text())
    assert {name: one["source"] for name, one in written["models"].items()} == {"linear": "colours", "mine": "colours"}
    first = {name: one["fingerprint"] for name, one in written["models"].items()}
    assert first["linear"] != first["mine"]
    (photos.path / "weights.txt").write_text("1 0 0\n0 0 2\n")
    assert ask(photos, "--model", "linear", "--results=r.json").code == 0
    again = json.loads((photos.path / "r.json").read_text())["models"]["linear"]["fingerprint"]
    assert again != first["linear"]


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("x=colours:weights.txt?scal=8", "colours models have no option 'scal'; did you mean 'scale'? Known: scale"),
        ("x=colours:weights.txt?scale=0", "option 'scale' must be a number above 0, not '0'"),
        ("x=colours:weights.csv", "'weights.csv' is no colours model; write colours:FILE"),
        ("x=colours:gone.txt", "there is no file"),
        (
            "x=colors:weights.txt",
            "'colors' is no source of models; did you mean 'colours'? Known: timm, open_clip, python",
        ),
        ("linear=w.pth", "colours models have no option 'checkpoint'; known: scale"),
    ],
)
def test_its_errors_are_sentences(photos, model, sentence):
    (photos.path / "w.pth").touch()
    ran = ask(photos, "--model", model)
    assert ran.code == 4, ran.output
    assert sentence in ran.output
    assert "Traceback" not in ran.output


def test_the_doctor_says_where_its_weights_are(photos):
    ran = photos.pytest("--suite=photos.yaml", "--doctor")
    assert "weights: 1 found" in ran.output, ran.output
    assert "linear  colours:weights.txt" in ran.output


def test_recorded_predictions_are_a_kind_of_which_there_may_be_more(photos, folder):
    (folder / "answers.py").write_text(ANSWERS)
    images = sorted((photos.path / "photos").rglob("*.png"))
    lines = [f"{file.relative_to(photos.path / 'photos')} {file.parent.name[-1]} 0.9" for file in images]
    (photos.path / "said.txt").write_text("\n".join(lines))
    model = "said=answers:said.txt"
    ran = ask(photos, "--model", model, "--results=r.json")
    assert ran.code == 0, ran.output
    assert json.loads((photos.path / "r.json").read_text())["models"]["said"]["precision"] == "recorded"
    other = photos.pytest("-k", "test_invariance.py", "--suite=photos.yaml", "--model", model, "-rs")
    assert "recorded predictions say nothing about images under" in other.output, other.output


def test_a_file_that_defines_no_source_is_told(photos, folder):
    (folder / "nothing.py").write_text("")
    ran = ask(photos)
    assert ran.code == 4, ran.output
    assert "nothing.py: defines no source of models: write SOURCE = Source(...)" in ran.output
    assert "Traceback" not in ran.output


def test_a_network_holds_no_recording():
    with pytest.raises(InputError, match="m: is a network; nothing of it was recorded"):
        sources.recordings(ModelSpec("m", "timm", "resnet18", "", ()))


def test_listing_sources_imports_no_library_that_runs_networks():
    heavy = "{'torch', 'timm', 'open_clip', 'torchvision', 'PIL', 'numpy'}"
    code = (
        f"import sys; from fixtures.models import sources; sources.names(); sys.exit(bool({heavy} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


def test_every_option_is_listed_and_documented():
    listed = subprocess.run(
        [sys.executable, "-m", "fixtures.models.sources"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    documented = (ROOT / "docs/models.md").read_text()
    for name in sources.names():
        for option, described in (sources.source(name).options or {}).items():
            assert f"  {option} " in listed
            assert described.help in listed
            assert re.search(rf"\b{option}\b", documented), f"{name}: {option}"

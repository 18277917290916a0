"""Formats of datasets: each one file that is found by being there, and what it forgot is said."""

import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Literal, get_type_hints

import pytest

from fixtures.core.errors import InputError
from fixtures.datasets import formats
from fixtures.datasets.blocks import FromFolder
from fixtures.datasets.format import Format
from fixtures.suite.loader import load_suite
from tests.datasets.pictures import folders

ROOT = Path(__file__).parents[2]
EXAMPLE = re.search(
    r"```python\n(.*?)```", (ROOT / "docs/extending.md").read_text().split("## A dataset format")[1], re.DOTALL
).group(1)
LOADING = """
import sys
from pathlib import Path
from fixtures.datasets import formats
formats.__path__.append(sys.argv[1])
from fixtures.core.errors import InputError
from fixtures.suite.loader import load_suite
suite = load_suite(sys.argv[2], Path(sys.argv[1]) / "cache")
for name in suite.roles:
    try:
        dataset = suite.dataset(name)
        print(name, dataset.labels.tolist(), dataset.load(1).getpixel((1, 0)), "valid" in dataset.annotations)
    except InputError as error:
        print(error)
"""
FOLDER = Path(formats.__file__).parent
WHOLE = """
from pathlib import Path
from typing import Literal

from fixtures.datasets.blocks import FromFolder
from fixtures.datasets.format import Format


class Newest(FromFolder):
    format: Literal["%s"]


FORMAT = Format(block=Newest, open=lambda written, declared, entry, cache: lambda: None)
"""


@pytest.fixture
def added(tmp_path, monkeypatch):
    """Writes a format that is found as those of the project are."""

    def write(source, name="newest"):
        (tmp_path / f"{name}.py").write_text(source)
        monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
        monkeypatch.setattr(formats, "_found", formats._found.__wrapped__)
        monkeypatch.delitem(sys.modules, f"{formats.__name__}.{name}", raising=False)
        importlib.invalidate_caches()
        return f"{tmp_path / name}.py"

    return write


def test_every_file_is_one_format_that_is_called_so():
    files = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    assert list(formats.names()) == files
    assert [formats.block_of(name).model_fields["format"].annotation for name in files] == [
        Literal[name] for name in files
    ]


def test_a_file_is_found_by_being_there(added):
    added(WHOLE % "newest")
    assert "newest" in formats.names()
    assert issubclass(formats.block_of("newest"), FromFolder)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "defines no format of datasets: write FORMAT = Format(...), as docs/extending.md shows"),
        ("FORMAT = 1", "defines no format of datasets: write FORMAT = Format(...), as docs/extending.md shows"),
        (WHOLE % "other", "its block must say 'format: Literal[\"newest\"]', as the file is called"),
    ],
)
def test_what_a_file_forgot_is_said(added, source, said):
    path = added(source)
    with pytest.raises(InputError) as caught:
        formats.names()
    assert str(caught.value) == f"{path}: {said}"


@pytest.mark.parametrize("name", formats.names())
def test_a_format_says_what_it_takes(name):
    """Who opens one is told the block of that format, not just any."""
    known = formats.of(formats.block_of(name).model_construct(format=name))
    told = get_type_hints(known.open if isinstance(known, Format) else known.resolve)
    assert known.block in told.values()


@pytest.mark.parametrize("keys", ["class_folders, path: data", "images, path: data", "digits, split: test"])
def test_several_outputs_for_a_class_whatever_the_format(tmp_path, keys):
    names = [f"{number} {kind}" for number in range(10) for kind in ("thin", "bold")]
    outputs = {str(k): [2 * k, 2 * k + 1] for k in range(10)}
    folders(tmp_path / "data", *outputs)
    block = f"{{format: {keys}, outputs: {{any_of: {outputs}}}}}"
    (tmp_path / "my.yaml").write_text(f"suite: my\nclasses: {names}\ndatasets:\n  val: {block}\n")
    dataset = load_suite(str(tmp_path / "my.yaml"), tmp_path / "cache").dataset("val")
    assert dataset.classes == tuple(names)
    assert [str(label) for label in dataset.labels] == [cell.split()[0] for cell in dataset.annotations["valid"]]
    assert set(dataset.annotations["class"]) == set("0123456789")


def test_the_example_of_the_guide_is_a_format(tmp_path):
    (tmp_path / "pixels.py").write_text(EXAMPLE)
    (tmp_path / "a.pixels.csv").write_text("label,p0,p1,p2,p3\n1,0,10,20,30\n0,40,50,60,70\n")
    (tmp_path / "b.pixels.csv").write_text("label,p0,p1,p2,p3\n1,0,11,20,30\n0,40,51,60,70\n")
    (tmp_path / "odd.csv").write_text("label,p0,p1,p2\n1,0,10,20\n")
    (tmp_path / "my.yaml").write_text("""
suite: my
classes: [a, b, c]
datasets:
  val: {format: pixels, path: a.pixels.csv}
  found: {format: images, path: a.pixels.csv}
  both: {format: pixels, path: a.pixels.csv, outputs: {any_of: {x: [0, 1], y: [1, 2]}}}
  odd: {format: pixels, path: odd.csv}
  few: {format: pixels, path: a.pixels.csv, images: 3}
tasks:
  t: {format: images, path: "{split}.pixels.csv", splits: {train: a, test: b}}
""")
    command = [sys.executable, "-c", LOADING, str(tmp_path), str(tmp_path / "my.yaml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "val [1, 0] (50, 50, 50) False",
        "found [1, 0] (50, 50, 50) False",
        "both [1, 0] (50, 50, 50) True",
        f"my.yaml:8: dataset 'odd': {tmp_path}/odd.csv does not hold square images (cannot reshape array of "
        "size 3 into shape (1,2,2))",
        f"my.yaml:9: dataset 'few': 2 images in {tmp_path}/a.pixels.csv, but 3 are declared; "
        "--allow-partial measures what is there, and says so",
        "probe_t_train [1, 0] (50, 50, 50) False",
        "probe_t_test [1, 0] (51, 51, 51) False",
    ], done.stderr

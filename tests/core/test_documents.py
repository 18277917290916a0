"""Reading YAML: every complaint says in which file, on which line, and what it is about."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from fixtures.core.documents import read, validate
from fixtures.core.errors import InputError


class Square(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["square"]
    side: int


class Circle(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["circle"]
    radius: int


class Drawing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    shapes: dict[str, Annotated[Square | Circle, Field(discriminator="kind")]] = {}


def document(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "drawing.yaml"
    path.write_text(text)
    return path


def message(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        validate(read(path), Drawing)
    return str(caught.value)


def test_valid(tmp_path):
    drawing = validate(read(document(tmp_path, "title: a\nshapes:\n  one: {kind: circle, radius: 2}\n")), Drawing)
    assert drawing.shapes["one"] == Circle(kind="circle", radius=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: a\nshpaes: {}\n", "drawing.yaml:2: unknown key 'shpaes'; did you mean 'shapes'?"),
        ("title: a\nzzz: 1\n", "drawing.yaml:2: unknown key 'zzz'"),
        ("shapes: {}\n", "drawing.yaml:1: 'title' is missing"),
        (
            "title: a\nshapes:\n  one:\n    kind: circle\n    raduis: 2\n    radius: 2\n",
            "drawing.yaml:5: unknown key 'shapes.one.raduis'; did you mean 'radius'?",
        ),
        ("title: a\nshapes:\n  one:\n    kind: circle\n", "drawing.yaml:3: 'shapes.one.radius' is missing"),
        ("title: a\nshapes:\n  one:\n    radius: 2\n", "drawing.yaml:3: 'shapes.one.kind' is missing"),
        (
            "title: a\nshapes:\n\n  one: {kind: circle,\n    radius: wide}\n",
            "drawing.yaml:5: 'shapes.one.radius': Input should be a valid integer, unable to parse string as an "
            "integer (found 'wide')",
        ),
        ("- 1\n", "drawing.yaml:1: 'the document': Input should be a valid dictionary or instance of Drawing"),
    ],
)
def test_a_problem_is_named_with_its_line(tmp_path, text, expected):
    assert message(document(tmp_path, text)).startswith(expected)


def test_several_problems_get_a_line_each_and_the_rest_is_counted(tmp_path):
    lines = message(document(tmp_path, "title: a\n" + "".join(f"unknown{i}: 1\n" for i in range(7)))).splitlines()
    assert lines[0].startswith("drawing.yaml:2: ")
    assert lines[-1] == "... and 2 more"
    assert len(lines) == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ": is empty"),
        ("title: [\n", ":2: not valid YAML"),
        ("title: a\ntitle: b\n", ":2: 'title' stands twice in one block; keep one of them"),
        ("? [a, b]\n: 1\n", ":1: a list or block cannot be a key; write a name"),
        ("title: !!python/object/apply:os.getcwd []\n", ":1: not valid YAML: could not determine a constructor"),
    ],
)
def test_what_is_not_a_document(tmp_path, text, expected):
    path = document(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}{expected}")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "absent.yaml")


def test_words_that_yaml_1_1_takes_for_truth_values_stay_words(tmp_path):
    data = read(document(tmp_path, "names: [no, yes, on, off, true, False]\n")).data
    assert data == {"names": ["no", "yes", "on", "off", True, False]}


def test_where_falls_back_to_the_nearest_block(tmp_path):
    found = read(document(tmp_path, "title: a\nshapes:\n  one: {}\n"))
    assert found.where("shapes", "one", "radius") == "drawing.yaml:3"
    assert found.where("absent") == "drawing.yaml:1"

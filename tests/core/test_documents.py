"""Reading YAML: every complaint says in which file, on which line, and what it is about."""

import os
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
        (
            "title: a\nshapes:\n  one:\n    radius: 2\n    knid: circle\n",
            "drawing.yaml:5: unknown key 'shapes.one.knid'; did you mean 'kind'?",
        ),
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
        ("title: !!python/object/apply:os.getcwd []\n", ":1: not valid YAML: the tag !!python"),
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


NINE = "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGED = "".join(
    f"{name}: &{name} {{k{name}: 1, <<: [{', '.join([f'*{before}'] * 9)}]}}\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"a: &a [{', '.join('123456789')}]\n{NINE}", ":6: not valid YAML: more than 500,000 values"),
        (f"a: &a {{x: 1}}\n{MERGED}", "more than 500,000 values, once its aliases are followed"),
        ("title: &a [*a]\n", ":1: not valid YAML: *a stands within what it refers to"),
        ("title: &a\n  x: {y: *a}\n", ":2: not valid YAML: *a stands within what it refers to"),
        ("title: " + "[" * 200, ":1: not valid YAML: more than 100 blocks within each other"),
        ("title: " + "[" * 100_000, ":1: not valid YAML: "),
        ("- " * 100_000 + "a\n", ":1: not valid YAML: more than 100 blocks within each other"),
        ("{a: " * 5000 + "}" * 5000, "more than 100 blocks within each other"),
        (f"title: a\nn: {'9' * 5000}\n", ":2: not valid YAML: '9999"),
        (f"title: a\nn: {'9' * 30}\n", "is no number that can be used here"),
        ("title: a\nn: 1.0e+999\n", ":2: not valid YAML: '1.0e+999' is no number that can be used here"),
        ("title: a\nn: !!int abc\n", ":2: not valid YAML: 'abc' is no number that can be used here"),
        ("title: a\nn: !!int ''\n", "'' is no number that can be used here"),
        ("title: a\nn: 0x_\n", ":2: not valid YAML: '0x_' is no number that can be used here"),
        ("title: a\nn: !!float x\n", "'x' is no number that can be used here"),
        ("title: a\nn: !!bool maybe\n", ":2: not valid YAML: 'maybe' is neither true nor false"),
        ("title: a\nn: !!binary aGk=\n", ":2: not valid YAML: the tag !!binary names a type that is not read here"),
        ("title: a\nn: !!timestamp 2001-99-99\n", "the tag !!timestamp names a type"),
        ("title: a\nn: !!python/object:os.system x\n", "the tag !!python/object:os.system names a type"),
        ("title: a\nn: !mine x\n", "the tag !mine names a type"),
        ("title: a\ntitle: b\n", ":2: 'title' stands twice in one block"),
        ("true: a\nTrue: b\n", ":2: 'True' stands twice in one block"),
        ("1: a\n0x1: b\n", ":2: '0x1' stands twice in one block"),
        ("? [a, b]\n: c\n", ":1: a list or block cannot be a key"),
        ("title: a\nb: \x00\n", ":2: not valid YAML: a sign that no text has (U+0000)"),
        ("title: a\nb: \x1b[31m\n", ":2: not valid YAML: a sign that no text has (U+001B)"),
        ("title: a\n\tb: c\n", ":2: not valid YAML: found a tab character"),
        ('title: a\nb: "\\e[31m"\n', ":2: not valid YAML: a control character, which would act on terminals"),
        ("title: a\n---\ntitle: b\n", "not valid YAML: but found another document"),
        ("title: *b\n", ":1: not valid YAML: found undefined alias"),
        ("title: [a\n", "not valid YAML: did not find expected"),
    ],
)
def test_whatever_stands_in_a_file_is_one_sentence_with_its_line(tmp_path, text, expected):
    said = message(document(tmp_path, text))
    assert expected in said
    assert said.startswith(f"{tmp_path}/drawing.yaml:")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("title: ä\n".encode("utf-16"), "its text is UTF-16; save it as UTF-8"),
        ("title: a\nother: ä\n".encode("latin-1"), "drawing.yaml:2: its text is not UTF-8; save it as UTF-8"),
        (b"", "is empty"),
        (b"# nothing\n", "is empty"),
    ],
)
def test_bytes_that_are_no_text(tmp_path, data, expected):
    path = tmp_path / "drawing.yaml"
    path.write_bytes(data)
    assert expected in message(path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    path = tmp_path / "drawing.yaml"
    path.write_bytes("title: a\n".encode("utf-8-sig"))
    assert validate(read(path), Drawing).title == "a"


def test_what_is_no_file_with_text(tmp_path):
    assert "cannot be read" in message(tmp_path / "none.yaml")
    assert "is no file with text in it" in message(tmp_path)
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "is no file with text in it" in message(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert "cannot be read" in message(tmp_path / "loop.yaml")
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(10**9)
    assert "1,000,000,000 bytes are more than a file of this kind has" in message(tmp_path / "large.yaml")


@pytest.mark.parametrize(
    "text",
    [
        *("false alarms are cheap", "TrueLabel", "truely", "yes", "No", "on", "nullify", "Nullable", "~user", "=", "<"),
        *("2001-99-99", "2001-01-01", "12:30", "1:20:30", "007", "0o17", "0b1", "1e5", "1.2.3", "0x", ".5.6"),
    ],
)
def test_words_are_words(tmp_path, text):
    assert read(document(tmp_path, f"title: {text}\n")).data == {"title": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("true", True), ("False", False), ("null", None), ("~", None), ("", None), ("7", 7), ("-7", -7), ("+7", 7)),
        *(("50_000", 50_000), ("0x1F", 31), ("0", 0), ("0.5", 0.5), (".5", 0.5), ("1.0e-3", 0.001), ("-1.5", -1.5)),
    ],
)
def test_values_are_values(tmp_path, text, value):
    assert read(document(tmp_path, f"title: {text}\n")).data == {"title": value}


def test_aliases_and_merge_keys_within_bounds_are_followed(tmp_path):
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\n"
    assert read(document(tmp_path, text)).data["b"] == {"x": 1, "y": 3}
    assert read(document(tmp_path, text)).data["c"] == {"x": 1, "y": 2}

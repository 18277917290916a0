"""Text from outside does nothing to the terminal that shows it."""

import re

import pytest

from fixtures.core import json_text
from fixtures.core.errors import InputError
from fixtures.core.text import printable
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ünïcödé, 猫 and\ttabs\nlines", "plain, ünïcödé, 猫 and\ttabs\nlines"),
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("a\rb\x08\x7f", r"a\x0db\x08\x7f"),
        ("\x9b31m", r"\x9b31m"),
        ("left\u202etfel", r"left\u202etfel"),
        ("\udcff.png", r"\udcff.png"),
    ],
)
def test_nothing_acts(text, shown):
    assert printable(text) == shown
    assert str(InputError(text)) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("9" * 5000, "a number of too many digits"),
        (b"\xff\xff", "UTF-8"),
        ("{", "Expecting"),
        ("", "Expecting"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "the key 'c' stands twice in one object"),
        ("[1, NaN]", "NaN, which is no number"),
        ("-Infinity", "-Infinity, which is no number"),
    ],
)
def test_json_is_a_value_or_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        json_text.loads(text)


def test_json():
    assert json_text.loads('{"a": [1, 2.5, null]}') == {"a": [1, 2.5, None]}
    assert json_text.loads('{"a": Infinity}', nan=True) == {"a": float("inf")}


SEALED = {"core/records.py", "core/sealed_tables.py", "predictions/checksummed_parquet.py"}
"""They read what a checksum vouches for, in a store of thousands of files."""


def test_all_json_from_outside_goes_through_one_reader():
    fixtures = ROOT / "fixtures"
    own = {path.relative_to(fixtures).as_posix() for path in fixtures.rglob("*.py") if reads_json(path)}
    assert own == SEALED | {"core/json_text.py"}


def reads_json(path):
    return re.search(r"json\.loads?\((?!json\.dumps)", re.sub(r"json_text\.loads", "", path.read_text())) is not None

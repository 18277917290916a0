"""Evidence as files that other programs read."""

import csv
import io
import json

from matplotlib.figure import Figure

from fixtures.reports import attachments
from tests.reports.checks import ERROR, ONE, check


def test_a_figure_becomes_a_png():
    figure = Figure(figsize=(2, 1))
    figure.subplots().plot([1, 2])
    assert attachments.png(figure)[:8] == b"\x89PNG\r\n\x1a\n"


def test_parts_become_a_table():
    text = attachments.table([{"bin": 0, "name": "a, b", "gap": None}, {"bin": 1, "name": "c", "gap": 0.5}])
    assert list(csv.DictReader(io.StringIO(text))) == [
        {"bin": "0", "name": "a, b", "gap": ""},
        {"bin": "1", "name": "c", "gap": "0.5"},
    ]


def test_a_check_becomes_json_without_its_parts():
    read = json.loads(attachments.record(check(parts=({"bin": 0},), details={"noise floor": 0.02})))
    assert (read["value"], read["limit"], read["details"]) == (ONE.value, "<= 0.100", {"noise floor": 0.02})
    assert "parts" not in read
    assert json.loads(attachments.record(ERROR))["value"] is None

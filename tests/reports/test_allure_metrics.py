"""Numbers with a trend: each has an identity that the checkpoint is no part of."""

import json

from fixtures.reports import allure_metrics
from tests.reports.checks import ERROR, ONE, check


def read(*checks):
    return json.loads(allure_metrics.text(checks, 1_700_000_000_000))


def test_a_number_becomes_a_metric():
    assert read(ONE) == [
        {
            "id": "calibration.ece vit-clip val identity",
            "key": "calibration.ece vit-clip val identity",
            "value": 0.0312,
            "title": "Expected calibration error: vit-clip on val",
            "group": "calibration",
            "groupTitle": "Calibration",
            "better": "lower",
            "start": 1_700_000_000_000,
            "stop": 1_700_000_000_000,
        }
    ]


def test_what_has_no_number_or_direction_says_none():
    assert read(ERROR) == []
    assert "better" not in read(check(better="neither"))[0]


def test_the_order_does_not_depend_on_workers():
    checks = [check(model=name) for name in "cab"]
    assert read(*checks) == read(*checks[::-1])
    assert [one["title"][-8:] for one in read(*checks)] == [f"{name} on val" for name in "abc"]

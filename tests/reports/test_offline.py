"""A report asks nothing of anybody: Allure's analytics are taken out, and whatever else is left is forbidden."""

import subprocess
import sys

import pytest

from fixtures.core.errors import InputError
from fixtures.reports.offline import META, take_offline
from tests.conftest import ROOT

AWESOME = """<!DOCTYPE html>
<html dir="ltr" lang="en">
<head>
    <meta charset="utf-8">
    <script>window.allureReportOptions = {"id": 1}</script>
</head>
<body>
    <script src="data:text/javascript;base64,YWxlcnQoMSk="></script>
    <script src="app.js"></script>
    <script async src="https://www.googletagmanager.com/gtag/js?id=G-LNDJ3J7WT0"></script>
    <script>
        window.dataLayer = window.dataLayer || [];
        function gtag(){dataLayer.push(arguments);}
        gtag('config', 'G-LNDJ3J7WT0', { "report": "awesome" });
    </script>
    <script defer>window.allureReportData = "a href=https://example.org dataLayer";</script>
</body>
</html>
"""


def test_the_analytics_are_taken_out_and_nothing_else(tmp_path):
    page = tmp_path / "awesome" / "index.html"
    page.parent.mkdir()
    page.write_text(AWESOME)
    assert take_offline(tmp_path) == (1, 2)
    start, end = AWESOME.index("\n    <script async"), AWESOME.index("\n    <script defer")
    assert page.read_text() == (AWESOME[:start] + AWESOME[end:]).replace("<head>", f"<head>{META}")
    assert "default-src 'self'" in META


def test_once_is_enough_and_twice_does_no_harm(tmp_path):
    (tmp_path / "index.html").write_text(AWESOME)
    take_offline(tmp_path)
    once = (tmp_path / "index.html").read_text()
    assert take_offline(tmp_path) == (1, 0)
    assert (tmp_path / "index.html").read_text() == once


@pytest.mark.parametrize("content", [None, "no page at all"])
def test_a_report_that_cannot_be_made_sure_of_is_an_error(tmp_path, content):
    if content is not None:
        (tmp_path / "index.html").write_text(content)
    with pytest.raises(InputError, match="there is no report" if content is None else "it has no <head>"):
        take_offline(tmp_path)


def test_the_command(tmp_path):
    (tmp_path / "index.html").write_text(AWESOME)
    command = [sys.executable, "-m", "fixtures.reports.offline"]
    done = subprocess.run([*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith(": 1 page loads nothing from elsewhere; 2 scripts were taken out\n")
    lost = subprocess.run([*command, str(tmp_path / "no")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (lost.returncode, "there is no report" in lost.stderr) == (1, True)
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 2

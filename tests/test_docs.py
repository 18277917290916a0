"""The pages: the README fits on two screens, links lead somewhere, and what commands make is as they would make it."""

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def headings(page):
    """The anchors of a page, as GitHub makes them."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    lines = [line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_the_readme_fits_on_two_screens():
    lines = PAGES[0].read_text().splitlines()
    assert len(lines) <= 110, "numbers and times belong into docs/"


GUARANTEE = re.compile(
    r"false alarms?\b.*(%|stays below|one in|in 20)|errs? with at most|with (at most that\s+)?probability\s+alpha"
    r"|with at most that\s+probability|What this guarantees|in \d+ of 100\b.*(fail|pass)|passes in \d+",
    re.DOTALL,
)
"""What readers take for a promise of how often something errs."""


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "statistics.md"], ids=lambda page: page.name)
def test_a_promise_of_how_often_something_errs_points_to_where_that_was_measured(page):
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    promises = [paragraph for paragraph in text.split("\n\n") if GUARANTEE.search(paragraph)]
    assert [one for one in promises if "statistics.md#" not in one] == []
    if page.name in {"README.md", "thresholds.md", "baselines.md", "ci.md"}:
        assert promises


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    wrong = []
    for target in LINK.findall(page.read_text()):
        file, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        place = (page.parent / file).resolve() if file else page
        if not place.exists() or (anchor and place.suffix == ".md" and anchor not in headings(place)):
            wrong.append(target)
    assert wrong == []


def test_the_page_of_the_contract_is_as_the_docstrings_say():
    """``python .ci/api.py`` writes it anew."""
    command = [sys.executable, ROOT / ".ci/api.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

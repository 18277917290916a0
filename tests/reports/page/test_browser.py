"""The page in a real browser: every control is used, nothing is loaded, nothing complains, all can read it."""

from dataclasses import replace

import pytest

from fixtures.reports.page.write import page
from tests.reports.page import runs
from tests.reports.page.browser import WIDTHS, Tab, launched

SOON = 2.0
"""Seconds of work until a page of 20 models x 400 metrics can be used."""


@pytest.fixture(scope="module")
def browser():
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The pages' files, by name."""
    folder = tmp_path_factory.mktemp("pages")
    usual = runs.usual()
    made = {
        "usual": usual,
        "regressed": runs.regressed(),
        "empty": runs.empty(),
        "interrupted": replace(usual, told=runs.told(usual.checks, 2, collected=9)),
        "failed": runs.usual(status="fail", exit_code=1),
        "hostile": runs.usual(runs.HOSTILE),
    }
    for name, run in made.items():
        (folder / f"{name}.html").write_text(page(run), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


def rows(tab, table="#table"):
    """Visible rows."""
    return tab.locator(f"{table} tbody tr:visible")


def test_numbers_are_found_filtered_and_sorted(browser, pages):
    with Tab(browser, pages["usual"]) as tab:
        assert rows(tab).count() == 3
        tab.fill("#find", "average")
        assert rows(tab).count() == 1
        assert tab.inner_text("#count") == "1 of 3 rows"
        tab.fill("#find", "")
        tab.select_option("#behavior", "robustness")
        assert rows(tab).count() == 2
        tab.select_option("#behavior", "")
        tab.select_option("#status", "pass")
        assert rows(tab).count() == 3
        tab.click("#table th:nth-child(4) button")
        values = [float(text) for text in tab.locator("#table tbody td:nth-child(4) b").all_inner_texts()]
        assert values == sorted(values)
        assert tab.get_attribute("#table th:nth-child(4)", "aria-sort") == "ascending"
        tab.click("#table th:nth-child(4) button")
        assert tab.get_attribute("#table th:nth-child(4)", "aria-sort") == "descending"
        tab.click(".pick summary")
        tab.uncheck(".pick input >> nth=1")
        assert not tab.is_visible("#table th:nth-child(5)")
        tab.check(".pick input >> nth=1")
        assert tab.is_visible("#table th:nth-child(5)")


def test_a_number_opens_what_it_rests_on_by_keyboard_too(browser, pages):
    with Tab(browser, pages["usual"]) as tab:
        first = tab.locator("#table button.open").first
        first.focus()
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#detail[open] svg")
        assert "<= 0.100 (thresholds.yaml:14)" in tab.inner_text("#detail-body")
        assert tab.is_disabled("#previous")
        title = tab.inner_text("#detail-body .crumb")
        tab.click("#next")
        tab.until("before => document.querySelector('#detail-body .crumb').textContent !== before", title)
        tab.click("#previous")
        tab.keyboard.press("Escape")
        tab.wait_for_selector("#detail", state="hidden")
        assert tab.evaluate("document.activeElement.dataset.open") == first.get_attribute("data-open")
        tab.locator("#table button.open").last.click()
        tab.wait_for_selector("#detail-body table")
        tab.click("#detail-body th button >> nth=1")
        assert tab.locator("#detail-body tbody td.num").all_inner_texts() == ["0.6", "0.8"]
        tab.click("#close")
        tab.wait_for_selector("#detail", state="hidden")


def test_a_number_that_is_closed_while_the_next_is_drawn_stays_closed(browser, pages):
    with Tab(browser, pages["usual"]) as tab:
        tab.locator("#table button.open").first.click()
        tab.wait_for_selector("#detail[open] svg")
        tab.evaluate("() => { document.querySelector('#next').click(); document.querySelector('#detail').close(); }")
        tab.wait_for_timeout(300)
        assert not tab.is_visible("#detail")


def test_models_side_by_side_and_images_are_chosen(browser, pages):
    with Tab(browser, pages["usual"]) as tab:
        assert tab.is_visible("text=Accuracy against robustness")
        before = tab.inner_html("#dots-shown")
        tab.select_option("#dots", "1")
        tab.until("before => document.querySelector('#dots-shown').innerHTML !== before", before)
        assert tab.text_content("#gallery-count") == "2 images"
        tab.select_option("#gallery-class", "ant")
        assert tab.text_content("#gallery-count") == "1 image"
        tab.select_option("#kind", "worst group")
        assert tab.text_content("#gallery-sentence") == "The worst"
        assert [
            name for name in tab.locator("#gallery img").all() if name.evaluate("one => one.naturalWidth === 0")
        ] == []
        assert "50" in tab.text_content("#classes-shown")
        tab.click("#classes-shown th button >> nth=1")
        tab.select_option("#classes", "0")


def test_colours_the_command_and_the_way_round(browser, pages):
    with Tab(browser, pages["usual"]) as tab:
        light = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        tab.select_option("#theme", "dark")
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != light
        tab.select_option("#theme", "")
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == light
        tab.click("#copy")
        tab.until("() => document.querySelector('#copied').textContent !== ''")
        tab.keyboard.press("Home")
        for link in tab.locator(".top nav a").all():
            link.click()
            assert tab.evaluate("location.hash") == link.get_attribute("href")
        tab.evaluate("document.activeElement.blur()")
        tab.evaluate("window.scrollTo(0, 0)")


def test_what_changed_can_be_shown_alone(browser, pages):
    with Tab(browser, pages["regressed"]) as tab:
        every = rows(tab).count()
        tab.check("#changed")
        assert 0 < rows(tab).count() < every
        tab.click("#changes th button >> nth=6")
        assert tab.get_attribute("#changes th >> nth=6", "aria-sort") == "ascending"
        tab.click("#look button.open >> nth=0")
        tab.wait_for_selector("#detail[open]")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ["usual", "regressed", "empty", "interrupted", "failed"])
def test_everybody_can_read_it(browser, pages, name, dark):
    with Tab(browser, pages[name], dark=dark) as tab:
        assert tab.violations() == []
        if tab.locator("#table button.open").count():
            tab.locator("#table button.open").first.click()
            tab.wait_for_selector("#detail[open] h2")
            assert tab.violations() == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(browser, pages, width):
    for name in ("usual", "regressed", "empty", "hostile"):
        with Tab(browser, pages[name], width=width) as tab:
            assert tab.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width], name


def test_no_name_is_executed(browser, pages):
    with Tab(browser, pages["hostile"]) as tab:
        tab.locator("#table button.open").first.click()
        tab.wait_for_selector("#detail[open] svg")
        assert tab.title() != "taken"
        assert runs.HOSTILE in tab.inner_text("#detail-body")


def test_it_can_be_printed(browser, pages, tmp_path):
    with Tab(browser, pages["regressed"]) as tab:
        tab.pdf(path=tmp_path / "page.pdf")
        assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
        tab.emulate_media(media="print")
        assert not tab.is_visible(".top")
        assert tab.is_visible("#verdict-title")


def test_twenty_models_with_400_metrics_open_soon(browser, tmp_path):
    file = tmp_path / "large.html"
    file.write_text(page(runs.large()), encoding="utf-8")
    with Tab(browser, file) as tab:
        tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert tab.worked() < SOON
        assert rows(tab).count() == 400
        tab.fill("#find", "metric_399")
        assert rows(tab).count() == 1


def test_a_browser_that_is_required_does_not_skip(monkeypatch):
    from tests.reports.page import browser as tested

    monkeypatch.setattr(tested.shutil, "which", lambda name: None)
    monkeypatch.setenv(tested.REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        tested.chromium()
    monkeypatch.delenv(tested.REQUIRED)
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        tested.chromium()

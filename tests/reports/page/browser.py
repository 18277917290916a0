"""A headless Chromium for tests of the page: Debian's package, driven by Playwright without a browser of its own."""

import os
import shutil
import time
from contextlib import contextmanager

import pytest

REQUIRED = "BEHAVIORS_BROWSER"
"""Set by ``.ci/run``, where no browser is a failure."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
ADVICE = "no Chromium is installed: apt-get install chromium (Debian), or any of " + ", ".join(NAMES) + " on the PATH"
WIDTHS = {"phone": 360, "tablet": 820, "desk": 1400}


def chromium() -> str:
    """Where it is; a test without one is skipped, and fails where it is required."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is not None:
        return found
    if REQUIRED in os.environ:
        pytest.fail(ADVICE)
    pytest.skip(ADVICE)


@contextmanager
def launched():
    """The browser, for several pages."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


class Tab:
    """A page that is open.  ``complaints``: of its console; ``requests``: what it loaded."""

    def __init__(self, browser, file, *, width="desk", dark=False):
        self._context = browser.new_context(
            viewport={"width": WIDTHS[width], "height": 900},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        self.page = self._context.new_page()
        self.page.set_default_timeout(10_000)
        self.complaints, self.requests = [], []
        self.page.on("console", lambda said: said.type in {"error", "warning"} and self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda one: self.requests.append(one.url))
        self._session = self._context.new_cdp_session(self.page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.page.goto(file.as_uri(), wait_until="load")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self._context.close()
        if kind is None:
            assert self.complaints == []
            loaded = [url for url in self.requests if not url.startswith(("data:", "blob:"))]
            assert len(loaded) == 1, loaded  # the page itself

    def until(self, function, argument=None):
        """Wait until a function of JavaScript returns what is true.

        The browser's own waiting evaluates text again and again, which the page's Content-Security-Policy forbids.
        """
        ends = time.monotonic() + 10
        while not self.page.evaluate(function, argument):
            assert time.monotonic() < ends, f"never so: {function}"
            self.page.wait_for_timeout(20)

    def __getattr__(self, name):
        return getattr(self.page, name)

    def worked(self):
        """Seconds of a processor that the page's thread has taken: other work on the machine makes them no more."""
        told = self._session.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in told if one["name"] == "TaskDuration")

    def violations(self):
        """What axe-core finds serious or critical: (rule, first element)."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in {"serious", "critical"}]

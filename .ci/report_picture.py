"""Takes the picture of a report in the README: ``--html`` of vit-clip against vit-sup, as a browser shows its top.

python .ci/report_picture.py [--store=DIR]   # needs Chromium, as the tests of the page do
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PICTURE = ROOT / "docs/report.png"
WIDTH, HEIGHT = 1200, 960
CHOSEN = "calibration or selective or test_accuracy"
RUN = ("-q", "-k", CHOSEN, "--model=vit-clip", "--model=vit-sup", "--baseline=vit-sup")


def main() -> None:
    """Run the tests, open the page, and keep what is seen first."""
    from tests.reports.page.browser import chromium

    with TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        command = [sys.executable, "-m", "pytest", *RUN, f"--html={page}", *sys.argv[1:]]
        subprocess.run(command, cwd=ROOT, check=False)  # a regression is what the picture shows
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
            shown = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            shown.goto(page.as_uri())
            shown.screenshot(path=PICTURE)
            browser.close()


if __name__ == "__main__":
    main()

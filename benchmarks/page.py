"""The picture of the page in the README: what half-trained weights changed, as ``--html`` shows it.

``python -m benchmarks.page docs/page.png -- -m "calibration or robustness"``; arguments after ``--`` go to both runs of
pytest.  It takes a Chromium on the PATH and what ``pip install -e '.[dev]'`` brings.
"""

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZE = {"width": 1280, "height": 1220}
COLOURS = 256
"""Of the PNG, which is a quarter as large for that."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """Measure the model and its early weights, and take the picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("picture", type=Path, help="the PNG to write")
    parser.add_argument("arguments", nargs="*", help="passed on to pytest")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        shutil.copy(ROOT / "examples" / "vit-clip-early.safetensors", here)
        _measure(here, ["--model=vit-clip", "--save-run=runs/prod", *chosen.arguments])
        early = "--model=vit-clip=vit-clip-early.safetensors"
        _measure(here, [early, "--baseline=runs/prod", "--html=page.html", *chosen.arguments])
        chosen.picture.write_bytes(_small(_taken(here / "page.html")))
    print(f"{chosen.picture}: {chosen.picture.stat().st_size / 1000:,.0f} KB")
    return 0


def _measure(here: Path, arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "pytest", str(ROOT), "-q", *arguments], cwd=here, check=False)
    if done.returncode not in {0, 1}:
        sys.exit(f"pytest {' '.join(arguments)}: exit code {done.returncode}")


def _taken(page: Path) -> bytes:
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        tab = browser.new_page(viewport=SIZE, color_scheme="light")
        tab.goto(page.as_uri())
        picture = tab.screenshot()
        browser.close()
    return picture


def _small(png: bytes) -> bytes:
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(buffer := io.BytesIO(), format="PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())

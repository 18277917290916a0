"""What the README shows: every measurement on the embedded models in one table, and some of the figures.

    python -m benchmarks.tour               # the table, in Markdown
    python -m benchmarks.tour --figures docs

Runs pytest on the suite ``mini`` and reads the Allure results that it writes.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FIGURES = {
    ("shape_texture.shape_fraction", "convnext-sup"): "shape_texture.png",
    ("robustness.corruption_accuracy", "vit-clip"): "corruptions.png",
    ("invariance.resolution_consistency", "vit-sup"): "resolution.png",
}
"""(metric, model) -> file."""


def main() -> int:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--figures", type=Path, metavar="DIR", help="also write the figures here")
    parser.add_argument("arguments", nargs="*", help="passed on to pytest")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "-q", f"--alluredir={folder}", *chosen.arguments]
        done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
        print(done.stdout.splitlines()[-1], file=sys.stderr)
        records = list(_records(Path(folder)))
        print(_table([check for check, _ in records]))
        for check, figure in records:
            name = FIGURES.get((f"{check['behavior']}.{check['metric']}", check["model"]))
            if chosen.figures and name and figure:
                shutil.copy(figure, chosen.figures / name)
    return done.returncode


def _records(folder: Path) -> "list[tuple[dict[str, Any], Path | None]]":
    """Each check with the figure that was drawn for it."""
    found = []
    for result in sorted(folder.glob("*-result.json")):
        attached = json.loads(result.read_text()).get("attachments", [])
        files = {entry["name"]: folder / entry["source"] for entry in attached}
        for name, file in files.items():
            if name.endswith(".json"):
                found.append((json.loads(file.read_text()), files.get(name.removesuffix(".json"))))
    return found


def _table(checks: "list[dict[str, Any]]") -> str:
    """Metrics by model; what is not about one model of the suite stands below, on its own."""
    models = ["vit-sup", "convnext-sup", "vit-clip", "convnext-clip"]
    rows: dict[str, dict[str, str]] = {}
    for check in sorted(checks, key=lambda check: (check["behavior"], check["metric"], check["dataset"])):
        if check["model"] in models:
            where = "" if check["dataset"] == "all" else f", {check['dataset']}"
            rows.setdefault(f"{check['behavior']}.{check['metric']}{where}", {})[check["model"]] = check["shown"]
    lines = [f"| | {' | '.join(models)} |", "|---" * (len(models) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(values.get(model, '') for model in models)} |" for name, values in rows.items()]
    claims = sorted((c for c in checks if c["model"] not in models), key=lambda c: (c["metric"], c["model"]))
    lines += ["", *(f"- {check['metric']} [{check['model']}]: {check['shown']}" for check in claims)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

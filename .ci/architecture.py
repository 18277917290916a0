"""Draws ``docs/architecture.svg`` from the import rules in ``pyproject.toml`` and the first sentence of each folder.

python .ci/architecture.py           # write it
python .ci/architecture.py --check   # exit 1 if what is there is another picture
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs/architecture.svg"
FLOW = {
    "collect": "plugin",
    "plan": "predictions",
    "predict": "inference",
    "measure": "a room",
    "judge": "gates, runs",
    "report": "reports",
}
"""The steps of a run, and the folders that take them."""
WIDTH, ROW, GAP, LEFT = 1120, 46, 10, 470
STYLE = """
  text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1f2937 }
  .name { font-weight: 600; font-size: 14px } .head { font-weight: 600; font-size: 16px } .note { fill: #6b7280 }
  .room { fill: #fef3c7; stroke: #d97706 } .shared { fill: #dcfce7; stroke: #16a34a }
  .layer { fill: #dbeafe; stroke: #2563eb } .step { fill: #ede9fe; stroke: #7c3aed }
  path { stroke: #6b7280; fill: none }
"""


def layers() -> list[list[str]]:
    """The folders of ``fixtures`` from top to bottom; those in one row may not import each other."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (rule,) = [c["layers"] for c in contracts if c["type"] == "layers" and c["containers"] == ["fixtures"]]
    return [[name.strip() for name in row.split("|")] for row in rule]


def sentence(folder: Path) -> str:
    """What a folder is for: the first line of its docstring, without its name."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    return text.partition("\n")[0].partition(": ")[2] or text.partition("\n")[0]


def rooms() -> list[Path]:
    """Every folder of ``behaviors`` that is a room."""
    folders = (path.parent for path in (ROOT / "behaviors").glob("*/__init__.py"))
    return sorted(folder for folder in folders if folder.name not in {"contract", "statistics"})


def box(kind: str, at: tuple[float, float, float], name: str, note: str) -> Iterator[str]:
    """A named box, and in it as much of the note as there is room for; ``at``: left, top and width."""
    x, y, width = at
    letters = int((width - 24) / 7)
    shown = note if len(note) <= letters else note[: letters - 3].rsplit(" ", 1)[0] + " ..."
    yield f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{ROW}" rx="6"/>'
    yield f'<text class="name" x="{x + 12}" y="{y + 20}">{escape(name)}</text>'
    yield f'<text class="note" x="{x + 12}" y="{y + 37}">{escape(shown)}</text>'


def picture() -> str:
    """The whole picture as SVG."""
    parts: list[str] = []
    for index, (step, folders) in enumerate(FLOW.items()):
        x = 20 + index * 182
        parts += box("step", (x, 20, 150), step, folders)
        if index:
            parts.append(f'<path d="M {x - 30} 43 L {x - 6} 43" marker-end="url(#tip)"/>')
    top = 100
    parts.append(f'<text class="head" x="20" y="{top}">behaviors: what is claimed and measured</text>')
    parts.append(f'<text class="head" x="{LEFT + 90}" y="{top}">fixtures: what the tests stand on</text>')
    y = float(top + 14)
    for room in rooms():
        parts += box("room", (20, y, LEFT - 20), room.name, sentence(room))
        y += ROW + GAP
    y += 24
    contract = y
    for name in ("contract", "statistics"):
        parts += box("shared", (20, y, LEFT - 20), name, sentence(ROOT / "behaviors" / name))
        y += ROW + GAP
    left, right, below = LEFT + 90, WIDTH - 20, float(top + 14)
    for row in layers():
        width = (right - left - GAP * (len(row) - 1)) / len(row)
        for index, name in enumerate(row):
            note = sentence(ROOT / "fixtures" / name)
            parts += box("layer", (left + index * (width + GAP), below, width), name, note)
        below += ROW + GAP
    middle = contract + ROW / 2
    parts.append(f'<path d="M {left - 6} {middle} L {LEFT + 8} {middle}" marker-end="url(#tip)"/>')
    parts.append(f'<text class="note" x="{LEFT + 8}" y="{middle - 8}">sees only</text>')
    parts.append(f'<path d="M {right + 8} {top + 14} L {right + 8} {below - GAP}" marker-end="url(#tip)"/>')
    height = max(y, below) + 30
    rule = "What is above may import what is below, never the other way (pyproject.toml, tests/test_architecture.py)."
    parts.append(f'<text class="note" x="20" y="{height - 12}">{rule}</text>')
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="The flow of a '
        'run, the rooms of behaviors and the layers of fixtures">',
        f"<style>{STYLE}</style>",
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto">'
        '<path d="M 0 0 L 6 3 L 0 6" /></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *parts,
        "</svg>\n",
    ])  # fmt: skip


def main() -> None:
    """Write the picture, or say that it is another one."""
    if "--check" in sys.argv[1:]:
        if not PICTURE.exists() or PICTURE.read_text() != picture():
            sys.exit("docs/architecture.svg is stale: python .ci/architecture.py")
        return
    PICTURE.write_text(picture())


if __name__ == "__main__":
    main()

"""Writes ``docs/api.md``: what a behaviour's test may use, from the docstrings of ``behaviors/contract``.

python .ci/api.py           # write it
python .ci/api.py --check   # exit 1 if what is there says something else
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/api.md"
TELLS = {
    "measurement": ("Metric", "Measurement", "Parts"),
    "per_image": ("PerImage", "proportion", "mean", "folded", "together"),
    "gate": ("Gate", "Demand"),
    "predictions": ("Predictions", "Answers", "NoView"),
    "needs": (),
    "scores": ("Scores", "Scored"),
    "features": ("Probe", "ProbeData", "ProbeAnswers", "Features", "Featured", "NoFeatures"),
    "cost": ("Cost", "Beside", "Durations", "NotCounted"),
    "searching": ("Explore", "Searching"),
}
"""By module: what of it a room uses, in the order of the page."""
FIELD = re.compile(r"^(?=``\w+``(?:, ``\w+``)*:)", re.MULTILINE)
"""Where a line tells of a field, or of several."""
HEAD = """# What a behaviour's tests may use

Made from the docstrings of `behaviors/contract/` by `python .ci/api.py`. How to:
[CONTRIBUTING.md](../CONTRIBUTING.md).

## Marks

| mark | meaning |
|---|---|
"""


def marks() -> Iterator[str]:
    """A row for each mark, as ``pytest --markers`` tells them."""
    sys.path.insert(0, str(ROOT))
    from fixtures.plugin.collection import markers

    for line in markers(()):
        name, _, meaning = line.partition(": ")
        yield f"| `{name}` | {meaning} |"


def literal(text: str) -> str:
    """Markdown's code in place of reStructuredText's."""
    return text.replace("``", "`")


def paragraphs(node: ast.AST) -> str:
    """The docstring of a module, class or function; examples and tables stay as they are, in blocks of code."""
    parts = []
    for part in (ast.get_docstring(node) or "").split("\n\n"):  # type: ignore[arg-type]
        code = part.startswith((">>>", "==="))
        parts.append(f"```\n{part}\n```" if code else literal(FIELD.sub("- ", part)))
    return "\n\n".join(parts)


def signature(node: ast.FunctionDef) -> str:
    """``check(metric, measurement, figure=None)``, with types."""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    arguments = ast.unparse(node.args).removeprefix("self").removeprefix(", ")
    return f"{node.name}({arguments}){returns}".replace('"', "")


def members(node: ast.ClassDef) -> Iterator[str]:
    """The fields of a class, each with the docstring below it, and its public methods."""
    for child, below in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(child, ast.AnnAssign):
            told = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
            yield f"- `{ast.unparse(child)}`" + (f": {literal(' '.join(str(told).split()))}" if told else "")
        if isinstance(child, ast.FunctionDef) and (not child.name.startswith("_") or child.name == "__call__"):
            yield f"- `{signature(child)}`: {literal(' '.join((ast.get_docstring(child) or '').split()))}"


def described(module: str, names: tuple[str, ...]) -> Iterator[str]:
    """A module, and what of it is told."""
    tree = ast.parse((ROOT / "behaviors/contract" / f"{module}.py").read_text())
    yield f"## behaviors.contract.{module}\n\n{paragraphs(tree)}"
    nodes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    for name in names:
        node = nodes[name]
        title = signature(node) if isinstance(node, ast.FunctionDef) else name
        yield f"### `{title}`\n\n{paragraphs(node)}"
        if isinstance(node, ast.ClassDef) and (listed := list(members(node))):
            yield "\n".join(listed)


def page() -> str:
    """The whole page."""
    parts = [part for module, names in TELLS.items() for part in described(module, names)]
    return HEAD + "\n".join(marks()) + "\n\n" + "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the page, or say that it is another one."""
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text() != page():
            sys.exit("docs/api.md is stale: python .ci/api.py")
        return
    PAGE.write_text(page())


if __name__ == "__main__":
    main()

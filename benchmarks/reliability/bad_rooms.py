"""Rules of every room, rooms of a team, runs to compare with, histories, reports and stores as nobody gives them."""

from collections.abc import Callable, Iterator

from benchmarks.reliability.spoiling import RECORDED, Change, garbage, no_files
from benchmarks.reliability.world import World


def rooms() -> Iterator[tuple[str, Change]]:
    """Rules about rooms that take more than a limit."""
    for text in (
        "groups: {worst_group: [{min: 0.0, within: {by: nothing}, because: any}]}",
        "groups: {worst_group: [{min: 0.0, within: {by: []}, because: any}]}",
        "groups: {worst_group: [{min: 0.0, within: {by: class, fewest: -1}, because: any}]}",
        "groups: {worst_group: [{min: 0.0, within: {by: class, few: 1}, because: any}]}",
        "groups: {worst_group: [{min: 0.0, within: class, because: any}]}",
        "groups: {gap: [{max: 1, within: {by: class, between: [fish]}, because: any}]}",
        "groups: {gap: [{max: 1, within: {by: class, between: [fish, nobody]}, because: any}]}",
        "groups: {average_accuracy: [{min: 0, within: {by: class, shares: {fish: -1}}, because: any}]}",
        "groups: {average_accuracy: [{min: 0, within: {by: class, shares: {nobody: 1}}, because: any}]}",
        "groups: {worst_classes: [{min: 0, within: {classes: 0}, because: any}]}",
        "conformal: {coverage: [{min: 0, within: {coverage: 2}, because: any}]}",
        "conformal: {coverage: [{min: 0, within: {coverage: 0}, because: any}]}",
        "conformal: {coverage: [{min: 0, within: {cover: 0.9}, because: any}]}",
        "conformal: {set_size: [{max: -1, because: any}]}",
        "conformal: {worst_coverage: [{min: 0, within: {by: nothing}, because: any}]}",
        "selective: {coverage_at_risk: [{min: 0, within: {risk: 7}, because: any}]}",
        "selective: {coverage_at_risk: [{min: 0, within: {coverage: 0.5}, because: any}]}",
        "selective: {risk_at_coverage: [{max: 1, within: {coverage: 0}, because: any}]}",
        "selective: {risk_at_coverage: [{max: 1, within: {coverage: x}, because: any}]}",
        "agreement: {with_people: [{min: 0, because: any}]}",
        "agreement: {with_humans: [{min: 0, because: any}]}",
        "ood: {auroc: [{min: 0, within: {score: nonsense}, because: any}]}",
        "ood: {auroc: [{min: 0, within: {k: -1}, because: any}]}",
        "invariance: {search_consistency: [{min: 0, within: {move: 9}, because: any}]}",
        "invariance: {search_consistency: [{min: 0, within: {spin: 1}, because: any}]}",
        "findings: {nothing: [{outcome: holds, because: any}]}",
        "calibration: {ece: [{max: 1, within: {by: class}, because: any}]}",
        "calibration: {ece: [{max: 1, reference: -3, because: any}]}",
        "calibration: {ece: [{max: 1, policy: maybe, because: any}]}",
        "calibration: {ece: [{max: 1, expect: pass, because: any}]}",
        "calibration: {ece: [{max: 1, primary: perhaps, because: any}]}",
        "calibration: {ece: [{max: 1, may_lose: -1, because: any}]}",
        "calibration: {ece: [{max: 1, exact: roughly, reference: 0.1, because: any}]}",
        "calibration: {ece: [{outcome: holds, because: any}]}",
    ):
        yield text, _rules(text)


def _rules(text: str) -> Change:
    """``text`` instead of the suite's rules, on the recording."""

    def change(world: World) -> list[str]:
        world.rules.write_text(f"tiny: {{{text}}}\n")
        room = text.partition(":")[0]
        return ["--model=said", f"-m={room}", "--strict-gates"]

    return change


def own_rooms() -> Iterator[tuple[str, Change]]:
    """Behaviours that a suite brings."""
    good = "import pytest\npytestmark = pytest.mark.predictions('val')\ndef test_x(predictions, gate):\n    pass\n"
    for name, files in {
        "no such folder": {},
        "no METRICS": {"room/__init__.py": "", "room/test_room.py": good},
        "METRICS that are a word": {"room/__init__.py": "METRICS = 'x'\n", "room/test_room.py": good},
        "an error on import": {"room/__init__.py": "1 / 0\n", "room/test_room.py": good},
        "an exit on import": {"room/__init__.py": "raise SystemExit(0)\n", "room/test_room.py": good},
        "a syntax error": {"room/__init__.py": "METRICS = [\n", "room/test_room.py": good},
        "the name of a room": {"calibration/__init__.py": "METRICS = ()\n", "calibration/test_x.py": good},
        "no tests": {"room/__init__.py": "METRICS = ()\n"},
        "a test that is broken": {"room/__init__.py": "METRICS = ()\n", "room/test_room.py": "def test_x(:\n"},
        "a folder that is a file": {"": ""},
    }.items():
        yield name, _own(files)
    for text in ("[]", "[7]", "our_rooms", "[/nothing]", "['']", "[json]"):
        yield f"behaviors: {text}", _own({}, text)


def _own(files: dict[str, str], named: str = "[our_rooms]") -> Change:
    def change(world: World) -> list[str]:
        folder = world.folder / "our_rooms"
        for name, text in files.items():
            path = folder / name if name else folder
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if folder.is_dir():
            (folder / "__init__.py").write_text("")
        world.suite.write_text(world.suite.read_text() + f"behaviors: {named}\n")
        return [*RECORDED, "--strict-gates"] if named != "[]" else ["--model=said", "-m=our_rooms"]

    return change


FOLDERS = {"--save-run", "--store", "--figures", "--hugging-face", "--wandb"}
DESTINATIONS = ("--results", "--suggest-thresholds", "--plan-needs", "--csv", "--html", "--reproduce", *sorted(FOLDERS))
ALLOWED = {
    "a folder": {*FOLDERS, "--suggest-thresholds"},
    "a link to /dev/zero": {*DESTINATIONS} - FOLDERS,
}
"""What may stand there: a folder is filled, a device is written to and stays one."""
SOURCES = ("--baseline", "--history", "--data-root", "--checkpoint-dir", "--thresholds", "--suite")


def pages() -> Iterator[tuple[str, Change]]:
    """Where reports, suggestions, saved runs and histories may not go or come from."""
    for name, how in no_files().items():
        if name in {"a pipe", "a folder", "a link to itself", "a link to /dev/zero"}:
            for option in DESTINATIONS:
                if option not in ALLOWED.get(name, ()):
                    yield f"{option} into {name}", _into(option, how, "out.json" if "plan" in option else "out.yaml")
            for option in SOURCES:
                if name != "a folder":
                    yield f"{option} from {name}", _into(option, how, "in")
    for name, content in list(garbage().items())[:8]:
        yield f"--baseline of {name}", _run("--baseline", {"checks.json": content, "SHA256SUMS": content})
        yield f"--history of {name}", _run("--history", {"run/checks.json": content, "run/SHA256SUMS": content})
    for line in (
        "--history=/nothing",
        "--history=",
        "--history=@/recorded.csv",
        "--margin=0.1",
        "--margin=x --suggest-thresholds=@/new.yaml",
        "--margin=-1 --suggest-thresholds=@/new.yaml",
        "--allow-loosening",
        "--suggest-thresholds=@/suite.yaml",
        "--sequential-seed=3",
        "--sequential-seed=x --sequential",
        "--family-alpha=2",
        "--family-alpha=0",
        "--report=nothing",
        "--report=os:system=@/x",
        "--mlflow=nonsense://x",
        "--csv=@/recorded.csv",
        "--figures=@/recorded.csv",
        "--wandb=@/recorded.csv",
        "--hugging-face=@/recorded.csv",
        "--plan=@/x.txt",
        "--plan-needs=@/x.json",
        "--checkpoint-dir=/nothing",
        "--checkpoint-dir=",
        "--data-root=",
        "--data-root=@/recorded.csv",
        "--save-run=@/store",
        "--save-run=@/photos",
        "--require=val,nothing",
        "--search=",
        "--precision=",
        "--device=",
        "--store=@/recorded.csv",
        "--store=@/recorded.csv/x",
        "--model=said=predictions:@/recorded.csv?other=1",
        "--model=said=predictions:@/recorded.csv?datasets=nothing",
        "--model=said=predictions:@/recorded.csv?outputs=scores",
        "--model=said=predictions:@/recorded.csv?other_labels=perhaps",
        "--model=o=observer:colour",
        "--model=o=observer:shape?slips=2",
        "--model=o=observer:shape?seed=x",
    ):
        yield line, lambda _, line=line: ["--model=said", "-k=test_ece", *line.split(" ")]


def _into(option: str, how: Callable[..., object], name: str) -> Change:
    def change(world: World) -> list[str]:
        how(world.folder / name)
        plan = ["--plan=" + str(world.folder / "plan.json")] if "plan" in option else []
        return [*RECORDED, f"{option}={world.folder / name}", *plan]

    return change


def _run(option: str, files: dict[str, bytes]) -> Change:
    def change(world: World) -> list[str]:
        for name, content in files.items():
            path = world.folder / "kept" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return [*RECORDED, f"{option}={world.folder / 'kept'}"]

    return change


def settings() -> Iterator[tuple[str, Change]]:
    """What a suite says of its runs, and a project of its own."""
    for text in (
        "run: 7",
        "run: [device]",
        "run: {devise: cpu}",
        "run: {precision: fp7}",
        "run: {strict_gates: perhaps}",
        "run: {batch_size: 0}",
        "run: {plan: x}",
        "run: {report: 'a:b'}",
        "run: {suite: other}",
        "run: {results: x.json}",
        "prompts: {templates: []}",
        "prompts: {templates: ['no place']}",
        "prompts: 7",
        "class_names: imagenet-1k",
        "findings: {ours: {clip: nobody}}",
        "tasks: {a: 7}",
        "nonsense: 1",
    ):
        yield f"{text} in a suite", _added(text)


def _added(text: str) -> Change:
    def change(world: World) -> list[str]:
        lines = [line for line in world.suite.read_text().splitlines() if not line.startswith(text.partition(":")[0])]
        world.suite.write_text("\n".join([*lines, text]) + "\n")
        return ["-k=test_ece", "--model=said"]

    return change

"""Through how many files one prediction and one rule go: what a reader has to hold open to follow either.

    python -m benchmarks.path              # both, as counts
    python -m benchmarks.path --files      # and every file in the order in which it was entered

One cold run of one calibration test in a fresh store, traced: of a *prediction* everything between the test's asking
for its evidence and having it (threads too, in the order in which they were seen); of a *rule* everything between the
test's handing in a measurement and its verdict.  A *visit* is a change of file; a *return* is a visit to a file that
was visited before.  Only files of ``behaviors`` and ``fixtures`` count, not the embedded world's renderer
(``fixtures/mini``), which stands for a user's images.
"""

import argparse
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = tuple(str(ROOT / folder) + "/" for folder in ("behaviors", "fixtures"))
SCENERY = str(ROOT / "fixtures/mini") + "/"
TEST = "behaviors/calibration/test_calibration.py"


class Trace:
    """Files in the order in which they were entered."""

    def __init__(self) -> None:
        self.visits: list[str] = []

    def see(self, frame: FrameType, event: str, _: Any) -> None:
        """A profiler's callback."""
        name = frame.f_code.co_filename
        if (
            event != "call"
            or frame.f_code.co_name == "<module>"
            or not name.startswith(HOUSE)
            or name.startswith(SCENERY)
        ):
            return
        where = str(Path(name).relative_to(ROOT))
        if not self.visits or self.visits[-1] != where:
            self.visits.append(where)

    @contextmanager
    def traced(self) -> Iterator[None]:
        """What is called meanwhile, in this thread and in those that begin."""
        sys.setprofile(self.see)
        threading.setprofile(self.see)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]

    def told(self, name: str, files: bool) -> str:
        """The counts, and the files where they are asked for."""
        different = list(dict.fromkeys(self.visits))
        text = f"{name}: {len(different)} files, {len(self.visits)} visits, {len(self.visits) - len(different)} returns"
        return "\n".join([text, *(f"  {file}" for file in different)] if files else [text])


class Tracer:
    """A plugin of pytest: traces the set-up of a test's evidence, and its first measurement's judgement."""

    def __init__(self) -> None:
        self.prediction, self.rule = Trace(), Trace()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
        """The evidence is asked for by name; what is collected before, as the suite, is no part of it."""
        if fixturedef.argname == "predictions":
            with self.prediction.traced():
                return (yield)
        made = yield
        if fixturedef.argname == "gate":
            fixturedef.cached_result = (self._watched(made), *fixturedef.cached_result[1:])
            return fixturedef.cached_result[0]
        return made

    def _watched(self, gate: Any) -> Any:
        check = gate.check

        def watched(*given: Any, **named: Any) -> None:
            with self.rule.traced():
                check(*given, **named)

        gate.check = watched
        return gate


def main() -> None:
    """Trace and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", action="store_true", help="name every file in the order in which it was entered")
    files = parser.parse_args().files
    tracer = Tracer()
    with tempfile.TemporaryDirectory() as store:
        options = [f"{ROOT / TEST}::test_ece", "-k", "vit-sup-val", "-q", "-p", "no:cacheprovider", "--max-images=64"]
        code = pytest.main([*options, f"--rootdir={ROOT}", f"--store={store}"], plugins=[tracer])
    if code not in {0, 1} or not tracer.prediction.visits or not tracer.rule.visits:
        sys.exit(f"nothing to trace: pytest ended with {code}")
    print(tracer.prediction.told("a prediction", files))
    print(tracer.rule.told("a rule", files))


if __name__ == "__main__":
    main()

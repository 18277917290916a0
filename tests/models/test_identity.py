"""An identity is found once, remembered without torch, and found anew when anything it depends on has changed."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from fixtures.core import remarks
from fixtures.core.errors import InputError
from fixtures.core.records import json_record
from fixtures.models import identity as module
from fixtures.models import sources
from fixtures.models.evidence import Evidence, from_module
from fixtures.models.fingerprint import digest, digest_file, digest_folder, digest_tensors
from fixtures.models.identity import identify, software
from fixtures.models.load import build, load
from fixtures.models.model import ModelSpec
from tests.models.conftest import ARGUMENTS

Spec = Callable[..., ModelSpec]
TEXT = f"timm:test_convnext?checkpoint=convnext.pth&arguments={ARGUMENTS}"
ROOT = Path(__file__).parents[2]


class Builds:
    """Counts how often a network is built."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        build = module._build

        def counted(spec: ModelSpec) -> object:
            self.count += 1
            return build(spec)

        monkeypatch.setattr(module, "_build", counted)


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> Builds:
    return Builds(monkeypatch)


def test_it_is_that_of_the_network(convnext: Path, spec: Spec, tmp_path: Path, builds: Builds) -> None:
    found = identify(spec(TEXT), tmp_path / "cache")
    built = build(spec(TEXT)).identity
    assert (found.fingerprint, found.preprocessing, found.outputs) == (built.fingerprint, built.preprocessing, 3)
    assert found.facts["checkpoint"] == "convnext.pth"
    assert found.facts["timm"] == software(spec(TEXT))["timm"]
    assert identify(spec(TEXT), tmp_path / "cache") == found
    assert builds.count == 1


def test_a_second_process_does_not_import_torch(convnext: Path, clip_folder: Path, spec: Spec, tmp_path: Path) -> None:
    texts = [TEXT, "open_clip:local-dir:tiny-clip"]
    found = [identify(spec(text), tmp_path / "cache").fingerprint for text in texts]
    code = (
        "import sys, json; from pathlib import Path; from fixtures.models.identity import identify\n"
        "from fixtures.models.spec import parse\n"
        "classes, prompts = ('cat', 'dog', 'car'), ('a photo of a {}.', 'a drawing of a {}.')\n"
        "around = {'classes': classes, 'prompts': prompts, 'cwd': Path(sys.argv[1])}\n"
        "specs = [parse(text, {}, **around) for text in json.loads(sys.argv[2])]\n"
        "print(json.dumps([identify(spec, Path(sys.argv[1]) / 'cache').fingerprint for spec in specs]))\n"
        "sys.exit(bool({'torch', 'timm', 'open_clip', 'torchvision'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), json.dumps(texts)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == found


def test_names_and_paths_do_not_count(convnext: Path, spec: Spec, tmp_path: Path, builds: Builds) -> None:
    first = identify(spec(TEXT), tmp_path / "cache")
    (tmp_path / "elsewhere").mkdir()
    shutil.move(convnext, tmp_path / "elsewhere" / "renamed.pth")
    second = identify(spec("other=" + TEXT.replace("convnext.pth", "elsewhere/renamed.pth")), tmp_path / "cache")
    assert first.fingerprint == second.fingerprint
    assert second.facts["checkpoint"] == "elsewhere/renamed.pth"
    assert builds.count == 1


def test_another_content_is_another_identity(convnext: Path, spec: Spec, tmp_path: Path, builds: Builds) -> None:
    state = torch.load(convnext)
    torch.save(dict(state), convnext)
    first = identify(spec(TEXT), tmp_path / "cache")
    times = convnext.stat()
    torch.save({name: tensor + 1 for name, tensor in state.items()}, convnext)
    assert convnext.stat().st_size == times.st_size
    os.utime(convnext, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert identify(spec(TEXT), tmp_path / "cache").fingerprint != first.fingerprint
    assert builds.count == 2


@pytest.mark.usefixtures("convnext")
@pytest.mark.parametrize("change", ["options", "classes", "versions", "schema"])
def test_what_else_is_asked_again(
    change: str, spec: Spec, tmp_path: Path, builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    identify(spec(TEXT), tmp_path / "cache")
    around, text = {}, TEXT
    if change == "options":
        text = f"{TEXT}&crop_pct=0.5"
    elif change == "classes":
        around = {"classes": ("cat", "dog", "bus")}
    elif change == "versions":
        monkeypatch.setattr(module, "installed", lambda name: "99")
    else:
        monkeypatch.setattr(module, "SCHEMA", 99)
    identify(spec(text, **around), tmp_path / "cache")
    assert builds.count == 2


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"identity": {}, "files": []}', '{"identity": {"x": 1}, "files": []}']
)
def test_a_damaged_memory_is_no_memory(damage: str, convnext: Path, spec: Spec, tmp_path: Path, builds: Builds) -> None:
    first = identify(spec(TEXT), tmp_path / "cache")
    (kept,) = (tmp_path / "cache").glob("identity-*.json")
    kept.write_text(damage)
    assert identify(spec(TEXT), tmp_path / "cache") == first
    assert builds.count == 2


def test_a_wrong_digit_of_a_fingerprint_heals(convnext: Path, spec: Spec, tmp_path: Path, builds: Builds) -> None:
    first = identify(spec(TEXT), tmp_path / "cache")
    (kept,) = (tmp_path / "cache").glob("identity-*.json")
    digit = "1" if first.fingerprint[0] != "1" else "2"
    kept.write_text(kept.read_text().replace(first.fingerprint, digit + first.fingerprint[1:]))
    assert identify(spec(TEXT), tmp_path / "cache") == first
    (remark,) = remarks.take()
    assert remark.startswith(f"{kept.name} was damaged: ")
    assert identify(spec(TEXT), tmp_path / "cache") == first
    assert builds.count == 2
    assert not remarks.take()


def test_another_models_identity_is_not_believed(convnext: Path, spec: Spec, tmp_path: Path, builds: Builds) -> None:
    cache, other = tmp_path / "cache", f"{TEXT}&crop_pct=0.5"
    first = identify(spec(TEXT), cache)
    (mine,) = cache.glob("identity-*.json")
    identify(spec(other), cache)
    (others,) = set(cache.glob("identity-*.json")) - {mine}
    mine.write_bytes(others.read_bytes())
    assert identify(spec(TEXT), cache) == first
    assert "it is about something else" in remarks.take()[0]


def test_an_identity_that_the_network_contradicts_is_forgotten(convnext: Path, spec: Spec, tmp_path: Path) -> None:
    read, cache = spec(TEXT), tmp_path / "cache"
    true = identify(read, cache)
    record = module._record(read, cache)
    answer = record.read()
    record.write(answer | {"identity": answer["identity"] | {"fingerprint": "0" * 64}})  # as sound as any
    wrong = identify(read, cache)
    assert wrong.fingerprint == "0" * 64
    with pytest.raises(InputError, match="run it again"):
        load(read, "cpu", expected=wrong, cache=cache)
    assert identify(read, cache) == true


def test_files_found_on_the_way_are_looked_at_again(convnext: Path, spec: Spec, tmp_path: Path, builds: Builds) -> None:
    source = tmp_path / "code.py"
    source.write_text("one")
    identify(spec(TEXT), tmp_path / "cache")
    (kept,) = (tmp_path / "cache").glob("identity-*.json")
    record = json_record(kept, *json_about(kept))
    evidence = Evidence(path=str(source))
    record.write(record.read() | {"files": [[vars(evidence), evidence.digest()]]})
    identify(spec(TEXT), tmp_path / "cache")
    assert builds.count == 1
    source.write_text("two")
    identify(spec(TEXT), tmp_path / "cache")
    assert builds.count == 2


def test_a_folders_weights_count(clip_folder: Path, spec: Spec, tmp_path: Path, builds: Builds) -> None:
    read = spec("open_clip:local-dir:tiny-clip")
    first = identify(read, tmp_path / "cache")
    identify(read, tmp_path / "cache")
    assert builds.count == 1
    model = build(read).run.clip
    save_file(
        {name: tensor + 1 for name, tensor in model.state_dict().items()}, clip_folder / "open_clip_model.safetensors"
    )
    assert identify(read, tmp_path / "cache").fingerprint != first.fingerprint


def test_recordings_and_factories(spec: Spec, tmp_path: Path, builds: Builds) -> None:
    (tmp_path / "rec.csv").write_text("file_name,predicted_class,predicted_probability\na,1,0.5\n")
    found = identify(spec("predictions:rec.csv"), tmp_path / "cache")
    assert found.preprocessing == "recorded"
    assert builds.count == 0
    (tmp_path / "afactory.py").write_text(
        "import torch\n"
        "def make():\n"
        "    names = ['cat', 'dog', 'car']\n"
        "    return {'model': print, 'preprocess': lambda image: torch.zeros(3, 2, 2), 'class_names': names}\n"
    )
    read = spec("python:afactory:make")
    assert not identify(read, tmp_path / "cache").stable
    identify(read, tmp_path / "cache")
    assert builds.count == 2  # what a factory reads, nobody else knows


def json_about(path: Path) -> tuple[str, object]:
    kept = json.loads(path.read_text())
    return kept["kind"], kept["about"]


def test_hashes_of_files_are_remembered_once_the_file_has_settled(tmp_path: Path) -> None:
    path, cache = tmp_path / "file", tmp_path / "cache"
    path.write_bytes(b"one")
    fresh = digest_file(path, cache)
    assert not cache.exists()  # changed a moment ago: the next change might leave the same time stamp
    os.utime(path, (time.time() - 60, time.time() - 60))
    assert digest_file(path, cache) == fresh == digest_file(path)
    (kept,) = cache.glob("*.json")
    record = json_record(kept, *json_about(kept))
    record.write(record.read() | {"sha256": "remembered"})
    assert digest_file(path, cache) == "remembered"
    path.write_bytes(b"two")
    assert digest_file(path, cache) == digest_file(path) != fresh


def test_hashes_of_folders_tensors_and_values(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text("1")
    assert digest_folder(tmp_path / "a") == digest_folder(tmp_path / "b")
    (tmp_path / "b" / "y").write_text("")
    assert digest_folder(tmp_path / "a") != digest_folder(tmp_path / "b")
    tensors = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor(1, dtype=torch.bfloat16), "c": torch.zeros(0)}
    assert digest_tensors(tensors) == digest_tensors(dict(reversed(tensors.items())))
    turned = tensors | {"a": torch.arange(6.0).reshape(2, 3).T.contiguous().T}
    assert digest_tensors(tensors) == digest_tensors(turned)
    for other in (
        {"a": tensors["a"].reshape(3, 2)},
        {"a": tensors["a"].double()},
        {"a": tensors["a"] + 1},
        {"d": torch.zeros(1)},
    ):
        assert digest_tensors(tensors | other) != digest_tensors(tensors)
    assert digest({"a": 1, "b": (1, 2)}) == digest({"b": [1, 2], "a": 1}) != digest({"a": 1, "b": (2, 1)})


def test_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_module("no.such.module") == ()
    (found,) = from_module("fixtures.models.evidence")
    assert found.path.endswith("evidence.py")
    assert Evidence(path=str(tmp_path / "gone")).digest() == ""
    assert Evidence(repo="no/body", filename="x").digest() == ""


def test_a_library_that_is_not_installed(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = replace(sources.source("timm"), libraries=("no-such-library",))
    monkeypatch.setattr(sources, "of", lambda spec: lacking)
    assert software(spec("timm:resnet18")) == {"no-such-library": "not installed"}


def test_a_recording_that_may_not_be_read_is_named(tmp_path: Path, spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "said.csv").write_text("file_name,predicted_class,predicted_probability\na,0,0.5\n")
    read = spec(f"m=predictions:{tmp_path / 'said.csv'}")
    monkeypatch.setattr(Path, "open", _forbidden)
    with pytest.raises(InputError, match=r"said\.csv cannot be read \(Permission denied\)"):
        identify(read, tmp_path / "cache")


def test_a_folder_of_recordings_that_may_not_be_listed_is_named(
    tmp_path: Path, spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "said").mkdir()
    monkeypatch.setattr(Path, "iterdir", _forbidden)
    with pytest.raises(InputError, match=r"said cannot be read \(Permission denied\)"):
        spec(f"m=predictions:{tmp_path / 'said'}")


def _forbidden(path: Path, *_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied", str(path))

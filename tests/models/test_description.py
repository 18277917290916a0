"""In what two models differ is read from what runs keep of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.models.description import describe, differences, in_words
from fixtures.models.identity import identify
from fixtures.models.model import ModelSpec
from tests.models.conftest import ARGUMENTS

Spec = Callable[..., ModelSpec]
TEXT = f"timm:test_convnext?checkpoint=convnext.pth&arguments={ARGUMENTS}"


def described(spec: ModelSpec, cache: Path, precision: str = "fp32") -> object:
    found = identify(spec, cache)
    return describe(
        fingerprint=found.fingerprint, preprocessing=found.preprocessing, precision=precision, facts=found.facts
    )


@pytest.mark.usefixtures("convnext")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT, "the same in every part"),
        (TEXT.replace("}", ',"drop_rate":0.5}'), "same weights, built with drop_rate=0.5"),
        (TEXT + "&crop_pct=0.5", "same weights, images prepared by: "),
    ],
)
def test_a_networks_parts(text: str, words: str, spec: Spec, tmp_path: Path) -> None:
    old, new = (described(spec(f"m={one}"), tmp_path / "cache") for one in (TEXT, text))
    assert in_words(new, old).startswith(words)
    if "drop_rate" in text:
        assert in_words(old, new) == "same weights, built without drop_rate=0.5"


@pytest.mark.usefixtures("convnext")
def test_arguments_of_a_suites_block_count_like_those_behind_the_question_mark(spec: Spec, tmp_path: Path) -> None:
    from fixtures.models.spec import Setting, make

    options = {"checkpoint": "convnext.pth", "arguments": {"dims": [8, 16, 16, 16], "depths": [1, 1, 1, 1]}}
    written = make("m", "timm:test_convnext", setting=Setting(folder=tmp_path, classes=("cat", "dog", "car")),
                   options=options)  # fmt: skip
    old, new = described(spec(f"m={TEXT}"), tmp_path / "cache"), described(written, tmp_path / "cache")
    assert new.arguments == {"dims": [8, 16, 16, 16], "depths": [1, 1, 1, 1]}
    assert in_words(new, old) == "the same in every part"


@pytest.mark.usefixtures("clip_folder")
def test_prompts_precision_and_libraries(spec: Spec, tmp_path: Path) -> None:
    text = "m=open_clip:local-dir:tiny-clip"
    old = described(spec(text), tmp_path / "cache")
    new = described(spec(text, prompts=("a {}.",)), tmp_path / "cache", "bf16")
    assert in_words(new, old) == "same weights, other prompts or class names, bf16 instead of fp32"
    newer = replace(old, libraries={**old.libraries, "torch": "99"})
    assert [one.part for one in differences(newer, old)] == ["libraries"]
    assert in_words(replace(old, weights="0"), old) == "other weights"

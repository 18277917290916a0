"""Rendered splits: known without torch, rendered once, and again where what is on disk is not what was written."""

import multiprocessing
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fixtures.core import remarks
from fixtures.core.arrays import load_or_make
from fixtures.core.drafts import sweep
from fixtures.core.errors import InputError
from fixtures.datasets import embedded, recipe
from fixtures.datasets.class_space import ClassSpace
from fixtures.datasets.dataset import ClassMapping
from fixtures.datasets.declaration import Declaration
from fixtures.mini import recipes, splits
from fixtures.mini.scene import sample
from fixtures.mini.vocabulary import CLASSES

WORLD = ClassSpace(CLASSES)


def declaration(**changes) -> Declaration:
    return Declaration(**({"name": "hard", "where": "mini.yaml:9", "space": WORLD} | changes))


def opened(tmp_path, split="hard", **changes):
    return embedded.open_rendered(declaration(**changes), split, tmp_path)


@pytest.fixture
def renderings(monkeypatch):
    """Counts renderings, and makes them cheap."""
    calls: list[str] = []

    def cheap(name):
        calls.append(name)
        pixels = np.zeros((len(splits.ids(name)), 4, 4, 3), dtype=np.uint8)
        pixels[:, 0, 0, 0] = np.arange(len(pixels)) % 251
        return pixels

    monkeypatch.setattr(embedded.splits, "pixels", cheap)
    return calls


def test_a_split_is_known_without_rendering(tmp_path, renderings):
    dataset = opened(tmp_path)
    assert dataset.ids == splits.ids("hard")
    assert np.array_equal(dataset.labels, splits.labels("hard"))
    assert set(dataset.annotations) == set(splits.annotations("hard"))
    assert dataset.manifest().images == len(dataset.ids)
    assert dataset.manifest().bytes == len(dataset.ids) * 64 * 64 * 3
    assert renderings == []


def test_it_is_rendered_once_and_kept(tmp_path, renderings):
    dataset = opened(tmp_path)
    assert dataset.load(7).getpixel((0, 0)) == (7, 0, 0)
    assert dataset.load(8).mode == "RGB"
    assert opened(tmp_path).load(9).getpixel((0, 0)) == (9, 0, 0)
    assert renderings == ["hard"]


SPOIL = {
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:-100]),
    "empty": lambda file: file.write_bytes(b""),
    "altered": lambda file: file.write_bytes(file.read_bytes()[:-1] + b"\x01"),
    "gone": lambda file: file.unlink(),
    "a folder": lambda file: file.unlink() or file.mkdir(),
    "with half a record": lambda file: file.with_suffix(".sealed.json").write_text("{"),
    "with another record": lambda file: file.with_suffix(".sealed.json").write_text('{"sha256": 0}'),
}


@pytest.mark.parametrize("spoil", list(SPOIL.values()), ids=list(SPOIL))
def test_what_is_damaged_is_rendered_again_with_a_remark(tmp_path, renderings, spoil):
    opened(tmp_path).load(0)
    (file,) = (tmp_path / "rendered").glob("*.npy")
    whole = file.read_bytes()
    spoil(file)
    assert opened(tmp_path).load(5).getpixel((0, 0)) == (5, 0, 0)
    [remark] = remarks.take()
    assert remark.endswith("made again")
    assert renderings == ["hard", "hard"]
    assert file.read_bytes() == whole
    opened(tmp_path).load(0)
    assert len(renderings) == 2


def test_leftovers_of_a_killed_process_are_swept(tmp_path):
    (tmp_path / f".x.npy.{16 * '0'}.draft").write_bytes(b"half")
    sweep(tmp_path)
    load_or_make(tmp_path, "x", lambda: np.ones((2, 2), dtype=np.uint8))
    assert sorted(path.name for path in tmp_path.iterdir() if ".lock" not in path.name) == ["x.npy", "x.sealed.json"]


def test_without_a_place_to_keep_it_the_split_stays_in_memory(tmp_path, renderings):
    (tmp_path / "file").write_text("a file, not a folder")
    dataset = opened(tmp_path / "file")
    dataset.load(3)
    assert "nothing can be kept there for the next run" in remarks.take()[0]
    assert dataset.load(4).getpixel((0, 0)) == (4, 0, 0)
    assert renderings == ["hard"]


def slow(folder: Path) -> None:
    def make() -> np.ndarray:
        with (folder / "made").open("a") as file:
            file.write("once\n")
        return np.full((50, 8), 7, dtype=np.uint8)

    assert load_or_make(folder, "x", make).sum() == 50 * 8 * 7


def test_parallel_processes_render_once(tmp_path):
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=slow, args=(tmp_path,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert (tmp_path / "made").read_text() == "once\n"


def test_labels_count_the_classes_of_the_dataset(tmp_path):
    order = recipes.RENDITION_CLASSES[::-1]
    mapping = ClassMapping("subset", tuple(CLASSES.index(name) for name in order))
    dataset = opened(tmp_path, "renditions", space=WORLD.choose(mapping.indices), mapping=mapping)
    names = [dataset.classes[label] for label in dataset.labels]
    assert names == [CLASSES[label] for label in splits.labels("renditions")]


def test_what_does_not_fit_the_split(tmp_path):
    with pytest.raises(
        InputError, match=r"mini\.yaml:9: dataset 'hard': the embedded world has no split 'nope'; it has"
    ):
        opened(tmp_path, "nope")
    with pytest.raises(InputError, match="the split shows classes that the dataset does not have: fish"):
        opened(tmp_path, space=ClassSpace(CLASSES[1:]))
    with pytest.raises(InputError, match="in the split 'hard', but 5 are declared"):
        opened(tmp_path, images=5)


def test_the_recipe_changes_with_the_scenes_the_size_and_the_renderer(monkeypatch):
    scenes = splits.scenes("hard")
    first = recipe.recipe_digest(scenes, 64, 1.0)
    assert recipe.recipe_digest(scenes, 64, 1.0) == first
    gain = scenes.gain.copy()
    gain[3] += 1e-3
    assert recipe.recipe_digest(replace(scenes, gain=gain), 64, 1.0) != first
    assert recipe.recipe_digest(replace(scenes, gain=scenes.gain * (1 + 1e-13)), 64, 1.0) == first
    assert recipe.recipe_digest(scenes, 96, 1.0) != first
    assert recipe.recipe_digest(scenes, 64, 1.5) != first
    monkeypatch.setattr(recipe, "renderer_digest", lambda: "another")
    assert recipe.recipe_digest(scenes, 64, 1.0) != first


def test_the_renderer_is_all_that_it_imports_of_the_world():
    names = {path.stem for path in recipe._sources(recipe.WORLD / "render.py")}
    assert {"render", "scene", "textures", "shapes", "colours", "draws"} <= names
    assert not names & {"train", "architectures", "splits", "__init__"}


def test_the_manifest_needs_no_torch(tmp_path):
    names = ["val", "renditions", "cue_conflict", "probe_count_test"]
    blocks = [f"  {name}: {{format: rendered{', outputs: none' * name.startswith('probe')}}}\n" for name in names]
    words = f"suite: some\nclasses: [{', '.join(CLASSES)}]\ndatasets:\n"
    (tmp_path / "some.yaml").write_text(words + "".join(blocks))
    code = (
        "import sys; from pathlib import Path; from fixtures.suite.loader import load_suite;"
        f"suite = load_suite({str(tmp_path / 'some.yaml')!r}, Path({str(tmp_path)!r}));"
        "[suite.dataset(role).manifest() for role in suite.roles];"
        "loaded = {'torch', 'timm', 'open_clip', 'PIL'} & set(sys.modules); assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_a_real_rendering(tmp_path, monkeypatch):
    tiny = splits.Split(lambda: recipes.made("tiny", sample("catalog", 4, seed=1)), size=96, field=1.5)
    monkeypatch.setitem(splits.SPLITS, "tiny", tiny)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dataset = opened(tmp_path, "tiny")
        first = np.asarray(dataset.load(0))
    assert first.shape == (96, 96, 3)
    assert first.std() > 5
    assert np.array_equal(np.asarray(opened(tmp_path, "tiny").load(0)), first)

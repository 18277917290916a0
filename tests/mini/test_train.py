"""Training: a killed run goes on as if nothing had happened, and what it writes can be read by timm and open_clip."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import open_clip
import pytest
import timm
import torch
from torch import Tensor

from fixtures.core.errors import InputError
from fixtures.mini import tokenizer
from fixtures.mini.evaluate import as_input
from fixtures.mini.train.__main__ import main
from fixtures.mini.train.export import export, round_to_half
from fixtures.mini.train.learners import FromCaptions, learner
from fixtures.mini.train.loop import Run, State, fit
from fixtures.mini.train.pictures import TrainingSet, rows_of, training_set, validation_set, varied
from fixtures.mini.train.recipe import RECIPES

NAMES = ("convnext-sup", "vit-clip")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("train")
    tokenizer.write_merges(folder / tokenizer.MERGES_FILE)
    return folder


@pytest.fixture(scope="module")
def data(work: Path) -> TrainingSet:
    return training_set("web", 64, 5, work)


def run(name: str, folder: Path, *, steps: int = 20, seed: int = 0) -> Run:
    """A training of ``steps`` batches of 8 from 64 pictures, with a checkpoint after each."""
    recipe = replace(RECIPES[name], epochs=steps // 8 + 1, images=64, batch=8 if steps > 8 else 32)
    return Run(recipe, seed, folder / f"{name}.pt", save_every=0.0)


def trained(run: Run, data: TrainingSet, work: Path, kill_after: int | None = None) -> dict[str, Tensor]:
    """The weights after training, or after a kill in the middle of it."""
    pupil = learner(run.recipe.name, data, run.seed, work / tokenizer.MERGES_FILE)

    def on_step(state: State, loss: float) -> None:
        assert np.isfinite(loss)
        if state.step == kill_after:
            raise KeyboardInterrupt

    try:
        fit(run, pupil, data.pictures, on_step)
    except KeyboardInterrupt:
        assert kill_after is not None
    return dict(pupil.network.state_dict())


@pytest.mark.parametrize("name", NAMES)
def test_a_killed_run_ends_with_the_same_bits(name: str, data: TrainingSet, work: Path, tmp_path: Path) -> None:
    through = trained(run(name, tmp_path / "through"), data, work)
    killed = trained(run(name, tmp_path / "killed"), data, work, kill_after=11)
    resumed = trained(run(name, tmp_path / "killed"), data, work)
    assert any(not torch.equal(killed[key], through[key]) for key in through)
    assert [key for key in through if not torch.equal(resumed[key], through[key])] == []


def test_a_finished_run_is_not_trained_again(data: TrainingSet, work: Path, tmp_path: Path) -> None:
    short = run("convnext-sup", tmp_path, steps=2)
    first, again = trained(short, data, work), trained(short, data, work)
    assert all(torch.equal(first[key], again[key]) for key in first)


def test_the_seed_matters(data: TrainingSet, work: Path, tmp_path: Path) -> None:
    first = trained(run("convnext-sup", tmp_path / "0", steps=2), data, work)
    other = trained(run("convnext-sup", tmp_path / "1", steps=2, seed=1), data, work)
    assert not torch.equal(first["stem.0.weight"], other["stem.0.weight"])


def test_another_trainings_checkpoint_is_refused(data: TrainingSet, work: Path, tmp_path: Path) -> None:
    trained(run("convnext-sup", tmp_path, steps=2), data, work)
    with pytest.raises(InputError, match="another recipe or seed"):
        trained(run("convnext-sup", tmp_path, steps=2, seed=1), data, work)


def test_the_time_limit_ends_a_run_with_a_small_step(data: TrainingSet, work: Path, tmp_path: Path) -> None:
    pupil = learner("convnext-sup", data, 0, work / tokenizer.MERGES_FILE)
    hurried = replace(run("convnext-sup", tmp_path), seconds=0.5)
    hurried = replace(hurried, recipe=replace(hurried.recipe, epochs=1000))
    state = fit(hurried, pupil, data.pictures, lambda *_: None)
    assert 0.5 <= state.elapsed < 10
    assert state.step < hurried.recipe.steps


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_what_was_trained(
    name: str, data: TrainingSet, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    pupil = learner(name, data, 0, work / tokenizer.MERGES_FILE)
    round_to_half(pupil)
    path = export(run(name, tmp_path), pupil, work / tokenizer.MERGES_FILE, tmp_path)
    if isinstance(pupil, FromCaptions):
        network = open_clip.create_model(f"local-dir:{path.parent}")
    else:
        network = timm.create_model("mini_convnext", checkpoint_path=path)
    written, original = network.state_dict(), pupil.network.state_dict()
    assert written.keys() == original.keys()
    assert [key for key in original if not torch.equal(written[key], original[key])] == []


def test_pictures_that_share_a_caption_share_it_as_target(data: TrainingSet, work: Path) -> None:
    pupil = learner("vit-clip", data, 0, work / tokenizer.MERGES_FILE)
    assert isinstance(pupil, FromCaptions)
    pupil.tokens[:] = pupil.tokens[0]
    with torch.no_grad():
        loss = pupil.loss(as_input(data.pictures[:8].copy()), np.arange(8))
    assert 0.4 * np.log(8) < loss < 3 * np.log(8)  # every caption is as right as any other: guessing is the best


def test_every_epoch_shows_each_picture_once() -> None:
    order = np.concatenate([rows_of(step, 30, 10, seed=4) for step in range(6)])
    assert sorted(order[:30]) == sorted(order[30:]) == list(range(30))
    assert order[:30].tolist() != order[30:].tolist()


def test_variation_mirrors_and_shifts_whole_pictures() -> None:
    pictures = np.arange(2 * 8 * 8 * 3, dtype=np.uint8).reshape(2, 8, 8, 3)
    rows = np.arange(200) % 2
    made = varied(pictures, rows, 1, np.random.default_rng(0))
    assert made.shape == (200, 8, 8, 3)
    inner = {picture[1:-1, 1:-1].tobytes() for picture in made}
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
    windows = [
        padded[i, y : y + 8, x : x + 8][:, ::way] for i in (0, 1) for y in range(3) for x in range(3) for way in (1, -1)
    ]
    assert inner == {window[1:-1, 1:-1].tobytes() for window in windows}
    assert all(any(np.array_equal(picture, window) for window in windows) for picture in made)


def test_without_shift_and_luck_nothing_moves() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), dtype=np.uint8)
    made = varied(pictures, np.arange(4), 0, np.random.default_rng(1))
    assert all(any(np.array_equal(m, p[:, ::way]) for way in (1, -1)) for m, p in zip(made, pictures, strict=True))


@pytest.fixture
def _small_val(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fixtures.mini.train.__main__.validation_set", lambda: validation_set(64))


@pytest.mark.usefixtures("_small_val")
def test_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = (
        f"convnext-sup --images 128 --epochs 1 --device cpu --seed 3 --out {tmp_path}/out --work {tmp_path}/work"
    )
    assert main(arguments.split()) == 0
    card = json.loads((tmp_path / "out" / "convnext-sup.card.json").read_text())
    assert (card["steps"], card["seed"], card["val"]["images"]) == (2, 3, 64)
    assert "convnext-sup:" in capfd.readouterr().out
    assert (tmp_path / "out" / "convnext-sup.safetensors").stat().st_size == pytest.approx(
        2 * card["parameters"], rel=0.1
    )


@pytest.mark.usefixtures("_small_val")
def test_a_command_with_another_recipe_says_what_to_do(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    common = f"convnext-sup --epochs 1 --device cpu --out {tmp_path}/out --work {tmp_path}/work --images"
    assert main([*common.split(), "64"]) == 0
    assert main([*common.split(), "128"]) == 2
    assert "choose another --work folder" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("resnet", "there is no model resnet; there are vit-sup"),
        ("vit-sup --epochs 0", "must be 1 or more, not 0"),
        ("vit-sup --images 63", "64 images at a time; --images 63 is too few"),
        pytest.param(
            "vit-sup --device cuda",
            "torch sees no GPU",
            marks=pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU"),
        ),
    ],
)
def test_wrong_options_are_explained(
    arguments: str, message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main([*arguments.split(), "--work", str(tmp_path)])
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert message in capfd.readouterr().err


def test_an_interrupted_command_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fixtures.mini.train.__main__._train", interrupted)
    assert main(["vit-sup", "--work", str(tmp_path)]) == 130
    assert "goes on from the last checkpoint" in capfd.readouterr().err

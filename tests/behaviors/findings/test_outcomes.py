"""Every finding holds where models are as in the paper, is contradicted by the contrary, and not settled by equals."""

import inspect

import numpy as np
import pytest

from behaviors.contract.features import NoFeatures
from behaviors.contract.predictions import NoView
from behaviors.findings import GROUPS, METRICS, test_findings
from behaviors.findings.test_findings import CLIP_WINS
from tests.behaviors.findings.world import ACCURACY, MODELS, Asked, World, probes
from tests.behaviors.recorder import Recorder, Skipped, call, needs_of

TESTS = {
    name.removeprefix("test_"): test
    for name, test in inspect.getmembers(test_findings, inspect.isfunction)
    if name.startswith("test_")
}
MARKS = [(name, mark) for name, test in TESTS.items() for mark in test.pytestmark]
OURS = "training_decides_who_errs_alike"
"""None of the paper's: ``test_alike.py``."""
CELLS = [(name, group) for name, mark in MARKS for group in mark.kwargs.get("models", ()) if name != OURS]
TRAINING = {
    "vit-sup": "vit-clip",
    "vit-clip": "vit-sup",
    "convnext-sup": "convnext-clip",
    "convnext-clip": "convnext-sup",
}
ARCHITECTURE = dict(zip(MODELS, ("convnext-sup", "vit-sup", "convnext-clip", "vit-clip"), strict=True))
ALONE = {"complex_factors_are_hardest", "texture_is_near_the_top", "shifts_are_easiest"}
"""About each model by itself."""


def ask(name: str, group: str, world: World):
    """What comes out, and its measurement and figure."""
    gate, test = Recorder(), TESTS[name]
    answers = Asked(world, group, needs=needs_of(test))
    call(test, probes(world) if "probes_by_model" in inspect.signature(test).parameters else answers, gate)
    assert list(gate.measured) == [name]
    found = gate.measured[name]
    low, high = found.interval.low, found.interval.high
    assert low <= found.value <= high
    return "holds" if low > 0 else "contradicted" if high < 0 else "undecided", found, gate.figures[name]


def rigged(name: str, group: str) -> World:
    """The contrary of what the paper found."""
    if name in ("complex_factors_are_hardest", "texture_is_near_the_top"):
        return World(plain=True)
    if name == "shifts_are_easiest":
        return World(dizzy=True)
    if name == "architectures_are_equally_robust":
        return World(apart=0.08)
    return World(plays=ARCHITECTURE if group in ("supervised", "clip") else TRAINING)


@pytest.mark.parametrize(("name", "group"), CELLS)
def test_it_holds_where_models_are_as_in_the_paper(name, group):
    assert ask(name, group, World())[0] == "holds"


@pytest.mark.parametrize(("name", "group"), CELLS)
def test_it_is_contradicted_by_the_contrary(name, group):
    assert ask(name, group, rigged(name, group))[0] == "contradicted"


@pytest.mark.parametrize("group", ["vit", "convnext"])
@pytest.mark.parametrize("variant", CLIP_WINS)
def test_clip_must_win_on_renditions_and_sketches(group, variant, monkeypatch):
    monkeypatch.setitem(ACCURACY, variant, (0.8, 0.6))  # supervised models win there too
    assert ask("supervised_is_more_robust", group, World())[0] == "contradicted"


@pytest.mark.parametrize(("name", "group"), [cell for cell in CELLS if cell[0] not in ALONE])
@pytest.mark.parametrize("part", MODELS)
def test_models_that_are_the_same_settle_nothing(name, group, part):
    outcome, found, _ = ask(name, group, World(plays=dict.fromkeys(MODELS, part)))
    if name == "architectures_are_equally_robust":
        assert (outcome, found.value) == ("holds", pytest.approx(0.02))
    elif name == "clip_is_overconfident":
        assert outcome == "contradicted"  # no model is both over- and under-confident
    else:
        assert (outcome, found.value) == ("undecided", 0)


def test_scenes_that_are_known_make_the_same_finding_less_sure():
    alone = ask("clip_is_worse_on_scenes", "vit", World())[1]
    scenes = ask("clip_is_worse_on_scenes", "vit", World(scenes=True))[1]
    assert scenes.value == alone.value
    assert "clusters" in scenes.interval.method
    assert "clusters" not in alone.interval.method
    assert ask("convnext_is_better_on_scenes", "clip", World(scenes=True))[0] == "holds"


def test_every_metric_has_its_test_and_its_groups():
    assert set(TESTS) == set(METRICS)
    assert all(metric.claim for metric in METRICS.values())
    paper = {name for name, metric in METRICS.items() if metric.source.startswith("arXiv:2311.09215")}
    assert paper == set(METRICS) - {OURS}
    assert {group for _, group in CELLS} == set(GROUPS)
    assert all(set(members) <= set(MODELS) for members in GROUPS.values())
    assert all(test.__doc__ and "\n" not in test.__doc__ for test in TESTS.values())
    assert len({metric.title for metric in METRICS.values()}) == len(METRICS)


@pytest.mark.parametrize(("name", "group"), CELLS)
def test_images_and_parts_are_those_that_were_compared(name, group):
    _, found, _ = ask(name, group, World())
    assert found.images in {12_000, 720, 2000, 4000, 12_500, 800, 16_000}
    assert len({tuple(row) for row in found.parts}) == 1
    for row in found.parts:
        assert row["low"] <= row["difference"] <= row["high"]
        assert row["first"] in MODELS
        assert {row["first"], row["second"]} - {None} <= set(GROUPS[group])


@pytest.mark.parametrize(("name", "group"), CELLS)
def test_every_finding_can_be_drawn(name, group):
    assert len(ask(name, group, World())[2]().axes) == 2


def test_too_few_images_of_a_factor_are_said_so():
    class Sparse(World):
        def says(self, model, dataset, view):
            said = super().says(model, dataset, view)
            said.annotations["pose"][5:] = False
            return said

    with pytest.raises(
        Skipped, match="clip_makes_fewer_relative_mistakes: vit-clip: only 5 images carry the factor pose"
    ):
        ask("clip_makes_fewer_relative_mistakes", "vit", Sparse())


def test_without_confidences_calibration_is_not_compared():
    class Silent(World):
        def says(self, model, dataset, view):
            said = super().says(model, dataset, view)
            object.__setattr__(said, "top_probabilities", None)
            return said

    for name, group in (("clip_is_overconfident", "vit"), ("convnext_is_better_calibrated", "supervised")):
        with pytest.raises(Skipped, match="only decisions were recorded"):
            ask(name, group, Silent())
    assert ask("clip_is_less_texture_biased", "vit", Silent())[0] == "holds"


def test_a_model_that_takes_no_other_size_is_not_compared():
    class Stiff(World):
        def says(self, model, dataset, view):
            if view.startswith("resolution"):
                raise NoView(f"{model} takes images of 32 pixels")
            return super().says(model, dataset, view)

    for name, group in (("convnext_bears_scale_and_resolution", "clip"), ("shifts_are_easiest", "four")):
        with pytest.raises(Skipped, match="takes images of 32 pixels"):
            ask(name, group, Stiff())


def test_a_model_without_features_is_not_compared(monkeypatch):
    def none(self, fit, **settings):
        raise NoFeatures(f"{self.model} gives none")

    monkeypatch.setattr("tests.behaviors.findings.world.FakeProbe.answers", none)
    with pytest.raises(Skipped, match="gives none"):
        ask("clip_transfers_best", "four", World())


def test_other_images_are_refused():
    class Other(World):
        def says(self, model, dataset, view):
            said = super().says(model, dataset, view)
            if model == "vit-sup":
                object.__setattr__(said, "ids", np.char.add(said.ids, "x"))
            return said

    with pytest.raises(ValueError, match="vit-clip on val and vit-sup on val cannot be compared image by image"):
        ask("clip_is_overconfident", "vit", Other())

"""A world in which every finding of the paper holds, and ways to rig it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from behaviors.contract.features import ProbeAnswers
from behaviors.contract.needs import check_needs
from behaviors.contract.predictions import Predictions
from behaviors.findings import FOUR, GROUPS
from behaviors.mistakes import FACTORS
from tests.behaviors.findings.build import CLASSES, says

MODELS = FOUR["four"]
SUPERVISED = ("vit-sup", "convnext-sup")
ACCURACY = {"v2": (0.75, 0.6), "a": (0.55, 0.3), "renditions": (0.6, 0.8), "sketch": (0.4, 0.55), "real": (0.9, 0.7)}
ACCURACY |= {"hard": (0.3, 0.1), "c": (0.6, 0.4), "val": (0.8, 0.6)}
"""Supervised and CLIP."""
GAP = {"vit-sup": -0.12, "convnext-sup": -0.03, "vit-clip": 0.15, "convnext-clip": 0.15}
SHAPE = {"vit-sup": 0.5, "convnext-sup": 0.4, "vit-clip": 0.6, "convnext-clip": 0.5}
SCENES = {"vit-sup": 0.75, "convnext-sup": 0.8, "vit-clip": 0.55, "convnext-clip": 0.6}
PROBES = {"vit-sup": 0.678, "convnext-sup": 0.71, "vit-clip": 0.722, "convnext-clip": 0.722}
RATIO = {True: {"texture": 3.0, "subcategory": 2.6, "object_blocking": 2.4}, False: dict.fromkeys(FACTORS, 1.3)}
RATIO[False] |= {"texture": 2.2, "subcategory": 1.9, "object_blocking": 1.8}
"""By whether the model was supervised; factors that are not named cost 1.5."""


@dataclass(frozen=True)
class World:
    """Who answers how.  Images are hard or easy for all models alike, so that equally good ones answer the same.

    ``plays``: whose part a model has.  ``plain``: texture and its like cost less than other factors.
    ``apart``: how much more accurate ViT is on the variants.  ``dizzy``: shifts are hardest.
    ``scenes``: rendered images know which scene they show.
    """

    plays: Mapping[str, str] = field(default_factory=lambda: {model: model for model in MODELS})
    plain: bool = False
    apart: float = 0.0
    dizzy: bool = False
    scenes: bool = False

    def says(self, model: str, dataset: str, view: str) -> Predictions:
        """What the model says."""
        part = self.plays[model]
        if dataset == "cue_conflict":
            return _cues(model, SHAPE[part])
        if dataset == "factors":
            return self._factors(model, part in SUPERVISED)
        if dataset == "pug":
            return self._scenes(model, part)
        if dataset == "wide":
            return _graded(model, dataset, self._view(part, view), view=view, images=800)
        accuracy = ACCURACY[dataset][part not in SUPERVISED] + self.apart * part.startswith("vit")
        return _graded(model, dataset, accuracy, gap=GAP[part])

    def _view(self, part: str, view: str) -> float:
        if view.startswith("shift"):
            return 0.2 if self.dizzy else 0.9
        ahead = part.startswith("convnext") == (part in SUPERVISED or view == "resolution(size=112)")
        return (0.8 if part in SUPERVISED else 0.6) - 0.1 * (not ahead)

    def _factors(self, model: str, supervised: bool) -> Predictions:
        generator = np.random.default_rng(3)
        carried = np.repeat([*range(len(FACTORS)), -1], [*[500] * len(FACTORS), 4000])
        costs = np.array([RATIO[supervised].get(factor, 1.5) for factor in FACTORS] + [1.0])
        if self.plain:
            costs = 4 - costs
        wrong = generator.random(carried.size) < 0.12 * costs[carried]
        columns = {factor: carried == place for place, factor in enumerate(FACTORS)}
        prototype = {"prototype": np.zeros(carried.size, bool)}
        return says(wrong.astype(int), model=model, dataset="factors", annotations=columns | prototype)

    def _scenes(self, model: str, part: str) -> Predictions:
        factor = np.repeat([f"factor_{place}" for place in range(10)], 400)
        base = {"base": np.tile(np.arange(100), 40)} if self.scenes else {}
        wrong = np.random.default_rng(4).random(factor.size) > SCENES[part]
        return says(wrong.astype(int), model=model, dataset="pug", annotations={"factor": factor} | base)


def _graded(model, dataset, accuracy, *, view="identity", images=2000, gap=0.0) -> Predictions:
    generator = np.random.default_rng(sum(map(ord, dataset)))
    if dataset == "c":
        ease, source = np.repeat(generator.random(500), 4), np.repeat([f"{k}" for k in range(500)], 4)
        kinds = {"corruption": np.tile(["fog", "fog", "snow", "snow"], 500), "severity": np.tile([1, 2, 1, 2], 500)}
        columns = kinds | {"source": source}
    else:
        ease = generator.random(images)
        columns = {"valid": np.full(images, "0")} if dataset in ("real", "hard") else {}
    confidence = np.full(ease.size, min(max(accuracy + gap, 0.3), 0.99))
    return says(
        (ease > accuracy).astype(int),
        model=model,
        dataset=dataset,
        view=view,
        confidence=confidence,
        annotations=columns,
    )


def _cues(model: str, fraction: float) -> Predictions:
    shape, texture, copy = (grid.ravel() for grid in np.meshgrid(range(4), range(4), range(60), indexing="ij"))
    apart = shape != texture
    shape, texture, copy = shape[apart], texture[apart], copy[apart]
    ease = np.random.default_rng(5).random(shape.size)
    names = np.array(CLASSES)
    columns = {"shape": names[shape], "texture": names[texture], "conflict": np.ones(shape.size, bool)}
    columns["shape_source"] = np.char.add(names[shape], (copy % 20).astype(str))
    columns["texture_source"] = np.char.add(names[texture], (copy // 3).astype(str))
    predicted = np.where(ease < fraction, shape, texture)
    return says(predicted, labels=shape, model=model, dataset="cue_conflict", annotations=columns)


@dataclass(frozen=True)
class Asked:
    """A fixture ``answers`` of a group of models."""

    world: World
    model: str
    dataset: str = "somewhere"
    needs: Collection[str] = ()

    @property
    def models(self):
        return GROUPS[self.model]

    @property
    def like(self):
        return self.model

    def __call__(self, dataset=None, *, view="identity", model=None):
        assert model in self.models
        said = self.world.says(model, dataset, view)
        check_needs(said, self.needs)
        return said


@dataclass(frozen=True)
class FakeProbe:
    """One task put to one model; ``accuracy``: of what is fitted to its features."""

    model: str
    task: str
    accuracy: float
    classes: tuple[str, ...] = ("ant", "bee")

    def answers(self, fit, **settings) -> ProbeAnswers:
        """Three fits that hardly differ."""
        generator = np.random.default_rng(sum(map(ord, self.task)))
        ease, labels = generator.random(2000), generator.integers(0, 2, 2000)
        right = np.array([ease + shift < self.accuracy for shift in (-0.0005, 0.0, 0.0005)])
        return ProbeAnswers(labels, np.array([50, 50]), np.where(right, labels, 1 - labels), np.full(3, 0.1))


def probes(world: World) -> dict[str, dict[str, FakeProbe]]:
    """A fixture ``probes_by_model``."""
    tasks = [f"task_{place}" for place in range(8)]
    return {model: {task: FakeProbe(model, task, PROBES[world.plays[model]]) for task in tasks} for model in MODELS}

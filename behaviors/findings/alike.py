"""A finding of ours, not of the paper's: on cue conflicts training, not architecture, decides who errs alike."""

from itertools import combinations

import numpy as np

from behaviors.agreement.kappa import error_consistency, undefined
from behaviors.contract.measurement import Measurement
from behaviors.contract.predictions import Predictions
from behaviors.findings.contrasts import Contrast, difference
from behaviors.findings.influence import Measured, by_image, by_two_sources

SOURCES = ("shape_source", "texture_source")


def training_decides(said: tuple[Predictions, ...], same_training: tuple[tuple[int, int], ...]) -> Contrast:
    """The error consistency of models that were trained alike is above that of models that are built alike.

    ``said``: four models on the same images; ``same_training``: the two pairs of places that share the training; the
    pairs that share the architecture are those that lie across.  Kappas: means over the two pairs of either kind.
    """
    trained, built = set(same_training), set(_across(same_training))
    first, second = (_mean("training", said, trained), _mean("architecture", said, built))
    moved = first.influence - second.influence
    known = said[0].annotations
    shared = all(name in known for name in SOURCES)
    spread = by_two_sources(moved, *(known[name] for name in SOURCES)) if shared else by_image(moved)
    return difference("same training above same architecture", first, second, spread)


def alone(said: tuple[Predictions, ...]) -> str:
    """Why there is no such comparison: nobody errs; empty where there is one."""
    return undefined(*(one.correct for one in said))


def _across(same_training: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Of (a, b) and (c, d), in the order of architectures: (a, c) and (b, d)."""
    (a, b), (c, d) = same_training
    return (a, c), (b, d)


def _mean(what: str, said: tuple[Predictions, ...], pairs: set[tuple[int, int]]) -> Measured:
    chosen = [pair for pair in combinations(range(len(said)), 2) if pair in pairs]
    found = [error_consistency(said[one].correct, said[other].correct) for one, other in chosen]
    value = float(np.mean([one.value for one in found]))
    names = " and ".join(f"{said[one].model} with {said[other].model}" for one, other in chosen)
    influence = np.mean([one.influence for one in found], axis=0)
    return Measured(names, Measurement(value, influence.size), influence, f"same {what}")
